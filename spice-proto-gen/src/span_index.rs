//! Finds the spans of a proto's named parts, for checks that work on the model.

use std::collections::HashMap;

use crate::ast::{
    ArraySize, Channel, ChannelEntry, Definition, Field, File, Member, MessageBody, Protocol,
    Struct, Type,
};
use crate::span::Span;

/// The spans of the named parts of a file, by path: `[BrushType, SOLID]`, `[PortChannel, server, init, name]`.
///
/// The length of an array of fixed length is a part of its field: `[Mode, name, [32]]`.
#[derive(Clone, Debug, Default)]
pub struct SpanIndex(HashMap<Vec<String>, Span>);

impl SpanIndex {
    /// Indexes a file.
    #[must_use]
    pub fn new(file: &File) -> Self {
        let mut index = Self::default();
        for definition in &file.definitions {
            match definition {
                Definition::Typedef(found) => {
                    index.add(&[], found.name.text, found.name.span);
                    index.inline(&found.ty);
                }
                Definition::Struct(found) | Definition::Message(found) => index.body(found),
                Definition::Enum(found) => {
                    let path = index.add(&[], found.name.text, found.name.span);
                    for item in &found.items {
                        index.add(&path, item.name.text, item.name.span);
                    }
                }
                Definition::Channel(found) => index.channel(found),
            }
        }
        if let Some(protocol) = &file.protocol {
            index.protocol(protocol);
        }
        index
    }

    /// The span of the first part with this path.
    pub fn find<S: AsRef<str>>(&self, path: impl IntoIterator<Item = S>) -> Option<Span> {
        let path: Vec<String> = path
            .into_iter()
            .map(|name| name.as_ref().to_owned())
            .collect();
        self.0.get(&path).copied()
    }

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
                Member::Field(field) => self.field(scope, field),
                Member::Switch(switch) => {
                    let path = self.add(scope, switch.name.text, switch.name.span);
                    for case in &switch.cases {
                        self.field(&path, &case.field);
                    }
                }
            }
        }
    }

    fn field(&mut self, scope: &[String], field: &Field) {
        let path = self.add(scope, field.name.text, field.name.span);
        if let Some(ArraySize::Fixed(length)) = field.array.as_ref().map(|array| &array.size) {
            self.add(&path, &format!("[{}]", length.value), length.span);
        }
        self.inline(&field.ty);
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
