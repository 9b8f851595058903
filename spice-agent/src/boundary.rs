//! Position in a stream relative to its messages, without their data.

use spice_wire::Decode;

use crate::message::HEADER_SIZE;
use crate::proto::types::MessageHeader;

/// Follows a stream to know where messages end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Boundary {
    header: [u8; HEADER_SIZE],
    /// Number of bytes of the header that have passed.
    header_len: usize,
    /// Number of bytes to the end of the message, once the header has passed.
    left: usize,
}

impl Boundary {
    /// Returns whether the stream is between two messages.
    pub(crate) const fn is_between_messages(&self) -> bool {
        self.header_len == 0 && self.left == 0
    }

    /// Passes bytes. If `stop` is set, stops at the first end of a message.
    ///
    /// Returns the number of passed bytes.
    pub(crate) fn pass(&mut self, bytes: &[u8], stop: bool) -> usize {
        let mut passed = 0_usize;
        while let Some(rest) = bytes.get(passed..).filter(|rest| !rest.is_empty()) {
            let taken = if self.left > 0 {
                let taken = rest.len().min(self.left);
                self.left = self.left.saturating_sub(taken);
                taken
            } else {
                self.pass_header(rest)
            };
            passed = passed.saturating_add(taken);
            if stop && self.is_between_messages() {
                break;
            }
        }
        passed
    }

    /// Passes bytes of the header. Returns their number.
    fn pass_header(&mut self, bytes: &[u8]) -> usize {
        let missing = self.header.iter_mut().skip(self.header_len);
        let taken = missing.zip(bytes).map(|(to, from)| *to = *from).count();
        self.header_len = self.header_len.saturating_add(taken);
        if self.header_len == HEADER_SIZE {
            let size = MessageHeader::decode(&self.header).map_or(0, |header| header.size);
            self.left = usize::try_from(size).unwrap_or(usize::MAX);
            self.header_len = 0;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn ends_of_messages_are_found_in_any_split() {
        let mut message = vec![0; 25];
        message[16] = 5;
        let stream = [&message[..], &[0; 20], &message].concat();
        for length in 1..stream.len() {
            let mut boundary = Boundary::default();
            let mut passed = 0;
            for part in stream.chunks(length) {
                boundary.pass(part, false);
                passed += part.len();
                let between = [25, 45, 70].contains(&passed);
                assert_eq!(boundary.is_between_messages(), between, "{passed}");
            }
        }
        let mut boundary = Boundary::default();
        assert_eq!(boundary.pass(&stream, true), 25);
        assert_eq!(boundary.pass(&stream[25..], true), 20);
    }
}
