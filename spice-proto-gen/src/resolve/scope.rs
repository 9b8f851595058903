//! The names inside a type: the items of an enum, the members of a struct or message.

use std::collections::BTreeSet;

use crate::ast::{self, Name};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Field, FieldRef, Member};

/// The names inside a type.
#[derive(Debug)]
pub(super) enum Scope<'a> {
    /// A typedef has none.
    Alias,
    /// A typedef of an unknown type. Uses of it are not reported.
    Unknown,
    /// The items of an enum or flags type, with their indexes.
    Items(NameIndex<'a, usize>),
    /// The members of a struct or message.
    Members(MemberNames<'a>),
}

/// Finds values by name. Sorted, which takes less memory and time than a hash table of this size.
#[derive(Debug)]
pub(super) struct NameIndex<'a, T>(Vec<(&'a Name<'a>, T)>);

impl<'a, T: Copy + Ord> NameIndex<'a, T> {
    /// Indexes values, which are in source order if they are sorted.
    pub(super) fn new(mut entries: Vec<(&'a Name<'a>, T)>) -> Self {
        entries.sort_unstable_by_key(|(name, value)| (name.text, *value));
        Self(entries)
    }

    /// The first value with a name.
    pub(super) fn first(&self, name: &str) -> Option<T> {
        self.all(name).first().map(|(_, first)| *first)
    }

    /// All values with a name, in order.
    fn all(&self, name: &str) -> &[(&'a Name<'a>, T)] {
        let start = self.0.partition_point(|(found, _)| found.text < name);
        let (_, rest) = self.0.split_at(start);
        let end = rest.partition_point(|(found, _)| found.text == name);
        rest.split_at(end).0
    }

    /// The names that are not the first of their text, each with the first.
    pub(super) fn repeated(&self) -> impl Iterator<Item = (&'a Name<'a>, &'a Name<'a>)> {
        let same_text = self.0.chunk_by(|(a, _), (b, _)| a.text == b.text);
        same_text.flat_map(|same| {
            let (first, others) = match same {
                [(first, _), others @ ..] => (*first, others),
                [] => unreachable!("chunks are not empty"),
            };
            others.iter().map(move |(name, _)| (*name, first))
        })
    }
}

/// The names of the members of a struct or message, and of the fields in its switches.
#[derive(Debug)]
pub(super) struct MemberNames<'a> {
    source: &'a [ast::Member<'a>],
    members: NameIndex<'a, usize>,
    /// Several cases can have fields of one name.
    case_fields: NameIndex<'a, FieldRef>,
    /// Fields of unknown types. Uses of them are not reported.
    unknown: BTreeSet<FieldRef>,
}

impl<'a> MemberNames<'a> {
    /// Collects names, and reports members of the same name.
    pub(super) fn new(source: &'a [ast::Member<'a>], diagnostics: &mut Vec<Diagnostic>) -> Self {
        let members = source.iter().enumerate();
        let members = members.map(|(index, member)| (member_name(member), index));
        let names = Self {
            source,
            members: NameIndex::new(members.collect()),
            case_fields: NameIndex::new(case_fields(source).collect()),
            unknown: BTreeSet::new(),
        };
        let repeated = names.members.repeated();
        diagnostics.extend(repeated.map(|(name, first)| duplicate_member(name, first)));
        names
    }

    /// The index of a member.
    pub(super) fn member(&self, name: &str) -> Option<usize> {
        self.members.first(name)
    }

    /// The name of a member or of a case's field.
    pub(super) fn name(&self, place: FieldRef) -> &'a Name<'a> {
        match (self.source.get(place.member), place.case) {
            (Some(member), None) => member_name(member),
            (Some(ast::Member::Switch(switch)), Some(case)) => match switch.cases.get(case) {
                Some(case) => &case.field.name,
                None => unreachable!("{place:?} is a case of the switch"),
            },
            (None, _) | (Some(ast::Member::Field(_)), Some(_)) => {
                unreachable!("{place:?} is a member, or a case of a switch")
            }
        }
    }

    /// The fields in switches with a name, in source order.
    pub(super) fn in_cases(&self, name: &str) -> &[(&'a Name<'a>, FieldRef)] {
        self.case_fields.all(name)
    }

    /// The names of the first `count` members, and of the fields in their cases.
    pub(super) fn before(&self, count: usize) -> impl Iterator<Item = &'a str> {
        self.source.iter().take(count).flat_map(|member| {
            let cases = match member {
                ast::Member::Field(_) => [].as_slice(),
                ast::Member::Switch(switch) => switch.cases.as_slice(),
            };
            let fields = cases.iter().map(|case| case.field.name.text);
            std::iter::once(member_name(member).text).chain(fields)
        })
    }

    /// The names of the first `count` members.
    pub(super) fn members_before(&self, count: usize) -> impl Iterator<Item = &'a str> {
        let members = self.source.iter().take(count);
        members.map(|member| member_name(member).text)
    }

    /// Marks the type of a field as unknown.
    pub(super) fn mark_unknown(&mut self, place: FieldRef) {
        self.unknown.insert(place);
    }

    /// Whether the type of a field is unknown.
    pub(super) fn is_unknown(&self, place: FieldRef) -> bool {
        self.unknown.contains(&place)
    }
}

fn case_fields<'a>(
    source: &'a [ast::Member<'a>],
) -> impl Iterator<Item = (&'a Name<'a>, FieldRef)> {
    let members = source.iter().enumerate();
    let switches = members.filter_map(|(member, found)| match found {
        ast::Member::Switch(switch) => Some((member, switch)),
        ast::Member::Field(_) => None,
    });
    switches.flat_map(|(member, switch)| {
        let cases = switch.cases.iter().enumerate();
        cases.map(move |(case, found)| (&found.field.name, FieldRef::case(member, case)))
    })
}

fn duplicate_member(name: &Name, first: &Name) -> Diagnostic {
    let message = format!("two members are named `{}`", name.text);
    Diagnostic::new(Code::DuplicateMember, name.span, message)
        .label("repeated here")
        .also(first.span, "first defined here")
        .help("rename one of the two")
}

fn member_name<'a>(member: &'a ast::Member<'a>) -> &'a Name<'a> {
    match member {
        ast::Member::Field(field) => &field.name,
        ast::Member::Switch(switch) => &switch.name,
    }
}

/// A struct or message whose members are being resolved.
#[derive(Debug)]
pub(super) struct StructDraft<'a> {
    /// The members that are complete.
    pub(super) members: Vec<Member>,
    /// The names of all members.
    pub(super) names: MemberNames<'a>,
}

impl StructDraft<'_> {
    /// The index of the member that is being resolved.
    pub(super) const fn next(&self) -> usize {
        self.members.len()
    }

    /// A complete field, or None if `place` is a switch.
    pub(super) fn field(&self, place: FieldRef) -> Option<&Field> {
        match (self.members.get(place.member), place.case) {
            (Some(Member::Field(field)), None) => Some(field),
            (Some(Member::Switch(_)), None) => None,
            (Some(Member::Switch(switch)), Some(case)) => match switch.cases.get(case) {
                Some(case) => Some(&case.field),
                None => unreachable!("{place:?} is a case of the switch"),
            },
            (None, _) | (Some(Member::Field(_)), Some(_)) => {
                unreachable!("{place:?} is a complete member, or a case of one")
            }
        }
    }
}
