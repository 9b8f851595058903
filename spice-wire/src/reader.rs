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
        while if TO_THE_END {
            !reader.rest.is_empty()
        } else {
            (index as u64) < count
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

    #[test]
    fn reader_starts_at_the_offset() {
        let reader = Reader::at(&[1, 2, 3], 2);
        assert_eq!((reader.offset(), reader.as_slice()), (2, &[3][..]));
        let reader = Reader::at(&[1, 2, 3], 4);
        assert_eq!((reader.offset(), reader.as_slice()), (3, &[][..]));
    }

    #[test]
    fn debug_shows_position_and_length() {
        let mut reader = Reader::new(&[1, 2, 3]);
        reader.fixed::<u8>().unwrap();
        let expected = "Reader { offset: 1, len: 3, fds: Fds([]), .. }";
        assert_eq!(alloc::format!("{reader:?}"), expected);
    }

    #[test]
    fn missing_value_reports_its_size() {
        let mut reader = Reader::new(&[1, 2, 3]);
        reader.fixed::<u8>().unwrap();
        let error = reader.fixed::<u32>().unwrap_err();
        let kind = ErrorKind::Truncated {
            needed: 4,
            available: 2,
        };
        assert_eq!((error.kind(), error.offset()), (kind, 1));
        let error = reader.segment::<3>(FIELDS).unwrap_err();
        let kind = ErrorKind::Truncated {
            needed: 1,
            available: 0,
        };
        assert_eq!((error.kind(), error.offset()), (kind, 3));
    }

    #[test]
    fn error_names_the_message_and_the_field() {
        let error = Reader::new(&[1]).message::<u16>("main.server.init");
        assert_eq!(
            error.unwrap_err().to_string(),
            "main.server.init: byte 0: needs 2 bytes where 1 are left"
        );
        let error = Reader::new(&[1]).value::<u16>("size").unwrap_err();
        assert_eq!(error.field().to_string(), "size");
        assert_eq!(Reader::new(&[1, 2]).message::<u16>("m").unwrap(), 0x0201);
    }

    #[test]
    fn bytes_and_text_end_at_their_length() {
        let mut reader = Reader::new(b"ab\0cd\0ef");
        assert_eq!(reader.text(Some(4), "text").unwrap().wire_len(), 4);
        assert_eq!(reader.cstring("text").unwrap(), Text::from("d"));
        assert_eq!(reader.bytes(Some(1), "data").unwrap(), b"e");
        assert_eq!(reader.remaining(), b"f");
        assert_eq!(reader.remaining(), b"");
    }

    #[test]
    fn list_of_fixed_size_elements_is_checked_as_a_whole() {
        let error = Reader::new(&[0; 5]).list::<u16, ()>(3, "sizes").err();
        let error = error.unwrap();
        let kind = ErrorKind::Truncated {
            needed: 6,
            available: 5,
        };
        assert_eq!(
            (error.kind(), error.field().to_string()),
            (kind, "sizes".into())
        );
    }

    #[test]
    fn list_to_the_end_has_all_complete_elements() {
        let mut reader = Reader::new(&[1, 0, 2, 0, 3]);
        let list = reader.remaining_list::<u16, ()>("sizes").unwrap();
        assert!(list.iter().eq([1, 2]));
        assert_eq!(reader.as_slice(), [3]);
        let mut reader = Reader::new(b"a\0bc\0");
        let list = reader.remaining_list::<Text<'_>, ()>("names").unwrap();
        assert!(list.iter().eq(["a", "bc"].map(Text::from)));
        assert_eq!(reader.as_slice(), b"");
        let error = Reader::new(b"a\0bc").remaining_list::<Text<'_>, ()>("names");
        assert_eq!(error.err().unwrap().field().to_string(), "names[1]");
    }

    #[test]
    fn list_to_the_end_has_no_elements_without_bytes() {
        let mut reader = Reader::new(&[1, 2]);
        let list = reader.remaining_list::<[u8; 0], ()>("list").unwrap();
        assert!(list.is_empty());
        assert_eq!(reader.as_slice(), [1, 2]);
    }

    #[test]
    fn array_has_elements_of_variable_size() {
        let mut reader = Reader::new(b"a\0bc\0d");
        let array = reader.array::<Text<'_>, 2>("names").unwrap();
        assert_eq!(array, ["a", "bc"].map(Text::from));
        let error = reader.array::<Text<'_>, 2>("names").unwrap_err();
        assert_eq!(error.field().to_string(), "names[0]");
    }

    /// Elements with bytes and descriptors.
    #[cfg(all(feature = "std", unix))]
    #[test]
    fn list_keeps_the_descriptors_of_its_elements() {
        use std::{fs::File, os::fd::OwnedFd};

        #[derive(Clone)]
        struct Plane<'a>(u8, Fd<'a>);
        impl crate::__private::Sealed for Plane<'_> {}
        impl<'a> Decode<'a> for Plane<'a> {
            const WIRE_SIZE: Option<usize> = Some(1);
            const HAS_FDS: bool = true;

            fn decode_from(reader: &mut Reader<'a>) -> Result<Self> {
                Ok(Self(reader.fixed()?, reader.fd()))
            }
        }

        let open = || OwnedFd::from(File::open(env!("CARGO_MANIFEST_DIR")).unwrap());
        let fds = [open(), open(), open()].map(crate::SharedFd::new);
        let mut reader = Reader::with_fds(&[5, 6, 7], Fds::new(&fds));
        let list = reader.list::<Plane<'_>, Fds<'_>>(2, "planes").unwrap();
        let first = list.iter().map(|plane| (plane.0, plane.1.is_absent()));
        assert!(first.eq([(5, false), (6, false)]));
        let mut rest = reader.clone();
        assert!(!rest.fd().is_absent() && rest.fd().is_absent());
        let list = reader.remaining_list::<Plane<'_>, Fds<'_>>("planes");
        let planes: alloc::vec::Vec<Plane<'_>> = list.unwrap().into_iter().collect();
        assert_eq!((planes.len(), planes[0].0), (1, 7));
        assert!(!planes[0].1.is_absent() && reader.fd().is_absent());
    }
}
