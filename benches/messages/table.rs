//! The tables of a run, from what criterion has written.

use std::path::{Path, PathBuf};

use spice_benches::recorded::Recorded;
use spice_benches::rows::Row;

/// The medians of a run, in nanoseconds.
struct Medians(PathBuf);

impl Medians {
    fn of(&self, row: &str, column: &str) -> Option<f64> {
        // Criterion's names of folders.
        let folder: String = row.replace(['?', '"', '/', '\\', '*', '<', '>', ':', '|', '^'], "_");
        let path = self.0.join(folder).join(column).join("new/estimates.json");
        let text = std::fs::read(path).ok()?;
        let estimates: serde_json::Value = serde_json::from_slice(&text).ok()?;
        estimates.get("median")?.get("point_estimate")?.as_f64()
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
    let medians = Medians(target().join("criterion"));
    println!("\nMedians of this run in nanoseconds, and their ratios.");
    decoding(&medians, rows);
    dispatching(&medians, rows);
    encoding(&medians, rows);
    by_hand(&medians, rows);
    traffic(&medians, recorded);
}

fn decoding(medians: &Medians, rows: &[Row]) {
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
            medians.time(row.name, "floor"),
            medians.time(row.name, "decode_with"),
            medians.time(row.name, "decode"),
            judged(medians.ratio(row.name, "decode_with", "floor"), limit),
            judged(medians.ratio(row.name, "decode", "floor"), None),
        ]);
    }
}

fn dispatching(medians: &Medians, rows: &[Row]) {
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
            medians.time(row.name, "dispatch_with"),
            medians.time(row.name, "dispatch"),
            judged(medians.ratio(row.name, "dispatch_with", "floor"), None),
            judged(medians.ratio(row.name, "dispatch", "floor"), None),
        ]);
    }
}

fn encoding(medians: &Medians, rows: &[Row]) {
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
            medians.time(row.name, "copy"),
            medians.time(row.name, "encode"),
            medians.time(row.name, "encode_io"),
            medians.time(row.name, "into_owned"),
            judged(medians.ratio(row.name, "encode", "copy"), limit),
        ]);
    }
}

fn by_hand(medians: &Medians, rows: &[Row]) {
    head(&[
        "beside code written by hand",
        "decode",
        "by hand",
        "ratio",
        "encode",
        "by hand",
        "ratio",
    ]);
    for row in rows {
        let decode = medians.ratio(row.name, "decode", "by_hand_decode");
        if decode.is_none() {
            continue;
        }
        let encode = medians.ratio(row.name, "encode", "by_hand_encode");
        line(&[
            row.name.to_owned(),
            medians.time(row.name, "decode"),
            medians.time(row.name, "by_hand_decode"),
            judged(decode, Some(1.1)),
            medians.time(row.name, "encode"),
            medians.time(row.name, "by_hand_encode"),
            judged(encode, Some(1.5)),
        ]);
    }
}

/// The recorded traffic as a whole: how much of it in a second.
fn traffic(medians: &Medians, recorded: &[Recorded]) {
    let bytes: usize = recorded.iter().map(|message| message.body.len()).sum();
    head(&[
        "recorded traffic",
        "million messages per second",
        "gigabytes per second",
    ]);
    for column in ["decode", "encode", "copy"] {
        let Some(time) = medians.of(super::TRAFFIC, column) else {
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
