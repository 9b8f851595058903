//! `cargo bench -p spice-benches --bench messages`: each message beside the floor of the C approach
//! and, for three of them, beside code written by hand, in one run; then the recorded traffic as a
//! whole. At the end it prints the tables.

mod counted;
mod table;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use spice_benches::by_hand::{MainInit, MonitorsConfig, PortInit};
use spice_benches::recorded::{self, Recorded};
use spice_benches::rows::{Row, rows};
use spice_messages::wire::{Decode, Encode, Fds, IntoOwned, Side};
use spice_messages::{ClientMessage, Message, ServerMessage};
use spice_messages::{cursor, display, inputs, main as main_channel, playback, port};

type Group<'c> = BenchmarkGroup<'c, WallTime>;

/// The name of the group that measures the recorded traffic.
const TRAFFIC: &str = "recorded traffic";

/// Measures the columns of a row whose body has this type.
macro_rules! measure {
    ($group:expr, $row:expr, $body:ty) => {{
        let (group, row): (&mut Group<'_>, &Row) = ($group, $row);
        let body = row.body.as_slice();
        group.bench_function("floor", |bench| bench.iter(|| floor(black_box(row))));
        group.bench_function("decode_with", |bench| {
            bench.iter(|| {
                <$body>::decode_with(black_box(body), Fds::none(), |value| {
                    black_box(value);
                })
                .is_ok()
            });
        });
        group.bench_function("decode", |bench| {
            bench.iter(|| black_box(&<$body>::decode(black_box(body))).is_ok());
        });
        dispatch(group, row);
        let mut out = buffer_apart(body);
        group.bench_function("copy", |bench| {
            bench.iter(|| {
                out.clear();
                out.extend_from_slice(black_box(body));
                black_box(&out).len()
            });
        });
        match <$body>::decode(body) {
            Ok(value) => encode(group, &value, &mut out),
            Err(error) => eprintln!("{}: {error}", row.name),
        }
    }};
}

/// Measures a message beside its decoder and encoder written by hand.
macro_rules! by_hand {
    ($group:expr, $row:expr, $ours:ty, $by_hand:ty) => {{
        let (group, body) = ($group, $row.body.as_slice());
        let mut out = buffer_apart(body);
        group.bench_function("by_hand_decode", |bench| {
            bench.iter(|| black_box(&<$by_hand>::decode(black_box(body))).is_ok());
        });
        if let Ok(value) = <$by_hand>::decode(body) {
            group.bench_function("by_hand_encode", |bench| {
                bench.iter(|| {
                    out.clear();
                    let outcome = black_box(&value).encode(&mut out);
                    black_box(&out);
                    outcome.is_ok()
                });
            });
        }
    }};
}

fn main() {
    if std::env::args().any(|argument| argument == counted::INSIDE) {
        return counted::inside();
    }
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(150))
        .measurement_time(Duration::from_millis(500))
        .sample_size(30)
        .configure_from_args();
    let rows = rows();
    for row in &rows {
        let mut group = criterion.benchmark_group(row.name);
        measure_row(&mut group, row);
        group.finish();
    }
    let recorded = recorded::messages();
    traffic(&mut criterion.benchmark_group(TRAFFIC), &recorded);
    criterion.final_summary();
    table::print(&rows, &recorded);
}

fn measure_row(group: &mut Group<'_>, row: &Row) {
    match row.name {
        "main.init" => {
            measure!(group, row, main_channel::server::Init);
            by_hand!(group, row, main_channel::server::Init, MainInit);
        }
        "main.channels_list, 20 channels" => {
            measure!(group, row, main_channel::server::ChannelsList<'_>);
        }
        "port.init" => {
            measure!(group, row, port::server::Init<'_>);
            by_hand!(group, row, port::server::Init<'_>, PortInit<'_>);
        }
        "draw_fill" => measure!(group, row, display::server::DrawFill<'_>),
        "draw_text, 40 glyphs" => measure!(group, row, display::server::DrawText<'_>),
        "draw_stroke, 8 segments" => measure!(group, row, display::server::DrawStroke<'_>),
        "monitors_config, 4 heads" => {
            measure!(group, row, display::server::MonitorsConfig<'_>);
            by_hand!(
                group,
                row,
                display::server::MonitorsConfig<'_>,
                MonitorsConfig<'_>
            );
        }
        "playback.data of 1 KiB" => measure!(group, row, playback::server::Data<'_>),
        "stream_data of 20 KB" => measure!(group, row, display::server::StreamData<'_>),
        "cursor.set of 4 KiB" => measure!(group, row, cursor::server::Set<'_>),
        "inputs.mouse_position" => measure!(group, row, inputs::client::MousePosition),
        _ => measure!(group, row, display::server::DrawCopy<'_>),
    }
}

/// An empty buffer for a body. A processor takes a load for one of what was stored shortly before if the
/// last twelve bits of their addresses are the same, and then waits; whether they are is luck, and no
/// matter of what is measured. So the buffer lies apart from the body and from the stack.
fn buffer_apart(body: &[u8]) -> Vec<u8> {
    const PAGE: usize = 4096;
    let on_stack = 0_u8;
    let others = [body.as_ptr().addr(), (&raw const on_stack).addr()];
    let mut tried = Vec::new();
    for more in 0..PAGE {
        let buffer: Vec<u8> = Vec::with_capacity(body.len() + more);
        let at = buffer.as_ptr().addr();
        let is_apart = |other: &usize| {
            let between = at.wrapping_sub(*other) % PAGE;
            (PAGE / 4..PAGE - PAGE / 4).contains(&between)
        };
        if others.iter().all(is_apart) {
            return buffer;
        }
        tried.push(buffer);
    }
    tried.pop().unwrap_or_default()
}

/// One malloc and free of the C struct's size and one copy of the fixed part: what any decoder into
/// C structs must do at least.
fn floor(row: &Row) -> Vec<u8> {
    let mut made = Vec::with_capacity(row.c_size);
    let fixed = row.body.get(..row.fixed.min(row.body.len()));
    made.extend_from_slice(black_box(fixed.unwrap_or_default()));
    made
}

/// From the numbers in a frame's header and its body to the message.
fn dispatch(group: &mut Group<'_>, row: &Row) {
    let body = row.body.as_slice();
    group.bench_function("dispatch_with", |bench| {
        bench.iter(|| dispatch_with(row.channel_type, row.side, row.id, body));
    });
    group.bench_function("dispatch", |bench| {
        let (channel, id) = (row.channel_type, row.id);
        match row.side {
            Side::Server => bench.iter(|| {
                let (channel, id) = (black_box(channel), black_box(id));
                let message = ServerMessage::decode(channel, id, black_box(body), Fds::none());
                black_box(&message).is_ok()
            }),
            Side::Client => bench.iter(|| {
                let (channel, id) = (black_box(channel), black_box(id));
                let message = ClientMessage::decode(channel, id, black_box(body), Fds::none());
                black_box(&message).is_ok()
            }),
        }
    });
}

#[inline(always)]
fn dispatch_with(channel: u8, side: Side, id: u16, body: &[u8]) -> bool {
    let (channel, id, body) = (black_box(channel), black_box(id), black_box(body));
    match side {
        Side::Server => ServerMessage::decode_with(channel, id, body, Fds::none(), |message| {
            black_box(message);
        })
        .is_ok(),
        Side::Client => ClientMessage::decode_with(channel, id, body, Fds::none(), |message| {
            black_box(message);
        })
        .is_ok(),
    }
}

fn encode<T: Encode + Clone + IntoOwned>(group: &mut Group<'_>, value: &T, out: &mut Vec<u8>) {
    group.bench_function("encode", |bench| {
        bench.iter(|| {
            out.clear();
            let outcome = black_box(value).encode(out);
            black_box(&out);
            outcome.is_ok()
        });
    });
    group.bench_function("encode_io", |bench| {
        bench.iter(|| black_box(value).encode_io().map(|body| body.len()));
    });
    group.bench_function("into_owned", |bench| {
        bench.iter(|| black_box(value).clone().into_owned());
    });
}

/// Decodes and encodes all messages that a server and a client sent.
fn traffic(group: &mut Group<'_>, recorded: &[Recorded]) {
    let bytes: usize = recorded.iter().map(|message| message.body.len()).sum();
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("decode", |bench| {
        bench.iter(|| {
            let decoded = recorded.iter().filter(|message| {
                dispatch_with(
                    message.channel_type,
                    message.side,
                    message.id,
                    &message.body,
                )
            });
            decoded.count()
        });
    });
    let decoded = recorded.iter().filter_map(|message| {
        let (channel, side, id) = (message.channel_type, message.side, message.id);
        Message::decode(channel, side, id, &message.body, Fds::none()).ok()
    });
    let decoded: Vec<_> = decoded.collect();
    let mut out = Vec::with_capacity(bytes);
    group.bench_function("encode", |bench| {
        bench.iter(|| {
            let encoded = decoded.iter().filter(|message| {
                out.clear();
                black_box(message).encode(&mut out).is_ok()
            });
            encoded.count()
        });
    });
    group.bench_function("copy", |bench| {
        bench.iter(|| {
            for message in recorded {
                out.clear();
                out.extend_from_slice(black_box(&message.body));
                black_box(&out);
            }
        });
    });
}
