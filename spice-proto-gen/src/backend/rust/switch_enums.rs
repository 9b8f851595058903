//! The enums of switches.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::body::{Body, case_of};
use super::case::{field_ident, ident};
use super::context::Context;
use super::docs::lines as doc_lines;
use super::field_types::{default_value, field_type, is_owned_by_element};
use super::layout_docs::declaration;
use super::lines::{Lines, tokens};
use super::paths::{Kind, variant_name};
use super::serde;
use super::variants::{Parts, construct, variant_ident};
use crate::model::{Field, Switch, Variant, When};

/// The documentation of the struct's field.
pub(super) fn field_docs(context: &Context<'_>, body: Body<'_>, switch: &Switch) -> Vec<String> {
    let path = context.model.discriminant_path(body.body, switch);
    doc_lines(&switch.docs, &format!("Selected by `{path}`."))
}

/// Emits the enum of a stored switch and everything that it implements.
pub(super) fn definition(
    context: &Context<'_>,
    body: Body<'_>,
    index: usize,
    switch: &Switch,
    lines: &mut Lines,
) {
    let name = ident(context.names.switch_name(body.id, index));
    let part = format!("{}.{}", context.type_part(body.id), switch.name);
    let path = context.model.discriminant_path(body.body, switch);
    let otherwise = format!("The switch `{}` of `{}`.", switch.name, body.body.name);
    lines.docs(doc_lines(&switch.docs, &otherwise));
    lines.docs(["", &format!("The variant is selected by `{path}`.")]);
    let (default, variant) = default_variant(context, switch);
    let is_derived = Parts::of(body, switch, variant).is_unit();
    let derive = if is_derived { ", Default" } else { "" };
    let user = context.attributes(Kind::Enum, &part);
    let attributes = lines.derive(&format!("Clone, Debug{derive}, PartialEq, Eq"), &user);
    serde::derive(context, "wire", lines);
    lines.attributes(attributes);
    let lifetime = if switch.contains.borrowed { "<'a>" } else { "" };
    lines.open(format!("pub enum {name}{lifetime} {{"));
    for (position, variant) in switch.variants.iter().enumerate() {
        lines.docs(variant_docs(context, body, switch, variant));
        let name = variant_ident(context, switch, position);
        lines.lines(serde::variant(context, switch, variant, &name));
        lines.lines((is_derived && default == position).then_some("#[default]"));
        let part = format!("{part}.{}", variant_name(context, switch, variant));
        lines.attributes(&context.attributes(Kind::Field, &part));
        let parts = Parts::of(body, switch, variant);
        variant_definition(context, body, &parts, &name, &part, lines);
    }
    lines.close("}");
    let lifetime = if switch.contains.borrowed { "<'_>" } else { "" };
    let name = format!("{name}{lifetime}");
    if !is_derived {
        let parts = Parts::of(body, switch, variant);
        let default = default_expression(&parts, &variant_ident(context, switch, default));
        let ty = tokens(&name);
        lines.item(quote! {
            impl ::core::default::Default for #ty {
                fn default() -> Self {
                    #default
                }
            }
        });
    }
    into_owned(context, body, switch, &name, lines);
}

fn variant_docs(
    context: &Context<'_>,
    body: Body<'_>,
    switch: &Switch,
    variant: &Variant,
) -> Vec<String> {
    match case_of(switch, variant) {
        Some((_, case)) => {
            let declaration = declaration(context, body.body, &case.field);
            doc_lines(&case.field.docs, &format!("`{declaration}`"))
        }
        None => vec!["No case matches: no bytes.".to_owned()],
    }
}

/// A variant: a value alone, or named fields if it carries counts or a discriminant.
fn variant_definition(
    context: &Context<'_>,
    body: Body<'_>,
    parts: &Parts<'_>,
    name: &Ident,
    path: &str,
    lines: &mut Lines,
) {
    let type_of = |field: &Field| field_type(context, body.module, field);
    match (parts.value, parts.carried.is_empty()) {
        (None, true) => lines.line(format!("{name},")),
        (Some(value), true) => {
            let form = serde::field_form(context, value).map(|form| form + " ");
            let form = form.unwrap_or_default();
            let value = format!("{form}{}", type_of(value));
            lines.table(&format!("{name}("), &[value], "),");
        }
        (value, false) => {
            lines.open(format!("{name} {{"));
            for field in &parts.carried {
                let name = field_ident(&field.name);
                let otherwise = format!("`{}` in the proto.", field.name);
                lines.docs(doc_lines(&field.docs, &otherwise));
                lines.lines(serde::rename(context, &name, &field.name));
                let part = format!("{path}.{}", field.name);
                lines.attributes(&context.attributes(Kind::Field, part));
                lines.line(format!("{name}: {},", type_of(field)));
            }
            if let Some(value) = value {
                lines.docs(["The value of the case."]);
                lines.lines(serde::field_form(context, value));
                lines.line(format!("{}: {},", parts.value_name(), type_of(value)));
            }
            lines.close("},");
        }
    }
}

/// The variant that a discriminant of zero selects.
fn default_variant<'s>(context: &Context<'_>, switch: &'s Switch) -> (usize, &'s Variant) {
    let mut variants = switch.variants.iter().enumerate();
    let found = variants.find(|(_, variant)| match &variant.when {
        When::Equals(item) => context.model.item(switch, *item).value == 0,
        When::AnyBit(bits) => bits.iter().any(|(_, negated)| *negated),
        When::Always => true,
    });
    match found.or_else(|| switch.variants.iter().enumerate().next()) {
        Some(found) => found,
        None => unreachable!("a switch has at least one variant"),
    }
}

fn default_expression(parts: &Parts<'_>, name: &Ident) -> TokenStream {
    let carried = parts.carried.iter().map(|field| {
        let (name, value) = (field_ident(&field.name), default_value(field));
        quote!(#name: #value)
    });
    let carried: Vec<_> = carried.collect();
    let value = parts.value.map(default_value);
    construct(&quote!(Self::#name), parts, &carried, value)
}

/// `IntoOwned` of the enum.
fn into_owned(
    context: &Context<'_>,
    body: Body<'_>,
    switch: &Switch,
    name: &str,
    lines: &mut Lines,
) {
    if !switch.contains.borrowed {
        lines.line(format!("wire::impl_owned!({name});"));
        return;
    }
    let variants = switch.variants.iter().enumerate();
    let variants = variants.map(|(position, variant)| {
        let name = variant_ident(context, switch, position);
        let parts = Parts::of(body, switch, variant);
        let is_by_element = parts
            .value
            .is_some_and(|field| is_owned_by_element(context, field));
        let value = parts.value.map(|_| parts.value_name());
        let carried = parts.carried.iter();
        let carried = carried.map(|field| field_ident(&field.name).to_string());
        let carried = carried.collect::<Vec<_>>().join(", ");
        match (value, carried.is_empty(), is_by_element) {
            (None, true, _) => name.to_string(),
            (None, false, _) => format!("{name} {{ {carried} }}"),
            (Some(value), true, false) => format!("{name}({value})"),
            (Some(value), true, true) => format!("{name}[{value}]"),
            (Some(value), false, false) => format!("{name} {{ {carried}, {value} }}"),
            (Some(value), false, true) => format!("{name} {{ {carried}; {value} }}"),
        }
    });
    let start = format!("wire::impl_owned!({name} {{");
    lines.table(&start, &variants.collect::<Vec<_>>(), "});");
}
