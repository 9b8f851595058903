//! The two link messages.

use alloc::vec::Vec;

use spice_messages::types::LinkErr;
use spice_wire::__private::FixedSize;
use spice_wire::{Decode, Reader};

use crate::capabilities::{Capabilities, CapabilitySet};
use crate::link_error::LinkError;
use crate::proto::types::{LinkHeader, LinkMagic, LinkMajor, LinkMess, LinkMinor, LinkReply};

/// The largest link message that is accepted or sent, without its header: room for more than 30,000
/// capabilities.
pub const MAX_LINK_SIZE: u32 = 4096;

/// The server's RSA key, in its DER form.
pub type PublicKey = [u8; 162];

/// The client's link message: which channel it wants and what it can do.
///
/// ```
/// use spice_link::{Capabilities, LinkRequest};
/// let request = LinkRequest::main(Capabilities::usual());
/// let bytes = request.to_bytes().unwrap();
/// assert_eq!(bytes.len(), 16 + 18 + 4);
/// assert_eq!(LinkRequest::split_from(&bytes), Ok((request, &[][..])));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRequest {
    /// 0 for main; for all others the session id of main's `init`.
    pub connection_id: u32,
    /// The number of the kind of channel.
    pub channel_type: u8,
    /// Which one of the channels of that kind.
    pub channel_id: u8,
    /// What the client can do.
    pub capabilities: Capabilities,
}

/// The server's link message: whether it has the channel, its key, and what it can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkAnswer {
    /// `OK` if the link stage goes on.
    pub error: LinkErr,
    /// The key to encrypt the ticket with; all zero if there is an error.
    pub public_key: PublicKey,
    /// What the server can do.
    pub capabilities: Capabilities,
}

impl LinkRequest {
    /// Asks for the main channel of a new session.
    #[must_use]
    pub const fn main(capabilities: Capabilities) -> Self {
        Self {
            connection_id: 0,
            channel_type: spice_messages::main::CHANNEL_TYPE,
            channel_id: 0,
            capabilities,
        }
    }

    /// The message with its header.
    ///
    /// # Errors
    /// [`LinkError::TooLarge`] if the capabilities take too many words.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LinkError> {
        let caps = Words::of(&self.capabilities, LinkMess::SIZE)?;
        let fixed = LinkMess {
            connection_id: self.connection_id,
            channel_type: self.channel_type,
            channel_id: self.channel_id,
            num_common_caps: caps.common,
            num_channel_caps: caps.channel,
            caps_offset: caps.offset,
        };
        Ok(write(fixed, &caps, &self.capabilities))
    }

    /// Reads the message with its header; the second value is what follows.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn split_from(bytes: &[u8]) -> Result<(Self, &[u8]), LinkError> {
        let (body, rest) = split(bytes)?;
        Ok((Self::from_body(body)?, rest))
    }

    /// Reads the message without its header.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_body(body: &[u8]) -> Result<Self, LinkError> {
        let fixed = LinkMess::decode(body).map_err(LinkError::Truncated)?;
        let words = Words {
            common: fixed.num_common_caps,
            channel: fixed.num_channel_caps,
            offset: fixed.caps_offset,
        };
        Ok(Self {
            connection_id: fixed.connection_id,
            channel_type: fixed.channel_type,
            channel_id: fixed.channel_id,
            capabilities: words.read(body, LinkMess::SIZE)?,
        })
    }
}

impl LinkAnswer {
    /// An answer that refuses the channel.
    #[must_use]
    pub fn refusal(error: LinkErr) -> Self {
        Self {
            error,
            public_key: [0; 162],
            capabilities: Capabilities::default(),
        }
    }

    /// The message with its header.
    ///
    /// # Errors
    /// [`LinkError::TooLarge`] if the capabilities take too many words.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LinkError> {
        let caps = Words::of(&self.capabilities, LinkReply::SIZE)?;
        let fixed = LinkReply {
            error: self.error.into(),
            pub_key: self.public_key,
            num_common_caps: caps.common,
            num_channel_caps: caps.channel,
            caps_offset: caps.offset,
        };
        Ok(write(fixed, &caps, &self.capabilities))
    }

    /// Reads the message with its header; the second value is what follows.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn split_from(bytes: &[u8]) -> Result<(Self, &[u8]), LinkError> {
        let (body, rest) = split(bytes)?;
        Ok((Self::from_body(body)?, rest))
    }

    /// Reads the message without its header.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_body(body: &[u8]) -> Result<Self, LinkError> {
        let fixed = LinkReply::decode(body).map_err(LinkError::Truncated)?;
        let words = Words {
            common: fixed.num_common_caps,
            channel: fixed.num_channel_caps,
            offset: fixed.caps_offset,
        };
        Ok(Self {
            error: fixed.error.into(),
            public_key: fixed.pub_key,
            capabilities: words.read(body, LinkReply::SIZE)?,
        })
    }
}

/// Reads the header of a link message; the result is the size of the message.
pub(crate) fn read_header(bytes: &[u8]) -> Result<u32, LinkError> {
    let header = LinkHeader::decode(bytes).map_err(LinkError::Truncated)?;
    if header.magic != LinkMagic::REDQ {
        return Err(LinkError::Magic(header.magic));
    }
    if header.major != LinkMajor::CURRENT {
        return Err(LinkError::Version(header.major, header.minor));
    }
    check_size(header.size.into())
}

fn check_size(size: u64) -> Result<u32, LinkError> {
    match u32::try_from(size) {
        Ok(size) if size <= MAX_LINK_SIZE => Ok(size),
        _ => Err(LinkError::TooLarge {
            size,
            limit: MAX_LINK_SIZE,
        }),
    }
}

/// Splits bytes into the link message behind the header, and what follows.
fn split(bytes: &[u8]) -> Result<(&[u8], &[u8]), LinkError> {
    let size = read_header(bytes)?;
    let mut reader = Reader::new(bytes);
    LinkHeader::decode_from(&mut reader).map_err(LinkError::Truncated)?;
    let body = reader
        .bytes(Some(size.into()), "body")
        .map_err(LinkError::Truncated)?;
    Ok((body, reader.as_slice()))
}

/// How many capability words a link message has, and where.
struct Words {
    common: u32,
    channel: u32,
    offset: u32,
}

impl Words {
    /// The words right behind the fixed part.
    fn of(capabilities: &Capabilities, fixed: usize) -> Result<Self, LinkError> {
        let common = capabilities.common.words().len() as u64;
        let channel = capabilities.channel.words().len() as u64;
        let size = check_size((common + channel).saturating_mul(4) + fixed as u64)?;
        // Less than `size` each.
        let words = |count| u32::try_from(count).unwrap_or(size);
        Ok(Self {
            common: words(common),
            channel: words(channel),
            offset: words(fixed as u64),
        })
    }

    /// Reads the words from a link message with a fixed part of that length.
    fn read(&self, body: &[u8], fixed: usize) -> Result<Capabilities, LinkError> {
        let words = u64::from(self.common) + u64::from(self.channel);
        if words == 0 {
            return Ok(Capabilities::default());
        }
        if (self.offset as usize) < fixed {
            return Err(LinkError::CapsInside {
                offset: self.offset,
                fixed: u32::try_from(fixed).unwrap_or(u32::MAX),
            });
        }
        let end = u64::from(self.offset) + words * 4;
        let range = usize::try_from(end).map(|end| self.offset as usize..end);
        let Some(bytes) = range.ok().and_then(|range| body.get(range)) else {
            return Err(LinkError::CapsOutside {
                words,
                offset: self.offset,
                length: body.len(),
            });
        };
        let (words, _) = bytes.as_chunks::<4>();
        let mut words = words.iter().map(|word| u32::from_le_bytes(*word));
        let common = words.by_ref().take(self.common as usize).collect();
        Ok(Capabilities {
            common: CapabilitySet::from_words(common),
            channel: CapabilitySet::from_words(words.collect()),
        })
    }
}

fn write(fixed: impl FixedSize, caps: &Words, capabilities: &Capabilities) -> Vec<u8> {
    let header = LinkHeader {
        magic: LinkMagic::REDQ,
        major: LinkMajor::CURRENT,
        minor: LinkMinor::CURRENT,
        size: caps.offset + 4 * (caps.common + caps.channel),
    };
    let mut out = Vec::with_capacity(LinkHeader::SIZE + header.size as usize);
    append(header, &mut out);
    append(fixed, &mut out);
    let sets = [&capabilities.common, &capabilities.channel];
    for word in sets.into_iter().flat_map(CapabilitySet::words) {
        append(*word, &mut out);
    }
    out
}

/// Appends a value of fixed size.
pub(crate) fn append<T: FixedSize>(value: T, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + T::SIZE, 0);
    value.put(out, start);
}
