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
            When::Equals(item) => Some(scope.context.item_path(scope.body.module, switch, *item)),
            When::AnyBit(_) | When::Always => None,
        });
        items.collect()
    };
    if let [(whens, arm), (_, otherwise)] = arms.as_slice()
        && otherwise.is_empty()
        && let Some(items) = items(whens)
    {
        let condition = is_one_of(discriminant, &items);
        return quote!(if #condition { #arm });
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

/// A condition: whether a discriminant is one of these items.
pub(super) fn is_one_of(discriminant: impl ToTokens, items: &[TokenStream]) -> TokenStream {
    match items {
        [item] => quote!(#discriminant == #item),
        items => quote!(::core::matches!(#discriminant, #(#items)|*)),
    }
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

/// An arm for each variant of a switch's enum.
pub(super) struct VariantArm {
    pub(super) pattern: TokenStream,
    /// The type of the value that the pattern binds.
    pub(super) binding: Option<String>,
    pub(super) guard: Option<TokenStream>,
    pub(super) body: TokenStream,
}

impl VariantArm {
    /// Whether a variant can share the arm of another: the bodies are the same, and the types of the values
    /// that they use.
    fn is_same(&self, other: &Self) -> bool {
        self.guard.is_none()
            && other.guard.is_none()
            && self.binding == other.binding
            && self.body.to_string() == other.body.to_string()
    }
}

/// Merges consecutive arms that are the same.
pub(super) fn merge_variants(arms: impl IntoIterator<Item = VariantArm>) -> Vec<VariantArm> {
    let mut merged: Vec<VariantArm> = Vec::new();
    for arm in arms {
        match merged.last_mut() {
            Some(last) if last.is_same(&arm) => {
                let pattern = arm.pattern;
                last.pattern.extend(quote!(| #pattern));
            }
            _ => merged.push(arm),
        }
    }
    merged
}

/// The arms of a `match` on a switch's enum.
pub(super) fn variant_arms(arms: impl IntoIterator<Item = VariantArm>) -> TokenStream {
    let arms = merge_variants(arms).into_iter();
    arms.map(|found| {
        let (pattern, guard) = (found.pattern, found.guard);
        let guard = guard.map(|condition| quote!(if #condition));
        arm(quote!(#pattern #guard), found.body)
    })
    .collect()
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
    let mut chain = TokenStream::new();
    for (whens, arm) in arms {
        let keyword = (!chain.is_empty()).then(|| quote!(else));
        chain.extend(match bit_condition(scope, switch, discriminant, &whens) {
            Some(condition) => quote!(#keyword if #condition { #arm }),
            None if chain.is_empty() => return arm,
            None => quote!(else { #arm }),
        });
    }
    chain
}

/// The condition that selects any of these variants. `None` if it is always true.
pub(super) fn bit_condition(
    scope: &Scope<'_, '_>,
    switch: &Switch,
    discriminant: &TokenStream,
    whens: &[&When],
) -> Option<TokenStream> {
    let mut tests = Vec::new();
    for when in whens {
        match when {
            When::Always => return None,
            When::Equals(_) => unreachable!("flags are tested bit by bit"),
            When::AnyBit(bits) => tests.extend(bits.iter().map(|(item, negated)| {
                let not = negated.then(|| quote!(!));
                let item = scope.context.item_path(scope.body.module, switch, *item);
                quote!(#not #discriminant.intersects(#item))
            })),
        }
    }
    Some(quote!(#(#tests)||*))
}
