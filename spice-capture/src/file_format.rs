//! The blocks of pcap and pcapng files.

use std::ops::Range;
use std::time::Duration;

use pcap_parser::nom::{self, Needed};
use pcap_parser::pcapng::{Block, parse_block_be, parse_block_le};
use pcap_parser::{PcapHeader, parse_pcap_frame, parse_pcap_frame_be, parse_pcap_header};

use crate::file::{LinkType, MAX_INTERFACES};

/// Nanoseconds in a second.
const NANOSECONDS: u64 = 1_000_000_000;

/// The format of a file, as far as it is read.
#[derive(Debug)]
pub(crate) enum Format {
    /// The first block is not read yet.
    Unknown,
    Pcap {
        big_endian: bool,
        nanoseconds: bool,
        link_type: LinkType,
    },
    PcapNg {
        big_endian: bool,
        interfaces: Vec<Interface>,
    },
}

/// An interface of a pcapng section.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interface {
    link_type: LinkType,
    /// Time units per second. `None` if the resolution is invalid.
    units: Option<u64>,
    /// Seconds to add.
    offset: i64,
}

/// A parsed block.
pub(crate) struct Parsed {
    pub(crate) size: usize,
    pub(crate) packet: Option<Place>,
}

/// A packet's time and position in its block.
pub(crate) struct Place {
    pub(crate) time: Duration,
    pub(crate) link_type: LinkType,
    pub(crate) bytes: Range<usize>,
}

/// Why a block cannot be parsed.
pub(crate) enum Failure {
    Incomplete(usize),
    Invalid,
}

impl<T> From<nom::Err<T>> for Failure {
    fn from(error: nom::Err<T>) -> Self {
        match error {
            nom::Err::Incomplete(Needed::Size(size)) => Self::Incomplete(size.get()),
            nom::Err::Incomplete(Needed::Unknown) => Self::Incomplete(1),
            nom::Err::Error(_) | nom::Err::Failure(_) => Self::Invalid,
        }
    }
}

/// Returns whether a file that starts with these bytes is a capture. Four bytes are enough.
#[must_use]
pub fn is_capture(start: &[u8]) -> bool {
    let magic = start.first_chunk().copied().map(u32::from_le_bytes);
    matches!(
        magic,
        Some(0xa1b2_c3d4 | 0xd4c3_b2a1 | 0xa1b2_3c4d | 0x4d3c_b2a1 | 0x0a0d_0d0a)
    )
}

impl Format {
    /// Parses the block at the start of `bytes`.
    pub(crate) fn parse(&mut self, bytes: &[u8]) -> Result<Parsed, Failure> {
        match self {
            Self::Unknown => self.parse_start(bytes),
            Self::Pcap {
                big_endian,
                nanoseconds,
                link_type,
            } => {
                let parse = if *big_endian {
                    parse_pcap_frame_be
                } else {
                    parse_pcap_frame
                };
                let (rest, frame) = parse(bytes)?;
                let size = bytes.len().saturating_sub(rest.len());
                let fraction = u64::from(frame.ts_usec);
                let fraction = fraction.saturating_mul(if *nanoseconds { 1 } else { 1000 });
                Ok(Parsed {
                    size,
                    packet: Some(Place {
                        time: time(frame.ts_sec.into(), fraction),
                        link_type: *link_type,
                        bytes: size.saturating_sub(frame.data.len())..size,
                    }),
                })
            }
            Self::PcapNg {
                big_endian,
                interfaces,
            } => {
                let bytes = whole_block(bytes, big_endian)?;
                let size = bytes.len();
                if !is_used(bytes, *big_endian) {
                    return Ok(Parsed { size, packet: None });
                }
                let parsed = if *big_endian {
                    parse_block_be(bytes)
                } else {
                    parse_block_le(bytes)
                };
                // The whole block is there, so that nothing can be incomplete.
                let (_, block) = parsed.map_err(|_| Failure::Invalid)?;
                let packet = match block {
                    Block::SectionHeader(_) => {
                        interfaces.clear();
                        None
                    }
                    Block::InterfaceDescription(found) => {
                        if interfaces.len() < MAX_INTERFACES {
                            interfaces.push(Interface {
                                link_type: LinkType(found.linktype.0),
                                units: units(found.if_tsresol),
                                offset: found.if_tsoffset,
                            });
                        }
                        None
                    }
                    Block::EnhancedPacket(found) => {
                        let length = found.data.len().min(found.caplen as usize);
                        let number = usize::try_from(found.if_id).ok();
                        let interface = number.and_then(|number| interfaces.get(number));
                        interface.map(|interface| Place {
                            time: interface.time(found.ts_high, found.ts_low),
                            link_type: interface.link_type,
                            bytes: ENHANCED_PACKET..length.saturating_add(ENHANCED_PACKET),
                        })
                    }
                    Block::SimplePacket(found) => {
                        let length = found.data.len().min(found.origlen as usize);
                        interfaces.first().map(|interface| Place {
                            time: Duration::ZERO,
                            link_type: interface.link_type,
                            bytes: SIMPLE_PACKET..length.saturating_add(SIMPLE_PACKET),
                        })
                    }
                    _ => None,
                };
                Ok(Parsed { size, packet })
            }
        }
    }

    /// Parses the header of a pcap file, or selects pcapng.
    fn parse_start(&mut self, bytes: &[u8]) -> Result<Parsed, Failure> {
        let magic = bytes.first_chunk::<4>();
        let Some(magic) = magic else {
            return Err(Failure::Incomplete(4_usize.saturating_sub(bytes.len())));
        };
        if !is_capture(magic) {
            return Err(Failure::Invalid);
        }
        if *magic == SECTION_HEADER {
            *self = Self::PcapNg {
                big_endian: false,
                interfaces: Vec::new(),
            };
            return Ok(Parsed {
                size: 0,
                packet: None,
            });
        }
        let (_, header) = parse_pcap_header(bytes)?;
        *self = Self::Pcap {
            big_endian: header.is_bigendian(),
            nanoseconds: header.is_nanosecond_precision(),
            // The upper bits describe the frame check sequence.
            link_type: LinkType(header.network.0 & 0x0fff_ffff),
        };
        Ok(Parsed {
            size: PcapHeader::size(&header),
            packet: None,
        })
    }
}

/// Returns the block at the start of `bytes`. Sets the byte order if the block starts a section.
///
/// The parser relies on the length that this function checks.
fn whole_block<'b>(bytes: &'b [u8], big_endian: &mut bool) -> Result<&'b [u8], Failure> {
    let word = |position: usize| bytes.get(position..)?.first_chunk::<4>().copied();
    let missing = 12_usize.saturating_sub(bytes.len());
    let (Some(kind), Some(length), Some(order)) = (word(0), word(4), word(8)) else {
        return Err(Failure::Incomplete(missing));
    };
    if kind == SECTION_HEADER {
        *big_endian = match order {
            [0x1a, 0x2b, 0x3c, 0x4d] => true,
            [0x4d, 0x3c, 0x2b, 0x1a] => false,
            _ => return Err(Failure::Invalid),
        };
    }
    let length = number(length, *big_endian) as usize;
    if length < 12 || !length.is_multiple_of(4) {
        return Err(Failure::Invalid);
    }
    let missing = length.saturating_sub(bytes.len());
    bytes.get(..length).ok_or(Failure::Incomplete(missing))
}

/// Whether a block is a section header, an interface or a packet.
fn is_used(block: &[u8], big_endian: bool) -> bool {
    let kind = block.first_chunk().copied().unwrap_or_default();
    kind == SECTION_HEADER || matches!(number(kind, big_endian), 1 | 3 | 6)
}

const fn number(bytes: [u8; 4], big_endian: bool) -> u32 {
    if big_endian {
        u32::from_be_bytes(bytes)
    } else {
        u32::from_le_bytes(bytes)
    }
}

/// Type of a section header block, the same in both byte orders.
const SECTION_HEADER: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

/// Bytes before the packet in an enhanced packet block and in a simple packet block.
const ENHANCED_PACKET: usize = 28;
const SIMPLE_PACKET: usize = 12;

impl Interface {
    fn time(self, high: u32, low: u32) -> Duration {
        let ticks = u64::from(high) << 32 | u64::from(low);
        let Some(units) = self.units else {
            return Duration::ZERO;
        };
        let seconds = ticks.checked_div(units).unwrap_or(0);
        let fraction = u128::from(ticks.checked_rem(units).unwrap_or(0));
        let fraction = fraction.saturating_mul(NANOSECONDS.into());
        let fraction = fraction.checked_div(units.into()).unwrap_or(0);
        let seconds = seconds.saturating_add_signed(self.offset);
        time(seconds, u64::try_from(fraction).unwrap_or(0))
    }
}

/// Time units per second for the option `if_tsresol`: a power of 10, or of 2 if the highest bit is set.
const fn units(resolution: u8) -> Option<u64> {
    let exponent = (resolution & 0x7f) as u32;
    if resolution & 0x80 == 0 {
        10_u64.checked_pow(exponent)
    } else {
        1_u64.checked_shl(exponent)
    }
}

fn time(seconds: u64, nanoseconds: u64) -> Duration {
    Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The time of `ticks` at an interface with this resolution and offset.
    fn time_of(resolution: u8, offset: i64, ticks: u64) -> Duration {
        let interface = Interface {
            link_type: LinkType(1),
            units: units(resolution),
            offset,
        };
        let high = u32::try_from(ticks >> 32).unwrap();
        let low = u32::try_from(ticks & u64::from(u32::MAX)).unwrap();
        interface.time(high, low)
    }

    #[test]
    fn resolution_is_a_power_of_ten_or_two() {
        assert_eq!(time_of(6, 0, 2_500_000), Duration::from_millis(2500));
        assert_eq!(time_of(9, 10, 1_000_000_001), Duration::new(11, 1));
        assert_eq!(time_of(0x80 | 10, 0, 1536), Duration::from_millis(1500));
        assert_eq!(time_of(0, -5, 7), Duration::from_secs(2));
        assert_eq!(time_of(12, 0, 1_000_000_000_000), Duration::from_secs(1));
    }

    #[test]
    fn blocks_with_an_invalid_length_are_refused() {
        let section = [
            &SECTION_HEADER[..],
            &28_u32.to_be_bytes(),
            &[0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0],
            &[0xff; 8],
            &28_u32.to_be_bytes(),
        ]
        .concat();
        for kind in [0, 1, 3, 4, 5, 6, 9, 10, 0x8000_0001_u32] {
            for length in [0, 4, 8, 11, 13, 12_u32] {
                let mut format = Format::Unknown;
                assert!(format.parse(&section).is_ok());
                assert!(format.parse(&section).is_ok());
                let block = [&kind.to_be_bytes()[..], &length.to_be_bytes(), &[0; 100]].concat();
                let is_skipped = length == 12 && ![1, 3, 6].contains(&kind);
                assert_eq!(format.parse(&block).is_ok(), is_skipped, "{kind} {length}");
            }
        }
    }

    #[test]
    fn invalid_resolution_gives_no_time() {
        for resolution in [20, 0x7f, 0x80 | 64, 0xff] {
            assert_eq!(time_of(resolution, i64::MAX, u64::MAX), Duration::ZERO);
        }
        assert_eq!(
            time_of(6, i64::MIN, u64::MAX),
            Duration::from_nanos(709_551_615_000 % 1_000_000_000)
        );
    }
}
