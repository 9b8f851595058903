//! What went wrong, in which field, at which byte.

use core::fmt;

/// How many steps of a path an error can hold; of a longer one the outermost are dropped.
const MAX_STEPS: usize = 8;

/// How many of them can be elements of an array.
const MAX_INDEXES: usize = 3;

/// The step to an element, whose index stands in a list of its own.
const ELEMENT: FieldName = &"[]";

/// The name of a field. A thin reference, so that an error stays small: `&"width"`.
pub type FieldName = &'static &'static str;

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

/// Why, where and at which byte decoding or encoding failed.
///
/// ```
/// # use spice_wire::{Cursor, ErrorKind};
/// let mut cursor = Cursor::new(&[1, 0]);
/// let error = cursor.bytes(Some(3), &"data").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Truncated { needed: 3, available: 2 });
/// assert_eq!(error.field().to_string(), "data");
/// assert_eq!(error.offset(), 0);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    offset: usize,
    message: Option<FieldName>,
    /// Innermost first.
    steps: [FieldName; MAX_STEPS],
    /// The indexes of the steps that are elements, innermost first.
    indexes: [u32; MAX_INDEXES],
    step_count: u8,
    index_count: u8,
    /// Whether there was no room for the outermost steps.
    is_cut: bool,
}

impl Error {
    /// An error in `field`, which starts at byte `offset` of the body.
    #[cold]
    #[must_use]
    pub const fn new(kind: ErrorKind, field: FieldName, offset: usize) -> Self {
        Self {
            kind,
            offset,
            message: None,
            steps: [field; MAX_STEPS],
            indexes: [0; MAX_INDEXES],
            step_count: 1,
            index_count: 0,
            is_cut: false,
        }
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Byte of the body at which the field starts. In encoding: how many bytes came before it.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The full name of the message (`port.server.init`), where it was found by its id.
    #[must_use]
    pub fn message(&self) -> Option<&'static str> {
        self.message.copied()
    }

    /// The path of the field inside of the message: `data.src_bitmap.descriptor.type`. Of a path of
    /// more than eight steps, or of more than three elements, the outermost are left out, and it starts
    /// with `…`.
    #[must_use]
    pub const fn field(&self) -> FieldPath<'_> {
        FieldPath(self)
    }

    /// The same error, seen from the body that holds `field`.
    #[cold]
    #[must_use]
    pub fn in_field(mut self, field: FieldName) -> Self {
        match self.steps.get_mut(usize::from(self.step_count)) {
            Some(step) if !self.is_cut => {
                *step = field;
                self.step_count += 1;
            }
            _ => self.is_cut = true,
        }
        self
    }

    /// The same error, seen from the array that holds the element.
    #[cold]
    #[must_use]
    pub fn in_element(mut self, index: usize) -> Self {
        let has_room = usize::from(self.step_count) < MAX_STEPS && !self.is_cut;
        match self.indexes.get_mut(usize::from(self.index_count)) {
            Some(place) if has_room => {
                *place = u32::try_from(index).unwrap_or(u32::MAX);
                self.index_count += 1;
                self.in_field(ELEMENT)
            }
            _ => {
                self.is_cut = true;
                self
            }
        }
    }

    /// The same error, seen from the message.
    #[cold]
    #[must_use]
    pub const fn in_message(mut self, message: FieldName) -> Self {
        self.message = Some(message);
        self
    }
}

/// What decoding and encoding give.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// The path of a field, for printing.
#[derive(Clone, Copy, Debug)]
pub struct FieldPath<'e>(&'e Error);

impl fmt::Display for FieldPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = usize::from(self.0.step_count);
        let steps = self.0.steps.iter().take(count).rev();
        let mut indexes = self
            .0
            .indexes
            .iter()
            .take(usize::from(self.0.index_count))
            .rev();
        let mut separator = "";
        if self.0.is_cut {
            f.write_str("…")?;
            separator = ".";
        }
        for step in steps.filter(|step| !step.is_empty()) {
            if *step == ELEMENT {
                write!(f, "[{}]", indexes.next().copied().unwrap_or_default())?;
            } else {
                write!(f, "{separator}{step}")?;
            }
            separator = ".";
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(message) = self.message {
            write!(f, "{message}: ")?;
        }
        write!(f, "{} (byte {}): {}", self.field(), self.offset, self.kind)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl core::error::Error for Error {}
