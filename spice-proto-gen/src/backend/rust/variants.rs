//! The variants of a switch's enum: what they carry, as patterns and as expressions.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::body::{Body, case_of};
use super::case::{field_ident, ident};
use super::context::Context;
use super::field_types::field_type;
use super::locals::Scope;
use super::names::variant_name;
use crate::model::{Field, Switch, Variant};

/// The fields that a variant carries.
pub(super) struct Parts<'m> {
    /// The value of its case.
    pub(super) value: Option<&'m Field>,
    /// The discriminant and counts.
    pub(super) carried: Vec<&'m Field>,
}

impl<'m> Parts<'m> {
    pub(super) fn of(body: Body<'m>, switch: &'m Switch, variant: &Variant) -> Self {
        let value = case_of(switch, variant).filter(|_| variant.value);
        let carried = carried_members(switch, variant).map(|member| body.member_field(member));
        Self {
            value: value.map(|(_, case)| &case.field),
            carried: carried.collect(),
        }
    }

    pub(super) const fn is_unit(&self) -> bool {
        self.value.is_none() && self.carried.is_empty()
    }

    /// The name of the value beside carried fields.
    pub(super) fn value_name(&self) -> Ident {
        let mut names = self.carried.iter().map(|field| field_ident(&field.name));
        ident(if names.any(|name| name == "value") {
            "value_"
        } else {
            "value"
        })
    }
}

/// The members that a variant carries: the discriminant and counts.
pub(super) fn carried_members(switch: &Switch, variant: &Variant) -> impl Iterator<Item = usize> {
    let discriminant = switch.discriminant.path.first().copied();
    let discriminant = discriminant.filter(|_| variant.carries_discriminant);
    discriminant
        .into_iter()
        .chain(variant.carried_counts.iter().copied())
}

/// The identifier of a variant.
pub(super) fn variant_ident(context: &Context<'_>, switch: &Switch, position: usize) -> Ident {
    ident(&variant_name(context.model, switch, position))
}

/// The path of a variant from its module.
pub(super) fn variant_path(
    context: &Context<'_>,
    body: Body<'_>,
    member: usize,
    position: usize,
) -> TokenStream {
    let name = ident(context.names.switch_name(body.id, member));
    let variant = variant_ident(context, body.switch(member), position);
    quote!(#name::#variant)
}

/// The pattern of a variant. Binds its value to `value`, or not at all.
pub(super) fn pattern(
    context: &Context<'_>,
    body: Body<'_>,
    member: usize,
    position: usize,
    binds: bool,
) -> TokenStream {
    let switch = body.switch(member);
    let Some(variant) = switch.variants.get(position) else {
        unreachable!("a variant is matched by its index in the switch");
    };
    let path = variant_path(context, body, member, position);
    let parts = Parts::of(body, switch, variant);
    match (parts.value.is_some(), parts.carried.is_empty(), binds) {
        (false, true, _) => path,
        (true, true, true) => quote!(#path(value)),
        (true, true, false) => quote!(#path(_)),
        (true, false, true) => {
            let value = named(&parts.value_name(), &quote!(value));
            quote!(#path { #value, .. })
        }
        _ => quote!(#path { .. }),
    }
}

/// The type of a variant's value, which its pattern can bind.
pub(super) fn bound_type<'m>(
    scope: &Scope<'_, 'm>,
    switch: &'m Switch,
    variant: &Variant,
) -> Option<String> {
    let field = Parts::of(scope.body, switch, variant).value?;
    Some(field_type(scope.context, scope.body.module, field))
}

/// The expression of a variant. `carried` is `name` or `name: value` for each carried field.
pub(super) fn construct(
    path: &TokenStream,
    parts: &Parts<'_>,
    carried: &[TokenStream],
    value: Option<TokenStream>,
) -> TokenStream {
    match (value, carried.is_empty()) {
        (None, true) => path.clone(),
        (None, false) => quote!(#path { #(#carried),* }),
        (Some(value), true) => quote!(#path(#value)),
        (Some(value), false) => {
            let value = named(&parts.value_name(), &value);
            quote!(#path { #(#carried),*, #value })
        }
    }
}

/// A field of a struct literal or pattern: `name`, or `name: value`.
pub(super) fn named(name: &Ident, value: &TokenStream) -> TokenStream {
    if *name == value.to_string() {
        value.clone()
    } else {
        quote!(#name: #value)
    }
}
