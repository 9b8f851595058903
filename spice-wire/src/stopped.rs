//! How an error goes up: as one word, so that what does not fail is returned in registers.

use alloc::boxed::Box;

use crate::error::{Error, ErrorKind, FieldName};

/// Reading or writing stopped with this error. It is made where something is wrong, and each value
/// that holds the wrong one adds its field. It takes one allocation, which nothing but an error does.
#[derive(Debug)]
pub struct Stopped(Box<Error>);

impl Stopped {
    /// Something is wrong in `field`, which starts at byte `offset` of the body.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(kind: ErrorKind, field: FieldName, offset: usize) -> Self {
        Self(Box::new(Error::new(kind, field, offset)))
    }

    /// The same, seen from the body that holds `field`.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn in_field(mut self, field: FieldName) -> Self {
        *self.0 = self.0.in_field(field);
        self
    }

    /// The same, seen from the array that holds the element.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn of_element(mut self, index: usize) -> Self {
        *self.0 = self.0.in_element(index);
        self
    }

    /// The same, seen from the body that holds an array `field` with the element.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn in_element(self, index: usize, field: FieldName) -> Self {
        self.of_element(index).in_field(field)
    }

    /// The error as everybody else gets it. In a function of its own, so that who calls it last needs
    /// no room for an error.
    ///
    /// # Errors
    /// Always.
    #[cold]
    #[inline(never)]
    pub fn into_result<T>(self) -> Result<T, Error> {
        Err(*self.0)
    }
}

impl From<Error> for Stopped {
    #[cold]
    #[inline(never)]
    fn from(error: Error) -> Self {
        Self(Box::new(error))
    }
}
