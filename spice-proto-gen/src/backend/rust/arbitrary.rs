//! Implementations of `Arbitrary` for structs. Nearly all random values can be encoded: arrays are made
//! from their counts, and variants from their discriminants.

use super::arbitrary_messages::{self, free, pick};
use super::body::{Body, case_of, count_int};
use super::case::field_ident;
use super::context::Context;
use super::field_types::{Shape, int_type, is_option, shape, unsigned_type};
use super::lines::Lines;
use super::locals::Scope;
use super::switch_dispatch::dispatch;
use super::variants::{Parts, construct, variant_path};
use crate::model::{Array, CountRef, Field, Member, Role, Struct, Switch, Variant, When};

/// A body, and the counts and image sides that determine the lengths of its arrays.
struct Maker<'s, 'c, 'm> {
    scope: &'s Scope<'c, 'm>,
    counts: Vec<Count>,
}

/// A count or a side of an image.
struct Count {
    position: CountRef,
    /// Whether it counts bytes, so that it may be large.
    counts_bytes: bool,
}

/// Emits the implementation for a body.
pub(super) fn implementation(context: &Context<'_>, body: Body<'_>, name: &str, lines: &mut Lines) {
    let scope = Scope::new(context, body);
    let maker = Maker {
        scope: &scope,
        counts: counts(body.body),
    };
    let mut statements = Lines::default();
    for (index, member) in body.body.members.iter().enumerate() {
        match member {
            Member::Field(field) => make_field(&maker, index, field, &mut statements),
            Member::Switch(switch) => make_switch(&maker, index, switch, &mut statements),
        }
    }
    let fields = body.stored().map(|(index, _)| scope.init(index));
    let fields = fields.collect::<Vec<_>>().join(", ");
    statements.line(format!("Ok(Self {{ {fields} }})"));
    let ty = format!("{name}{}", body.lifetime("<'a>"));
    arbitrary_messages::implementation("wire", &ty, statements, lines);
}

fn counts(body: &Struct) -> Vec<Count> {
    let mut counts = Vec::new();
    let mut add = |field: &Field| match field.array {
        Some(Array::Count(position)) => counts.push(Count {
            position,
            counts_bytes: matches!(shape(field), Shape::Bytes | Shape::Text),
        }),
        Some(Array::ImageSize { width, rows, .. }) => {
            counts.extend([width, rows].map(|member| Count {
                position: CountRef::member(member),
                counts_bytes: false,
            }));
        }
        _ => {}
    };
    for member in &body.members {
        match member {
            Member::Field(field) => add(field),
            Member::Switch(switch) => {
                let live = switch.cases.iter().filter(|case| case.live);
                live.for_each(|case| add(&case.field));
            }
        }
    }
    counts
}

fn is_count(maker: &Maker<'_, '_, '_>, position: CountRef) -> bool {
    maker.counts.iter().any(|count| count.position == position)
}

fn make_field(maker: &Maker<'_, '_, '_>, index: usize, field: &Field, lines: &mut Lines) {
    let scope = maker.scope;
    let position = CountRef::member(index);
    let value = match field.role {
        Role::Value | Role::StoredCount => value(maker, position, field),
        Role::ComputedCount if is_count(maker, position) => value(maker, position, field),
        _ => return,
    };
    let annotation = scope.annotation(index);
    lines.append(value.wrapped(
        &format!("let {}{annotation} = ", scope.local(position)),
        ";",
    ));
}

/// A random count or side of an image.
fn random_count(maker: &Maker<'_, '_, '_>, position: CountRef, field: &Field) -> String {
    let mut uses = maker
        .counts
        .iter()
        .filter(|count| count.position == position);
    let function = match uses.all(|count| count.counts_bytes) {
        true => "many",
        false => "few",
    };
    format!(
        "wire::random::{function}::<{}>(input)?",
        int_type(count_int(field))
    )
}

/// A random value of a field.
fn value(maker: &Maker<'_, '_, '_>, position: CountRef, field: &Field) -> Lines {
    if is_count(maker, position) {
        return Lines::single(random_count(maker, position, field));
    }
    let function = match (shape(field), field.array) {
        (Shape::One | Shape::Fixed(_), _) => return Lines::single("input.arbitrary()?"),
        (_, Some(Array::CString)) => "cstring",
        (Shape::Bytes, _) => "bytes",
        (Shape::Text, _) => "text",
        (Shape::List, _) => "list",
    };
    let mut lines = Lines::default();
    if function == "cstring" {
        lines.line("wire::random::cstring(input)?");
    } else {
        lines.open("{");
        lines.line(format!("let size = {};", size(maker, field)));
        lines.line(format!("wire::random::{function}(input, size)?"));
        lines.close("}");
    }
    if !is_option(field) {
        return lines;
    }
    let mut option = Lines::default();
    option.open("match input.arbitrary()? {");
    option.append(lines.wrapped("true => Some(", "),"));
    option.line("false => None,");
    option.close("}");
    option
}

/// The number of elements of an array as an `Option<u64>`.
fn size(maker: &Maker<'_, '_, '_>, field: &Field) -> String {
    let scope = maker.scope;
    match field.array {
        Some(Array::Count(count)) => {
            let counted = scope.body.field(count);
            let value = match counted.role {
                Role::CarriedCount { .. } => random_count(maker, count, counted),
                _ => scope.local(count).to_owned(),
            };
            match count_int(counted).bytes {
                8 => format!("Some({value})"),
                _ => format!("Some(u64::from({value}))"),
            }
        }
        Some(Array::ImageSize { bits, width, rows }) => {
            let [width, rows] = [width, rows].map(|side| scope.local_count(CountRef::member(side)));
            format!("wire::image_size({bits}, {width}, {rows})")
        }
        _ => {
            let function = if shape(field) == Shape::List {
                "few"
            } else {
                "many"
            };
            format!("Some(wire::random::{function}::<u64>(input)?)")
        }
    }
}

fn make_switch<'m>(maker: &Maker<'_, '_, 'm>, index: usize, switch: &'m Switch, lines: &mut Lines) {
    let scope = maker.scope;
    lines.lines(scope.count_declarations(index, switch));
    let variants = switch.variants.iter().enumerate();
    let arms = variants.map(|(position, variant)| make_variant(maker, index, position, variant));
    let chosen = match switch.discriminant.implied {
        // Any variant will do: it implies the discriminant.
        true => pick(arms.flatten().map(block).collect()),
        false => {
            let arms = arms.map(Option::unwrap_or_default).collect();
            dispatch(scope, switch, &scope.local_discriminant(switch), arms)
        }
    };
    lines.append(match switch.stored {
        true => block(chosen).wrapped(&format!("let {} = ", scope.member_local(index)), ";"),
        false => chosen,
    });
}

/// Statements and an expression as one expression.
fn block(lines: Lines) -> Lines {
    if !lines.has_statements() {
        return lines;
    }
    let mut block = Lines::default();
    block.open("{");
    block.append(lines);
    block.close("}");
    block
}

/// A variant, after an assignment to the count that it holds. `None` if no discriminant selects it.
fn make_variant<'m>(
    maker: &Maker<'_, '_, 'm>,
    index: usize,
    position: usize,
    variant: &Variant,
) -> Option<Lines> {
    let scope = maker.scope;
    let switch = scope.body.switch(index);
    let case = case_of(switch, variant);
    let count = case.map(|(case, found)| (CountRef::case(index, case), &found.field));
    let count = count.filter(|(position, _)| is_count(maker, *position));
    let mut lines = Lines::default();
    if let Some((position, field)) = count {
        let (local, value) = (scope.local(position), random_count(maker, position, field));
        lines.line(format!("{local} = {value};"));
    }
    if !switch.stored {
        return Some(lines);
    }
    let parts = Parts::of(scope.body, switch, variant);
    let value = parts.value.map(|field| match (count, case) {
        (Some((position, _)), _) => Lines::single(scope.local(position)),
        (None, Some((case, _))) => value(maker, CountRef::case(index, case), field),
        (None, None) => unreachable!("a variant with a value has a case"),
    });
    let carried = carried(maker, switch, variant)?;
    let path = variant_path(scope.context, scope.body, index, position);
    lines.append(construct(&path, &parts, &carried, value));
    Some(lines)
}

/// The discriminant and the counts that a variant carries.
fn carried(maker: &Maker<'_, '_, '_>, switch: &Switch, variant: &Variant) -> Option<Vec<String>> {
    let name = |member: usize| field_ident(&maker.scope.body.member_field(member).name);
    let mut fields = Vec::new();
    let discriminant = switch.discriminant.path.first().copied();
    if let Some(member) = discriminant.filter(|_| variant.carries_discriminant) {
        let value = other_discriminant(maker, switch)?;
        fields.push(format!("{}: {value}", name(member)));
    }
    let counts = variant.carried_counts.iter();
    fields.extend(counts.map(|member| format!("{}: input.arbitrary()?", name(*member))));
    Some(fields)
}

/// A discriminant that selects no variant of an item; `None` if there is none.
fn other_discriminant(maker: &Maker<'_, '_, '_>, switch: &Switch) -> Option<String> {
    let scope = maker.scope;
    let listed = switch.variants.iter();
    let listed = listed.filter_map(|variant| match variant.when {
        When::Equals(item) => Some(u64::from(scope.context.item(switch, item).value)),
        When::AnyBit(_) | When::Always => None,
    });
    let listed: Vec<u64> = listed.collect();
    let found = scope.context.enumeration(switch.discriminant.ty);
    let bits = u32::from(found.bytes) * 8;
    let free = free(&listed, (1_u64 << bits) - 1)?;
    let path = scope
        .context
        .type_path(scope.body.place, switch.discriminant.ty);
    let listed = listed.iter().map(|number| format!("{path}({number})"));
    let listed = listed.collect::<Vec<_>>().join(", ");
    let repr = unsigned_type(found.bytes);
    Some(format!(
        "wire::random::other::<{repr}, _>(input, &[{listed}], {free})?"
    ))
}
