//! What can be named inside a type: the items of an enum, the members of a body.

use std::collections::BTreeSet;

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
    Items(Index<'a, usize>),
    /// The members of a body.
    Body(BodyNames<'a>),
}

/// Things by their names: sorted, which takes less memory and time than hashing what is this small.
#[derive(Debug)]
pub(super) struct Index<'a, T>(Vec<(&'a str, T)>);

impl<'a, T: Copy + Ord> Index<'a, T> {
    /// Sorts things with their names. Those of one name are in their own order.
    pub(super) fn new(mut named: Vec<(&'a str, T)>) -> Self {
        named.sort_unstable();
        Self(named)
    }

    /// The first with a name.
    pub(super) fn first(&self, name: &str) -> Option<T> {
        self.all(name).first().map(|(_, first)| *first)
    }

    /// All with a name.
    fn all(&self, name: &str) -> &[(&'a str, T)] {
        let start = self.0.partition_point(|(found, _)| *found < name);
        let rest = self.0.get(start..).unwrap_or_default();
        let end = rest.partition_point(|(found, _)| *found == name);
        rest.get(..end).unwrap_or_default()
    }

    /// All that are not the first of their name, each with the first.
    pub(super) fn repeated(&self) -> impl Iterator<Item = (T, T)> {
        self.0
            .chunk_by(|(left, _), (right, _)| left == right)
            .flat_map(|same| {
                let first = same.first().map(|(_, first)| *first);
                let others = same.iter().skip(1);
                others.filter_map(move |(_, other)| Some((first?, *other)))
            })
    }
}

/// The names of a body's members and of the fields in its switches.
#[derive(Debug)]
pub(super) struct BodyNames<'a> {
    source: &'a [ast::Member<'a>],
    members: Index<'a, usize>,
    /// Several cases may use one name; in source order.
    cases: Index<'a, CountRef>,
    /// Fields whose type is unknown, which was reported: what depends on them is silent.
    unknown: BTreeSet<CountRef>,
}

impl<'a> BodyNames<'a> {
    /// Collects the names of a body.
    pub(super) fn collect(source: &'a [ast::Member<'a>], findings: &mut Vec<Diagnostic>) -> Self {
        let named = source.iter().enumerate();
        let named = named.map(|(index, member)| (member_name(member).text, index));
        let names = Self {
            source,
            members: Index::new(named.collect()),
            cases: Index::new(cases(source).collect()),
            unknown: BTreeSet::new(),
        };
        for (first, member) in names.members.repeated() {
            let name = |index| source.get(index).map(member_name);
            if let (Some(first), Some(name)) = (name(first), name(member)) {
                findings.push(repeated_name(name, first));
            }
        }
        names
    }

    /// The index of a member.
    pub(super) fn member(&self, name: &str) -> Option<usize> {
        self.members.first(name)
    }

    /// The name of a member or of a case's field, as it was written.
    pub(super) fn name(&self, place: CountRef) -> Option<&'a ast::Name<'a>> {
        let member = self.source.get(place.member)?;
        match (member, place.case) {
            (ast::Member::Switch(switch), Some(case)) => Some(&switch.cases.get(case)?.field.name),
            _ => Some(member_name(member)),
        }
    }

    /// The places in switches where a field has this name, in source order.
    pub(super) fn in_cases(&self, name: &str) -> &[(&'a str, CountRef)] {
        self.cases.all(name)
    }

    /// The names that stand before a member: of members and of fields in cases.
    pub(super) fn before(&self, index: usize) -> impl Iterator<Item = &'a str> {
        self.source.iter().take(index).flat_map(|member| {
            let cases: &[ast::Case] = match member {
                ast::Member::Field(_) => &[],
                ast::Member::Switch(switch) => &switch.cases,
            };
            let fields = cases.iter().map(|case| case.field.name.text);
            std::iter::once(member_name(member).text).chain(fields)
        })
    }

    /// The names of the members before one.
    pub(super) fn members_before(&self, index: usize) -> impl Iterator<Item = &'a str> {
        let before = self.source.iter().take(index);
        before.map(|member| member_name(member).text)
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

/// The names of the fields in a body's switches, with their places.
fn cases<'a>(source: &'a [ast::Member<'a>]) -> impl Iterator<Item = (&'a str, CountRef)> {
    let switches = source.iter().enumerate().filter_map(|(member, found)| {
        let ast::Member::Switch(switch) = found else {
            return None;
        };
        Some((member, switch.cases.iter().enumerate()))
    });
    switches.flat_map(|(member, cases)| {
        cases.map(move |(case, found)| {
            let case = Some(case);
            (found.field.name.text, CountRef { member, case })
        })
    })
}

fn repeated_name(name: &ast::Name, first: &ast::Name) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateMember,
        name.span,
        format!("there are two members `{}`", name.text),
    )
    .label("once more here")
    .also(first.span, "first defined here")
    .help("rename one of the two")
}

fn member_name<'a>(member: &'a ast::Member<'a>) -> &'a ast::Name<'a> {
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
