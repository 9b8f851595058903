//! Messages whose pointees follow right behind the run that holds the pointers. Where each of them will
//! stand is known before the run is written, so that nobody has to remember pointers.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{Body, Context, is_option};
use super::encode::{Access, emptiness};
use super::steps::{Step, steps};
use crate::model::{Field, Member, Origin, Type};

/// Whether all that a message points to comes behind its last run, in the order of the pointers.
pub(super) fn applies(context: &Context<'_>, body: Body<'_>) -> bool {
    let is_message = matches!(body.body.origin, Origin::Body { .. });
    let steps = steps(context, body);
    let (Some(Step::Run(last)), true) = (steps.last(), is_message) else {
        return false;
    };
    let has_pointers = |ty: Type| match ty {
        Type::Struct(id) => context
            .model
            .body(id)
            .is_none_or(|body| body.contains.pointers),
        _ => false,
    };
    let is_flat = |field: &Field| field.pointer.is_some() && !has_pointers(field.ty.ty);
    let pointers: Vec<_> = last
        .fields
        .iter()
        .filter(|field| field.field.pointer.is_some())
        .collect();
    let in_run = pointers.iter().all(|field| is_flat(field.field));
    let elsewhere = body.body.members.iter().any(|member| match member {
        Member::Field(field) if field.pointer.is_some() => !last
            .fields
            .iter()
            .any(|found| core::ptr::eq(found.field, field)),
        Member::Field(field) => has_pointers(field.ty.ty),
        Member::Switch(switch) => switch.contains.pointers,
    });
    let mut layouts = pointers
        .iter()
        .filter_map(|field| field.field.pointer.map(|pointer| pointer.marshall));
    let first = layouts.next();
    let same = layouts.all(|layout| Some(layout) == first);
    first.is_some() && in_run && !elsewhere && same
}

/// The value of a pointer.
pub(super) fn place(field: &Field, access: &Access) -> TokenStream {
    let Access {
        reference, place, ..
    } = access;
    if is_option(field) {
        return quote! {
            match #reference {
                Some(target) => places.pointee(target.encoded_len()),
                None => 0,
            }
        };
    }
    let nonnull = field.pointer.is_some_and(|pointer| pointer.nonnull);
    match emptiness(field, place) {
        Some(empty) => quote!(places.array(#place.encoded_len(), (#empty, #nonnull))),
        None => quote!(places.pointee(#place.encoded_len())),
    }
}
