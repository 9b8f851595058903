//! TCP connections as IP packets.

use std::net::SocketAddr;

use super::From;

pub const FIN: u8 = 1;
pub const SYN: u8 = 2;
pub const RST: u8 = 4;
pub const ACK: u8 = 16;

/// A segment.
#[derive(Clone, Debug)]
pub struct Segment {
    pub from: From,
    pub sequence: u32,
    pub acknowledged: u32,
    pub flags: u8,
    pub payload: Vec<u8>,
}

/// A connection that sends segments.
#[derive(Clone, Debug)]
pub struct Connection {
    client: SocketAddr,
    server: SocketAddr,
    /// Next sequence numbers of client and server.
    next: [u32; 2],
    /// Maximum payload of a segment.
    pub segment_size: usize,
    pub segments: Vec<Segment>,
}

impl Connection {
    /// A connection from a port of 10.0.0.1 or fd00::1, with these initial sequence numbers.
    pub fn new(is_v6: bool, client_port: u16, server_port: u16, initial: [u32; 2]) -> Self {
        let address = |last: u8, port| {
            let ip = if is_v6 {
                format!("fd00::{last}").parse().unwrap()
            } else {
                format!("10.0.0.{last}").parse().unwrap()
            };
            SocketAddr::new(ip, port)
        };
        Self {
            client: address(1, client_port),
            server: address(2, server_port),
            next: initial,
            segment_size: 1448,
            segments: Vec::new(),
        }
    }

    pub fn open(&mut self) {
        self.send(From::Client, SYN, &[]);
        self.send(From::Server, SYN | ACK, &[]);
        self.send(From::Client, ACK, &[]);
    }

    pub fn data(&mut self, from: From, bytes: &[u8]) {
        for chunk in bytes.chunks(self.segment_size) {
            self.send(from, ACK, chunk);
        }
    }

    pub fn close(&mut self) {
        self.send(From::Client, FIN | ACK, &[]);
        self.send(From::Server, FIN | ACK, &[]);
        self.send(From::Client, ACK, &[]);
    }

    /// Sends one segment.
    pub fn send(&mut self, from: From, flags: u8, payload: &[u8]) {
        let (own, other) = match from {
            From::Client => (0, 1),
            From::Server => (1, 0),
        };
        self.segments.push(Segment {
            from,
            sequence: self.next[own],
            acknowledged: self.next[other],
            flags,
            payload: payload.to_vec(),
        });
        let marker = u32::from(flags & (SYN | FIN) != 0);
        self.next[own] = self.next[own].wrapping_add(payload.len() as u32 + marker);
    }

    /// The segment as an IP packet.
    pub fn packet(&self, segment: &Segment) -> Vec<u8> {
        let tcp = self.tcp(segment);
        let (source, destination) = self.addresses(segment.from);
        ip_packet(source, destination, &tcp)
    }

    /// The segment as fragments of an IP packet, each with at most `size` bytes. `size` is a multiple of 8.
    pub fn fragments(&self, segment: &Segment, size: usize, id: u16) -> Vec<Vec<u8>> {
        let tcp = self.tcp(segment);
        let (source, destination) = self.addresses(segment.from);
        let count = tcp.len().div_ceil(size);
        let chunks = tcp.chunks(size).enumerate();
        let fragment = |(index, chunk): (usize, &[u8])| {
            let more = index + 1 < count;
            let offset = (index * size / 8) as u16;
            if source.is_ipv4() {
                let mut packet = ip_packet(source, destination, chunk);
                packet[4..6].copy_from_slice(&id.to_be_bytes());
                let field = offset | u16::from(more) << 13;
                packet[6..8].copy_from_slice(&field.to_be_bytes());
                packet
            } else {
                let field = offset << 3 | u16::from(more);
                let mut extension = vec![6, 0];
                extension.extend(field.to_be_bytes());
                extension.extend(u32::from(id).to_be_bytes());
                extension.extend(chunk);
                let mut packet = ip_packet(source, destination, &extension);
                packet[6] = 44;
                packet
            }
        };
        chunks.map(fragment).collect()
    }

    fn addresses(&self, from: From) -> (SocketAddr, SocketAddr) {
        match from {
            From::Client => (self.client, self.server),
            From::Server => (self.server, self.client),
        }
    }

    fn tcp(&self, segment: &Segment) -> Vec<u8> {
        let (source, destination) = self.addresses(segment.from);
        let mut tcp = Vec::new();
        tcp.extend(source.port().to_be_bytes());
        tcp.extend(destination.port().to_be_bytes());
        tcp.extend(segment.sequence.to_be_bytes());
        tcp.extend(segment.acknowledged.to_be_bytes());
        // 24 bytes of header with an option: a maximum segment size.
        tcp.extend([0x60, segment.flags, 0xff, 0xff, 0, 0, 0, 0]);
        tcp.extend([2, 4, 5, 0xb4]);
        tcp.extend(&segment.payload);
        tcp
    }
}

fn ip_packet(source: SocketAddr, destination: SocketAddr, payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    match (source, destination) {
        (SocketAddr::V4(source), SocketAddr::V4(destination)) => {
            packet.extend([0x45, 0]);
            packet.extend((payload.len() as u16 + 20).to_be_bytes());
            packet.extend([0, 0, 0, 0, 64, 6, 0, 0]);
            packet.extend(source.ip().octets());
            packet.extend(destination.ip().octets());
        }
        (SocketAddr::V6(source), SocketAddr::V6(destination)) => {
            packet.extend([0x60, 0, 0, 0]);
            packet.extend((payload.len() as u16).to_be_bytes());
            packet.extend([6, 64]);
            packet.extend(source.ip().octets());
            packet.extend(destination.ip().octets());
        }
        _ => unreachable!("both addresses have the same version"),
    }
    packet.extend(payload);
    packet
}
