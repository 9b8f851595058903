//! Decides the variants of switches: when each is chosen, and which values it has.

use std::collections::{HashMap, HashSet};

use crate::model::{
    Array, Case, FieldRef, Label, Member, Role, Switch, Variant, VariantName, When,
};

/// Gives each switch of a struct or message its variants. The roles of the fields must be decided.
pub(super) fn assign(members: &mut [Member]) {
    let mut carried: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut implied = HashSet::new();
    for (index, member) in members.iter().enumerate() {
        let Member::Field(field) = member else {
            continue;
        };
        match field.role {
            Role::CarriedCount { switch } => carried.entry(switch).or_default().push(index),
            Role::ImpliedDiscriminant { switch } => {
                implied.insert(switch);
            }
            _ => {}
        }
    }
    for (index, member) in members.iter_mut().enumerate() {
        let Member::Switch(switch) = member else {
            continue;
        };
        switch.discriminant.implied = implied.contains(&index);
        let counts = carried.remove(&index).unwrap_or_default();
        switch.variants = variants(switch, &counts);
        let has_content = |variant: &Variant| variant.value || !variant.carried_counts.is_empty();
        switch.stored = switch.discriminant.implied || switch.variants.iter().any(has_content);
    }
}

fn variants(switch: &Switch, counts: &[usize]) -> Vec<Variant> {
    let implied = switch.discriminant.implied;
    let mut variants = Vec::new();
    for (index, case) in switch.cases.iter().enumerate() {
        let new = |name, when, carries_discriminant| Variant {
            name,
            case: Some(index),
            when,
            carries_discriminant,
            carried_counts: uncounted(case, counts),
            value: !matches!(case.field.role, Role::ComputedCount | Role::Zero),
        };
        if case.labels.contains(&Label::Default) {
            variants.push(new(VariantName::Field, When::Always, implied));
            return variants;
        }
        let items = items(case);
        if switch.discriminant.flags {
            variants.push(new(flags_name(case), When::AnyBit(items), false));
        } else {
            let items = items.into_iter();
            variants.extend(
                items.map(|(item, _)| new(VariantName::Item(item), When::Equals(item), false)),
            );
        }
    }
    variants.push(Variant {
        name: VariantName::NoCase,
        case: None,
        when: When::Always,
        carries_discriminant: implied,
        carried_counts: counts.to_vec(),
        value: false,
    });
    variants
}

/// The counts that no array of this case determines.
fn uncounted(case: &Case, counts: &[usize]) -> Vec<usize> {
    let counted = match case.field.array {
        Some(Array::Count(FieldRef { member, case: None })) => Some(member),
        _ => None,
    };
    let counts = counts.iter().copied();
    counts.filter(|count| Some(*count) != counted).collect()
}

/// The items of a case's labels, and whether they are negated.
fn items(case: &Case) -> Vec<(usize, bool)> {
    let labels = case.labels.iter();
    let items = labels.filter_map(|label| match label {
        Label::Item { item, negated } => Some((*item, *negated)),
        Label::Default => None,
    });
    items.collect()
}

/// The name of a case on flags: its first flag, or its field if that flag is negated.
fn flags_name(case: &Case) -> VariantName {
    match case.labels.first() {
        Some(Label::Item {
            item,
            negated: false,
        }) => VariantName::Item(*item),
        _ => VariantName::Field,
    }
}
