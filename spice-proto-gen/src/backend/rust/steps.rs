//! How a body is read and written: runs of fields of fixed size, and what lies between them.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;

use super::context::{Body, field_ident};
use super::naming::ident;
use crate::model::{Array, CountRef, Field, Int, Member, Part, Role, Type};

/// A part of a body.
pub(super) enum Step<'m> {
    /// Fields of fixed size, one after the other.
    Run(Run<'m>),
    /// A member whose size is not fixed.
    Member(usize),
}

/// Fields of fixed size, one after the other.
#[derive(Default)]
pub(super) struct Run<'m> {
    pub(super) fields: Vec<RunField<'m>>,
    pub(super) size: u64,
}

/// A field of a run.
pub(super) struct RunField<'m> {
    /// The place of its value.
    pub(super) key: CountRef,
    pub(super) field: &'m Field,
    /// Its first byte in the run.
    pub(super) at: u64,
}

impl<'m> Run<'m> {
    pub(super) fn push(&mut self, key: CountRef, field: &'m Field) {
        self.fields.push(RunField {
            key,
            field,
            at: self.size,
        });
        self.size = self.size.saturating_add(field.size.min());
    }
}

impl RunField<'_> {
    /// How many bytes there are from the field to the end of the run.
    pub(super) const fn back(&self, run: &Run<'_>) -> u64 {
        run.size.saturating_sub(self.at)
    }
}

/// The steps of a body, in order.
pub(super) fn steps(body: Body<'_>) -> Vec<Step<'_>> {
    let steps = body.body.parts.iter().map(|part| match part {
        Part::Member(index) => Step::Member(*index),
        Part::Segment(segment) => {
            let mut run = Run::default();
            for field in &segment.fields {
                match body.body.field(field.position) {
                    Some(found) => run.push(field.position, found),
                    None => unreachable!("a segment holds positions of fields of its body"),
                }
            }
            Step::Run(run)
        }
    });
    steps.collect()
}

/// The local variables of the functions of a body: one for each member and each count in a case,
/// none of which hides another or a name that the functions use themselves.
pub(super) struct Locals(BTreeMap<CountRef, Ident>);

const INTERNAL: &[&str] = &[
    "reader", "rest", "body", "run", "writer", "end", "value", "kept", "target", "count",
    "selected", "index", "error", "visit", "wire", "offset",
];

impl Locals {
    pub(super) fn new(body: Body<'_>) -> Self {
        let mut taken: BTreeSet<String> = INTERNAL.iter().map(|name| (*name).to_owned()).collect();
        let mut locals = BTreeMap::new();
        let mut add = |key, name: &str| {
            let mut name = field_ident(name).to_string();
            while !taken.insert(name.clone()) {
                name = format!("{}_", name.trim_start_matches("r#"));
            }
            locals.insert(key, ident(name.trim_start_matches("r#")));
        };
        for (member, found) in body.body.members.iter().enumerate() {
            match found {
                Member::Field(field) => add(CountRef { member, case: None }, &field.name),
                Member::Switch(switch) => add(CountRef { member, case: None }, &switch.name),
            }
        }
        for (member, switch) in body.switches() {
            for (case, found) in switch.cases.iter().enumerate() {
                if is_count(&found.field) {
                    let name = format!("{}_{}", switch.name, found.field.name);
                    add(
                        CountRef {
                            member,
                            case: Some(case),
                        },
                        &name,
                    );
                }
            }
        }
        Self(locals)
    }

    pub(super) fn get(&self, key: CountRef) -> Ident {
        self.0.get(&key).cloned().unwrap_or_else(|| ident("_"))
    }

    pub(super) fn member(&self, member: usize) -> Ident {
        self.get(CountRef { member, case: None })
    }
}

/// Whether a field holds a count.
pub(super) fn is_count(field: &Field) -> bool {
    matches!(
        field.role,
        Role::StoredCount | Role::ComputedCount | Role::CarriedCount { .. }
    )
}

/// The field that a count reference means.
pub(super) fn count_field<'m>(body: Body<'m>, count: CountRef) -> Option<&'m Field> {
    match count.case {
        None => body.field(count.member),
        Some(case) => Some(&body.switch(count.member)?.cases.get(case)?.field),
    }
}

/// The integer type of a field.
pub(super) const fn int_of(field: &Field) -> Int {
    match field.ty.ty {
        Type::Int(int) => int,
        _ => Int {
            bytes: 8,
            signed: false,
        },
    }
}

/// An array that counts with a count field.
#[derive(Clone, Copy)]
pub(super) struct User<'m> {
    /// The member: the array itself, or the switch that holds it.
    pub(super) member: usize,
    /// The case, if it is in a switch.
    pub(super) case: Option<usize>,
    pub(super) field: &'m Field,
}

/// The arrays of a body that a field counts.
pub(super) fn users<'m>(body: Body<'m>, count: CountRef) -> Vec<User<'m>> {
    let counts = |field: &Field| field.array == Some(Array::Count(count));
    let mut users = Vec::new();
    for (member, found) in body.body.members.iter().enumerate() {
        match found {
            Member::Field(field) if counts(field) => {
                users.push(User {
                    member,
                    case: None,
                    field,
                });
            }
            Member::Field(_) => {}
            Member::Switch(switch) => {
                for (case, found) in switch.cases.iter().enumerate() {
                    if found.live && counts(&found.field) {
                        let field = &found.field;
                        users.push(User {
                            member,
                            case: Some(case),
                            field,
                        });
                    }
                }
            }
        }
    }
    users
}
