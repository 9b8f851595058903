//! `encode`: turns JSON into the bytes of messages.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::PathBuf;

use clap::Args;
use spice_dynamic::{Value, decode, encode};
use spice_proto_gen::model::Message;

use crate::arguments::Settings;
use crate::catalog::{Address, Catalog, Pattern};
use crate::output::{Outcome, print_error};
use crate::protos::ProtoArgument;
use crate::rows::{Lines, Row, push_hex};

const EXAMPLES: &str = "\
Examples:
  spice-proto decode session.pcap | spice-proto encode
  echo '{\"name_size\":4,\"name\":\"6d6f6e00\",\"opened\":1}' | spice-proto encode --message port.server.init

Exit status: 0 on success, 1 if a line cannot be encoded, 2 if an argument is invalid or a file cannot be read or
written.";

/// The arguments of `encode`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// JSON Lines as `decode` prints them; `-` is standard input
    #[arg(default_value = "-", hide_default_value = true)]
    file: PathBuf,
    /// The lines are the fields of this message, such as `port.server.init`
    #[arg(long, value_name = "MESSAGE")]
    message: Option<Pattern>,
    /// Write the bytes of the bodies one after the other instead of a line of hexadecimal digits for each
    #[arg(long)]
    raw: bool,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    #[command(flatten)]
    proto: ProtoArgument,
}

/// Encodes all lines of a file, even if some cannot be encoded.
pub fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    let model = match arguments.proto.model(settings) {
        Ok(model) => model,
        Err(outcome) => return outcome.max(Outcome::Found),
    };
    match encode_lines(arguments, &Catalog::new(&model)) {
        Ok(outcome) => outcome,
        Err(error) => print_error(&error),
    }
}

fn encode_lines(arguments: &Arguments, catalog: &Catalog<'_>) -> Result<Outcome, String> {
    let message = arguments.message.as_ref();
    let message = message.map(|pattern| catalog.only(pattern)).transpose()?;
    let (name, input): (String, Box<dyn Read>) = if arguments.file.as_os_str() == "-" {
        ("<stdin>".to_owned(), Box::new(io::stdin().lock()))
    } else {
        let name = arguments.file.display().to_string();
        match File::open(&arguments.file) {
            Ok(file) => (name, Box::new(file)),
            Err(error) => return Err(format!("cannot read {name}: {error}")),
        }
    };
    let output: Box<dyn Write> = match &arguments.output {
        None => Box::new(io::stdout().lock()),
        Some(path) => match File::create(path) {
            Ok(file) => Box::new(file),
            Err(error) => return Err(format!("cannot write {}: {error}", path.display())),
        },
    };
    let mut output = BufWriter::new(output);
    let mut lines = Lines::new(BufReader::new(input));
    let mut outcome = Outcome::Success;
    loop {
        let line = lines.next();
        let line = line.map_err(|error| format!("cannot read {name}: {error}"))?;
        let Some((number, line)) = line else {
            break;
        };
        let written = match encode_line(&line, message, catalog) {
            Ok(None) => continue,
            Ok(Some(body)) if arguments.raw => output.write_all(&body),
            Ok(Some(body)) => {
                let mut text = String::new();
                push_hex(&body, &mut text);
                writeln!(output, "{text}")
            }
            Err(error) => {
                print_error(&format_args!("{name}:{number}: {error}"));
                outcome = Outcome::Found;
                continue;
            }
        };
        if let Some(outcome) = stopped(written, outcome) {
            return outcome;
        }
    }
    stopped(output.flush(), outcome).unwrap_or(Ok(outcome))
}

/// The result of the command if nothing more can be written.
fn stopped(written: io::Result<()>, outcome: Outcome) -> Option<Result<Outcome, String>> {
    match written {
        Ok(()) => None,
        // The reader stopped reading, as `head` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Some(Ok(outcome)),
        Err(error) => Some(Err(format!("cannot write: {error}"))),
    }
}

/// The body of a line; `None` if the line is not about a message.
fn encode_line(
    line: &str,
    fields_of: Option<Address>,
    catalog: &Catalog<'_>,
) -> Result<Option<Vec<u8>>, String> {
    if let Some(address) = fields_of {
        return encode_fields(known(address, catalog)?, catalog, line).map(Some);
    }
    let row = Row::parse(line)?;
    if row.is_event() || row.is_agent_message() {
        return Ok(None);
    }
    let hex = row.hex("hex")?;
    let Some(fields) = row.raw("fields") else {
        return match (hex, row.raw("error")) {
            (Some(body), _) => Ok(Some(body)),
            // The capture lacks bytes of the message.
            (None, Some(_)) => Ok(None),
            (None, None) => Err("`fields` and `hex` are missing".to_owned()),
        };
    };
    let message = known(row.address(catalog)?, catalog)?;
    let trailing = row.hex("trailing")?;
    let value = parse_fields(message, catalog, fields)?;
    // A body can have another layout than the encoder's. It is kept if the fields are still those of the body.
    if let Some(body) = hex
        && let Ok(decoded) = decode(catalog.model, message.body, &body)
        && decoded.value.to_json() == value.to_json()
        && trailing
            .as_deref()
            .is_none_or(|bytes| bytes == decoded.trailing)
    {
        return Ok(Some(body));
    }
    let mut body = encode_value(message, catalog, &value)?;
    body.extend(trailing.unwrap_or_default());
    Ok(Some(body))
}

fn known<'m>(address: Address, catalog: &Catalog<'m>) -> Result<&'m Message, String> {
    let Address {
        channel_type,
        side,
        id,
    } = address;
    let message = catalog.message(channel_type, side, id);
    message.ok_or_else(|| format!("the channel has no message {id}"))
}

fn parse_fields(
    message: &Message,
    catalog: &Catalog<'_>,
    fields: &str,
) -> Result<Value<'static>, String> {
    let parsed = Value::from_json_with_names(catalog.model, message.body, fields);
    parsed.map_err(|error| format!("the fields: {error}"))
}

fn encode_value(
    message: &Message,
    catalog: &Catalog<'_>,
    value: &Value<'_>,
) -> Result<Vec<u8>, String> {
    encode(catalog.model, message.body, value).map_err(|error| error.to_string())
}

fn encode_fields(
    message: &Message,
    catalog: &Catalog<'_>,
    fields: &str,
) -> Result<Vec<u8>, String> {
    encode_value(message, catalog, &parse_fields(message, catalog, fields)?)
}
