//! Things of a proto that would have one name in Rust.

use std::collections::{BTreeSet, HashMap};

use super::names::{Names, side_module, switches, variant_name};
use super::naming::{const_name, type_name, value_name};
use crate::model::{
    Channel, ChannelId, Field, Member, Model, Origin, Role, Side, Struct, TypeDef, TypeId,
};

/// Two things that would be one in Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// The path that both would have.
    pub path: String,
    /// The one.
    pub first: Part,
    /// The other.
    pub second: Part,
}

/// A part of a proto, or a name that generated code always has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is, for people.
    pub what: String,
    /// Where it is: the names that lead to it from the top of the file. Empty for a name of the
    /// generated code.
    pub path: Vec<String>,
}

impl Part {
    fn own(what: &str) -> Self {
        Self {
            what: what.to_owned(),
            path: Vec::new(),
        }
    }

    fn new(what: &str, path: &[&str]) -> Self {
        let name = path.last().copied().unwrap_or_default();
        Self {
            what: format!("{what} `{name}`"),
            path: path.iter().map(|name| (*name).to_owned()).collect(),
        }
    }
}

/// Everything that would collide. Empty for a model that can be generated.
#[must_use]
pub fn collisions(model: &Model) -> Vec<Collision> {
    let names = Names::new(model);
    let mut found = Found::default();
    for reserved in ["types", "Message", "ServerMessage", "ClientMessage"] {
        found.add(
            "",
            reserved,
            Part::own("a name that generated code always has"),
        );
    }
    for (index, channel) in model.channels.iter().enumerate() {
        let module = names.module(ChannelId(index));
        found.add("", module, Part::new("channel", &[&channel.name]));
        found.channel(model, channel, module);
    }
    for entry in &model.protocol.channels {
        let part = Part::new("channel", &[&model.protocol.name, &entry.name]);
        found.add("ServerMessage", &type_name(&entry.name), part);
    }
    found.add(
        "ServerMessage",
        "Unknown",
        Part::own("the variant of unknown channels"),
    );
    for (index, definition) in model.types.iter().enumerate() {
        let id = TypeId(index);
        let module = names.path(names.place(id)).join("::");
        found.definition(model, &names, id, definition, &module);
    }
    without_consequences(found.collisions)
}

/// Where two things are one, so are parts of the same name in them: only the outermost are told.
fn without_consequences(mut collisions: Vec<Collision>) -> Vec<Collision> {
    let paths = collisions.iter().map(|collision| collision.path.clone());
    let paths: BTreeSet<String> = paths.collect();
    collisions.retain(|collision| {
        let path = &collision.path;
        let mut outer = path
            .match_indices("::")
            .filter_map(|(end, _)| path.get(..end));
        !outer.any(|outer| paths.contains(outer))
    });
    collisions
}

#[derive(Default)]
struct Found {
    seen: HashMap<String, Part>,
    collisions: Vec<Collision>,
}

impl Found {
    fn add(&mut self, scope: &str, name: &str, part: Part) {
        let path = match scope {
            "" => name.to_owned(),
            _ => format!("{scope}::{name}"),
        };
        if let Some(first) = self.seen.get(&path) {
            let first = first.clone();
            self.collisions.push(Collision {
                path,
                first,
                second: part,
            });
        } else {
            self.seen.insert(path, part);
        }
    }

    fn channel(&mut self, model: &Model, channel: &Channel, module: &str) {
        for side in [Side::Server, Side::Client] {
            let side_name = side_module(side);
            let scope = format!("{module}::{side_name}");
            let variants = format!("{scope}::Message");
            let constants = format!("{scope}::id");
            self.add(&scope, "Message", Part::own("the enum of all messages"));
            self.add(
                &variants,
                "Unknown",
                Part::own("the variant of unknown messages"),
            );
            for message in channel.messages(side) {
                let owner = model.channels.get(message.owner.0);
                let owner = owner.map_or("", |owner| owner.name.as_str());
                let part = Part::new("message", &[owner, side_name, &message.name]);
                self.add(&variants, &type_name(&message.name), part.clone());
                self.add(&constants, &const_name(&message.name), part);
            }
        }
    }

    fn definition(
        &mut self,
        model: &Model,
        names: &Names,
        id: TypeId,
        definition: &TypeDef,
        module: &str,
    ) {
        let name = names.type_name(id);
        match definition {
            TypeDef::Alias(alias) => self.add(module, name, Part::new("typedef", &[&alias.name])),
            TypeDef::Enum(found) => {
                self.add(module, name, Part::new("type", &[&found.name]));
                for item in &found.items {
                    let part = Part::new("item", &[&found.name, &item.name]);
                    self.add(&format!("{module}::{name}"), &const_name(&item.name), part);
                }
            }
            TypeDef::Struct(body) => {
                let path = body_path(model, body);
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                self.add(module, name, Part::new(body_noun(body), &path));
                self.members(body, &format!("{module}::{name}"), &path);
                self.switches(model, names, id, body, module, &path);
            }
        }
    }

    fn members(&mut self, body: &Struct, scope: &str, path: &[&str]) {
        if let Origin::Body { .. } = body.origin {
            self.add(scope, "ID", Part::own("the id of the message"));
        }
        for member in &body.members {
            let (what, name) = match member {
                Member::Field(field) => ("field", &field.name),
                Member::Switch(switch) => ("switch", &switch.name),
            };
            let path: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
            self.add(scope, &value_name(name), Part::new(what, &path));
            if let Member::Field(Field {
                role: Role::Virtual(_),
                ..
            }) = member
            {
                self.add(scope, &const_name(name), Part::new("constant", &path));
            }
        }
    }

    fn switches(
        &mut self,
        model: &Model,
        names: &Names,
        id: TypeId,
        body: &Struct,
        module: &str,
        path: &[&str],
    ) {
        for (member, switch) in switches(body) {
            let name = names.switch_name(id, member);
            let path: Vec<&str> = path.iter().copied().chain([switch.name.as_str()]).collect();
            self.add(module, name, Part::new("switch", &path));
            for (position, variant) in switch.variants.iter().enumerate() {
                let field = variant.case.and_then(|case| switch.cases.get(case));
                let scope = format!("{module}::{name}");
                let part = match field {
                    Some(case) => {
                        let name = case.field.name.as_str();
                        let path: Vec<&str> = path.iter().copied().chain([name]).collect();
                        Part::new("case", &path)
                    }
                    None => Part::own("the variant of no case"),
                };
                self.add(&scope, &variant_name(model, switch, position), part);
            }
        }
    }
}

/// What people call a body.
fn body_noun(body: &Struct) -> &'static str {
    match body.origin {
        Origin::Message | Origin::Body { .. } => "message",
        _ => "struct",
    }
}

fn body_path(model: &Model, body: &Struct) -> Vec<String> {
    match body.origin {
        Origin::Body { channel, side, .. } => {
            let channel = model
                .channels
                .get(channel.0)
                .map(|channel| channel.name.clone());
            vec![
                channel.unwrap_or_default(),
                side_module(side).to_owned(),
                body.name.clone(),
            ]
        }
        _ => vec![body.name.clone()],
    }
}
