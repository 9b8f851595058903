//! Encoded bodies as slices.

use alloc::vec::Vec;
use core::{fmt, mem};

use crate::__private::Writer;
use crate::{Encode, Result};

/// An encoded body as a list of slices for vectored writes.
///
/// Large payloads are borrowed from the encoded value. With the feature `bytes`, `IoBody` implements
/// `bytes::Buf`.
///
/// ```
/// use spice_wire::{Encode, IoBody, List};
///
/// let image: List<'_, u8> = vec![1; 65_536].into();
/// let mut body = IoBody::default();
/// image.encode_io(&mut body)?;
/// // A socket's `write_vectored` takes `body.io_slices()`.
/// assert_eq!(body.len(), 65_536);
/// // The next value can have another lifetime.
/// let body = body.reset();
/// # Ok::<(), spice_wire::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct IoBody<'v> {
    /// All bytes that are not borrowed.
    pub(crate) copied: Vec<u8>,
    /// The borrowed payloads, each with its position in `copied`.
    pub(crate) payloads: Vec<(usize, &'v [u8])>,
    /// The part that `bytes::Buf` has consumed.
    pub(crate) consumed: Consumed,
}

/// The consumed part of a body.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Consumed {
    /// Number of copied bytes.
    pub(crate) copied: usize,
    /// Number of whole payloads.
    pub(crate) payloads: usize,
    /// Number of bytes of the next payload.
    pub(crate) bytes: usize,
}

impl<'v> IoBody<'v> {
    /// Size in bytes from which [`Encode::encode_io`] borrows a payload.
    pub const MIN_PAYLOAD: usize = 1024;

    /// Encodes a value.
    #[inline(always)]
    pub(crate) fn encode(&mut self, value: &'v impl Encode) -> Result<()> {
        self.clear();
        let payloads = &mut self.payloads;
        let mut borrow = |position, payload| {
            payloads.push((position, payload));
            true
        };
        let mut writer = Writer::new(mem::take(&mut self.copied), Some(&mut borrow));
        let result = writer.body(value);
        mem::forget(mem::replace(&mut self.copied, writer.out));
        if result.is_err() {
            self.clear();
        }
        result
    }

    /// Removes all bytes and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.copied.clear();
        self.payloads.clear();
        self.consumed = Consumed::default();
    }

    /// An empty body with the same memory, for values of another lifetime.
    #[inline]
    #[must_use]
    pub fn reset<'b>(mut self) -> IoBody<'b> {
        self.clear();
        // An empty vector is mapped in place and keeps its memory.
        let payloads = self.payloads.into_iter();
        IoBody {
            copied: self.copied,
            payloads: payloads.map(|(position, _)| (position, &[][..])).collect(),
            consumed: self.consumed,
        }
    }

    /// The slices in order. Their concatenation is the body.
    pub fn slices(&self) -> impl Iterator<Item = &[u8]> {
        let mut consumed = self.consumed;
        let payloads = self.payloads.get(consumed.payloads..).unwrap_or_default();
        let ends = payloads.iter().map(|(end, _)| *end);
        let starts = core::iter::once(consumed.copied).chain(ends.clone());
        let copied = starts
            .zip(ends.chain(core::iter::once(self.copied.len())))
            .map(|(start, end)| self.copied.get(start..end).unwrap_or_default());
        let mut payloads = payloads.iter().map(move |(_, payload)| {
            let start = mem::take(&mut consumed.bytes);
            payload.get(start..).unwrap_or_default()
        });
        copied
            .flat_map(move |slice| [slice, payloads.next().unwrap_or_default()])
            .filter(|slice| !slice.is_empty())
    }

    /// The payloads that are borrowed.
    pub fn borrowed(&self) -> impl Iterator<Item = &'v [u8]> {
        self.payloads.iter().map(|(_, payload)| *payload)
    }

    /// Length of the body in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        let consumed = self.consumed;
        let payloads = self.payloads.get(consumed.payloads..).unwrap_or_default();
        let borrowed: usize = payloads.iter().map(|(_, payload)| payload.len()).sum();
        (self.copied.len() + borrowed).saturating_sub(consumed.copied + consumed.bytes)
    }

    /// Whether the body has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The slices in the form of the standard library's vectored writes.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn io_slices(&self) -> Vec<std::io::IoSlice<'_>> {
        self.slices().map(std::io::IoSlice::new).collect()
    }
}

impl fmt::Debug for IoBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IoBody")
            .field("len", &self.len())
            .field("borrowed", &self.payloads.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bytes, Text};
    use alloc::vec;

    #[test]
    fn only_large_payloads_are_borrowed() {
        let payload: Bytes<'_> = vec![1; IoBody::MIN_PAYLOAD].into();
        let mut body = IoBody::default();
        payload.encode_io(&mut body).unwrap();
        assert_eq!(body.borrowed().next().unwrap().as_ptr(), payload.as_ptr());
        assert_eq!(body.slices().count(), 1);
        let small: Bytes<'_> = vec![1; IoBody::MIN_PAYLOAD - 1].into();
        small.encode_io(&mut body).unwrap();
        assert_eq!(body.borrowed().count(), 0);
        assert_eq!(body.len(), IoBody::MIN_PAYLOAD - 1);
    }

    #[test]
    fn reset_body_keeps_its_memory() {
        let payload: Bytes<'_> = vec![1; 5000].into();
        let mut body = IoBody::default();
        payload.encode_io(&mut body).unwrap();
        let payloads = body.payloads.as_ptr().addr();
        let text = Text::from("short");
        let mut body = body.reset();
        text.encode_io(&mut body).unwrap();
        assert_eq!(body.payloads.as_ptr().addr(), payloads);
        assert_eq!(body.slices().next().unwrap(), b"short\0");
    }

    #[cfg(feature = "std")]
    #[test]
    fn slices_for_vectored_writes_are_the_body() {
        let payload: Bytes<'_> = vec![1; IoBody::MIN_PAYLOAD].into();
        let message = crate::WithTrailing {
            message: payload,
            trailing: Bytes::from([2, 3]),
        };
        let mut body = IoBody::default();
        message.encode_io(&mut body).unwrap();
        let slices = body.io_slices();
        assert_eq!(slices.len(), 2);
        let mut written = std::vec::Vec::new();
        let size = std::io::Write::write_vectored(&mut written, &slices).unwrap();
        assert_eq!(size, body.len());
        assert_eq!(written, message.encode_to_vec().unwrap());
    }
}
