//! Resolves enums and flags: the values of their items.

use std::collections::BTreeMap;

use super::Resolver;
use super::attributes;
use super::numbering::{Counter, FreeNumbers};
use super::scope::{NameIndex, Scope};
use crate::ast;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Enum, Item, TypeDef};
use crate::span::Span;

impl<'a> Resolver<'a> {
    /// Resolves an enum or flags type.
    pub(super) fn enumeration(&mut self, source: &'a ast::Enum<'a>) {
        if source.items.is_empty() {
            self.diagnostics.push(no_items(&source.name));
        }
        let items = source.items.iter().enumerate();
        let names = NameIndex::new(items.map(|(index, item)| (&item.name, index)).collect());
        let repeated = names.repeated();
        let repeated = repeated.map(|(name, first)| duplicate_item(name, first));
        self.diagnostics.extend(repeated);
        let found = Enum {
            name: source.name.text.to_owned(),
            docs: source.docs.clone(),
            attributes: attributes::to_model(&source.attributes),
            flags: source.flags,
            bytes: source.bits / 8,
            items: self.items(source),
        };
        let id = self.add_type(&source.name, TypeDef::Enum(found), Scope::Items(names));
        self.names.define_type(&source.name, id);
    }

    fn items(&mut self, source: &'a ast::Enum<'a>) -> Vec<Item> {
        let mut counter = Counter::starting_at(0);
        let mut free = free_numbers(source);
        let mut numbers: BTreeMap<i128, &ast::Name> = BTreeMap::new();
        let mut items = Vec::with_capacity(source.items.len());
        for item in &source.items {
            let number = counter.take(item.value.as_ref());
            let problem = match (too_wide(source, item, number), numbers.get(&number)) {
                (Some(diagnostic), _) => Some(diagnostic),
                (None, Some(first)) => Some(duplicate_value(item, number, first)),
                (None, None) => {
                    numbers.insert(number, &item.name);
                    None
                }
            };
            if let Some(diagnostic) = problem.filter(|_| counter.should_report()) {
                let written = item.value.as_ref();
                self.diagnostics.push(match diagnostic.code {
                    Code::DuplicateValue => free.suggest(diagnostic, "number", &item.name, written),
                    _ => diagnostic,
                });
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

/// The value of an item. A number that is out of range has been reported.
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

/// The largest number of an item.
fn largest(flags: bool, bits: u8) -> i128 {
    if flags {
        i128::from(bits) - 1
    } else {
        (1_i128 << bits) - 1
    }
}

fn free_numbers(source: &ast::Enum) -> FreeNumbers {
    let mut counter = Counter::starting_at(0);
    let items = source.items.iter();
    let numbers = items.map(|item| counter.take(item.value.as_ref()));
    FreeNumbers::above(numbers, 0, largest(source.flags, source.bits))
}

fn no_items(name: &ast::Name) -> Diagnostic {
    let message = format!("`{}` has no items", name.text);
    Diagnostic::new(Code::EmptyEnum, name.span, message)
        .label("empty")
        .help("give it at least one item")
}

fn duplicate_item(name: &ast::Name, first: &ast::Name) -> Diagnostic {
    let message = format!("two items are named `{}`", name.text);
    Diagnostic::new(Code::DuplicateItem, name.span, message)
        .label("repeated here")
        .also(first.span, "first defined here")
        .help("rename one of the two")
}

fn duplicate_value(item: &ast::Item, number: i128, first: &ast::Name) -> Diagnostic {
    let (name, first_name) = (item.name.text, first.text);
    let message = format!("`{name}` has the same number as `{first_name}`: {number}");
    Diagnostic::new(Code::DuplicateValue, number_span(item), message)
        .label(format!("{number} is repeated"))
        .also(first.span, format!("`{first_name}` is {number}"))
}

fn too_wide(source: &ast::Enum, item: &ast::Item, number: i128) -> Option<Diagnostic> {
    let bits = source.bits;
    let largest = largest(source.flags, bits);
    if (0..=largest).contains(&number) {
        return None;
    }
    let name = item.name.text;
    let message = format!("`{name}` is {number}, which does not fit in {bits} bits");
    let diagnostic = Diagnostic::new(Code::ValueTooWide, number_span(item), message)
        .label(format!("must be 0 to {largest}"));
    let diagnostic = if source.flags {
        diagnostic.note("the number of a flag is the index of its bit")
    } else {
        diagnostic
    };
    Some(suggest_wider_type(diagnostic, source, number))
}

/// Suggests the narrowest type in which the number fits, if there is one.
fn suggest_wider_type(diagnostic: Diagnostic, source: &ast::Enum, number: i128) -> Diagnostic {
    let keyword = if source.flags { "flags" } else { "enum" };
    let fits = |bits: &u8| (0..=largest(source.flags, *bits)).contains(&number);
    let Some(bits) = [16_u8, 32].into_iter().find(fits) else {
        return diagnostic;
    };
    let start = source.span.start;
    let written = format!("{keyword}{}", source.bits);
    let wider = format!("{keyword}{bits}");
    let span = Span::new(start, start + written.len());
    diagnostic.suggest(format!("make it `{wider}`"), span, wider)
}
