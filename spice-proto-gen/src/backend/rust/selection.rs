//! The choice of a variant by a stored discriminant, in `Encode`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::locals::{Scope, stored_discriminant};
use super::switch_dispatch::{bit_condition, dispatch};
use crate::model::{Switch, Variant, When};

/// A value that tells which variant a discriminant selects.
pub(super) struct Selection {
    /// The declaration of the local variable `selected`, if the value is that.
    pub(super) declaration: Option<TokenStream>,
    /// The value.
    pub(super) value: TokenStream,
    /// The pattern of the value for each variant.
    pub(super) selectors: Vec<TokenStream>,
    /// The values that do not select the last variant, if its pattern matches them.
    pub(super) listed: Vec<TokenStream>,
}

impl Selection {
    pub(super) fn new(scope: &Scope<'_, '_>, switch: &Switch) -> Self {
        let discriminant = stored_discriminant(scope, switch);
        match (switch.discriminant.flags, switch.variants.as_slice()) {
            (false, _) => Self::by_item(scope, switch, discriminant),
            (
                true,
                [
                    Variant {
                        when: When::AnyBit(bits),
                        ..
                    },
                    Variant {
                        when: When::Always, ..
                    },
                ],
            ) => Self::by_bits(scope, switch, &discriminant, bits),
            (true, _) => Self::by_position(scope, switch, &discriminant),
        }
    }

    /// The discriminant, for an enum.
    fn by_item(scope: &Scope<'_, '_>, switch: &Switch, discriminant: TokenStream) -> Self {
        let selectors = switch.variants.iter().map(|variant| match variant.when {
            When::Equals(item) => scope.context.item_path(scope.body.module, switch, item),
            When::AnyBit(_) => unreachable!("only flags are tested bit by bit"),
            When::Always => quote!(_),
        });
        Self {
            declaration: None,
            value: discriminant,
            selectors: selectors.collect(),
            listed: listed(scope, switch),
        }
    }

    /// A `bool`, for flags that select one of two variants.
    fn by_bits(
        scope: &Scope<'_, '_>,
        switch: &Switch,
        discriminant: &TokenStream,
        bits: &[(usize, bool)],
    ) -> Self {
        let (when, first, second) = match bits {
            [(item, true)] => (
                When::AnyBit(vec![(*item, false)]),
                quote!(false),
                quote!(true),
            ),
            bits => (When::AnyBit(bits.to_vec()), quote!(true), quote!(false)),
        };
        let Some(value) = bit_condition(scope, switch, discriminant, &[&when]) else {
            unreachable!("bits are a condition");
        };
        Self {
            declaration: None,
            value,
            selectors: vec![first, second],
            listed: Vec::new(),
        }
    }

    /// The index of the variant, for other flags.
    fn by_position(scope: &Scope<'_, '_>, switch: &Switch, discriminant: &TokenStream) -> Self {
        let positions = (0..switch.variants.len()).map(Literal::usize_unsuffixed);
        let positions: Vec<_> = positions.map(|position| quote!(#position)).collect();
        let chosen = dispatch(scope, switch, discriminant, positions.clone());
        Self {
            declaration: Some(quote!(let selected = #chosen;)),
            value: quote!(selected),
            selectors: positions,
            listed: Vec::new(),
        }
    }
}

/// The paths of the items that select a variant.
pub(super) fn listed(scope: &Scope<'_, '_>, switch: &Switch) -> Vec<TokenStream> {
    let whens = switch.variants.iter().map(|variant| &variant.when);
    let items = whens.filter_map(|when| match when {
        When::Equals(item) => Some(scope.context.item_path(scope.body.module, switch, *item)),
        When::AnyBit(_) | When::Always => None,
    });
    items.collect()
}
