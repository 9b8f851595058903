//! Compares switches: discriminant, and the field of each item.

use std::collections::{HashMap, HashSet};

use super::ChangeCode;
use super::bodies::Bodies;
use super::comparison::{Comparison, Places, Readers, inside};
use super::same_bytes::{Selector, is_empty, live, selectors};
use crate::model::{Case, Enum, Switch};

/// A label of a case that can be selected.
#[derive(Clone, Copy)]
struct Choice<'s> {
    selector: Selector,
    /// The label as printed.
    item: Option<&'s str>,
    /// The index of the case. Dead cases do not count.
    index: usize,
    case: &'s Case,
}

/// The labels of a switch.
struct Choices<'s> {
    /// In the order in which they are tried.
    list: Vec<Choice<'s>>,
    by_selector: HashMap<Selector, Choice<'s>>,
    /// The values of all items.
    values: HashSet<u32>,
}

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
            self.old.model.discriminant_path(bodies.old, old),
            self.new.model.discriminant_path(bodies.new, new),
        );
        let is_moved = old.discriminant.path != new.discriminant.path && was != is;
        if is_moved || old.discriminant.flags != new.discriminant.flags {
            let kind = |flags| if flags { "flags" } else { "an enum" };
            let (a, b) = (kind(old.discriminant.flags), kind(new.discriminant.flags));
            let text = if a == b {
                format!("switch `{name}` depends on `{is}` instead of `{was}`")
            } else {
                format!("switch `{name}` depends on {b}, `{is}`, instead of {a}, `{was}`")
            };
            let code = ChangeCode::Discriminant;
            return self.report_in(bodies.types, Readers::Both, code, text, places.clone());
        }
        let old_items = self.old.model.discriminant_type(old);
        let new_items = self.new.model.discriminant_type(new);
        let (olds, news) = (choices(old_items, old), choices(new_items, new));
        let mut compared = HashSet::new();
        let mut order = Vec::new();
        for choice in &news.list {
            let Some(found) = olds.by_selector.get(&choice.selector) else {
                self.report_case(bodies, &olds, choice, places);
                continue;
            };
            order.push(found.index);
            if compared.insert((found.index, choice.index)) {
                self.compare_cases(bodies, found.case, choice.case, places);
            }
        }
        for choice in &olds.list {
            if !news.by_selector.contains_key(&choice.selector) {
                self.report_removed_case(bodies, &news, choice, places);
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
        olds: &Choices<'_>,
        choice: &Choice<'_>,
        places: &Places,
    ) {
        let field = &choice.case.field;
        let is_same = match olds.by_selector.get(&None) {
            Some(default) => self.same_bytes.fields(&default.case.field, field),
            None => is_empty(self.new.model, field),
        };
        if is_same {
            return;
        }
        let (code, readers) = if olds.knows(choice) {
            (ChangeCode::CaseAdded, Readers::Both)
        } else {
            (ChangeCode::CaseOfNewItem, Readers::None)
        };
        let name = places.new.as_deref().unwrap_or_default().join(".");
        let text = format!("switch `{name}` has the case {}", choice.label());
        let places = Places {
            old: places.old.clone(),
            new: places.new.as_ref().map(|path| inside(path, &field.name)),
        };
        self.report_in(bodies.types, readers, code, text, places);
    }

    /// Reports a case that only the old version has.
    fn report_removed_case(
        &mut self,
        bodies: Bodies<'_>,
        news: &Choices<'_>,
        choice: &Choice<'_>,
        places: &Places,
    ) {
        let field = &choice.case.field;
        let is_same = match news.by_selector.get(&None) {
            Some(default) => self.same_bytes.fields(field, &default.case.field),
            None => is_empty(self.old.model, field),
        };
        if is_same {
            return;
        }
        let readers = if news.knows(choice) {
            Readers::Both
        } else {
            Readers::New
        };
        let name = places.new.as_deref().unwrap_or_default().join(".");
        let text = format!("switch `{name}` has no case {} any more", choice.label());
        let places = Places {
            old: places.old.as_ref().map(|path| inside(path, &field.name)),
            new: places.new.clone(),
        };
        self.report_in(bodies.types, readers, ChangeCode::CaseRemoved, text, places);
    }
}

impl Choice<'_> {
    fn label(&self) -> String {
        match (self.selector, self.item) {
            (Some((_, true)), Some(item)) => format!("`!{item}`"),
            (Some(_), Some(item)) => format!("`{item}`"),
            _ => "`default`".to_owned(),
        }
    }
}

impl Choices<'_> {
    /// Whether the version has the item of a label of the other version. A negated label selects items
    /// that both have.
    fn knows(&self, choice: &Choice<'_>) -> bool {
        match choice.selector {
            Some((value, false)) => self.values.contains(&value),
            Some((_, true)) | None => true,
        }
    }
}

fn choices<'s>(items: &'s Enum, switch: &'s Switch) -> Choices<'s> {
    let mut list = Vec::new();
    for (index, case) in live(switch).enumerate() {
        for (selector, item) in selectors(items, case) {
            list.push(Choice {
                selector,
                item,
                index,
                case,
            });
        }
    }
    Choices {
        by_selector: list
            .iter()
            .rev()
            .map(|choice| (choice.selector, *choice))
            .collect(),
        list,
        values: items.items.iter().map(|item| item.value).collect(),
    }
}
