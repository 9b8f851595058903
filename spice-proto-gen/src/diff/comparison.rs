//! The state of a comparison: the pairs of types to compare, and the changes so far.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::bodies::has_name;
use super::same_bytes::SameBytes;
use super::usage::{Usage, usage};
use super::{Break, Change, ChangeCode, Peer, Version};
use crate::model::{Model, Side, TypeDef, TypeId};

/// Names that lead to a place, as [`SpanIndex::find`] takes them.
pub(super) type Path = Vec<String>;

/// A pair of places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Places {
    pub old: Option<Path>,
    pub new: Option<Path>,
}

impl Places {
    /// A place that both versions have.
    pub const fn both(old: Path, new: Path) -> Self {
        Self {
            old: Some(old),
            new: Some(new),
        }
    }

    /// A place that only the old version has.
    pub const fn removed(old: Path) -> Self {
        Self {
            old: Some(old),
            new: None,
        }
    }

    /// A place that only the new version has.
    pub const fn added(new: Path) -> Self {
        Self {
            old: None,
            new: Some(new),
        }
    }
}

/// The type that has a change, in both versions.
pub(super) type TypePair = (TypeId, TypeId);

/// The readers that a change breaks, if messages with it are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    None,
    Old,
    New,
    Both,
}

pub(super) struct Comparison<'m> {
    pub old: Version<'m>,
    pub new: Version<'m>,
    old_usage: Vec<Usage>,
    new_usage: Vec<Usage>,
    pub same_bytes: SameBytes<'m>,
    old_names: HashSet<&'m str>,
    new_names: HashSet<&'m str>,
    /// Pairs of types to compare.
    types: Vec<TypePair>,
    /// All pairs of types so far.
    seen: HashSet<TypePair>,
    pub channels: HashSet<(usize, usize)>,
    changes: Vec<Change>,
    /// The changes so far, to report those of inherited messages once.
    reported: HashSet<(ChangeCode, String)>,
}

impl<'m> Comparison<'m> {
    pub fn new(old: Version<'m>, new: Version<'m>) -> Self {
        Self {
            old,
            new,
            old_usage: usage(old.model),
            new_usage: usage(new.model),
            same_bytes: SameBytes::new(old.model, new.model),
            old_names: names(old.model),
            new_names: names(new.model),
            types: Vec::new(),
            seen: HashSet::new(),
            channels: HashSet::new(),
            changes: Vec::new(),
            reported: HashSet::new(),
        }
    }

    /// All changes, in descending order of impact, then in the order of the new version.
    pub fn changes(mut self) -> Vec<Change> {
        self.compare_protocols();
        self.compare_types();
        self.compare_unused_types();
        self.compare_types();
        self.changes.sort_by_key(|change| {
            let place = change.new.or(change.old);
            (Reverse(change.code.impact()), place)
        });
        self.changes
    }

    /// Compares two types later, unless they have been compared.
    pub fn enqueue(&mut self, old: TypeId, new: TypeId) {
        if self.seen.insert((old, new)) {
            self.types.push((old, new));
        }
    }

    fn compare_types(&mut self) {
        while let Some((old, new)) = self.types.pop() {
            let (old_model, new_model) = (self.old.model, self.new.model);
            match (old_model.definition(old), new_model.definition(new)) {
                (TypeDef::Struct(a), TypeDef::Struct(b)) => self.compare_bodies((old, new), a, b),
                (TypeDef::Enum(a), TypeDef::Enum(b)) => self.compare_enums((old, new), a, b),
                _ => unreachable!("two structs or two enums are compared"),
            }
        }
    }

    /// Compares enums, and structs that no message uses, by their names if they are not compared yet:
    /// programs may encode them on their own.
    fn compare_unused_types(&mut self) {
        let (old_model, new_model) = (self.old.model, self.new.model);
        let is_used = |usage: &[Usage], id: TypeId| usage.get(id.0).is_some_and(Usage::is_used);
        let olds: HashSet<TypeId> = self.seen.iter().map(|(old, _)| *old).collect();
        let news: HashSet<TypeId> = self.seen.iter().map(|(_, new)| *new).collect();
        let new_names: HashMap<_, _> = type_names(new_model).collect();
        for (key, old) in type_names(old_model) {
            match new_names.get(&key) {
                _ if olds.contains(&old) => {}
                Some(new) if news.contains(new) => {}
                Some(new) => {
                    let (is_enum, _) = key;
                    let used = is_used(&self.old_usage, old) || is_used(&self.new_usage, *new);
                    if is_enum || !used {
                        self.enqueue(old, *new);
                    }
                }
                None if is_used(&self.old_usage, old) => {}
                None => {
                    let places = Places::removed(vec![key.1.to_owned()]);
                    let message = format!("type `{}` is removed; no message used it", key.1);
                    self.report(ChangeCode::UnusedTypeRemoved, message, places);
                }
            }
        }
    }

    /// Whether the new version has a type instead of another with this name.
    pub fn is_renamed(&self, old: &str, new: &str) -> bool {
        old != new && !self.new_names.contains(old) && !self.old_names.contains(new)
    }

    /// Reports a change that breaks nobody.
    pub fn report(&mut self, code: ChangeCode, message: String, places: Places) {
        self.push(code, message, places, Vec::new(), None);
    }

    /// Reports a change in a type, which breaks `readers`.
    pub fn report_in(
        &mut self,
        (old, new): TypePair,
        readers: Readers,
        code: ChangeCode,
        message: String,
        places: Places,
    ) {
        let unused = Usage::default();
        let old = self.old_usage.get(old.0).unwrap_or(&unused);
        let new = self.new_usage.get(new.0).unwrap_or(&unused);
        // Programs may encode types on their own that no message uses.
        let is_used = old.is_used() && new.is_used();
        let mut breaks = Vec::new();
        for sender in Side::ALL {
            // The old reader reads new bytes.
            for (peer, reader, usage) in [
                (Peer::Old, Readers::Old, new),
                (Peer::New, Readers::New, old),
            ] {
                let breaks_reader = readers == reader || readers == Readers::Both;
                if breaks_reader && (!is_used || usage.message(sender).is_some()) {
                    breaks.push(Break {
                        reader: peer,
                        sender,
                    });
                }
            }
        }
        let mut sides = Side::ALL.into_iter();
        let example = sides.find_map(|side| new.message(side).or(old.message(side)));
        let example = example.map(str::to_owned);
        self.push(code, message, places, breaks, example);
    }

    pub fn push(
        &mut self,
        code: ChangeCode,
        message: String,
        places: Places,
        breaks: Vec<Break>,
        example: Option<String>,
    ) {
        let find = |version: Version<'_>, path: &Option<Path>| version.spans.find(path.as_ref()?);
        let (old, new) = (find(self.old, &places.old), find(self.new, &places.new));
        if self.reported.insert((code, message.clone())) {
            self.changes.push(Change {
                code,
                message,
                old,
                new,
                breaks,
                example,
            });
        }
    }

    /// Whether a body is, in all messages of both versions, at the end of a block.
    pub fn is_last(&self, (old, new): TypePair) -> bool {
        let nested = |usage: Option<&Usage>| usage.is_none_or(|usage| usage.nested);
        let is_used = |usage: Option<&Usage>| usage.is_some_and(Usage::is_used);
        let (old, new) = (self.old_usage.get(old.0), self.new_usage.get(new.0));
        (is_used(old) || is_used(new)) && !nested(old) && !nested(new)
    }
}

fn names(model: &Model) -> HashSet<&str> {
    type_names(model).map(|((_, name), _)| name).collect()
}

/// Enums and structs with a name of their own.
fn type_names(model: &Model) -> impl Iterator<Item = ((bool, &str), TypeId)> {
    let types = model.types.iter().zip(0..);
    types.filter_map(|(found, index)| match found {
        TypeDef::Enum(found) => Some(((true, found.name.as_str()), TypeId(index))),
        TypeDef::Struct(found) if has_name(found) => {
            Some(((false, found.name.as_str()), TypeId(index)))
        }
        TypeDef::Alias(_) | TypeDef::Struct(_) => None,
    })
}

/// The path to a name inside of `path`.
pub(super) fn inside(path: &Path, name: &str) -> Path {
    let mut path = path.clone();
    path.push(name.to_owned());
    path
}
