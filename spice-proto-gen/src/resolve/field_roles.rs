//! Decides which counts and discriminants are values of their own, and which follow from other values.
//!
//! This needs all structs and messages: a discriminant stays a value if a switch outside of its struct depends on it.

use std::collections::{HashMap, HashSet};

use super::variants;
use crate::model::{
    Array, Case, Field, FieldRef, Member, Role, Struct, Switch, Type, TypeDef, TypeId, struct_of,
};

/// The most counts that all variants of a switch list together: the product of counts and variants. Beyond that, the
/// counts are stored.
const MAX_CARRIED_COUNTS: usize = 1 << 12;

/// Gives every field its role and every switch its variants.
pub(super) fn assign(types: &mut [TypeDef]) {
    let outside = outside_discriminants(types);
    for (index, definition) in types.iter_mut().enumerate() {
        let TypeDef::Struct(body) = definition else {
            continue;
        };
        let discriminants =
            discriminant_roles(body, |member| outside.contains(&(TypeId(index), member)));
        let counts = count_roles(body);
        for (place, role) in counts.into_iter().chain(discriminants) {
            field_mut(&mut body.members, place).role = role;
        }
        variants::assign(&mut body.members);
    }
}

/// The fields that switches of other structs depend on.
fn outside_discriminants(types: &[TypeDef]) -> HashSet<(TypeId, usize)> {
    let structs = types.iter().filter_map(|definition| match definition {
        TypeDef::Struct(body) => Some(body),
        TypeDef::Alias(_) | TypeDef::Enum(_) => None,
    });
    let discriminants = structs.flat_map(|body| {
        body.switches()
            .filter_map(|(_, switch)| match switch.discriminant.path.as_slice() {
                [] => unreachable!("the path of a discriminant is not empty"),
                [_] => None,
                [nested @ .., last] => {
                    let owner = owner(types, &body.members, nested);
                    owner.map(|owner| (owner, *last))
                }
            })
    });
    discriminants.collect()
}

/// The struct at the end of a path through fields.
fn owner(types: &[TypeDef], members: &[Member], path: &[usize]) -> Option<TypeId> {
    let mut members = members;
    let mut owner = None;
    for index in path {
        let Some(Member::Field(field)) = members.get(*index) else {
            unreachable!("a path to a discriminant leads through fields");
        };
        let Type::Struct(id) = field.ty.ty else {
            unreachable!("a path to a discriminant leads through structs");
        };
        members = &struct_of(types, id).members;
        owner = Some(id);
    }
    owner
}

/// The roles of discriminants that are implied by the variant of the only switch that depends on them.
fn discriminant_roles(
    body: &Struct,
    is_used_outside: impl Fn(usize) -> bool,
) -> Vec<(FieldRef, Role)> {
    let mut dependents: HashMap<usize, usize> = HashMap::new();
    for (_, switch) in body.switches() {
        if let Some(member) = switch.discriminant.path.first() {
            *dependents.entry(*member).or_default() += 1;
        }
    }
    let direct = body.switches().filter_map(|(index, switch)| {
        let path = switch.discriminant.path.as_slice();
        match path {
            [member] if !switch.discriminant.flags => Some((index, *member)),
            _ => None,
        }
    });
    let implied = direct
        .filter(|(_, member)| dependents.get(member) == Some(&1) && !is_used_outside(*member));
    implied
        .map(|(switch, member)| {
            (
                FieldRef::member(member),
                Role::ImpliedDiscriminant { switch },
            )
        })
        .collect()
}

/// The roles of all fields that hold the count of an array.
fn count_roles(body: &Struct) -> HashMap<FieldRef, Role> {
    let mut arrays: HashMap<FieldRef, Vec<FieldRef>> = HashMap::new();
    let mut image_sides = HashSet::new();
    for (place, field) in body.fields() {
        match field.array {
            Some(Array::Count(count)) => arrays.entry(count).or_default().push(place),
            Some(Array::ImageSize { width, rows, .. }) => image_sides.extend([width, rows]),
            _ => {}
        }
    }
    let mut common_cases = CommonCases::default();
    let mut roles = HashMap::with_capacity(arrays.len());
    for (count, arrays) in arrays {
        let is_member = count.case.is_none();
        let role = if is_member && image_sides.contains(&count.member) {
            Role::StoredCount
        } else if arrays.iter().any(|array| array.case.is_none()) {
            Role::ComputedCount
        } else if is_member {
            only_switch(&arrays).map_or(Role::StoredCount, |switch| Role::CarriedCount { switch })
        } else if arrays
            .iter()
            .all(|array| common_cases.are_chosen_together(body, count, *array))
        {
            Role::ComputedCount
        } else {
            Role::StoredCount
        };
        roles.insert(count, role);
    }
    limit_carried_counts(body, &mut roles);
    roles
}

/// The switch that contains all places, if there is one.
fn only_switch(places: &[FieldRef]) -> Option<usize> {
    let (first, others) = places.split_first()?;
    let is_same = others.iter().all(|place| place.member == first.member);
    is_same.then_some(first.member)
}

/// Stores the counts of switches whose variants would list more than [`MAX_CARRIED_COUNTS`].
fn limit_carried_counts(body: &Struct, roles: &mut HashMap<FieldRef, Role>) {
    let mut carried: HashMap<usize, usize> = HashMap::new();
    for role in roles.values() {
        if let Role::CarriedCount { switch } = role {
            *carried.entry(*switch).or_default() += 1;
        }
    }
    carried.retain(|switch, counts| {
        let labels = switch_at(body, *switch).cases.iter();
        let labels: usize = labels.map(|case| case.labels.len()).sum();
        labels.saturating_mul(*counts) > MAX_CARRIED_COUNTS
    });
    for role in roles.values_mut() {
        if matches!(role, Role::CarriedCount { switch } if carried.contains_key(switch)) {
            *role = Role::StoredCount;
        }
    }
}

/// For pairs of switches, the number of leading cases with equal labels.
#[derive(Default)]
struct CommonCases(HashMap<(usize, usize), usize>);

impl CommonCases {
    /// Whether two cases are always chosen together: their switches have the same discriminant, and the same labels up
    /// to these cases.
    fn are_chosen_together(&mut self, body: &Struct, one: FieldRef, other: FieldRef) -> bool {
        let (left, right) = (switch_at(body, one.member), switch_at(body, other.member));
        if one.case != other.case || left.discriminant.path != right.discriminant.path {
            return false;
        }
        let common = self.0.entry((one.member, other.member)).or_insert_with(|| {
            let is_same = |(left, right): &(&Case, &Case)| left.labels == right.labels;
            let pairs = left.cases.iter().zip(&right.cases);
            pairs.take_while(is_same).count()
        });
        one.case.is_some_and(|case| case < *common)
    }
}

fn switch_at(body: &Struct, index: usize) -> &Switch {
    match body.switch(index) {
        Some(switch) => switch,
        None => unreachable!("cases are in switches"),
    }
}

fn field_mut(members: &mut [Member], place: FieldRef) -> &mut Field {
    let field = match (members.get_mut(place.member), place.case) {
        (Some(Member::Field(field)), None) => Some(field),
        (Some(Member::Switch(switch)), Some(case)) => {
            let case = switch.cases.get_mut(case);
            case.map(|case| &mut case.field)
        }
        _ => None,
    };
    match field {
        Some(field) => field,
        None => unreachable!("{place:?} is a field"),
    }
}
