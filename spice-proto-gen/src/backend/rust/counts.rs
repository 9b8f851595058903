//! Implementations of `Encode`: counts and discriminants that are not kept, and those that must agree
//! with something else.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::choose::choose;
use super::context::{Shape, field_ident, field_name, int_type, number, shape};
use super::encode::{Access, Encoder, pattern};
use super::naming::{const_name, ident};
use super::steps::{User, count_field, int_of, users};
use crate::model::{Array, CountRef, Field, Member, Role, Switch, When};

/// How many elements (of text: bytes) there are.
fn length(field: &Field, place: &TokenStream) -> TokenStream {
    match shape(field) {
        Shape::Text => quote!(#place.wire_len()),
        _ => quote!(#place.len()),
    }
}

impl<'m> Encoder<'_, 'm> {
    /// The counts and discriminants that are not kept, as local variables.
    pub(super) fn derived(&self) -> TokenStream {
        let mut tokens = TokenStream::new();
        for (member, found) in self.body.body.members.iter().enumerate() {
            match found {
                Member::Field(field) => {
                    let key = CountRef { member, case: None };
                    tokens.extend(self.derived_field(key, field, ""));
                }
                Member::Switch(switch) => {
                    let prefix = format!("{}.", switch.name);
                    for (case, found) in switch.cases.iter().enumerate() {
                        let key = CountRef {
                            member,
                            case: Some(case),
                        };
                        tokens.extend(self.derived_field(key, &found.field, &prefix));
                    }
                }
            }
        }
        tokens
    }

    fn derived_field(&self, key: CountRef, field: &'m Field, prefix: &str) -> TokenStream {
        let local = self.locals.get(key);
        match field.role {
            Role::ComputedCount => {
                let name = field_name(&format!("{prefix}{}", field.name));
                let ty = int_type(int_of(field));
                let mut lengths = users(self.body, key)
                    .into_iter()
                    .map(|user| self.user_len(user));
                let first = lengths.next().unwrap_or_else(|| quote!(0));
                quote! {
                    let count = #first #(.max(#lengths))*;
                    let #local: #ty = writer.count(count, #name)?;
                }
            }
            Role::CarriedCount { switch } => self.carried_count(key.member, field, switch, &local),
            Role::ImpliedDiscriminant { switch } => self.implied(field, switch, &local),
            _ => TokenStream::new(),
        }
    }

    /// The length of an array that is counted.
    fn user_len(&self, user: User<'_>) -> TokenStream {
        let Some(case) = user.case else {
            return length(user.field, &Access::field(&user.field.name).place);
        };
        let Some(switch) = self.body.switch(user.member) else {
            return quote!(0);
        };
        let value = length(user.field, &quote!(value));
        self.of_case(user.member, switch, case, &value)
    }

    /// What `value` says of the value of a case: zero where another case is chosen.
    fn of_case(
        &self,
        member: usize,
        switch: &Switch,
        case: usize,
        value: &TokenStream,
    ) -> TokenStream {
        let name = field_ident(&switch.name);
        let bind = quote!(value);
        let variants = switch.variants.iter().enumerate();
        let patterns = variants.filter(|(_, variant)| variant.case == Some(case));
        let patterns: Vec<_> = patterns
            .map(|(position, _)| pattern(self.context, self.body, member, position, &bind))
            .collect();
        let otherwise = (patterns.len() < switch.variants.len()).then(|| quote!(_ => 0));
        quote!(match &self.#name { #(#patterns)|* => #value, #otherwise })
    }

    fn carried_count(
        &self,
        member: usize,
        field: &Field,
        switch_index: usize,
        local: &Ident,
    ) -> TokenStream {
        let Some(switch) = self.body.switch(switch_index) else {
            return TokenStream::new();
        };
        let name = field_name(&field.name);
        let switch_name = field_ident(&switch.name);
        let enum_name = self.context.switch_ident(self.body, switch_index);
        let arms = switch
            .variants
            .iter()
            .enumerate()
            .map(|(position, variant)| {
                if variant.carried_counts.contains(&member) {
                    let variant = self.context.variant_ident(switch, position);
                    let part = field_ident(&field.name);
                    return quote!(#enum_name::#variant { #part, .. } => *#part,);
                }
                let bind = quote!(value);
                let pattern = pattern(self.context, self.body, switch_index, position, &bind);
                let value = self.context.variant_value(switch, variant);
                let length = value.map_or_else(|| quote!(0), |field| length(field, &bind));
                quote!(#pattern => writer.count(#length, #name)?,)
            });
        let ty = int_type(int_of(field));
        quote!(let #local: #ty = match &self.#switch_name { #(#arms)* };)
    }

    fn implied(&self, field: &Field, switch_index: usize, local: &Ident) -> TokenStream {
        let Some(switch) = self.body.switch(switch_index) else {
            return TokenStream::new();
        };
        let switch_name = field_ident(&switch.name);
        let enum_name = self.context.switch_ident(self.body, switch_index);
        let part = field_ident(&field.name);
        let arms = switch
            .variants
            .iter()
            .enumerate()
            .map(|(position, variant)| match variant.when {
                When::Equals(item) => {
                    let bind = quote!(_);
                    let pattern = pattern(self.context, self.body, switch_index, position, &bind);
                    let item = self.item(switch, item);
                    quote!(#pattern => #item,)
                }
                _ => {
                    let variant = self.context.variant_ident(switch, position);
                    quote!(#enum_name::#variant { #part, .. } => *#part,)
                }
            });
        quote!(let #local = match &self.#switch_name { #(#arms)* };)
    }

    /// The constant of an item of a switch's discriminant.
    pub(super) fn item(&self, switch: &Switch, item: usize) -> TokenStream {
        let found = self.context.model.enumeration(switch.discriminant.ty);
        let name = found.and_then(|found| found.items.get(item));
        let name = ident(&name.map(|item| const_name(&item.name)).unwrap_or_default());
        let path = self
            .context
            .type_path(self.body.place, switch.discriminant.ty);
        quote!(#path::#name)
    }

    /// Checks that an array has the length that other fields say.
    pub(super) fn check(&self, field: &Field, place: &TokenStream, prefix: &str) -> TokenStream {
        let name = field_name(&format!("{prefix}{}", field.name));
        let length = length(field, place);
        let check = match field.array {
            Some(Array::Count(count)) if self.needs_check(count) => {
                let count = self.count(count);
                quote!(writer.check_count(#count, #length, #name)?;)
            }
            Some(Array::ImageSize { bits, width, rows }) => {
                let bits = number(u64::from(bits));
                let width = self.count(CountRef {
                    member: width,
                    case: None,
                });
                let rows = self.count(CountRef {
                    member: rows,
                    case: None,
                });
                let size = quote!(wire::image_size(#bits, #width, #rows));
                quote!(writer.check_image_size(#size, #length, #name)?;)
            }
            Some(Array::CString) if field.pointer.is_some() => {
                return quote!(writer.check_cstring(#place, #name)?;);
            }
            _ => return TokenStream::new(),
        };
        // What stands for null is empty, whatever the count says.
        match field.pointer {
            Some(pointer) if !pointer.nonnull => match shape(field) {
                Shape::Text => quote!(if #length != 0 { #check }),
                _ => quote!(if !#place.is_empty() { #check }),
            },
            _ => check,
        }
    }

    /// Whether the count is not simply the length of the one array that it counts.
    fn needs_check(&self, count: CountRef) -> bool {
        match count_field(self.body, count).map(|field| &field.role) {
            Some(Role::ComputedCount) => {
                users(self.body, count).len() > 1 || self.may_be_missing(count)
            }
            Some(Role::CarriedCount { .. }) => false,
            _ => true,
        }
    }

    /// Whether there can be an array without its count: that stands in a case, the array does not.
    fn may_be_missing(&self, count: CountRef) -> bool {
        let direct = |user: &User<'_>| user.case.is_none();
        let always = |switch: &Switch| switch.variants.len() == 1;
        count.case.is_some()
            && !self.body.switch(count.member).is_some_and(always)
            && users(self.body, count).iter().any(direct)
    }

    /// A computed count in a case as a `u64`: zero where another case is chosen.
    fn count_if_chosen(&self, member: usize, case: usize, value: &TokenStream) -> TokenStream {
        let Some(switch) = self.body.switch(member) else {
            return quote!(0);
        };
        if switch.stored {
            return self.of_case(member, switch, case, value);
        }
        let arms = switch
            .variants
            .iter()
            .map(|variant| match variant.case == Some(case) {
                true => value.clone(),
                false => quote!(0),
            });
        let discriminant = self.discriminant(switch);
        choose(
            self.context,
            self.body.place,
            switch,
            &discriminant,
            arms.collect(),
        )
    }

    /// A count as a `u64`.
    fn count(&self, count: CountRef) -> TokenStream {
        let Some(field) = count_field(self.body, count) else {
            return quote!(0);
        };
        let value = match (&field.role, count.case) {
            (Role::Value | Role::StoredCount, None) => Access::field(&field.name).copy,
            (Role::StoredCount, Some(case)) => self.stored_in_case(count.member, case),
            _ => {
                let local = self.locals.get(count);
                quote!(#local)
            }
        };
        let value = match int_of(field).bytes {
            8 => value,
            _ => quote!(u64::from(#value)),
        };
        match (&field.role, count.case) {
            (Role::ComputedCount, Some(case)) if self.may_be_missing(count) => {
                self.count_if_chosen(count.member, case, &value)
            }
            _ => value,
        }
    }

    /// A count that is kept in a case of a switch.
    fn stored_in_case(&self, member: usize, case: usize) -> TokenStream {
        match self.body.switch(member) {
            Some(switch) => self.of_case(member, switch, case, &quote!(*value)),
            None => quote!(0),
        }
    }
}
