//! Packets of a pcap or pcapng file.

use std::fmt;
use std::io::{self, Read};
use std::ops::Range;
use std::time::Duration;

use pcap_parser::nom::{self, Needed};
use pcap_parser::pcapng::{Block, parse_block_be, parse_block_le};
use pcap_parser::{PcapHeader, parse_pcap_frame, parse_pcap_frame_be, parse_pcap_header};

/// Limit on the size of a block of a file, and therefore of a packet.
pub const MAX_BLOCK: usize = 16 << 20;

/// Limit on the number of interfaces in a section of a pcapng file. Packets of further interfaces are skipped.
pub const MAX_INTERFACES: usize = 4096;

/// Initial size of the buffer.
const BUFFER: usize = 256 << 10;

/// Nanoseconds in a second.
const NANOSECONDS: u64 = 1_000_000_000;

/// The format of a packet's first header, as a number of the registry of link types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkType(pub i32);

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A captured packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Time since 1970-01-01 00:00 UTC.
    pub time: Duration,
    /// Format of the first header.
    pub link_type: LinkType,
    /// The captured bytes. The end of the packet can be missing.
    pub bytes: &'a [u8],
}

/// The reason why a file cannot be read to its end.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileError {
    /// Reading failed.
    Io(io::Error),
    /// The file is neither pcap nor pcapng.
    NotACapture,
    /// A block is invalid.
    Damaged {
        /// Offset of the block in the file.
        offset: u64,
    },
    /// The file ends inside a block.
    Truncated {
        /// Offset of the block in the file.
        offset: u64,
    },
    /// A block is larger than [`MAX_BLOCK`].
    TooLarge {
        /// Offset of the block in the file.
        offset: u64,
    },
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::NotACapture => f.write_str("the file is neither pcap nor pcapng"),
            Self::Damaged { offset } => write!(f, "the block at byte {offset} is invalid"),
            Self::Truncated { offset } => {
                write!(f, "the file ends inside the block at byte {offset}")
            }
            Self::TooLarge { offset } => write!(
                f,
                "the block at byte {offset} is larger than the limit of {MAX_BLOCK} bytes"
            ),
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Reads the packets of a pcap or pcapng file.
///
/// The file can be a pipe: packets are returned as soon as they are read.
#[derive(Debug)]
pub struct Packets<R> {
    input: R,
    buffer: Vec<u8>,
    /// The part of the buffer that is read but not consumed.
    unread: Range<usize>,
    /// Offset of the unread part in the file.
    position: u64,
    format: Format,
}

#[derive(Debug)]
enum Format {
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
struct Interface {
    link_type: LinkType,
    /// Time units per second. `None` if the resolution is invalid.
    units: Option<u64>,
    /// Seconds to add.
    offset: i64,
}

/// A parsed block.
struct Parsed {
    size: usize,
    packet: Option<Place>,
}

/// A packet's time and position in its block.
struct Place {
    time: Duration,
    link_type: LinkType,
    bytes: Range<usize>,
}

/// Why a block cannot be parsed.
enum Failure {
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

impl<R: Read> Packets<R> {
    /// Creates a reader. It reads the file's header with the first packet.
    pub fn new(input: R) -> Self {
        Self {
            input,
            buffer: vec![0; BUFFER],
            unread: 0..0,
            position: 0,
            format: Format::Unknown,
        }
    }

    /// Number of bytes of the file that are consumed.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Returns the next packet, or `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// Fails if reading fails or the file is damaged. Later calls fail too.
    pub fn next_packet(&mut self) -> Result<Option<Packet<'_>>, FileError> {
        let (place, start) = loop {
            let unread = self.buffer.get(self.unread.clone()).unwrap_or_default();
            let offset = self.position;
            match self.format.parse(unread) {
                Ok(parsed) => {
                    let start = self.unread.start;
                    self.unread.start = start.saturating_add(parsed.size).min(self.unread.end);
                    self.position = offset.saturating_add(parsed.size as u64);
                    if let Some(place) = parsed.packet {
                        break (place, start);
                    }
                }
                Err(Failure::Invalid) if matches!(self.format, Format::Unknown) => {
                    return Err(FileError::NotACapture);
                }
                Err(Failure::Invalid) => return Err(FileError::Damaged { offset }),
                Err(Failure::Incomplete(missing)) => {
                    if unread.len().saturating_add(missing) > MAX_BLOCK {
                        return Err(FileError::TooLarge { offset });
                    }
                    let is_empty = unread.is_empty();
                    if self.refill()? {
                        continue;
                    }
                    return match self.format {
                        Format::Unknown => Err(FileError::NotACapture),
                        _ if is_empty => Ok(None),
                        _ => Err(FileError::Truncated { offset }),
                    };
                }
            }
        };
        let range = place.bytes.start.saturating_add(start)..place.bytes.end.saturating_add(start);
        Ok(Some(Packet {
            time: place.time,
            link_type: place.link_type,
            bytes: self.buffer.get(range).unwrap_or_default(),
        }))
    }

    /// Reads more of the file. Returns whether there was more.
    fn refill(&mut self) -> Result<bool, FileError> {
        self.buffer.copy_within(self.unread.clone(), 0);
        self.unread = 0..self.unread.len();
        if self.unread.end == self.buffer.len() {
            let length = self.buffer.len().saturating_mul(2);
            self.buffer.resize(length, 0);
        }
        let space = self.buffer.get_mut(self.unread.end..).unwrap_or_default();
        loop {
            match self.input.read(space) {
                Ok(length) => {
                    self.unread.end = self.unread.end.saturating_add(length);
                    return Ok(length > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Format {
    /// Parses the block at the start of `bytes`.
    fn parse(&mut self, bytes: &[u8]) -> Result<Parsed, Failure> {
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
                let (rest, block) = if *big_endian {
                    parse_block_be(bytes)?
                } else {
                    parse_block_le(bytes)?
                };
                let size = bytes.len().saturating_sub(rest.len());
                let packet = match block {
                    Block::SectionHeader(header) => {
                        *big_endian = header.big_endian();
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
