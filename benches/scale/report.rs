//! The table, and whether costs grow as they may.

use std::fmt;

/// From the middle size to the largest, the cost of a unit may grow by this factor.
const LINEAR: f64 = 1.2;

/// What was done with something in three sizes.
pub struct Line {
    /// With what.
    pub name: String,
    /// What was done.
    pub operation: String,
    /// What it had more and more of.
    pub unit: String,
    /// How many of these, rising.
    pub units: [u64; 3],
    /// How many bytes that were.
    pub bytes: [u64; 3],
    /// What it cost.
    pub instructions: [u64; 3],
}

impl Line {
    /// Instructions for each unit in each size.
    fn each(&self) -> [f64; 3] {
        let [small, middle, large] = self.instructions;
        let [few, some, many] = self.units;
        [
            small as f64 / few as f64,
            middle as f64 / some as f64,
            large as f64 / many as f64,
        ]
    }

    fn is_linear(&self) -> bool {
        let [_, middle, large] = self.each();
        large <= middle * LINEAR
    }
}

/// Fails with the lines that are not linear.
pub fn judge(lines: &[Line]) -> Result<(), String> {
    let crooked = lines.iter().filter(|line| !line.is_linear());
    let crooked: Vec<String> = crooked
        .map(|line| format!("not linear: {}, {}", line.name, line.operation))
        .collect();
    match crooked.is_empty() {
        true => Ok(()),
        false => Err(crooked.join("\n")),
    }
}

/// The lines as a table.
pub struct Table<'l>(pub &'l [Line]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = "| what | operation | unit | units | bytes | instructions | a unit |";
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
            let [x, y, z] = line.each();
            write!(
                f,
                "| {name} | {operation} | {unit} | {few}, {some}, {many} | {a}, {b}, {c} |"
            )?;
            writeln!(f, " {i}, {j}, {k} | {x:.1}, {y:.1}, {z:.1} |")?;
        }
        Ok(())
    }
}
