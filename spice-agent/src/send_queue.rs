//! Outgoing stream, cut into parts. Each part needs a token.

use alloc::collections::VecDeque;

use bytes::Bytes;
use spice_link::MAX_AGENT_DATA;

/// A queue of messages that leave in parts of at most [`MAX_AGENT_DATA`] bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct SendQueue {
    messages: VecDeque<Bytes>,
    /// Number of bytes in the queue.
    len: usize,
    tokens: u32,
    /// The part that was returned last.
    part: Bytes,
}

impl SendQueue {
    /// Appends a message. No part contains bytes of two messages.
    pub(crate) fn push(&mut self, message: Bytes) {
        if !message.is_empty() {
            self.len = self.len.saturating_add(message.len());
            self.messages.push_back(message);
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

    /// Returns the next part and uses a token, unless there is no token.
    pub(crate) fn next_part(&mut self) -> Option<&[u8]> {
        let tokens = self.tokens.checked_sub(1)?;
        let message = self.messages.front_mut()?;
        self.tokens = tokens;
        self.part = message.split_to(message.len().min(MAX_AGENT_DATA));
        self.len = self.len.saturating_sub(self.part.len());
        if message.is_empty() {
            self.messages.pop_front();
        }
        Some(&self.part)
    }

    /// Forgets the bytes that wait. The tokens stay.
    pub(crate) fn clear(&mut self) {
        self.messages = VecDeque::new();
        self.part = Bytes::new();
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn each_part_uses_a_token_and_belongs_to_one_message() {
        let mut queue = SendQueue::default();
        queue.push(vec![1; 5000].into());
        queue.push(vec![2; 10].into());
        queue.push(Bytes::new());
        assert_eq!(queue.next_part(), None);
        queue.add_tokens(2);
        let lengths: Vec<_> = core::iter::from_fn(|| queue.next_part().map(<[u8]>::len)).collect();
        assert_eq!(lengths, [2048, 2048]);
        assert_eq!(queue.len(), 914);
        queue.add_tokens(3);
        assert_eq!(queue.next_part(), Some(&[1; 904][..]));
        assert_eq!(queue.next_part(), Some(&[2; 10][..]));
        assert_eq!(queue.next_part(), None);
        // The token that no part uses is left.
        queue.push(vec![3].into());
        assert_eq!(queue.next_part(), Some(&[3][..]));
    }

    #[test]
    fn clearing_forgets_bytes_and_keeps_tokens() {
        let mut queue = SendQueue::default();
        queue.set_tokens(2);
        queue.push(vec![1; 5000].into());
        assert!(queue.next_part().is_some());
        queue.clear();
        assert_eq!((queue.len(), queue.next_part()), (0, None));
        queue.push(vec![2].into());
        assert_eq!(queue.next_part(), Some(&[2][..]));
    }
}
