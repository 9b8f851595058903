//! What stands at the root: every message of the protocol, by channel, sender and id.

use super::arbitrary::{Messages, Unknown};
use super::code::Code;
use super::context::Context;
use super::names::side_module;
use super::naming::{ident_text, type_name};
use crate::model::{ProtocolChannel, Side};

impl Context<'_> {
    /// The root's items.
    pub(super) fn dispatch(&self, code: &mut Code) {
        let entries = self.entries();
        let protocol = &self.model.protocol.name;
        code.docs(["The name of the protocol."]);
        code.line(format_args!("pub const PROTOCOL: &str = {protocol:?};"));
        code.docs(["The channels of the protocol: number and name."]);
        let rows = entries.iter();
        let rows = rows.map(|entry| format!("({}, {:?})", entry.number, entry.name));
        code.table("pub const CHANNELS: &[(u8, &str)] = &[", rows, "];");
        for side in self.options.sides() {
            self.side_messages(side, &entries, code);
        }
        if self.options.both_sides() {
            self.all_messages(code);
        }
    }

    /// The channels of the protocol that are generated.
    fn entries(&self) -> Vec<&ProtocolChannel> {
        let entries = self.model.protocol.channels.iter();
        entries
            .filter(|entry| self.is_selected(entry.channel))
            .collect()
    }

    /// All that a side can send.
    fn side_messages(&self, side: Side, entries: &[&ProtocolChannel], code: &mut Code) {
        let sender = side_module(side);
        let name = format!("{}Message", type_name(sender));
        code.docs([format!("All that a {sender} can send, on any channel.")]);
        self.enum_attributes(&name, true, code);
        code.open(format_args!("pub enum {name}<'a> {{"));
        for entry in entries {
            let variant = variant(entry);
            let module = ident_text(self.names.module(entry.channel));
            code.docs([format!("On `{}`.", entry.name)]);
            code.lines(self.serde_name(&variant, &entry.name));
            code.line(format_args!("{variant}({module}::{sender}::Message<'a>),"));
        }
        self.unknown_variant(code);
        code.close("}");
        let rows = entries.iter();
        let rows = rows.map(|entry| {
            let module = ident_text(self.names.module(entry.channel));
            format!("{} {} {module}::{sender}", entry.number, variant(entry))
        });
        code.table(
            format_args!("::spice_wire::__private::impl_side_messages!({name} {{"),
            rows,
            "});",
        );
        let arbitrary = self.arbitrary_messages(&Messages {
            name: &name,
            runtime: "::spice_wire",
            variants: entries.iter().map(|entry| variant(entry)).collect(),
            unknown: Some(unknown(entries)),
        });
        code.items(arbitrary.unwrap_or_default());
    }

    /// What stands before an enum of messages.
    fn enum_attributes(&self, name: &str, is_open: bool, code: &mut Code) {
        code.line("#[derive(Clone, Debug, PartialEq, Eq)]");
        self.serde_derive(code);
        code.lines(is_open.then_some("#[non_exhaustive]"));
        code.line("#[allow(clippy::large_enum_variant)]");
        code.attributes(&self.attributes_of(name));
    }

    fn unknown_variant(&self, code: &mut Code) {
        code.docs(["On a channel that the protocol does not have."]);
        code.lines(self.serde_name("Unknown", "unknown"));
        code.open("Unknown {");
        code.docs(["The number of the channel."]);
        code.line("channel_type: u8,");
        code.docs(["The id of the message."]);
        code.line("id: u16,");
        code.docs(["The body of the message."]);
        code.lines(self.serde_bytes());
        code.line("body: ::spice_wire::__private::Cow<'a, [u8]>,");
        code.close("},");
    }

    /// All that both sides can send.
    fn all_messages(&self, code: &mut Code) {
        code.docs(["Any message of the protocol."]);
        self.enum_attributes("Message", false, code);
        code.open("pub enum Message<'a> {");
        for (side, variant) in [("server", "Server"), ("client", "Client")] {
            code.docs([format!("From the {side}.")]);
            code.lines(self.serde_name(variant, side));
            code.line(format_args!("{variant}({variant}Message<'a>),"));
        }
        code.close("}");
        code.line(
            "::spice_wire::__private::impl_all_messages!(Message, ServerMessage, ClientMessage);",
        );
        let arbitrary = self.arbitrary_messages(&Messages {
            name: "Message",
            runtime: "::spice_wire",
            variants: vec!["Server".to_owned(), "Client".to_owned()],
            unknown: None,
        });
        code.items(arbitrary.unwrap_or_default());
    }
}

/// The variant of a channel.
fn variant(entry: &ProtocolChannel) -> String {
    ident_text(&type_name(&entry.name))
}

/// What messages on other channels than these have as the channel's number.
fn unknown(entries: &[&ProtocolChannel]) -> Unknown {
    Unknown {
        field: ("channel_type", "u8"),
        known: entries.iter().map(|entry| entry.number.into()).collect(),
        max: u8::MAX.into(),
        other: Some("id"),
    }
}
