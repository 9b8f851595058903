//! Parsing of the first bytes of an input.

use spice_wire::Side;

/// The unread bytes of an input.
#[derive(Clone, Copy)]
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// Reads a byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Reads a little-endian 16-bit integer.
    pub fn word(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    /// Reads the address of a message: a byte for the channel, whose highest bit selects the
    /// client, and two bytes for the id.
    pub fn address(&mut self) -> Option<Address> {
        let channel = self.byte()?;
        Some(Address {
            channel: channel & 0x7f,
            side: side(channel & 0x80 != 0),
            id: self.word()?,
        })
    }

    /// Splits the rest into chunks of `size` bytes. If `size` is 0, the rest is one chunk.
    pub fn pieces(self, size: u8) -> impl Iterator<Item = &'a [u8]> {
        let size = match size {
            0 => self.0.len().max(1),
            size => size.into(),
        };
        self.0.chunks(size)
    }
}

/// Identifies a message by channel, side and id.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    pub channel: u8,
    pub side: Side,
    pub id: u16,
}

/// Converts a bit to a side.
pub const fn side(client: bool) -> Side {
    match client {
        false => Side::Server,
        true => Side::Client,
    }
}
