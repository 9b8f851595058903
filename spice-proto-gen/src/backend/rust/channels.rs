//! The modules of channels: constants, the channel as a type, and a module for each side.

use super::case::ident;
use super::channel_type::{CHANNEL_TYPE, constant};
use super::context::Context;
use super::docs::lines as doc_lines;
use super::lines::Lines;
use super::names::{Module, named_entry};
use super::{messages, structs};
use crate::model::{Channel, ChannelId, ProtocolChannel};

/// Emits the module of a channel.
pub(super) fn module(context: &Context<'_>, id: ChannelId, lines: &mut Lines) {
    let channel = context.model.channel(id);
    let name = context.names.module(id);
    lines.docs(doc_lines(
        &channel.docs,
        &format!("`{}` in the proto.", channel.name),
    ));
    lines.open(format!("pub mod {} {{", ident(name)));
    let entry = named_entry(context.model, channel);
    if context.has_both_sides() {
        lines.line(context.import("super"));
    }
    if let Some(entry) = entry {
        lines.docs(["The type of the channel."]);
        let constant = constant(entry);
        lines.line(format!(
            "pub const CHANNEL_TYPE: super::{CHANNEL_TYPE} = super::{CHANNEL_TYPE}::{constant};"
        ));
    }
    if context.has_both_sides() {
        marker(context, channel, name, entry, lines);
    }
    for side in context.sides() {
        let module = side.name();
        lines.docs([format!("Messages from the {module} on `{}`.", channel.name)]);
        lines.open(format!("pub mod {module} {{"));
        let types: Vec<_> = context.types_in(Module::Side(id, side)).collect();
        lines.line(context.import("super::super"));
        messages::reexports(context, id, side, lines);
        messages::definition(context, id, side, lines);
        for body in types {
            structs::definition(context, body, lines);
        }
        lines.close("}");
    }
    lines.close("}");
}

/// The channel as a type, and the channels that it is derived from.
fn marker(
    context: &Context<'_>,
    channel: &Channel,
    name: &str,
    entry: Option<&ProtocolChannel>,
    lines: &mut Lines,
) {
    let number = entry.map_or("None".to_owned(), |entry| format!("Some({})", entry.number));
    lines.docs([format!(
        "`{}` as a type, for code that is generic over channels.",
        channel.name
    )]);
    lines.line("#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]");
    lines.line("pub struct Channel;");
    lines.open("impl wire::Channel for Channel {");
    lines.line(format!("const NAME: &'static str = {name:?};"));
    lines.line(format!(
        "const CHANNEL_TYPE: ::core::option::Option<u8> = {number};"
    ));
    lines.line("type Server<'a> = server::Message<'a>;");
    lines.line("type Client<'a> = client::Message<'a>;");
    lines.close("}");
    lines.line("wire::impl_channel!();");
    let Some(parent) = channel.parent else {
        return;
    };
    // A channel is derived from every ancestor by way of its parent.
    let parent = ident(context.names.module(parent));
    for ancestor in &channel.ancestors {
        let ancestor = ident(context.names.module(*ancestor));
        lines.line(format!(
            "wire::impl_derived_from!(super::{ancestor}, by super::{parent});"
        ));
    }
}
