//! What both sides of the link stage share.

use alloc::vec::Vec;

use crate::frame::HeaderFormat;
use crate::link::{LinkAnswer, LinkRequest};
use crate::proto::types::CommonCapability;

/// A channel whose link stage is over: messages may follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Established {
    /// What the client asked for and can do.
    pub request: LinkRequest,
    /// What the server answered and can do.
    pub answer: LinkAnswer,
}

impl Established {
    /// The header that stands before each message, in both directions.
    #[must_use]
    pub fn header(&self) -> HeaderFormat {
        match self.both_have(CommonCapability::MINI_HEADER) {
            true => HeaderFormat::Mini,
            false => HeaderFormat::Full,
        }
    }

    /// Whether both sides have a common capability.
    #[must_use]
    pub fn both_have(&self, capability: CommonCapability) -> bool {
        self.request.capabilities.common.contains(capability)
            && self.answer.capabilities.common.contains(capability)
    }
}

/// Bytes of known number that come in pieces.
#[derive(Debug)]
pub(crate) struct Awaited {
    bytes: Vec<u8>,
    missing: usize,
}

impl Awaited {
    pub(crate) const fn new(number: usize) -> Self {
        Self {
            bytes: Vec::new(),
            missing: number,
        }
    }

    pub(crate) const fn missing(&self) -> usize {
        self.missing
    }

    /// Takes what is missing from the start of `bytes`, as far as it is there; the result is the rest.
    pub(crate) fn take<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let (ours, rest) = bytes.split_at_checked(self.missing).unwrap_or((bytes, &[]));
        self.bytes.extend_from_slice(ours);
        self.missing = self.missing.saturating_sub(ours.len());
        rest
    }

    /// The bytes, if they are all there; then the next ones are awaited.
    pub(crate) fn complete(&mut self) -> Option<Vec<u8>> {
        match self.missing {
            0 => Some(core::mem::take(&mut self.bytes)),
            _ => None,
        }
    }
}
