//! Pass: roles. Which counts and discriminants are values, and which follow from something else.
//!
//! This comes after all bodies, because a discriminant that a switch outside of its body depends on
//! too must be kept.

use std::collections::{HashMap, HashSet};

use super::variants;
use crate::model::{Array, Case, CountRef, Field, Member, Role, Switch, Type, TypeDef, TypeId};

/// How many counts the variants of one switch carry, all taken together. Each variant lists them, so
/// there are as many entries as the product of both; counts beyond are kept as values, which is
/// always right.
const MOST_CARRIED: usize = 1 << 12;

/// Gives every field its role and every switch its variants.
pub(super) fn assign(types: &mut [TypeDef]) {
    let shared = seen_from_outside(types);
    for (index, ty) in types.iter_mut().enumerate() {
        let TypeDef::Struct(body) = ty else {
            continue;
        };
        let implied = implied_roles(&body.members, |member| {
            shared.contains(&(TypeId(index), member))
        });
        let roles = count_roles(&body.members).into_iter().chain(implied);
        for (place, role) in roles {
            if let Some(field) = field_mut(&mut body.members, place) {
                field.role = role;
            }
        }
        variants::assign(&mut body.members);
    }
}

/// The fields on which switches of other bodies depend.
fn seen_from_outside(types: &[TypeDef]) -> HashSet<(TypeId, usize)> {
    let mut seen = HashSet::new();
    for ty in types {
        let TypeDef::Struct(body) = ty else {
            continue;
        };
        for member in &body.members {
            if let Member::Switch(switch) = member {
                seen.extend(outside_subject(
                    types,
                    &body.members,
                    &switch.discriminant.path,
                ));
            }
        }
    }
    seen
}

fn outside_subject(
    types: &[TypeDef],
    members: &[Member],
    path: &[usize],
) -> Option<(TypeId, usize)> {
    let (last, nested) = path.split_last()?;
    let mut members = members;
    let mut owner = None;
    for index in nested {
        let Some(Member::Field(Field { ty, .. })) = members.get(*index) else {
            return None;
        };
        let Type::Struct(id) = ty.ty else {
            return None;
        };
        let Some(TypeDef::Struct(body)) = types.get(id.0) else {
            return None;
        };
        members = &body.members;
        owner = Some(id);
    }
    owner.map(|owner| (owner, *last))
}

/// Discriminants that the variant of their one switch determines.
fn implied_roles(members: &[Member], shared: impl Fn(usize) -> bool) -> Vec<(CountRef, Role)> {
    let mut dependents: HashMap<usize, usize> = HashMap::new();
    let first = |switch: &Switch| switch.discriminant.path.first().copied();
    for member in switches(members).filter_map(|(_, switch)| first(switch)) {
        let dependents = dependents.entry(member).or_default();
        *dependents = dependents.saturating_add(1);
    }
    switches(members)
        .filter_map(
            |(index, switch)| match switch.discriminant.path.as_slice() {
                [member] if !switch.discriminant.flags => Some((index, *member)),
                _ => None,
            },
        )
        .filter(|(_, member)| dependents.get(member) == Some(&1) && !shared(*member))
        .map(|(switch, member)| {
            let place = CountRef { member, case: None };
            (place, Role::ImpliedDiscriminant { switch })
        })
        .collect()
}

/// The roles of all fields that hold a size.
fn count_roles(members: &[Member]) -> HashMap<CountRef, Role> {
    let mut users: HashMap<CountRef, Vec<CountRef>> = HashMap::new();
    let mut sides = HashSet::new();
    for (place, field) in fields(members) {
        match field.array {
            Some(Array::Count(count)) => users.entry(count).or_default().push(place),
            Some(Array::ImageSize { width, rows, .. }) => sides.extend([width, rows]),
            _ => {}
        }
    }
    let mut twins = Twins::default();
    let mut roles = HashMap::with_capacity(users.len());
    for (count, users) in users {
        let role = if count.case.is_none() && sides.contains(&count.member) {
            Role::StoredCount
        } else if users.iter().any(|user| user.case.is_none()) {
            Role::ComputedCount
        } else if count.case.is_none() {
            only_switch(&users).map_or(Role::StoredCount, |switch| Role::CarriedCount { switch })
        } else if users
            .iter()
            .all(|user| twins.chosen_together(members, count, *user))
        {
            Role::ComputedCount
        } else {
            Role::StoredCount
        };
        roles.insert(count, role);
    }
    keep_excess(members, &mut roles);
    roles
}

/// The switch in which all these places are, if it is one.
fn only_switch(users: &[CountRef]) -> Option<usize> {
    let (first, others) = users.split_first()?;
    let same = others.iter().all(|user| user.member == first.member);
    same.then_some(first.member)
}

/// Keeps counts as values where their variants would carry too many.
fn keep_excess(members: &[Member], roles: &mut HashMap<CountRef, Role>) {
    let mut carried: HashMap<usize, usize> = HashMap::new();
    for role in roles.values() {
        if let Role::CarriedCount { switch } = role {
            let counts = carried.entry(*switch).or_default();
            *counts = counts.saturating_add(1);
        }
    }
    carried.retain(|switch, counts| match members.get(*switch) {
        Some(Member::Switch(switch)) => {
            let labels: usize = switch.cases.iter().map(|case| case.labels.len()).sum();
            labels.saturating_mul(*counts) > MOST_CARRIED
        }
        _ => false,
    });
    for role in roles.values_mut() {
        if matches!(role, Role::CarriedCount { switch } if carried.contains_key(switch)) {
            *role = Role::StoredCount;
        }
    }
}

/// How many cases two switches have in common from their beginnings, of switches compared so far.
#[derive(Default)]
struct Twins(HashMap<(usize, usize), usize>);

impl Twins {
    /// Whether two cases are always chosen together: their switches depend on the same field, and
    /// have the same labels up to these cases.
    fn chosen_together(&mut self, members: &[Member], one: CountRef, other: CountRef) -> bool {
        let (Some(Member::Switch(left)), Some(Member::Switch(right))) =
            (members.get(one.member), members.get(other.member))
        else {
            return false;
        };
        if one.case != other.case || left.discriminant.path != right.discriminant.path {
            return false;
        }
        let common = self.0.entry((one.member, other.member)).or_insert_with(|| {
            let same = |(left, right): &(&Case, &Case)| left.labels == right.labels;
            left.cases.iter().zip(&right.cases).take_while(same).count()
        });
        one.case.is_some_and(|case| case < *common)
    }
}

fn switches(members: &[Member]) -> impl Iterator<Item = (usize, &Switch)> {
    members
        .iter()
        .enumerate()
        .filter_map(|(index, member)| match member {
            Member::Switch(switch) => Some((index, switch)),
            Member::Field(_) => None,
        })
}

/// All fields of a body, those in cases that can be reached included.
fn fields(members: &[Member]) -> impl Iterator<Item = (CountRef, &Field)> {
    members.iter().enumerate().flat_map(|(member, found)| {
        let (direct, cases) = match found {
            Member::Field(field) => (Some(field), [].as_slice()),
            Member::Switch(switch) => (None, switch.cases.as_slice()),
        };
        let direct = direct
            .into_iter()
            .map(move |field| (CountRef { member, case: None }, field));
        let live = cases.iter().enumerate().filter(|(_, found)| found.live);
        let in_cases = live.map(move |(case, found)| {
            let case = Some(case);
            (CountRef { member, case }, &found.field)
        });
        direct.chain(in_cases)
    })
}

fn field_mut(members: &mut [Member], place: CountRef) -> Option<&mut Field> {
    match (members.get_mut(place.member)?, place.case) {
        (Member::Field(field), None) => Some(field),
        (Member::Switch(switch), Some(case)) => Some(&mut switch.cases.get_mut(case)?.field),
        _ => None,
    }
}
