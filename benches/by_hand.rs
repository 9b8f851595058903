//! Decoders and encoders of three messages, written by hand without `unsafe` and with errors that name
//! the field. Generated code is compared with them.

use std::borrow::Cow;

/// A field that is not in the body, or that an encoder cannot write.
#[derive(Debug)]
pub struct Error(Box<(&'static str, usize)>);

impl Error {
    #[cold]
    #[inline(never)]
    fn new(field: &'static str, offset: usize) -> Self {
        Self(Box::new((field, offset)))
    }

    /// The field at which a body of this length ends; `ends` has each field with its end.
    #[cold]
    #[inline(never)]
    fn truncated(ends: &[(usize, &'static str)], length: usize) -> Self {
        let fields = ends.iter().filter(|(end, _)| *end <= length).count();
        let field = ends.get(fields).map_or("", |(_, field)| field);
        Self::new(field, length)
    }

    /// The name of the field.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.0.0
    }

    /// The byte of the body.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.0.1
    }
}

/// `main.server.init`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MainInit(pub [u32; 8]);

const INIT: &[(usize, &str)] = &[
    (4, "session_id"),
    (8, "display_channels_hint"),
    (12, "supported_mouse_modes"),
    (16, "current_mouse_mode"),
    (20, "agent_connected"),
    (24, "agent_tokens"),
    (28, "multi_media_time"),
    (32, "ram_hint"),
];

impl MainInit {
    /// Decodes a body.
    ///
    /// # Errors
    /// The body ends in one of the fields.
    #[inline]
    pub fn decode(body: &[u8]) -> Result<Self, Error> {
        let Some(fixed) = body.first_chunk::<32>() else {
            return Err(Error::truncated(INIT, body.len()));
        };
        let (words, _) = fixed.as_chunks::<4>();
        let mut fields = [0; 8];
        for (field, word) in fields.iter_mut().zip(words) {
            *field = u32::from_le_bytes(*word);
        }
        Ok(Self(fields))
    }

    /// Appends the body to a buffer.
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
    /// Name with its NUL.
    pub name: Cow<'a, [u8]>,
    /// Nonzero if the port is open.
    pub opened: u8,
}

impl<'a> PortInit<'a> {
    /// Decodes a body.
    ///
    /// # Errors
    /// The body ends in one of the fields, or the pointer leads outside of the body.
    #[inline]
    pub fn decode(body: &'a [u8]) -> Result<Self, Error> {
        let Some([a, b, c, d, e, f, g, h, opened]) = body.first_chunk::<9>() else {
            let ends = &[(4, "name_size"), (8, "name"), (9, "opened")];
            return Err(Error::truncated(ends, body.len()));
        };
        let size = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        let target = u32::from_le_bytes([*e, *f, *g, *h]) as usize;
        let rest = match body.get(target..) {
            Some(rest) if target != 0 && !rest.is_empty() => rest,
            _ => return Err(Error::new("name", 4)),
        };
        let Some(name) = rest.get(..size) else {
            return Err(Error::new("name", target));
        };
        Ok(Self {
            name: Cow::Borrowed(name),
            opened: *opened,
        })
    }

    /// Appends the body to a buffer.
    ///
    /// # Errors
    /// The name is too long.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let Ok(size) = u32::try_from(self.name.len()) else {
            return Err(Error::new("name_size", 0));
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
    /// Maximum number of heads.
    pub max_allowed: u16,
    /// Heads of 28 bytes each.
    pub heads: Cow<'a, [u8]>,
}

impl<'a> MonitorsConfig<'a> {
    /// Decodes a body.
    ///
    /// # Errors
    /// The body ends in one of the fields.
    #[inline]
    pub fn decode(body: &'a [u8]) -> Result<Self, Error> {
        let Some(([a, b, c, d], rest)) = body.split_first_chunk::<4>() else {
            let ends = &[(2, "count"), (4, "max_allowed")];
            return Err(Error::truncated(ends, body.len()));
        };
        let size = usize::from(u16::from_le_bytes([*a, *b])) * 28;
        let Some(heads) = rest.get(..size) else {
            return Err(Error::new("heads", 4));
        };
        Ok(Self {
            max_allowed: u16::from_le_bytes([*c, *d]),
            heads: Cow::Borrowed(heads),
        })
    }

    /// Appends the body to a buffer.
    ///
    /// # Errors
    /// There are more heads than the count can hold.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let Ok(count) = u16::try_from(self.heads.len() / 28) else {
            return Err(Error::new("count", 0));
        };
        let [a, b] = count.to_le_bytes();
        let [c, d] = self.max_allowed.to_le_bytes();
        out.reserve(4 + self.heads.len());
        out.extend_from_slice(&[a, b, c, d]);
        out.extend_from_slice(&self.heads);
        Ok(())
    }
}
