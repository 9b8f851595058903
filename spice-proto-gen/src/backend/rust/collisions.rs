//! Things of a proto that would have one name in Rust.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::case::{const_name, type_name, value_name};
use super::names::{Names, Place, side_module, switches, variant_name};
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

/// The longest path of a part: of a case in a switch of a message of a side of a channel.
const MAX_PATH: usize = 5;

/// What is known of a part until it collides, which hardly any does.
#[derive(Clone, Copy, Debug)]
struct Known<'m> {
    what: &'static str,
    path: [&'m str; MAX_PATH],
    length: usize,
}

impl<'m> Known<'m> {
    /// A name of the generated code.
    const fn own(what: &'static str) -> Self {
        Self {
            what,
            path: [""; MAX_PATH],
            length: 0,
        }
    }

    fn new(what: &'static str, path: &[&'m str]) -> Self {
        let mut known = Self::own(what);
        for name in path {
            known = known.inner(what, name);
        }
        known
    }

    /// A part of this part.
    fn inner(mut self, what: &'static str, name: &'m str) -> Self {
        if let Some(place) = self.path.get_mut(self.length) {
            *place = name;
            self.length += 1;
        }
        Self { what, ..self }
    }

    fn part(&self) -> Part {
        let path = self.path.iter().take(self.length);
        let path: Vec<String> = path.map(|name| (*name).to_owned()).collect();
        let what = match path.last() {
            Some(name) => format!("{} `{name}`", self.what),
            None => self.what.to_owned(),
        };
        Part { what, path }
    }
}

/// Where names stand: in the root or a module, or in something there that has a name. Its path is made
/// for a collision, which hardly any is.
#[derive(Clone, Copy, Debug)]
struct At<'n> {
    module: Option<Place>,
    inner: Option<&'n str>,
}

impl At<'_> {
    /// The path of a name that stands here.
    fn path(self, names: &Names, name: &str) -> String {
        let module = self.module.map(|place| names.path(place));
        let mut path = module.unwrap_or_default();
        path.extend(self.inner.map(str::to_owned));
        path.push(name.to_owned());
        path.join("::")
    }
}

/// Names that must differ from each other.
#[derive(Debug)]
struct Scope<'m> {
    at: At<'m>,
    seen: HashMap<String, Known<'m>>,
}

impl<'m> Scope<'m> {
    /// What stands in something with so many names.
    fn new(module: Option<Place>, inner: Option<&'m str>, count: usize) -> Self {
        Self {
            at: At { module, inner },
            seen: HashMap::with_capacity(count),
        }
    }

    fn add(&mut self, names: &Names, name: String, known: Known<'m>) -> Option<Collision> {
        match self.seen.entry(name) {
            Entry::Vacant(place) => {
                place.insert(known);
                None
            }
            Entry::Occupied(first) => Some(Collision {
                path: self.at.path(names, first.key()),
                first: first.get().part(),
                second: known.part(),
            }),
        }
    }
}

/// Everything that would collide. Empty for a model that can be generated.
#[must_use]
pub fn collisions(model: &Model) -> Vec<Collision> {
    let names = Names::new(model);
    let mut found = Found {
        model,
        names: &names,
        modules: BTreeMap::new(),
        collisions: Vec::new(),
    };
    let mut root = Scope::new(None, None, model.channels.len());
    for reserved in ["types", "Message", "ServerMessage", "ClientMessage"] {
        let own = Known::own("a name that generated code always has");
        found.add(&mut root, reserved.to_owned(), own);
    }
    for (index, channel) in model.channels.iter().enumerate() {
        let id = ChannelId(index);
        let known = Known::new("channel", &[&channel.name]);
        found.add(&mut root, names.module(id).to_owned(), known);
        found.channel(id, channel);
    }
    let entries = &model.protocol.channels;
    let mut variants = Scope::new(None, Some("ServerMessage"), entries.len());
    for entry in entries {
        let known = Known::new("channel", &[&model.protocol.name, &entry.name]);
        found.add(&mut variants, type_name(&entry.name), known);
    }
    let own = Known::own("the variant of unknown channels");
    found.add(&mut variants, "Unknown".to_owned(), own);
    for (index, definition) in model.types.iter().enumerate() {
        found.definition(TypeId(index), definition);
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

struct Found<'m> {
    model: &'m Model,
    names: &'m Names,
    /// What stands in modules with types. What stands in a type is seen with it: where two types are one,
    /// it does not matter what else is.
    modules: BTreeMap<Place, Scope<'m>>,
    collisions: Vec<Collision>,
}

impl<'m> Found<'m> {
    fn add(&mut self, scope: &mut Scope<'m>, name: String, known: Known<'m>) {
        self.collisions.extend(scope.add(self.names, name, known));
    }

    fn add_to_module(&mut self, place: Place, name: &str, known: Known<'m>) {
        let new = || Scope::new(Some(place), None, 0);
        let scope = self.modules.entry(place).or_insert_with(new);
        let collision = scope.add(self.names, name.to_owned(), known);
        self.collisions.extend(collision);
    }

    fn channel(&mut self, id: ChannelId, channel: &'m Channel) {
        for side in [Side::Server, Side::Client] {
            let (side_name, place) = (side_module(side), Place::Side(id, side));
            let own = Known::own("the enum of all messages");
            self.add_to_module(place, "Message", own);
            let messages = channel.messages(side);
            let inner = |name| Scope::new(Some(place), Some(name), messages.len() + 1);
            let (mut variants, mut constants) = (inner("Message"), inner("id"));
            let own = Known::own("the variant of unknown messages");
            self.add(&mut variants, "Unknown".to_owned(), own);
            for message in messages {
                let owner = self.model.channels.get(message.owner.0);
                let owner = owner.map_or("", |owner| owner.name.as_str());
                let known = Known::new("message", &[owner, side_name, &message.name]);
                self.add(&mut variants, type_name(&message.name), known);
                self.add(&mut constants, const_name(&message.name), known);
            }
        }
    }

    fn definition(&mut self, id: TypeId, definition: &'m TypeDef) {
        let (name, place) = (self.names.type_name(id), self.names.place(id));
        match definition {
            TypeDef::Alias(alias) => {
                self.add_to_module(place, name, Known::new("typedef", &[&alias.name]));
            }
            TypeDef::Enum(found) => {
                let known = Known::new("type", &[&found.name]);
                self.add_to_module(place, name, known);
                let mut items = Scope::new(Some(place), Some(name), found.items.len());
                for item in &found.items {
                    let known = known.inner("item", &item.name);
                    self.add(&mut items, const_name(&item.name), known);
                }
            }
            TypeDef::Struct(body) => {
                let known = known_body(self.model, body);
                self.add_to_module(place, name, known);
                self.members(id, body, known);
                self.switches(id, body, known);
            }
        }
    }

    fn members(&mut self, id: TypeId, body: &'m Struct, known: Known<'m>) {
        let (name, place) = (self.names.type_name(id), self.names.place(id));
        let mut scope = Scope::new(Some(place), Some(name), body.members.len() + 1);
        if let Origin::Body { .. } = body.origin {
            let own = Known::own("the id of the message");
            self.add(&mut scope, "ID".to_owned(), own);
        }
        for member in &body.members {
            let (what, name) = match member {
                Member::Field(field) => ("field", &field.name),
                Member::Switch(switch) => ("switch", &switch.name),
            };
            self.add(&mut scope, value_name(name), known.inner(what, name));
            if let Member::Field(Field {
                role: Role::Virtual(_),
                ..
            }) = member
            {
                let constant = known.inner("constant", name);
                self.add(&mut scope, const_name(name), constant);
            }
        }
    }

    fn switches(&mut self, id: TypeId, body: &'m Struct, known: Known<'m>) {
        let place = self.names.place(id);
        for (member, switch) in switches(body) {
            let name = self.names.switch_name(id, member);
            let known = known.inner("switch", &switch.name);
            self.add_to_module(place, name, known);
            let mut scope = Scope::new(Some(place), Some(name), switch.variants.len());
            for (position, variant) in switch.variants.iter().enumerate() {
                let field = variant.case.and_then(|case| switch.cases.get(case));
                let known = match field {
                    Some(case) => known.inner("case", &case.field.name),
                    None => Known::own("the variant of no case"),
                };
                self.add(
                    &mut scope,
                    variant_name(self.model, switch, position),
                    known,
                );
            }
        }
    }
}

fn known_body<'m>(model: &'m Model, body: &'m Struct) -> Known<'m> {
    match body.origin {
        Origin::Body { channel, side, .. } => {
            let channel = model.channels.get(channel.0);
            let channel = channel.map_or("", |channel| channel.name.as_str());
            Known::new("message", &[channel, side_module(side), &body.name])
        }
        Origin::Message => Known::new("message", &[&body.name]),
        Origin::Struct | Origin::Inline => Known::new("struct", &[&body.name]),
    }
}
