//! `bytes::Buf` for encoded bodies.

use ::bytes::Buf;

use crate::IoBody;

/// Reads the slices of the body in order. Nothing is copied.
impl Buf for IoBody<'_> {
    fn remaining(&self) -> usize {
        self.len()
    }

    fn chunk(&self) -> &[u8] {
        self.slices().next().unwrap_or_default()
    }

    #[cfg(feature = "std")]
    fn chunks_vectored<'a>(&'a self, slices: &mut [std::io::IoSlice<'a>]) -> usize {
        let filled = slices.iter_mut().zip(self.slices());
        filled
            .map(|(slice, bytes)| *slice = std::io::IoSlice::new(bytes))
            .count()
    }

    /// Consumes `count` bytes, or all remaining bytes if there are fewer.
    fn advance(&mut self, mut count: usize) {
        while count > 0 {
            let next = self.payloads.get(self.consumed.payloads);
            let (end, payload) = next.copied().unwrap_or((self.copied.len(), &[]));
            let copied = count.min(end.saturating_sub(self.consumed.copied));
            self.consumed.copied += copied;
            count -= copied;
            let borrowed = count.min(payload.len().saturating_sub(self.consumed.bytes));
            self.consumed.bytes += borrowed;
            count -= borrowed;
            if self.consumed.bytes == payload.len() && next.is_some() {
                self.consumed.payloads += 1;
                self.consumed.bytes = 0;
            } else if copied + borrowed == 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Encode, Text};
    use alloc::vec;
    use alloc::vec::Vec;

    /// Copied and borrowed slices in turn, and the body's bytes. Two adjacent payloads are empty.
    fn body() -> (IoBody<'static>, Vec<u8>) {
        let payloads: Vec<(usize, &[u8])> =
            vec![(0, &[]), (3, &[3, 4]), (4, &[6, 7, 8, 9]), (4, &[])];
        let body = IoBody {
            copied: vec![0, 1, 2, 5, 10, 11],
            payloads,
            ..IoBody::default()
        };
        (body, (0..12).collect())
    }

    #[test]
    fn remaining_bytes_are_correct_at_each_position() {
        let (body, bytes) = body();
        for first in 0..=bytes.len() {
            for second in 0..=bytes.len() - first {
                let mut body = body.clone();
                body.advance(first);
                body.advance(second);
                let left = &bytes[first + second..];
                assert_eq!(body.remaining(), left.len());
                assert_eq!(body.slices().collect::<Vec<_>>().concat(), left);
                assert_eq!(body.chunk().is_empty(), left.is_empty());
                assert!(left.starts_with(body.chunk()));
                assert_eq!(body.copy_to_bytes(left.len()), left);
                assert!(body.is_empty());
            }
        }
    }

    #[test]
    fn advancing_past_the_end_leaves_no_bytes() {
        let (mut body, bytes) = body();
        body.advance(bytes.len() + 1);
        assert_eq!((body.remaining(), body.chunk()), (0, &[][..]));
        body.advance(usize::MAX);
        assert!(!body.has_remaining());
    }

    #[test]
    fn payload_of_a_buffer_is_kept_without_a_copy() {
        let body = Text::from("abc").encode_to_bytes().unwrap();
        let payload = &body[1..];
        assert_eq!(body.slice_ref(payload).as_ptr(), payload.as_ptr());
    }

    #[cfg(feature = "std")]
    #[test]
    fn vectored_chunks_fill_at_most_the_given_slices() {
        let (mut body, _) = body();
        body.advance(4);
        let mut slices = [std::io::IoSlice::new(&[]); 2];
        assert_eq!(body.chunks_vectored(&mut slices), 2);
        assert_eq!((&*slices[0], &*slices[1]), (&[4][..], &[5][..]));
        let mut slices = [std::io::IoSlice::new(&[]); 9];
        assert_eq!(body.chunks_vectored(&mut slices), 4);
        let filled = slices.iter().flat_map(|slice| slice.iter().copied());
        assert_eq!(filled.collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9, 10, 11]);
    }
}
