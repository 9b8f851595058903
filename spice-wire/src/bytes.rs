//! Arrays of bytes.

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::borrow::Borrow;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use crate::__private::{Sealed, Writer};
use crate::{Encode, IntoOwned, Result, debug};

/// The bytes of a `uint8` array whose length is sent, or of an unknown message. Dereferences to `[u8]`.
///
/// Decoded bytes borrow the message. Bytes to be encoded are made from a slice, an array or a vector.
///
/// `Debug` shows printable UTF-8, with or without a NUL at its end, as a string, and other bytes as
/// hexadecimal digits. The output is bounded: of long bytes it shows the start and the length.
///
/// ```
/// use spice_wire::Bytes;
///
/// let message = Bytes::from(b"no guest agent\0");
/// assert_eq!(message.to_string_lossy(), "no guest agent");
/// assert_eq!(format!("{message:?}"), r#""no guest agent\0""#);
///
/// let frame = Bytes::from(vec![0xff; 65_536]);
/// assert_eq!(frame.len(), 65_536);
/// assert!(format!("{frame:?}").ends_with("ff … 65536 bytes]"));
/// ```
#[derive(Clone, Default, Eq, PartialOrd, Ord)]
pub struct Bytes<'a>(Cow<'a, [u8]>);

impl<'a> Bytes<'a> {
    /// Borrowed bytes.
    #[inline(always)]
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(Cow::Borrowed(bytes))
    }

    /// The text before the first NUL, with U+FFFD for bytes that are not UTF-8.
    #[must_use]
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(before_nul(self))
    }

    /// The bytes as a vector. Borrowed bytes are copied first.
    pub fn to_mut(&mut self) -> &mut Vec<u8> {
        self.0.to_mut()
    }

    /// Bytes that do not borrow.
    #[must_use]
    pub fn into_owned(self) -> Bytes<'static> {
        self.into_vec().into()
    }

    /// The bytes as a vector. Borrowed bytes are copied.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        self.0.into_owned()
    }
}

/// The bytes before the first NUL.
pub(crate) fn before_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

impl Deref for Bytes<'_> {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes<'_> {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for Bytes<'_> {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl<'a> From<&'a [u8]> for Bytes<'a> {
    #[inline(always)]
    fn from(bytes: &'a [u8]) -> Self {
        Self::new(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Bytes<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::new(bytes)
    }
}

impl<const N: usize> From<[u8; N]> for Bytes<'_> {
    fn from(bytes: [u8; N]) -> Self {
        Vec::from(bytes).into()
    }
}

impl From<Vec<u8>> for Bytes<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Cow::Owned(bytes))
    }
}

impl<'a> From<Cow<'a, [u8]>> for Bytes<'a> {
    fn from(bytes: Cow<'a, [u8]>) -> Self {
        Self(bytes)
    }
}

/// Keeps the lifetime of borrowed bytes.
impl<'a> From<Bytes<'a>> for Cow<'a, [u8]> {
    fn from(bytes: Bytes<'a>) -> Self {
        bytes.0
    }
}

impl From<Bytes<'_>> for Vec<u8> {
    fn from(bytes: Bytes<'_>) -> Self {
        bytes.into_vec()
    }
}

impl FromIterator<u8> for Bytes<'_> {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        Vec::from_iter(bytes).into()
    }
}

/// Compares with bytes of any type, text included.
impl<T: AsRef<[u8]> + ?Sized> PartialEq<T> for Bytes<'_> {
    fn eq(&self, other: &T) -> bool {
        **self == *other.as_ref()
    }
}

impl Hash for Bytes<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for Bytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug::bytes(self, f)
    }
}

impl Sealed for Bytes<'_> {}

impl Encode for Bytes<'_> {
    #[inline(always)]
    fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        writer.bytes(&self.0)
    }
}

impl IntoOwned for Bytes<'_> {
    type Owned = Bytes<'static>;

    fn into_owned(self) -> Bytes<'static> {
        Bytes::into_owned(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{collections::BTreeSet, vec};

    #[test]
    fn bytes_compare_with_slices_arrays_vectors_and_text() {
        let bytes = Bytes::from(b"ab");
        assert_eq!(bytes, [b'a', b'b']);
        assert_eq!(bytes, b"ab"[..]);
        assert_eq!(bytes, vec![b'a', b'b']);
        assert_eq!(bytes, *"ab");
        assert_ne!(bytes, Bytes::default());
        let owned: Bytes<'static> = bytes.clone().into_owned();
        assert!(BTreeSet::from([owned]).contains(&b"ab"[..]));
    }

    #[test]
    fn borrowed_bytes_keep_their_lifetime() {
        let body = [1, 2];
        let Cow::Borrowed(kept) = Cow::from(Bytes::new(&body)) else {
            panic!("the bytes are borrowed");
        };
        assert_eq!(kept.as_ptr(), body.as_ptr());
    }

    #[test]
    fn changed_bytes_are_encoded() {
        let mut bytes: Bytes<'_> = [1, 2].into_iter().collect();
        bytes.to_mut().push(3);
        assert_eq!(bytes.encode_to_vec().unwrap(), [1, 2, 3]);
        assert_eq!(Vec::from(bytes), [1, 2, 3]);
    }

    #[test]
    fn lossy_text_ends_at_the_first_nul() {
        assert_eq!(Bytes::from(b"a\xffb\0c").to_string_lossy(), "a\u{fffd}b");
        assert_eq!(Bytes::default().to_string_lossy(), "");
    }
}
