//! Where the parts of a proto stand in its text, by the names that lead to them.

use std::collections::HashMap;

use crate::ast::{
    Channel, ChannelEntry, Definition, File, Member, MessageBody, Protocol, Struct, Type,
};
use crate::span::Span;

/// The span of each named part: `[BrushType, SOLID]`, `[PortChannel, server, init, name]`.
#[must_use]
pub(crate) fn places(file: &File) -> HashMap<Vec<String>, Span> {
    let mut places = Places::default();
    for definition in &file.definitions {
        match definition {
            Definition::Typedef(found) => {
                places.add(&[], found.name.text, found.name.span);
                places.inline(&found.ty);
            }
            Definition::Struct(found) | Definition::Message(found) => places.body(found),
            Definition::Enum(found) => {
                let path = places.add(&[], found.name.text, found.name.span);
                for item in &found.items {
                    places.add(&path, item.name.text, item.name.span);
                }
            }
            Definition::Channel(found) => places.channel(found),
        }
    }
    if let Some(protocol) = &file.protocol {
        places.protocol(protocol);
    }
    places.0
}

#[derive(Default)]
struct Places(HashMap<Vec<String>, Span>);

impl Places {
    fn add(&mut self, scope: &[String], name: &str, span: Span) -> Vec<String> {
        let mut path = scope.to_vec();
        path.push(name.to_owned());
        self.0.entry(path.clone()).or_insert(span);
        path
    }

    fn body(&mut self, body: &Struct) {
        let path = self.add(&[], body.name.text, body.name.span);
        self.members(&path, &body.members);
    }

    fn inline(&mut self, ty: &Type) {
        if let Type::Inline(body) = ty {
            self.body(body);
        }
    }

    fn members(&mut self, scope: &[String], members: &[Member]) {
        for member in members {
            match member {
                Member::Field(field) => {
                    self.add(scope, field.name.text, field.name.span);
                    self.inline(&field.ty);
                }
                Member::Switch(switch) => {
                    let path = self.add(scope, switch.name.text, switch.name.span);
                    for case in &switch.cases {
                        self.add(&path, case.field.name.text, case.field.name.span);
                        self.inline(&case.field.ty);
                    }
                }
            }
        }
    }

    fn channel(&mut self, channel: &Channel) {
        let path = self.add(&[], channel.name.text, channel.name.span);
        let mut side = "server";
        for entry in &channel.entries {
            match entry {
                ChannelEntry::Server(_) => side = "server",
                ChannelEntry::Client(_) => side = "client",
                ChannelEntry::Message(message) => {
                    let mut path = path.clone();
                    path.push(side.to_owned());
                    let path = self.add(&path, message.name.text, message.name.span);
                    if let MessageBody::Inline { members, .. } = &message.body {
                        self.members(&path, members);
                    }
                }
            }
        }
    }

    fn protocol(&mut self, protocol: &Protocol) {
        let scope = [protocol.name.text.to_owned()];
        for channel in &protocol.channels {
            self.add(&scope, channel.name.text, channel.name.span);
        }
    }
}
