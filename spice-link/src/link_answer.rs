//! The server's link message.

use alloc::vec::Vec;

use spice_messages::types::LinkErr;
use spice_wire::Decode;

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
    /// Creates an answer that refuses the request, encoded with the same bytes as spice-server's.
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
            // spice-server leaves a refusal zero after the error.
            caps_offset: match self.error {
                LinkErr::OK => words.offset,
                _ if words.common == 0 && words.channel == 0 => 0,
                _ => words.offset,
            },
        })
    }

    /// Returns the reason if `body` starts like an answer that refuses the request.
    pub(crate) fn refusal_reason(body: &[u8]) -> Option<LinkErr> {
        let error = LinkErr::from(u32::decode(body).ok()?);
        (error != LinkErr::OK).then_some(error)
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
    /// A refusal needs only its first four bytes, the error.
    ///
    /// # Errors
    /// Returns an error if the message is invalid or incomplete.
    pub fn from_body(body: &[u8]) -> Result<Self, LinkError> {
        let (fixed, capabilities) = match link_message::decode::<LinkReply>(body) {
            Ok(answer) => answer,
            Err(error) => {
                let reason = Self::refusal_reason(body);
                return reason.map(Self::refusal).ok_or(error);
            }
        };
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
    fn refusal_has_the_bytes_of_the_c_server() {
        let refusal = LinkAnswer::refusal(LinkErr::NEED_SECURED);
        let bytes = refusal.to_bytes().unwrap();
        let mut expected = b"REDQ\x02\0\0\0\x02\0\0\0\xb2\0\0\0\x05".to_vec();
        expected.resize(194, 0);
        assert_eq!(bytes, expected);
        assert_eq!(LinkAnswer::split_from(&bytes), Ok((refusal, &[][..])));
    }

    #[test]
    fn refusal_needs_only_its_error() {
        let refusal = LinkAnswer::refusal(LinkErr::VERSION_MISMATCH);
        let bytes = refusal.to_bytes().unwrap();
        let body = &bytes[16..];
        for length in 4..=body.len() {
            let found = LinkAnswer::from_body(&body[..length]);
            assert_eq!(found.as_ref(), Ok(&refusal));
        }
        assert!(LinkAnswer::from_body(&body[..3]).is_err());
        let mut accepted = body.to_vec();
        accepted[0] = 0;
        assert!(LinkAnswer::from_body(&accepted[..177]).is_err());
    }
}
