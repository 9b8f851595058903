//! What can be named inside a type: the items of an enum, the members of a body.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::ast;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{CountRef, Field, Member};

/// The names inside a type.
#[derive(Debug)]
pub(super) enum Scope<'a> {
    /// A typedef has none.
    Alias,
    /// A typedef of something unknown, which was reported: what depends on it is silent.
    Unknown,
    /// The items of an enum or flags type, with their indexes.
    Items(HashMap<&'a str, usize>),
    /// The members of a body.
    Body(BodyNames<'a>),
}

/// The names of a body's members and of the fields in its switches.
#[derive(Debug)]
pub(super) struct BodyNames<'a> {
    source: &'a [ast::Member],
    members: HashMap<&'a str, usize>,
    /// Several cases may use one name; in source order.
    cases: HashMap<&'a str, Vec<CountRef>>,
    /// Fields whose type is unknown, which was reported: what depends on them is silent.
    unknown: HashSet<CountRef>,
}

impl<'a> BodyNames<'a> {
    /// Collects the names of a body.
    pub(super) fn collect(source: &'a [ast::Member], findings: &mut Vec<Diagnostic>) -> Self {
        let mut names = Self {
            source,
            members: HashMap::new(),
            cases: HashMap::new(),
            unknown: HashSet::new(),
        };
        let mut places = HashMap::new();
        for (index, member) in source.iter().enumerate() {
            let name = member_name(member);
            match places.entry(name.text.as_str()) {
                Entry::Occupied(first) => findings.push(
                    Diagnostic::new(
                        Code::DuplicateMember,
                        name.span,
                        format!("there are two members `{}`", name.text),
                    )
                    .label("once more here")
                    .also(*first.get(), "first defined here")
                    .help("rename one of the two"),
                ),
                Entry::Vacant(place) => {
                    place.insert(name.span);
                    names.members.insert(&name.text, index);
                }
            }
            names.collect_cases(index, member);
        }
        names
    }

    fn collect_cases(&mut self, index: usize, member: &'a ast::Member) {
        let ast::Member::Switch(switch) = member else {
            return;
        };
        for (case, found) in switch.cases.iter().enumerate() {
            let place = CountRef {
                member: index,
                case: Some(case),
            };
            self.cases
                .entry(&found.field.name.text)
                .or_default()
                .push(place);
        }
    }

    /// The index of a member.
    pub(super) fn member(&self, name: &str) -> Option<usize> {
        self.members.get(name).copied()
    }

    /// The name of a member or of a case's field, as it was written.
    pub(super) fn name(&self, place: CountRef) -> Option<&'a ast::Name> {
        let member = self.source.get(place.member)?;
        match (member, place.case) {
            (ast::Member::Switch(switch), Some(case)) => Some(&switch.cases.get(case)?.field.name),
            _ => Some(member_name(member)),
        }
    }

    /// The places in switches where a field has this name, in source order.
    pub(super) fn in_cases(&self, name: &str) -> &[CountRef] {
        self.cases.get(name).map_or(&[], Vec::as_slice)
    }

    /// The names that stand before a member: of members and of fields in cases.
    pub(super) fn before(&self, index: usize) -> impl Iterator<Item = &'a str> {
        self.source.iter().take(index).flat_map(|member| {
            let cases: &[ast::Case] = match member {
                ast::Member::Field(_) => &[],
                ast::Member::Switch(switch) => &switch.cases,
            };
            let fields = cases.iter().map(|case| case.field.name.text.as_str());
            std::iter::once(member_name(member).text.as_str()).chain(fields)
        })
    }

    /// The names of the members before one.
    pub(super) fn members_before(&self, index: usize) -> impl Iterator<Item = &'a str> {
        let before = self.source.iter().take(index);
        before.map(|member| member_name(member).text.as_str())
    }

    /// Notes that the type of a field is unknown.
    pub(super) fn mark_unknown(&mut self, place: CountRef) {
        self.unknown.insert(place);
    }

    /// Whether the type of a field is unknown.
    pub(super) fn is_unknown(&self, place: CountRef) -> bool {
        self.unknown.contains(&place)
    }
}

fn member_name(member: &ast::Member) -> &ast::Name {
    match member {
        ast::Member::Field(field) => &field.name,
        ast::Member::Switch(switch) => &switch.name,
    }
}

/// A body while it is resolved: the members that are complete, and the names of all.
#[derive(Debug)]
pub(super) struct Body<'a> {
    /// The members before the one that is being resolved.
    pub(super) members: Vec<Member>,
    /// The names of all members.
    pub(super) names: BodyNames<'a>,
}

impl Body<'_> {
    /// The index of the member that is being resolved.
    pub(super) fn next(&self) -> usize {
        self.members.len()
    }

    /// A field that is complete, directly or in a switch.
    pub(super) fn field(&self, place: CountRef) -> Option<&Field> {
        match (self.members.get(place.member)?, place.case) {
            (Member::Field(field), None) => Some(field),
            (Member::Switch(switch), Some(case)) => Some(&switch.cases.get(case)?.field),
            _ => None,
        }
    }
}
