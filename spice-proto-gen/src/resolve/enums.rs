//! Pass: enums and flags. Gives every item its value.

use std::collections::BTreeMap;

use super::Resolver;
use super::attributes;
use super::names::Target;
use super::numbering::{Counter, Free};
use super::scope::{Index, Scope};
use crate::ast;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{Enum, Item, TypeDef};
use crate::span::Span;

impl<'a> Resolver<'a> {
    /// Resolves `enum…` or `flags…`.
    pub(super) fn enumeration(&mut self, source: &'a ast::Enum<'a>) {
        if source.items.is_empty() {
            self.findings.push(
                Diagnostic::new(
                    Code::EmptyEnum,
                    source.name.span,
                    format!("`{}` has no items", source.name.text),
                )
                .label("empty")
                .help("give it at least one item"),
            );
        }
        let named = source.items.iter().enumerate();
        let named = named.map(|(index, item)| (item.name.text, index));
        let scope = Index::new(named.collect());
        for (first, repeated) in scope.repeated() {
            let name = |index: usize| source.items.get(index).map(|item| &item.name);
            if let (Some(first), Some(name)) = (name(first), name(repeated)) {
                self.findings.push(repeated_name(name, first.span));
            }
        }
        let items = self.items(source, &scope);
        let id = self.add_type(
            source.name.span,
            TypeDef::Enum(Enum {
                name: source.name.text.to_owned(),
                docs: source.docs.clone(),
                attributes: attributes::model(&source.attributes),
                flags: source.flags,
                bytes: source.bits / 8,
                items,
            }),
            Scope::Items(scope),
        );
        self.names.define(&source.name, Target::Type(id));
    }

    fn items(&mut self, source: &'a ast::Enum<'a>, scope: &Index<'a, usize>) -> Vec<Item> {
        let mut counter = Counter::starting_at(0);
        let mut free = free_numbers(source);
        let mut numbers: BTreeMap<i128, &ast::Name> = BTreeMap::new();
        let mut items = Vec::with_capacity(source.items.len());
        for (index, item) in source.items.iter().enumerate() {
            let name = &item.name;
            if is_nameless(name) && scope.first(name.text) == Some(index) {
                self.findings.push(nameless(name));
            }
            let number = counter.take(item.value.as_ref());
            if let Some(finding) = too_wide(source, item, number) {
                if counter.report() {
                    self.findings.push(finding);
                }
            } else if let Some(first) = numbers.get(&number) {
                if counter.report() {
                    let finding = repeated_value(item, number, first);
                    let written = item.value.as_ref();
                    let finding = free.suggest(finding, "number", &item.name, written);
                    self.findings.push(finding);
                }
            } else {
                numbers.insert(number, &item.name);
            }
            items.push(Item {
                name: item.name.text.to_owned(),
                docs: item.docs.clone(),
                value: value(source.flags, number),
                deprecated: attributes::find(&item.attributes, "deprecated").is_some(),
            });
        }
        items
    }
}

/// The value of an item; of one that was reported it does not matter.
fn value(flags: bool, number: i128) -> u32 {
    let number = u32::try_from(number).unwrap_or(0);
    if flags {
        1_u32.checked_shl(number).unwrap_or(0)
    } else {
        number
    }
}

fn number_span(item: &ast::Item) -> Span {
    item.value
        .as_ref()
        .map_or(item.name.span, |number| number.span)
}

/// The largest number of an item of a type.
fn largest(flags: bool, bits: u8) -> i128 {
    match (flags, bits) {
        (true, bits) => i128::from(bits).saturating_sub(1),
        (false, 8) => i128::from(u8::MAX),
        (false, 16) => i128::from(u16::MAX),
        (false, _) => i128::from(u32::MAX),
    }
}

/// The numbers above all that are written or counted.
fn free_numbers(source: &ast::Enum) -> Free {
    let mut counter = Counter::starting_at(0);
    let numbers = source.items.iter();
    let numbers = numbers.map(|item| counter.take(item.value.as_ref()));
    Free::above(numbers, 0, largest(source.flags, source.bits))
}

/// Whether nothing is left of a name in Rust.
fn is_nameless(name: &ast::Name) -> bool {
    name.text.chars().all(|character| character == '_')
}

fn nameless(name: &ast::Name) -> Diagnostic {
    let message = format!("`{}` cannot be a name in Rust", name.text);
    Diagnostic::new(Code::RustName, name.span, message)
        .label("has neither a letter nor a digit")
        .help("choose a name with a letter")
}

fn repeated_name(name: &ast::Name, first: Span) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateItem,
        name.span,
        format!("there are two items `{}`", name.text),
    )
    .label("once more here")
    .also(first, "first here")
    .help("rename one of the two")
}

fn repeated_value(item: &ast::Item, number: i128, first: &ast::Name) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateValue,
        number_span(item),
        format!(
            "`{}` has the same number as `{}`: {number}",
            item.name.text, first.text
        ),
    )
    .label(format!("{number} once more"))
    .also(first.span, format!("`{}` is {number}", first.text))
}

fn too_wide(source: &ast::Enum, item: &ast::Item, number: i128) -> Option<Diagnostic> {
    let bits = source.bits;
    let largest = largest(source.flags, bits);
    if (0..=largest).contains(&number) {
        return None;
    }
    let finding = Diagnostic::new(
        Code::ValueTooWide,
        number_span(item),
        format!(
            "`{}` is {number}, which does not fit in {bits} bits",
            item.name.text
        ),
    )
    .label(format!("must be 0 to {largest}"));
    let finding = match source.flags {
        true => finding.note("the number of a flag is the index of its bit"),
        false => finding,
    };
    Some(with_wider_type(finding, source, number))
}

/// Adds the narrowest type in which the number fits.
fn with_wider_type(finding: Diagnostic, source: &ast::Enum, number: i128) -> Diagnostic {
    let kind = if source.flags { "flags" } else { "enum" };
    let fits = |bits: &u8| (0..=largest(source.flags, *bits)).contains(&number);
    let Some(bits) = [16_u8, 32].into_iter().find(fits) else {
        return finding;
    };
    let start = source.span.start;
    let written = format!("{kind}{}", source.bits).len();
    let keyword = Span::new(start, start.saturating_add(written));
    let wider = format!("{kind}{bits}");
    finding.suggest(format!("make it `{wider}`"), keyword, wider)
}
