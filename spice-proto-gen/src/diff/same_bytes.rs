//! Decides whether two bodies have the same layout on the wire.
//!
//! Members may have other names, but a name does not move to another position: two numbers that are
//! exchanged have the same layout, but another meaning.

use std::collections::HashMap;

use super::comparison::TypePair;
use crate::model::{
    Array, Case, Enum, Field, FieldRef, Label, Member, Model, Role, Struct, Switch, Type, TypeId,
    struct_of,
};

/// Upper bound on the members of a body with those of nested structs.
const MAX_MEMBERS: usize = 512;

/// Upper bound on the nesting of structs whose layouts are compared.
const MAX_NESTING: u32 = 128;

/// Compares layouts, and remembers results.
pub(super) struct SameBytes<'m> {
    old: &'m Model,
    new: &'m Model,
    bodies: HashMap<TypePair, bool>,
}

/// A member of a body or of a struct nested in it.
struct Flat<'m> {
    member: &'m Member,
    /// The positions of the counts of its arrays and of its discriminant.
    references: Vec<Position>,
}

/// The index of a member in the flat list, the index of a case, and the path in a nested struct.
type Position = (usize, Option<usize>, Vec<usize>);

/// The place of a member in the flat list.
enum Slot {
    Virtual,
    Member(usize),
    Struct(Vec<Slot>),
}

impl<'m> SameBytes<'m> {
    pub fn new(old: &'m Model, new: &'m Model) -> Self {
        Self {
            old,
            new,
            bodies: HashMap::new(),
        }
    }

    /// Whether two bodies have one layout.
    pub fn bodies(&mut self, old: TypeId, new: TypeId) -> bool {
        if let Some(known) = self.bodies.get(&(old, new)) {
            return *known;
        }
        let (a, b) = (
            struct_of(&self.old.types, old),
            struct_of(&self.new.types, new),
        );
        let is_same = a.nesting.max(b.nesting) <= MAX_NESTING
            && (self.members(a, b, false) || self.members(a, b, true));
        self.bodies.insert((old, new), is_same);
        is_same
    }

    /// Whether two bodies have the same members, with nested structs dissolved if `flat`.
    pub fn members(&mut self, old: &'m Struct, new: &'m Struct, flat: bool) -> bool {
        let lists = (flatten(self.old, old, flat), flatten(self.new, new, flat));
        let (Some(olds), Some(news)) = lists else {
            return false;
        };
        olds.len() == news.len()
            && !is_reordered(&olds, &news)
            && olds.iter().zip(&news).all(|(a, b)| {
                a.references == b.references
                    && match (a.member, b.member) {
                        (Member::Field(x), Member::Field(y)) => self.fields(x, y),
                        (Member::Switch(x), Member::Switch(y)) => self.switches(x, y),
                        _ => false,
                    }
            })
    }

    /// Whether two fields have one layout, their counts aside.
    pub fn fields(&mut self, old: &Field, new: &Field) -> bool {
        let array = |field: &Field| match field.array {
            Some(Array::Count(_)) => Some(Array::Count(FieldRef::member(0))),
            Some(Array::ImageSize { bits, .. }) => Some(Array::ImageSize {
                bits,
                width: 0,
                rows: 0,
            }),
            other => other,
        };
        (old.role == Role::Zero) == (new.role == Role::Zero)
            && old.role.is_on_wire() == new.role.is_on_wire()
            && old.pointer == new.pointer
            && array(old) == array(new)
            && self.types(old.ty.ty, new.ty.ty)
    }

    fn types(&mut self, old: Type, new: Type) -> bool {
        match (old, new) {
            (Type::Struct(old), Type::Struct(new)) => self.bodies(old, new),
            (Type::Fd, Type::Fd) => true,
            _ => {
                let ints = (self.old.int(old), self.new.int(new));
                ints.0.is_some() && ints.0 == ints.1
            }
        }
    }

    fn switches(&mut self, old: &Switch, new: &Switch) -> bool {
        let (old_items, new_items) = (
            self.old.discriminant_type(old),
            self.new.discriminant_type(new),
        );
        let (olds, news): (Vec<_>, Vec<_>) = (live(old).collect(), live(new).collect());
        old.discriminant.flags == new.discriminant.flags
            && olds.len() == news.len()
            && olds.iter().zip(&news).all(|(a, b)| {
                is_same_selection((old_items, a), (new_items, b)) && self.fields(&a.field, &b.field)
            })
    }
}

/// Whether a name that is unique in both lists has another position.
fn is_reordered(olds: &[Flat<'_>], news: &[Flat<'_>]) -> bool {
    let positions = |members: &[Flat<'_>]| {
        let mut positions: HashMap<String, Option<usize>> = HashMap::new();
        for (index, found) in members.iter().enumerate() {
            let position = positions.entry(found.member.name().to_owned());
            position
                .and_modify(|position| *position = None)
                .or_insert(Some(index));
        }
        positions
    };
    let olds = positions(olds);
    positions(news).iter().any(
        |(name, new)| matches!((olds.get(name), new), (Some(Some(old)), Some(new)) if old != new),
    )
}

/// The cases that can be selected.
pub(super) fn live(switch: &Switch) -> impl Iterator<Item = &Case> {
    switch.cases.iter().filter(|case| case.live)
}

/// The value of a label's item, and whether it is negated. `None` is `default`.
pub(super) type Selector = Option<(u32, bool)>;

fn is_same_selection((a, old): (&Enum, &Case), (b, new): (&Enum, &Case)) -> bool {
    let olds = selectors(a, old).map(|(selector, _)| selector);
    olds.eq(selectors(b, new).map(|(selector, _)| selector))
}

/// The selectors of a case, with the names of their items.
pub(super) fn selectors<'a>(
    items: &'a Enum,
    case: &'a Case,
) -> impl Iterator<Item = (Selector, Option<&'a str>)> {
    case.labels.iter().map(|label| match label {
        Label::Default => (None, None),
        Label::Item { item, negated } => {
            let item = items.items.get(*item);
            let value = item.map_or(0, |item| item.value);
            (Some((value, *negated)), item.map(|item| item.name.as_str()))
        }
    })
}

fn flatten<'m>(model: &'m Model, body: &'m Struct, flat: bool) -> Option<Vec<Flat<'m>>> {
    let mut members = Vec::new();
    push(model, body, flat, &mut members)?;
    Some(members)
}

/// Whether a field takes no bytes and no descriptor.
pub(super) fn is_empty(model: &Model, field: &Field) -> bool {
    match (field.pointer, field.array, field.ty.ty) {
        (None, None, Type::Struct(id)) => {
            field.size.exact() == Some(0) && !struct_of(&model.types, id).contains.fds
        }
        (None, Some(Array::Fixed(0)), _) => true,
        _ => !field.role.is_on_wire(),
    }
}

/// Appends the members of a body. `None` if there are too many.
fn push<'m>(
    model: &'m Model,
    body: &'m Struct,
    flat: bool,
    members: &mut Vec<Flat<'m>>,
) -> Option<Vec<Slot>> {
    let mut slots: Vec<Slot> = Vec::with_capacity(body.members.len());
    for member in &body.members {
        if flat && members.len() >= MAX_MEMBERS {
            return None;
        }
        let references = match member {
            Member::Field(field) if !field.role.is_on_wire() => {
                slots.push(Slot::Virtual);
                continue;
            }
            Member::Field(field) if flat && is_empty(model, field) => {
                slots.push(Slot::Virtual);
                continue;
            }
            Member::Field(field) => {
                let is_plain = field.pointer.is_none() && field.array.is_none();
                if let Type::Struct(id) = field.ty.ty
                    && flat
                    && is_plain
                    && field.role != Role::Zero
                {
                    let body = struct_of(&model.types, id);
                    slots.push(Slot::Struct(push(model, body, flat, members)?));
                    continue;
                }
                counts(&slots, field)
            }
            Member::Switch(switch) => {
                let mut references = Vec::new();
                references.extend(position(&slots, &switch.discriminant.path, None));
                for case in live(switch) {
                    references.extend(counts(&slots, &case.field));
                }
                references
            }
        };
        slots.push(Slot::Member(members.len()));
        members.push(Flat { member, references });
    }
    Some(slots)
}

/// The positions of the counts of a field's array.
fn counts(slots: &[Slot], field: &Field) -> Vec<Position> {
    let positions = match field.array {
        Some(Array::Count(count)) => [position(slots, &[count.member], count.case), None],
        Some(Array::ImageSize { width, rows, .. }) => [
            position(slots, &[width], None),
            position(slots, &[rows], None),
        ],
        _ => [None, None],
    };
    positions.into_iter().flatten().collect()
}

fn position(mut slots: &[Slot], path: &[usize], case: Option<usize>) -> Option<Position> {
    let mut path = path.iter();
    while let Some(index) = path.next() {
        match slots.get(*index)? {
            Slot::Struct(inner) => slots = inner,
            Slot::Member(member) => return Some((*member, case, path.copied().collect())),
            Slot::Virtual => return None,
        }
    }
    None
}
