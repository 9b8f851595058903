//! Messages and events as lines for people.

use std::fmt::{self, Write as _};

use spice_capture::HeaderFormat;
use spice_proto_gen::model::Side;

use super::decoding::{Decoding, Problem};
use super::item::{Content, Item, Place};
use super::output::StreamEvent;
use crate::catalog::Catalog;
use crate::rows::push_hex;

/// Limit on the length of the fields, in characters.
const MAX_FIELDS: usize = 120;

/// Limit on the number of bytes shown of a body that does not decode.
const MAX_BYTES: usize = 32;

/// The style of the lines.
pub struct Table {
    colored: bool,
}

/// Escape sequences for colors.
const DIM: &str = "\x1b[2m";
const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const BLUE: &str = "\x1b[34m";

impl Table {
    pub const fn new(colored: bool) -> Self {
        Self { colored }
    }

    /// Appends the line of a message.
    pub fn message(
        &self,
        catalog: &Catalog<'_>,
        item: &Item<'_>,
        decoding: &Result<Decoding<'_>, Problem>,
        line: &mut String,
    ) {
        let address = item.address;
        let channel = if item.is_agent {
            "main".to_owned()
        } else {
            channel_name(catalog, Some(address.channel_type))
        };
        self.push_start(channel, item.place.as_ref(), Some(address.side), line);
        let message = catalog.message(address.channel_type, address.side, address.id);
        let name = message.map_or_else(|| address.id.to_string(), |found| found.name.clone());
        let is_sub_message = item.place.is_some_and(|place| place.is_sub_message);
        let name = if item.is_agent {
            format!("agent.{name}")
        } else if is_sub_message {
            format!("+{name}")
        } else {
            name
        };
        self.push(BOLD, format_args!("{name:<24}"), line);
        let _ = write!(line, " {:>8}  ", item.size());
        match decoding {
            Ok(decoding) => {
                push_fields(&decoding.fields(true), line);
                let trailing = decoding.decoded.trailing.len();
                if trailing > 0 {
                    self.push(RED, format_args!(" {trailing} trailing bytes"), line);
                }
            }
            Err(problem) => {
                let text = match (problem.byte, problem.field.as_str()) {
                    (None, _) => problem.text.clone(),
                    (Some(byte), "") => format!("byte {byte}: {}", problem.text),
                    (Some(byte), field) => format!("{field} (byte {byte}): {}", problem.text),
                };
                self.push(RED, format_args!("{text}"), line);
                if let Content::Body(body) = item.content {
                    line.push_str("; ");
                    let shown = body.get(..MAX_BYTES);
                    push_hex(shown.unwrap_or(body), line);
                    if shown.is_some() {
                        line.push('…');
                    }
                }
            }
        }
        finish(line);
    }

    /// Appends the line of an event.
    pub fn event(
        &self,
        catalog: &Catalog<'_>,
        place: &Place,
        channel_type: Option<u8>,
        side: Option<Side>,
        event: &StreamEvent<'_>,
        line: &mut String,
    ) {
        let channel = channel_name(catalog, channel_type);
        self.push_start(channel, Some(place), side, line);
        let offset = place.offset;
        match event {
            StreamEvent::Linked(connection) | StreamEvent::Joined(connection) => {
                let header = match connection.header {
                    Some(HeaderFormat::Full) => "full headers",
                    _ => "mini headers",
                };
                let (client, server) = (connection.client, connection.server);
                self.push(DIM, format_args!("{client} to {server}, {header}"), line);
                if let StreamEvent::Joined(_) = event {
                    self.push(RED, format_args!(", the link stage is not complete"), line);
                }
            }
            StreamEvent::Tls(connection) => {
                let (client, server) = (connection.client, connection.server);
                self.push(
                    RED,
                    format_args!("{client} to {server}: encrypted with TLS"),
                    line,
                );
            }
            StreamEvent::Unreadable(connection, reason) => {
                let (client, server) = (connection.client, connection.server);
                self.push(RED, format_args!("{client} to {server}: {reason}"), line);
            }
            StreamEvent::Missing { length } => {
                self.push(
                    RED,
                    format_args!("{length} bytes are missing from byte {offset}"),
                    line,
                );
            }
            StreamEvent::Resumed { skipped } => {
                self.push(
                    DIM,
                    format_args!("goes on at byte {offset}, {skipped} bytes skipped"),
                    line,
                );
            }
            StreamEvent::Skipped { length } => {
                self.push(
                    RED,
                    format_args!("{length} bytes from byte {offset} contain no message"),
                    line,
                );
            }
            StreamEvent::SubMessages(reason) | StreamEvent::AgentStream(reason) => {
                self.push(RED, format_args!("{reason}"), line)
            }
        }
        finish(line);
    }

    /// Appends the columns that all lines have.
    fn push_start(
        &self,
        mut channel: String,
        place: Option<&Place>,
        side: Option<Side>,
        line: &mut String,
    ) {
        if let Some(place) = place {
            let time = place.time.saturating_sub(place.start);
            let (seconds, micros) = (time.as_secs(), time.subsec_micros());
            self.push(DIM, format_args!("{seconds:>6}.{micros:06}"), line);
            let _ = write!(line, " {:>3} ", place.connection);
            if let Some(number) = place.channel_id {
                let _ = write!(channel, "/{number}");
            }
        }
        let _ = write!(line, "{channel:<12} ");
        let (color, name) = match side {
            Some(side @ Side::Server) => (GREEN, side.name()),
            Some(side @ Side::Client) => (BLUE, side.name()),
            None => (DIM, ""),
        };
        self.push(color, format_args!("{name:<6} "), line);
    }

    fn push(&self, color: &str, text: fmt::Arguments<'_>, line: &mut String) {
        // Writing to a string cannot fail.
        let _ = if self.colored {
            write!(line, "{color}{text}\x1b[0m")
        } else {
            line.write_fmt(text)
        };
    }
}

/// Returns the name of a channel, or its number if it is unknown.
fn channel_name(catalog: &Catalog<'_>, channel_type: Option<u8>) -> String {
    match channel_type {
        Some(number) => match catalog.channel_name(number) {
            Some(name) => name.to_owned(),
            None => number.to_string(),
        },
        None => String::new(),
    }
}

/// Appends fields, shortened.
fn push_fields(json: &str, line: &mut String) {
    let fields = json.strip_prefix('{').unwrap_or(json);
    let fields = fields.strip_suffix('}').unwrap_or(fields);
    let mut end = fields.char_indices().skip(MAX_FIELDS);
    let shown = match end.next() {
        Some((end, _)) => fields.get(..end).unwrap_or_default(),
        None => fields,
    };
    line.extend(shown.chars().filter(|character| *character != '"'));
    if shown.len() < fields.len() {
        line.push('…');
    }
}

/// Ends a line without blanks before its end.
fn finish(line: &mut String) {
    line.truncate(line.trim_end().len());
    line.push('\n');
}
