//! How an error goes up: it does not, at first. What can fail says only that it stopped, which takes no
//! room where values are returned. Then the same is done once more, with a place for the error at hand.

use crate::error::{Error, ErrorKind, FieldName};

/// Reading or writing stopped. What was wrong is noted where there is a place for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped(());

/// The place for an error, in what is done only to find it.
#[derive(Debug, Default)]
pub(crate) struct Failure(Option<Error>);

/// Where an error is noted: nowhere in what is expected to succeed.
pub(crate) type Note<'f> = Option<&'f mut Failure>;

/// What appending a body gives where its error was found already.
pub const fn appended(result: &Result<(), Error>) -> Result<(), Stopped> {
    match result {
        Ok(()) => Ok(()),
        Err(_) => Err(Stopped(())),
    }
}

impl Failure {
    /// The error that was noted.
    #[cold]
    pub(crate) fn into_error(self) -> Error {
        // What stopped once stops again, and then notes why.
        let unknown = ErrorKind::Truncated {
            needed: u64::MAX,
            available: 0,
        };
        self.0.unwrap_or(Error::new(unknown, &"", 0))
    }
}

impl Stopped {
    /// There is no more room in a place that was made for a block.
    #[inline(always)]
    pub(crate) const fn full() -> Self {
        Self(())
    }

    /// Something is wrong in `field`, which starts at byte `offset` of the body.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(note: Note<'_>, kind: ErrorKind, field: FieldName, offset: usize) -> Self {
        if let Some(Failure(error)) = note {
            *error = Some(Error::new(kind, field, offset));
        }
        Self(())
    }

    /// This error was found elsewhere.
    #[cold]
    #[inline(never)]
    pub(crate) fn with(note: Note<'_>, found: Error) -> Self {
        if let Some(Failure(error)) = note {
            *error = Some(found);
        }
        Self(())
    }

    /// An error that was noted before, seen from the body that holds `field`.
    #[cold]
    #[inline(never)]
    pub(crate) fn again(note: Note<'_>, field: FieldName) -> Self {
        Self(()).in_field(note, field)
    }

    /// The same, seen from the body that holds `field`.
    #[cold]
    #[inline(never)]
    pub(crate) fn in_field(self, note: Note<'_>, field: FieldName) -> Self {
        if let Some(Failure(error)) = note {
            *error = error.map(|error| error.in_field(field));
        }
        self
    }

    /// The same, seen from the array that holds the element.
    #[cold]
    #[inline(never)]
    pub(crate) fn of_element(self, note: Note<'_>, index: usize) -> Self {
        if let Some(Failure(error)) = note {
            *error = error.map(|error| error.in_element(index));
        }
        self
    }
}
