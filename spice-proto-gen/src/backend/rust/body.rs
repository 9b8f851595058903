//! A body together with its module. Emits nothing itself.

use super::context::Context;
use super::names::Module;
use crate::model::{
    Case, Field, FieldRef, Int, Member, Origin, Role, Struct, Switch, Type, TypeDef, TypeId,
    Variant,
};

/// A body, its id and its module.
#[derive(Clone, Copy)]
pub(super) struct Body<'m> {
    pub(super) id: TypeId,
    pub(super) module: Module,
    pub(super) body: &'m Struct,
}

impl<'m> Body<'m> {
    pub(super) fn new(context: &Context<'m>, id: TypeId) -> Self {
        let TypeDef::Struct(body) = context.model.definition(id) else {
            unreachable!("a body is a struct");
        };
        Self {
            id,
            module: context.names.module_of(id),
            body,
        }
    }

    pub(super) fn member(&self, index: usize) -> &'m Member {
        match self.body.members.get(index) {
            Some(member) => member,
            None => unreachable!("the model refers to members that exist"),
        }
    }

    /// The field at a position.
    pub(super) fn field(&self, position: FieldRef) -> &'m Field {
        match self.body.field(position) {
            Some(field) => field,
            None => unreachable!("the model refers to fields that exist"),
        }
    }

    /// The field with this member index.
    pub(super) fn member_field(&self, index: usize) -> &'m Field {
        self.field(FieldRef::member(index))
    }

    /// The switch with this member index.
    pub(super) fn switch(&self, index: usize) -> &'m Switch {
        match self.body.switch(index) {
            Some(switch) => switch,
            None => unreachable!("the model refers to switches that exist"),
        }
    }

    /// The switches and their member indexes.
    pub(super) fn switches(&self) -> impl Iterator<Item = (usize, &'m Switch)> {
        self.body.switches()
    }

    /// The members that are fields of the Rust struct, and their indexes.
    pub(super) fn stored(&self) -> impl Iterator<Item = (usize, &'m Member)> {
        let members = self.body.members.iter().enumerate();
        members.filter(|(_, member)| is_stored(member))
    }

    /// The message id and a space, for the macros that define `ID`. Empty for a body of no or several messages.
    pub(super) fn message_id(&self) -> String {
        match self.body.origin {
            Origin::Body { id, .. } => format!("{id} "),
            Origin::Struct | Origin::Inline | Origin::Message => String::new(),
        }
    }

    /// `<'a>`, or another lifetime, if the Rust type has one.
    pub(super) const fn lifetime(&self, lifetime: &'static str) -> &'static str {
        if self.body.contains.borrowed {
            lifetime
        } else {
            ""
        }
    }
}

/// Whether a member is a field of the Rust struct.
pub(super) fn is_stored(member: &Member) -> bool {
    match member {
        Member::Field(field) => matches!(field.role, Role::Value | Role::StoredCount),
        Member::Switch(switch) => switch.stored,
    }
}

/// Whether a field is a count.
pub(super) const fn is_count(field: &Field) -> bool {
    matches!(
        field.role,
        Role::StoredCount | Role::ComputedCount | Role::CarriedCount { .. }
    )
}

/// The integer type of a count.
pub(super) fn count_int(field: &Field) -> Int {
    match field.ty.ty {
        Type::Int(int) => int,
        _ => unreachable!("a count, a width and a number of rows are integers"),
    }
}

/// The case of a variant, and its index.
pub(super) fn case_of<'m>(switch: &'m Switch, variant: &Variant) -> Option<(usize, &'m Case)> {
    let index = variant.case?;
    match switch.cases.get(index) {
        Some(case) => Some((index, case)),
        None => unreachable!("a variant refers to a case of its switch"),
    }
}
