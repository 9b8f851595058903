//! Names in C, as in the headers of `libspice-protocol-dev`.

use heck::ToUpperCamelCase;

use crate::model::{
    ChannelId, Enum, Field, Item, Message, Model, Origin, Side, Struct, Type, TypeDef, TypeRef,
};

/// The C names of a model.
///
/// ```
/// use spice_proto_gen::Analysis;
/// use spice_proto_gen::backend::c::Names;
/// use spice_proto_gen::diagnostic::Levels;
/// use spice_proto_gen::model::{ChannelId, Side};
///
/// let text = "channel PortChannel { server: message { uint8 event; } event = 201; };
///     protocol Spice { PortChannel port = 10; };";
/// let model = Analysis::new(text.as_bytes(), &Levels::default()).model.unwrap();
/// let names = Names::new(&model);
/// let event = &model.channels[0].server[0];
/// assert_eq!(names.message(event, Side::Server), "SPICE_MSG_PORT_EVENT");
/// assert_eq!(names.message_struct(event, Side::Server), "SpiceMsgPortEvent");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Names<'m> {
    model: &'m Model,
}

impl<'m> Names<'m> {
    /// The C names of `model`.
    #[must_use]
    pub const fn new(model: &'m Model) -> Self {
        Self { model }
    }

    /// The prefix of constants, which is the name of the protocol: `SPICE`.
    #[must_use]
    pub fn prefix(&self) -> String {
        self.model.protocol.name.to_uppercase()
    }

    /// The type of an enum or flags type: `SpiceLinkErr`.
    #[must_use]
    pub fn enumeration(&self, found: &Enum) -> String {
        self.type_name("", &found.name)
    }

    /// An item of an enum or flags type: `SPICE_LINK_ERR_OK`. `@prefix` replaces all before the item's
    /// name.
    #[must_use]
    pub fn item(&self, found: &Enum, item: &Item) -> String {
        match found.attributes.argument("prefix") {
            Some(prefix) => format!("{prefix}{}", item.name),
            None => format!("{}_{}", self.enum_prefix(found), item.name),
        }
    }

    /// The prefix of the constant that ends an enum: `SPICE_LINK_ERR`.
    pub(super) fn enum_prefix(&self, found: &Enum) -> String {
        format!("{}_{}", self.prefix(), found.name.to_uppercase())
    }

    /// A channel type: `SPICE_CHANNEL_MAIN`.
    #[must_use]
    pub fn channel_type(&self, name: &str) -> String {
        format!("{}_CHANNEL_{}", self.prefix(), name.to_uppercase())
    }

    /// The id of a message: `SPICE_MSGC_PORT_EVENT`.
    #[must_use]
    pub fn message(&self, message: &Message, side: Side) -> String {
        let channel = self.channel_part(message.owner).to_uppercase();
        let parts = [
            self.prefix(),
            side_part(side).to_uppercase(),
            channel,
            message.name.to_uppercase(),
        ];
        join(&parts)
    }

    /// The struct of a message's body: `SpiceMsgcPortEvent`. `@ctype` replaces it.
    #[must_use]
    pub fn message_struct(&self, message: &Message, side: Side) -> String {
        match self.model.body(message.body) {
            Some(body) if body.attributes.has("ctype") || body.origin == Origin::Message => {
                self.structure(body)
            }
            _ => {
                let channel = self.channel_part(message.owner);
                let name = format!("{channel}_{}", message.name);
                self.type_name(side_part(side), &name)
            }
        }
    }

    /// A struct or shared body: `SpiceRect`, `SpiceMsgData`. `@ctype` replaces it.
    #[must_use]
    pub fn structure(&self, body: &Struct) -> String {
        match (body.attributes.argument("ctype"), &body.origin) {
            (Some(name), _) => name.to_owned(),
            (None, Origin::Message) => self.type_name("Msg", &body.name),
            (None, _) => self.type_name("", &body.name),
        }
    }

    /// The end of the names of a message's functions: `msg_port_init`, or `SpiceMsgData` for a shared body.
    pub(super) fn stem(&self, message: &Message, side: Side) -> String {
        match self.model.body(message.body) {
            Some(body) if body.origin == Origin::Message => self.structure(body),
            _ => {
                let channel = self.channel_part(message.owner).to_lowercase();
                let parts = [
                    side_part(side).to_lowercase(),
                    channel,
                    message.name.clone(),
                ];
                join(&parts)
            }
        }
    }

    /// The type of a field's value, or of an array's elements: `uint32_t`, `SpiceRect`. `@ctype` replaces it.
    pub(super) fn value(&self, field: &Field) -> String {
        match field.attributes.argument("ctype") {
            Some(name) => name.to_owned(),
            None => self.reference(field.ty),
        }
    }

    fn reference(&self, reference: TypeRef) -> String {
        if let Some(TypeDef::Alias(alias)) = reference.alias.map(|id| self.model.definition(id))
            && let Some(name) = alias.attributes.argument("ctype")
        {
            return name.to_owned();
        }
        match (reference.ty, self.model.int(reference.ty)) {
            (Type::Fd, _) => "int".to_owned(),
            (Type::Struct(id), _) => match self.model.definition(id) {
                TypeDef::Struct(body) => self.structure(body),
                _ => unreachable!("`Type::Struct` holds the id of a struct"),
            },
            (_, Some(int)) => format!("{int}_t"),
            (_, None) => unreachable!("numbers have a width"),
        }
    }

    /// The prefix of the constant that ends a channel's message ids: `SPICE_MSG_END_PORT`.
    pub(super) fn end_of_messages(&self, channel: ChannelId, side: Side) -> String {
        let parts = [
            self.prefix(),
            side_part(side).to_uppercase(),
            "END".to_owned(),
            self.channel_part(channel).to_uppercase(),
        ];
        join(&parts)
    }

    /// The channel in the name of a message: its name in the protocol, or the name of its definition without
    /// `Channel`. A root channel that is not in the protocol has none.
    fn channel_part(&self, id: ChannelId) -> &'m str {
        let channel = self.model.channel(id);
        match self.model.entries(channel).next() {
            Some(entry) => &entry.name,
            None if channel.parent.is_none() => "",
            None => channel.short_name(),
        }
    }

    fn type_name(&self, infix: &str, name: &str) -> String {
        let protocol = self.model.protocol.name.to_upper_camel_case();
        let name: String = name.split('_').map(capitalized).collect();
        format!("{protocol}{infix}{name}")
    }
}

fn side_part(side: Side) -> &'static str {
    match side {
        Side::Server => "Msg",
        Side::Client => "Msgc",
    }
}

fn join(parts: &[String]) -> String {
    let parts: Vec<_> = parts
        .iter()
        .filter(|part| !part.is_empty())
        .map(String::as_str)
        .collect();
    parts.join("_")
}

/// The text with a capital first letter.
fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
