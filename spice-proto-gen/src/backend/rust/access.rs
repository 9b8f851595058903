//! Expressions for values in implementations of `Encode`.

use super::case::field_ident;
use super::field_types::{Shape, shape};
use crate::model::{Array, Field, PointeeOrder, Pointer};

/// How statements reach a value: as a field of `self`, or as a reference that a pattern binds.
pub(super) struct Access {
    /// A reference.
    pub(super) reference: String,
    /// To call a method on.
    pub(super) place: String,
}

impl Access {
    pub(super) fn of(field: &Field) -> Self {
        let name = field_ident(&field.name);
        Self {
            reference: format!("&self.{name}"),
            place: format!("self.{name}"),
        }
    }

    /// The value that a variant's pattern binds.
    pub(super) fn bound() -> Self {
        Self {
            reference: "value".to_owned(),
            place: "value".to_owned(),
        }
    }
}

/// The path of an order of pointees.
pub(super) const fn order(pointer: Pointer) -> &'static str {
    match pointer.order {
        PointeeOrder::DepthFirst => "wire::PointeeOrder::DepthFirst",
        PointeeOrder::BreadthFirst => "wire::PointeeOrder::BreadthFirst",
    }
}

/// Whether an array is not empty. `None` if it never is.
pub(super) fn is_not_empty(field: &Field, place: &str) -> Option<String> {
    match shape(field) {
        Shape::Text if field.array == Some(Array::CString) => None,
        Shape::Text => Some(format!("{place}.wire_len() != 0")),
        Shape::Bytes | Shape::List => Some(format!("!{place}.is_empty()")),
        Shape::One | Shape::Fixed(_) => None,
    }
}
