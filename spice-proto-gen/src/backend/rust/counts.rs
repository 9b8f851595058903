//! Counts and discriminants in `Encode`. Some are computed, others must agree with another field.

use super::body::{case_of, count_int};
use super::case::field_ident;
use super::field_types::{Shape, int_type, shape};
use super::lines::Lines;
use super::locals::{Scope, stored_discriminant, widened};
use super::switch_dispatch::{dispatch, push_arm};
use super::variants::{Parts, pattern, variant_path};
use crate::model::{Array, CountRef, CountedArray, Field, Member, Role, Switch, When};

/// The number of elements, or of the bytes of text.
fn length(field: &Field, place: &str) -> String {
    match shape(field) {
        Shape::Text => format!("{place}.wire_len()"),
        _ => format!("{place}.len()"),
    }
}

/// Emits local variables for counts and discriminants that are not stored.
pub(super) fn derived(scope: &Scope<'_, '_>, lines: &mut Lines) {
    for (index, member) in scope.body.body.members.iter().enumerate() {
        match member {
            Member::Field(field) => match field.role {
                Role::ComputedCount => computed_count(scope, CountRef::member(index), "", lines),
                Role::CarriedCount { switch } => carried_count(scope, index, switch, lines),
                Role::ImpliedDiscriminant { switch } => {
                    implied_discriminant(scope, index, switch, lines);
                }
                Role::Value | Role::StoredCount | Role::Zero | Role::Virtual(_) => {}
            },
            Member::Switch(switch) => {
                let prefix = format!("{}.", switch.name);
                let cases = switch
                    .cases
                    .iter()
                    .enumerate()
                    .filter(|(_, case)| case.live);
                for (case, _) in cases.filter(|(_, case)| case.field.role == Role::ComputedCount) {
                    computed_count(scope, CountRef::case(index, case), &prefix, lines);
                }
            }
        }
    }
}

fn computed_count(scope: &Scope<'_, '_>, count: CountRef, prefix: &str, lines: &mut Lines) {
    let field = scope.body.field(count);
    let name = format!("{prefix}{}", field.name);
    let (local, ty) = (scope.local(count), int_type(count_int(field)));
    let arrays = scope.body.body.counted_arrays(count);
    let lengths = arrays.into_iter().map(|array| array_length(scope, array));
    let mut lengths = lengths.peekable();
    let mut longest = "0".to_owned();
    if let Some(first) = lengths.next() {
        longest = single(first, "longest", lines);
    }
    for length in lengths {
        lines.append(length.wrapped(&format!("let longest = {longest}.max("), ");"));
        "longest".clone_into(&mut longest);
    }
    lines.line(format!(
        "let {local}: {ty} = writer.count({longest}, {name:?})?;"
    ));
}

/// An expression of one line. A longer one becomes a local variable.
fn single(expression: Lines, local: &str, lines: &mut Lines) -> String {
    if let Some(text) = expression.as_single() {
        return text.to_owned();
    }
    lines.append(expression.wrapped(&format!("let {local} = "), ";"));
    local.to_owned()
}

/// The length of an array. An array in another case than the selected one has length 0.
fn array_length(scope: &Scope<'_, '_>, array: CountedArray<'_>) -> Lines {
    match array.position.case {
        None => {
            let place = format!("self.{}", field_ident(&array.field.name));
            Lines::single(length(array.field, &place))
        }
        Some(case) => {
            let length = length(array.field, "value");
            if_stored_case(scope, array.position.member, case, &length)
        }
    }
}

/// An expression with the value of a case, or 0 if another case is selected.
fn if_stored_case(scope: &Scope<'_, '_>, member: usize, case: usize, expression: &str) -> Lines {
    let switch = scope.body.switch(member);
    let variants = switch.variants.iter().enumerate();
    let variants = variants.filter(|(_, variant)| variant.case == Some(case));
    let patterns: Vec<_> = variants
        .map(|(position, _)| pattern(scope.context, scope.body, member, position, true))
        .collect();
    let mut lines = Lines::default();
    lines.open(format!("match &self.{} {{", field_ident(&switch.name)));
    push_arm(&mut lines, &patterns, Lines::single(expression));
    if patterns.len() < switch.variants.len() {
        lines.line("_ => 0,");
    }
    lines.close("}");
    lines
}

fn carried_count(scope: &Scope<'_, '_>, member: usize, switch_index: usize, lines: &mut Lines) {
    let field = scope.body.member_field(member);
    let switch = scope.body.switch(switch_index);
    let (local, ty) = (scope.member_local(member), int_type(count_int(field)));
    let name = field_ident(&switch.name);
    lines.open(format!("let {local}: {ty} = match &self.{name} {{"));
    for (position, variant) in switch.variants.iter().enumerate() {
        if variant.carried_counts.contains(&member) {
            lines.line(carried_arm(scope, switch_index, position, field));
            continue;
        }
        let Some(array) = Parts::of(scope.body, switch, variant).value else {
            unreachable!("a variant without a value carries the count");
        };
        let pattern = pattern(scope.context, scope.body, switch_index, position, true);
        let length = length(array, "value");
        lines.line(format!(
            "{pattern} => writer.count({length}, {:?})?,",
            field.name
        ));
    }
    lines.close("};");
}

/// The arm of a variant that carries a field.
fn carried_arm(scope: &Scope<'_, '_>, switch: usize, position: usize, field: &Field) -> String {
    let path = variant_path(scope.context, scope.body, switch, position);
    let name = field_ident(&field.name);
    format!("{path} {{ {name}, .. }} => *{name},")
}

fn implied_discriminant(
    scope: &Scope<'_, '_>,
    member: usize,
    switch_index: usize,
    lines: &mut Lines,
) {
    let field = scope.body.member_field(member);
    let switch = scope.body.switch(switch_index);
    let (local, name) = (scope.member_local(member), field_ident(&switch.name));
    lines.open(format!("let {local} = match &self.{name} {{"));
    for (position, variant) in switch.variants.iter().enumerate() {
        lines.line(match variant.when {
            When::Equals(item) => {
                let pattern = pattern(scope.context, scope.body, switch_index, position, false);
                let item = scope.context.item_path(scope.body.place, switch, item);
                format!("{pattern} => {item},")
            }
            When::AnyBit(_) | When::Always => carried_arm(scope, switch_index, position, field),
        });
    }
    lines.close("};");
}

/// Statements that check an array against the fields that determine its length.
pub(super) fn check(scope: &Scope<'_, '_>, field: &Field, place: &str, prefix: &str) -> Lines {
    let mut lines = Lines::default();
    let name = format!("{prefix}{}", field.name);
    let length = length(field, place);
    match field.array {
        Some(Array::Count(count)) if needs_check(scope, count) => {
            let count = single(count_value(scope, count), "expected", &mut lines);
            lines.line(format!("writer.check_count({count}, {length}, {name:?})?;"));
        }
        Some(Array::ImageSize { bits, width, rows }) => {
            let [width, rows] = [width, rows].map(|side| {
                let side = count_value(scope, CountRef::member(side));
                match side.as_single() {
                    Some(side) => side.to_owned(),
                    None => unreachable!("the width and rows of an image are members"),
                }
            });
            let size = format!("wire::image_size({bits}, {width}, {rows})");
            lines.line(format!(
                "writer.check_image_size({size}, {length}, {name:?})?;"
            ));
        }
        // A null-terminated string that is not a pointee is checked when it is written.
        Some(Array::CString) if field.pointer.is_some() => {
            lines.line(format!("writer.check_cstring({place}, {name:?})?;"));
        }
        _ => {}
    }
    lines
}

/// Whether a count can differ from the length of an array that it counts.
fn needs_check(scope: &Scope<'_, '_>, count: CountRef) -> bool {
    match scope.body.field(count).role {
        Role::ComputedCount => {
            scope.body.body.counted_arrays(count).len() > 1 || may_be_missing(scope, count)
        }
        Role::CarriedCount { .. } => false,
        _ => true,
    }
}

/// Whether an array can be present without its count: the count is in a case, and the array is not.
fn may_be_missing(scope: &Scope<'_, '_>, count: CountRef) -> bool {
    let arrays = scope.body.body.counted_arrays(count);
    count.case.is_some()
        && scope.body.switch(count.member).variants.len() > 1
        && arrays.iter().any(|array| array.position.case.is_none())
}

/// A count as a `u64`. A count in another case than the selected one is 0.
fn count_value(scope: &Scope<'_, '_>, count: CountRef) -> Lines {
    let field = scope.body.field(count);
    match (&field.role, count.case) {
        (Role::Value | Role::StoredCount, None) => {
            let place = format!("self.{}", field_ident(&field.name));
            Lines::single(widened(field, &place))
        }
        (Role::StoredCount, Some(case)) => {
            if_stored_case(scope, count.member, case, &widened(field, "*value"))
        }
        (Role::ComputedCount, Some(case)) if may_be_missing(scope, count) => {
            let switch = scope.body.switch(count.member);
            let value = widened(field, scope.local(count));
            if switch.stored {
                if_stored_case(scope, count.member, case, &value)
            } else {
                if_selected(scope, switch, case, &value)
            }
        }
        _ => Lines::single(widened(field, scope.local(count))),
    }
}

/// An expression, or 0 if another case than this one is selected.
fn if_selected(scope: &Scope<'_, '_>, switch: &Switch, case: usize, expression: &str) -> Lines {
    let arms = switch.variants.iter().map(|variant| {
        let is_selected = case_of(switch, variant).is_some_and(|(selected, _)| selected == case);
        Lines::single(if is_selected { expression } else { "0" })
    });
    dispatch(
        scope,
        switch,
        &stored_discriminant(scope, switch),
        arms.collect(),
    )
}
