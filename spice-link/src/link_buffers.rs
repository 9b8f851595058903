//! Buffers that client and server use in the link stage.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use spice_wire::__private::FixedSize;

/// The message that a side is receiving, and the messages that it has to send.
#[derive(Clone, Debug)]
pub(crate) struct LinkBuffers {
    input: Vec<u8>,
    missing: usize,
    output: VecDeque<Vec<u8>>,
}

impl LinkBuffers {
    /// Creates buffers that expect a message of `length` bytes and have nothing to send.
    pub(crate) const fn new(length: usize) -> Self {
        Self {
            input: Vec::new(),
            missing: length,
            output: VecDeque::new(),
        }
    }

    /// Expects a message of `length` bytes. No message is partly received.
    pub(crate) const fn expect(&mut self, length: usize) {
        self.missing = length;
    }

    /// Number of bytes that the expected message still lacks.
    pub(crate) const fn missing(&self) -> usize {
        self.missing
    }

    /// Moves bytes from the start of `bytes` into the expected message, and returns the message once
    /// it is complete.
    ///
    /// Memory grows with the bytes received, not with the expected length.
    pub(crate) fn receive(&mut self, bytes: &mut &[u8]) -> Option<Vec<u8>> {
        let (taken, rest) = bytes
            .split_at_checked(self.missing)
            .unwrap_or((*bytes, &[]));
        *bytes = rest;
        self.input.extend_from_slice(taken);
        self.missing = self.missing.saturating_sub(taken.len());
        (self.missing == 0).then(|| core::mem::take(&mut self.input))
    }

    /// Returns the bytes of the expected message that have been received.
    pub(crate) fn received(&self) -> &[u8] {
        &self.input
    }

    /// Adds a struct to the messages to send.
    pub(crate) fn send<T: FixedSize>(&mut self, value: T) {
        let mut bytes = alloc::vec![0; T::SIZE];
        value.put(&mut bytes, 0);
        self.send_bytes(bytes);
    }

    /// Adds a message to send.
    pub(crate) fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.output.push_back(bytes);
    }

    /// Takes the next message to send, if there is any.
    pub(crate) fn take_output(&mut self) -> Option<Vec<u8>> {
        self.output.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_is_complete_with_its_last_byte() {
        let mut buffers = LinkBuffers::new(3);
        let mut bytes: &[u8] = &[1, 2];
        assert_eq!(buffers.receive(&mut bytes), None);
        assert_eq!((bytes, buffers.missing()), (&[][..], 1));
        let mut bytes: &[u8] = &[3, 4, 5];
        assert_eq!(buffers.receive(&mut bytes), Some(alloc::vec![1, 2, 3]));
        assert_eq!(bytes, [4, 5]);
    }

    #[test]
    fn empty_message_is_complete_at_once() {
        let mut buffers = LinkBuffers::new(0);
        assert_eq!(buffers.receive(&mut &[7][..]), Some(Vec::new()));
    }

    #[test]
    fn messages_are_sent_one_by_one() {
        let mut buffers = LinkBuffers::new(0);
        assert_eq!(buffers.take_output(), None);
        buffers.send(1_u32);
        buffers.send_bytes(alloc::vec![2]);
        assert_eq!(buffers.take_output(), Some(alloc::vec![1, 0, 0, 0]));
        assert_eq!(buffers.take_output(), Some(alloc::vec![2]));
        assert_eq!(buffers.take_output(), None);
    }
}
