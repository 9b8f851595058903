//! Attributes for `serde`: names are the proto's names, and bytes are not lists of numbers.

use std::fmt::Display;

use proc_macro2::Ident;

use super::body::case_of;
use super::context::Context;
use super::field_types::{BYTE, Shape, is_option, shape};
use super::lines::Lines;
use crate::model::{Field, Switch, Variant, VariantName};

/// Emits the derives of a struct or enum. `runtime` is the path of the runtime's items in its module.
pub(super) fn derive(context: &Context<'_>, runtime: &str, lines: &mut Lines) {
    if context.options.serde {
        let derives = ["Serialize", "Deserialize"].map(|name| format!("{runtime}::serde::{name}"));
        lines.line(format!("#[derive({})]", derives.join(", ")));
        lines.line("#[serde(crate = \"::spice_wire::__private::serde\")]");
    }
}

/// The attribute of a field or variant whose name in the proto differs from its name in Rust.
pub(super) fn rename(context: &Context<'_>, name: impl Display, in_proto: &str) -> Option<String> {
    let is_same = name.to_string().trim_start_matches("r#") == in_proto;
    (context.options.serde && !is_same).then(|| format!("#[serde(rename = {in_proto:?})]"))
}

/// The attribute of a switch's variant.
pub(super) fn variant(
    context: &Context<'_>,
    switch: &Switch,
    variant: &Variant,
    name: &Ident,
) -> Option<String> {
    let in_proto = match (variant.name, case_of(switch, variant)) {
        (VariantName::Item(item), _) => &context.item(switch, item).name,
        (VariantName::Field, Some((_, case))) => &case.field.name,
        (VariantName::Field | VariantName::NoCase, _) if switch.discriminant.implied => "other",
        (VariantName::Field | VariantName::NoCase, _) => "absent",
    };
    rename(context, name, in_proto)
}

fn form(context: &Context<'_>, form: &str) -> Option<String> {
    let attribute = || format!("#[serde(with = \"::spice_wire::__private::form::{form}\")]");
    context.options.serde.then(attribute)
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

/// The implementations for an enum or flags type.
pub(super) fn enumeration(runtime: &str, name: &Ident, repr: &Ident, kind: &str) -> String {
    format!("{runtime}::impl_serde!({name}, {repr}, serialize_{kind}, deserialize_{kind});")
}
