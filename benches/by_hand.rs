//! Decoders and encoders of three messages as one would write them by hand, without `unsafe`, and
//! with errors that say which field is missing: the best that generated code can hope for.

use std::borrow::Cow;

use spice_messages::wire::{Error, ErrorKind, FieldName};

/// The fields of a message, each with the byte after it.
type Layout = [(usize, FieldName)];

/// The error of a body that ends in one of these fields.
#[cold]
fn truncated(layout: &Layout, length: usize) -> Error {
    let mut start = 0;
    for (end, field) in layout {
        if *end > length {
            let kind = ErrorKind::Truncated {
                needed: (end - start) as u64,
                available: (length - start) as u64,
            };
            return Error::new(kind, field, start);
        }
        start = *end;
    }
    bad(ErrorKind::NullPointer, &"", 0)
}

#[cold]
const fn bad(kind: ErrorKind, field: FieldName, offset: usize) -> Error {
    Error::new(kind, field, offset)
}

/// `main.server.init`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MainInit(pub [u32; 8]);

const INIT: &Layout = &[
    (4, &"session_id"),
    (8, &"display_channels_hint"),
    (12, &"supported_mouse_modes"),
    (16, &"current_mouse_mode"),
    (20, &"agent_connected"),
    (24, &"agent_tokens"),
    (28, &"multi_media_time"),
    (32, &"ram_hint"),
];

impl MainInit {
    /// Reads the message.
    ///
    /// # Errors
    /// The field at which the body ends.
    #[inline]
    pub fn decode(body: &[u8]) -> Result<Self, Error> {
        let Some(fixed) = body.first_chunk::<32>() else {
            return Err(truncated(INIT, body.len()));
        };
        let (words, _) = fixed.as_chunks::<4>();
        let mut fields = [0; 8];
        for (field, word) in fields.iter_mut().zip(words) {
            *field = u32::from_le_bytes(*word);
        }
        Ok(Self(fields))
    }

    /// Appends the message.
    ///
    /// # Errors
    /// None.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let mut body = [0; 32];
        let (words, _) = body.as_chunks_mut::<4>();
        for (word, field) in words.iter_mut().zip(self.0) {
            *word = field.to_le_bytes();
        }
        out.extend_from_slice(&body);
        Ok(())
    }
}

/// `port.server.init`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortInit<'a> {
    /// The name, with its NUL.
    pub name: Cow<'a, [u8]>,
    /// Whether the port is open.
    pub opened: u8,
}

impl<'a> PortInit<'a> {
    /// Reads the message.
    ///
    /// # Errors
    /// The field at which the body ends, or that leads outside of it.
    #[inline]
    pub fn decode(body: &'a [u8]) -> Result<Self, Error> {
        let Some([a, b, c, d, e, f, g, h, opened]) = body.first_chunk::<9>() else {
            let layout: &Layout = &[(4, &"name_size"), (8, &"name"), (9, &"opened")];
            return Err(truncated(layout, body.len()));
        };
        let size = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        let target = u32::from_le_bytes([*e, *f, *g, *h]);
        let rest = match body.get(target as usize..) {
            Some(rest) if target != 0 && !rest.is_empty() => rest,
            _ => {
                let length = body.len();
                let kind = ErrorKind::PointerOutOfRange { target, length };
                return Err(bad(kind, &"name", 4));
            }
        };
        let Some(name) = rest.get(..size) else {
            let kind = ErrorKind::Truncated {
                needed: size as u64,
                available: rest.len() as u64,
            };
            return Err(bad(kind, &"name", target as usize));
        };
        Ok(Self {
            name: Cow::Borrowed(name),
            opened: *opened,
        })
    }

    /// Appends the message.
    ///
    /// # Errors
    /// A name that is too long.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let Ok(size) = u32::try_from(self.name.len()) else {
            let count = self.name.len() as u64;
            return Err(bad(ErrorKind::CountTooLarge { count }, &"name_size", 0));
        };
        let [a, b, c, d] = size.to_le_bytes();
        out.reserve(9 + self.name.len());
        out.extend_from_slice(&[a, b, c, d, 9, 0, 0, 0, self.opened]);
        out.extend_from_slice(&self.name);
        Ok(())
    }
}

/// `display.server.monitors_config`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorsConfig<'a> {
    /// How many heads there may be.
    pub max_allowed: u16,
    /// The heads, 28 bytes each.
    pub heads: Cow<'a, [u8]>,
}

impl<'a> MonitorsConfig<'a> {
    /// Reads the message.
    ///
    /// # Errors
    /// The field at which the body ends.
    #[inline]
    pub fn decode(body: &'a [u8]) -> Result<Self, Error> {
        let Some(([a, b, c, d], rest)) = body.split_first_chunk::<4>() else {
            let layout: &Layout = &[(2, &"count"), (4, &"max_allowed")];
            return Err(truncated(layout, body.len()));
        };
        let size = usize::from(u16::from_le_bytes([*a, *b])) * 28;
        let Some(heads) = rest.get(..size) else {
            let kind = ErrorKind::Truncated {
                needed: size as u64,
                available: rest.len() as u64,
            };
            return Err(bad(kind, &"heads", 4));
        };
        Ok(Self {
            max_allowed: u16::from_le_bytes([*c, *d]),
            heads: Cow::Borrowed(heads),
        })
    }

    /// Appends the message.
    ///
    /// # Errors
    /// More heads than the count can say.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let Ok(count) = u16::try_from(self.heads.len() / 28) else {
            let count = (self.heads.len() / 28) as u64;
            return Err(bad(ErrorKind::CountTooLarge { count }, &"count", 0));
        };
        let [a, b] = count.to_le_bytes();
        let [c, d] = self.max_allowed.to_le_bytes();
        out.reserve(4 + self.heads.len());
        out.extend_from_slice(&[a, b, c, d]);
        out.extend_from_slice(&self.heads);
        Ok(())
    }
}
