//! Implementations of `Encode`: the block of a body.

use super::access::{Access, is_not_empty};
use super::body::{Body, case_of};
use super::case::field_ident;
use super::context::Context;
use super::counts::{check, derived};
use super::field_types::{Shape, is_option, shape};
use super::lines::Lines;
use super::locals::{Scope, stored_discriminant};
use super::pointees;
use super::switch_dispatch::{dispatch, push_arm};
use super::variants::{Parts, pattern};
use crate::model::{
    Array, CountRef, Field, Member, Part, Pointer, Role, Segment, Switch, Type, Variant, When,
};

/// Emits the implementation for a body.
pub(super) fn implementation(context: &Context<'_>, body: Body<'_>, name: &str, lines: &mut Lines) {
    let scope = Scope::new(context, body);
    let lifetime = body.lifetime("<'_>");
    lines.open(format!("impl wire::Encode for {name}{lifetime} {{"));
    let mut statements = Lines::default();
    derived(&scope, &mut statements);
    for part in &body.body.parts {
        match part {
            Part::Segment(segment) => write_segment(&scope, segment, &mut statements),
            Part::Member(index) => match body.member(*index) {
                Member::Field(field) => {
                    write_field(&scope, field, &Access::of(field), "", &mut statements);
                }
                Member::Switch(switch) => write_switch(&scope, *index, switch, &mut statements),
            },
        }
    }
    let writer = if statements.is_empty() { "_" } else { "writer" };
    lines.lines(context.inline(body.id));
    lines.open(format!(
        "fn write<'v>(&'v self, {writer}: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {{"
    ));
    lines.append(statements);
    lines.line("Ok(())");
    lines.close("}");
    pointees::functions(&scope, lines);
    lines.close("}");
}

fn write_segment(scope: &Scope<'_, '_>, segment: &Segment, lines: &mut Lines) {
    let mut puts = Vec::new();
    for found in &segment.fields {
        let field = scope.body.field(found.position);
        let value = match field.role {
            _ if field.pointer.is_some() => continue,
            Role::Zero => continue,
            Role::Virtual(_) => unreachable!("a virtual field is not on the wire"),
            Role::Value | Role::StoredCount => Access::of(field).place,
            Role::ComputedCount | Role::CarriedCount { .. } | Role::ImpliedDiscriminant { .. } => {
                scope.local(found.position).to_owned()
            }
        };
        puts.push(format!("{value}.put(segment, {})", found.offset));
    }
    put_segment(segment.size, &puts, lines);
    for found in &segment.fields {
        let field = scope.body.field(found.position);
        if let Some(pointer) = field.pointer {
            let at = segment.size - found.offset;
            write_pointer(scope, field, pointer, &Access::of(field), at, "", lines);
        }
    }
}

fn put_segment(size: u64, puts: &[String], lines: &mut Lines) {
    match puts {
        _ if size == 0 => {}
        [] => lines.line(format!("writer.zeros::<{size}>()?;")),
        [put] => lines.line(format!(
            "writer.segment(|segment: &mut [u8; {size}]| {put})?;"
        )),
        puts => {
            lines.open(format!("writer.segment(|segment: &mut [u8; {size}]| {{"));
            lines.lines(puts.iter().map(|put| format!("{put};")));
            lines.close("})?;");
        }
    }
}

/// Checks the pointee and announces the pointer, unless it is null.
fn write_pointer(
    scope: &Scope<'_, '_>,
    field: &Field,
    pointer: Pointer,
    access: &Access,
    at: u64,
    prefix: &str,
    lines: &mut Lines,
) {
    let write = format!("writer.pointer({at});");
    if is_option(field) {
        let check = check(scope, field, "target", prefix);
        if check.is_empty() {
            lines.open(format!("if {}.is_some() {{", access.place));
        } else {
            lines.open(format!("if let Some(target) = {} {{", access.reference));
        }
        lines.append(check);
        lines.line(write);
        lines.close("}");
        return;
    }
    let place = match field.array {
        Some(Array::CString) => &access.reference,
        _ => &access.place,
    };
    match is_not_empty(field, place) {
        // An empty array is a null pointer. Its count may have any value.
        Some(condition) if !pointer.nonnull => {
            lines.open(format!("if {condition} {{"));
            lines.append(check(scope, field, place, prefix));
            lines.line(write);
            lines.close("}");
        }
        _ => {
            lines.append(check(scope, field, place, prefix));
            lines.line(write);
        }
    }
}

/// Writes a field that is not part of a segment.
fn write_field(
    scope: &Scope<'_, '_>,
    field: &Field,
    access: &Access,
    prefix: &str,
    lines: &mut Lines,
) {
    let name = format!("{prefix}{}", field.name);
    let Access { reference, place } = access;
    lines.append(check(scope, field, place, prefix));
    lines.line(match (shape(field), field.ty.ty) {
        (Shape::One | Shape::Fixed(_), Type::Fd) => return,
        (Shape::Fixed(_), _) => format!("writer.elements({reference}, {name:?})?;"),
        (Shape::Text, _) if field.array == Some(Array::CString) => {
            format!("writer.cstring({reference}, {name:?})?;")
        }
        (Shape::Bytes, _) => format!("writer.bytes({reference})?;"),
        (Shape::Text, _) => format!("writer.text({reference})?;"),
        (Shape::One | Shape::List, _) => format!("writer.field({reference}, {name:?})?;"),
    });
}

fn write_switch<'m>(scope: &Scope<'_, 'm>, index: usize, switch: &'m Switch, lines: &mut Lines) {
    if let [only] = switch.variants.as_slice() {
        // There is nothing to choose.
        let write = write_variant(scope, index, switch, only);
        if binds_value(scope, switch, only) {
            let pattern = pattern(scope.context, scope.body, index, 0, true);
            lines.line(format!(
                "let {pattern} = &self.{};",
                field_ident(&switch.name)
            ));
        }
        lines.append(write);
    } else if !switch.stored {
        let variants = switch.variants.iter();
        let arms = variants.map(|variant| write_unstored(scope, index, switch, variant));
        let discriminant = stored_discriminant(scope, switch);
        lines.append(dispatch(scope, switch, &discriminant, arms.collect()));
    } else if switch.discriminant.implied {
        write_implied(scope, index, switch, lines);
    } else {
        write_checked(scope, index, switch, lines);
    }
}

/// Writes a case whose value is not stored: a count or zeros.
fn write_unstored(
    scope: &Scope<'_, '_>,
    index: usize,
    switch: &Switch,
    variant: &Variant,
) -> Lines {
    let mut lines = Lines::default();
    let Some((case, found)) = case_of(switch, variant) else {
        return lines;
    };
    let size = found.field.size.min();
    match found.field.role {
        Role::Zero => put_segment(size, &[], &mut lines),
        Role::ComputedCount => {
            let local = scope.local(CountRef::case(index, case));
            put_segment(size, &[format!("{local}.put(segment, 0)")], &mut lines);
        }
        _ => unreachable!("all other fields of a case are stored"),
    }
    lines
}

/// Writes the value of a variant, bound to `value`.
fn write_variant<'m>(
    scope: &Scope<'_, 'm>,
    index: usize,
    switch: &'m Switch,
    variant: &Variant,
) -> Lines {
    let Some(field) = Parts::of(scope.body, switch, variant).value else {
        return write_unstored(scope, index, switch, variant);
    };
    let mut lines = Lines::default();
    let prefix = format!("{}.", switch.name);
    let access = Access::bound();
    match field.pointer {
        Some(pointer) => {
            put_segment(4, &[], &mut lines);
            write_pointer(scope, field, pointer, &access, 4, &prefix, &mut lines);
        }
        None if is_fixed_size(scope, field) => {
            let put = "value.put(segment, 0)".to_owned();
            put_segment(field.size.min(), &[put], &mut lines);
        }
        None => write_field(scope, field, &access, &prefix, &mut lines),
    }
    lines
}

/// Whether a value of a case is written as a segment.
fn is_fixed_size(scope: &Scope<'_, '_>, field: &Field) -> bool {
    matches!(shape(field), Shape::One | Shape::Fixed(_))
        && scope.context.model.is_fixed_size(field.ty.ty)
}

/// Whether [`write_variant`] uses the value.
fn binds_value<'m>(scope: &Scope<'_, 'm>, switch: &'m Switch, variant: &Variant) -> bool {
    let Some(field) = Parts::of(scope.body, switch, variant).value else {
        return false;
    };
    match (field.pointer, shape(field)) {
        (Some(pointer), _) => {
            let is_checked = !check(scope, field, "value", "").is_empty();
            is_option(field)
                || is_checked
                || !pointer.nonnull && is_not_empty(field, "value").is_some()
        }
        (None, Shape::One | Shape::Fixed(_)) => {
            let is_empty = is_fixed_size(scope, field) && field.size.exact() == Some(0);
            field.ty.ty != Type::Fd && !is_empty
        }
        (None, _) => true,
    }
}

/// The pattern of a variant and the statements that write it.
fn arm<'m>(
    scope: &Scope<'_, 'm>,
    index: usize,
    switch: &'m Switch,
    position: usize,
    variant: &Variant,
) -> (String, Lines) {
    let binds = binds_value(scope, switch, variant);
    let pattern = pattern(scope.context, scope.body, index, position, binds);
    (pattern, write_variant(scope, index, switch, variant))
}

/// The paths of the items that select a variant.
fn listed(scope: &Scope<'_, '_>, switch: &Switch) -> Vec<String> {
    let whens = switch.variants.iter().map(|variant| &variant.when);
    let items = whens.filter_map(|when| match when {
        When::Equals(item) => Some(scope.context.item_path(scope.body.place, switch, *item)),
        When::AnyBit(_) | When::Always => None,
    });
    items.collect()
}

fn mismatch(switch: &Switch) -> Lines {
    Lines::single(format!(
        "return Err(writer.variant_mismatch({:?}));",
        switch.name
    ))
}

/// Refuses a discriminant that selects a variant of an item.
fn refuse_listed(discriminant: &str, listed: &[String], switch: &Switch, lines: &mut Lines) {
    let test = format!("if matches!({discriminant}, {}) {{", listed.join(" | "));
    if lines.fits_in_function(&test) {
        lines.open(test);
        lines.append(mismatch(switch));
        lines.close("}");
    } else {
        lines.open(format!("match {discriminant} {{"));
        push_arm(lines, listed, mismatch(switch));
        lines.line("_ => {}");
        lines.close("}");
    }
}

/// Writes a switch whose variant implies the discriminant.
fn write_implied<'m>(scope: &Scope<'_, 'm>, index: usize, switch: &'m Switch, lines: &mut Lines) {
    let listed = listed(scope, switch);
    let [member] = switch.discriminant.path.as_slice() else {
        unreachable!("an implied discriminant is a member of the switch's body");
    };
    let discriminant = scope.member_local(*member);
    lines.open(format!("match &self.{} {{", field_ident(&switch.name)));
    for (position, variant) in switch.variants.iter().enumerate() {
        let (pattern, write) = arm(scope, index, switch, position, variant);
        let mut statements = Lines::default();
        if variant.when == When::Always && !listed.is_empty() {
            refuse_listed(discriminant, &listed, switch, &mut statements);
        }
        statements.append(write);
        push_arm(lines, &[pattern], statements);
    }
    lines.close("}");
}

/// Writes a switch whose discriminant is stored and must select the variant.
fn write_checked<'m>(scope: &Scope<'_, 'm>, index: usize, switch: &'m Switch, lines: &mut Lines) {
    let listed = listed(scope, switch);
    let mut discriminant = stored_discriminant(scope, switch);
    if switch.discriminant.flags {
        let positions = 0..switch.variants.len();
        let positions = positions.map(|position| Lines::single(position.to_string()));
        let selected = dispatch(scope, switch, &discriminant, positions.collect());
        lines.append(selected.wrapped("let selected = ", ";"));
        "selected".clone_into(&mut discriminant);
    }
    let name = field_ident(&switch.name);
    lines.open(format!("match ({discriminant}, &self.{name}) {{"));
    for (position, variant) in switch.variants.iter().enumerate() {
        let (pattern, write) = arm(scope, index, switch, position, variant);
        let selector = match variant.when {
            _ if switch.discriminant.flags => position.to_string(),
            When::Equals(item) => scope.context.item_path(scope.body.place, switch, item),
            When::AnyBit(_) => unreachable!("only flags are tested bit by bit"),
            When::Always => {
                let other_variants: Vec<_> =
                    listed.iter().map(|item| format!("({item}, _)")).collect();
                if !other_variants.is_empty() {
                    push_arm(lines, &other_variants, mismatch(switch));
                }
                "_".to_owned()
            }
        };
        push_arm(lines, &[format!("({selector}, {pattern})")], write);
    }
    push_arm(lines, &["_".to_owned()], mismatch(switch));
    lines.close("}");
}
