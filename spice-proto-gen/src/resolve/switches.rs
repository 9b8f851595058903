//! Resolves switches: their discriminants and cases.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Resolver;
use super::arrays::not_a_number;
use super::attributes;
use super::layout;
use super::rejection::{Checked, Rejection};
use super::scope::{MemberNames, Scope, StructDraft};
use super::types::describe;
use crate::ast::{self, Name};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    Case, Discriminant, FieldRef, Label, Member, Switch, Type, TypeId, TypeRef, enum_of, struct_of,
};
use crate::span::Span;

/// The most items that a diagnostic lists.
const MAX_LISTED_ITEMS: usize = 12;

impl<'a> Resolver<'a> {
    /// Resolves a switch, except for its variants.
    pub(super) fn switch(
        &mut self,
        draft: &mut StructDraft<'a>,
        source: &'a ast::Switch<'a>,
    ) -> Switch {
        if source.cases.is_empty() {
            self.diagnostics.push(empty_switch(&source.name));
        }
        let discriminant = self.discriminant(draft, &source.path);
        let discriminant = self.accept(discriminant).map(|(discriminant, alias)| {
            self.check_discriminant(&source.path, alias);
            discriminant
        });
        let mut seen = SeenLabels::default();
        let mut cases = Vec::with_capacity(source.cases.len());
        for (index, case) in source.cases.iter().enumerate() {
            let live = seen.default.is_none();
            self.diagnostics.extend(seen.unreachable_case(case));
            let labels = self.labels(&mut seen, case, discriminant.as_ref());
            let field = self.field(draft, &case.field, Some(index));
            cases.push(Case {
                labels,
                field,
                segment: None,
                live,
            });
        }
        let (size, contains) = layout::switch_layout(&self.types, &cases);
        Switch {
            name: source.name.text.to_owned(),
            docs: source.docs.clone(),
            attributes: attributes::to_model(&source.attributes),
            // Without a discriminant there is an error, so no model.
            discriminant: discriminant.unwrap_or(Discriminant {
                path: Vec::new(),
                ty: TypeId(0),
                flags: false,
                implied: false,
            }),
            cases,
            variants: Vec::new(),
            stored: true,
            size,
            contains,
        }
    }

    /// Follows a path of names to the discriminant. Also returns the typedef that is its type, if it is one.
    fn discriminant(
        &self,
        draft: &StructDraft<'a>,
        source: &[Name],
    ) -> Checked<(Discriminant, Option<TypeId>)> {
        let Some((first, rest)) = source.split_first() else {
            unreachable!("the grammar requires a name");
        };
        let mut step = PathStep {
            names: &draft.names,
            members: &draft.members,
            index: self.first_index(draft, first)?,
            name: first,
        };
        let mut path = vec![step.index];
        for name in rest {
            let id = match step.ty(STRUCT_REQUIRED)?.ty {
                Type::Struct(id) => id,
                ty => return Err(step.wrong_type(describe(ty), STRUCT_REQUIRED)),
            };
            let Scope::Members(names) = self.scope(id) else {
                unreachable!("the scope of a struct has members");
            };
            let nested = struct_of(&self.types, id);
            let index = names.member(name.text).ok_or_else(|| {
                let place = format!("`{}`", nested.name);
                self.unknown_discriminant(name, names, nested.members.len(), &place)
            })?;
            step = PathStep {
                names,
                members: &nested.members,
                index,
                name,
            };
            path.push(index);
        }
        let TypeRef { alias, ty } = step.ty(ENUM_REQUIRED)?;
        match ty {
            Type::Enum(ty) => {
                let flags = enum_of(&self.types, ty).flags;
                let discriminant = Discriminant {
                    path,
                    ty,
                    flags,
                    implied: false,
                };
                Ok((discriminant, alias))
            }
            _ => Err(step.wrong_type(describe(ty), ENUM_REQUIRED)),
        }
    }

    /// The index of the member that a path begins with.
    fn first_index(&self, draft: &StructDraft<'a>, name: &Name) -> Checked<usize> {
        let here = draft.next();
        let Some(member) = draft.names.member(name.text) else {
            let place = "this struct or message";
            return Err(self.unknown_discriminant(name, &draft.names, here, place));
        };
        if member < here {
            return Ok(member);
        }
        let defined = draft.names.name(FieldRef::member(member));
        let message = format!("`{}` comes after the switch that depends on it", name.text);
        Err(Diagnostic::new(Code::DiscriminantLater, name.span, message)
            .label("not read yet")
            .also(defined.span, "defined here")
            .help(format!("move `{}` before the switch", name.text))
            .into())
    }

    fn unknown_discriminant(
        &self,
        name: &Name,
        names: &MemberNames<'_>,
        before: usize,
        place: &str,
    ) -> Rejection {
        let message = format!("there is no field `{}` in {place}", name.text);
        let diagnostic =
            Diagnostic::new(Code::UnknownDiscriminant, name.span, message).label("not defined");
        let candidates = names.members_before(before);
        self.suggester.suggest(diagnostic, name, candidates).into()
    }

    /// Resolves the labels of a case. Without a known discriminant the items do not matter.
    fn labels(
        &mut self,
        seen: &mut SeenLabels<'a>,
        case: &'a ast::Case<'a>,
        discriminant: Option<&Discriminant>,
    ) -> Vec<Label> {
        let mut labels = Vec::with_capacity(case.labels.len());
        for source in &case.labels {
            self.diagnostics.extend(seen.add(source));
            labels.push(match source {
                ast::Label::Default(_) => Label::Default,
                ast::Label::Item { negated, item } => Label::Item {
                    item: discriminant.map_or(0, |found| self.label(found, *negated, item)),
                    negated: negated.is_some(),
                },
            });
        }
        labels
    }

    fn label(&mut self, discriminant: &Discriminant, negated: Option<Span>, name: &Name) -> usize {
        if let Some(not) = negated.filter(|_| !discriminant.flags) {
            self.diagnostics.push(negated_enum_case(not, name));
        }
        let found = self.item(discriminant.ty, name);
        let Some(index) = self.accept(found) else {
            return 0;
        };
        self.check_label(name);
        let items = &enum_of(&self.types, discriminant.ty).items;
        if items.get(index).is_some_and(|item| item.deprecated) {
            let definition = self.type_span(discriminant.ty);
            self.diagnostics.push(deprecated_case(name, definition));
        }
        index
    }

    /// Finds the item of a case.
    fn item(&self, ty: TypeId, name: &Name) -> Checked<usize> {
        let Scope::Items(names) = self.scope(ty) else {
            unreachable!("the scope of an enum has items");
        };
        names.first(name.text).ok_or_else(|| {
            let found = enum_of(&self.types, ty);
            let items = found.items.iter().map(|item| item.name.as_str());
            let mut list: Vec<String> = items
                .clone()
                .take(MAX_LISTED_ITEMS)
                .map(|item| format!("`{item}`"))
                .collect();
            if found.items.len() > MAX_LISTED_ITEMS {
                list.push("…".to_owned());
            }
            let message = format!("`{}` has no item `{}`", found.name, name.text);
            let diagnostic = Diagnostic::new(Code::UnknownCase, name.span, message)
                .label("not an item")
                .also(self.type_span(ty), "the type of the discriminant")
                .help(format!("its items are {}", list.join(" ")));
            self.suggester.suggest(diagnostic, name, items).into()
        })
    }
}

fn empty_switch(name: &Name) -> Diagnostic {
    let message = format!("`{}` has no cases", name.text);
    Diagnostic::new(Code::EmptySwitch, name.span, message)
        .label("empty")
        .help("give it a case, or leave it out")
}

fn deprecated_case(name: &Name, definition: Span) -> Diagnostic {
    let message = format!("`{}` is deprecated", name.text);
    Diagnostic::new(Code::DeprecatedItem, name.span, message)
        .label("a case on a deprecated item")
        .also(definition, "deprecated in this type")
}

fn negated_enum_case(not: Span, name: &Name) -> Diagnostic {
    let message = format!("`!{}` on an enum: only flags can be clear", name.text);
    Diagnostic::new(Code::NegatedEnumCase, not.to(name.span), message)
        .label("not possible on an enum")
        .suggest("leave out the `!`", not, "")
}

/// The labels of a switch so far.
#[derive(Default)]
struct SeenLabels<'a> {
    items: HashMap<(&'a str, bool), Span>,
    default: Option<Span>,
}

impl<'a> SeenLabels<'a> {
    /// Adds a label, or reports it if it is repeated.
    fn add(&mut self, label: &'a ast::Label<'a>) -> Option<Diagnostic> {
        let span = label_span(label);
        let first = match label {
            ast::Label::Default(_) => match self.default {
                Some(first) => first,
                None => {
                    self.default = Some(span);
                    return None;
                }
            },
            ast::Label::Item { negated, item } => {
                match self.items.entry((item.text, negated.is_some())) {
                    Entry::Occupied(first) => *first.get(),
                    Entry::Vacant(place) => {
                        place.insert(span);
                        return None;
                    }
                }
            }
        };
        Some(
            Diagnostic::new(Code::RepeatedCase, span, "this case is repeated")
                .label("repeated here")
                .also(first, "first used here")
                .help("leave one of the two out"),
        )
    }

    /// Reports a case after `default`, unless it is a second `default`, which is reported as repeated.
    fn unreachable_case(&self, case: &ast::Case) -> Option<Diagnostic> {
        let default = self.default?;
        let is_default = |label: &ast::Label| matches!(label, ast::Label::Default(_));
        if case.labels.iter().any(is_default) {
            return None;
        }
        let label = case.labels.first()?;
        let message = format!("`{}` can never be reached", case.field.name.text);
        Some(
            Diagnostic::new(Code::DeadCase, label_span(label), message)
                .label("never chosen")
                .also(default, "`default` matches every value")
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

const ENUM_REQUIRED: &str = "must be an enum or flags field";
const STRUCT_REQUIRED: &str = "must be a struct field, not a pointer or an array";

/// One name of the path to a discriminant.
struct PathStep<'s, 'a> {
    names: &'s MemberNames<'a>,
    members: &'s [Member],
    index: usize,
    name: &'s Name<'s>,
}

impl PathStep<'_, '_> {
    /// The type of the member. It must be a field that is neither a pointer nor an array nor a constant.
    fn ty(&self, requirement: &str) -> Checked<TypeRef> {
        if self.names.is_unknown(self.place()) {
            return Err(Rejection::Reported);
        }
        match self.members.get(self.index) {
            Some(Member::Field(field)) => match not_a_number(field) {
                None => Ok(field.ty),
                Some(kind) => Err(self.wrong_type(kind, requirement)),
            },
            Some(Member::Switch(_)) => Err(self.wrong_type("a switch", requirement)),
            None => unreachable!("the member has been resolved"),
        }
    }

    fn wrong_type(&self, kind: &str, requirement: &str) -> Rejection {
        let Name { text, span } = self.name;
        let message = format!("a switch cannot depend on `{text}`: it is {kind}");
        Diagnostic::new(Code::DiscriminantType, *span, message)
            .label(requirement)
            .also(self.names.name(self.place()).span, "defined here")
            .into()
    }

    const fn place(&self) -> FieldRef {
        FieldRef::member(self.index)
    }
}
