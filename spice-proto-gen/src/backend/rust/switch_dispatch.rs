//! The choice between the variants of a switch by its discriminant: `match`, or a chain of `if`s.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::locals::Scope;
use crate::model::{Switch, When};

/// Chooses one of the arms, one for each variant. The result is an expression if the arms are.
pub(super) fn dispatch(
    scope: &Scope<'_, '_>,
    switch: &Switch,
    discriminant: &TokenStream,
    arms: Vec<TokenStream>,
) -> TokenStream {
    let arms = merge(switch, arms);
    if switch.discriminant.flags {
        return if_chain(scope, switch, discriminant, arms);
    }
    let items = |whens: &[&When]| -> Option<Vec<TokenStream>> {
        let items = whens.iter().map(|when| match when {
            When::Equals(item) => Some(scope.context.item_path(scope.body.place, switch, *item)),
            When::AnyBit(_) | When::Always => None,
        });
        items.collect()
    };
    if let [(whens, arm), (_, otherwise)] = arms.as_slice()
        && otherwise.is_empty()
        && let Some(items) = items(whens)
    {
        return match items.as_slice() {
            [item] => quote!(if #discriminant == #item { #arm }),
            items => quote!(if matches!(#discriminant, #(#items)|*) { #arm }),
        };
    }
    if let [(_, arm)] = arms.as_slice() {
        return arm.clone();
    }
    let arms = arms.into_iter().map(|(whens, body)| match items(&whens) {
        Some(items) => arm(quote!(#(#items)|*), body),
        None => arm(quote!(_), body),
    });
    quote!(match #discriminant { #(#arms)* })
}

/// An arm of a `match`.
pub(super) fn arm(pattern: impl ToTokens, body: TokenStream) -> TokenStream {
    let mut trees: Vec<_> = body.into_iter().collect();
    let is_keyword = |first: &Ident| ["let", "if", "match"].iter().any(|word| first == word);
    let is_expression =
        !matches!(trees.first(), Some(TokenTree::Ident(first)) if is_keyword(first));
    let is_one_statement = trees.iter().position(is_semicolon) == trees.len().checked_sub(1);
    // A statement is an expression of type `()` without its semicolon.
    if is_one_statement && is_expression {
        trees.pop();
    }
    quote!(#pattern => { #(#trees)* })
}

/// Whether a token ends a statement.
pub(super) fn is_semicolon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';')
}

/// Merges consecutive arms that are the same.
fn merge(switch: &Switch, arms: Vec<TokenStream>) -> Vec<(Vec<&When>, TokenStream)> {
    let mut merged: Vec<(Vec<&When>, TokenStream)> = Vec::with_capacity(arms.len());
    let mut last_text = None;
    for (variant, arm) in switch.variants.iter().zip(arms) {
        let text = Some(arm.to_string());
        match merged.last_mut() {
            Some((whens, _)) if last_text == text => whens.push(&variant.when),
            _ => merged.push((vec![&variant.when], arm)),
        }
        last_text = text;
    }
    merged
}

/// Chooses by bits.
fn if_chain(
    scope: &Scope<'_, '_>,
    switch: &Switch,
    discriminant: &TokenStream,
    mut arms: Vec<(Vec<&When>, TokenStream)>,
) -> TokenStream {
    if arms.last().is_some_and(|(_, arm)| arm.is_empty()) {
        arms.pop();
    }
    let condition = |whens: &[&When]| -> Option<TokenStream> {
        let mut tests = Vec::new();
        for when in whens {
            match when {
                When::Always => return None,
                When::Equals(_) => unreachable!("flags are tested bit by bit"),
                When::AnyBit(bits) => tests.extend(bits.iter().map(|(item, negated)| {
                    let not = negated.then(|| quote!(!));
                    let item = scope.context.item_path(scope.body.place, switch, *item);
                    quote!(#not #discriminant.intersects(#item))
                })),
            }
        }
        Some(quote!(#(#tests)||*))
    };
    let mut chain = TokenStream::new();
    for (whens, arm) in arms {
        let keyword = (!chain.is_empty()).then(|| quote!(else));
        chain.extend(match condition(&whens) {
            Some(condition) => quote!(#keyword if #condition { #arm }),
            None if chain.is_empty() => return arm,
            None => quote!(else { #arm }),
        });
    }
    chain
}
