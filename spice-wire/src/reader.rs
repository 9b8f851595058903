//! Reading a body.

use crate::decode::Decode;
use crate::error::{Error, ErrorKind, Result};
use crate::fd::{Fd, FdSource, Fds};
use crate::fixed_size::FixedSize;
use crate::list::List;
use crate::pointee::Pointee;
use crate::text::Text;

/// Maximum number of list elements without bytes in a message.
///
/// Such elements cost a peer nothing, so their number must be limited. The limit exceeds the number of
/// descriptors that can arrive with a message.
pub const MAX_EMPTY_ELEMENTS: u64 = 1024;

/// The fields of a segment, each with the offset of the first byte after it.
type FieldEnds = &'static [(usize, &'static str)];

/// A position in the body of a message.
///
/// ```
/// use spice_wire::{Decode, Reader};
///
/// let mut reader = Reader::new(&[1, 0, 2, 0, 9]);
/// assert_eq!(u16::decode_from(&mut reader)?, 1);
/// assert_eq!(reader.offset(), 2);
/// assert_eq!(u16::decode_from(&mut reader)?, 2);
/// assert_eq!(reader.trailing(), [9]);
/// # Ok::<(), spice_wire::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    /// The body from the position on.
    rest: &'a [u8],
    body: &'a [u8],
    /// Number of bytes after the last byte of any pointee.
    unread: usize,
    /// Number of elements without bytes.
    empty_elements: u64,
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

    /// Takes a segment of fixed-size fields with one length check.
    #[doc(hidden)]
    #[inline(always)]
    pub fn segment<const N: usize>(&mut self, fields: FieldEnds) -> Result<&'a [u8; N]> {
        match self.rest.split_first_chunk::<N>() {
            Some((segment, rest)) => {
                self.rest = rest;
                Ok(segment)
            }
            None => Err(missing_field(self.offset(), self.rest.len(), fields, N)),
        }
    }

    /// Takes a value of fixed size.
    #[doc(hidden)]
    #[inline(always)]
    pub fn fixed<T: FixedSize>(&mut self) -> Result<T> {
        match self.rest.split_at_checked(T::SIZE) {
            Some((segment, rest)) => {
                self.rest = rest;
                Ok(T::get(segment, 0))
            }
            None => Err(missing_field(
                self.offset(),
                self.rest.len(),
                T::FIELD_ENDS,
                T::SIZE,
            )),
        }
    }

    /// Decodes the value of a field.
    #[doc(hidden)]
    #[inline(always)]
    pub fn value<T: Decode<'a>>(&mut self, field: &'static str) -> Result<T> {
        match T::decode_from(self) {
            Ok(value) => Ok(value),
            Err(error) => Err(error.in_field(field)),
        }
    }

    /// Takes `length` bytes. A length of `None` exceeds 64 bits.
    #[doc(hidden)]
    #[inline(always)]
    pub fn bytes(&mut self, length: Option<u64>, field: &'static str) -> Result<&'a [u8]> {
        let split = length
            .and_then(|length| usize::try_from(length).ok())
            .and_then(|length| self.rest.split_at_checked(length));
        match split {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => Err(truncated(self.offset(), self.rest.len(), length, field)),
        }
    }

    /// Takes all bytes up to the end of the body.
    #[doc(hidden)]
    #[inline(always)]
    pub fn remaining(&mut self) -> &'a [u8] {
        let (bytes, rest) = self.rest.split_at(self.rest.len());
        self.rest = rest;
        bytes
    }

    /// Takes text of `length` bytes.
    #[doc(hidden)]
    #[inline(always)]
    pub fn text(&mut self, length: Option<u64>, field: &'static str) -> Result<Text<'a>> {
        self.bytes(length, field).map(Text::from_wire)
    }

    /// Takes text up to and including a zero byte.
    #[doc(hidden)]
    #[inline(always)]
    pub fn cstring(&mut self, field: &'static str) -> Result<Text<'a>> {
        let end = self.rest.iter().position(|byte| *byte == 0);
        match end.and_then(|end| self.rest.split_at_checked(end + 1)) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(Text::from_wire(bytes))
            }
            None => Err(Error::new(ErrorKind::Unterminated, field, self.offset())),
        }
    }

    /// Takes a list. Elements of variable size are checked one by one, so that iterating later cannot
    /// fail.
    #[doc(hidden)]
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
                let (bytes, count) = self.check_elements::<T>(count, field)?;
                Ok(List::checked(bytes, count, fds))
            }
        }
    }

    /// Takes all complete elements up to the end of the body.
    #[doc(hidden)]
    pub fn remaining_list<T: Decode<'a>, F: FdSource<'a>>(
        &mut self,
        field: &'static str,
    ) -> Result<List<'a, T, F>> {
        match T::WIRE_SIZE {
            Some(size @ 1..) => self.list((self.rest.len() / size) as u64, field),
            _ => {
                let fds = F::keep(self.fds);
                let (bytes, count) = self.check_remaining_elements::<T>(field)?;
                Ok(List::checked(bytes, count, fds))
            }
        }
    }

    #[inline(never)]
    fn check_elements<T: Decode<'a>>(
        &mut self,
        count: u64,
        field: &'static str,
    ) -> Result<(&'a [u8], usize)> {
        let mut reader = self.clone();
        let mut index = 0;
        while (index as u64) < count {
            let length = reader.rest.len();
            if let Err(error) = T::decode_from(&mut reader) {
                return Err(error.in_element(index).in_field(field));
            }
            if length == reader.rest.len() {
                reader.empty_elements += 1;
                if reader.empty_elements > MAX_EMPTY_ELEMENTS {
                    let kind = ErrorKind::TooManyEmptyElements { count };
                    return Err(Error::new(kind, field, self.offset()));
                }
            }
            index += 1;
        }
        Ok((self.advance_to(reader), index))
    }

    fn check_remaining_elements<T: Decode<'a>>(
        &mut self,
        field: &'static str,
    ) -> Result<(&'a [u8], usize)> {
        let mut reader = self.clone();
        let mut count = 0;
        while !reader.rest.is_empty() {
            let length = reader.rest.len();
            if let Err(error) = T::decode_from(&mut reader) {
                return Err(error.in_element(count).in_field(field));
            }
            if length == reader.rest.len() {
                break;
            }
            count += 1;
        }
        Ok((self.advance_to(reader), count))
    }

    /// Advances to the position of another reader and returns the bytes in between.
    fn advance_to(&mut self, reader: Self) -> &'a [u8] {
        let length = self.rest.len().saturating_sub(reader.rest.len());
        let bytes = self.rest.get(..length).unwrap_or_default();
        *self = reader;
        bytes
    }

    /// Decodes an array whose elements have variable size.
    #[doc(hidden)]
    pub fn array<T: Decode<'a> + Default, const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<[T; N]> {
        let mut values: [T; N] = core::array::from_fn(|_| T::default());
        for (index, value) in values.iter_mut().enumerate() {
            match T::decode_from(self) {
                Ok(decoded) => *value = decoded,
                Err(error) => return Err(error.in_element(index).in_field(field)),
            }
        }
        Ok(values)
    }

    /// Takes the next descriptor. It is absent if too few arrived.
    #[doc(hidden)]
    #[inline]
    pub fn fd(&mut self) -> Fd<'a> {
        self.fds.next()
    }

    /// Decodes a pointee. The pointer is `back` bytes before the position.
    #[doc(hidden)]
    #[inline(always)]
    pub fn pointee<T: Decode<'a>>(
        &mut self,
        offset: u32,
        back: usize,
        field: &'static str,
    ) -> Result<T> {
        self.pointee_with(offset, back, field, |reader| reader.value(field))
    }

    /// Checks a pointee that is decoded on demand. The reader's address does not escape, so that it stays in
    /// registers.
    #[doc(hidden)]
    #[inline(always)]
    pub fn lazy_pointee<T: Decode<'a>>(
        &mut self,
        offset: u32,
        back: usize,
        field: &'static str,
    ) -> Result<Pointee<'a, T>> {
        let (body, empty_elements) = (self.body, self.empty_elements);
        let checked = self.pointee_with(offset, back, field, |_| {
            match CheckedPointee::new::<T>(body, offset, empty_elements) {
                Ok(checked) => Ok(checked),
                Err(error) => Err(error.in_field(field)),
            }
        })?;
        self.unread = self.unread.min(checked.unread);
        self.empty_elements = checked.empty_elements;
        Ok(Pointee::checked(body, offset, checked.end))
    }

    /// Decodes a pointee by a function.
    #[doc(hidden)]
    #[inline(always)]
    pub fn pointee_with<T>(
        &mut self,
        offset: u32,
        back: usize,
        field: &'static str,
        decode: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        match self.body.split_at_checked(start) {
            Some((_, pointee)) if offset != 0 && !pointee.is_empty() => {
                let rest = core::mem::replace(&mut self.rest, pointee);
                let value = decode(self)?;
                self.unread = self.unread.min(self.rest.len());
                self.rest = rest;
                Ok(value)
            }
            _ => Err(invalid_pointer(
                self.offset(),
                back,
                self.body.len(),
                offset,
                field,
            )),
        }
    }

    /// Decodes an array pointee with `count` elements of `size` bytes. Null is an empty array.
    #[doc(hidden)]
    #[inline(always)]
    pub fn array_pointee<T: Default>(
        &mut self,
        offset: u32,
        back: usize,
        field: &'static str,
        (count, size): (Option<u64>, u64),
        decode: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if offset != 0 {
            return self.pointee_with(offset, back, field, decode);
        }
        // A lazy pointee with a null array is not encoded by its bytes: the count may differ.
        self.unread = self.unread.min(self.body.len());
        match count.and_then(|count| count.checked_mul(size)) {
            Some(length) if length <= self.body.len() as u64 => Ok(T::default()),
            _ => {
                let kind = ErrorKind::NullArray {
                    count: count.unwrap_or(u64::MAX),
                };
                let pointer = self.offset().saturating_sub(back);
                Err(Error::new(kind, field, pointer))
            }
        }
    }
}

/// What a reader knows after it read a pointee.
struct CheckedPointee {
    /// Offset of the first byte after the pointee; its own offset if it has pointees or padding.
    end: u32,
    unread: usize,
    empty_elements: u64,
}

impl CheckedPointee {
    #[inline(never)]
    fn new<'a, T: Decode<'a>>(body: &'a [u8], offset: u32, empty_elements: u64) -> Result<Self> {
        let mut reader = Reader {
            unread: usize::MAX,
            empty_elements,
            ..Reader::at(body, offset)
        };
        // A value without descriptors owns nothing, so it need not be dropped.
        core::mem::forget(T::decode_from(&mut reader)?);
        let has_pointees = reader.unread != usize::MAX;
        Ok(Self {
            end: match has_pointees || T::HAS_PADDING {
                true => offset,
                false => u32::try_from(reader.offset()).unwrap_or(offset),
            },
            unread: reader.unread.min(reader.rest.len()),
            empty_elements: reader.empty_elements,
        })
    }
}

/// The error for a segment of which only `available` bytes are present.
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

#[cold]
#[inline(never)]
fn invalid_pointer(
    offset: usize,
    back: usize,
    length: usize,
    target: u32,
    field: &'static str,
) -> Error {
    let kind = match target {
        0 => ErrorKind::NullPointer,
        _ => ErrorKind::PointerOutOfRange { target, length },
    };
    Error::new(kind, field, offset.saturating_sub(back))
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
    fn pointer_to_the_end_is_out_of_range() {
        let mut reader = Reader::new(&[4, 0, 0, 0]);
        let pointer = u32::decode_from(&mut reader).unwrap();
        let error = reader
            .pointee_with(pointer, 4, "p", |_| Ok(()))
            .unwrap_err();
        let kind = ErrorKind::PointerOutOfRange {
            target: 4,
            length: 4,
        };
        assert_eq!((error.kind(), error.offset()), (kind, 0));
        let error = reader.pointee::<u8>(0, 4, "p").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NullPointer);
    }

    #[test]
    fn null_array_must_fit_in_the_body() {
        let read = |reader: &mut Reader<'static>| reader.list::<u16, ()>(2, "list");
        let mut reader = Reader::new(&[0; 4]);
        let list = reader.array_pointee(0, 0, "list", (Some(2), 2), read);
        assert!(list.unwrap().is_empty());
        let error = reader.array_pointee(0, 0, "list", (Some(3), 2), read);
        assert_eq!(error.unwrap_err().kind(), ErrorKind::NullArray { count: 3 });
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
