//! The context of all emitters: the model, the options, and names.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::Options;
use super::case::{const_name, ident};
use super::lines::tokens;
use super::names::{Module, Names};
use crate::model::{
    ChannelId, Enum, Field, Member, Message, Model, ProtocolChannel, Side, Switch, Type, TypeDef,
    TypeId, enum_of,
};

/// Built once for a file.
pub(super) struct Context<'m> {
    pub(super) model: &'m Model,
    pub(super) names: Names,
    pub(super) options: &'m Options,
    /// The types that the selected channels and sides use. `None` if nothing is selected: then all types are
    /// generated.
    used: Option<BTreeSet<TypeId>>,
    /// The Rust path of each type that another crate has.
    extern_types: BTreeMap<TypeId, String>,
    /// The code size of each type's functions, in fields.
    weights: Vec<u32>,
}

/// Bodies with at most this many fields are decoded and encoded inline: values are large, and a call
/// spends most of its time moving them.
const MAX_INLINE_WEIGHT: u32 = 300;

impl<'m> Context<'m> {
    pub(super) fn new(model: &'m Model, options: &'m Options) -> Self {
        let names = Names::new(model);
        let mut context = Self {
            model,
            used: None,
            extern_types: options.extern_types(model, &names),
            names,
            options,
            weights: weights(model),
        };
        if options.is_selection() {
            let sides: Vec<_> = context.sides().collect();
            context.used = Some(model.used_types(context.channels(), &sides));
        }
        context
    }

    /// The attribute of a body's functions. Without optimization, inlining only enlarges stack frames.
    pub(super) fn inline(&self, id: TypeId) -> Option<&'static str> {
        let Some(weight) = self.weights.get(id.0) else {
            unreachable!("every type has a weight");
        };
        (*weight <= MAX_INLINE_WEIGHT)
            .then_some("#[cfg_attr(not(debug_assertions), inline(always))]")
    }

    pub(super) fn enumeration(&self, id: TypeId) -> &'m Enum {
        enum_of(&self.model.types, id)
    }

    /// The message with this body, which the channel defines. `None` if a later message has the same id.
    pub(super) fn message_of(
        &self,
        body: TypeId,
        channel: ChannelId,
        side: Side,
    ) -> Option<&'m Message> {
        let mut messages = self.model.channel(channel).messages(side).iter();
        messages.find(|message| message.body == body)
    }

    /// The path of the constant of an item of a switch's discriminant.
    pub(super) fn item_path(&self, from: Module, switch: &Switch, item: usize) -> TokenStream {
        let ty = tokens(&self.type_path(from, switch.discriminant.ty));
        let constant = ident(&const_name(&self.model.item(switch, item).name));
        quote!(#ty::#constant)
    }

    /// The sides whose messages are generated.
    pub(super) fn sides(&self) -> impl Iterator<Item = Side> + '_ {
        Side::ALL
            .into_iter()
            .filter(|side| self.options.only.is_none_or(|only| only == *side))
    }

    pub(super) const fn has_both_sides(&self) -> bool {
        self.options.only.is_none()
    }

    /// The generated channels: the selected ones and their ancestors.
    pub(super) fn channels(&self) -> impl Iterator<Item = ChannelId> + '_ {
        let channels = (0..self.model.channels.len()).map(ChannelId);
        channels.filter(|id| self.is_selected(*id))
    }

    /// The protocol's channels that are generated.
    pub(super) fn entries(&self) -> Vec<&'m ProtocolChannel> {
        let entries = self.model.protocol.channels.iter();
        let entries = entries.filter(|entry| self.is_selected(entry.channel));
        entries.collect()
    }

    fn is_selected(&self, id: ChannelId) -> bool {
        let selected = &self.options.channels;
        let mut entries = self.model.protocol.channels.iter();
        selected.is_empty()
            || entries.any(|entry| {
                let is_in_path = entry.channel == id
                    || self.model.channel(entry.channel).ancestors.contains(&id);
                is_in_path && selected.contains(&entry.name)
            })
    }

    /// The path of `name` in module `to`, as seen from module `from`.
    pub(super) fn path(&self, from: Module, to: Module, name: &str) -> String {
        let name = ident(name);
        if from == to {
            name.to_string()
        } else {
            self.module_path(from, to) + &name.to_string()
        }
    }

    /// The path of module `to`, as seen from module `from`, with `::` at the end.
    pub(super) fn module_path(&self, from: Module, to: Module) -> String {
        let supers = "super::".repeat(self.names.path(from).len());
        let modules = self.names.path(to).into_iter();
        let modules = modules.map(|module| format!("{}::", ident(&module)));
        supers + &modules.collect::<String>()
    }

    pub(super) fn type_path(&self, from: Module, id: TypeId) -> String {
        match self.extern_types.get(&id) {
            Some(path) => path.clone(),
            None => self.path(from, self.names.module_of(id), self.names.type_name(id)),
        }
    }

    /// The types of a module that are generated, in definition order.
    pub(super) fn types_in(&self, module: Module) -> impl Iterator<Item = TypeId> + '_ {
        let types = self.names.types_in(module).iter().copied();
        types.filter(|id| self.is_used(*id) && !self.extern_types.contains_key(id))
    }

    /// The path of a type for links, if it is generated.
    pub(super) fn link(&self, from: Module, id: TypeId) -> Option<String> {
        let is_generated = self.is_used(id) && !self.is_extern(id);
        is_generated.then(|| self.type_path(from, id))
    }

    fn is_used(&self, id: TypeId) -> bool {
        self.used.as_ref().is_none_or(|used| used.contains(&id))
    }

    /// Whether another crate has the type.
    pub(super) fn is_extern(&self, id: TypeId) -> bool {
        self.extern_types.contains_key(&id)
    }

    /// The types that another crate has and that the generated code uses, with their Rust paths.
    pub(super) fn extern_types(&self) -> impl Iterator<Item = (TypeId, &str)> + '_ {
        let types = self.extern_types.iter();
        let types = types.filter(|(id, _)| self.is_used(**id));
        types.map(|(id, path)| (*id, &**path))
    }

    /// The `use` of the runtime in a module. `root` is the path of the root. A glob, so that the names of the
    /// proto come first.
    pub(super) fn import(&self, root: &str) -> String {
        // The name `serde` prevents an error for each attribute of serde if the runtime is missing.
        // With a feature gate it would not always exist.
        let named = self.options.serde && !self.options.feature_gated;
        let serde = if named { "serde, " } else { "" };
        format!("use {root}::__wire::{{self as wire, {serde}prelude::*}};")
    }

    /// The lifetime of the Rust type, or nothing.
    pub(super) fn lifetime(&self, ty: Type) -> &'static str {
        if self.model.contains(ty).borrowed {
            "<'a>"
        } else {
            ""
        }
    }
}

/// A type comes after the types of its fields.
fn weights(model: &Model) -> Vec<u32> {
    let mut weights: Vec<u32> = Vec::with_capacity(model.types.len());
    for definition in &model.types {
        let of_field = |field: &Field| match field.ty.ty {
            Type::Struct(id) => match weights.get(id.0) {
                Some(weight) => weight.saturating_add(1),
                None => unreachable!("a struct comes after the structs that it contains"),
            },
            _ => 1,
        };
        let of_member = |member: &Member| match member {
            Member::Field(field) => of_field(field),
            Member::Switch(switch) => {
                let cases = switch.cases.iter().map(|case| of_field(&case.field));
                cases.fold(0, u32::saturating_add)
            }
        };
        weights.push(match definition {
            TypeDef::Alias(_) | TypeDef::Enum(_) => 0,
            TypeDef::Struct(body) => {
                let members = body.members.iter().map(of_member);
                members.fold(0, u32::saturating_add)
            }
        });
    }
    weights
}
