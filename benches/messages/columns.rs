//! The calls that are measured: the columns of each row, and the recorded traffic.

use std::hint::black_box;

use spice_benches::by_hand;
use spice_benches::recorded;
use spice_benches::rows::{Row, rows};
use spice_messages::wire::{Decode, Encode, Fds, IntoOwned, IoBody, Side};
use spice_messages::{ClientMessage, Message, ServerMessage};
use spice_messages::{cursor, display, inputs, main, playback, port};

use crate::meter::Meter;

/// The row of the recorded traffic.
pub const TRAFFIC: &str = "recorded traffic";

/// Row and column of an empty call, which counts the instructions of measuring itself.
pub const NOTHING: &str = "nothing";

/// Each round puts the bodies at other offsets of a page. A load waits for an earlier store if the last
/// twelve bits of their addresses are equal, so unlucky addresses can double a time.
const ROUND_OFFSET: usize = 656;

/// Measures the columns of a row: its body, module and type, and the type in `by_hand` if there is one.
macro_rules! measure {
    ($meter:expr, $row:expr, $bytes:expr; $($module:ident)::+, $body:ident $(, $by_hand:ident)?) => {{
        use $($module)::+::{$body as Body, Message as ChannelMessage};
        let (meter, row): (Meter, &Row) = ($meter, $row);
        let (name, id, body): (_, _, &[u8]) = (row.name, row.id, $bytes);
        meter.measure(name, "channel", || {
            black_box(&ChannelMessage::decode(black_box(id), black_box(body))).is_ok()
        });
        meter.measure(name, "decode", || {
            black_box(&Body::decode(black_box(body))).is_ok()
        });
        let value = Body::decode(body).map_err(|error| format!("{name}: {error}"))?;
        measure_encode(meter, name, ["encode", "encode_io"], &value);
        meter.measure(name, "into_owned", || black_box(&value).clone().into_owned());
        let owned = value.clone().into_owned();
        measure_encode(meter, name, ["encode owned", "encode_io owned"], &owned);
        $(
            meter.measure(name, "decode by hand", || {
                black_box(&by_hand::$by_hand::decode(black_box(body))).is_ok()
            });
            let value = by_hand::$by_hand::decode(body).map_err(|error| format!("{error:?}"))?;
            let mut out = Vec::with_capacity(body.len());
            meter.measure(name, "encode by hand", || {
                out.clear();
                let outcome = black_box(&value).encode(&mut out);
                black_box(&out);
                outcome.is_ok()
            });
        )?
    }};
}

/// Measures everything.
pub fn measure(meter: Meter, round: usize) -> Result<(), String> {
    meter.measure(NOTHING, NOTHING, || {});
    let start = round * ROUND_OFFSET;
    for row in rows() {
        let mut buffer = vec![0; start];
        buffer.extend_from_slice(&row.body);
        measure_row(meter, &row, buffer.get(start..).unwrap_or_default())?;
    }
    measure_traffic(meter)
}

fn measure_row(meter: Meter, row: &Row, body: &[u8]) -> Result<(), String> {
    measure_dispatch(meter, row, body);
    measure_floors(meter, row, body);
    match row.name {
        "main.init" => measure!(meter, row, body; main::server, Init, MainInit),
        "main.channels_list, 20 channels" => measure!(meter, row, body; main::server, ChannelsList),
        "port.init" => measure!(meter, row, body; port::server, Init, PortInit),
        "draw_fill" => measure!(meter, row, body; display::server, DrawFill),
        "draw_text, 40 glyphs" => measure!(meter, row, body; display::server, DrawText),
        "draw_stroke, 8 segments" => measure!(meter, row, body; display::server, DrawStroke),
        "monitors_config, 4 heads" => {
            measure!(meter, row, body; display::server, MonitorsConfig, MonitorsConfig);
        }
        "playback.data of 1 KiB" => measure!(meter, row, body; playback::server, Data),
        "stream_data of 20 KB" => measure!(meter, row, body; display::server, StreamData),
        "cursor.set of 4 KiB" => measure!(meter, row, body; cursor::server, Set),
        "inputs.mouse_position" => measure!(meter, row, body; inputs::client, MousePosition),
        _ => measure!(meter, row, body; display::server, DrawCopy),
    }
    Ok(())
}

/// Measures decoding from channel, id and body to the enum of all messages.
fn measure_dispatch(meter: Meter, row: &Row, body: &[u8]) {
    let (channel, id) = (row.channel_type, row.id);
    match row.side {
        Side::Server => meter.measure(row.name, "dispatch", || decode_server(channel, id, body)),
        Side::Client => meter.measure(row.name, "dispatch", || decode_client(channel, id, body)),
    }
}

#[inline(always)]
fn decode_server(channel: u8, id: u16, body: &[u8]) -> bool {
    let (channel, id, body) = (black_box(channel), black_box(id), black_box(body));
    black_box(&ServerMessage::decode(
        channel.into(),
        id,
        body,
        Fds::none(),
    ))
    .is_ok()
}

#[inline(always)]
fn decode_client(channel: u8, id: u16, body: &[u8]) -> bool {
    let (channel, id, body) = (black_box(channel), black_box(id), black_box(body));
    black_box(&ClientMessage::decode(
        channel.into(),
        id,
        body,
        Fds::none(),
    ))
    .is_ok()
}

/// Measures the least work of a decoder into C structs (`malloc` and `free` of the struct, a copy of the
/// fixed part) and of an encoder (a copy of the body).
fn measure_floors(meter: Meter, row: &Row, body: &[u8]) {
    let fixed = body.get(..row.fixed).unwrap_or(body);
    meter.measure(row.name, "floor", || {
        let mut decoded = Vec::with_capacity(black_box(row.c_size));
        decoded.extend_from_slice(black_box(fixed));
        decoded
    });
    let mut out = Vec::with_capacity(body.len());
    meter.measure(row.name, "copy", || {
        out.clear();
        out.extend_from_slice(black_box(body));
        black_box(&out).len()
    });
}

fn measure_encode<T: Encode>(meter: Meter, row: &str, columns: [&str; 2], value: &T) {
    let [encode, encode_io] = columns;
    let mut out = Vec::new();
    meter.measure(row, encode, || {
        out.clear();
        let outcome = black_box(value).encode(&mut out);
        black_box(&out);
        outcome.is_ok()
    });
    let mut body = IoBody::default();
    meter.measure(row, encode_io, || encode_io_again(value, &mut body));
}

/// Encodes into a body that was used before and keeps its memory.
#[inline(always)]
fn encode_io_again<'v, T: Encode>(value: &'v T, body: &mut IoBody<'v>) -> bool {
    let outcome = black_box(value).encode_io(body);
    black_box(body);
    outcome.is_ok()
}

/// Measures the recorded messages. One call decodes or encodes all of them.
fn measure_traffic(meter: Meter) -> Result<(), String> {
    let recorded = recorded::messages();
    meter.measure(TRAFFIC, "dispatch", || {
        let decoded = recorded.iter().filter(|message| {
            let (channel, id, body) = (message.channel_type, message.id, &message.body);
            match message.side {
                Side::Server => decode_server(channel, id, body),
                Side::Client => decode_client(channel, id, body),
            }
        });
        decoded.count()
    });
    let decoded = recorded.iter().map(|message| {
        let (channel, side, id) = (message.channel_type, message.side, message.id);
        Message::decode(channel.into(), side, id, &message.body, Fds::none())
    });
    let decoded: Vec<Message<'_>> = decoded
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{TRAFFIC}: {error}"))?;
    let mut out = Vec::new();
    meter.measure(TRAFFIC, "encode", || {
        let encoded = decoded.iter().filter(|message| {
            out.clear();
            let outcome = black_box(message).encode(&mut out);
            black_box(&out);
            outcome.is_ok()
        });
        encoded.count()
    });
    let mut body = IoBody::default();
    meter.measure(TRAFFIC, "encode_io", || {
        let encoded = decoded.iter();
        encoded
            .filter(|message| encode_io_again(*message, &mut body))
            .count()
    });
    meter.measure(TRAFFIC, "copy", || {
        for message in &recorded {
            out.clear();
            out.extend_from_slice(black_box(&message.body));
            black_box(&out);
        }
    });
    Ok(())
}
