//! The type of a channel: an open enum of the protocol's channels.

use quote::quote;

use super::case::{const_name, ident, type_name};
use super::context::Context;
use super::docs::lines as doc_lines;
use super::lines::Lines;
use super::paths::Kind;
use super::protocol_enums::RUNTIME;
use super::{aliases, arbitrary_messages, serde};
use crate::model::ProtocolChannel;

/// The name of the type.
pub(super) const CHANNEL_TYPE: &str = "ChannelType";

/// Emits the type and everything that it implements.
pub(super) fn definition(context: &Context<'_>, entries: &[&ProtocolChannel], lines: &mut Lines) {
    lines.docs([
        "The type of a channel of the protocol, by its number on the wire.",
        "",
        "Unnamed numbers are preserved.",
    ]);
    let path = path(context);
    let user = context.attributes(Kind::Enum, &path);
    let derives = "Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash";
    let attributes = lines.derive(derives, &user);
    lines.attributes(attributes);
    lines.line(format!("pub struct {CHANNEL_TYPE}(pub u8);"));
    constants(context, &path, entries, lines);
    lines.open(format!("{RUNTIME}::impl_channel_type!({CHANNEL_TYPE} {{"));
    for entry in entries {
        let module = ident(context.names.module(entry.channel));
        let sides = context.sides().map(|side| {
            let side = side.name();
            format!("{} {module}::{side}", type_name(side))
        });
        let sides = sides.collect::<Vec<_>>().join(", ");
        let (number, name, constant) = (entry.number, &entry.name, constant(entry));
        lines.line(format!("{number} {constant} {name:?} {{ {sides} }},"));
    }
    lines.close("});");
    let names = (&ident(CHANNEL_TYPE), &ident("u8"));
    serde::enumeration(context, RUNTIME, names, "enum", lines);
    if context.options.arbitrary {
        lines.lines(context.options.gate("arbitrary"));
        let value = quote!(__wire::random::enumeration::<u8, Self>(input));
        arbitrary_messages::implementation(RUNTIME, CHANNEL_TYPE, &value, lines);
    }
}

fn constants(context: &Context<'_>, path: &str, entries: &[&ProtocolChannel], lines: &mut Lines) {
    if entries.is_empty() {
        return;
    }
    lines.open(format!("impl {CHANNEL_TYPE} {{"));
    for entry in entries {
        let otherwise = format!("Channel `{}`.", entry.name);
        lines.docs(doc_lines(&entry.docs, &otherwise));
        let path = format!("{path}.{}", entry.name);
        lines.lines(aliases::of_channel(context, &constant(entry), entry));
        lines.attributes(&context.attributes(Kind::Field, path));
        let number = entry.number;
        lines.line(format!(
            "pub const {}: Self = Self({number});",
            constant(entry)
        ));
    }
    lines.close("}");
}

/// The path of the type, for options.
pub(super) fn path(context: &Context<'_>) -> String {
    format!("{}.channel_type", context.model.protocol.name)
}

/// The constant of a channel.
pub(super) fn constant(entry: &ProtocolChannel) -> String {
    ident(&const_name(&entry.name)).to_string()
}
