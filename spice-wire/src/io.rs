//! A body in pieces, of which the large ones are borrowed.

use alloc::vec::Vec;

/// Payloads of at least this many bytes are borrowed by [`crate::Encode::encode_io`].
pub const IO_PAYLOAD: usize = 1024;

/// An encoded body as a list of slices, for vectored writes.
#[derive(Clone, Debug, Default)]
pub struct IoBody<'a> {
    pub(crate) scratch: Vec<u8>,
    /// The borrowed payloads, each with the number of scratch bytes that come before it.
    pub(crate) payloads: Vec<(usize, &'a [u8])>,
}

impl IoBody<'_> {
    /// Makes it empty and keeps its memory.
    #[inline]
    pub fn clear(&mut self) {
        self.scratch.clear();
        self.payloads.clear();
    }

    /// An empty one with the same memory, which can borrow from elsewhere.
    #[inline]
    #[must_use]
    pub fn emptied<'b>(mut self) -> IoBody<'b> {
        self.clear();
        let payloads = self
            .payloads
            .into_iter()
            .map(|(at, _)| (at, &[][..]))
            .collect();
        IoBody {
            scratch: self.scratch,
            payloads,
        }
    }

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
}
