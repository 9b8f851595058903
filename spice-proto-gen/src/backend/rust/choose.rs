//! How code chooses between the variants of a switch.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use super::names::Place;
use super::naming::{const_name, ident};
use crate::model::{Switch, When};

/// Chooses one of the arms, which belong to the variants of a switch.
pub(super) fn choose(
    context: &Context<'_>,
    place: Place,
    switch: &Switch,
    discriminant: &TokenStream,
    arms: Vec<TokenStream>,
) -> TokenStream {
    let Some(found) = context.model.enumeration(switch.discriminant.ty) else {
        return TokenStream::new();
    };
    let enum_path = context.type_path(place, switch.discriminant.ty);
    let constant = |item: usize| {
        let name = found
            .items
            .get(item)
            .map(|item| const_name(&item.name))
            .unwrap_or_default();
        let name = ident(&name);
        quote!(#enum_path::#name)
    };
    let arms = merge(switch, arms);
    if switch.discriminant.flags {
        return if_chain(discriminant, &arms, constant);
    }
    let items = |whens: &[&When]| {
        let items = whens.iter().map(|when| match when {
            When::Equals(item) => Some(constant(*item)),
            _ => None,
        });
        items.collect::<Option<Vec<_>>>()
    };
    if let [(whens, arm), (_, otherwise)] = arms.as_slice()
        && let (Some(items), true) = (items(whens), otherwise.is_empty())
    {
        return match items.as_slice() {
            [item] => quote!(if #discriminant == #item { #arm }),
            items => quote!(if matches!(#discriminant, #(#items)|*) { #arm }),
        };
    }
    let arms = arms.iter().map(|(whens, arm)| match items(whens) {
        Some(items) => quote!(#(#items)|* => { #arm }),
        None => quote!(_ => { #arm }),
    });
    quote!(match #discriminant { #(#arms)* })
}

/// Arms and when each is chosen; neighbours that do the same are one.
fn merge(switch: &Switch, arms: Vec<TokenStream>) -> Vec<(Vec<&When>, TokenStream)> {
    let mut merged: Vec<(Vec<&When>, TokenStream)> = Vec::with_capacity(arms.len());
    for (variant, arm) in switch.variants.iter().zip(arms) {
        match merged.last_mut() {
            Some((whens, same)) if same.to_string() == arm.to_string() => whens.push(&variant.when),
            _ => merged.push((vec![&variant.when], arm)),
        }
    }
    merged
}

/// Chooses by bits.
fn if_chain(
    discriminant: &TokenStream,
    arms: &[(Vec<&When>, TokenStream)],
    constant: impl Fn(usize) -> TokenStream,
) -> TokenStream {
    let mut chain = TokenStream::new();
    for (position, (whens, arm)) in arms.iter().enumerate() {
        let otherwise = (position > 0).then(|| quote!(else));
        if whens.contains(&&When::Always) {
            chain.extend((position == 0 || !arm.is_empty()).then(|| quote!(#otherwise { #arm })));
            continue;
        }
        let bits = whens.iter().flat_map(|when| match when {
            When::AnyBit(bits) => bits.as_slice(),
            _ => &[],
        });
        let tests = bits.map(|(item, negated)| {
            let item = constant(*item);
            let not = negated.then(|| quote!(!));
            quote!(#not #discriminant.intersects(#item))
        });
        chain.extend(quote!(#otherwise if #(#tests)||* { #arm }));
    }
    chain
}
