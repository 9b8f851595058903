//! Visits what several passes look for all over a file.

use super::names::Kind;
use crate::ast::{
    ArraySize, Attribute, AttributeValue, Channel, ChannelEntry, ChannelMessage, Definition, Enum,
    Field, File, Member, MessageBody, Name, Number, Protocol, Struct, Type,
};

/// What carries attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// An item of an enum or flags type.
    Item,
    /// A field, in a body or in a case.
    Field,
    /// Anything else.
    Other,
}

/// What to do with what is found; each in source order.
pub(super) trait Visitor<'a> {
    /// A name that something defines in the name space of the file.
    fn name(&mut self, _kind: Kind, _name: &'a Name<'a>) {}
    /// The attributes of something.
    fn attributes(&mut self, _place: Place, _attributes: &'a [Attribute<'a>]) {}
    /// A number.
    fn number(&mut self, _number: &'a Number) {}
    /// A message of a channel, before what is in it.
    fn message(&mut self, _message: &'a ChannelMessage<'a>) {}
}

/// Shows all of a file to a visitor.
pub(super) fn walk<'a>(file: &'a File<'a>, visitor: &mut impl Visitor<'a>) {
    for definition in &file.definitions {
        match definition {
            Definition::Typedef(typedef) => {
                visitor.name(Kind::Typedef, &typedef.name);
                walk_type(&typedef.ty, visitor);
                walk_attributes(Place::Other, &typedef.attributes, visitor);
            }
            Definition::Struct(body) => walk_struct(Kind::Struct, body, visitor),
            Definition::Message(body) => walk_struct(Kind::Message, body, visitor),
            Definition::Enum(found) => walk_enum(found, visitor),
            Definition::Channel(channel) => walk_channel(channel, visitor),
        }
    }
    if let Some(protocol) = &file.protocol {
        walk_protocol(protocol, visitor);
    }
}

fn walk_struct<'a>(kind: Kind, body: &'a Struct<'a>, visitor: &mut impl Visitor<'a>) {
    visitor.name(kind, &body.name);
    walk_members(&body.members, visitor);
    walk_attributes(Place::Other, &body.attributes, visitor);
}

fn walk_members<'a>(members: &'a [Member<'a>], visitor: &mut impl Visitor<'a>) {
    for member in members {
        match member {
            Member::Field(field) => walk_field(field, visitor),
            Member::Switch(switch) => {
                for case in &switch.cases {
                    walk_field(&case.field, visitor);
                }
                walk_attributes(Place::Other, &switch.attributes, visitor);
            }
        }
    }
}

fn walk_field<'a>(field: &'a Field<'a>, visitor: &mut impl Visitor<'a>) {
    walk_type(&field.ty, visitor);
    let size = field.array.as_ref().map(|array| &array.size);
    if let Some(ArraySize::Fixed(number) | ArraySize::ImageSize { bits: number, .. }) = size {
        visitor.number(number);
    }
    walk_attributes(Place::Field, &field.attributes, visitor);
}

fn walk_type<'a>(ty: &'a Type<'a>, visitor: &mut impl Visitor<'a>) {
    if let Type::Inline(body) = ty {
        walk_struct(Kind::Struct, body, visitor);
    }
}

fn walk_enum<'a>(found: &'a Enum<'a>, visitor: &mut impl Visitor<'a>) {
    visitor.name(Kind::Enum, &found.name);
    for item in &found.items {
        if let Some(number) = &item.value {
            visitor.number(number);
        }
        walk_attributes(Place::Item, &item.attributes, visitor);
    }
    walk_attributes(Place::Other, &found.attributes, visitor);
}

fn walk_channel<'a>(channel: &'a Channel<'a>, visitor: &mut impl Visitor<'a>) {
    visitor.name(Kind::Channel, &channel.name);
    for entry in &channel.entries {
        let ChannelEntry::Message(message) = entry else {
            continue;
        };
        visitor.message(message);
        if let MessageBody::Inline {
            members,
            attributes,
        } = &message.body
        {
            walk_members(members, visitor);
            walk_attributes(Place::Other, attributes, visitor);
        }
        if let Some(number) = &message.id {
            visitor.number(number);
        }
    }
    walk_attributes(Place::Other, &channel.attributes, visitor);
}

fn walk_protocol<'a>(protocol: &'a Protocol<'a>, visitor: &mut impl Visitor<'a>) {
    for number in protocol
        .channels
        .iter()
        .filter_map(|entry| entry.id.as_ref())
    {
        visitor.number(number);
    }
}

fn walk_attributes<'a>(
    place: Place,
    attributes: &'a [Attribute<'a>],
    visitor: &mut impl Visitor<'a>,
) {
    visitor.attributes(place, attributes);
    for argument in attributes.iter().flat_map(|attribute| &attribute.arguments) {
        if let AttributeValue::Number(number) = argument {
            visitor.number(number);
        }
    }
}
