//! The Rust types of fields.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::context::Context;
use super::names::Module;
use crate::model::{Array, Field, Int, Type, TypeRef};

/// The form of a field's value in Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One value.
    One,
    /// `[T; N]`
    Fixed(u64),
    /// `Bytes`
    Bytes,
    /// `Text`
    Text,
    /// `List<T>`
    List,
}

/// `uint8`
pub(super) const BYTE: Type = Type::Int(Int {
    bytes: 1,
    signed: false,
});

pub(super) fn shape(field: &Field) -> Shape {
    match field.array {
        None => Shape::One,
        Some(Array::Fixed(count)) => Shape::Fixed(count),
        Some(_) if field.text => Shape::Text,
        Some(_) if field.ty.ty == BYTE => Shape::Bytes,
        Some(_) => Shape::List,
    }
}

/// Whether a field is an `Option`. A nullable pointer to an array that may be empty is not.
pub(super) fn is_option(field: &Field) -> bool {
    let may_be_empty = !matches!(field.array, None | Some(Array::Fixed(_) | Array::CString));
    field.pointer.is_some_and(|pointer| !pointer.nonnull) && !may_be_empty
}

/// Whether a field is an array whose elements have `into_owned` each.
pub(super) fn is_owned_by_element(context: &Context<'_>, field: &Field) -> bool {
    matches!(shape(field), Shape::Fixed(_))
        && !context.model.is_fixed_size(field.ty.ty)
        && !is_option(field)
}

/// Whether a field is an array too long for the standard library's `Default`.
pub(super) fn is_long_array(field: &Field) -> bool {
    matches!(shape(field), Shape::Fixed(33..)) && !is_option(field)
}

/// The default value of a field.
pub(super) fn default_value(field: &Field) -> TokenStream {
    let default = quote!(::core::default::Default::default());
    if is_long_array(field) {
        quote!(::core::array::from_fn(|_| #default))
    } else {
        default
    }
}

/// The name of an integer type.
pub(super) fn int_type(int: Int) -> Ident {
    let sign = if int.signed { "i" } else { "u" };
    format_ident!("{sign}{}", u16::from(int.bytes) * 8)
}

/// The unsigned integer type of this many bytes.
pub(super) fn unsigned_type(bytes: u8) -> Ident {
    int_type(Int {
        bytes,
        signed: false,
    })
}

/// The type of an element without its lifetime.
pub(super) fn element_path(context: &Context<'_>, from: Module, ty: TypeRef) -> String {
    match (ty.alias, ty.ty) {
        (Some(alias), _) => context.type_path(from, alias),
        (None, Type::Int(int)) => int_type(int).to_string(),
        (None, Type::Fd) => "wire::Fd".to_owned(),
        (None, Type::Enum(id) | Type::Struct(id)) => context.type_path(from, id),
    }
}

/// The type of an element.
pub(super) fn element_type(context: &Context<'_>, from: Module, ty: TypeRef) -> String {
    element_path(context, from, ty) + context.lifetime(ty.ty)
}

/// The type of a field.
pub(super) fn field_type(context: &Context<'_>, from: Module, field: &Field) -> String {
    let element = element_type(context, from, field.ty);
    let value = match shape(field) {
        Shape::One if context.model.is_lazy(field) => format!("wire::Pointee<'a, {element}>"),
        Shape::One => element,
        Shape::Fixed(count) => format!("[{element}; {count}]"),
        Shape::Bytes => "wire::Bytes<'a>".to_owned(),
        Shape::Text => "wire::Text<'a>".to_owned(),
        Shape::List if context.model.contains(field.ty.ty).fds => {
            format!("wire::FdList<'a, {element}>")
        }
        Shape::List => format!("wire::List<'a, {element}>"),
    };
    if is_option(field) {
        format!("::core::option::Option<{value}>")
    } else {
        value
    }
}

/// The type of a field of fixed size.
pub(super) fn fixed_size_type(context: &Context<'_>, from: Module, field: &Field) -> String {
    let element = element_path(context, from, field.ty);
    match shape(field) {
        Shape::Fixed(count) => format!("[{element}; {count}]"),
        _ => element,
    }
}
