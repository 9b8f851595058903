//! The table, and the check that costs are linear.

use std::fmt;

/// The most that the cost of a unit may grow from the middle size to the largest.
const LINEAR: f64 = 1.2;

/// The costs of an operation for three sizes of a message.
pub struct Line {
    /// The message.
    pub name: String,
    /// The operation.
    pub operation: String,
    /// The repeated part of the message.
    pub unit: String,
    /// Units of each size, rising.
    pub units: [u64; 3],
    /// Bytes of each size.
    pub bytes: [u64; 3],
    /// Instructions of each size.
    pub instructions: [u64; 3],
}

impl Line {
    /// Instructions per unit for each size.
    fn per_unit(&self) -> [f64; 3] {
        let [small, middle, large] = self.instructions;
        let [few, some, many] = self.units;
        [
            small as f64 / few as f64,
            middle as f64 / some as f64,
            large as f64 / many as f64,
        ]
    }

    fn is_linear(&self) -> bool {
        let [_, middle, large] = self.per_unit();
        large <= middle * LINEAR
    }
}

/// Checks that all lines are linear.
///
/// # Errors
/// The lines that are not.
pub fn judge(lines: &[Line]) -> Result<(), String> {
    let failed = lines.iter().filter(|line| !line.is_linear());
    let failed: Vec<String> = failed
        .map(|line| format!("not linear: {}, {}", line.name, line.operation))
        .collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(failed.join("\n"))
    }
}

/// Prints lines as a table.
pub struct Table<'l>(pub &'l [Line]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = "| message | operation | unit | units | bytes | instructions | per unit |";
        writeln!(f, "{heads}\n|---|---|---|---|---|---|---|")?;
        for line in self.0 {
            let Line {
                name,
                operation,
                unit,
                units: [few, some, many],
                bytes: [a, b, c],
                instructions: [i, j, k],
            } = line;
            let [x, y, z] = line.per_unit();
            write!(
                f,
                "| {name} | {operation} | {unit} | {few}, {some}, {many} | {a}, {b}, {c} |"
            )?;
            writeln!(f, " {i}, {j}, {k} | {x:.1}, {y:.1}, {z:.1} |")?;
        }
        Ok(())
    }
}
