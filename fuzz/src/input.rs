//! The first bytes of an input, which say what the others are.

use spice_wire::Side;

/// The bytes of an input that are not read yet.
#[derive(Clone, Copy)]
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// The next byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next two bytes, low one first.
    pub fn word(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    /// Which message the rest is: one byte for the channel, with the highest bit for the client's
    /// messages, and two for the id.
    pub fn address(&mut self) -> Option<Address> {
        let channel = self.byte()?;
        Some(Address {
            channel: channel & 0x7f,
            side: side(channel & 0x80 != 0),
            id: self.word()?,
        })
    }

    /// The rest in pieces that are `size` bytes long; all at once if that is 0.
    pub fn pieces(self, size: u8) -> impl Iterator<Item = &'a [u8]> {
        let size = match size {
            0 => self.0.len().max(1),
            size => size.into(),
        };
        self.0.chunks(size)
    }
}

/// The number of a channel, and an id of a message there.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    pub channel: u8,
    pub side: Side,
    pub id: u16,
}

/// A side as one bit.
pub const fn side(client: bool) -> Side {
    match client {
        false => Side::Server,
        true => Side::Client,
    }
}
