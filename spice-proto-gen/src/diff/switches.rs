//! Compares switches: discriminant, and the field of each item.

use std::collections::HashSet;

use super::ChangeCode;
use super::bodies::Bodies;
use super::comparison::{Comparison, Places, Readers, inside};
use super::same_bytes::{Selector, is_empty, live, selectors};
use crate::model::{Case, Enum, Member, Model, Struct, Switch, Type};

/// A selector, its case and the index of the case.
type Choice<'s> = (Selector, usize, &'s Case);

impl Comparison<'_> {
    pub(super) fn compare_switches(
        &mut self,
        bodies: Bodies<'_>,
        old: &Switch,
        new: &Switch,
        places: &Places,
    ) {
        let name = places.new.as_deref().unwrap_or_default().join(".");
        let (was, is) = (
            discriminant(self.old.model, bodies.old, old),
            discriminant(self.new.model, bodies.new, new),
        );
        let is_moved = old.discriminant.path != new.discriminant.path && was != is;
        if is_moved || old.discriminant.flags != new.discriminant.flags {
            let kind = |flags| if flags { "flags" } else { "an enum" };
            let (a, b) = (kind(old.discriminant.flags), kind(new.discriminant.flags));
            let text = match a == b {
                true => format!("switch `{name}` depends on `{is}` instead of `{was}`"),
                false => format!("switch `{name}` depends on {b}, `{is}`, instead of {a}, `{was}`"),
            };
            let code = ChangeCode::Discriminant;
            return self.report_in(bodies.types, Readers::Both, code, text, places.clone());
        }
        let enums = (
            self.old.model.enumeration(old.discriminant.ty),
            self.new.model.enumeration(new.discriminant.ty),
        );
        let (Some(old_items), Some(new_items)) = enums else {
            return;
        };
        let (olds, news) = (choices(old_items, old), choices(new_items, new));
        let find = |choices: &[Choice<'_>], selector| {
            choices.iter().position(|(found, ..)| *found == selector)
        };
        let mut compared = HashSet::new();
        let mut order = Vec::new();
        for (selector, index, case) in &news {
            match find(&olds, *selector).and_then(|at| olds.get(at)) {
                Some((_, old_index, found)) => {
                    order.push(*old_index);
                    if compared.insert((*old_index, *index)) {
                        self.compare_cases(bodies, found, case, places);
                    }
                }
                None => self.report_case(
                    bodies,
                    (old_items, new_items),
                    &olds,
                    (*selector, case),
                    places,
                ),
            }
        }
        for (selector, _, case) in &olds {
            if find(&news, *selector).is_none() {
                self.report_removed_case(
                    bodies,
                    (old_items, new_items),
                    &news,
                    (*selector, case),
                    places,
                );
            }
        }
        if new.discriminant.flags && !order.is_sorted() {
            let text = format!("cases of switch `{name}` are tried in another order");
            let code = ChangeCode::CaseOrder;
            self.report_in(bodies.types, Readers::Both, code, text, places.clone());
        }
    }

    fn compare_cases(&mut self, bodies: Bodies<'_>, old: &Case, new: &Case, places: &Places) {
        let (old, new) = (&old.field, &new.field);
        let places = Places {
            old: places.old.as_ref().map(|path| inside(path, &old.name)),
            new: places.new.as_ref().map(|path| inside(path, &new.name)),
        };
        self.compare_member_names("field", &old.name, &new.name, &places);
        self.compare_fields(bodies, old, new, &places);
    }

    /// Reports a case that only the new version has.
    fn report_case(
        &mut self,
        bodies: Bodies<'_>,
        (old_items, new_items): (&Enum, &Enum),
        olds: &[Choice<'_>],
        (selector, case): (Selector, &Case),
        places: &Places,
    ) {
        let default = olds.iter().find(|(found, ..)| found.is_none());
        let is_same = match default {
            Some((.., found)) => self.same_bytes.fields(&found.field, &case.field),
            None => is_empty(self.new.model, &case.field),
        };
        if is_same {
            return;
        }
        let is_new = selector.is_some_and(|(value, negated)| !negated && !has(old_items, value));
        let (code, readers) = match is_new {
            true => (ChangeCode::CaseOfNewItem, Readers::None),
            false => (ChangeCode::CaseAdded, Readers::Both),
        };
        let path = places
            .new
            .as_ref()
            .map(|path| inside(path, &case.field.name));
        let name = places.new.as_deref().unwrap_or_default().join(".");
        let text = format!(
            "switch `{name}` has the case {}",
            label(new_items, selector)
        );
        let places = Places {
            old: places.old.clone(),
            new: path,
        };
        self.report_in(bodies.types, readers, code, text, places);
    }

    /// Reports a case that only the old version has.
    fn report_removed_case(
        &mut self,
        bodies: Bodies<'_>,
        (old_items, new_items): (&Enum, &Enum),
        news: &[Choice<'_>],
        (selector, case): (Selector, &Case),
        places: &Places,
    ) {
        let default = news.iter().find(|(found, ..)| found.is_none());
        let is_same = match default {
            Some((.., found)) => self.same_bytes.fields(&case.field, &found.field),
            None => is_empty(self.old.model, &case.field),
        };
        if is_same {
            return;
        }
        let is_gone = selector.is_some_and(|(value, negated)| !negated && !has(new_items, value));
        let readers = if is_gone { Readers::New } else { Readers::Both };
        let path = places
            .old
            .as_ref()
            .map(|path| inside(path, &case.field.name));
        let name = places.new.as_deref().unwrap_or_default().join(".");
        let label = label(old_items, selector);
        let text = format!("switch `{name}` has no case {label} any more");
        let places = Places {
            old: path,
            new: places.new.clone(),
        };
        self.report_in(bodies.types, readers, ChangeCode::CaseRemoved, text, places);
    }
}

/// The selectors of the cases in the order in which they are tried.
fn choices<'s>(items: &'s Enum, switch: &'s Switch) -> Vec<Choice<'s>> {
    let cases = live(switch).enumerate();
    let choices = cases.flat_map(|(index, case)| {
        selectors(items, case).map(move |selector| (selector, index, case))
    });
    choices.collect()
}

fn has(items: &Enum, value: u32) -> bool {
    items.items.iter().any(|item| item.value == value)
}

fn label(items: &Enum, selector: Selector) -> String {
    let Some((value, negated)) = selector else {
        return "`default`".to_owned();
    };
    let item = items.items.iter().find(|item| item.value == value);
    let negation = if negated { "!" } else { "" };
    format!("`{negation}{}`", item.map_or("", |item| item.name.as_str()))
}

/// The path of the discriminant.
fn discriminant(model: &Model, body: &Struct, switch: &Switch) -> String {
    let mut names = Vec::new();
    let mut body = Some(body);
    for index in &switch.discriminant.path {
        let Some(Member::Field(field)) = body.and_then(|body| body.members.get(*index)) else {
            break;
        };
        names.push(field.name.as_str());
        body = match field.ty.ty {
            Type::Struct(id) => model.body(id),
            _ => None,
        };
    }
    names.join(".")
}
