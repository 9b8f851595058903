//! Pass: variants. Which values a switch can have, and what each has to hold.

use std::collections::{HashMap, HashSet};

use crate::model::{
    Array, Case, CountRef, Label, Member, Role, Switch, Variant, VariantName, When,
};

/// Gives every switch of a body its variants, from the roles of its fields.
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
        let counts = carried.get(&index).map_or([].as_slice(), Vec::as_slice);
        switch.variants = variants(switch, counts);
        let holds = |variant: &Variant| variant.value || !variant.carried_counts.is_empty();
        switch.stored = switch.discriminant.implied || switch.variants.iter().any(holds);
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
        if switch.discriminant.flags {
            variants.push(new(flags_name(case), When::AnyBit(bits(case)), false));
        } else {
            let items = bits(case).into_iter();
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

/// The counts that an array in this case does not hold.
fn uncounted(case: &Case, counts: &[usize]) -> Vec<usize> {
    let counted = match case.field.array {
        Some(Array::Count(CountRef { member, case: None })) => Some(member),
        _ => None,
    };
    let counts = counts.iter().copied();
    counts.filter(|count| Some(*count) != counted).collect()
}

/// The items of a case's labels, and whether they are negated.
fn bits(case: &Case) -> Vec<(usize, bool)> {
    case.labels
        .iter()
        .filter_map(|label| match label {
            Label::Item { item, negated } => Some((*item, *negated)),
            Label::Default => None,
        })
        .collect()
}

/// A case of a flags type is named by its first flag, unless that is one that is clear.
fn flags_name(case: &Case) -> VariantName {
    match case.labels.first() {
        Some(Label::Item {
            item,
            negated: false,
        }) => VariantName::Item(*item),
        _ => VariantName::Field,
    }
}
