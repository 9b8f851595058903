//! The tables of a run, from what criterion has written.

use std::path::{Path, PathBuf};

use spice_benches::callgrind;
use spice_benches::recorded::Recorded;
use spice_benches::rows::Row;

use crate::counted::{COLUMNS, Counts};

/// The times of a run, in nanoseconds: of each column the fastest of its samples, since whatever else
/// the machine does only adds to them.
struct Times(PathBuf);

impl Times {
    fn of(&self, row: &str, column: &str) -> Option<f64> {
        // Criterion's names of folders.
        let folder: String = row.replace(['?', '"', '/', '\\', '*', '<', '>', ':', '|', '^'], "_");
        let path = self.0.join(folder).join(column).join("new/sample.json");
        let text = std::fs::read(path).ok()?;
        let samples: serde_json::Value = serde_json::from_slice(&text).ok()?;
        let numbers = |name: &str| {
            let numbers = samples.get(name)?.as_array()?.iter();
            Some(numbers.filter_map(serde_json::Value::as_f64))
        };
        let each = numbers("times")?.zip(numbers("iters")?);
        each.map(|(time, count)| time / count)
            .min_by(f64::total_cmp)
    }

    fn time(&self, row: &str, column: &str) -> String {
        match self.of(row, column) {
            Some(time) => format!("{time:.1}"),
            None => "-".to_owned(),
        }
    }

    fn ratio(&self, row: &str, over: &str, under: &str) -> Option<f64> {
        let under = self.of(row, under).filter(|under| *under > 0.0)?;
        Some(self.of(row, over)? / under)
    }
}

/// A ratio beside the largest that is wanted.
fn judged(ratio: Option<f64>, limit: Option<f64>) -> String {
    match (ratio, limit) {
        (None, _) => "-".to_owned(),
        (Some(ratio), None) => format!("{ratio:.2}"),
        (Some(ratio), Some(limit)) if ratio <= limit => format!("{ratio:.2} (≤ {limit})"),
        (Some(ratio), Some(limit)) => format!("**{ratio:.2}** (> {limit})"),
    }
}

fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"))
}

fn line(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}

fn head(names: &[&str]) {
    println!("\n| {} |", names.join(" | "));
    println!("|{}", "---|".repeat(names.len()));
}

/// Prints all tables.
pub fn print(rows: &[Row], recorded: &[Recorded]) {
    let times = Times(target().join("criterion"));
    println!("\nThe fastest samples of this run in nanoseconds, and their ratios.");
    decoding(&times, rows);
    dispatching(&times, rows);
    encoding(&times, rows);
    by_hand(&times, rows);
    traffic(&times, recorded);
}

fn decoding(times: &Times, rows: &[Row]) {
    head(&[
        "decode",
        "C floor",
        "`decode_with`",
        "`decode`",
        "`decode_with` / floor",
        "`decode` / floor",
    ]);
    for row in rows {
        let limit = (!row.varies).then_some(0.5);
        line(&[
            row.name.to_owned(),
            times.time(row.name, "floor"),
            times.time(row.name, "decode_with"),
            times.time(row.name, "decode"),
            judged(times.ratio(row.name, "decode_with", "floor"), limit),
            judged(times.ratio(row.name, "decode", "floor"), None),
        ]);
    }
}

fn dispatching(times: &Times, rows: &[Row]) {
    head(&[
        "dispatch from a frame",
        "`decode_with`",
        "`decode`",
        "`decode_with` / floor",
        "`decode` / floor",
    ]);
    for row in rows {
        line(&[
            row.name.to_owned(),
            times.time(row.name, "dispatch_with"),
            times.time(row.name, "dispatch"),
            judged(times.ratio(row.name, "dispatch_with", "floor"), None),
            judged(times.ratio(row.name, "dispatch", "floor"), None),
        ]);
    }
}

fn encoding(times: &Times, rows: &[Row]) {
    head(&[
        "encode",
        "bytes",
        "copy",
        "`encode`",
        "`encode_io`",
        "`into_owned`",
        "`encode` / copy",
    ]);
    for row in rows {
        let limit = (row.body.len() > 1024).then_some(1.5);
        line(&[
            row.name.to_owned(),
            row.body.len().to_string(),
            times.time(row.name, "copy"),
            times.time(row.name, "encode"),
            times.time(row.name, "encode_io"),
            times.time(row.name, "into_owned"),
            judged(times.ratio(row.name, "encode", "copy"), limit),
        ]);
    }
}

fn by_hand(times: &Times, rows: &[Row]) {
    let time = |row: &Row, column: &str| times.of(row.name, column);
    beside_hand("nanoseconds beside code written by hand", rows, 1, time);
    if !callgrind::is_there() {
        println!("\ninstructions: skipped: needs valgrind");
        return;
    }
    match Counts::take() {
        Ok(counts) => {
            let count = |row: &Row, column: &str| Some(counts.of(row, column)? as f64);
            beside_hand("instructions beside code written by hand", rows, 0, count);
        }
        Err(error) => eprintln!("{error}"),
    }
}

/// The rows that are written by hand too, in figures of so many decimals.
fn beside_hand(title: &str, rows: &[Row], decimals: usize, of: impl Fn(&Row, &str) -> Option<f64>) {
    head(&[
        title, "decode", "by hand", "ratio", "encode", "by hand", "ratio",
    ]);
    for row in rows {
        let figures = COLUMNS.map(|column| of(row, column));
        let [
            Some(decode),
            Some(hand_decode),
            Some(encode),
            Some(hand_encode),
        ] = figures
        else {
            continue;
        };
        let figure = |figure: f64| format!("{figure:.decimals$}");
        line(&[
            row.name.to_owned(),
            figure(decode),
            figure(hand_decode),
            judged(Some(decode / hand_decode), Some(1.1)),
            figure(encode),
            figure(hand_encode),
            judged(Some(encode / hand_encode), Some(1.5)),
        ]);
    }
}

/// The recorded traffic as a whole: how much of it in a second.
fn traffic(times: &Times, recorded: &[Recorded]) {
    let bytes: usize = recorded.iter().map(|message| message.body.len()).sum();
    head(&[
        "recorded traffic",
        "million messages per second",
        "gigabytes per second",
    ]);
    for column in ["decode", "encode", "copy"] {
        let Some(time) = times.of(super::TRAFFIC, column) else {
            continue;
        };
        line(&[
            column.to_owned(),
            format!("{:.1}", recorded.len() as f64 / time * 1e3),
            format!("{:.2}", bytes as f64 / time),
        ]);
    }
    println!("\n{} messages of {bytes} bytes.", recorded.len());
}
