//! Implementations of `Decode`: local variables in wire order, then a struct literal.

use super::body::{Body, case_of};
use super::context::Context;
use super::field_types::{Shape, fixed_size_type, is_option, shape};
use super::lines::Lines;
use super::locals::Scope;
use super::switch_dispatch::dispatch;
use super::variants::{Parts, carried_members, construct, variant_path};
use crate::model::{
    Array, CountRef, Field, Member, Part, Pointer, Role, Segment, SegmentField, Size, Switch, Type,
};

/// Emits the implementation for a body.
pub(super) fn implementation(context: &Context<'_>, body: Body<'_>, name: &str, lines: &mut Lines) {
    let scope = Scope::new(context, body);
    let contains = body.body.contains;
    let lifetime = body.lifetime("<'a>");
    lines.open(format!("impl<'a> wire::Decode<'a> for {name}{lifetime} {{"));
    if let Size::Static(size) = body.body.size {
        lines.line(format!(
            "const WIRE_SIZE: ::core::option::Option<usize> = Some({size});"
        ));
    }
    lines.lines(contains.fds.then_some("const HAS_FDS: bool = true;"));
    lines.lines(
        contains
            .padding
            .then_some("const HAS_PADDING: bool = true;"),
    );
    lines.lines(context.inline(body.id));
    let mut statements = Lines::default();
    for part in &body.body.parts {
        match part {
            Part::Segment(segment) => read_segment(&scope, segment, &mut statements),
            Part::Member(index) => match body.member(*index) {
                Member::Field(field) => {
                    let (local, annotation) =
                        (scope.member_local(*index), scope.annotation(*index));
                    let mut value = inline_value(&scope, field, "");
                    if scope.is_undropped(*index) {
                        value = format!("wire::ManuallyDrop::new({value})");
                    }
                    statements.line(format!("let {local}{annotation} = {value};"));
                }
                Member::Switch(switch) => read_switch(&scope, *index, switch, &mut statements),
            },
        }
    }
    let reader = if statements.is_empty() { "_" } else { "reader" };
    lines.open(format!(
        "fn decode_from({reader}: &mut wire::Reader<'a>) -> wire::Result<Self> {{"
    ));
    lines.append(statements);
    let fields = body.stored().map(|(index, _)| scope.decoded_init(index));
    let fields = fields.collect::<Vec<_>>().join(", ");
    lines.line(format!("Ok(Self {{ {fields} }})"));
    lines.close("}");
    lines.close("}");
}

/// The type of a segment and the call that takes it.
fn take(scope: &Scope<'_, '_>, segment: &Segment) -> String {
    let ends = scope.context.model.field_ends(scope.body.body, segment);
    let ends = ends
        .iter()
        .map(|end| format!("({}, {:?})", end.end, end.path));
    let ends = ends.collect::<Vec<_>>().join(", ");
    format!("&[u8; {}] = reader.segment(&[{ends}])?;", segment.size)
}

fn read_segment(scope: &Scope<'_, '_>, segment: &Segment, lines: &mut Lines) {
    let mut reads = Lines::default();
    for found in &segment.fields {
        let field = scope.body.field(found.position);
        if field.role != Role::Zero && scope.is_needed(found.position.member) {
            let local = scope.local(found.position);
            let value = segment_value(scope, segment, *found, "");
            reads.append(value.wrapped(&format!("let {local} = "), ";"));
        }
    }
    let name = if reads.is_empty() { "_" } else { "segment" };
    lines.line(format!("let {name}: {}", take(scope, segment)));
    lines.append(reads);
}

/// The value of a field of a segment.
fn segment_value(
    scope: &Scope<'_, '_>,
    segment: &Segment,
    found: SegmentField,
    prefix: &str,
) -> Lines {
    let field = scope.body.field(found.position);
    let offset = found.offset;
    match field.pointer {
        Some(pointer) => {
            let target = format!("u32::get(segment, {offset})");
            pointee(
                scope,
                field,
                pointer,
                &target,
                segment.size - offset,
                prefix,
            )
        }
        None => {
            let ty = fixed_size_type(scope.context, scope.body.place, field);
            Lines::single(match shape(field) {
                Shape::Fixed(_) => format!("<{ty}>::get(segment, {offset})"),
                _ => format!("{ty}::get(segment, {offset})"),
            })
        }
    }
}

/// The value of a pointer. `at` is the number of bytes from the pointer to the reader's position.
fn pointee(
    scope: &Scope<'_, '_>,
    field: &Field,
    pointer: Pointer,
    target: &str,
    at: u64,
    prefix: &str,
) -> Lines {
    let name = format!("{prefix}{}", field.name);
    let is_fixed_size = scope.context.model.is_fixed_size(field.ty.ty);
    let read = |target: &str| match shape(field) {
        Shape::One if scope.context.model.is_lazy(field) => {
            format!("reader.lazy_pointee({target}, {at}, {name:?})?")
        }
        Shape::Fixed(_) if !is_fixed_size => {
            format!(
                "reader.pointee_with({target}, {at}, {name:?}, |reader| reader.array({name:?}))?"
            )
        }
        Shape::One | Shape::Fixed(_) => format!("reader.pointee({target}, {at}, {name:?})?"),
        Shape::Bytes | Shape::Text | Shape::List => {
            let value = array_result(scope, field, &name);
            format!("reader.pointee_with({target}, {at}, {name:?}, |reader| {value})?")
        }
    };
    if pointer.nonnull {
        return Lines::single(read(target));
    }
    if is_option(field) {
        let mut lines = Lines::default();
        lines.open(format!("match {target} {{"));
        lines.line("0 => None,");
        lines.line(format!("target => Some({}),", read("target")));
        lines.close("}");
        return lines;
    }
    let count = elements(scope, field).unwrap_or_else(|| "Some(0)".to_owned());
    let size = scope
        .context
        .model
        .int(field.ty.ty)
        .map_or(1, |int| int.bytes);
    let value = array_result(scope, field, &name);
    Lines::single(format!(
        "reader.array_pointee({target}, {at}, {name:?}, ({count}, {size}), |reader| {value})?"
    ))
}

/// The number of elements of an array as an `Option<u64>`, if other fields determine it.
fn elements(scope: &Scope<'_, '_>, field: &Field) -> Option<String> {
    match field.array {
        Some(Array::Count(count)) => Some(format!("Some({})", scope.local_count(count))),
        Some(Array::ImageSize { bits, width, rows }) => {
            let [width, rows] = [width, rows].map(|side| scope.local_count(CountRef::member(side)));
            Some(format!("wire::image_size({bits}, {width}, {rows})"))
        }
        None | Some(Array::Fixed(_) | Array::CString | Array::Remaining) => None,
    }
}

/// The value of an array of variable length at the reader's position.
fn array_value(scope: &Scope<'_, '_>, field: &Field, name: &str) -> String {
    match (shape(field), field.array) {
        (_, Some(Array::CString)) => format!("reader.cstring({name:?})?"),
        (Shape::Bytes, Some(Array::Remaining)) => "reader.remaining().into()".to_owned(),
        (Shape::Text, Some(Array::Remaining)) => {
            "wire::Text::from_wire(reader.remaining())".to_owned()
        }
        (_, Some(Array::Remaining)) => format!("reader.remaining_list({name:?})?"),
        (Shape::List, Some(Array::Count(count))) => {
            format!("reader.list({}, {name:?})?", scope.local_count(count))
        }
        (shape, _) => {
            let Some(count) = elements(scope, field) else {
                unreachable!("arrays of variable length are cstrings, to the end, or counted");
            };
            match shape {
                Shape::Text => format!("reader.text({count}, {name:?})?"),
                Shape::List => format!("reader.list({count}.unwrap_or(u64::MAX), {name:?})?"),
                _ => format!("reader.bytes({count}, {name:?})?.into()"),
            }
        }
    }
}

/// An array of variable length at the reader's position, as a `Result`.
fn array_result(scope: &Scope<'_, '_>, field: &Field, name: &str) -> String {
    let value = array_value(scope, field, name);
    match value.strip_suffix('?') {
        Some(result) => result.to_owned(),
        None => format!("Ok({value})"),
    }
}

/// The value of a field that is not part of a segment.
fn inline_value(scope: &Scope<'_, '_>, field: &Field, prefix: &str) -> String {
    let name = format!("{prefix}{}", field.name);
    match (shape(field), field.ty.ty) {
        (Shape::One, Type::Fd) => "reader.fd()".to_owned(),
        (Shape::One, _) => format!("reader.value({name:?})?"),
        (Shape::Fixed(_), _) => format!("reader.array({name:?})?"),
        _ => array_value(scope, field, &name),
    }
}

fn read_switch<'m>(scope: &Scope<'_, 'm>, index: usize, switch: &'m Switch, lines: &mut Lines) {
    let is_single = switch.variants.len() == 1;
    let mut arms = (0..switch.variants.len()).map(|position| {
        let (mut statements, value) = read_variant(scope, index, switch, position);
        if switch.stored && is_single {
            let (before, after) = binding(scope, index);
            statements.append(value.wrapped(&before, after));
        } else if switch.stored {
            statements.append(value);
        }
        statements
    });
    if is_single {
        arms.for_each(|arm| lines.append(arm));
        return;
    }
    lines.lines(scope.count_declarations(index, switch));
    let discriminant = scope.local_discriminant(switch);
    let chosen = dispatch(scope, switch, &discriminant, arms.by_ref().collect());
    lines.append(match switch.stored {
        true => {
            let (before, after) = binding(scope, index);
            chosen.wrapped(&before, after)
        }
        false => chosen,
    });
}

/// What precedes and follows the value of a switch.
fn binding(scope: &Scope<'_, '_>, index: usize) -> (String, &'static str) {
    let local = scope.member_local(index);
    match scope.is_undropped(index) {
        true => (format!("let {local} = wire::ManuallyDrop::new("), ");"),
        false => (format!("let {local} = "), ";"),
    }
}

/// The statements that read a variant, and its value.
fn read_variant<'m>(
    scope: &Scope<'_, 'm>,
    index: usize,
    switch: &'m Switch,
    position: usize,
) -> (Lines, Lines) {
    let Some(variant) = switch.variants.get(position) else {
        unreachable!("a variant is read by its index in the switch");
    };
    let (mut statements, mut value) = (Lines::default(), None);
    if let Some((case, found)) = case_of(switch, variant) {
        let prefix = format!("{}.", switch.name);
        let position = CountRef::case(index, case);
        let is_count = scope.is_used_count(position);
        let is_needed = is_count || variant.value && switch.stored;
        value = match &found.segment {
            None => Some(Lines::single(inline_value(scope, &found.field, &prefix))),
            Some(segment) if !is_needed => {
                statements.line(format!("let _: {}", take(scope, segment)));
                None
            }
            Some(segment) => {
                statements.line(format!("let segment: {}", take(scope, segment)));
                let [field] = segment.fields.as_slice() else {
                    unreachable!("the segment of a case has one field");
                };
                let value = segment_value(scope, segment, *field, &prefix);
                if is_count {
                    let binding = if switch.variants.len() == 1 {
                        "let "
                    } else {
                        ""
                    };
                    let local = scope.local(position);
                    statements.append(value.wrapped(&format!("{binding}{local} = "), ";"));
                    Some(Lines::single(local))
                } else {
                    Some(value)
                }
            }
        };
    }
    if !switch.stored {
        return (statements, Lines::default());
    }
    let parts = Parts::of(scope.body, switch, variant);
    let carried: Vec<_> = carried_members(switch, variant)
        .map(|member| scope.init(member))
        .collect();
    let path = variant_path(scope.context, scope.body, index, position);
    let value = value.filter(|_| variant.value);
    (statements, construct(&path, &parts, &carried, value))
}
