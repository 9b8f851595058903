//! Reading a body.

use core::fmt;

use crate::__private::{FdSource, FixedSize};
use crate::{Decode, Error, ErrorKind, Fd, Fds, List, Result, Text};

/// Maximum number of list elements without bytes in a message.
///
/// Such elements cost a peer nothing. The limit exceeds the number of descriptors of a message.
pub const MAX_EMPTY_ELEMENTS: u64 = 1024;

/// The fields of a segment, each with the offset of the first byte after it.
type FieldEnds = &'static [(usize, &'static str)];

/// A position in the body of a message.
#[derive(Clone)]
pub struct Reader<'a> {
    /// The body from the position on.
    pub(crate) rest: &'a [u8],
    pub(crate) body: &'a [u8],
    /// Number of bytes after the last byte of any pointee.
    pub(crate) unread: usize,
    /// Number of elements without bytes.
    pub(crate) empty_elements: u64,
    fds: Fds<'a>,
}

impl<'a> Reader<'a> {
    /// A reader at the start of a body without descriptors.
    #[inline(always)]
    #[must_use]
    pub const fn new(body: &'a [u8]) -> Self {
        Self::with_fds(body, Fds::none())
    }

    /// A reader at the start of a body that arrived with descriptors.
    #[inline(always)]
    #[must_use]
    pub const fn with_fds(body: &'a [u8], fds: Fds<'a>) -> Self {
        Self {
            rest: body,
            body,
            unread: body.len(),
            empty_elements: 0,
            fds,
        }
    }

    /// A reader at `offset` of a body.
    pub(crate) fn at(body: &'a [u8], offset: u32) -> Self {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        Self {
            rest: body.get(offset..).unwrap_or_default(),
            ..Self::new(body)
        }
    }

    /// Number of bytes before the position.
    #[inline(always)]
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.body.len().saturating_sub(self.rest.len())
    }

    /// The bytes from the position to the end of the body.
    #[inline(always)]
    #[must_use]
    pub const fn as_slice(&self) -> &'a [u8] {
        self.rest
    }

    /// The bytes after everything that was read, pointees included.
    ///
    /// Every message may have trailing bytes. Proxies should forward them.
    #[must_use]
    pub fn trailing(&self) -> &'a [u8] {
        let length = self.unread.min(self.rest.len());
        let start = self.body.len().saturating_sub(length);
        self.body.get(start..).unwrap_or_default()
    }
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("offset", &self.offset())
            .field("len", &self.body.len())
            .field("fds", &self.fds)
            .finish_non_exhaustive()
    }
}

#[doc(hidden)]
impl<'a> Reader<'a> {
    /// Takes a segment of fixed-size fields with one length check.
    #[inline(always)]
    pub fn segment<const N: usize>(&mut self, fields: FieldEnds) -> Result<&'a [u8; N]> {
        let Some((segment, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(missing_field(self.offset(), self.rest.len(), fields, N));
        };
        self.rest = rest;
        Ok(segment)
    }

    /// Takes a value of fixed size.
    #[inline(always)]
    pub fn fixed<T: FixedSize>(&mut self) -> Result<T> {
        let Some((segment, rest)) = self.rest.split_at_checked(T::SIZE) else {
            let (offset, available) = (self.offset(), self.rest.len());
            return Err(missing_field(offset, available, T::FIELD_ENDS, T::SIZE));
        };
        self.rest = rest;
        Ok(T::get(segment, 0))
    }

    /// Decodes the value of a field.
    #[inline(always)]
    pub fn value<T: Decode<'a>>(&mut self, field: &'static str) -> Result<T> {
        match T::decode_from(self) {
            Ok(value) => Ok(value),
            Err(error) => Err(error.in_field(field)),
        }
    }

    /// Decodes the body of a message.
    pub fn message<T: Decode<'a>>(&mut self, path: &'static str) -> Result<T> {
        T::decode_from(self).map_err(|error| error.in_message(path))
    }

    /// Takes `length` bytes. A length of `None` exceeds 64 bits.
    #[inline(always)]
    pub fn bytes(&mut self, length: Option<u64>, field: &'static str) -> Result<&'a [u8]> {
        let split = length
            .and_then(|length| usize::try_from(length).ok())
            .and_then(|length| self.rest.split_at_checked(length));
        let Some((bytes, rest)) = split else {
            return Err(truncated(self.offset(), self.rest.len(), length, field));
        };
        self.rest = rest;
        Ok(bytes)
    }

    /// Takes all bytes up to the end of the body.
    #[inline(always)]
    pub fn remaining(&mut self) -> &'a [u8] {
        let (bytes, rest) = self.rest.split_at(self.rest.len());
        self.rest = rest;
        bytes
    }

    /// Takes text of `length` bytes.
    #[inline(always)]
    pub fn text(&mut self, length: Option<u64>, field: &'static str) -> Result<Text<'a>> {
        self.bytes(length, field).map(Text::from_wire)
    }

    /// Takes text up to and including a zero byte.
    #[inline(always)]
    pub fn cstring(&mut self, field: &'static str) -> Result<Text<'a>> {
        let end = self.rest.iter().position(|byte| *byte == 0);
        let Some((bytes, rest)) = end.and_then(|end| self.rest.split_at_checked(end + 1)) else {
            return Err(Error::new(ErrorKind::Unterminated, field, self.offset()));
        };
        self.rest = rest;
        Ok(Text::from_wire(bytes))
    }

    /// Takes a list. Checks elements of variable size, so that iterating later cannot fail.
    #[inline(always)]
    pub fn list<T: Decode<'a>, F: FdSource<'a>>(
        &mut self,
        count: u64,
        field: &'static str,
    ) -> Result<List<'a, T, F>> {
        match T::WIRE_SIZE {
            Some(size @ 1..) if !T::HAS_FDS => {
                let bytes = self.bytes(count.checked_mul(size as u64), field)?;
                Ok(List::fixed_size(bytes))
            }
            _ => {
                let fds = F::keep(self.fds);
                let (bytes, count) = self.check_elements::<T, false>(count, field)?;
                Ok(List::checked(bytes, count, fds))
            }
        }
    }

    /// Takes all complete elements up to the end of the body.
    pub fn remaining_list<T: Decode<'a>, F: FdSource<'a>>(
        &mut self,
        field: &'static str,
    ) -> Result<List<'a, T, F>> {
        match T::WIRE_SIZE {
            Some(size @ 1..) => self.list((self.rest.len() / size) as u64, field),
            _ => {
                let fds = F::keep(self.fds);
                let (bytes, count) = self.check_elements::<T, true>(u64::MAX, field)?;
                Ok(List::checked(bytes, count, fds))
            }
        }
    }

    /// Checks `count` elements, or all complete ones `TO_THE_END`, and returns their bytes and number.
    #[inline(never)]
    fn check_elements<T: Decode<'a>, const TO_THE_END: bool>(
        &mut self,
        count: u64,
        field: &'static str,
    ) -> Result<(&'a [u8], usize)> {
        let mut reader = self.clone();
        let mut index = 0;
        while match TO_THE_END {
            true => !reader.rest.is_empty(),
            false => (index as u64) < count,
        } {
            let length = reader.rest.len();
            if let Err(error) = T::decode_from(&mut reader) {
                return Err(error.in_element(index).in_field(field));
            }
            if length == reader.rest.len() {
                if TO_THE_END {
                    break;
                }
                reader.empty_elements += 1;
                if reader.empty_elements > MAX_EMPTY_ELEMENTS {
                    let kind = ErrorKind::TooManyEmptyElements { count };
                    return Err(Error::new(kind, field, self.offset()));
                }
            }
            index += 1;
        }
        let length = self.rest.len().saturating_sub(reader.rest.len());
        let bytes = self.rest.get(..length).unwrap_or_default();
        *self = reader;
        Ok((bytes, index))
    }

    /// Decodes an array whose elements have variable size.
    pub fn array<T: Decode<'a> + Default, const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<[T; N]> {
        let mut values: [T; N] = core::array::from_fn(|_| T::default());
        for (index, value) in values.iter_mut().enumerate() {
            *value =
                T::decode_from(self).map_err(|error| error.in_element(index).in_field(field))?;
        }
        Ok(values)
    }

    /// Takes the next descriptor. It is absent if too few arrived.
    #[inline]
    pub fn fd(&mut self) -> Fd<'a> {
        self.fds.next()
    }
}

/// The error for a segment if only `available` bytes are left.
#[cold]
#[inline(never)]
fn missing_field(offset: usize, available: usize, fields: FieldEnds, size: usize) -> Error {
    let mut start = 0;
    for (end, field) in fields {
        if *end > available {
            let offset = offset.saturating_add(start);
            let needed = end.saturating_sub(start) as u64;
            return truncated(offset, available.saturating_sub(start), Some(needed), field);
        }
        start = *end;
    }
    truncated(offset, available, Some(size as u64), "")
}

#[cold]
#[inline(never)]
fn truncated(offset: usize, available: usize, needed: Option<u64>, field: &'static str) -> Error {
    let kind = ErrorKind::Truncated {
        needed: needed.unwrap_or(u64::MAX),
        available: available as u64,
    };
    Error::new(kind, field, offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const FIELDS: FieldEnds = &[(2, "a"), (3, "b.c")];

    #[test]
    fn missing_field_of_a_segment_is_named() {
        let mut reader = Reader::new(&[1, 2, 3, 4, 5]);
        assert_eq!(reader.segment::<3>(FIELDS).unwrap(), &[1, 2, 3]);
        let error = reader.segment::<3>(FIELDS).unwrap_err();
        assert_eq!(
            (error.field().to_string(), error.offset()),
            ("b.c".into(), 5)
        );
        let kind = ErrorKind::Truncated {
            needed: 1,
            available: 0,
        };
        assert_eq!(error.kind(), kind);
        assert_eq!(reader.as_slice(), [4, 5]);
    }

    #[test]
    fn length_beyond_64_bits_is_truncated() {
        let error = Reader::new(&[0; 4]).bytes(None, "data").unwrap_err();
        let kind = ErrorKind::Truncated {
            needed: u64::MAX,
            available: 4,
        };
        assert_eq!(error.kind(), kind);
    }

    #[test]
    fn trailing_bytes_follow_the_last_pointee() {
        let body = [4, 0, 0, 0, 7, 8, 9];
        let mut reader = Reader::new(&body);
        let pointer = u32::decode_from(&mut reader).unwrap();
        assert_eq!(reader.pointee::<u16>(pointer, 4, "p").unwrap(), 0x0807);
        assert_eq!(reader.offset(), 4);
        assert_eq!(reader.trailing(), [9]);
    }

    #[test]
    fn elements_without_bytes_are_limited_for_the_whole_message() {
        let mut reader = Reader::new(&[]);
        let list = reader.list::<[u8; 0], ()>(MAX_EMPTY_ELEMENTS, "a").unwrap();
        assert_eq!(list.len(), 1024);
        let error = reader.list::<[u8; 0], ()>(1, "b").unwrap_err();
        let kind = ErrorKind::TooManyEmptyElements { count: 1 };
        assert_eq!(
            (error.kind(), error.field().to_string()),
            (kind, "b".into())
        );
    }

    #[test]
    fn error_in_a_list_names_the_element() {
        let error = Reader::new(b"ab\0c").list::<Text<'_>, ()>(2, "names").err();
        assert_eq!(
            error.unwrap().to_string(),
            "names[1] (byte 3): text has no zero byte at its end"
        );
    }
}
