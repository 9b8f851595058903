//! Outgoing stream: cut into pieces, each of which needs a token.

use alloc::collections::VecDeque;

use bytes::Bytes;
use spice_link::MAX_AGENT_DATA;

/// A queue of bytes that leave in pieces of at most [`MAX_AGENT_DATA`] bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct PieceQueue {
    parts: VecDeque<Bytes>,
    /// Number of bytes in the queue.
    len: usize,
    tokens: u32,
    /// The piece that was returned last.
    piece: Bytes,
}

impl PieceQueue {
    /// Appends a part. No piece contains bytes of two parts.
    pub(crate) fn push(&mut self, part: Bytes) {
        if !part.is_empty() {
            self.len = self.len.saturating_add(part.len());
            self.parts.push_back(part);
        }
    }

    /// Returns the number of bytes that wait.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) const fn set_tokens(&mut self, tokens: u32) {
        self.tokens = tokens;
    }

    pub(crate) const fn add_tokens(&mut self, tokens: u32) {
        self.tokens = self.tokens.saturating_add(tokens);
    }

    /// Returns the next piece and uses a token, unless there is no token.
    pub(crate) fn next_piece(&mut self) -> Option<&[u8]> {
        let tokens = self.tokens.checked_sub(1)?;
        let part = self.parts.front_mut()?;
        self.tokens = tokens;
        self.piece = part.split_to(part.len().min(MAX_AGENT_DATA));
        self.len = self.len.saturating_sub(self.piece.len());
        if part.is_empty() {
            self.parts.pop_front();
        }
        Some(&self.piece)
    }

    /// Forgets the bytes that wait. The tokens stay.
    pub(crate) fn clear(&mut self) {
        self.parts = VecDeque::new();
        self.piece = Bytes::new();
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn each_piece_uses_a_token_and_contains_one_part_only() {
        let mut queue = PieceQueue::default();
        queue.push(vec![1; 5000].into());
        queue.push(vec![2; 10].into());
        queue.push(Bytes::new());
        assert_eq!(queue.next_piece(), None);
        queue.add_tokens(2);
        let lengths: Vec<_> = core::iter::from_fn(|| queue.next_piece().map(<[u8]>::len)).collect();
        assert_eq!(lengths, [2048, 2048]);
        assert_eq!(queue.len(), 914);
        queue.add_tokens(3);
        assert_eq!(queue.next_piece(), Some(&[1; 904][..]));
        assert_eq!(queue.next_piece(), Some(&[2; 10][..]));
        assert_eq!(queue.next_piece(), None);
        // The token that no piece uses is left.
        queue.push(vec![3].into());
        assert_eq!(queue.next_piece(), Some(&[3][..]));
    }

    #[test]
    fn clearing_forgets_bytes_and_keeps_tokens() {
        let mut queue = PieceQueue::default();
        queue.set_tokens(2);
        queue.push(vec![1; 5000].into());
        assert!(queue.next_piece().is_some());
        queue.clear();
        assert_eq!((queue.len(), queue.next_piece()), (0, None));
        queue.push(vec![2].into());
        assert_eq!(queue.next_piece(), Some(&[2][..]));
    }
}
