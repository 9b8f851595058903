//! The modules of channels: the enum of all messages of a side, inheritance.

use super::arbitrary::{Messages, Unknown};
use super::code::{Code, compact};
use super::context::Context;
use super::docs::lines;
use super::names::{Place, side_module};
use super::naming::{const_name, ident_text, type_name};
use crate::model::{Channel, ChannelId, Message, Origin, Side, Type};

impl Context<'_> {
    /// The module of a channel until its sides.
    pub(super) fn channel(&self, id: ChannelId, channel: &Channel, code: &mut Code) {
        let otherwise = format!("`{}` of the proto.", channel.name);
        code.docs(lines(&channel.docs, &otherwise));
        code.lines(super::pieces::ALLOW.lines());
        code.open(format_args!("pub mod {} {{", self.module_text(id)));
        if self.options.both_sides() {
            code.line("use ::spice_wire::__private as wire;");
        }
        if let Some(number) = self.channel_type(channel) {
            code.docs(["The number of the channel in the protocol."]);
            code.line(format_args!("pub const CHANNEL_TYPE: u8 = {number};"));
        }
        if self.options.both_sides() {
            self.marker(id, channel, code);
        }
    }

    fn module_text(&self, id: ChannelId) -> String {
        ident_text(self.names.module(id))
    }

    /// The number of a channel that the protocol has once.
    fn channel_type(&self, channel: &Channel) -> Option<u8> {
        let [entry] = channel.entries.as_slice() else {
            return None;
        };
        let entry = self.model.protocol.channels.get(*entry)?;
        Some(entry.number)
    }

    /// The name of a channel in names of messages.
    fn channel_name(&self, id: ChannelId) -> &str {
        self.names.module(id)
    }

    /// The type that stands for a channel, and from which others it is derived.
    fn marker(&self, id: ChannelId, channel: &Channel, code: &mut Code) {
        let name = self.channel_name(id);
        let number = match self.channel_type(channel) {
            Some(number) => format!("Some({number})"),
            None => "None".to_owned(),
        };
        code.docs([format!(
            "`{}` as a type, for code that is generic over channels.",
            channel.name
        )]);
        code.line("#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]");
        code.line("pub struct Channel;");
        code.open("impl wire::Channel for Channel {");
        code.line(format_args!("const NAME: &'static str = {name:?};"));
        code.line(format_args!(
            "const CHANNEL_TYPE: ::core::option::Option<u8> = {number};"
        ));
        code.line("type Server<'a> = server::Message<'a>;");
        code.line("type Client<'a> = client::Message<'a>;");
        code.close("}");
        // A channel is derived from itself and, by way of its parent, from each ancestor.
        code.line("wire::impl_channel!();");
        let Some(parent) = channel.parent else {
            return;
        };
        let parent = self.module_text(parent);
        for ancestor in &channel.ancestors {
            let ancestor = self.module_text(*ancestor);
            code.line(format_args!(
                "wire::impl_derived_from!(super::{ancestor}, by super::{parent});"
            ));
        }
    }

    /// The module of a side of a channel until the bodies that the channel itself defines.
    pub(super) fn side(&self, id: ChannelId, channel: &Channel, side: Side, code: &mut Code) {
        let module = side_module(side);
        code.docs([format!("What a {module} sends on `{}`.", channel.name)]);
        code.open(format_args!("pub mod {module} {{"));
        code.lines(super::pieces::IMPORTS);
        self.message_enum(id, channel, side, code);
    }

    fn message_enum(&self, id: ChannelId, channel: &Channel, side: Side, code: &mut Code) {
        let place = Place::Side(id, side);
        let messages = channel.messages(side);
        let sender = side_module(side);
        code.docs([format!(
            "All that a {sender} can send on `{}`, inherited messages included.",
            channel.name
        )]);
        code.line("#[derive(Clone, Debug, PartialEq, Eq)]");
        self.serde_derive(code);
        code.line("#[non_exhaustive]");
        code.attributes(&self.user_attributes(place, "Message"));
        code.open("pub enum Message<'a> {");
        for message in messages {
            let name = variant(message);
            code.docs(lines(&message.docs, &format!("`{}`", message.name)));
            code.docs(["", &format!("Message {}.", message.id)]);
            code.lines(self.serde_name(&name, &message.name));
            code.line(format_args!("{name}({}),", self.body_type(place, message)));
        }
        code.docs(["A message that the protocol does not have on this channel."]);
        code.lines(self.serde_name("Unknown", "unknown"));
        code.open("Unknown {");
        code.docs(["Its id."]);
        code.line("id: u16,");
        code.docs(["Its body."]);
        code.lines(self.serde_bytes());
        code.line("body: wire::Cow<'a, [u8]>,");
        code.close("},");
        code.close("}");
        self.message_implementations(place, messages, code);
        if let Some(parent) = channel.parent {
            self.conversions(parent, side, code);
        }
    }

    /// The type of a message's body.
    fn body_type(&self, from: Place, message: &Message) -> String {
        let path = compact(self.type_path(from, message.body));
        match self.borrows(Type::Struct(message.body)) {
            true => format!("{path}<'a>"),
            false => path,
        }
    }

    fn message_implementations(&self, place: Place, messages: &[Message], code: &mut Code) {
        let path = match place {
            Place::Side(id, side) => format!("{}.{}", self.channel_name(id), side_module(side)),
            Place::Types => String::new(),
        };
        let rows = messages.iter().map(|message| {
            let Message { id, name, .. } = message;
            let constant = ident_text(&const_name(name));
            format!("{id} {constant} {} {name:?}", variant(message))
        });
        code.table(
            format_args!("wire::impl_messages!(Message {path:?} {{"),
            rows,
            "});",
        );
        let arbitrary = self.arbitrary_messages(&Messages {
            name: "Message",
            runtime: "wire",
            variants: messages.iter().map(variant).collect(),
            unknown: Some(unknown(messages)),
        });
        code.items(arbitrary.unwrap_or_default());
        let own = messages.iter();
        let own = own.filter_map(|message| self.conversion(place, message));
        let own: Vec<_> = own.collect();
        if !own.is_empty() {
            code.list("wire::impl_from_bodies!(Message {", &own, "});");
        }
    }

    /// The conversion from a body that belongs to this message alone.
    fn conversion(&self, place: Place, message: &Message) -> Option<String> {
        let Origin::Body { channel, side, .. } = self.model.body(message.body)?.origin else {
            return None;
        };
        if place != Place::Side(channel, side) {
            return None;
        }
        let (name, body) = (variant(message), self.body_type(place, message));
        Some(format!("{name}({body})"))
    }

    /// The conversions from the parent's messages and back.
    fn conversions(&self, parent: ChannelId, side: Side, code: &mut Code) {
        let (module, side_name) = (self.module_text(parent), side_module(side));
        let parent = self.model.channels.get(parent.0);
        let messages = parent.map(|parent| parent.messages(side));
        let names = messages.unwrap_or_default().iter().map(variant);
        code.list(
            format_args!(
                "wire::impl_parent_messages!(Message, super::super::{module}::{side_name} {{"
            ),
            &names.collect::<Vec<_>>(),
            "});",
        );
    }
}

/// The variant of a message.
fn variant(message: &Message) -> String {
    ident_text(&type_name(&message.name))
}

/// What messages that are not among these have as their id.
fn unknown(messages: &[Message]) -> Unknown {
    Unknown {
        field: ("id", "u16"),
        known: messages.iter().map(|message| message.id.into()).collect(),
        max: u16::MAX.into(),
        other: None,
    }
}
