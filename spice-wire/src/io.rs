//! A body in pieces, of which the large ones are borrowed.

use alloc::vec::Vec;

/// Payloads of at least this many bytes are borrowed by [`crate::Encode::encode_io`].
pub const IO_PAYLOAD: usize = 1024;

/// An encoded body as a list of slices, for vectored writes.
#[derive(Clone, Debug, Default)]
pub struct IoBody<'v> {
    pub(crate) scratch: Vec<u8>,
    /// The borrowed payloads, each with the number of scratch bytes that come before it.
    pub(crate) payloads: Vec<(usize, &'v [u8])>,
}

impl<'v> IoBody<'v> {
    /// The slices in order; together they are the body.
    pub fn slices(&self) -> impl Iterator<Item = &[u8]> {
        let ends = self.payloads.iter().map(|(end, _)| *end);
        let starts = core::iter::once(0).chain(ends.clone());
        let copied = starts
            .zip(ends.chain(core::iter::once(self.scratch.len())))
            .map(|(start, end)| self.scratch.get(start..end).unwrap_or_default());
        let mut payloads = self.payloads.iter().map(|(_, payload)| *payload);
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
        let borrowed: usize = self.payloads.iter().map(|(_, payload)| payload.len()).sum();
        self.scratch.len() + borrowed
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
