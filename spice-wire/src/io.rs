//! A body in pieces, of which the large ones are borrowed.

use alloc::vec::Vec;

/// Payloads of at least this many bytes are borrowed by [`crate::Encode::encode_io`].
pub const IO_PAYLOAD: usize = 1024;

/// An encoded body as a list of slices, for vectored writes.
///
/// With the feature `bytes` it is a `bytes::Buf`: what was read from it is no part of it any more.
#[derive(Clone, Debug, Default)]
pub struct IoBody<'v> {
    pub(crate) scratch: Vec<u8>,
    /// The borrowed payloads, each with the number of scratch bytes that come before it.
    pub(crate) payloads: Vec<(usize, &'v [u8])>,
    /// What was read already.
    #[cfg(feature = "bytes")]
    pub(crate) read: Read,
}

/// How much of a body was read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Read {
    /// So many scratch bytes.
    pub(crate) scratch: usize,
    /// So many payloads.
    pub(crate) payloads: usize,
    /// So many bytes of the next payload.
    pub(crate) bytes: usize,
}

impl<'v> IoBody<'v> {
    pub(crate) const fn new(scratch: Vec<u8>, payloads: Vec<(usize, &'v [u8])>) -> Self {
        Self {
            scratch,
            payloads,
            #[cfg(feature = "bytes")]
            read: Read {
                scratch: 0,
                payloads: 0,
                bytes: 0,
            },
        }
    }

    #[cfg(feature = "bytes")]
    const fn read(&self) -> Read {
        self.read
    }

    #[cfg(not(feature = "bytes"))]
    fn read(&self) -> Read {
        Read::default()
    }

    /// The slices in order; together they are the body.
    pub fn slices(&self) -> impl Iterator<Item = &[u8]> {
        let mut read = self.read();
        let payloads = self.payloads.get(read.payloads..).unwrap_or_default();
        let ends = payloads.iter().map(|(end, _)| *end);
        let starts = core::iter::once(read.scratch).chain(ends.clone());
        let copied = starts
            .zip(ends.chain(core::iter::once(self.scratch.len())))
            .map(|(start, end)| self.scratch.get(start..end).unwrap_or_default());
        let mut payloads = payloads.iter().map(move |(_, payload)| {
            let start = core::mem::take(&mut read.bytes);
            payload.get(start..).unwrap_or_default()
        });
        copied
            .flat_map(move |piece| [piece, payloads.next().unwrap_or_default()])
            .filter(|piece| !piece.is_empty())
    }

    /// The payloads that are borrowed from the encoded value.
    pub fn borrowed(&self) -> impl Iterator<Item = &'v [u8]> {
        self.payloads.iter().map(|(_, payload)| *payload)
    }

    /// The length of the body.
    #[must_use]
    pub fn len(&self) -> usize {
        let read = self.read();
        let payloads = self.payloads.get(read.payloads..).unwrap_or_default();
        let borrowed: usize = payloads.iter().map(|(_, payload)| payload.len()).sum();
        (self.scratch.len() + borrowed).saturating_sub(read.scratch + read.bytes)
    }

    /// Whether the body has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The slices as the standard library's vectored writes take them.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn io_slices(&self) -> Vec<std::io::IoSlice<'_>> {
        self.slices().map(std::io::IoSlice::new).collect()
    }
}
