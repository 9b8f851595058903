//! Visits a whole file once: collects the names of definitions, checks attributes, and reports messages without a
//! comment and numbers that the reference generator cannot read.

use super::attributes::{AttributeCheck, Place};
use super::names::{Kind, NameTable};
use super::suggester::Suggester;
use crate::ast::{
    ArraySize, Attribute, AttributeValue, Channel, ChannelMessage, Definition, Enum, Field, File,
    Member, MessageBody, Name, Number, Struct, Type,
};
use crate::diagnostic::{Code, Diagnostic};

/// Returns the names that a file defines, and the problems found.
pub(super) fn check<'a>(
    file: &'a File<'a>,
    suggester: &Suggester,
) -> (NameTable<'a>, Vec<Diagnostic>) {
    let mut checks = FileChecks {
        names: NameTable::new(file),
        attributes: AttributeCheck::new(suggester),
        diagnostics: Vec::new(),
    };
    for definition in &file.definitions {
        checks.definition(definition);
    }
    let entries = file.protocol.iter().flat_map(|found| &found.channels);
    for number in entries.filter_map(|entry| entry.id.as_ref()) {
        checks.number(number);
    }
    (checks.names, checks.diagnostics)
}

struct FileChecks<'a, 's> {
    names: NameTable<'a>,
    attributes: AttributeCheck<'s>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> FileChecks<'a, '_> {
    fn definition(&mut self, definition: &'a Definition<'a>) {
        match definition {
            Definition::Typedef(typedef) => {
                self.name(Kind::Typedef, &typedef.name);
                self.ty(&typedef.ty);
                self.attributes(Place::Other, &typedef.attributes);
            }
            Definition::Struct(body) => self.structure(Kind::Struct, body),
            Definition::Message(body) => self.structure(Kind::Message, body),
            Definition::Enum(found) => self.enumeration(found),
            Definition::Channel(channel) => self.channel(channel),
        }
    }

    fn structure(&mut self, kind: Kind, body: &'a Struct<'a>) {
        self.name(kind, &body.name);
        self.members(&body.members);
        self.attributes(Place::Other, &body.attributes);
    }

    fn members(&mut self, members: &'a [Member<'a>]) {
        for member in members {
            match member {
                Member::Field(field) => self.field(field),
                Member::Switch(switch) => {
                    for case in &switch.cases {
                        self.field(&case.field);
                    }
                    self.attributes(Place::Other, &switch.attributes);
                }
            }
        }
    }

    fn field(&mut self, field: &'a Field<'a>) {
        self.ty(&field.ty);
        let size = field.array.as_ref().map(|array| &array.size);
        if let Some(ArraySize::Fixed(number) | ArraySize::ImageSize { bits: number, .. }) = size {
            self.number(number);
        }
        self.attributes(Place::Field, &field.attributes);
    }

    fn ty(&mut self, ty: &'a Type<'a>) {
        if let Type::Inline(body) = ty {
            self.structure(Kind::Struct, body);
        }
    }

    fn enumeration(&mut self, found: &'a Enum<'a>) {
        self.name(Kind::Enum, &found.name);
        for item in &found.items {
            item.value.iter().for_each(|number| self.number(number));
            self.attributes(Place::Item, &item.attributes);
        }
        self.attributes(Place::Other, &found.attributes);
    }

    fn channel(&mut self, channel: &'a Channel<'a>) {
        self.name(Kind::Channel, &channel.name);
        for (_, message) in channel.messages() {
            self.message(message);
        }
        self.attributes(Place::Other, &channel.attributes);
    }

    fn message(&mut self, message: &'a ChannelMessage<'a>) {
        if message.docs.is_empty() {
            self.diagnostics.push(undocumented(&message.name));
        }
        if let MessageBody::Inline {
            members,
            attributes,
        } = &message.body
        {
            self.members(members);
            self.attributes(Place::Other, attributes);
        }
        message.id.iter().for_each(|number| self.number(number));
    }

    fn name(&mut self, kind: Kind, name: &'a Name<'a>) {
        self.names.declare(kind, name, &mut self.diagnostics);
    }

    fn attributes(&mut self, place: Place, attributes: &'a [Attribute<'a>]) {
        self.attributes
            .check(place, attributes, &mut self.diagnostics);
        for argument in attributes.iter().flat_map(|attribute| &attribute.arguments) {
            if let AttributeValue::Number(number) = argument {
                self.number(number);
            }
        }
    }

    fn number(&mut self, number: &Number) {
        if number.hexadecimal {
            self.diagnostics.push(hexadecimal(number));
        }
    }
}

fn undocumented(name: &Name) -> Diagnostic {
    let message = format!("the message `{}` has no comment", name.text);
    Diagnostic::new(Code::Undocumented, name.span, message)
        .help("add a comment above it that says what it is for")
}

fn hexadecimal(number: &Number) -> Diagnostic {
    let message = "the reference generator does not read hexadecimal numbers";
    let decimal = number.value.to_string();
    Diagnostic::new(Code::NotPortable, number.span, message).suggest(
        format!("write `{decimal}`"),
        number.span,
        decimal,
    )
}
