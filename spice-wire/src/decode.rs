//! Decoding.

use crate::__private::Sealed;
use crate::{Fds, Reader, Result};

/// A value that can be decoded from the body of a message. It borrows from the body.
///
/// Generated types, their field types and integers implement this trait.
pub trait Decode<'a>: Sized + Sealed {
    /// Size on the wire in bytes without pointees. `None` if it varies.
    #[doc(hidden)]
    const WIRE_SIZE: Option<usize> = None;

    /// Whether the value contains descriptors.
    #[doc(hidden)]
    const HAS_FDS: bool = false;

    /// Whether the value contains bytes that are written as zero whatever was read.
    #[doc(hidden)]
    const HAS_PADDING: bool = false;

    /// Decodes the value at the reader's position and advances the reader past it.
    ///
    /// # Errors
    /// Returns the first field that is invalid and its byte.
    fn decode_from(reader: &mut Reader<'a>) -> Result<Self>;

    /// Decodes the value at the start of a body. Trailing bytes are ignored.
    ///
    /// # Errors
    /// Returns the first field that is invalid and its byte.
    #[inline]
    fn decode(body: &'a [u8]) -> Result<Self> {
        Self::decode_from(&mut Reader::new(body))
    }

    /// Decodes the value at the start of a body that arrived with descriptors.
    ///
    /// # Errors
    /// Returns the first field that is invalid and its byte.
    #[inline]
    fn decode_with_fds(body: &'a [u8], fds: Fds<'a>) -> Result<Self> {
        Self::decode_from(&mut Reader::with_fds(body, fds))
    }
}
