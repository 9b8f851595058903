//! Text that ends with a zero byte, or should.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::Utf8Error;

/// The bytes of a `@zero_terminated` array or of a `cstring()`.
///
/// Real peers count the terminating NUL in the size and send it; some senders do not. The bytes are
/// kept as they came. Text made from a Rust string has the NUL, as real peers send it.
///
/// ```
/// use spice_wire::Text;
/// let name = Text::from("org.qemu.monitor.qmp.0");
/// assert_eq!(name.to_str(), Ok("org.qemu.monitor.qmp.0"));
/// assert_eq!(name.wire_len(), 23);
/// assert_eq!(Text::from_wire(b"unterminated").to_str(), Ok("unterminated"));
/// ```
#[derive(Clone)]
pub struct Text<'a>(Form<'a>);

#[derive(Clone)]
enum Form<'a> {
    /// As on the wire, terminated or not.
    Wire(&'a [u8]),
    /// The same, owned.
    Owned(Vec<u8>),
    /// A Rust string; on the wire a NUL follows.
    Str(&'a str),
}

impl<'a> Text<'a> {
    /// Text as it stands on the wire, terminated or not.
    #[inline]
    #[must_use]
    pub const fn from_wire(bytes: &'a [u8]) -> Self {
        Self(Form::Wire(bytes))
    }

    /// The bytes without the NUL and what follows it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        let (bytes, _) = self.wire_parts();
        bytes.split(|byte| *byte == 0).next().unwrap_or_default()
    }

    /// The text without its NUL.
    ///
    /// # Errors
    /// If the bytes are not UTF-8.
    pub fn to_str(&self) -> Result<&str, Utf8Error> {
        core::str::from_utf8(self.as_bytes())
    }

    /// The text without its NUL, with U+FFFD in place of what is not UTF-8.
    #[must_use]
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.as_bytes())
    }

    /// The number of bytes on the wire, the NUL included if there is one.
    #[inline]
    #[must_use]
    pub fn wire_len(&self) -> usize {
        let (bytes, nul) = self.wire_parts();
        bytes.len() + usize::from(nul)
    }

    /// Whether a NUL ends the text on the wire.
    #[must_use]
    pub fn is_terminated(&self) -> bool {
        let (bytes, nul) = self.wire_parts();
        nul || bytes.last() == Some(&0)
    }

    /// Text that does not borrow.
    #[must_use]
    pub fn into_owned(self) -> Text<'static> {
        Text(Form::Owned(match self.0 {
            Form::Wire(bytes) => bytes.to_vec(),
            Form::Owned(bytes) => bytes,
            Form::Str(text) => [text.as_bytes(), &[0]].concat(),
        }))
    }

    /// The bytes, and whether a NUL follows that is not among them.
    #[inline]
    pub(crate) fn wire_parts(&self) -> (&[u8], bool) {
        match &self.0 {
            Form::Wire(bytes) => (bytes, false),
            Form::Owned(bytes) => (bytes, false),
            Form::Str(text) => (text.as_bytes(), true),
        }
    }

    fn wire_bytes(&self) -> impl Iterator<Item = u8> + '_ {
        let (bytes, nul) = self.wire_parts();
        bytes.iter().copied().chain(nul.then_some(0))
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Form::Str(text))
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        let mut bytes = text.into_bytes();
        bytes.push(0);
        Self(Form::Owned(bytes))
    }
}

/// No bytes at all, not even a NUL.
impl Default for Text<'_> {
    fn default() -> Self {
        Self::from_wire(&[])
    }
}

/// Equal if the bytes on the wire are.
impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.wire_len() == other.wire_len() && self.wire_bytes().eq(other.wire_bytes())
    }
}

impl Eq for Text<'_> {}

/// Equal if the text without its NUL is.
impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.to_string_lossy(), f)?;
        if self.is_terminated() {
            return Ok(());
        }
        f.write_str(" (unterminated)")
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string_lossy())
    }
}

impl From<Text<'_>> for String {
    fn from(text: Text<'_>) -> Self {
        text.to_string_lossy().into_owned()
    }
}
