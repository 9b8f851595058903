//! Pointers that wait for their offset.

use crate::__private::FixedSize;

/// A chain of pointers, as positions in the buffer. It needs no memory: each pointer but the last holds the
/// offset of the next one in the body.
#[derive(Clone, Copy)]
pub(crate) struct PointerChain {
    first: usize,
    last: usize,
}

impl PointerChain {
    /// The position that ends a chain.
    const END: usize = usize::MAX;

    pub(crate) const EMPTY: Self = Self {
        first: Self::END,
        last: Self::END,
    };

    #[inline(always)]
    pub(crate) const fn is_empty(self) -> bool {
        self.first == Self::END
    }

    /// Adds the pointer at a position of the buffer. The body begins at `start`.
    #[inline(always)]
    pub(crate) fn push(&mut self, out: &mut [u8], start: usize, pointer: usize) {
        if self.is_empty() {
            self.first = pointer;
        } else {
            (pointer.wrapping_sub(start) as u32).put(out, self.last);
        }
        self.last = pointer;
    }

    /// Removes the first pointer.
    #[inline(always)]
    pub(crate) fn pop(&mut self, out: &[u8], start: usize) -> usize {
        let pointer = self.first;
        self.first = match pointer == self.last {
            true => Self::END,
            false => start.wrapping_add(u32::get(out, pointer) as usize),
        };
        pointer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_removed_in_order() {
        let mut out = [0; 20];
        let mut chain = PointerChain::EMPTY;
        for pointer in [4, 16, 9] {
            chain.push(&mut out, 3, pointer);
        }
        assert_eq!(out[4..8], [13, 0, 0, 0]);
        assert_eq!(out[16..20], [6, 0, 0, 0]);
        assert_eq!([(); 3].map(|()| chain.pop(&out, 3)), [4, 16, 9]);
        assert!(chain.is_empty());
    }

    #[test]
    fn empty_queue_can_be_filled_again() {
        let mut out = [0; 8];
        let mut chain = PointerChain::EMPTY;
        for pointer in [4, 0] {
            chain.push(&mut out, 0, pointer);
            assert!(!chain.is_empty());
            assert_eq!(chain.pop(&out, 0), pointer);
            assert!(chain.is_empty());
        }
        assert_eq!(out, [0; 8]);
    }
}
