//! Encoded bodies for users of the crate `bytes`.

use ::bytes::Buf;

use crate::IoBody;

/// Reads the body without copying its payloads into one buffer.
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
            .map(|(slice, piece)| *slice = std::io::IoSlice::new(piece))
            .count()
    }

    /// Goes on behind the next `count` bytes, or to the end if there are fewer.
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
    use alloc::vec;
    use alloc::vec::Vec;

    /// Pieces of 3, 2, 1, 4 and 2 bytes, of which the second and the fourth are payloads; and two
    /// payloads without bytes, with nothing between them and a payload.
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
    fn all_that_is_left_is_there_at_each_place() {
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
    fn there_is_nothing_behind_the_end() {
        let (mut body, bytes) = body();
        body.advance(bytes.len() + 1);
        assert_eq!((body.remaining(), body.chunk()), (0, &[][..]));
        body.advance(usize::MAX);
        assert!(!body.has_remaining());
    }

    #[cfg(feature = "std")]
    #[test]
    fn slices_are_filled_as_far_as_there_are_some() {
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
