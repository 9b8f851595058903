//! Writes captures: Ethernet, IPv4 and TCP.

use std::fs;
use std::path::{Path, PathBuf};

use spice_proto_gen::model::Side;

/// A capture file.
pub struct Capture {
    bytes: Vec<u8>,
    connections: u16,
    packets: u64,
}

/// The header of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// 18 bytes.
    Full,
    /// 6 bytes.
    Mini,
}

/// A TCP connection in a capture.
pub struct Connection {
    port: u16,
    header: Header,
    /// Largest size of a segment's data.
    pub segment: usize,
    /// Next sequence numbers of server and client.
    next: [u32; 2],
    /// Numbers of sent messages of server and client.
    serials: [u64; 2],
}

/// The port of the server.
pub const SERVER_PORT: u16 = 5930;

const SYN: u8 = 2;
const DATA: u8 = 0x18;

impl Capture {
    pub fn new() -> Self {
        let mut bytes = Vec::new();
        for number in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0x4_0000, 1] {
            bytes.extend(number.to_le_bytes());
        }
        Self {
            bytes,
            connections: 0,
            packets: 0,
        }
    }

    /// Opens a connection.
    pub fn open(&mut self, header: Header, segment: usize) -> Connection {
        self.connections += 1;
        let mut connection = Connection {
            port: 40000 + self.connections,
            header,
            segment,
            // The numbers of the server wrap around.
            next: [u32::MAX - 300, 1000],
            serials: [0; 2],
        };
        for side in [Side::Client, Side::Server] {
            let sequence = connection.advance(side, 1);
            connection.write(self, side, sequence, SYN, &[]);
        }
        connection
    }

    /// Opens a connection and sends the link stage.
    pub fn link(&mut self, channel_type: u8, header: Header, segment: usize) -> Connection {
        let mut connection = self.open(header, segment);
        let [client, server] = link_messages(channel_type, header);
        connection.send(self, Side::Client, &client);
        connection.send(self, Side::Server, &server);
        connection.send(
            self,
            Side::Client,
            &[&[1, 0, 0, 0][..], &[0x55; 128]].concat(),
        );
        connection.send(self, Side::Server, &[0; 4]);
        connection
    }

    /// Number of packets.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Writes the capture to a folder and returns its path.
    pub fn save(&self, folder: &Path) -> PathBuf {
        let path = folder.join("session.pcap");
        fs::write(&path, &self.bytes).expect("write the capture");
        path
    }
}

/// The link messages of client and server. Both sides have all common capabilities except perhaps the mini
/// header.
pub fn link_messages(channel_type: u8, header: Header) -> [Vec<u8>; 2] {
    let common: u32 = match header {
        Header::Full => 0b0011,
        Header::Mini => 0b1011,
    };
    let capabilities = |offset: u32| {
        let numbers = [1, 1, offset, common, 0b1001];
        numbers
            .into_iter()
            .flat_map(u32::to_le_bytes)
            .collect::<Vec<_>>()
    };
    let request = [
        &7_u32.to_le_bytes()[..],
        &[channel_type, 0],
        &capabilities(18),
    ]
    .concat();
    let reply = [&[0; 4][..], &[0x30; 162], &capabilities(178)].concat();
    [request, reply].map(|message| {
        let size = u32::try_from(message.len()).unwrap();
        let numbers = [2, 2, size].map(u32::to_le_bytes).concat();
        [&b"REDQ"[..], &numbers, &message].concat()
    })
}

impl Connection {
    /// Takes the next sequence number and adds to it.
    fn advance(&mut self, side: Side, length: usize) -> u32 {
        let next = &mut self.next[index(side)];
        let sequence = *next;
        *next = next.wrapping_add(u32::try_from(length).unwrap());
        sequence
    }

    /// Sends bytes in segments.
    pub fn send(&mut self, capture: &mut Capture, side: Side, bytes: &[u8]) {
        for data in bytes.chunks(self.segment) {
            let sequence = self.advance(side, data.len());
            self.write(capture, side, sequence, DATA, data);
        }
    }

    /// Passes bytes that the capture does not have.
    pub fn lose(&mut self, side: Side, length: usize) {
        self.advance(side, length);
    }

    /// Sends the bytes before the next ones once more.
    pub fn repeat(&mut self, capture: &mut Capture, side: Side, bytes: &[u8]) {
        let length = u32::try_from(bytes.len()).unwrap();
        let sequence = self.next[index(side)].wrapping_sub(length);
        self.write(capture, side, sequence, DATA, bytes);
    }

    /// Sends two segments in the wrong order.
    pub fn swap(&mut self, capture: &mut Capture, side: Side, first: &[u8], second: &[u8]) {
        let [first_at, second_at] = [first, second].map(|data| self.advance(side, data.len()));
        self.write(capture, side, second_at, DATA, second);
        self.write(capture, side, first_at, DATA, first);
    }

    /// A message with its header.
    pub fn message(&mut self, side: Side, id: u16, body: &[u8], sub_list: u32) -> Vec<u8> {
        let serial = &mut self.serials[index(side)];
        *serial += 1;
        let size = u32::try_from(body.len()).unwrap();
        let mut bytes = match self.header {
            Header::Full => serial.to_le_bytes().to_vec(),
            Header::Mini => Vec::new(),
        };
        bytes.extend(id.to_le_bytes());
        bytes.extend(size.to_le_bytes());
        if self.header == Header::Full {
            bytes.extend(sub_list.to_le_bytes());
        }
        bytes.extend(body);
        bytes
    }

    fn write(&self, capture: &mut Capture, side: Side, sequence: u32, flags: u8, data: &[u8]) {
        let (server, client) = ([10, 0, 0, 2], [10, 0, 0, 1]);
        let (other, source, destination, ports) = match side {
            Side::Server => (Side::Client, server, client, [SERVER_PORT, self.port]),
            Side::Client => (Side::Server, client, server, [self.port, SERVER_PORT]),
        };
        let length = u16::try_from(40 + data.len()).unwrap();
        let mut packet = vec![2; 12];
        packet.extend([8, 0, 0x45, 0]);
        packet.extend(length.to_be_bytes());
        packet.extend([0, 0, 0, 0, 64, 6, 0, 0]);
        packet.extend(source);
        packet.extend(destination);
        packet.extend(ports.map(u16::to_be_bytes).concat());
        packet.extend(sequence.to_be_bytes());
        packet.extend(self.next[index(other)].to_be_bytes());
        packet.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        packet.extend(data);
        let size = u32::try_from(packet.len()).unwrap();
        capture
            .bytes
            .extend([1, 0, size, size].map(u32::to_le_bytes).concat());
        capture.bytes.extend(packet);
        capture.packets += 1;
    }
}

fn index(side: Side) -> usize {
    match side {
        Side::Server => 0,
        Side::Client => 1,
    }
}
