//! Decodes and re-encodes messages: JSON Lines in, JSON Lines out.
//!
//! An input line has `channel_type`, `side` (the sender, `server` or `client`), `id` and `hex` (the
//! body). Other keys are ignored. The output has one line per message:
//!
//! ```json
//! {"ok":true,"name":"port.server.init","hex":"…"}
//! {"ok":true,"unknown":true,"hex":"…"}
//! {"ok":false,"name":"port.server.init","error":{"kind":"null_pointer","field":"name","offset":4,"message":"…"}}
//! ```
//!
//! ```console
//! $ cargo run --release -p spice-messages --example reencode < capture.jsonl
//! ```

use std::borrow::Cow;
use std::io::{self, BufRead, BufWriter, Write};

use serde::{Deserialize, Serialize};
use spice_messages::wire::{self, Encode, Reader, Side};
use spice_messages::{ChannelType, Message};

#[derive(Deserialize)]
struct Row<'r> {
    channel_type: u8,
    side: &'r str,
    id: u16,
    #[serde(borrow)]
    hex: Cow<'r, str>,
}

#[derive(Serialize)]
struct Accepted<'r> {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<bool>,
    hex: &'r str,
}

#[derive(Serialize)]
struct Rejected {
    ok: bool,
    name: Option<&'static str>,
    error: Problem,
}

#[derive(Serialize)]
struct Problem {
    kind: &'static str,
    field: String,
    offset: usize,
    message: String,
}

impl Rejected {
    /// An input line that does not describe a message.
    fn input(message: String) -> Self {
        let error = Problem {
            kind: "input",
            field: String::new(),
            offset: 0,
            message,
        };
        Self {
            ok: false,
            name: None,
            error,
        }
    }
}

impl From<wire::Error> for Rejected {
    fn from(error: wire::Error) -> Self {
        Self {
            ok: false,
            name: error.message(),
            error: Problem {
                kind: error.kind().name(),
                field: error.field().to_string(),
                offset: error.offset(),
                message: error.kind().to_string(),
            },
        }
    }
}

/// Buffers reused for each line.
#[derive(Default)]
struct Buffers {
    body: Vec<u8>,
    encoded: Vec<u8>,
    hex: String,
}

fn main() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    let mut buffers = Buffers::default();
    while input.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            match reencode(&line, &mut buffers) {
                Ok(accepted) => serde_json::to_writer(&mut output, &accepted)?,
                Err(rejected) => serde_json::to_writer(&mut output, &rejected)?,
            }
            output.write_all(b"\n")?;
        }
        line.clear();
    }
    output.flush()
}

fn reencode<'b>(line: &[u8], buffers: &'b mut Buffers) -> Result<Accepted<'b>, Rejected> {
    let row: Row<'_> =
        serde_json::from_slice(line).map_err(|error| Rejected::input(error.to_string()))?;
    let side = match row.side {
        "server" => Side::Server,
        "client" => Side::Client,
        other => return Err(Rejected::input(format!("`{other}` is not a side"))),
    };
    unhex(&row.hex, &mut buffers.body)?;
    let mut reader = Reader::new(&buffers.body);
    let message = Message::decode_from(ChannelType(row.channel_type), side, row.id, &mut reader)?;
    buffers.encoded.clear();
    message.encode(&mut buffers.encoded)?;
    // Trailing bytes are valid, and peers may use them: `notify` has a NUL there.
    buffers.encoded.extend_from_slice(reader.trailing());
    buffers.hex.clear();
    for byte in &buffers.encoded {
        for digit in [byte >> 4, byte & 15] {
            buffers.hex.extend(char::from_digit(digit.into(), 16));
        }
    }
    let name = message.path();
    let unknown = name.is_none().then_some(true);
    Ok(Accepted {
        ok: true,
        name,
        unknown,
        hex: &buffers.hex,
    })
}

fn unhex(hex: &str, body: &mut Vec<u8>) -> Result<(), Rejected> {
    body.clear();
    let (pairs, odd) = hex.as_bytes().as_chunks::<2>();
    let digit = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    for [high, low] in pairs {
        match (digit(*high), digit(*low)) {
            (Some(high), Some(low)) => body.push(high << 4 | low),
            _ => {
                return Err(Rejected::input(
                    "`hex` has a character that is not a digit".to_owned(),
                ));
            }
        }
    }
    match odd {
        [] => Ok(()),
        _ => Err(Rejected::input(
            "`hex` has an odd number of digits".to_owned(),
        )),
    }
}
