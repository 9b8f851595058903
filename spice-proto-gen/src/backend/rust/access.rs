//! Expressions for values in implementations of `Encode`.

use proc_macro2::TokenStream;
use quote::quote;

use super::case::field_ident;
use super::field_types::{Shape, shape};
use crate::model::{Array, Field, PointeeOrder, Pointer};

/// How statements reach a value: as a field of `self`, or as a reference that a pattern binds.
pub(super) struct Access {
    /// A reference.
    pub(super) reference: TokenStream,
    /// To call a method on.
    pub(super) place: TokenStream,
}

impl Access {
    pub(super) fn of(field: &Field) -> Self {
        let name = field_ident(&field.name);
        Self {
            reference: quote!(&self.#name),
            place: quote!(self.#name),
        }
    }

    /// The value that a variant's pattern binds.
    pub(super) fn bound() -> Self {
        Self {
            reference: quote!(value),
            place: quote!(value),
        }
    }
}

/// The path of an order of pointees.
pub(super) fn order(pointer: Pointer) -> TokenStream {
    match pointer.order {
        PointeeOrder::DepthFirst => quote!(wire::PointeeOrder::DepthFirst),
        PointeeOrder::BreadthFirst => quote!(wire::PointeeOrder::BreadthFirst),
    }
}

/// Whether an array is not empty. `None` if it never is.
pub(super) fn is_not_empty(field: &Field, place: &TokenStream) -> Option<TokenStream> {
    match shape(field) {
        Shape::Text if field.array == Some(Array::CString) => None,
        Shape::Text => Some(quote!(#place.wire_len() != 0)),
        Shape::Bytes | Shape::List => Some(quote!(!#place.is_empty())),
        Shape::One | Shape::Fixed(_) => None,
    }
}
