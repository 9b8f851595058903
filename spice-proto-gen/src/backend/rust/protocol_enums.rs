//! The items at the root: the types of channels, and enums of all messages of the protocol, by channel and by
//! sender.

use proc_macro2::Ident;

use super::arbitrary_messages::{MessageEnum, UnknownVariant, message_enum};
use super::case::{ident, type_name};
use super::channel_type::{self, CHANNEL_TYPE};
use super::context::Context;
use super::docs::lines as doc_lines;
use super::lines::Lines;
use super::paths::Kind;
use super::serde;
use crate::model::{ProtocolChannel, Side};

/// The path of the runtime at the root.
pub(super) const RUNTIME: &str = "__wire";

/// Emits the items.
pub(super) fn items(context: &Context<'_>, lines: &mut Lines) {
    let entries = context.entries();
    let protocol = &context.model.protocol;
    lines.docs(["The name of the protocol."]);
    let comment = doc_lines(&protocol.docs, "");
    if comment != [""] {
        lines.docs([""]);
        lines.docs(comment);
    }
    lines.line(format!("pub const PROTOCOL: &str = {:?};", protocol.name));
    channel_type::definition(context, &entries, lines);
    for side in context.sides() {
        side_messages(context, side, &entries, lines);
    }
    if context.has_both_sides() {
        all_messages(context, lines);
    }
}

/// The enum of all messages from one side.
fn side_messages(
    context: &Context<'_>,
    side: Side,
    entries: &[&ProtocolChannel],
    lines: &mut Lines,
) {
    let sender = side.name();
    let name = format!("{}Message", type_name(sender));
    let path = format!("{}.{sender}", context.model.protocol.name);
    lines.docs([format!("Any message from the {sender}.")]);
    attributes(context, &path, true, lines);
    lines.open(format!("pub enum {name}<'a> {{"));
    for entry in entries {
        let variant = variant(entry);
        let module = ident(context.names.module(entry.channel));
        lines.docs([format!("A message on channel `{}`.", entry.name)]);
        lines.lines(serde::rename(context, &variant, &entry.name));
        lines.attributes(&context.attributes(Kind::Field, format_args!("{path}.{}", entry.name)));
        lines.line(format!("{variant}({module}::{sender}::Message<'a>),"));
    }
    unknown_variant(context, &path, lines);
    lines.close("}");
    lines.open(format!("{RUNTIME}::impl_side_messages!({name} {{"));
    for entry in entries {
        let module = ident(context.names.module(entry.channel));
        lines.line(format!(
            "{} {} {module}::{sender},",
            entry.number,
            variant(entry)
        ));
    }
    lines.close("});");
    channel_conversions(context, &name, sender, entries, lines);
    if context.options.arbitrary {
        lines.lines(context.options.gate("arbitrary"));
        let messages = MessageEnum {
            name: &name,
            runtime: RUNTIME,
            variants: entries.iter().map(|entry| variant(entry)).collect(),
            unknown: Some(UnknownVariant {
                field: ("channel_type", "u8"),
                known: entries.iter().map(|entry| entry.number.into()).collect(),
                max: u8::MAX.into(),
                other: Some("id"),
            }),
        };
        message_enum(&messages, lines);
    }
}

/// Conversions from the messages of the channels that the protocol has once.
fn channel_conversions(
    context: &Context<'_>,
    name: &str,
    sender: &str,
    entries: &[&ProtocolChannel],
    lines: &mut Lines,
) {
    let entries = entries.iter();
    let single = entries.filter(|entry| context.model.channel(entry.channel).entries.len() == 1);
    let single = single.map(|entry| {
        let module = ident(context.names.module(entry.channel));
        format!("{}({module}::{sender}::Message<'a>)", variant(entry))
    });
    let single: Vec<_> = single.collect();
    if !single.is_empty() {
        let start = format!("{RUNTIME}::impl_from_bodies!({name} {{");
        lines.table(&start, &single, "});");
    }
}

fn attributes(context: &Context<'_>, path: &str, is_open: bool, lines: &mut Lines) {
    let user = context.attributes(Kind::Enum, path);
    let attributes = lines.derive("Clone, Debug, PartialEq, Eq", &user);
    serde::derive(context, RUNTIME, lines);
    lines.lines(is_open.then_some("#[non_exhaustive]"));
    lines.attributes(attributes);
}

fn unknown_variant(context: &Context<'_>, path: &str, lines: &mut Lines) {
    lines.docs(["A message on a channel that the protocol does not define."]);
    lines.lines(serde::rename(context, "Unknown", "unknown"));
    lines.attributes(&context.attributes(Kind::Field, format_args!("{path}.unknown")));
    lines.open("Unknown {");
    lines.docs(["Channel type."]);
    lines.line(format!("channel_type: {CHANNEL_TYPE},"));
    lines.docs(["Message id."]);
    lines.line("id: u16,");
    lines.docs(["Message body."]);
    lines.line(format!("body: {RUNTIME}::Bytes<'a>,"));
    lines.close("},");
}

/// The enum of all messages.
fn all_messages(context: &Context<'_>, lines: &mut Lines) {
    lines.docs(["Any message of the protocol."]);
    let path = &context.model.protocol.name;
    attributes(context, path, false, lines);
    lines.open("pub enum Message<'a> {");
    for (side, variant) in [("server", "Server"), ("client", "Client")] {
        lines.docs([format!("A message from the {side}.")]);
        lines.lines(serde::rename(context, variant, side));
        lines.attributes(&context.attributes(Kind::Field, format_args!("{path}.{side}")));
        lines.line(format!("{variant}({variant}Message<'a>),"));
    }
    lines.close("}");
    lines.line(format!(
        "{RUNTIME}::impl_all_messages!(Message, ServerMessage, ClientMessage);"
    ));
    if context.options.arbitrary {
        lines.lines(context.options.gate("arbitrary"));
        let messages = MessageEnum {
            name: "Message",
            runtime: RUNTIME,
            variants: ["Server", "Client"].map(ident).into(),
            unknown: None,
        };
        message_enum(&messages, lines);
    }
}

/// The variant of a channel.
fn variant(entry: &ProtocolChannel) -> Ident {
    ident(&type_name(&entry.name))
}
