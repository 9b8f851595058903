//! Decoders and encoders of three messages as one would write them by hand, without `unsafe`: the
//! best that generated code can hope for.

use std::borrow::Cow;

/// `main.server.init`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MainInit(pub [u32; 8]);

impl MainInit {
    /// Reads the message.
    #[must_use]
    #[inline]
    pub fn decode(body: &[u8]) -> Option<Self> {
        let (words, _) = body.first_chunk::<32>()?.as_chunks::<4>();
        let mut fields = [0; 8];
        for (field, word) in fields.iter_mut().zip(words) {
            *field = u32::from_le_bytes(*word);
        }
        Some(Self(fields))
    }

    /// Appends the message.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) {
        let mut body = [0; 32];
        let (words, _) = body.as_chunks_mut::<4>();
        for (word, field) in words.iter_mut().zip(self.0) {
            *word = field.to_le_bytes();
        }
        out.extend_from_slice(&body);
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
    #[must_use]
    #[inline]
    pub fn decode(body: &'a [u8]) -> Option<Self> {
        let [a, b, c, d, e, f, g, h, opened] = *body.first_chunk::<9>()?;
        let size = u32::from_le_bytes([a, b, c, d]) as usize;
        let offset = u32::from_le_bytes([e, f, g, h]) as usize;
        if offset == 0 || offset >= body.len() {
            return None;
        }
        let name = body.get(offset..offset.checked_add(size)?)?;
        Some(Self {
            name: Cow::Borrowed(name),
            opened,
        })
    }

    /// Appends the message.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) -> Option<()> {
        let [a, b, c, d] = u32::try_from(self.name.len()).ok()?.to_le_bytes();
        out.reserve(9 + self.name.len());
        out.extend_from_slice(&[a, b, c, d, 9, 0, 0, 0, self.opened]);
        out.extend_from_slice(&self.name);
        Some(())
    }
}

/// `display.server.monitors_config`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonitorsConfig<'a> {
    /// How many heads there may be.
    pub max_allowed: u16,
    /// The heads, 28 bytes each.
    pub heads: &'a [u8],
}

impl<'a> MonitorsConfig<'a> {
    /// Reads the message.
    #[must_use]
    #[inline]
    pub fn decode(body: &'a [u8]) -> Option<Self> {
        let ([a, b, c, d], rest) = body.split_first_chunk::<4>()?;
        let count = usize::from(u16::from_le_bytes([*a, *b]));
        let heads = rest.get(..count * 28)?;
        Some(Self {
            max_allowed: u16::from_le_bytes([*c, *d]),
            heads,
        })
    }

    /// Appends the message.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) -> Option<()> {
        let [a, b] = u16::try_from(self.heads.len() / 28).ok()?.to_le_bytes();
        let [c, d] = self.max_allowed.to_le_bytes();
        out.reserve(4 + self.heads.len());
        out.extend_from_slice(&[a, b, c, d]);
        out.extend_from_slice(self.heads);
        Some(())
    }
}
