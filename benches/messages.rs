//! `cargo bench -p spice-benches`: each message beside the floor of the C approach, in one run, and
//! at the end the table of ratios.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use spice_benches::by_hand::{MainInit, MonitorsConfig, PortInit};
use spice_benches::rows::{Row, rows};
use spice_messages::wire::{Encode, Fds, IntoOwned, Side};
use spice_messages::{ClientMessage, Message, ServerMessage, display, main as main_channel, port};

const COLUMNS: &[&str] = &[
    "floor_decode",
    "decode",
    "by_hand_decode",
    "copy",
    "encode",
    "by_hand_encode",
    "encode_io",
    "into_owned",
];

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
        .sample_size(30)
        .configure_from_args();
    let rows = rows();
    for row in &rows {
        let mut group = criterion.benchmark_group(row.name);
        measure(&mut group, row);
        by_hand(&mut group, row);
        group.finish();
    }
    criterion.final_summary();
    print_table(&rows);
}

/// One malloc and free of the C struct's size and one copy of the fixed part: what any decoder into
/// C structs must do at least.
fn floor(row: &Row) -> Vec<u8> {
    let mut made = Vec::with_capacity(row.c_size);
    let fixed = row
        .body
        .get(..row.fixed.min(row.body.len()))
        .unwrap_or_default();
    made.extend_from_slice(black_box(fixed));
    made
}

fn measure(group: &mut BenchmarkGroup<'_, WallTime>, row: &Row) {
    let (channel_type, id, body) = (row.channel_type, row.id, row.body.as_slice());
    let decode = || Message::decode(channel_type, row.side, id, body, Fds::none());
    let Ok(message) = decode() else {
        eprintln!("{}: does not decode", row.name);
        return;
    };
    group.bench_function("floor_decode", |bench| bench.iter(|| floor(black_box(row))));
    group.bench_function("decode", |bench| match row.side {
        Side::Server => bench.iter(|| {
            let (channel, id) = (black_box(channel_type), black_box(id));
            let message = ServerMessage::decode(channel, id, black_box(body), Fds::none());
            black_box(&message).is_ok()
        }),
        Side::Client => bench.iter(|| {
            let (channel, id) = (black_box(channel_type), black_box(id));
            let message = ClientMessage::decode(channel, id, black_box(body), Fds::none());
            black_box(&message).is_ok()
        }),
    });
    let mut out = Vec::with_capacity(body.len());
    group.bench_function("copy", |bench| {
        bench.iter(|| {
            out.clear();
            out.extend_from_slice(black_box(body));
            out.len()
        });
    });
    group.bench_function("encode", |bench| {
        bench.iter(|| {
            out.clear();
            black_box(&message).encode(&mut out).is_ok()
        });
    });
    group.bench_function("encode_io", |bench| {
        bench.iter(|| black_box(&message).encode_io().map(|body| body.len()));
    });
    group.bench_function("into_owned", |bench| {
        bench.iter(|| black_box(&message).clone().into_owned());
    });
}

/// The three messages for which there is code written by hand.
fn by_hand(group: &mut BenchmarkGroup<'_, WallTime>, row: &Row) {
    use spice_messages::wire::Decode;
    let body = row.body.as_slice();
    let mut out = Vec::with_capacity(body.len());
    macro_rules! pair {
        ($ours:ty, $by_hand:ty) => {{
            group.bench_function("decode_body", |bench| {
                bench.iter(|| {
                    let message = <$ours>::decode(black_box(body));
                    black_box(&message).is_ok()
                });
            });
            group.bench_function("by_hand_decode", |bench| {
                bench.iter(|| {
                    let message = <$by_hand>::decode(black_box(body));
                    black_box(&message).is_some()
                });
            });
            if let (Ok(ours), Some(theirs)) = (<$ours>::decode(body), <$by_hand>::decode(body)) {
                group.bench_function("encode_body", |bench| {
                    bench.iter(|| {
                        out.clear();
                        black_box(&ours).encode(&mut out).is_ok()
                    });
                });
                group.bench_function("by_hand_encode", |bench| {
                    bench.iter(|| {
                        out.clear();
                        black_box(&theirs).encode(&mut out)
                    });
                });
            }
        }};
    }
    match row.name {
        "main.init" => pair!(main_channel::server::Init, MainInit),
        "port.init" => pair!(port::server::Init<'_>, PortInit<'_>),
        "monitors_config, 4 heads" => {
            pair!(display::server::MonitorsConfig<'_>, MonitorsConfig<'_>);
        }
        _ => {}
    }
}

/// The median of a row and column of this run, in nanoseconds.
fn median(folder: &Path, row: &str, column: &str) -> Option<f64> {
    let name: String = row.replace([',', ' ', '.'], "_");
    let candidates = [row.to_owned(), name];
    let text = candidates.iter().find_map(|name| {
        std::fs::read(folder.join(name).join(column).join("new/estimates.json")).ok()
    })?;
    let estimates: serde_json::Value = serde_json::from_slice(&text).ok()?;
    estimates.get("median")?.get("point_estimate")?.as_f64()
}

fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")))
}

fn print_table(rows: &[Row]) {
    let folder = target().join("criterion");
    let ratio = |row: &Row, over: &str, under: &str| {
        let over = median(&folder, row.name, over);
        let under = median(&folder, row.name, under);
        match (over, under) {
            (Some(over), Some(under)) if under > 0.0 => format!("{:.2}", over / under),
            _ => "-".to_owned(),
        }
    };
    println!("\nNanoseconds (median) and ratios of this run:\n");
    println!(
        "| message | {} | decode / floor | encode / copy |",
        COLUMNS.join(" | ")
    );
    println!("|---|{}---|---|", "---|".repeat(COLUMNS.len()));
    for row in rows {
        let cells: Vec<String> = COLUMNS
            .iter()
            .map(|column| match median(&folder, row.name, column) {
                Some(time) => format!("{time:.1}"),
                None => "-".to_owned(),
            })
            .collect();
        println!(
            "| {} | {} | {} | {} |",
            row.name,
            cells.join(" | "),
            ratio(row, "decode", "floor_decode"),
            ratio(row, "encode", "copy"),
        );
    }
    println!("\n| message | decode / by hand | encode / by hand |");
    println!("|---|---|---|");
    for row in rows {
        let decode = ratio(row, "decode_body", "by_hand_decode");
        if decode != "-" {
            let encode = ratio(row, "encode_body", "by_hand_encode");
            println!("| {} | {decode} | {encode} |", row.name);
        }
    }
}
