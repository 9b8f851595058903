//! The figures that processes of this bench print.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::process::Command;

use spice_benches::callgrind;

use crate::columns::NOTHING;
use crate::{COUNTS, TIMES};

/// Nanoseconds or instructions by row and column.
#[derive(Debug, Default)]
pub struct Figures(HashMap<(String, String), f64>);

impl Figures {
    /// Runs a program and keeps the shorter times.
    pub fn add_times(&mut self, program: &Path, round: usize) -> io::Result<()> {
        let output = Command::new(program)
            .args([TIMES, &round.to_string()])
            .output()?;
        if !output.status.success() {
            let problem = String::from_utf8_lossy(&output.stderr);
            return Err(io::Error::other(format!(
                "{}: {problem}",
                program.display()
            )));
        }
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let time = line.rsplit_once('\t').and_then(|(name, time)| {
                let (row, column) = name.split_once('\t')?;
                Some(((row.to_owned(), column.to_owned()), time.parse().ok()?))
            });
            let (name, time): (_, f64) =
                time.ok_or_else(|| io::Error::other(format!("not a time: {line}")))?;
            let fastest = self.0.entry(name).or_insert(time);
            *fastest = fastest.min(time);
        }
        Ok(())
    }

    /// Instructions without those of measuring. Empty if valgrind is not installed.
    pub fn counts() -> io::Result<Self> {
        if !callgrind::is_there() {
            println!("instructions: skipped: needs valgrind");
            return Ok(Self::default());
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("messages");
        let calls = callgrind::of_calls("counted_call", &folder, &[COUNTS])?;
        let counts = calls.iter().filter_map(|(name, count)| {
            let (row, column) = name.split_once('\t')?;
            Some(((row.to_owned(), column.to_owned()), *count as f64))
        });
        let mut counts = Self(counts.collect());
        let measuring = counts.get(NOTHING, NOTHING).unwrap_or_default();
        counts.0.values_mut().for_each(|count| *count -= measuring);
        Ok(counts)
    }

    /// The figure of a row in a column.
    pub fn get(&self, row: &str, column: &str) -> Option<f64> {
        let name = (row.to_owned(), column.to_owned());
        self.0.get(&name).copied()
    }

    /// One column of a row divided by another.
    pub fn ratio(&self, row: &str, over: &str, under: &str) -> Option<f64> {
        Some(self.get(row, over)? / self.get(row, under)?)
    }
}
