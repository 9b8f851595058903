//! Implementations of `Blank`.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{Body, Context, field_ident, is_kept};
use super::naming::ident;
use super::types::value_ident;
use crate::model::{Member, Switch, Variant};

impl Context<'_> {
    /// The blank value of a body.
    pub(super) fn blank_body(&self, body: Body<'_>) -> TokenStream {
        let name = ident(self.names.type_name(body.id));
        let lifetime = self.lifetime(body.body).map(|_| quote!(<'_>));
        let kept = body.body.members.iter().filter(|member| is_kept(member));
        let fields = kept.map(|member| {
            let name = match member {
                Member::Field(field) => &field.name,
                Member::Switch(switch) => &switch.name,
            };
            field_ident(name)
        });
        quote!(wire::impl_blank!(#name #lifetime { #(#fields),* });)
    }

    /// The blank value of a switch.
    pub(super) fn blank_switch(
        &self,
        body: Body<'_>,
        index: usize,
        switch: &Switch,
    ) -> TokenStream {
        let position = self.blank_variant(switch);
        let Some(variant) = switch.variants.get(position) else {
            return TokenStream::new();
        };
        let name = self.switch_ident(body, index);
        let lifetime = switch.contains.borrowed.then(|| quote!(<'_>));
        let variant_name = self.variant_ident(switch, position);
        let carried = self.carried(body, switch, variant);
        let blank = quote!(wire::Blank::blank());
        let value = self.variant_value(switch, variant).map(|_| &blank);
        let value = match (value, carried.as_slice()) {
            (None, []) => quote!(Self::#variant_name),
            (Some(value), []) => quote!(Self::#variant_name(#value)),
            (value, carried) => {
                let names = carried.iter().map(|field| field_ident(&field.name));
                let value = value.map(|value| {
                    let name = value_ident(carried);
                    quote!(#name: #value)
                });
                quote!(Self::#variant_name { #(#names: #blank,)* #value })
            }
        };
        quote!(wire::impl_blank!(#name #lifetime, #value);)
    }

    /// The variant that is the least work to make.
    fn blank_variant(&self, switch: &Switch) -> usize {
        let work = |variant: &Variant| match self.variant_value(switch, variant) {
            Some(field) => 1 + field.size.min(),
            None => 0,
        };
        let variants = switch.variants.iter().enumerate();
        let least = variants.min_by_key(|(_, variant)| work(variant));
        least.map_or(0, |(position, _)| position)
    }
}
