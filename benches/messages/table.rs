//! The tables that a run prints, as Markdown.

use std::fmt::Write;

use spice_benches::recorded;
use spice_benches::rows::{Row, rows};

use crate::columns::TRAFFIC;
use crate::figures::Figures;

/// The largest ratio to a copy of the body, where the body has more than 1 KiB.
const ENCODE_AIM: f64 = 1.5;

/// The largest ratios to a decoder and an encoder written by hand.
const BY_HAND_AIMS: [f64; 2] = [1.1, 1.5];

/// The largest ratio to an older build.
const AGAINST_AIM: f64 = 1.1;

/// The text of tables.
#[derive(Default)]
struct Tables(String);

impl Tables {
    fn head(&mut self, names: &[&str]) {
        let line = "---|".repeat(names.len());
        let _ = writeln!(self.0, "\n| {} |\n|{line}", names.join(" | "));
    }

    fn line(&mut self, cells: &[String]) {
        let _ = writeln!(self.0, "| {} |", cells.join(" | "));
    }
}

/// Returns the tables of one program.
pub fn all(times: &Figures, counts: &Figures) -> String {
    let rows = rows();
    let mut tables = Tables::default();
    push_dispatch(&mut tables, times, counts, &rows);
    push_traffic(&mut tables, times);
    push_direct(&mut tables, times, &rows);
    push_by_hand(&mut tables, "nanoseconds", 1, times, &rows);
    push_by_hand(&mut tables, "instructions", 0, counts, &rows);
    tables.0
}

fn push_dispatch(tables: &mut Tables, times: &Figures, counts: &Figures, rows: &[Row]) {
    tables.head(&[
        "dispatch by value",
        "C floor",
        "dispatch",
        "floors",
        "channel's own",
        "instructions of dispatch",
    ]);
    for row in rows {
        let ratio = times.ratio(row.name, "dispatch", "floor");
        tables.line(&[
            row.name.to_owned(),
            number(times.get(row.name, "floor"), 1),
            number(times.get(row.name, "dispatch"), 1),
            judged(ratio, 2, Some(row.floors_aim)),
            number(times.get(row.name, "channel"), 1),
            number(counts.get(row.name, "dispatch"), 0),
        ]);
    }
}

fn push_traffic(tables: &mut Tables, times: &Figures) {
    let recorded = recorded::messages();
    let bytes: usize = recorded.iter().map(|message| message.body.len()).sum();
    tables.head(&[
        TRAFFIC,
        "nanoseconds per message",
        "million messages per second",
        "copies",
    ]);
    for column in ["dispatch", "encode", "encode_io", "copy"] {
        let time = times.get(TRAFFIC, column);
        let each = time.map(|time| time / recorded.len() as f64);
        tables.line(&[
            column.to_owned(),
            number(each, 1),
            number(each.map(|each| 1e3 / each), 1),
            number(times.ratio(TRAFFIC, column, "copy"), 2),
        ]);
    }
    let _ = writeln!(tables.0, "\n{} messages of {bytes} bytes.", recorded.len());
}

fn push_direct(tables: &mut Tables, times: &Figures, rows: &[Row]) {
    tables.head(&[
        "direct",
        "bytes",
        "copy",
        "`decode`",
        "`into_owned`",
        "`encode`",
        "`encode` / copy",
        "`encode`, owned",
        "`encode_io`",
        "`encode_io`, owned",
    ]);
    for row in rows {
        let time = |column| number(times.get(row.name, column), 1);
        let slices = |column| judged(times.get(row.name, column), 1, row.encode_io_aim);
        let aim = (row.body.len() > 1024).then_some(ENCODE_AIM);
        tables.line(&[
            row.name.to_owned(),
            row.body.len().to_string(),
            time("copy"),
            time("decode"),
            time("into_owned"),
            time("encode"),
            judged(times.ratio(row.name, "encode", "copy"), 2, aim),
            time("encode owned"),
            slices("encode_io"),
            slices("encode_io owned"),
        ]);
    }
}

/// The rows that are also written by hand.
fn push_by_hand(tables: &mut Tables, unit: &str, decimals: usize, figures: &Figures, rows: &[Row]) {
    let title = format!("{unit} beside code by hand");
    tables.head(&[
        &title, "decode", "by hand", "ratio", "encode", "by hand", "ratio",
    ]);
    let is_by_hand = |row: &&Row| figures.get(row.name, "decode by hand").is_some();
    for row in rows.iter().filter(is_by_hand) {
        let figure = |column| number(figures.get(row.name, column), decimals);
        let [decode_aim, encode_aim] = BY_HAND_AIMS;
        let decode = figures.ratio(row.name, "decode", "decode by hand");
        let encode = figures.ratio(row.name, "encode", "encode by hand");
        tables.line(&[
            row.name.to_owned(),
            figure("decode"),
            figure("decode by hand"),
            judged(decode, 2, Some(decode_aim)),
            figure("encode"),
            figure("encode by hand"),
            judged(encode, 2, Some(encode_aim)),
        ]);
    }
}

/// Returns this build's times over those of another build.
pub fn comparison(times: &Figures, other: &Figures) -> String {
    const COLUMNS: [&str; 8] = [
        "dispatch",
        "channel",
        "decode",
        "into_owned",
        "encode",
        "encode owned",
        "encode_io",
        "encode_io owned",
    ];
    let mut tables = Tables::default();
    tables.head(&[&["this build / the other"][..], &COLUMNS].concat());
    let rows = rows();
    for row in rows.iter().map(|row| row.name).chain([TRAFFIC]) {
        let cells = COLUMNS.map(
            |column| match (times.get(row, column), other.get(row, column)) {
                (Some(new), Some(old)) if new / old > AGAINST_AIM => {
                    format!("**{:.2}** ({new:.1} / {old:.1})", new / old)
                }
                (Some(new), Some(old)) => format!("{:.2} ({new:.1} / {old:.1})", new / old),
                _ => "-".to_owned(),
            },
        );
        tables.line(&[&[row.to_owned()][..], &cells].concat());
    }
    tables.0
}

/// A figure beside its aim; bold if it misses the aim.
fn judged(figure: Option<f64>, decimals: usize, aim: Option<f64>) -> String {
    match (figure, aim) {
        (None, _) | (_, None) => number(figure, decimals),
        (Some(figure), Some(aim)) if figure <= aim => format!("{figure:.decimals$} (≤ {aim})"),
        (Some(figure), Some(aim)) => format!("**{figure:.decimals$}** (> {aim})"),
    }
}

fn number(figure: Option<f64>, decimals: usize) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.decimals$}"))
}
