//! The server's link message.

use alloc::vec::Vec;

use spice_messages::types::LinkErr;

use crate::capabilities::Capabilities;
use crate::link_error::LinkError;
use crate::link_message;
use crate::proto::types::LinkReply;

/// The server's RSA key, DER-encoded as a `SubjectPublicKeyInfo`.
pub type PublicKey = [u8; 162];

/// The server's link message: whether it accepts the request, its key, and its capabilities.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LinkAnswer {
    /// `OK` if the server accepts the request.
    pub error: LinkErr,
    /// The key that encrypts the ticket; all zero if the server refuses the request.
    pub public_key: PublicKey,
    /// Capabilities of the server.
    pub capabilities: Capabilities,
}

impl LinkAnswer {
    /// Creates an answer that refuses the request.
    #[must_use]
    pub fn refusal(error: LinkErr) -> Self {
        Self {
            error,
            public_key: [0; 162],
            capabilities: Capabilities::default(),
        }
    }

    /// Encodes the message with its header.
    ///
    /// # Errors
    /// Returns [`LinkError::TooLarge`] if the capabilities take too many words.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LinkError> {
        link_message::encode(&self.capabilities, |words| LinkReply {
            error: self.error.into(),
            pub_key: self.public_key,
            num_common_caps: words.common,
            num_channel_caps: words.channel,
            caps_offset: words.offset,
        })
    }

    /// Decodes the message with its header, and returns it with the bytes after it.
    ///
    /// # Errors
    /// Returns an error if the header or the message is invalid or incomplete.
    pub fn split_from(bytes: &[u8]) -> Result<(Self, &[u8]), LinkError> {
        let (body, rest) = link_message::split(bytes)?;
        Ok((Self::from_body(body)?, rest))
    }

    /// Decodes the message without its header.
    ///
    /// # Errors
    /// Returns an error if the message is invalid or incomplete.
    pub fn from_body(body: &[u8]) -> Result<Self, LinkError> {
        let (fixed, capabilities) = link_message::decode::<LinkReply>(body)?;
        Ok(Self {
            error: fixed.error.into(),
            public_key: fixed.pub_key,
            capabilities,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_is_a_full_answer_without_key_and_capabilities() {
        let refusal = LinkAnswer::refusal(LinkErr::NEED_SECURED);
        let bytes = refusal.to_bytes().unwrap();
        assert_eq!(bytes.len(), 16 + 178);
        assert_eq!(LinkAnswer::split_from(&bytes), Ok((refusal, &[][..])));
    }
}
