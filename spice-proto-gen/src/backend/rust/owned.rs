//! Implementations of `IntoOwned`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::context::{Body, Context, Shape, field_ident, is_kept, shape};
use super::naming::ident;
use super::types::value_ident;
use crate::model::{Field, Member, Switch, Variant};

pub(super) fn implementation(context: &Context<'_>, body: Body<'_>) -> TokenStream {
    let name = ident(context.names.type_name(body.id));
    if !body.body.contains.borrowed {
        let switches = body.switches().filter(|(_, switch)| switch.stored);
        let switches = switches.map(|(index, _)| identity(&context.switch_ident(body, index)));
        let own = identity(&name);
        return quote!(#own #(#switches)*);
    }
    let fields = body
        .body
        .members
        .iter()
        .filter(|member| is_kept(member))
        .map(|member| {
            let (name, value) = match member {
                Member::Field(field) => {
                    let name = field_ident(&field.name);
                    (name.clone(), own(context, field, &quote!(self.#name)))
                }
                Member::Switch(switch) => {
                    let name = field_ident(&switch.name);
                    (
                        name.clone(),
                        quote!(wire::IntoOwned::into_owned(self.#name)),
                    )
                }
            };
            quote!(#name: #value)
        });
    let switches = body.switches().filter(|(_, switch)| switch.stored);
    let switches = switches.map(|(index, switch)| switch_owned(context, body, index, switch));
    quote! {
        impl wire::IntoOwned for #name<'_> {
            type Owned = #name<'static>;

            #[inline]
            fn into_owned(self) -> Self::Owned {
                #name { #(#fields),* }
            }
        }
        #(#switches)*
    }
}

/// A type that borrows nothing is owned already.
fn identity(name: &Ident) -> TokenStream {
    quote! {
        impl wire::IntoOwned for #name {
            type Owned = Self;

            #[inline]
            fn into_owned(self) -> Self { self }
        }
    }
}

/// The owned form of a field's value: the value itself where it borrows nothing.
fn own(context: &Context<'_>, field: &Field, value: &TokenStream) -> TokenStream {
    match shape(field) {
        Shape::One | Shape::Fixed(_) if context.is_plain(field.ty.ty) => value.clone(),
        Shape::Fixed(_) => quote!(#value.map(wire::IntoOwned::into_owned)),
        _ => quote!(wire::IntoOwned::into_owned(#value)),
    }
}

fn switch_owned(
    context: &Context<'_>,
    body: Body<'_>,
    index: usize,
    switch: &Switch,
) -> TokenStream {
    let name = context.switch_ident(body, index);
    if !switch.contains.borrowed {
        return identity(&name);
    }
    let arms = switch
        .variants
        .iter()
        .enumerate()
        .map(|(position, variant)| {
            let variant_name = context.variant_ident(switch, position);
            let (pattern, value) = variant_parts(context, body, switch, variant);
            quote!(Self::#variant_name #pattern => #name::#variant_name #value,)
        });
    quote! {
        impl wire::IntoOwned for #name<'_> {
            type Owned = #name<'static>;

            #[inline]
            fn into_owned(self) -> Self::Owned {
                match self { #(#arms)* }
            }
        }
    }
}

/// The pattern that takes a variant apart, and what makes the owned one.
fn variant_parts(
    context: &Context<'_>,
    body: Body<'_>,
    switch: &Switch,
    variant: &Variant,
) -> (TokenStream, TokenStream) {
    let carried = context.carried(body, switch, variant);
    let value = context.variant_value(switch, variant);
    let value_name = value_ident(&carried);
    let owned = value.map(|field| own(context, field, &quote!(#value_name)));
    match (owned, carried.as_slice()) {
        (None, []) => (TokenStream::new(), TokenStream::new()),
        (Some(owned), []) => (quote!((#value_name)), quote!((#owned))),
        (owned, fields) => {
            let names: Vec<_> = fields
                .iter()
                .map(|field| field_ident(&field.name))
                .collect();
            let bind = owned.as_ref().map(|_| quote!(#value_name));
            let owned = owned.map(|owned| match value_name == owned.to_string() {
                true => owned,
                false => quote!(#value_name: #owned),
            });
            (
                quote!({ #(#names,)* #bind }),
                quote!({ #(#names,)* #owned }),
            )
        }
    }
}
