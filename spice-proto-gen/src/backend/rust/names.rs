//! Where everything of a model goes in Rust, and what it is called there.

use std::collections::BTreeMap;

use super::naming::{channel_module, enum_name, type_name, value_name};
use crate::model::{
    Channel, ChannelId, Member, Model, Origin, Side, Struct, Switch, TypeDef, TypeId, VariantName,
};

/// A module of the generated code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// `types`
    Types,
    /// `port::server`
    Side(ChannelId, Side),
}

/// The names of a model's parts.
#[derive(Debug)]
pub(crate) struct Names {
    types: Vec<(Place, String)>,
    switches: BTreeMap<(TypeId, usize), String>,
    modules: Vec<String>,
    /// The bodies of each side of each channel.
    bodies: BTreeMap<Place, Vec<TypeId>>,
}

impl Names {
    pub(crate) fn new(model: &Model) -> Self {
        let mut names = Self {
            types: Vec::with_capacity(model.types.len()),
            switches: BTreeMap::new(),
            modules: model
                .channels
                .iter()
                .map(|channel| module(model, channel))
                .collect(),
            bodies: BTreeMap::new(),
        };
        for (index, definition) in model.types.iter().enumerate() {
            let (place, name) = match definition {
                TypeDef::Alias(alias) => (Place::Types, type_name(&alias.name)),
                TypeDef::Enum(found) => (Place::Types, enum_name(&found.name)),
                TypeDef::Struct(body) => (place_of(body), type_name(&body.name)),
            };
            if let TypeDef::Struct(body) = definition {
                for (member, switch) in switches(body) {
                    let switch_name = type_name(&format!("{}_{}", body.name, switch.name));
                    names.switches.insert((TypeId(index), member), switch_name);
                }
            }
            if place != Place::Types {
                names.bodies.entry(place).or_default().push(TypeId(index));
            }
            names.types.push((place, name));
        }
        names
    }

    pub(crate) fn type_name(&self, id: TypeId) -> &str {
        self.types.get(id.0).map_or("", |(_, name)| name)
    }

    pub(crate) fn place(&self, id: TypeId) -> Place {
        self.types
            .get(id.0)
            .map_or(Place::Types, |(place, _)| *place)
    }

    /// The types that stand in the module of a side of a channel.
    pub(crate) fn bodies(&self, place: Place) -> &[TypeId] {
        self.bodies.get(&place).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn switch_name(&self, body: TypeId, member: usize) -> &str {
        self.switches
            .get(&(body, member))
            .map_or("", String::as_str)
    }

    pub(crate) fn module(&self, channel: ChannelId) -> &str {
        self.modules.get(channel.0).map_or("", String::as_str)
    }

    /// The path of a module, from the root.
    pub(crate) fn path(&self, place: Place) -> Vec<String> {
        match place {
            Place::Types => vec!["types".to_owned()],
            Place::Side(channel, side) => {
                vec![
                    self.module(channel).to_owned(),
                    side_module(side).to_owned(),
                ]
            }
        }
    }
}

/// The name of a side's module.
pub(crate) const fn side_module(side: Side) -> &'static str {
    match side {
        Side::Server => "server",
        Side::Client => "client",
    }
}

/// A channel of the protocol is named as the protocol names it, any other by its definition.
fn module(model: &Model, channel: &Channel) -> String {
    match channel.entries.as_slice() {
        [entry] => match model.protocol.channels.get(*entry) {
            Some(entry) => value_name(&entry.name),
            None => channel_module(&channel.name),
        },
        _ => channel_module(&channel.name),
    }
}

fn place_of(body: &Struct) -> Place {
    match body.origin {
        Origin::Body { channel, side, .. } => Place::Side(channel, side),
        Origin::Struct | Origin::Inline | Origin::Message => Place::Types,
    }
}

pub(super) fn switches(body: &Struct) -> impl Iterator<Item = (usize, &Switch)> {
    body.members
        .iter()
        .enumerate()
        .filter_map(|(index, member)| match member {
            Member::Switch(switch) => Some((index, switch)),
            Member::Field(_) => None,
        })
}

/// The name of a switch's variant.
pub(crate) fn variant_name(model: &Model, switch: &Switch, variant: usize) -> String {
    let Some(variant) = switch.variants.get(variant) else {
        return String::new();
    };
    let field = variant
        .case
        .and_then(|case| switch.cases.get(case))
        .map(|case| &case.field);
    match (variant.name, field) {
        (VariantName::Item(item), _) => model
            .enumeration(switch.discriminant.ty)
            .and_then(|found| found.items.get(item))
            .map(|item| type_name(&item.name))
            .unwrap_or_default(),
        (VariantName::Field, Some(field)) => type_name(&field.name),
        (VariantName::Field | VariantName::NoCase, _) => no_case_name(switch).to_owned(),
    }
}

fn no_case_name(switch: &Switch) -> &'static str {
    match switch.discriminant.implied {
        true => "Other",
        false => "Absent",
    }
}
