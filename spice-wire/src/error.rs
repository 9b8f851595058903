//! Errors of decoding and encoding.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use crate::{FieldPath, Step};

/// Defines `ErrorKind`: the variants of decoding and of encoding, each with its name and its text.
macro_rules! error_kinds {
    (decoding { $($decoding:tt)* } encoding { $($encoding:tt)* }) => {
        error_kinds!(@ $($decoding)* $($encoding)*);

        impl ErrorKind {
            /// Whether the value to be encoded is at fault. Otherwise a peer's bytes are.
            #[must_use]
            pub const fn is_encoding(&self) -> bool {
                error_kinds!(? self $($encoding)*)
            }
        }
    };
    (? $self:ident $($(#[$docs:meta])* $kind:ident $({ $($fields:tt)* })? => $name:ident $text:literal,)*) => {
        matches!($self, $(Self::$kind { .. })|*)
    };
    (@ $(
        $(#[$docs:meta])*
        $kind:ident $({ $($(#[$field_docs:meta])* $field:ident: $ty:ty,)* })? => $name:ident $text:literal,
    )*) => {
        /// Why a message could not be decoded or encoded.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind { $(
            $(#[$docs])*
            $kind $({ $($(#[$field_docs])* $field: $ty,)* })?,
        )* }

        impl ErrorKind {
            /// A short, stable name for logs and tools.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind { .. } => stringify!($name),)*
                }
            }
        }

        impl fmt::Display for ErrorKind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$kind $({ $($field),* })? => write!(f, $text),)*
                }
            }
        }
    };
}

error_kinds! {
    decoding {
        /// The message ends before the field does.
        Truncated {
            /// Size of the field in bytes; `u64::MAX` if it is larger.
            needed: u64,
            /// Number of bytes left in the message.
            available: u64,
        } => truncated "needs {needed} bytes where {available} are left",
        /// A pointer is null where the proto forbids it.
        NullPointer => null_pointer "the pointer is null",
        /// A null pointer to an array whose elements would not fit in the message.
        NullArray {
            /// Value of the count field.
            count: u64,
        } => null_array "a null pointer stands for {count} elements",
        /// A pointer leads past the end of the message.
        PointerOutOfRange {
            /// Offset in the message.
            target: u32,
            /// Length of the body in bytes.
            length: usize,
        } => pointer_out_of_range "a pointer leads to byte {target} of a body of {length} bytes",
        /// Text without a terminating zero byte.
        Unterminated => unterminated "text has no zero byte at its end",
        /// More than 1,024 list elements without bytes.
        TooManyEmptyElements {
            /// Value of the count field.
            count: u64,
        } => too_many_empty_elements "too many elements without bytes: {count}",
    }
    encoding {
        /// Encoding: an array has more elements than its count field can hold.
        CountTooLarge {
            /// Number of elements.
            count: u64,
        } => count_too_large "{count} elements exceed the range of the count field",
        /// Encoding: the length of an array differs from its count field.
        CountMismatch {
            /// Value of the count field.
            count: u64,
            /// Number of elements.
            length: u64,
        } => count_mismatch "the count is {count}, but there are {length} elements",
        /// Encoding: the length of image data differs from the size of the image.
        ImageSize {
            /// Size of the image in bytes; `u64::MAX` if it is larger.
            expected: u64,
            /// Number of bytes in the array.
            length: u64,
        } => image_size "the image takes {expected} bytes, but there are {length}",
        /// Encoding: the discriminant does not select the variant.
        VariantMismatch => variant_mismatch "the discriminant does not select the variant",
        /// Encoding: text without a zero byte at its end.
        MissingNul => missing_nul "text does not end with a zero byte",
        /// Encoding: text with a zero byte before its end.
        InteriorNul => interior_nul "text has a zero byte before its end",
        /// Encoding: the body is longer than 32-bit offsets allow.
        MessageTooLarge {
            /// Length in bytes of the body up to the first part that exceeds 4 GiB, or of the whole body.
            length: usize,
        } => message_too_large "a body of {length} bytes is too large for 32-bit offsets",
    }
}

/// Why, in which field and at which byte decoding or encoding failed.
///
/// An error is one pointer wide. It allocates, a successful call does not.
///
/// With the feature `std` it converts to [`std::io::Error`]: `InvalidData` if a peer's bytes are at fault,
/// `InvalidInput` if the value to be encoded is. `get_ref` returns this error again.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Error(Box<Details>);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Details {
    kind: ErrorKind,
    offset: usize,
    message: Option<&'static str>,
    /// Innermost step first.
    path: Vec<Step>,
}

impl Error {
    /// An error in `field`, which starts at byte `offset` of the body.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(kind: ErrorKind, field: &'static str, offset: usize) -> Self {
        let details = Details {
            kind,
            offset,
            message: None,
            path: Vec::with_capacity(8),
        };
        Self(Box::new(details)).in_field(field)
    }

    /// The reason.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Offset of the field in the body. When encoding, the number of bytes written before it.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The name of the message with channel and side, such as `port.server.init`, if it is known.
    #[must_use]
    pub fn message(&self) -> Option<&'static str> {
        self.0.message
    }

    /// The path of the field in the message, such as `data.src_bitmap.descriptor.type`.
    #[must_use]
    pub fn field(&self) -> FieldPath<'_> {
        FieldPath(&self.0.path)
    }

    /// Adds the field that contains the body: a name, a path of names such as `base.box`, or nothing.
    #[cold]
    #[inline(never)]
    pub(crate) fn in_field(mut self, field: &'static str) -> Self {
        let names = field.rsplit('.').filter(|name| !name.is_empty());
        self.0.path.extend(names.map(Step::Field));
        self
    }

    /// Adds the index of the element.
    #[cold]
    #[inline(never)]
    pub(crate) fn in_element(mut self, index: usize) -> Self {
        self.0.path.push(Step::Element(index));
        self
    }

    /// Adds the name of the message.
    #[cold]
    #[inline(never)]
    pub(crate) fn in_message(mut self, message: &'static str) -> Self {
        self.0.message = Some(message);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(message) = self.message() {
            write!(f, "{message}: ")?;
        }
        let (field, offset, kind) = (self.field(), self.offset(), self.kind());
        if self.0.path.is_empty() {
            write!(f, "byte {offset}: {kind}")
        } else {
            write!(f, "{field} (byte {offset}): {kind}")
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl core::error::Error for Error {}

#[cfg(feature = "std")]
impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        let kind = if error.kind().is_encoding() {
            std::io::ErrorKind::InvalidInput
        } else {
            std::io::ErrorKind::InvalidData
        };
        Self::new(kind, error)
    }
}

/// Result of decoding or encoding.
pub type Result<T, E = Error> = core::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn path_runs_from_the_message_to_the_field() {
        let error = Error::new(ErrorKind::NullPointer, "x", 7)
            .in_field("base.box")
            .in_element(3)
            .in_field("list")
            .in_message("display.server.mark");
        assert_eq!(error.field().to_string(), "list[3].base.box.x");
        let text = "display.server.mark: list[3].base.box.x (byte 7): the pointer is null";
        assert_eq!(error.to_string(), text);
        assert_eq!(error.message(), Some("display.server.mark"));
    }

    #[test]
    fn error_without_a_field_has_no_path() {
        let error = Error::new(ErrorKind::NullPointer, "", 0);
        assert_eq!(error.to_string(), "byte 0: the pointer is null");
    }

    #[test]
    fn kinds_of_encoding_are_those_of_the_value() {
        assert!(!ErrorKind::Unterminated.is_encoding());
        assert!(ErrorKind::MissingNul.is_encoding());
        assert!(ErrorKind::CountTooLarge { count: 1 }.is_encoding());
    }

    #[test]
    fn equal_errors_have_equal_steps() {
        let nested = Error::new(ErrorKind::NullPointer, "b", 1).in_field("a");
        assert_eq!(nested, Error::new(ErrorKind::NullPointer, "a.b", 1));
        assert_ne!(nested, Error::new(ErrorKind::NullPointer, "a", 1));
    }

    #[cfg(feature = "std")]
    #[test]
    fn io_error_tells_decoding_from_encoding() {
        use std::{error::Error as _, io};
        let error = Error::new(ErrorKind::NullPointer, "name", 4);
        let io = io::Error::from(error.clone());
        assert_eq!(io.kind(), io::ErrorKind::InvalidData);
        assert_eq!(io.to_string(), error.to_string());
        assert_eq!(io.get_ref().unwrap().downcast_ref(), Some(&error));
        // The error is not reported twice: it is the I/O error itself, not its source.
        assert!(io.source().is_none() && error.source().is_none());
        let io = io::Error::from(Error::new(ErrorKind::MissingNul, "name", 4));
        assert_eq!(io.kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn result_of_a_small_value_is_small() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }

    #[test]
    fn debug_output_is_the_text() {
        let error = Error::new(ErrorKind::NullPointer, "x", 7);
        let printed = alloc::format!("{error:?}");
        assert_eq!(printed, "Error(x (byte 7): the pointer is null)");
    }
}
