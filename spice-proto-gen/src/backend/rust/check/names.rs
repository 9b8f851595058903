//! Checks that the parts of a proto have different names in Rust.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use crate::SpanIndex;
use crate::backend::rust::case::{const_name, type_name, value_name};
use crate::backend::rust::channel_type::CHANNEL_TYPE;
use crate::backend::rust::names::{Module, Names, named_entry, variant_name};
use crate::backend::rust::reserved_names::is_reserved;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    Channel, ChannelId, Field, Member, Model, Origin, ProtocolChannel, Role, Side, Struct, Switch,
    TypeDef, TypeId, Variant, VariantName,
};

/// Reports items without a name in Rust and parts with the same one.
pub(super) fn check(model: &Model, spans: &SpanIndex) -> Vec<Diagnostic> {
    let nameless = nameless_items(model, spans);
    // Items without a name cannot be compared.
    if !nameless.is_empty() {
        return nameless;
    }
    let mut reported = HashSet::new();
    let collisions = collisions(model);
    // Two parts can collide several times, as a variant and as a constant.
    let distinct = collisions
        .iter()
        .filter(|collision| reported.insert((&collision.first.path, &collision.second.path)));
    distinct
        .map(|collision| collision.diagnostic(spans))
        .collect()
}

/// Reports items whose names consist of underscores.
fn nameless_items(model: &Model, spans: &SpanIndex) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for definition in &model.types {
        let TypeDef::Enum(found) = definition else {
            continue;
        };
        for item in &found.items {
            if item.name.chars().all(|character| character == '_') {
                let span = spans.known(&[&found.name, &item.name]);
                let message = format!("`{}` cannot be a name in Rust", item.name);
                diagnostics.push(
                    Diagnostic::new(Code::RustName, span, message)
                        .label("has neither a letter nor a digit")
                        .help("choose a name with a letter"),
                );
            }
        }
    }
    diagnostics
}

/// A part of the proto, or a part of the generated code that every proto has.
#[derive(Clone, Debug)]
struct Part<'m> {
    kind: &'static str,
    name: &'m str,
    /// The path of its name in the [`SpanIndex`]; empty for a part that every proto has.
    path: Vec<Cow<'m, str>>,
}

impl<'m> Part<'m> {
    /// A part that is named at the end of a path in the proto.
    fn new(kind: &'static str, path: &[&'m str]) -> Self {
        let Some(name) = path.last() else {
            unreachable!("the path of a name has that name");
        };
        let path = path.iter().map(|name| Cow::Borrowed(*name)).collect();
        Self { kind, name, path }
    }

    const fn built_in(kind: &'static str) -> Self {
        Self {
            kind,
            name: "",
            path: Vec::new(),
        }
    }

    fn inner(&self, kind: &'static str, name: &'m str) -> Self {
        let mut path = self.path.clone();
        path.push(Cow::Borrowed(name));
        Self { kind, name, path }
    }

    fn describe(&self) -> String {
        if self.path.is_empty() {
            self.kind.to_owned()
        } else {
            format!("{} `{}`", self.kind, self.name)
        }
    }

    /// How to give it another name in Rust.
    const fn help(&self) -> &'static str {
        match self.kind.as_bytes() {
            b"protocol entry" => "rename the entry: the module of a channel has its name",
            b"channel" => {
                "rename the channel: if the protocol lists it several times or not at all, its module has this name, \
                 without `Channel`"
            }
            b"item" => "rename the item: the variant of a switch has its name",
            _ => "rename it",
        }
    }
}

/// Two parts with one path in Rust.
struct Collision<'m> {
    rust_path: String,
    first: Part<'m>,
    second: Part<'m>,
}

impl Collision<'_> {
    fn diagnostic(&self, spans: &SpanIndex) -> Diagnostic {
        let path = &self.rust_path;
        let (part, other) = if self.second.path.is_empty() {
            (&self.second, &self.first)
        } else {
            (&self.first, &self.second)
        };
        let span = spans.known(&other.path);
        if part.path.is_empty() {
            let message = format!("{} cannot have this name in Rust", other.describe());
            return Diagnostic::new(Code::RustCollision, span, message)
                .label(format!("would be `{path}`"))
                .note(format!("`{path}` is {}", part.describe()))
                .help(other.help());
        }
        let (part_name, other_name) = (part.describe(), other.describe());
        let message = format!("{other_name} and {part_name} have the same name in Rust");
        let diagnostic = Diagnostic::new(Code::RustCollision, span, message)
            .label(format!("both are `{path}`"))
            .also(spans.known(&part.path), part_name);
        let diagnostic = match self.reserved_name() {
            Some(name) => diagnostic.note(format!(
                "a type named `{name}` would shadow another one, so the protocol's name comes before it"
            )),
            None => diagnostic,
        };
        diagnostic.help("rename one of the two")
    }

    /// The name that one of the two would have without a prefix.
    fn reserved_name(&self) -> Option<String> {
        let (_, found) = self.rust_path.rsplit_once("::")?;
        let parts = [&self.first, &self.second].into_iter();
        let names = parts.filter_map(|part| part.path.last().map(|name| type_name(name)));
        let mut reserved = names.filter(|name| is_reserved(name));
        reserved.find(|name| found.len() > name.len() && found.ends_with(name.as_str()))
    }
}

/// The parts that have the same path in Rust as an earlier one.
fn collisions(model: &Model) -> Vec<Collision<'_>> {
    let names = Names::new(model);
    let mut paths = RustPaths {
        model,
        names: &names,
        parts: HashMap::new(),
        collisions: Vec::new(),
    };
    paths.add_root();
    for (index, channel) in model.channels.iter().enumerate() {
        paths.add_channel(ChannelId(index), channel);
    }
    for (index, definition) in model.types.iter().enumerate() {
        paths.add_definition(TypeId(index), definition);
    }
    outermost(paths.collisions)
}

/// Drops collisions inside of colliding parts: they follow from the outer collision.
fn outermost(mut collisions: Vec<Collision<'_>>) -> Vec<Collision<'_>> {
    let paths = collisions
        .iter()
        .map(|collision| collision.rust_path.clone());
    let paths: BTreeSet<String> = paths.collect();
    collisions.retain(|collision| {
        let path = &collision.rust_path;
        let mut outer = path
            .match_indices("::")
            .filter_map(|(end, _)| path.get(..end));
        !outer.any(|outer| paths.contains(outer))
    });
    collisions
}

/// All paths in the generated code, with the parts that have them.
struct RustPaths<'m, 'n> {
    model: &'m Model,
    names: &'n Names,
    parts: HashMap<String, Part<'m>>,
    collisions: Vec<Collision<'m>>,
}

impl<'m> RustPaths<'m, '_> {
    fn add(&mut self, scope: &str, name: &str, part: Part<'m>) -> String {
        let path = match scope {
            "" => name.to_owned(),
            _ => format!("{scope}::{name}"),
        };
        match self.parts.entry(path.clone()) {
            Entry::Vacant(place) => {
                place.insert(part);
            }
            Entry::Occupied(first) => self.collisions.push(Collision {
                rust_path: path.clone(),
                first: first.get().clone(),
                second: part,
            }),
        }
        path
    }

    fn add_root(&mut self) {
        for name in ["types", "Message", "ServerMessage", "ClientMessage"] {
            let part = Part::built_in("a name that generated code always has");
            self.add("", name, part);
        }
        for entry in &self.model.protocol.channels {
            let part = entry_part(entry);
            self.add("ServerMessage", &type_name(&entry.name), part.clone());
            self.add(CHANNEL_TYPE, &const_name(&entry.name), part);
        }
        let part = Part::built_in("the variant of unknown channels");
        self.add("ServerMessage", "Unknown", part);
    }

    fn add_channel(&mut self, id: ChannelId, channel: &'m Channel) {
        let part = module_origin(self.model, channel);
        self.add("", self.names.module(id), part);
        for side in Side::ALL {
            let module = self.module_path(Module::Side(id, side));
            let part = Part::built_in("the enum of all messages");
            let message_enum = self.add(&module, "Message", part);
            let constants = format!("{module}::id");
            let part = Part::built_in("the variant of unknown messages");
            self.add(&message_enum, "Unknown", part);
            for message in channel.messages(side) {
                let owner = &self.model.channel(message.owner).name;
                let part = Part::new("message", &[owner, side.name(), &message.name]);
                self.add(&message_enum, &type_name(&message.name), part.clone());
                self.add(&constants, &const_name(&message.name), part);
            }
        }
    }

    fn add_definition(&mut self, id: TypeId, definition: &'m TypeDef) {
        let (kind, path) = match definition {
            TypeDef::Alias(alias) => ("typedef", vec![alias.name.as_str()]),
            TypeDef::Enum(found) => ("type", vec![found.name.as_str()]),
            TypeDef::Struct(body) => {
                let kind = match body.origin {
                    Origin::Body { .. } | Origin::Message => "message",
                    Origin::Struct | Origin::Inline => "struct",
                };
                (kind, self.model.path(body))
            }
        };
        let part = Part::new(kind, &path);
        let module = self.module_path(self.names.module_of(id));
        let path = self.add(&module, self.names.type_name(id), part.clone());
        match definition {
            TypeDef::Alias(_) => {}
            TypeDef::Enum(found) => {
                for item in &found.items {
                    let part = part.inner("item", &item.name);
                    self.add(&path, &const_name(&item.name), part);
                }
            }
            TypeDef::Struct(body) => {
                self.add_members(&path, body, &part);
                self.add_switches(&module, id, body, &part);
            }
        }
    }

    fn add_members(&mut self, scope: &str, body: &'m Struct, part: &Part<'m>) {
        if let Origin::Body { .. } = body.origin {
            self.add(scope, "ID", Part::built_in("the id of the message"));
        }
        for member in &body.members {
            let (kind, name) = match member {
                Member::Field(field) => ("field", &field.name),
                Member::Switch(switch) => ("switch", &switch.name),
            };
            self.add(scope, &value_name(name), part.inner(kind, name));
            if let Member::Field(Field {
                role: Role::Virtual(_),
                ..
            }) = member
            {
                self.add(scope, &const_name(name), part.inner("constant", name));
            }
        }
    }

    fn add_switches(&mut self, module: &str, id: TypeId, body: &'m Struct, part: &Part<'m>) {
        for (member, switch) in body.switches() {
            let part = part.inner("switch", &switch.name);
            let scope = self.add(module, self.names.switch_name(id, member), part.clone());
            for (index, variant) in switch.variants.iter().enumerate() {
                let part = variant_origin(self.model, switch, variant, &part);
                self.add(&scope, &variant_name(self.model, switch, index), part);
            }
        }
    }

    fn module_path(&self, module: Module) -> String {
        self.names.path(module).join("::")
    }
}

/// The part that the module of a channel is named after.
fn module_origin<'m>(model: &'m Model, channel: &'m Channel) -> Part<'m> {
    match named_entry(model, channel) {
        Some(entry) => entry_part(entry),
        None => Part::new("channel", &[&channel.name]),
    }
}

fn entry_part(entry: &ProtocolChannel) -> Part<'_> {
    Part::new("protocol entry", &["protocol", &entry.name])
}

/// The part that a variant is named after. `part` is the switch.
fn variant_origin<'m>(
    model: &'m Model,
    switch: &'m Switch,
    variant: &Variant,
    part: &Part<'m>,
) -> Part<'m> {
    if let VariantName::Item(item) = variant.name {
        let ty = model.discriminant_type(switch);
        return Part::new("item", &[&ty.name, &model.item(switch, item).name]);
    }
    let case = variant
        .case
        .and_then(|case| Some((case, switch.cases.get(case)?)));
    match case {
        Some((index, case)) => {
            let mut part = part.inner("case", &case.field.name);
            // Cases can have fields of one name.
            part.path.pop();
            part.path.push(Cow::Owned(format!("case {index}")));
            part
        }
        None => Part::built_in("the variant of no case"),
    }
}
