//! `decode`: prints the messages of a capture, of JSON Lines, or one body.

mod agent;
mod capture;
mod decoding;
mod input;
mod item;
mod json_lines;
mod output;
mod progress;
mod selection;
mod statistics;
mod table;

use std::path::PathBuf;

use clap::Args;

use self::agent::Agent;
use self::input::Input;
use self::item::Item;
use self::output::Output;
use self::selection::Selection;
use crate::arguments::Settings;
use crate::catalog::{Catalog, Pattern};
use crate::output::{Outcome, print_error};
use crate::protos::{self, ProtoArgument};
use crate::rows::{Lines, Row};

const EXAMPLES: &str = "\
Examples:
  spice-proto decode session.pcapng
  tcpdump -U -w - port 5930 | spice-proto decode --table
  spice-proto decode --stats --table session.pcap
  spice-proto decode --message port.server.init --hex 0400000009000000016d6f6e00

Exit status: 0 if everything was decoded, 1 if a message does not decode or bytes of a stream are missing, 2 if
an argument is invalid or a file cannot be read or written.";

/// The arguments of `decode`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// A capture (pcap or pcapng) or JSON Lines with `hex`; `-` is standard input
    #[arg(default_value = "-", hide_default_value = true)]
    file: PathBuf,
    /// Decode one body from these hexadecimal digits; `--message` names the message
    #[arg(long, value_name = "DIGITS", requires = "messages", conflicts_with_all = ["file", "body"])]
    hex: Option<String>,
    /// The file is one body; `--message` names the message
    #[arg(long, requires = "messages")]
    body: bool,
    /// Print only this channel: a name, or the number of its type; may be repeated
    #[arg(long = "channel", value_name = "CHANNEL")]
    channels: Vec<String>,
    /// Print only this message: `draw_copy`, `304`, `display.draw_copy` or `display.server.draw_copy`; may be
    /// repeated
    #[arg(long = "message", value_name = "MESSAGE")]
    messages: Vec<Pattern>,
    /// Stop after this number of messages
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
    /// Print enums and flags by name
    #[arg(long)]
    names: bool,
    /// Print lines for people instead of JSON
    #[arg(long)]
    table: bool,
    /// Print the number and the bytes of each message instead of the messages
    #[arg(long)]
    stats: bool,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    #[command(flatten)]
    proto: ProtoArgument,
}

/// Prints the messages of a file.
pub fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    let model = match arguments.proto.model(settings) {
        Ok(model) => model,
        Err(outcome) => return outcome.max(Outcome::Found),
    };
    let agent = match protos::agent(settings) {
        Ok(agent) => agent,
        Err(outcome) => return outcome,
    };
    match decode(
        arguments,
        settings,
        &Catalog::new(&model),
        &Catalog::new(&agent),
    ) {
        Ok(outcome) => outcome,
        Err(error) => print_error(&error),
    }
}

fn decode(
    arguments: &Arguments,
    settings: &Settings,
    catalog: &Catalog<'_>,
    agent: &Catalog<'_>,
) -> Result<Outcome, String> {
    let selection = Selection::new(arguments, catalog)?;
    let input = match &arguments.hex {
        Some(digits) => Input::from_hex(digits)?,
        None if arguments.body => Input::body(&arguments.file)?,
        None => Input::open(&arguments.file)?,
    };
    let agent = Agent::of(catalog, agent);
    let mut output = Output::open(arguments, settings, catalog, agent, selection)?;
    let result = match input {
        Input::Body(bytes) => {
            let [pattern] = arguments.messages.as_slice() else {
                return Err("a body needs exactly one `--message`".to_owned());
            };
            output.message(&Item::of_body(catalog.only(pattern)?, &bytes));
            Ok(())
        }
        Input::Rows(name, lines) => decode_rows(&name, lines, catalog, &mut output),
        Input::Capture(capture) => capture.decode(catalog, &mut output),
    };
    // The messages before an error are printed.
    let finished = output.finish();
    result.and(finished)
}

/// Decodes the rows of a JSON Lines file.
fn decode_rows<R: std::io::BufRead>(
    name: &str,
    mut lines: Lines<R>,
    catalog: &Catalog<'_>,
    output: &mut Output<'_>,
) -> Result<(), String> {
    while !output.is_done() {
        let line = lines.next();
        let Some((number, line)) = line.map_err(|error| format!("cannot read {name}: {error}"))?
        else {
            break;
        };
        if let Err(error) = decode_row(&line, catalog, output) {
            output.problem(&format!("{name}:{number}: {error}"));
        }
    }
    Ok(())
}

fn decode_row(line: &str, catalog: &Catalog<'_>, output: &mut Output<'_>) -> Result<(), String> {
    let row = Row::parse(line)?;
    if row.is_event() {
        output.event_row(line);
        return Ok(());
    }
    if row.is_agent_message() {
        return Ok(());
    }
    let address = row.address(catalog)?;
    let body = row.hex("hex")?.ok_or("`hex` is missing")?;
    output.message(&Item::of_body(address, &body));
    Ok(())
}
