//! Errors with reason, field path and offset.

use std::fmt::{self, Write as _};

/// The reason why decoding or encoding failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An error that generated code also reports.
    Wire(spice_wire::ErrorKind),
    /// Encoding: a field is missing.
    MissingField,
    /// Encoding: a field is unknown or duplicated.
    UnexpectedField,
    /// Encoding: a value has the wrong type.
    WrongValue {
        /// The expected type.
        expected: &'static str,
    },
    /// Encoding: a number does not fit in its field.
    OutOfRange,
    /// Structs are nested deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// The type is not a struct or message of the model.
    NotABody,
}

impl ErrorKind {
    /// A stable short name for logs and tools.
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

/// An error that occurred while decoding or encoding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

    /// Returns the reason.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the path of the field inside the message: `data.src_bitmap.descriptor.type`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns the offset of the field in the body. While encoding, this is the number of bytes
    /// written so far.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            field,
            offset,
        } = self;
        if field.is_empty() {
            write!(f, "byte {offset}: {kind}")
        } else {
            write!(f, "{field} (byte {offset}): {kind}")
        }
    }
}

impl std::error::Error for Error {}

/// One step of a field path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// A member of a body, or the field of a case.
    Field(&'a str),
    /// An element of an array.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_joins_fields_and_elements() {
        let path = [
            Step::Field("list"),
            Step::Element(3),
            Step::Field("base"),
            Step::Field("x"),
        ];
        let error = Error::new(ErrorKind::OutOfRange, &path, 7);
        assert_eq!(error.field(), "list[3].base.x");
        assert_eq!(
            error.to_string(),
            "list[3].base.x (byte 7): the number does not fit in the field"
        );
    }
}
