//! Messages and events as JSON, one object a line.

use std::fmt::Write as _;
use std::time::Duration;

use spice_capture::HeaderFormat;
use spice_proto_gen::model::Side;

use super::agent::MAIN;
use super::decoding::{Decoding, Problem};
use super::item::{Content, Item, Place};
use super::output::StreamEvent;
use crate::catalog::Catalog;
use crate::rows::push_hex;

/// Appends the line of a message.
pub fn message(
    catalog: &Catalog<'_>,
    item: &Item<'_>,
    decoding: &Result<Decoding<'_>, Problem>,
    names: bool,
    line: &mut String,
) {
    let address = item.address;
    line.push('{');
    if let Some(place) = &item.place {
        push_place(place, line);
        line.push(',');
    }
    if item.is_agent {
        push(
            line,
            format_args!("\"channel\":\"main\",\"channel_type\":{MAIN}"),
        );
    } else {
        push_channel(catalog, address.channel_type, line);
    }
    if let Some(place) = &item.place {
        push_channel_id(place, line);
    }
    let message = catalog.message(address.channel_type, address.side, address.id);
    let name = message.map(|message| message.name.as_str());
    push(line, format_args!(",\"side\":\"{}\"", address.side.name()));
    if item.is_agent {
        let dialect = quoted_or_null(catalog.channel_name(address.channel_type));
        push(line, format_args!(",\"agent\":{dialect}"));
    }
    let name = quoted_or_null(name);
    push(
        line,
        format_args!(",\"message\":{name},\"id\":{}", address.id),
    );
    if let Some(place) = &item.place {
        push(line, format_args!(",\"offset\":{}", place.offset));
        if place.is_sub_message {
            line.push_str(",\"sub_message\":true");
        }
    }
    push(line, format_args!(",\"size\":{}", item.size()));
    match decoding {
        Ok(decoding) => {
            push(line, format_args!(",\"fields\":{}", decoding.fields(names)));
            let trailing = decoding.decoded.trailing;
            if !trailing.is_empty() {
                push_bytes("trailing", trailing, line);
            }
            if let Content::Body(body) = item.content
                && !decoding.is_canonical(body)
            {
                push_bytes("hex", body, line);
            }
        }
        Err(problem) => {
            push(
                line,
                format_args!(",\"error\":{{\"kind\":\"{}\"", problem.kind),
            );
            if let Some(byte) = problem.byte {
                let field = quoted(&problem.field);
                push(line, format_args!(",\"field\":{field},\"byte\":{byte}"));
            }
            push(line, format_args!(",\"text\":{}}}", quoted(&problem.text)));
            if let Content::Body(body) = item.content {
                push_bytes("hex", body, line);
            }
        }
    }
    line.push_str("}\n");
}

/// Appends the line of an event.
pub fn event(
    catalog: &Catalog<'_>,
    place: &Place,
    channel_type: Option<u8>,
    side: Option<Side>,
    event: &StreamEvent<'_>,
    line: &mut String,
) {
    line.push('{');
    push_place(place, line);
    if let Some(channel_type) = channel_type {
        line.push(',');
        push_channel(catalog, channel_type, line);
        push_channel_id(place, line);
    }
    if let Some(side) = side {
        let offset = place.offset;
        let side = side.name();
        push(
            line,
            format_args!(",\"side\":\"{side}\",\"offset\":{offset}"),
        );
    }
    push(line, format_args!(",\"event\":\"{}\"", event.name()));
    match event {
        StreamEvent::Linked(connection) | StreamEvent::Joined(connection) => {
            let (client, server) = (connection.client, connection.server);
            let header = match connection.header {
                Some(HeaderFormat::Full) => "full",
                _ => "mini",
            };
            push(
                line,
                format_args!(
                    ",\"client\":\"{client}\",\"server\":\"{server}\",\"header\":\"{header}\""
                ),
            );
            if let Some(session) = &connection.session {
                let channel_type = session.request.channel_type;
                let client = session.request.capabilities.names(channel_type);
                let server = session.answer.capabilities.names(channel_type);
                push(
                    line,
                    format_args!(
                        ",\"connection_id\":{},\"client_capabilities\":\"{client}\",\"server_capabilities\":\"{server}\"",
                        session.request.connection_id
                    ),
                );
            }
        }
        StreamEvent::Tls(connection) => {
            let (client, server) = (connection.client, connection.server);
            push(
                line,
                format_args!(",\"client\":\"{client}\",\"server\":\"{server}\""),
            );
        }
        StreamEvent::Unreadable(connection, reason) => {
            let (client, server) = (connection.client, connection.server);
            push(
                line,
                format_args!(
                    ",\"client\":\"{client}\",\"server\":\"{server}\",\"reason\":{}",
                    quoted(reason)
                ),
            );
        }
        StreamEvent::Missing { length } | StreamEvent::Skipped { length } => {
            push(line, format_args!(",\"length\":{length}"));
        }
        StreamEvent::Resumed { skipped } => push(line, format_args!(",\"skipped\":{skipped}")),
        StreamEvent::SubMessages(reason) | StreamEvent::AgentStream(reason) => {
            push(line, format_args!(",\"reason\":{}", quoted(reason)));
        }
    }
    line.push_str("}\n");
}

fn push(line: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = line.write_fmt(text);
}

fn push_place(place: &Place, line: &mut String) {
    line.push_str("\"time\":");
    push_seconds(place.time, line);
    push(line, format_args!(",\"connection\":{}", place.connection));
}

fn push_channel_id(place: &Place, line: &mut String) {
    match place.channel_id {
        Some(number) => push(line, format_args!(",\"channel_id\":{number}")),
        None => line.push_str(",\"channel_id\":null"),
    }
}

/// Appends seconds with six digits, or nine if there are nanoseconds.
fn push_seconds(time: Duration, line: &mut String) {
    let nanoseconds = time.subsec_nanos();
    if nanoseconds.is_multiple_of(1000) {
        push(
            line,
            format_args!("{}.{:06}", time.as_secs(), time.subsec_micros()),
        );
    } else {
        push(line, format_args!("{}.{nanoseconds:09}", time.as_secs()));
    }
}

/// Appends the name and the type of a channel.
pub fn push_channel(catalog: &Catalog<'_>, channel_type: u8, line: &mut String) {
    let name = quoted_or_null(catalog.channel_name(channel_type));
    push(
        line,
        format_args!("\"channel\":{name},\"channel_type\":{channel_type}"),
    );
}

fn push_bytes(name: &str, bytes: &[u8], line: &mut String) {
    push(line, format_args!(",\"{name}\":\""));
    push_hex(bytes, line);
    line.push('"');
}

/// A string in JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A name of the proto in JSON.
pub fn quoted_or_null(name: Option<&str>) -> String {
    name.map_or_else(|| "null".to_owned(), quoted)
}
