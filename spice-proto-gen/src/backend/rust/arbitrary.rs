//! Implementations of `Arbitrary` for structs. Nearly all random values can be encoded: arrays are made
//! from their counts, and variants from their discriminants.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};

use super::arbitrary_messages::{self, free, pick};
use super::body::{case_of, count_int};
use super::case::{field_ident, ident};
use super::field_types::{Shape, int_type, is_option, shape, unsigned_type};
use super::lines::{Lines, tokens};
use super::locals::{Scope, widened};
use super::switch_dispatch::{dispatch, is_semicolon};
use super::variants::{Parts, construct, variant_path};
use crate::model::{Array, Field, FieldRef, Member, Role, Struct, Switch, Variant, When};

/// A body, and the counts and image sides that determine the lengths of its arrays.
struct Maker<'s, 'c, 'm> {
    scope: &'s Scope<'c, 'm>,
    counts: Vec<Count>,
}

/// A count or a side of an image.
struct Count {
    position: FieldRef,
    /// Whether it counts bytes, so that it may be large.
    counts_bytes: bool,
}

/// Emits the implementation for a body.
pub(super) fn implementation(scope: &Scope<'_, '_>, name: &Ident, lines: &mut Lines) {
    let body = scope.body;
    let maker = Maker {
        scope,
        counts: counts(body.body),
    };
    let members = body.body.members.iter().enumerate();
    let statements = members.map(|(index, member)| match member {
        Member::Field(field) => make_field(&maker, index, field),
        Member::Switch(switch) => make_switch(&maker, index, switch),
    });
    let fields = body.stored().map(|(index, _)| scope.init(index));
    let statements = quote!(#(#statements)* Ok(Self { #(#fields),* }));
    let ty = format!("{name}{}", body.lifetime("<'a>"));
    arbitrary_messages::implementation("wire", &ty, &statements, lines);
}

fn counts(body: &Struct) -> Vec<Count> {
    let mut counts = Vec::new();
    let mut add = |field: &Field| match field.array {
        Some(Array::Count(position)) => counts.push(Count {
            position,
            counts_bytes: matches!(shape(field), Shape::Bytes | Shape::Text),
        }),
        Some(Array::ImageSize { width, rows, .. }) => {
            counts.extend([width, rows].map(|member| Count {
                position: FieldRef::member(member),
                counts_bytes: false,
            }));
        }
        _ => {}
    };
    body.fields().for_each(|(_, field)| add(field));
    counts
}

fn is_count(maker: &Maker<'_, '_, '_>, position: FieldRef) -> bool {
    maker.counts.iter().any(|count| count.position == position)
}

fn make_field(maker: &Maker<'_, '_, '_>, index: usize, field: &Field) -> TokenStream {
    let scope = maker.scope;
    let position = FieldRef::member(index);
    let value = match field.role {
        Role::Value | Role::StoredCount => value(maker, position, field),
        Role::ComputedCount if is_count(maker, position) => value(maker, position, field),
        _ => return TokenStream::new(),
    };
    let local = scope.local(position);
    let ty = scope.discriminant_type(index).map(|ty| quote!(: #ty));
    quote!(let #local #ty = #value;)
}

/// A random count or side of an image.
fn random_count(maker: &Maker<'_, '_, '_>, position: FieldRef, field: &Field) -> TokenStream {
    let mut uses = maker
        .counts
        .iter()
        .filter(|count| count.position == position);
    let function = ident(if uses.all(|count| count.counts_bytes) {
        "many"
    } else {
        "few"
    });
    let ty = int_type(count_int(field));
    quote!(wire::random::#function::<#ty>(input)?)
}

/// A random value of a field.
fn value(maker: &Maker<'_, '_, '_>, position: FieldRef, field: &Field) -> TokenStream {
    if is_count(maker, position) {
        return random_count(maker, position, field);
    }
    let sized = |function: &str| {
        let (function, size) = (ident(function), size(maker, field));
        quote!({ let size = #size; wire::random::#function(input, size)? })
    };
    let value = match (shape(field), field.array) {
        (Shape::One | Shape::Fixed(_), _) => return quote!(input.arbitrary()?),
        (_, Some(Array::CString)) => quote!(wire::random::cstring(input)?),
        (Shape::Bytes, _) => sized("bytes"),
        (Shape::Text, _) => sized("text"),
        (Shape::List, _) => sized("list"),
    };
    if is_option(field) {
        quote!(match input.arbitrary()? { true => Some(#value), false => None, })
    } else {
        value
    }
}

/// The number of elements of an array as an `Option<u64>`.
fn size(maker: &Maker<'_, '_, '_>, field: &Field) -> TokenStream {
    let scope = maker.scope;
    match field.array {
        Some(Array::Count(count)) => {
            let counted = scope.body.field(count);
            let value = match counted.role {
                Role::CarriedCount { .. } => widened(counted, random_count(maker, count, counted)),
                _ => scope.local_count(count),
            };
            quote!(Some(#value))
        }
        Some(Array::ImageSize { bits, width, rows }) => scope.image_size(bits, width, rows),
        _ => {
            let is_list = shape(field) == Shape::List;
            let function = ident(if is_list { "few" } else { "many" });
            quote!(Some(wire::random::#function::<u64>(input)?))
        }
    }
}

fn make_switch<'m>(maker: &Maker<'_, '_, 'm>, index: usize, switch: &'m Switch) -> TokenStream {
    let scope = maker.scope;
    let declarations = scope.count_declarations(index, switch);
    let variants = switch.variants.iter().enumerate();
    let arms = variants.map(|(position, variant)| make_variant(maker, index, position, variant));
    let chosen = match switch.discriminant.implied {
        // Any variant will do: it implies the discriminant.
        true => pick(arms.flatten().collect()),
        false => {
            let arms = arms.map(Option::unwrap_or_default).collect();
            dispatch(scope, switch, &scope.local_discriminant(switch), arms)
        }
    };
    if !switch.stored {
        return quote!(#declarations #chosen);
    }
    let local = scope.member_local(index);
    if chosen.clone().into_iter().any(|token| is_semicolon(&token)) {
        quote!(#declarations let #local = { #chosen };)
    } else {
        quote!(#declarations let #local = #chosen;)
    }
}

/// A variant, after an assignment to the count that it holds. `None` if no discriminant selects it.
fn make_variant<'m>(
    maker: &Maker<'_, '_, 'm>,
    index: usize,
    position: usize,
    variant: &Variant,
) -> Option<TokenStream> {
    let scope = maker.scope;
    let switch = scope.body.switch(index);
    let case = case_of(switch, variant);
    let count = case.map(|(case, found)| (FieldRef::case(index, case), &found.field));
    let count = count.filter(|(position, _)| is_count(maker, *position));
    let assignment = count.map(|(position, field)| {
        let (local, value) = (scope.local(position), random_count(maker, position, field));
        quote!(#local = #value;)
    });
    if !switch.stored {
        return Some(assignment.unwrap_or_default());
    }
    let parts = Parts::of(scope.body, switch, variant);
    let value = parts.value.map(|field| match (count, case) {
        (Some((position, _)), _) => scope.local(position).to_token_stream(),
        (None, Some((case, _))) => value(maker, FieldRef::case(index, case), field),
        (None, None) => unreachable!("a variant with a value has a case"),
    });
    let carried = carried(maker, switch, variant)?;
    let path = variant_path(scope.context, scope.body, index, position);
    let variant = construct(&path, &parts, &carried, value);
    Some(quote!(#assignment #variant))
}

/// The discriminant and the counts that a variant carries.
fn carried(
    maker: &Maker<'_, '_, '_>,
    switch: &Switch,
    variant: &Variant,
) -> Option<Vec<TokenStream>> {
    let name = |member: usize| field_ident(&maker.scope.body.member_field(member).name);
    let mut fields = Vec::new();
    let discriminant = switch.discriminant.path.first().copied();
    if let Some(member) = discriminant.filter(|_| variant.carries_discriminant) {
        let (name, value) = (name(member), other_discriminant(maker, switch)?);
        fields.push(quote!(#name: #value));
    }
    let counts = variant.carried_counts.iter().map(|member| name(*member));
    fields.extend(counts.map(|name| quote!(#name: input.arbitrary()?)));
    Some(fields)
}

/// A discriminant that selects no variant of an item; `None` if there is none.
fn other_discriminant(maker: &Maker<'_, '_, '_>, switch: &Switch) -> Option<TokenStream> {
    let scope = maker.scope;
    let listed = switch.variants.iter();
    let listed = listed.filter_map(|variant| match variant.when {
        When::Equals(item) => Some(u64::from(scope.context.model.item(switch, item).value)),
        When::AnyBit(_) | When::Always => None,
    });
    let listed: Vec<u64> = listed.collect();
    let found = scope.context.enumeration(switch.discriminant.ty);
    let bits = u32::from(found.bytes) * 8;
    let free = Literal::u64_unsuffixed(free(&listed, (1_u64 << bits) - 1)?);
    let path = scope
        .context
        .type_path(scope.body.module, switch.discriminant.ty);
    let path = tokens(&path);
    let listed = listed.into_iter().map(Literal::u64_unsuffixed);
    let repr = unsigned_type(found.bytes);
    Some(quote!(wire::random::other::<#repr, _>(input, &[#(#path(#listed)),*], #free)?))
}
