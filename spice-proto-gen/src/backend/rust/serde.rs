//! Attributes for `serde`: names are the proto's names, and bytes are not lists of numbers.

use std::fmt::Display;

use proc_macro2::Ident;

use super::context::Context;
use super::field_types::{BYTE, Shape, is_option, shape};
use super::lines::Lines;
use super::paths::variant_name;
use crate::model::{Field, Switch, Variant};

/// Emits the derives of a struct or enum. `runtime` is the path of the runtime's items in its module.
pub(super) fn derive(context: &Context<'_>, runtime: &str, lines: &mut Lines) {
    if context.options.serde {
        let derives = ["Serialize", "Deserialize"].map(|name| format!("{runtime}::serde::{name}"));
        let path = context.options.runtime();
        for attribute in [
            format!("derive({})", derives.join(", ")),
            format!("serde(crate = \"{path}::__private::serde\")"),
        ] {
            lines.line(context.options.serde_attribute(&attribute));
        }
    }
}

/// The attribute of a field or variant whose name in the proto differs from its name in Rust.
pub(super) fn rename(context: &Context<'_>, name: impl Display, in_proto: &str) -> Option<String> {
    let is_same = name.to_string().trim_start_matches("r#") == in_proto;
    let attribute = || format!("serde(rename = {in_proto:?})");
    (context.options.serde && !is_same).then(|| context.options.serde_attribute(&attribute()))
}

/// The attribute of a switch's variant.
pub(super) fn variant(
    context: &Context<'_>,
    switch: &Switch,
    variant: &Variant,
    name: &Ident,
) -> Option<String> {
    rename(context, name, variant_name(context, switch, variant))
}

fn form(context: &Context<'_>, form: &str) -> Option<String> {
    let path = context.options.runtime();
    let attribute = || format!("serde(with = \"{path}::__private::form::{form}\")");
    let options = context.options;
    options.serde.then(|| options.serde_attribute(&attribute()))
}

/// The attribute of a field's value.
pub(super) fn field_form(context: &Context<'_>, field: &Field) -> Option<String> {
    match (shape(field), is_option(field), field.ty.ty) {
        (Shape::Fixed(_), false, BYTE) => form(context, "byte_array"),
        (Shape::Fixed(_), true, BYTE) => form(context, "optional_byte_array"),
        (Shape::Fixed(_), false, _) => form(context, "array"),
        (Shape::Fixed(_), true, _) => form(context, "optional_array"),
        _ => None,
    }
}

/// Emits the implementations for an enum or flags type.
pub(super) fn enumeration(
    context: &Context<'_>,
    runtime: &str,
    (name, repr): (&Ident, &Ident),
    kind: &str,
    lines: &mut Lines,
) {
    if context.options.serde {
        lines.lines(context.options.gate("serde"));
        lines.line(format!(
            "{runtime}::impl_serde!({name}, {repr}, serialize_{kind}, deserialize_{kind});"
        ));
    }
}
