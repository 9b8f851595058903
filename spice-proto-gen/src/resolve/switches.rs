//! Pass: switches. What they depend on and which cases they have.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Resolver;
use super::arrays::no_plain_field;
use super::attributes;
use super::fault::{Checked, Fault};
use super::layout;
use super::scope::{Body, BodyNames, Scope};
use super::types::describe;
use crate::ast::{self, Name};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{
    Case, CountRef, Discriminant, Enum, Label, Member, Switch, Type, TypeDef, TypeId,
};
use crate::span::Span;

/// What a switch depends on: member indexes, and the enum or flags type at their end.
struct Subject {
    path: Vec<usize>,
    ty: TypeId,
    flags: bool,
}

impl<'a> Resolver<'a> {
    /// Resolves a switch. Roles and variants are decided when all bodies are known.
    pub(super) fn switch(&mut self, body: &mut Body<'a>, source: &'a ast::Switch<'a>) -> Switch {
        if source.cases.is_empty() {
            self.findings.push(empty_switch(&source.name));
        }
        let subject = self.subject(body, &source.path);
        let subject = self.settle(subject);
        let mut labels = Labels::default();
        let mut cases = Vec::with_capacity(source.cases.len());
        for (index, case) in source.cases.iter().enumerate() {
            let live = labels.default.is_none();
            self.findings.extend(labels.dead(case));
            let labels = self.labels(&mut labels, case, subject.as_ref());
            let field = self.field(body, &case.field, Some(index));
            cases.push(Case {
                labels,
                field,
                segment: None,
                live,
            });
        }
        let (size, contains) = layout::switch_layout(&self.types, &cases);
        let subject = subject.unwrap_or(Subject {
            path: Vec::new(),
            ty: TypeId(0),
            flags: false,
        });
        Switch {
            name: source.name.text.to_owned(),
            docs: source.docs.clone(),
            attributes: attributes::model(&source.attributes),
            discriminant: Discriminant {
                path: subject.path,
                ty: subject.ty,
                flags: subject.flags,
                implied: false,
            },
            cases,
            variants: Vec::new(),
            stored: true,
            size,
            contains,
        }
    }

    /// Follows the path to what a switch depends on.
    fn subject(&self, body: &Body<'a>, source: &[Name]) -> Checked<Subject> {
        let (first, rest) = source.split_first().ok_or(Fault::REPORTED)?;
        let mut step = Step {
            names: &body.names,
            members: &body.members,
            index: self.own_member(body, first)?,
            name: first,
        };
        let mut path = vec![step.index];
        for name in rest {
            let id = match step.ty(INSIDE)? {
                Type::Struct(id) => id,
                ty => return Err(step.wrong(describe(ty), INSIDE)),
            };
            let (Some(Scope::Body(names)), Some(TypeDef::Struct(nested))) =
                (self.scope(id), self.types.get(id.0))
            else {
                return Err(Fault::REPORTED);
            };
            let members = &nested.members;
            let index = names.member(name.text).ok_or_else(|| {
                let place = format!("`{}`", nested.name);
                self.unknown_subject(name, names, members.len(), &place)
            })?;
            step = Step {
                names,
                members,
                index,
                name,
            };
            path.push(index);
        }
        match step.ty(ENUM)? {
            Type::Enum(ty) => Ok(Subject {
                path,
                ty,
                flags: self.enumeration_of(ty).is_some_and(|found| found.flags),
            }),
            ty => Err(step.wrong(describe(ty), ENUM)),
        }
    }

    /// The member with which the path of a switch begins.
    fn own_member(&self, body: &Body<'a>, name: &Name) -> Checked<usize> {
        let here = body.next();
        let Some(index) = body.names.member(name.text) else {
            return Err(self.unknown_subject(name, &body.names, here, "this body"));
        };
        if index >= here {
            return Err(Diagnostic::new(
                Code::DiscriminantLater,
                name.span,
                format!("`{}` comes after the switch that depends on it", name.text),
            )
            .label("not read yet")
            .also(name_span(&body.names, index, name), "defined here")
            .help(format!("move `{}` before the switch", name.text))
            .into());
        }
        Ok(index)
    }

    fn unknown_subject(
        &self,
        name: &Name,
        names: &BodyNames<'_>,
        before: usize,
        body: &str,
    ) -> Fault {
        let finding = Diagnostic::new(
            Code::UnknownDiscriminant,
            name.span,
            format!("there is no field `{}` in {body}", name.text),
        )
        .label("not defined");
        let candidates = names.members_before(before);
        self.nearest.suggest(finding, name, candidates).into()
    }

    fn enumeration_of(&self, id: TypeId) -> Option<&Enum> {
        match self.types.get(id.0) {
            Some(TypeDef::Enum(found)) => Some(found),
            _ => None,
        }
    }

    /// Resolves the labels of a case.
    fn labels(
        &mut self,
        seen: &mut Labels<'a>,
        case: &'a ast::Case<'a>,
        subject: Option<&Subject>,
    ) -> Vec<Label> {
        let mut labels = Vec::with_capacity(case.labels.len());
        for source in &case.labels {
            self.findings.extend(seen.repeated(source));
            labels.push(match source {
                ast::Label::Default(_) => Label::Default,
                ast::Label::Item { negated, item } => Label::Item {
                    // Without a known type the index does not matter.
                    item: subject.map_or(0, |subject| self.label(subject, *negated, item)),
                    negated: negated.is_some(),
                },
            });
        }
        labels
    }

    fn label(&mut self, subject: &Subject, negated: Option<Span>, name: &Name) -> usize {
        if let Some(not) = negated.filter(|_| !subject.flags) {
            self.findings.push(negated_enum_case(not, name));
        }
        let found = self.item(subject, name);
        let Some(index) = self.settle(found) else {
            return 0;
        };
        if self.is_deprecated(subject, index) {
            let definition = self.type_names.get(subject.ty.0).copied();
            self.findings.push(deprecated_case(name, definition));
        }
        index
    }

    /// Finds the item of a case.
    fn item(&self, subject: &Subject, name: &Name) -> Checked<usize> {
        let (Some(Scope::Items(items)), Some(found)) =
            (self.scope(subject.ty), self.enumeration_of(subject.ty))
        else {
            return Err(Fault::REPORTED);
        };
        items.first(name.text).ok_or_else(|| {
            let message = format!("`{}` has no item `{}`", found.name, name.text);
            let definition = self.type_names.get(subject.ty.0).copied();
            let finding = Diagnostic::new(Code::UnknownCase, name.span, message)
                .label("not an item")
                .also(
                    definition.unwrap_or(name.span),
                    "the switch is on this type",
                );
            let list: Vec<String> = found
                .items
                .iter()
                .take(MOST_LISTED)
                .map(|item| format!("`{}`", item.name))
                .collect();
            let more = if found.items.len() > MOST_LISTED {
                " …"
            } else {
                ""
            };
            let finding = finding.help(format!("its items are {}{more}", list.join(" ")));
            let names = found.items.iter().map(|item| item.name.as_str());
            self.nearest.suggest(finding, name, names).into()
        })
    }

    /// Whether an item is out of use.
    fn is_deprecated(&self, subject: &Subject, index: usize) -> bool {
        let item = self
            .enumeration_of(subject.ty)
            .and_then(|found| found.items.get(index));
        item.is_some_and(|item| item.deprecated)
    }
}

fn empty_switch(name: &Name) -> Diagnostic {
    let message = format!("`{}` has no cases", name.text);
    Diagnostic::new(Code::EmptySwitch, name.span, message)
        .label("empty")
        .help("give it a case, or leave it out")
}

fn deprecated_case(name: &Name, definition: Option<Span>) -> Diagnostic {
    Diagnostic::new(
        Code::DeprecatedItem,
        name.span,
        format!("`{}` is deprecated", name.text),
    )
    .label("a case on a deprecated item")
    .also(definition.unwrap_or(name.span), "deprecated in this type")
}

fn negated_enum_case(not: Span, name: &Name) -> Diagnostic {
    Diagnostic::new(
        Code::NegatedEnumCase,
        not.to(name.span),
        format!("`!{}` on an enum: only a flag can be clear", name.text),
    )
    .label("not possible on an enum")
    .suggest("leave out the `!`", not, "")
}

/// The labels of a switch that were seen.
#[derive(Default)]
struct Labels<'a> {
    items: HashMap<(&'a str, bool), Span>,
    default: Option<Span>,
}

impl<'a> Labels<'a> {
    /// Notes a label, and reports it if it was there before.
    fn repeated(&mut self, label: &'a ast::Label<'a>) -> Option<Diagnostic> {
        let first = match label {
            ast::Label::Default(span) => match self.default {
                Some(first) => first,
                None => {
                    self.default = Some(*span);
                    return None;
                }
            },
            ast::Label::Item { negated, item } => {
                match self.items.entry((item.text, negated.is_some())) {
                    Entry::Occupied(first) => *first.get(),
                    Entry::Vacant(place) => {
                        place.insert(label_span(label));
                        return None;
                    }
                }
            }
        };
        Some(
            Diagnostic::new(
                Code::RepeatedCase,
                label_span(label),
                "this case stands twice",
            )
            .label("once more here")
            .also(first, "first here")
            .help("leave one of them out"),
        )
    }

    /// Reports a case behind `default`; a second `default` is reported as that.
    fn dead(&self, case: &ast::Case) -> Option<Diagnostic> {
        let default = self.default?;
        let label = case.labels.first()?;
        if case
            .labels
            .iter()
            .any(|label| matches!(label, ast::Label::Default(_)))
        {
            return None;
        }
        Some(
            Diagnostic::new(
                Code::DeadCase,
                label_span(label),
                format!("`{}` can never be reached", case.field.name.text),
            )
            .label("never chosen")
            .also(default, "this matches always")
            .help("move `default` to the end"),
        )
    }
}

fn label_span(label: &ast::Label) -> Span {
    match label {
        ast::Label::Default(span) => *span,
        ast::Label::Item { negated, item } => {
            negated.map_or(item.span, |negated| negated.to(item.span))
        }
    }
}

/// How many items are listed as help.
const MOST_LISTED: usize = 12;

const ENUM: &str = "must be an enum or flags field";
const INSIDE: &str = "must be a struct that stands in this place";

/// A part of the path to what a switch depends on: a member of some body.
struct Step<'s, 'a> {
    names: &'s BodyNames<'a>,
    members: &'s [Member],
    index: usize,
    name: &'s Name<'s>,
}

impl Step<'_, '_> {
    /// The type of the member, which must be a field with a value of its own on the wire.
    fn ty(&self, must: &str) -> Checked<Type> {
        let place = CountRef {
            member: self.index,
            case: None,
        };
        if self.names.is_unknown(place) {
            return Err(Fault::REPORTED);
        }
        match self.members.get(self.index) {
            Some(Member::Field(field)) => match no_plain_field(field) {
                None => Ok(field.ty.ty),
                Some(what) => Err(self.wrong(what, must)),
            },
            Some(Member::Switch(_)) => Err(self.wrong("a switch", must)),
            None => Err(Fault::REPORTED),
        }
    }

    fn wrong(&self, what: &str, must: &str) -> Fault {
        Diagnostic::new(
            Code::DiscriminantType,
            self.name.span,
            format!(
                "a switch cannot depend on `{}`: it is {what}",
                self.name.text
            ),
        )
        .label(must)
        .also(name_span(self.names, self.index, self.name), "defined here")
        .into()
    }
}

fn name_span(names: &BodyNames<'_>, index: usize, name: &Name) -> Span {
    let place = CountRef {
        member: index,
        case: None,
    };
    names.name(place).map_or(name.span, |found| found.span)
}
