//! What went wrong, in which field, at which byte.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// The name of a field, or the path of one from the body that names it (`pos.x`).
pub type FieldName = &'static str;

/// Why a message could not be decoded or encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The message ends before the field does.
    Truncated {
        /// Bytes that the field takes (`u64::MAX` where the sum is larger still).
        needed: u64,
        /// Bytes that are left.
        available: u64,
    },
    /// A pointer that may not be null is null.
    NullPointer,
    /// A null pointer to an array whose count says more than the whole message could hold.
    NullArray {
        /// The number of elements.
        count: u64,
    },
    /// A pointer leads behind the end of the message.
    PointerOutOfRange {
        /// The offset that the message holds.
        target: u32,
        /// The length of the body.
        length: usize,
    },
    /// Text without the zero byte that ends it.
    Unterminated,
    /// More elements that take no bytes than any peer can mean.
    TooManyEmptyElements {
        /// The number of elements.
        count: u64,
    },
    /// Encoding: an array is longer than its count field can say.
    CountTooLarge {
        /// The number of elements.
        count: u64,
    },
    /// Encoding: an array has another length than the count says that is given beside it.
    CountMismatch {
        /// What the count field says.
        count: u64,
        /// The number of elements.
        length: u64,
    },
    /// Encoding: image data has another length than the image's measures say.
    ImageSize {
        /// The number of bytes that the measures ask for (`u64::MAX` where it is larger still).
        expected: u64,
        /// The number of bytes there are.
        length: u64,
    },
    /// Encoding: the variant of a switch is not the one that its discriminant selects.
    VariantMismatch,
    /// Encoding: text with a zero byte before its end.
    InteriorNul,
    /// Encoding: a message longer than a 32-bit offset can say.
    MessageTooLarge {
        /// The length of the body.
        length: usize,
    },
}

impl ErrorKind {
    /// A short name that does not change, for logs and tools.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "truncated",
            Self::NullPointer => "null_pointer",
            Self::NullArray { .. } => "null_array",
            Self::PointerOutOfRange { .. } => "pointer_out_of_range",
            Self::Unterminated => "unterminated",
            Self::TooManyEmptyElements { .. } => "too_many_empty_elements",
            Self::CountTooLarge { .. } => "count_too_large",
            Self::CountMismatch { .. } => "count_mismatch",
            Self::ImageSize { .. } => "image_size",
            Self::VariantMismatch => "variant_mismatch",
            Self::InteriorNul => "interior_nul",
            Self::MessageTooLarge { .. } => "message_too_large",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { needed, available } => {
                write!(f, "needs {needed} bytes where {available} are left")
            }
            Self::NullPointer => f.write_str("a pointer that may not be null is null"),
            Self::NullArray { count } => {
                write!(f, "a null pointer stands for {count} elements")
            }
            Self::PointerOutOfRange { target, length } => {
                write!(
                    f,
                    "a pointer leads to byte {target} of a body of {length} bytes"
                )
            }
            Self::Unterminated => f.write_str("text has no zero byte at its end"),
            Self::TooManyEmptyElements { count } => {
                write!(f, "{count} elements that take no bytes")
            }
            Self::CountTooLarge { count } => {
                write!(f, "{count} elements are more than the count field can say")
            }
            Self::CountMismatch { count, length } => {
                write!(f, "the count says {count}, but there are {length} elements")
            }
            Self::ImageSize { expected, length } => {
                write!(
                    f,
                    "the image takes {expected} bytes, but there are {length}"
                )
            }
            Self::VariantMismatch => {
                f.write_str("the variant is not the one that its discriminant selects")
            }
            Self::InteriorNul => f.write_str("text has a zero byte before its end"),
            Self::MessageTooLarge { length } => {
                write!(
                    f,
                    "a body of {length} bytes is too large for 32-bit offsets"
                )
            }
        }
    }
}

/// A step of the path of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Field(FieldName),
    Element(usize),
}

/// Why, where and at which byte decoding or encoding failed. As small as a pointer.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Details>);

#[derive(Clone, PartialEq, Eq)]
struct Details {
    kind: ErrorKind,
    offset: usize,
    message: Option<&'static str>,
    /// Innermost first.
    path: Vec<Step>,
}

impl Error {
    /// An error in `field`, which starts at byte `offset` of the body.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn new(kind: ErrorKind, field: FieldName, offset: usize) -> Self {
        let path = [Step::Field(field)].into();
        Self(Box::new(Details {
            kind,
            offset,
            message: None,
            path,
        }))
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Byte of the body at which the field starts. In encoding: how many bytes came before it.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The full name of the message (`port.server.init`), where it was found by its id.
    #[must_use]
    pub fn message(&self) -> Option<&'static str> {
        self.0.message
    }

    /// The path of the field inside of the message: `data.src_bitmap.descriptor.type`.
    #[must_use]
    pub fn field(&self) -> FieldPath<'_> {
        FieldPath(&self.0.path)
    }

    /// The same error, seen from the body that holds `field`.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn in_field(mut self, field: FieldName) -> Self {
        self.0.path.push(Step::Field(field));
        self
    }

    /// The same error, seen from the array that holds the element.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn in_element(mut self, index: usize) -> Self {
        self.0.path.push(Step::Element(index));
        self
    }

    /// The same error, seen from the message.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn in_message(mut self, message: &'static str) -> Self {
        self.0.message = Some(message);
        self
    }
}

/// What decoding and encoding give.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// The path of a field, for printing.
#[derive(Clone, Copy, Debug)]
pub struct FieldPath<'e>(&'e [Step]);

impl fmt::Display for FieldPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for step in self.0.iter().rev() {
            match step {
                Step::Field("") => continue,
                Step::Field(name) => write!(f, "{separator}{name}")?,
                Step::Element(index) => write!(f, "[{index}]")?,
            }
            separator = ".";
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(message) = self.message() {
            write!(f, "{message}: ")?;
        }
        write!(
            f,
            "{} (byte {}): {}",
            self.field(),
            self.offset(),
            self.kind()
        )
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl core::error::Error for Error {}
