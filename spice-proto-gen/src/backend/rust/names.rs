//! Names and modules of everything that is generated.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{type_name, value_name};
use super::reserved_names::is_reserved;
use crate::model::{
    Channel, ChannelId, Model, Origin, ProtocolChannel, Side, Struct, Switch, TypeDef, TypeId,
    VariantName,
};

/// A module of the generated code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Module {
    /// `types`
    Types,
    /// `port::server`
    Side(ChannelId, Side),
}

/// The names of a model's parts.
#[derive(Debug)]
pub(crate) struct Names {
    types: Vec<(Module, String)>,
    switches: BTreeMap<(TypeId, usize), String>,
    modules: Vec<String>,
    /// The types of each module, in definition order.
    by_module: BTreeMap<Module, Vec<TypeId>>,
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
            by_module: BTreeMap::new(),
        };
        for (index, definition) in model.types.iter().enumerate() {
            let module = match definition {
                TypeDef::Alias(_) | TypeDef::Enum(_) => Module::Types,
                TypeDef::Struct(body) => module_of_body(body),
            };
            let name = unreserved(model, type_name(definition.name()));
            if let TypeDef::Struct(body) = definition {
                for (member, switch) in body.switches() {
                    let switch_name = type_name(&format!("{}_{}", body.name, switch.name));
                    let switch_name = unreserved(model, switch_name);
                    names.switches.insert((TypeId(index), member), switch_name);
                }
            }
            names
                .by_module
                .entry(module)
                .or_default()
                .push(TypeId(index));
            names.types.push((module, name));
        }
        names
    }

    fn of_type(&self, id: TypeId) -> &(Module, String) {
        match self.types.get(id.0) {
            Some(found) => found,
            None => unreachable!("a type id is an index of the model's types"),
        }
    }

    pub(crate) fn type_name(&self, id: TypeId) -> &str {
        &self.of_type(id).1
    }

    pub(crate) fn module_of(&self, id: TypeId) -> Module {
        self.of_type(id).0
    }

    /// The types of a module, in definition order.
    pub(crate) fn types_in(&self, module: Module) -> &[TypeId] {
        self.by_module.get(&module).map_or(&[], Vec::as_slice)
    }

    /// The names of the types of a side's module.
    pub(crate) fn names_in(&self, model: &Model, module: Module) -> BTreeSet<&str> {
        let mut names = BTreeSet::from(["Message"]);
        for id in self.types_in(module) {
            names.insert(self.type_name(*id));
            let switches = model.body(*id).into_iter().flat_map(Struct::switches);
            names.extend(switches.map(|(member, _)| self.switch_name(*id, member)));
        }
        names
    }

    /// The name of a switch's enum.
    pub(crate) fn switch_name(&self, body: TypeId, member: usize) -> &str {
        match self.switches.get(&(body, member)) {
            Some(name) => name,
            None => unreachable!("every switch of a body has a name"),
        }
    }

    pub(crate) fn module(&self, channel: ChannelId) -> &str {
        match self.modules.get(channel.0) {
            Some(module) => module,
            None => unreachable!("a channel id is an index of the model's channels"),
        }
    }

    /// The path of a module from the root.
    pub(crate) fn path(&self, module: Module) -> Vec<String> {
        match module {
            Module::Types => vec!["types".to_owned()],
            Module::Side(channel, side) => {
                vec![self.module(channel).to_owned(), side.name().to_owned()]
            }
        }
    }
}

/// A type with a reserved name gets the protocol's name before its own: `String` of protocol `Spice` is
/// `SpiceString`.
fn unreserved(model: &Model, mut name: String) -> String {
    while is_reserved(&name) {
        name = type_name(&format!("{}_{name}", model.protocol.name));
    }
    name
}

/// The entry of the protocol that a channel's module is named after. A channel that the protocol has several
/// times or not at all has none; its module has the name of the definition.
pub(crate) fn named_entry<'m>(
    model: &'m Model,
    channel: &'m Channel,
) -> Option<&'m ProtocolChannel> {
    let mut entries = model.entries(channel);
    entries.next().filter(|_| entries.next().is_none())
}

fn module(model: &Model, channel: &Channel) -> String {
    match named_entry(model, channel) {
        Some(entry) => value_name(&entry.name),
        None => value_name(channel.short_name()),
    }
}

fn module_of_body(body: &Struct) -> Module {
    match body.origin {
        Origin::Body { channel, side, .. } => Module::Side(channel, side),
        Origin::Struct | Origin::Inline | Origin::Message => Module::Types,
    }
}

/// The name of a switch's variant.
pub(crate) fn variant_name(model: &Model, switch: &Switch, variant: usize) -> String {
    let Some(variant) = switch.variants.get(variant) else {
        unreachable!("a variant is named by its index in the switch");
    };
    match variant.name {
        VariantName::Item(item) => type_name(&model.item(switch, item).name),
        VariantName::Field => match variant.case.and_then(|case| switch.cases.get(case)) {
            Some(case) => type_name(&case.field.name),
            None => unreachable!("a variant that is named after a field has a case"),
        },
        VariantName::NoCase if switch.discriminant.implied => "Other".to_owned(),
        VariantName::NoCase => "Absent".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analysis;
    use crate::diagnostic::Levels;

    /// The names of the types of a proto, in definition order.
    fn type_names(proto: &str) -> Vec<String> {
        let analysis = Analysis::new(proto.as_bytes(), &Levels::default());
        let model = analysis.model.unwrap();
        let names = Names::new(&model);
        let names = names.types.into_iter().map(|(_, name)| name);
        names.collect()
    }

    #[test]
    fn types_with_reserved_names_begin_with_the_name_of_the_protocol() {
        let proto = "struct String {}; enum8 path { A }; typedef Text uint8; struct Point {};
            channel C { message { String self; } send; message {} Sent; }; protocol my_house { C c; };";
        let expected = [
            "MyHouseString",
            "MyHousePath",
            "MyHouseText",
            "Point",
            "MyHouseSend",
            "Sent",
        ];
        assert_eq!(type_names(proto), expected);
    }

    #[test]
    fn a_name_that_is_reserved_with_a_prefix_gets_another_one() {
        let proto = "struct String {}; struct Self {}; protocol To {};";
        assert_eq!(type_names(proto), ["ToToString", "Self_"]);
    }

    #[test]
    fn enums_of_switches_get_the_prefix() {
        let proto = "enum8 e { A, B };
            struct path { e tag; switch (tag) { case A: uint8 x; } buf; }; protocol P {};";
        let analysis = Analysis::new(proto.as_bytes(), &Levels::default());
        let model = analysis.model.unwrap();
        assert_eq!(Names::new(&model).switch_name(TypeId(1), 1), "PPathBuf");
    }
}
