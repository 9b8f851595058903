//! What went wrong, in which field, at which byte.

use std::fmt::{self, Write as _};

/// Why a message could not be decoded, or a value could not be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What generated code reports too.
    Wire(spice_wire::ErrorKind),
    /// Encoding: a field is not there.
    MissingField,
    /// Encoding: a field that the proto does not have, or has once only.
    UnexpectedField,
    /// Encoding: a value of another sort.
    WrongValue {
        /// What was expected.
        expected: &'static str,
    },
    /// Encoding: a number that does not fit in its field.
    OutOfRange,
    /// Structs are nested deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// The type is not a struct or message of the model.
    NotABody,
}

impl ErrorKind {
    /// A short name that does not change, for logs and tools.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Wire(kind) => kind.name(),
            Self::MissingField => "missing_field",
            Self::UnexpectedField => "unexpected_field",
            Self::WrongValue { .. } => "wrong_value",
            Self::OutOfRange => "out_of_range",
            Self::TooDeep => "too_deep",
            Self::NotABody => "not_a_body",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wire(kind) => kind.fmt(f),
            Self::MissingField => f.write_str("the field is missing"),
            Self::UnexpectedField => f.write_str("the proto has no such field"),
            Self::WrongValue { expected } => write!(f, "expected {expected}"),
            Self::OutOfRange => f.write_str("the number does not fit in the field"),
            Self::TooDeep => f.write_str("structs are nested too deeply"),
            Self::NotABody => f.write_str("the type is not a struct or message"),
        }
    }
}

/// Why, where and at which byte decoding or encoding failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    field: String,
    offset: usize,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, path: &[Step<'_>], offset: usize) -> Self {
        let field = text(path);
        Self {
            kind,
            field,
            offset,
        }
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The path of the field inside of the message: `data.src_bitmap.descriptor.type`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Byte of the body at which the field starts. In encoding: how many bytes were written before.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte {}): {}", self.field, self.offset, self.kind)
    }
}

impl std::error::Error for Error {}

/// A step of the path to a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// To a member of a body, or to the field of a case.
    Field(&'a str),
    /// To an element of an array.
    Element(usize),
}

fn text(path: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in path {
        // Writing to a string cannot fail.
        let _ = match step {
            Step::Field(name) if text.is_empty() => write!(text, "{name}"),
            Step::Field(name) => write!(text, ".{name}"),
            Step::Element(index) => write!(text, "[{index}]"),
        };
    }
    text
}
