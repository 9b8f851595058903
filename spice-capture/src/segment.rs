//! From a packet to its TCP segment.

use std::net::{IpAddr, SocketAddr};

use etherparse::defrag::IpDefragPool;
use etherparse::{
    EtherType, LaxNetSlice, LaxSlicedPacket, SlicedPacket, TcpSlice, TransportSlice, ip_number,
};

use crate::file::{LinkType, Packet};

/// Datagrams without a new fragment among this many fragments are dropped.
const FRAGMENTS: u64 = 256;

/// A TCP segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment<'a> {
    pub(crate) source: SocketAddr,
    pub(crate) destination: SocketAddr,
    pub(crate) sequence: u32,
    /// Sequence number up to which the sender has received everything.
    pub(crate) acknowledged: Option<u32>,
    pub(crate) syn: bool,
    pub(crate) fin: bool,
    pub(crate) rst: bool,
    pub(crate) payload: &'a [u8],
    /// Number of bytes of the payload that the capture lacks at its end.
    pub(crate) cut_off: u32,
}

/// Finds TCP segments, and puts fragmented ones together.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    fragments: IpDefragPool<u64>,
    /// Number of fragments so far.
    clock: u64,
    /// The last datagram that was put together.
    datagram: Vec<u8>,
}

/// The bytes after the link header.
#[derive(Clone, Copy)]
enum Network<'a> {
    /// A packet of this type.
    Typed(EtherType, &'a [u8]),
    /// An IP packet.
    Ip(&'a [u8]),
}

/// Result of looking for a segment.
pub(crate) enum Found<'a> {
    Segment(Segment<'a>),
    /// The packet is no TCP segment, or an incomplete one.
    Other,
    /// The link type is not supported.
    UnknownLinkType,
}

impl Segments {
    /// Finds the segment in a packet. A datagram's last fragment yields the segment.
    pub(crate) fn find<'a>(&'a mut self, packet: &Packet<'a>) -> Found<'a> {
        let network = match network(packet.link_type, packet.bytes) {
            Ok(Some(network)) => network,
            Ok(None) => return Found::Other,
            Err(UnknownLinkType) => return Found::UnknownLinkType,
        };
        let sliced = match network {
            Network::Typed(ether_type, bytes) => {
                LaxSlicedPacket::from_ether_type(ether_type, bytes)
            }
            Network::Ip(bytes) => match LaxSlicedPacket::from_ip(bytes) {
                Ok(sliced) => sliced,
                Err(_) => return Found::Other,
            },
        };
        let Some((addresses, cut_off, fragmented)) = addresses(&sliced) else {
            return Found::Other;
        };
        let segment = if fragmented {
            self.defragment(network)
                .and_then(|bytes| TcpSlice::from_slice(bytes).ok())
                .and_then(|tcp| segment(addresses, &tcp, 0))
        } else {
            match &sliced.transport {
                Some(TransportSlice::Tcp(tcp)) => segment(addresses, tcp, cut_off),
                _ => None,
            }
        };
        segment.map_or(Found::Other, Found::Segment)
    }

    /// Adds a fragment. Returns the TCP segment if the datagram is complete.
    fn defragment(&mut self, network: Network<'_>) -> Option<&[u8]> {
        self.clock = self.clock.saturating_add(1);
        if self.clock.is_multiple_of(FRAGMENTS) {
            let oldest = self.clock.saturating_sub(FRAGMENTS);
            self.fragments.retain(|last| *last >= oldest);
        }
        let sliced = match network {
            Network::Typed(ether_type, bytes) => SlicedPacket::from_ether_type(ether_type, bytes),
            Network::Ip(bytes) => SlicedPacket::from_ip(bytes),
        };
        let pool = &mut self.fragments;
        let whole = pool
            .process_sliced_packet(&sliced.ok()?, self.clock, ())
            .ok()??;
        if whole.ip_number != ip_number::TCP {
            return None;
        }
        self.datagram.clear();
        self.datagram.extend_from_slice(&whole.payload);
        pool.return_buf(whole);
        Some(&self.datagram)
    }
}

struct UnknownLinkType;

/// Removes the link header. `None` if the packet is too short.
fn network(link_type: LinkType, bytes: &[u8]) -> Result<Option<Network<'_>>, UnknownLinkType> {
    // The position of the type and the length of the header.
    let typed = |position: usize, length: usize| {
        let ether_type = bytes.get(position..)?.first_chunk().copied()?;
        let ether_type = EtherType(u16::from_be_bytes(ether_type));
        Some(Network::Typed(ether_type, bytes.get(length..)?))
    };
    Ok(match link_type.0 {
        // BSD loopback: four bytes with the address family. The version is in the IP header too.
        0 | 108 => bytes.get(4..).map(Network::Ip),
        // Ethernet
        1 => typed(12, 14),
        // Raw IP, under all its numbers, then IPv4 and IPv6 alone
        12 | 14 | 101 | 228 | 229 => Some(Network::Ip(bytes)),
        // Linux cooked, v1 and v2
        113 => typed(14, 16),
        276 => typed(0, 20),
        _ => return Err(UnknownLinkType),
    })
}

type Addresses = [IpAddr; 2];

/// The source and destination, the number of missing bytes, and whether the packet is a fragment.
fn addresses(sliced: &LaxSlicedPacket<'_>) -> Option<(Addresses, u32, bool)> {
    let (addresses, declared, payload, extensions): (Addresses, _, _, _) =
        match sliced.net.as_ref()? {
            LaxNetSlice::Ipv4(ip) => {
                let header = ip.header();
                let addresses = [
                    header.source_addr().into(),
                    header.destination_addr().into(),
                ];
                let authentication = ip.extensions().auth.map_or(0, |auth| auth.slice().len());
                let before = header.slice().len().saturating_add(authentication);
                let declared = usize::from(header.total_len());
                (addresses, declared, ip.payload(), before)
            }
            LaxNetSlice::Ipv6(ip) => {
                let header = ip.header();
                let addresses = [
                    header.source_addr().into(),
                    header.destination_addr().into(),
                ];
                let declared = usize::from(header.payload_length());
                (
                    addresses,
                    declared,
                    ip.payload(),
                    ip.extensions().slice().len(),
                )
            }
            LaxNetSlice::Arp(_) => return None,
        };
    let captured = extensions.saturating_add(payload.payload.len());
    let cut_off = if payload.incomplete {
        declared.saturating_sub(captured)
    } else {
        0
    };
    let cut_off = u32::try_from(cut_off).unwrap_or(0);
    Some((addresses, cut_off, payload.fragmented))
}

fn segment<'a>(
    [source, destination]: Addresses,
    tcp: &TcpSlice<'a>,
    cut_off: u32,
) -> Option<Segment<'a>> {
    let payload = tcp.slice().get(tcp.header_slice().len()..)?;
    Some(Segment {
        source: SocketAddr::new(source, tcp.source_port()),
        destination: SocketAddr::new(destination, tcp.destination_port()),
        sequence: tcp.sequence_number(),
        acknowledged: tcp.ack().then(|| tcp.acknowledgment_number()),
        syn: tcp.syn(),
        fin: tcp.fin(),
        rst: tcp.rst(),
        payload,
        cut_off,
    })
}
