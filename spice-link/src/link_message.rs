//! Encoding that both link messages share: a header, a fixed part, and capability words.

use alloc::vec::Vec;

use spice_wire::__private::FixedSize;
use spice_wire::{Decode, Encode, Reader};

use crate::capabilities::{Capabilities, CapabilitySet};
use crate::link_error::LinkError;
use crate::proto::types::{LinkHeader, LinkMagic, LinkMajor, LinkMess, LinkMinor, LinkReply};

/// Limit on the size of a link message, without its header.
///
/// Leaves room for more than 30,000 capabilities.
pub const MAX_LINK_SIZE: u32 = 4096;

/// Position of the capability words in a link message.
#[derive(Clone, Copy)]
pub(crate) struct CapabilityWords {
    /// Number of words with common capabilities.
    pub(crate) common: u32,
    /// Number of words with capabilities of the channel.
    pub(crate) channel: u32,
    /// Offset of the first word.
    pub(crate) offset: u32,
}

/// Fixed part of a link message.
pub(crate) trait FixedPart: FixedSize + Encode + for<'a> Decode<'a> {
    fn words(&self) -> CapabilityWords;
}

macro_rules! impl_fixed_part {
    ($($name:ident)*) => { $(
        impl FixedPart for $name {
            fn words(&self) -> CapabilityWords {
                CapabilityWords {
                    common: self.num_common_caps,
                    channel: self.num_channel_caps,
                    offset: self.caps_offset,
                }
            }
        }
    )* };
}

impl_fixed_part!(LinkMess LinkReply);

/// Encodes a link message with its header.
///
/// The capability words follow the fixed part, which `fixed_part` makes from their position.
pub(crate) fn encode<F: FixedPart>(
    capabilities: &Capabilities,
    fixed_part: impl FnOnce(CapabilityWords) -> F,
) -> Result<Vec<u8>, LinkError> {
    let Capabilities { common, channel } = capabilities;
    let count = common.words().len() as u64 + channel.words().len() as u64;
    let size = check_size((F::SIZE as u64).saturating_add(count.saturating_mul(4)))?;
    // Cannot fail: none of the three is larger than `size`.
    let narrow = |value| u32::try_from(value).unwrap_or(size);
    let fixed = fixed_part(CapabilityWords {
        common: narrow(common.words().len()),
        channel: narrow(channel.words().len()),
        offset: narrow(F::SIZE),
    });
    let mut out = Vec::with_capacity(LinkHeader::SIZE + size as usize);
    let header = LinkHeader {
        magic: LinkMagic::REDQ,
        major: LinkMajor::CURRENT,
        minor: LinkMinor::CURRENT,
        size,
    };
    header.encode(&mut out)?;
    fixed.encode(&mut out)?;
    for word in common.words().iter().chain(channel.words()) {
        word.encode(&mut out)?;
    }
    Ok(out)
}

/// Decodes a link message without its header.
pub(crate) fn decode<F: FixedPart>(body: &[u8]) -> Result<(F, Capabilities), LinkError> {
    let fixed = F::decode(body)?;
    let capabilities = read_capabilities(body, fixed.words(), F::SIZE)?;
    Ok((fixed, capabilities))
}

/// Checks the header at the start of `bytes` and returns the size of the link message.
pub(crate) fn read_header(bytes: &[u8]) -> Result<u32, LinkError> {
    let header = LinkHeader::decode(bytes)?;
    if header.magic != LinkMagic::REDQ {
        return Err(LinkError::Magic(header.magic));
    }
    if header.major != LinkMajor::CURRENT {
        return Err(LinkError::Version(header.major, header.minor));
    }
    check_size(header.size.into())
}

/// Splits `bytes` into a link message without its header, and the bytes after it.
pub(crate) fn split(bytes: &[u8]) -> Result<(&[u8], &[u8]), LinkError> {
    let size = read_header(bytes)?;
    let mut reader = Reader::new(bytes);
    LinkHeader::decode_from(&mut reader)?;
    let body = reader.bytes(Some(size.into()), "body")?;
    Ok((body, reader.as_slice()))
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

/// Reads the capability words of a link message whose fixed part has `fixed` bytes.
fn read_capabilities(
    body: &[u8],
    words: CapabilityWords,
    fixed: usize,
) -> Result<Capabilities, LinkError> {
    let CapabilityWords {
        common,
        channel,
        offset,
    } = words;
    let count = u64::from(common) + u64::from(channel);
    if count == 0 {
        return Ok(Capabilities::default());
    }
    if u64::from(offset) < fixed as u64 {
        return Err(LinkError::CapsInside {
            offset,
            fixed: u32::try_from(fixed).unwrap_or(u32::MAX),
        });
    }
    let end = u64::from(offset) + count * 4;
    let range = usize::try_from(end).map(|end| offset as usize..end);
    let Some(bytes) = range.ok().and_then(|range| body.get(range)) else {
        return Err(LinkError::CapsOutside {
            words: count,
            offset,
            length: body.len(),
        });
    };
    let (words, _) = bytes.as_chunks::<4>();
    let mut words = words.iter().copied().map(u32::from_le_bytes);
    let common = words.by_ref().take(common as usize).collect();
    Ok(Capabilities {
        common: CapabilitySet::from_words(common),
        channel: CapabilitySet::from_words(words.collect()),
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;

    use super::*;

    /// Words of the common and the channel's capabilities.
    type Words = (Vec<u32>, Vec<u32>);

    /// Decodes a request with these counts and this offset, and 8 bytes of capabilities.
    fn read(common: u32, channel: u32, offset: u32) -> Result<Words, LinkError> {
        let mut body = vec![0, 0, 0, 0, 1, 0];
        for number in [common, channel, offset, 0xd, 0xf] {
            body.extend(number.to_le_bytes());
        }
        let (_, capabilities) = decode::<LinkMess>(&body)?;
        let Capabilities { common, channel } = capabilities;
        Ok((common.words().to_vec(), channel.words().to_vec()))
    }

    fn outside(words: u64, offset: u32) -> Result<Words, LinkError> {
        Err(LinkError::CapsOutside {
            words,
            offset,
            length: 26,
        })
    }

    #[test]
    fn capability_words_are_split_by_their_counts() {
        assert_eq!(read(1, 1, 18), Ok((vec![0xd], vec![0xf])));
        assert_eq!(read(2, 0, 18), Ok((vec![0xd, 0xf], vec![])));
        assert_eq!(read(0, 1, 22), Ok((vec![], vec![0xf])));
        assert_eq!(read(0, 0, u32::MAX), Ok((vec![], vec![])));
    }

    #[test]
    fn capability_words_outside_of_the_message_are_refused() {
        assert_eq!(read(2, 1, 18), outside(3, 18));
        assert_eq!(read(1, 1, 19), outside(2, 19));
        assert_eq!(read(1, 0, 23), outside(1, 23));
        assert_eq!(read(1, 0, u32::MAX), outside(1, u32::MAX));
        assert_eq!(
            read(u32::MAX, u32::MAX, 18),
            outside(2 * u64::from(u32::MAX), 18)
        );
        // 4 * 0x4000_0000 is 0 in 32 bits.
        assert_eq!(read(0x4000_0000, 0, 18), outside(0x4000_0000, 18));
        assert_eq!(
            read(u32::MAX, 1, 18).unwrap_err().to_string(),
            "4294967296 capability words from byte 18 exceed the link message of 26 bytes"
        );
    }

    #[test]
    fn capability_words_inside_the_fixed_part_are_refused() {
        let inside = LinkError::CapsInside {
            offset: 17,
            fixed: 18,
        };
        assert_eq!(
            inside.to_string(),
            "the capabilities start at byte 17, inside the fixed part of 18 bytes"
        );
        assert_eq!(read(1, 1, 17), Err(inside));
    }

    #[test]
    fn header_size_is_limited() {
        let header = |size: u32| {
            let mut header = b"REDQ".to_vec();
            for number in [2, 2, size] {
                header.extend(number.to_le_bytes());
            }
            header
        };
        assert_eq!(read_header(&header(4096)), Ok(4096));
        let error = read_header(&header(4_000_000_000)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a link message of 4000000000 bytes is larger than the limit of 4096"
        );
    }
}
