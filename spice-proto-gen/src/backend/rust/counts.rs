//! Counts and discriminants in `Encode`. Some are computed, others must agree with another field.

use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::quote;

use super::access::Access;
use super::body::{case_of, count_int};
use super::case::field_ident;
use super::field_types::{Shape, int_type, shape};
use super::locals::{Scope, stored_discriminant, widened};
use super::switch_dispatch::{arm, dispatch};
use super::variants::{Parts, pattern, variant_path};
use crate::model::{Array, Field, FieldRef, Member, Role, Switch, When};

/// The number of elements, or of the bytes of text.
fn length(field: &Field, place: &TokenStream) -> TokenStream {
    match shape(field) {
        Shape::Text => quote!(#place.wire_len()),
        _ => quote!(#place.len()),
    }
}

/// Declarations of local variables for counts and discriminants that are not stored.
pub(super) fn derived(scope: &Scope<'_, '_>) -> TokenStream {
    let mut statements = TokenStream::new();
    for (index, member) in scope.body.body.members.iter().enumerate() {
        match member {
            Member::Field(field) => statements.extend(match field.role {
                Role::ComputedCount => computed_count(scope, FieldRef::member(index), ""),
                Role::CarriedCount { switch } => carried_count(scope, index, switch),
                Role::ImpliedDiscriminant { switch } => implied_discriminant(scope, index, switch),
                Role::Value | Role::StoredCount | Role::Zero | Role::Virtual(_) => continue,
            }),
            Member::Switch(switch) => {
                let prefix = format!("{}.", switch.name);
                let cases = switch.cases.iter().enumerate();
                let counts = cases
                    .filter(|(_, case)| case.live && case.field.role == Role::ComputedCount)
                    .map(|(case, _)| FieldRef::case(index, case));
                statements.extend(counts.map(|count| computed_count(scope, count, &prefix)));
            }
        }
    }
    statements
}

fn computed_count(scope: &Scope<'_, '_>, count: FieldRef, prefix: &str) -> TokenStream {
    let field = scope.body.field(count);
    let name = format!("{prefix}{}", field.name);
    let (local, ty) = (scope.local(count), int_type(count_int(field)));
    let arrays = scope.body.body.counted_arrays(count);
    let lengths = arrays.map(|(position, array)| array_length(scope, position, array));
    let mut lengths = lengths.collect::<Vec<_>>().into_iter();
    let first = lengths.next().unwrap_or_else(|| quote!(0));
    let local_name = match lengths.len() {
        0 => quote!(len),
        _ => quote!(longest),
    };
    let (mut statements, mut longest) = simple(first, &local_name);
    for length in lengths {
        statements.extend(quote!(let longest = #longest.max(#length);));
        longest = quote!(longest);
    }
    quote!(#statements let #local: #ty = writer.count(#longest, #name)?;)
}

/// A declaration of the local variable for a `match` or `if`, and the variable. Any other expression
/// stays.
fn simple(expression: TokenStream, local: &TokenStream) -> (TokenStream, TokenStream) {
    match expression.clone().into_iter().next() {
        Some(TokenTree::Ident(first)) if first == "match" || first == "if" => {
            (quote!(let #local = #expression;), local.clone())
        }
        _ => (TokenStream::new(), expression),
    }
}

/// The length of an array. An array in another case than the selected one has length 0.
fn array_length(scope: &Scope<'_, '_>, position: FieldRef, array: &Field) -> TokenStream {
    match position.case {
        None => length(array, &Access::of(array).place),
        Some(case) => {
            let length = length(array, &quote!(value));
            if_stored_case(scope, position.member, case, length)
        }
    }
}

/// An expression with the value of a case, or 0 if another case is selected.
fn if_stored_case(
    scope: &Scope<'_, '_>,
    member: usize,
    case: usize,
    expression: TokenStream,
) -> TokenStream {
    let switch = scope.body.switch(member);
    let variants = switch.variants.iter().enumerate();
    let variants = variants.filter(|(_, variant)| variant.case == Some(case));
    let patterns: Vec<_> = variants
        .map(|(position, _)| pattern(scope.context, scope.body, member, position, true))
        .collect();
    let otherwise = (patterns.len() < switch.variants.len()).then(|| quote!(_ => 0,));
    let name = field_ident(&switch.name);
    let arm = arm(quote!(#(#patterns)|*), expression);
    quote!(match &self.#name { #arm #otherwise })
}

fn carried_count(scope: &Scope<'_, '_>, member: usize, switch_index: usize) -> TokenStream {
    let field = scope.body.member_field(member);
    let switch = scope.body.switch(switch_index);
    let (local, ty) = (scope.member_local(member), int_type(count_int(field)));
    let (name, count_name) = (field_ident(&switch.name), &field.name);
    let variants = switch.variants.iter().enumerate();
    let arms = variants.map(|(position, variant)| {
        if variant.carried_counts.contains(&member) {
            return carried_arm(scope, switch_index, position, field);
        }
        let Some(array) = Parts::of(scope.body, switch, variant).value else {
            unreachable!("a variant without a value carries the count");
        };
        let pattern = pattern(scope.context, scope.body, switch_index, position, true);
        let length = length(array, &quote!(value));
        quote!(#pattern => writer.count(#length, #count_name)?,)
    });
    quote!(let #local: #ty = match &self.#name { #(#arms)* };)
}

/// The arm of a variant that carries a field.
fn carried_arm(scope: &Scope<'_, '_>, index: usize, position: usize, field: &Field) -> TokenStream {
    let switch = scope.body.switch(index);
    let Some(variant) = switch.variants.get(position) else {
        unreachable!("a variant is matched by its index in the switch");
    };
    let path = variant_path(scope.context, scope.body, index, position);
    let parts = Parts::of(scope.body, switch, variant);
    let name = field_ident(&field.name);
    let is_only = parts.carried.len() == 1 && parts.value.is_none();
    let rest = (!is_only).then(|| quote!(, ..));
    quote!(#path { #name #rest } => *#name,)
}

fn implied_discriminant(scope: &Scope<'_, '_>, member: usize, switch_index: usize) -> TokenStream {
    let field = scope.body.member_field(member);
    let switch = scope.body.switch(switch_index);
    let (local, name) = (scope.member_local(member), field_ident(&switch.name));
    let variants = switch.variants.iter().enumerate();
    let arms = variants.map(|(position, variant)| match variant.when {
        When::Equals(item) => {
            let pattern = pattern(scope.context, scope.body, switch_index, position, false);
            let item = scope.context.item_path(scope.body.module, switch, item);
            quote!(#pattern => #item,)
        }
        When::AnyBit(_) | When::Always => carried_arm(scope, switch_index, position, field),
    });
    quote!(let #local = match &self.#name { #(#arms)* };)
}

/// Statements that check an array against the fields that determine its length.
pub(super) fn check(
    scope: &Scope<'_, '_>,
    field: &Field,
    place: &TokenStream,
    prefix: &str,
) -> TokenStream {
    let name = format!("{prefix}{}", field.name);
    let length = length(field, place);
    match field.array {
        Some(Array::Count(count)) if needs_check(scope, count) => {
            let (statements, count) = simple(count_value(scope, count), &quote!(expected));
            quote!(#statements writer.check_count(#count, #length, #name)?;)
        }
        Some(Array::ImageSize { bits, width, rows }) => {
            let bits = Literal::u32_unsuffixed(bits);
            let [width, rows] =
                [width, rows].map(|side| count_value(scope, FieldRef::member(side)));
            quote! {
                writer.check_image_size(wire::image_size(#bits, #width, #rows), #length, #name)?;
            }
        }
        // A null-terminated string that is not a pointee is checked when it is written.
        Some(Array::CString) if field.pointer.is_some() => {
            quote!(writer.check_cstring(#place, #name)?;)
        }
        _ => TokenStream::new(),
    }
}

/// Whether a count can differ from the length of an array that it counts.
fn needs_check(scope: &Scope<'_, '_>, count: FieldRef) -> bool {
    match scope.body.field(count).role {
        Role::ComputedCount => {
            scope.body.body.counted_arrays(count).count() > 1 || may_be_missing(scope, count)
        }
        Role::CarriedCount { .. } => false,
        _ => true,
    }
}

/// Whether an array can be present without its count: the count is in a case, and the array is not.
fn may_be_missing(scope: &Scope<'_, '_>, count: FieldRef) -> bool {
    let mut arrays = scope.body.body.counted_arrays(count);
    count.case.is_some()
        && scope.body.switch(count.member).variants.len() > 1
        && arrays.any(|(array, _)| array.case.is_none())
}

/// A count as a `u64`. A count in another case than the selected one is 0.
fn count_value(scope: &Scope<'_, '_>, count: FieldRef) -> TokenStream {
    let field = scope.body.field(count);
    match (&field.role, count.case) {
        (Role::Value | Role::StoredCount, None) => widened(field, Access::of(field).place),
        (Role::StoredCount, Some(case)) => {
            if_stored_case(scope, count.member, case, widened(field, quote!(*value)))
        }
        (Role::ComputedCount, Some(case)) if may_be_missing(scope, count) => {
            let switch = scope.body.switch(count.member);
            let value = widened(field, scope.local(count));
            if switch.stored {
                if_stored_case(scope, count.member, case, value)
            } else {
                if_selected(scope, switch, case, &value)
            }
        }
        _ => widened(field, scope.local(count)),
    }
}

/// An expression, or 0 if another case than this one is selected.
fn if_selected(
    scope: &Scope<'_, '_>,
    switch: &Switch,
    case: usize,
    expression: &TokenStream,
) -> TokenStream {
    let arms = switch.variants.iter().map(|variant| {
        let is_selected = case_of(switch, variant).is_some_and(|(selected, _)| selected == case);
        if is_selected {
            expression.clone()
        } else {
            quote!(0)
        }
    });
    let discriminant = stored_discriminant(scope, switch);
    dispatch(scope, switch, &discriminant, arms.collect())
}
