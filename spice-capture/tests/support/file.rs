//! Writes pcap and pcapng files.

/// Format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Pcap,
    PcapBigEndian,
    PcapNanoseconds,
    PcapNg,
    PcapNgBigEndian,
}

pub const FORMATS: [Format; 5] = [
    Format::Pcap,
    Format::PcapBigEndian,
    Format::PcapNanoseconds,
    Format::PcapNg,
    Format::PcapNgBigEndian,
];

/// The header before an IP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Ethernet,
    Vlan,
    DoubleVlan,
    LinuxCooked,
    LinuxCooked2,
    Null,
    Loop,
    Raw,
    /// LINKTYPE_IPV4 or LINKTYPE_IPV6, by the version of the packet.
    Version,
}

pub const LINKS: [Link; 9] = [
    Link::Ethernet,
    Link::Vlan,
    Link::DoubleVlan,
    Link::LinuxCooked,
    Link::LinuxCooked2,
    Link::Null,
    Link::Loop,
    Link::Raw,
    Link::Version,
];

impl Link {
    fn number(self, is_v6: bool) -> u16 {
        match self {
            Self::Ethernet | Self::Vlan | Self::DoubleVlan => 1,
            Self::LinuxCooked => 113,
            Self::LinuxCooked2 => 276,
            Self::Null => 0,
            Self::Loop => 108,
            Self::Raw => 101,
            Self::Version if is_v6 => 229,
            Self::Version => 228,
        }
    }

    fn header(self, is_v6: bool) -> Vec<u8> {
        let ether_type: [u8; 2] = if is_v6 { [0x86, 0xdd] } else { [8, 0] };
        let ethernet = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
        let family = if is_v6 { 10 } else { 2 };
        match self {
            Self::Ethernet => [&ethernet[..], &ether_type].concat(),
            Self::Vlan => [&ethernet[..], &[0x81, 0, 0, 7], &ether_type].concat(),
            Self::DoubleVlan => {
                let tags = [0x88, 0xa8, 0, 9, 0x81, 0, 0, 7];
                [&ethernet[..], &tags, &ether_type].concat()
            }
            Self::LinuxCooked => {
                let start = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
                [&start[..], &ether_type].concat()
            }
            Self::LinuxCooked2 => {
                let rest = [0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
                [&ether_type[..], &rest].concat()
            }
            Self::Null => vec![family, 0, 0, 0],
            Self::Loop => vec![0, 0, 0, family],
            Self::Raw | Self::Version => Vec::new(),
        }
    }
}

/// A capture file under construction.
pub struct File {
    format: Format,
    link: Link,
    /// Packets are cut off after this number of bytes.
    snap_length: usize,
    bytes: Vec<u8>,
}

impl File {
    pub fn new(format: Format, link: Link, is_v6: bool) -> Self {
        let mut file = Self {
            format,
            link,
            snap_length: usize::MAX,
            bytes: Vec::new(),
        };
        let link_type = link.number(is_v6);
        match format {
            Format::PcapNg | Format::PcapNgBigEndian => {
                let mut section = Vec::new();
                file.put32(0x1a2b_3c4d, &mut section);
                file.put16(1, &mut section);
                file.put16(0, &mut section);
                section.extend([0xff; 8]);
                file.block(0x0a0d_0d0a, &section);
                let mut interface = Vec::new();
                file.put16(link_type, &mut interface);
                file.put16(0, &mut interface);
                file.put32(0, &mut interface);
                // if_tsresol: nanoseconds
                file.put16(9, &mut interface);
                file.put16(1, &mut interface);
                interface.extend([9, 0, 0, 0, 0, 0, 0, 0]);
                file.block(1, &interface);
            }
            _ => {
                let magic = match format {
                    Format::PcapNanoseconds => 0xa1b2_3c4d,
                    _ => 0xa1b2_c3d4,
                };
                let mut header = Vec::new();
                file.put32(magic, &mut header);
                file.put16(2, &mut header);
                file.put16(4, &mut header);
                for word in [0, 0, 0x40000, u32::from(link_type)] {
                    file.put32(word, &mut header);
                }
                file.bytes.extend(header);
            }
        }
        file
    }

    /// Cuts all later packets off.
    pub fn snap(&mut self, length: usize) {
        self.snap_length = length;
    }

    /// Adds an IP packet that was captured at this microsecond.
    pub fn packet(&mut self, time: u64, ip: &[u8]) {
        let is_v6 = ip[0] >> 4 == 6;
        let whole = [&self.link.header(is_v6)[..], ip].concat();
        let captured = &whole[..whole.len().min(self.snap_length)];
        let lengths = [captured.len() as u32, whole.len() as u32];
        let mut block = Vec::new();
        match self.format {
            Format::PcapNg | Format::PcapNgBigEndian => {
                let time = time * 1000;
                for word in [0, (time >> 32) as u32, time as u32, lengths[0], lengths[1]] {
                    self.put32(word, &mut block);
                }
                block.extend(captured);
                block.resize(block.len().next_multiple_of(4), 0);
                self.block(6, &block);
            }
            _ => {
                let fraction = (time % 1_000_000) as u32;
                let fraction = match self.format {
                    Format::PcapNanoseconds => fraction * 1000,
                    _ => fraction,
                };
                let seconds = (time / 1_000_000) as u32;
                for word in [seconds, fraction, lengths[0], lengths[1]] {
                    self.put32(word, &mut block);
                }
                block.extend(captured);
                self.bytes.extend(block);
            }
        }
    }

    pub fn bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn block(&mut self, kind: u32, body: &[u8]) {
        let length = body.len() as u32 + 12;
        let mut block = Vec::new();
        self.put32(kind, &mut block);
        self.put32(length, &mut block);
        block.extend(body);
        self.put32(length, &mut block);
        self.bytes.extend(block);
    }

    fn is_big_endian(&self) -> bool {
        matches!(self.format, Format::PcapBigEndian | Format::PcapNgBigEndian)
    }

    fn put32(&self, number: u32, out: &mut Vec<u8>) {
        out.extend(if self.is_big_endian() {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        });
    }

    fn put16(&self, number: u16, out: &mut Vec<u8>) {
        out.extend(if self.is_big_endian() {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        });
    }
}
