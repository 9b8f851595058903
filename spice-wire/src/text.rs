//! Zero-terminated text.

use alloc::ffi::CString;
use alloc::{borrow::Cow, string::String};
use core::ffi::CStr;
use core::hash::{Hash, Hasher};
use core::{fmt, str::Utf8Error};

use crate::__private::{Sealed, Writer};
use crate::bytes::before_nul;
use crate::{Encode, IntoOwned, debug};

/// The bytes of a `@zero_terminated` array or of a `cstring()`.
///
/// Most peers count the terminating NUL in the size and send it; some do not. Decoded text keeps the bytes
/// that arrived. Text made from a Rust string is encoded with a NUL.
///
/// ```
/// use spice_wire::Text;
///
/// let name = Text::from("org.qemu.monitor.qmp.0");
/// assert_eq!(name.to_str(), Ok("org.qemu.monitor.qmp.0"));
/// assert_eq!(name.wire_len(), 23);
/// assert_eq!(Text::from_wire(b"unterminated").to_str(), Ok("unterminated"));
/// ```
#[derive(Clone)]
pub struct Text<'a>(Form<'a>);

#[derive(Clone)]
enum Form<'a> {
    /// The bytes on the wire.
    Wire(Cow<'a, [u8]>),
    /// A Rust string, followed by a NUL on the wire.
    Str(&'a str),
}

impl<'a> Text<'a> {
    /// Text with exactly these bytes on the wire, whether they end with a NUL or not.
    #[inline]
    #[must_use]
    pub const fn from_wire(bytes: &'a [u8]) -> Self {
        Self(Form::Wire(Cow::Borrowed(bytes)))
    }

    #[cfg(any(feature = "arbitrary", feature = "serde"))]
    pub(crate) fn from_wire_cow(bytes: Cow<'a, [u8]>) -> Self {
        Self(Form::Wire(bytes))
    }

    /// The bytes before the first NUL.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        let (bytes, _) = self.wire_parts();
        before_nul(bytes)
    }

    /// The text before the first NUL.
    ///
    /// # Errors
    /// Returns an error if the bytes are not UTF-8.
    pub fn to_str(&self) -> Result<&str, Utf8Error> {
        core::str::from_utf8(self.as_bytes())
    }

    /// The text before the first NUL, with U+FFFD for bytes that are not UTF-8.
    #[must_use]
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.as_bytes())
    }

    /// The text before the first NUL for C.
    #[must_use]
    pub fn to_c_str(&self) -> Cow<'_, CStr> {
        match CStr::from_bytes_until_nul(self.wire_parts().0) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(CString::new(self.as_bytes()).unwrap_or_default()),
        }
    }

    /// Number of bytes on the wire, the NUL included.
    #[inline]
    #[must_use]
    pub fn wire_len(&self) -> usize {
        let (bytes, nul) = self.wire_parts();
        bytes.len() + usize::from(nul)
    }

    /// Whether the last byte on the wire is a NUL.
    #[must_use]
    pub fn is_terminated(&self) -> bool {
        self.content().1
    }

    /// Text that does not borrow.
    #[must_use]
    pub fn into_owned(self) -> Text<'static> {
        match self.0 {
            Form::Wire(bytes) => Text(Form::Wire(bytes.into_owned().into())),
            Form::Str(text) => Text(Form::Wire([text.as_bytes(), &[0]].concat().into())),
        }
    }

    /// The stored bytes, and whether a NUL follows them on the wire.
    #[inline]
    pub(crate) fn wire_parts(&self) -> (&[u8], bool) {
        match &self.0 {
            Form::Wire(bytes) => (bytes, false),
            Form::Str(text) => (text.as_bytes(), true),
        }
    }

    /// The bytes on the wire without a NUL at their end, and whether there is one.
    pub(crate) fn content(&self) -> (&[u8], bool) {
        match self.wire_parts() {
            (bytes, false) => match bytes.strip_suffix(&[0]) {
                Some(content) => (content, true),
                None => (bytes, false),
            },
            terminated => terminated,
        }
    }
}

impl Sealed for Text<'_> {}

impl Encode for Text<'_> {
    #[inline(always)]
    fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> crate::Result<()> {
        writer.text(self)
    }
}

impl IntoOwned for Text<'_> {
    type Owned = Text<'static>;

    fn into_owned(self) -> Self::Owned {
        Text::into_owned(self)
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
        Self(Form::Wire(bytes.into()))
    }
}

impl<'a> From<&'a CStr> for Text<'a> {
    fn from(text: &'a CStr) -> Self {
        Self::from_wire(text.to_bytes_with_nul())
    }
}

impl From<CString> for Text<'_> {
    fn from(text: CString) -> Self {
        Self(Form::Wire(text.into_bytes_with_nul().into()))
    }
}

impl From<Text<'_>> for String {
    fn from(text: Text<'_>) -> Self {
        text.to_string_lossy().into_owned()
    }
}

/// No bytes, not even a NUL.
impl Default for Text<'_> {
    fn default() -> Self {
        Self::from_wire(&[])
    }
}

/// Compares the bytes on the wire.
impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.content() == other.content()
    }
}

impl Eq for Text<'_> {}

impl Hash for Text<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.content().hash(state);
    }
}

/// The bytes before the first NUL.
impl AsRef<[u8]> for Text<'_> {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// Compares the text before the first NUL.
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
        debug::text(&self.to_string_lossy(), self.wire_len(), f)?;
        match self.is_terminated() {
            true => Ok(()),
            false => f.write_str(" (unterminated)"),
        }
    }
}

/// The text before the first NUL, with U+FFFD for bytes that are not UTF-8.
impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_string_lossy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    #[cfg(feature = "std")]
    use std::collections::HashSet;

    // A list of text is an array of strings, each with its own terminating zero byte.
    impl<'a> crate::Decode<'a> for Text<'a> {
        fn decode_from(reader: &mut crate::Reader<'a>) -> crate::Result<Self> {
            reader.cstring("")
        }
    }

    #[test]
    fn text_ends_at_the_first_nul() {
        let text = Text::from_wire(b"ab\0cd\0");
        assert_eq!((text.as_bytes(), text.wire_len()), (&b"ab"[..], 6));
        assert!(text.is_terminated());
        assert_eq!(text, "ab");
    }

    #[test]
    fn rust_string_has_a_nul_on_the_wire() {
        assert_eq!(Text::from("ab"), Text::from_wire(b"ab\0"));
        assert_ne!(Text::from("ab"), Text::from_wire(b"ab"));
        assert_eq!(
            Text::from("ab").into_owned(),
            Text::from(String::from("ab"))
        );
        assert_eq!(Text::from("ab").encode_to_vec().unwrap(), b"ab\0");
        assert_eq!(Text::default().encode_to_vec().unwrap(), b"");
    }

    #[cfg(feature = "std")]
    #[test]
    fn equal_text_has_one_hash() {
        let texts = [
            Text::from("ab"),
            Text::from(String::from("ab")),
            Text::from(c"ab"),
            Text::from(CString::from(c"ab")),
            Text::from_wire(b"ab\0"),
        ];
        assert_eq!(HashSet::from(texts).len(), 1);
        let others = [&b"ab\0"[..], b"ab", b"ab\0\0", b"ab\0c\0"].map(Text::from_wire);
        assert_eq!(HashSet::from(others).len(), 4);
    }

    #[test]
    fn c_string_ends_at_the_first_nul() {
        for bytes in [&b"ab"[..], b"ab\0", b"ab\0c"] {
            assert_eq!(&*Text::from_wire(bytes).to_c_str(), c"ab");
        }
        assert_eq!(&*Text::from("ab").to_c_str(), c"ab");
        assert_eq!(&*Text::default().to_c_str(), c"");
        let borrowed = Text::from(c"ab");
        assert!(matches!(borrowed.to_c_str(), Cow::Borrowed(_)));
        assert_eq!(borrowed.as_ref(), b"ab");
    }

    #[test]
    fn displayed_text_is_padded() {
        assert_eq!(
            format!("{:>4}|{:.1}", Text::from("ab"), Text::from("cd")),
            "  ab|c"
        );
    }

    #[test]
    fn debug_output_shows_a_missing_nul() {
        assert_eq!(format!("{:?}", Text::from("a")), "\"a\"");
        let text = Text::from_wire(b"a\xff");
        assert_eq!(format!("{text:?}"), "\"a\u{fffd}\" (unterminated)");
        assert!(text.to_str().is_err());
    }
}
