//! Compares structs and message bodies member by member.

use super::ChangeCode;
use super::comparison::{Comparison, Path, Places, Readers, TypePair, inside};
use super::pairs::align;
use super::same_bytes::is_empty;
use crate::model::{Member, Model, Origin, Struct};

/// A body in both versions.
#[derive(Clone, Copy)]
pub(super) struct Bodies<'m> {
    pub types: TypePair,
    pub old: &'m Struct,
    pub new: &'m Struct,
}

impl<'m> Comparison<'m> {
    pub(super) fn compare_bodies(&mut self, types: TypePair, old: &'m Struct, new: &'m Struct) {
        if has_name(old) && has_name(new) && self.is_renamed(&old.name, &new.name) {
            self.compare_names("type", &old.name, &new.name);
        }
        let bodies = Bodies { types, old, new };
        let (old_path, new_path) = (path(self.old.model, old), path(self.new.model, new));
        if self.same_bytes.bodies(types.0, types.1) {
            self.compare_names_of_members(bodies, old_path, new_path);
        } else {
            self.compare_members(bodies, &old_path, &new_path);
        }
    }

    /// Compares bodies with one layout.
    fn compare_names_of_members(&mut self, bodies: Bodies<'m>, old_path: Path, new_path: Path) {
        let Bodies { old, new, .. } = bodies;
        let named = align(&names(old), &names(new), |_, _| false).pairs.both;
        if self.same_bytes.members(old, new, false) {
            let sent = |body: &'m Struct| {
                let members = body.members.iter().zip(0..);
                let sent = members.filter(|(member, _)| member.is_on_wire());
                sent.map(|(_, index)| index)
            };
            let is_virtual = |(a, b): &(usize, usize)| !is_sent(old, *a) && !is_sent(new, *b);
            let virtuals = named.into_iter().filter(is_virtual);
            for pair in sent(old).zip(sent(new)).chain(virtuals) {
                self.compare_member(bodies, (&old_path, &new_path), pair);
            }
            return;
        }
        for pair in named {
            let members = (member(old, pair.0), member(new, pair.1));
            if let (Member::Field(a), Member::Field(b)) = members
                && a.name == b.name
                && self.same_bytes.fields(a, b)
            {
                self.compare_member(bodies, (&old_path, &new_path), pair);
            }
        }
        let name = new_path.join(".");
        let message = format!("`{name}` has the same bytes in other fields");
        let places = Places::both(old_path, new_path);
        self.report(ChangeCode::Regrouped, message, places);
    }

    /// Compares bodies with different layouts.
    fn compare_members(&mut self, bodies: Bodies<'_>, old_path: &Path, new_path: &Path) {
        let Bodies { types, old, new } = bodies;
        let same_bytes = &mut self.same_bytes;
        let aligned = align(&names(old), &names(new), |a, b| {
            match (member(old, a), member(new, b)) {
                (Member::Field(a), Member::Field(b)) => same_bytes.fields(a, b),
                _ => false,
            }
        });
        let pairs = aligned.pairs;
        let is_last = self.is_last(types);
        let old_kept = pairs
            .both
            .iter()
            .map(|(a, _)| a)
            .filter(|at| is_sent(old, **at))
            .max();
        let new_kept = pairs
            .both
            .iter()
            .map(|(_, b)| b)
            .filter(|at| is_sent(new, **at))
            .max();
        let removed_at_end = pairs.removed.iter().any(|index| Some(index) > old_kept);
        let added_at_end = pairs.added.iter().any(|index| Some(index) > new_kept);
        for index in &pairs.removed {
            let member = member(old, *index);
            let at_end = is_last && !added_at_end && Some(index) > old_kept;
            let path = inside(old_path, member.name());
            let message = format!("{} `{}` is removed", kind(member), path.join("."));
            let readers = if at_end { Readers::Old } else { Readers::Both };
            let places = Places::removed(path);
            if has_bytes(self.old.model, member) {
                self.report_in(types, readers, ChangeCode::FieldRemoved, message, places)
            } else {
                self.report(ChangeCode::Regrouped, message, places)
            }
        }
        for index in &pairs.added {
            let member = member(new, *index);
            let at_end = is_last && !removed_at_end && Some(index) > new_kept;
            let path = inside(new_path, member.name());
            let verb = if at_end { "appended" } else { "inserted" };
            let message = format!("{} `{}` is {verb}", kind(member), path.join("."));
            let readers = if at_end { Readers::New } else { Readers::Both };
            let places = Places::added(path);
            if has_bytes(self.new.model, member) {
                self.report_in(types, readers, ChangeCode::FieldInserted, message, places)
            } else {
                self.report(ChangeCode::Regrouped, message, places)
            }
        }
        for pair in pairs.both {
            if aligned.moved.contains(&pair) {
                self.report_moved(bodies, (old_path, new_path), pair);
            }
            self.compare_member(bodies, (old_path, new_path), pair);
        }
    }

    fn report_moved(&mut self, bodies: Bodies<'_>, paths: (&Path, &Path), pair: (usize, usize)) {
        let (a, b) = (member(bodies.old, pair.0), member(bodies.new, pair.1));
        if has_bytes(self.old.model, a) && has_bytes(self.new.model, b) {
            let path = inside(paths.1, b.name());
            let place = match pair.1.checked_sub(1) {
                Some(before) => format!("after `{}`", member(bodies.new, before).name()),
                None => "first".to_owned(),
            };
            let message = format!("{} `{}` moves; it comes {place}", kind(b), path.join("."));
            let places = Places::both(inside(paths.0, a.name()), path);
            self.report_in(
                bodies.types,
                Readers::Both,
                ChangeCode::FieldMoved,
                message,
                places,
            );
        }
    }

    fn compare_member(&mut self, bodies: Bodies<'_>, paths: (&Path, &Path), pair: (usize, usize)) {
        let (a, b) = (member(bodies.old, pair.0), member(bodies.new, pair.1));
        let (old_path, new_path) = (inside(paths.0, a.name()), inside(paths.1, b.name()));
        let name = new_path.join(".");
        let places = Places::both(old_path, new_path);
        self.compare_member_names(kind(b), a.name(), b.name(), &places);
        match (a, b) {
            (Member::Field(a), Member::Field(b)) => self.compare_fields(bodies, a, b, &places),
            (Member::Switch(a), Member::Switch(b)) => self.compare_switches(bodies, a, b, &places),
            _ => {
                let message = format!("`{name}` is a {} instead of a {}", kind(b), kind(a));
                let code = ChangeCode::FieldType;
                self.report_in(bodies.types, Readers::Both, code, message, places);
            }
        }
    }

    pub(super) fn compare_member_names(
        &mut self,
        kind: &str,
        old: &str,
        new: &str,
        places: &Places,
    ) {
        if old != new {
            let path = |path: &Option<Path>| path.as_deref().unwrap_or_default().join(".");
            let (old, new) = (path(&places.old), path(&places.new));
            let message = format!("{kind} `{old}` is renamed to `{new}`");
            self.report(ChangeCode::FieldRenamed, message, places.clone());
        }
    }
}

/// The member with this index, which the comparison has found in the body.
fn member(body: &Struct, index: usize) -> &Member {
    match body.members.get(index) {
        Some(member) => member,
        None => unreachable!("members are compared by their indexes in the body"),
    }
}

fn is_sent(body: &Struct, index: usize) -> bool {
    member(body, index).is_on_wire()
}

/// Whether a body is a struct or a `message` with a name of its own.
pub(super) fn has_name(body: &Struct) -> bool {
    !matches!(body.origin, Origin::Body { .. })
}

fn path(model: &Model, body: &Struct) -> Path {
    let names = model.path(body).into_iter();
    names.map(str::to_owned).collect()
}

fn names(body: &Struct) -> Vec<&str> {
    body.members.iter().map(Member::name).collect()
}

fn kind(member: &Member) -> &'static str {
    match member {
        Member::Field(_) => "field",
        Member::Switch(_) => "switch",
    }
}

fn has_bytes(model: &Model, member: &Member) -> bool {
    match member {
        Member::Field(field) => !is_empty(model, field),
        Member::Switch(_) => true,
    }
}
