//! Implementations of `Arbitrary` for enums: of messages, and of numbers.

use super::lines::Lines;
use super::switch_dispatch::push_arm;
use crate::model::Enum;

/// Emits an implementation whose function has these statements.
pub(super) fn implementation(runtime: &str, ty: &str, statements: Lines, lines: &mut Lines) {
    let arbitrary = format!("{runtime}::arbitrary");
    let input = match statements.mentions("input") {
        true => "input",
        false => "_",
    };
    lines.open(format!("impl<'a> {arbitrary}::Arbitrary<'a> for {ty} {{"));
    lines.open(format!(
        "fn arbitrary({input}: &mut {arbitrary}::Unstructured<'a>) -> {arbitrary}::Result<Self> {{"
    ));
    lines.append(statements);
    lines.close("}");
    lines.close("}");
}

/// Emits the implementation for an enum or flags type.
pub(super) fn enumeration(name: &str, repr: &str, found: &Enum, lines: &mut Lines) {
    let function = if found.flags { "flags" } else { "enumeration" };
    let value = format!("wire::random::{function}::<{repr}, Self>(input)");
    implementation("wire", name, Lines::single(value), lines);
}

/// An enum whose variants hold a message each, except for one of unknown messages.
pub(super) struct MessageEnum<'n> {
    pub(super) name: &'n str,
    /// The path of the runtime.
    pub(super) runtime: &'static str,
    pub(super) variants: Vec<String>,
    pub(super) unknown: Option<UnknownVariant>,
}

/// The variant of messages that the protocol does not define.
pub(super) struct UnknownVariant {
    /// The field with an unknown value, and its type.
    pub(super) field: (&'static str, &'static str),
    /// The known values.
    pub(super) known: Vec<u64>,
    /// The largest value.
    pub(super) max: u64,
    /// Another field, which has any value.
    pub(super) other: Option<&'static str>,
}

/// Emits the implementation for an enum of messages.
pub(super) fn message_enum(messages: &MessageEnum<'_>, lines: &mut Lines) {
    let variants = messages.variants.iter();
    let variants =
        variants.map(|variant| Lines::single(format!("Self::{variant}(input.arbitrary()?)")));
    let unknown = messages.unknown.as_ref();
    let unknown = unknown.and_then(|unknown| unknown_value(unknown, messages.runtime));
    let picked = pick(variants.chain(unknown).collect());
    let ty = format!("{}<'a>", messages.name);
    implementation(messages.runtime, &ty, picked.wrapped("Ok(", ")"), lines);
}

/// The variant of unknown messages; `None` if all values are known.
fn unknown_value(unknown: &UnknownVariant, runtime: &str) -> Option<Lines> {
    let free = free(&unknown.known, unknown.max)?;
    let (field, ty) = unknown.field;
    let known = unknown.known.iter().map(u64::to_string);
    let known = known.collect::<Vec<_>>().join(", ");
    let other = unknown
        .other
        .map(|other| format!("{other}: input.arbitrary()?, "));
    let other = other.unwrap_or_default();
    let random = format!("{runtime}::random");
    let mut lines = Lines::default();
    lines.open("{");
    lines.line(format!(
        "let {field} = {random}::unknown::<{ty}>(input, &[{known}], {free})?;"
    ));
    lines.line(format!("let size: u32 = {random}::many(input)?;"));
    lines.line(format!(
        "let body = {random}::bytes(input, Some(size.into()))?;"
    ));
    lines.line(format!("Self::Unknown {{ {field}, {other}body }}"));
    lines.close("}");
    Some(lines)
}

/// The smallest number that is not known, if it is at most `max`.
pub(super) fn free(known: &[u64], max: u64) -> Option<u64> {
    (0..=max).find(|number| !known.contains(number))
}

/// Picks one of several values.
pub(super) fn pick(mut values: Vec<Lines>) -> Lines {
    let Some(last) = values.pop() else {
        unreachable!("an enum has at least one variant");
    };
    if values.is_empty() {
        return last;
    }
    let mut lines = Lines::default();
    lines.open(format!(
        "match input.int_in_range(0..={})? {{",
        values.len()
    ));
    for (index, value) in values.into_iter().enumerate() {
        push_arm(&mut lines, &[index.to_string()], value);
    }
    push_arm(&mut lines, &["_".to_owned()], last);
    lines.close("}");
    lines
}
