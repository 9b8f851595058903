//! The enum of all messages of one side of a channel.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;

use super::arbitrary_messages::{MessageEnum, UnknownVariant, message_enum};
use super::case::{const_name, ident, type_name};
use super::context::Context;
use super::docs::lines as doc_lines;
use super::lines::Lines;
use super::names::Module;
use super::paths::Kind;
use super::{aliases, serde};
use crate::backend::c;
use crate::model::{ChannelId, Message, Side, Type};

/// Emits the enum and everything that it implements.
pub(super) fn definition(context: &Context<'_>, id: ChannelId, side: Side, lines: &mut Lines) {
    let channel = context.model.channel(id);
    let module = Module::Side(id, side);
    let messages = channel.messages(side);
    let sender = side.name();
    let inherited = match channel.parent {
        Some(_) => ", inherited ones included",
        None => "",
    };
    let name = &channel.name;
    lines.docs([format!(
        "Any message from the {sender} on `{name}`{inherited}."
    )]);
    let path = context.side_part(id, side);
    let user = context.attributes(Kind::Enum, &path);
    let attributes = lines.derive("Clone, Debug, PartialEq, Eq", &user);
    serde::derive(context, "wire", lines);
    lines.line("#[non_exhaustive]");
    lines.attributes(attributes);
    lines.open("pub enum Message<'a> {");
    for message in messages {
        let name = variant(message);
        lines.docs(variant_docs(context, id, side, message));
        if message.owner == id {
            lines.lines(aliases::of_variant(
                context,
                &name.to_string(),
                message,
                side,
            ));
        }
        lines.lines(serde::rename(context, &name, &message.name));
        lines.attributes(&context.attributes(Kind::Field, format_args!("{path}.{}", message.name)));
        lines.line(format!("{name}({}),", body_type(context, module, message)));
    }
    lines.docs(["A message that the protocol does not define on this channel."]);
    lines.lines(serde::rename(context, "Unknown", "unknown"));
    lines.attributes(&context.attributes(Kind::Field, format_args!("{path}.unknown")));
    lines.open("Unknown {");
    lines.docs(["Message id."]);
    lines.line("id: u16,");
    lines.docs(["Message body."]);
    lines.line("body: wire::Bytes<'a>,");
    lines.close("},");
    lines.close("}");
    implementations(context, id, side, messages, lines);
    if let Some(parent) = channel.parent {
        parent_conversions(context, parent, side, lines);
    }
}

/// A message of this channel has its own documentation. An inherited one links to it.
fn variant_docs(
    context: &Context<'_>,
    channel: ChannelId,
    side: Side,
    message: &Message,
) -> Vec<String> {
    let has_own_body = has_own_body(context, side, message);
    if message.owner == channel {
        let mut docs = doc_lines(&message.docs, &format!("`{}` in the proto.", message.name));
        if !has_own_body {
            docs.extend([String::new(), id_docs(context, side, message)]);
        }
        return docs;
    }
    let (module, side) = (context.names.module(message.owner), side.name());
    let item = if has_own_body {
        ident(context.names.type_name(message.body)).to_string()
    } else {
        format!("Message::{}", variant(message))
    };
    let text = format!("{}::{side}::{item}", ident(module));
    vec![format!("See [`{text}`](super::super::{text}).")]
}

/// The id of a message, its name in C, its sender and its channel as a line of rustdoc.
pub(super) fn id_docs(context: &Context<'_>, side: Side, message: &Message) -> String {
    let (channel, sender) = (&context.model.channel(message.owner).name, side.name());
    let name = c::Names::new(context.model).message(message, side);
    let id = message.id;
    format!("Message {id} (`{name}`) from the {sender} on `{channel}`.")
}

/// Whether the body of a message is defined in the module of the message.
pub(super) fn has_own_body(context: &Context<'_>, side: Side, message: &Message) -> bool {
    context.names.module_of(message.body) == Module::Side(message.owner, side)
}

fn body_type(context: &Context<'_>, from: Module, message: &Message) -> String {
    context.type_path(from, message.body) + context.lifetime(Type::Struct(message.body))
}

fn implementations(
    context: &Context<'_>,
    id: ChannelId,
    side: Side,
    messages: &[Message],
    lines: &mut Lines,
) {
    let module = Module::Side(id, side);
    let path = format!("{}.{}", context.names.module(id), side.name());
    let start = format!("wire::impl_messages!(Message {path:?} {{");
    if messages.is_empty() {
        lines.line(start + "});");
    } else {
        lines.open(start);
        // In the order of the ids, for the documentation of the module `id`.
        let mut by_id: Vec<_> = messages.iter().collect();
        by_id.sort_by_key(|message| message.id);
        for message in by_id {
            let Message { id, name, .. } = message;
            let constant = ident(&const_name(name));
            lines.line(format!("{id} {constant} {} {name:?},", variant(message)));
        }
        lines.close("});");
    }
    if context.options.arbitrary {
        lines.lines(context.options.gate("arbitrary"));
        let all = MessageEnum {
            name: "Message",
            runtime: "wire",
            variants: messages.iter().map(variant).collect(),
            unknown: Some(UnknownVariant {
                field: ("id", "u16"),
                known: messages.iter().map(|message| message.id.into()).collect(),
                max: u16::MAX.into(),
                other: None,
            }),
        };
        message_enum(&all, lines);
    }
    body_conversions(context, module, messages, lines);
}

/// Conversions from the bodies that only one message has.
fn body_conversions(
    context: &Context<'_>,
    module: Module,
    messages: &[Message],
    lines: &mut Lines,
) {
    let bodies = messages
        .iter()
        .map(|message| body_type(context, module, message));
    let bodies: Vec<_> = bodies.collect();
    let all = bodies.iter().zip(messages);
    let unique = all.filter(|(body, _)| bodies.iter().filter(|other| other == body).count() == 1);
    let unique = unique.map(|(body, message)| format!("{}({body})", variant(message)));
    let unique: Vec<_> = unique.collect();
    if !unique.is_empty() {
        lines.table("wire::impl_from_bodies!(Message {", &unique, "});");
    }
}

/// Emits `pub use` of the bodies that other modules define, so that a side's module has the bodies of all its
/// messages. A type of the module has precedence over a body of the same name, and that over an inherited one.
pub(super) fn reexports(context: &Context<'_>, id: ChannelId, side: Side, lines: &mut Lines) {
    let module = Module::Side(id, side);
    let messages = context.model.channel(id).messages(side).iter();
    let (own, inherited): (Vec<_>, Vec<_>) = messages.partition(|message| message.owner == id);
    let mut taken = context.names.names_in(context.model, module);
    let mut modules: BTreeMap<Module, BTreeSet<String>> = BTreeMap::new();
    for message in own.into_iter().chain(inherited) {
        let (body, name) = (message.body, context.names.type_name(message.body));
        let source = context.names.module_of(body);
        if source != module && !context.is_extern(body) && taken.insert(name) {
            modules.entry(source).or_default().insert(name.to_owned());
        }
    }
    for (source, names) in modules {
        let names: Vec<_> = names.into_iter().collect();
        let path = context.module_path(module, source);
        // Otherwise rustdoc copies the page of the body, and a search finds the copies first.
        lines.line("#[doc(no_inline)]");
        match names.as_slice() {
            [name] => lines.line(format!("pub use {path}{name};")),
            names => lines.table(&format!("pub use {path}{{"), names, "};"),
        }
    }
}

/// Conversions from the parent's messages and back.
fn parent_conversions(context: &Context<'_>, parent: ChannelId, side: Side, lines: &mut Lines) {
    let (module, side_name) = (ident(context.names.module(parent)), side.name());
    let messages = context.model.channel(parent).messages(side);
    let names = messages.iter().map(|message| variant(message).to_string());
    let names: Vec<_> = names.collect();
    let parent = format!("super::super::{module}::{side_name}");
    let start = format!("wire::impl_parent_messages!(Message, {parent} {{");
    lines.table(&start, &names, "});");
}

/// The variant of a message.
fn variant(message: &Message) -> Ident {
    ident(&type_name(&message.name))
}
