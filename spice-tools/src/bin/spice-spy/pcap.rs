//! A capture file of the forwarded bytes as TCP connections, for Wireshark.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use spice_messages::wire::Side;

use super::AnyError;
use super::link::LinkRecord;

/// Link type of packets that start with an IP header.
const LINKTYPE_RAW: u32 = 101;
const MAX_SEGMENT: usize = 32 * 1024;
const SYN: u8 = 2;
const PUSH: u8 = 8;
const ACK: u8 = 16;

/// A capture file.
pub struct PcapFile {
    file: Mutex<BufWriter<File>>,
    server_port: u16,
}

/// A TCP connection in a capture file.
pub struct PcapConnection<'p> {
    file: &'p PcapFile,
    client_port: u16,
    /// Number of bytes that the client and the server have sent.
    sent: Mutex<(u32, u32)>,
}

impl PcapFile {
    /// Creates a file in which the server has this port.
    pub fn create(path: &Path, server_port: u16) -> Result<Self, AnyError> {
        let file = File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut file = BufWriter::new(file);
        file.write_all(&0xa1b2_c3d4_u32.to_le_bytes())?;
        for half in [2_u16, 4] {
            file.write_all(&half.to_le_bytes())?;
        }
        for word in [0, 0, u32::from(u16::MAX), LINKTYPE_RAW] {
            file.write_all(&word.to_le_bytes())?;
        }
        file.flush()?;
        Ok(Self {
            file: Mutex::new(file),
            server_port,
        })
    }

    /// Adds a connection and its link stage.
    pub fn connection(
        &self,
        client_port: u16,
        link: &LinkRecord,
    ) -> io::Result<PcapConnection<'_>> {
        let connection = PcapConnection {
            file: self,
            client_port,
            sent: Mutex::new((0, 0)),
        };
        connection.segment(Side::Client, SYN, &[])?;
        connection.segment(Side::Server, SYN | ACK, &[])?;
        connection.segment(Side::Client, ACK, &[])?;
        for (side, message) in &link.messages {
            connection.data(*side, message)?;
        }
        Ok(connection)
    }

    fn write(&self, packet: &[u8]) -> io::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.unwrap_or_default();
        let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
        let seconds = u32::try_from(now.as_secs()).unwrap_or(u32::MAX);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        for word in [seconds, now.subsec_micros(), length, length] {
            file.write_all(&word.to_le_bytes())?;
        }
        file.write_all(packet)?;
        file.flush()
    }
}

impl PcapConnection<'_> {
    /// Adds bytes that one side sent.
    pub fn data(&self, from: Side, bytes: &[u8]) -> io::Result<()> {
        let receiver = match from {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        };
        for chunk in bytes.chunks(MAX_SEGMENT) {
            self.segment(from, PUSH | ACK, chunk)?;
            self.segment(receiver, ACK, &[])?;
        }
        Ok(())
    }

    fn segment(&self, from: Side, flags: u8, payload: &[u8]) -> io::Result<()> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let length = match flags & SYN {
            0 => u32::try_from(payload.len()).unwrap_or(u32::MAX),
            _ => 1,
        };
        let (client, server) = (self.client_port, self.file.server_port);
        let (ports, numbers) = match from {
            Side::Client => ([client, server], [sent.0, sent.1]),
            Side::Server => ([server, client], [sent.1, sent.0]),
        };
        self.file.write(&packet(ports, numbers, flags, payload))?;
        match from {
            Side::Client => sent.0 = sent.0.wrapping_add(length),
            Side::Server => sent.1 = sent.1.wrapping_add(length),
        }
        Ok(())
    }
}

/// Returns a packet: IPv4 and TCP headers without checksums, and the payload.
fn packet(
    ports: [u16; 2],
    [sequence, acknowledged]: [u32; 2],
    flags: u8,
    payload: &[u8],
) -> Vec<u8> {
    let total = u16::try_from(40 + payload.len()).unwrap_or(u16::MAX);
    let mut packet = vec![0x45, 0];
    packet.extend(total.to_be_bytes());
    packet.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
    packet.extend([127, 0, 0, 1, 127, 0, 0, 1]);
    packet.extend(ports.into_iter().flat_map(u16::to_be_bytes));
    packet.extend(sequence.to_be_bytes());
    packet.extend(acknowledged.to_be_bytes());
    packet.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    packet.extend_from_slice(payload);
    packet
}
