//! Which pointees come right behind the block that holds the pointers.
//!
//! Those of `@marshall` pointers do, each with its own behind it. So a pointer to one is known when
//! the block is written, and nobody has to remember it. That ends where a pointee leaves pointers
//! of the other kind: what is behind such a block comes between them.

use crate::model::{Field, Member, Model, Struct, Type, TypeDef, TypeId};

/// What the pointers in the block of a type are; it holds none where both are false.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pointers {
    /// Some lead to what comes right behind the block.
    pub(super) behind: bool,
    /// Some are left, to be followed later.
    pub(super) left: bool,
}

/// What is known of a type.
#[derive(Clone, Copy, Default)]
struct Known {
    /// In its block or in what its `@marshall` pointers lead to are pointers of the other kind.
    leaves: bool,
    /// Its `@marshall` pointers are remembered, as all others are.
    remembers: bool,
}

/// What the pointers of all types are, by type.
pub(super) fn pointers(model: &Model) -> Vec<Pointers> {
    let bodies: Vec<(usize, &Struct)> = model
        .types
        .iter()
        .enumerate()
        .filter_map(|(index, definition)| match definition {
            TypeDef::Struct(body) if body.contains.pointers => Some((index, body)),
            _ => None,
        })
        .collect();
    let mut known = vec![Known::default(); model.types.len()];
    for (index, body) in &bodies {
        let leaves = fields(body).any(|field| match field.pointer {
            Some(pointer) if !pointer.marshall => true,
            _ => of(&known, field).leaves,
        });
        set(&mut known, *index, |known| known.leaves = leaves);
    }
    while spread(model, &bodies, &mut known) {}
    let mut pointers = vec![Pointers::default(); model.types.len()];
    for (index, body) in &bodies {
        let remembers = known.get(*index).is_none_or(|known| known.remembers);
        let mut found = Pointers::default();
        for field in fields(body) {
            match field.pointer {
                Some(pointer) if pointer.marshall && !remembers => found.behind = true,
                Some(_) => found.left = true,
                None => {
                    let inner = id(field).and_then(|id| pointers.get(id.0));
                    let inner = inner.copied().unwrap_or_default();
                    found.behind |= inner.behind;
                    found.left |= inner.left;
                }
            }
        }
        if let Some(place) = pointers.get_mut(*index) {
            *place = found;
        }
    }
    pointers
}

/// Finds types that have to remember their pointers, and tells whether it found any.
///
/// A block is written in one way wherever it stands, so that all blocks that have a part in common do
/// the same.
fn spread(model: &Model, bodies: &[(usize, &Struct)], known: &mut [Known]) -> bool {
    let has_pointers = |id| {
        let body = model.body(id);
        body.is_some_and(|body| body.contains.pointers)
    };
    let mut found = false;
    for (index, body) in bodies {
        let remembers = |known: &[Known]| known.get(*index).is_some_and(|known| known.remembers);
        let has_to = fields(body).any(|field| {
            let inner = of(known, field);
            match field.pointer {
                Some(pointer) => pointer.marshall && (inner.leaves || inner.remembers),
                None => inner.remembers,
            }
        });
        if has_to && !remembers(known) {
            set(known, *index, |known| known.remembers = true);
            found = true;
        }
        if !remembers(known) {
            continue;
        }
        for part in fields(body).filter(|field| field.pointer.is_none()) {
            let inner = id(part).filter(|id| has_pointers(*id));
            if let Some(id) = inner
                && !of(known, part).remembers
            {
                set(known, id.0, |known| known.remembers = true);
                found = true;
            }
        }
    }
    found
}

fn set(known: &mut [Known], index: usize, change: impl FnOnce(&mut Known)) {
    if let Some(known) = known.get_mut(index) {
        change(known);
    }
}

fn of(known: &[Known], field: &Field) -> Known {
    let known = id(field).and_then(|id| known.get(id.0));
    known.copied().unwrap_or_default()
}

const fn id(field: &Field) -> Option<TypeId> {
    match field.ty.ty {
        Type::Struct(id) => Some(id),
        Type::Int(_) | Type::Enum(_) | Type::Fd => None,
    }
}

/// All fields, those in cases included.
fn fields(body: &Struct) -> impl Iterator<Item = &Field> {
    body.members.iter().flat_map(|member| {
        let (field, cases) = match member {
            Member::Field(field) => (Some(field), [].as_slice()),
            Member::Switch(switch) => (None, switch.cases.as_slice()),
        };
        field
            .into_iter()
            .chain(cases.iter().map(|case| &case.field))
    })
}
