//! Reading from the body of a message.

use crate::error::{Error, ErrorKind, FieldName};
use crate::fd::{Fd, FdSource, Fds};
use crate::fixed::FixedSize;
use crate::list::List;
use crate::text::Text;
use crate::traits::Decode;

/// Elements that take no bytes are accepted up to this number: more than a peer can send descriptors
/// with a message, and few enough not to be a way to keep a receiver busy.
pub const MAX_EMPTY_ELEMENTS: u64 = 1024;

/// A place in the body of a message.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    body: &'a [u8],
    rest: &'a [u8],
    /// How many bytes of the body follow the last byte of any pointee that was read.
    behind: usize,
    fds: Fds<'a>,
}

impl<'a> Cursor<'a> {
    /// The start of a body that came without descriptors.
    #[inline]
    #[must_use]
    pub const fn new(body: &'a [u8]) -> Self {
        Self::with_fds(body, Fds::none())
    }

    /// The start of a body and the descriptors that came with it.
    #[inline]
    #[must_use]
    pub const fn with_fds(body: &'a [u8], fds: Fds<'a>) -> Self {
        Self {
            body,
            rest: body,
            behind: body.len(),
            fds,
        }
    }

    /// How many bytes of the body come before this place.
    #[inline]
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.body.len().saturating_sub(self.rest.len())
    }

    /// The bytes from here to the end of the body, which remain to be read.
    #[inline]
    #[must_use]
    pub const fn as_slice(&self) -> &'a [u8] {
        self.rest
    }

    /// The bytes of the body behind all that was read, the pointees included. They are legal after
    /// any message; who passes messages on may want to keep them.
    #[must_use]
    pub fn trailing(&self) -> &'a [u8] {
        let start = self
            .body
            .len()
            .saturating_sub(self.behind.min(self.rest.len()));
        self.body.get(start..).unwrap_or_default()
    }

    /// Takes a run of fields of fixed size with one length check. `layout` names the fields and the
    /// byte after each, for the error.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] in the first field that is not there.
    #[inline(always)]
    pub fn run<const N: usize>(
        &mut self,
        layout: &'static [(usize, &'static str)],
    ) -> Result<&'a [u8; N], Error> {
        match self.rest.split_first_chunk::<N>() {
            Some((run, rest)) => {
                self.rest = rest;
                Ok(run)
            }
            None => Err(self.truncated_run(layout)),
        }
    }

    /// Takes a value of fixed size.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] in its first field that is not there.
    #[inline]
    pub fn fixed<T: FixedSize>(&mut self) -> Result<T, Error> {
        match self.rest.split_at_checked(T::SIZE) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(T::get(bytes, 0))
            }
            None if T::LAYOUT.is_empty() => Err(self.truncated(Some(T::SIZE as u64), &"")),
            None => Err(self.truncated_run(T::LAYOUT)),
        }
    }

    /// Decodes the value of a field.
    ///
    /// # Errors
    /// The error of the value.
    #[inline]
    pub fn nested<T: Decode<'a>>(&mut self, field: FieldName) -> Result<T, Error> {
        T::decode_from(self).map_err(|error| error.in_field(field))
    }

    #[cold]
    #[inline(never)]
    fn truncated_run(&self, layout: &'static [(usize, &'static str)]) -> Error {
        let available = self.rest.len();
        let missing = layout.iter().position(|(end, _)| *end > available);
        let index = missing.unwrap_or(0);
        let start = match index.checked_sub(1).and_then(|before| layout.get(before)) {
            Some((end, _)) => *end,
            None => 0,
        };
        let (end, field) = match layout.get(index) {
            Some((end, field)) => (*end, field),
            None => (available, &""),
        };
        let kind = ErrorKind::Truncated {
            needed: end.saturating_sub(start) as u64,
            available: available.saturating_sub(start) as u64,
        };
        Error::new(kind, field, self.offset() + start)
    }

    #[cold]
    #[inline(never)]
    fn truncated(&self, needed: Option<u64>, field: FieldName) -> Error {
        let kind = ErrorKind::Truncated {
            needed: needed.unwrap_or(u64::MAX),
            available: self.rest.len() as u64,
        };
        Error::new(kind, field, self.offset())
    }

    /// Takes `length` bytes; `None` stands for more than 64 bits can say.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if there are fewer.
    #[inline]
    pub fn bytes(&mut self, length: Option<u64>, field: FieldName) -> Result<&'a [u8], Error> {
        let split = length
            .and_then(|length| usize::try_from(length).ok())
            .and_then(|length| self.rest.split_at_checked(length));
        match split {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => Err(self.truncated(length, field)),
        }
    }

    /// Takes all bytes to the end of the body.
    #[inline]
    pub fn remaining(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.rest)
    }

    /// Takes text of `length` bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if there are fewer.
    #[inline]
    pub fn text(&mut self, length: Option<u64>, field: FieldName) -> Result<Text<'a>, Error> {
        self.bytes(length, field).map(Text::from_wire)
    }

    /// Takes text up to and including a zero byte.
    ///
    /// # Errors
    /// [`ErrorKind::Unterminated`] if there is no zero byte.
    #[inline]
    pub fn cstring(&mut self, field: FieldName) -> Result<Text<'a>, Error> {
        let end = self.rest.iter().position(|byte| *byte == 0);
        match end.and_then(|end| self.rest.split_at_checked(end + 1)) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(Text::from_wire(bytes))
            }
            None => Err(Error::new(ErrorKind::Unterminated, field, self.offset())),
        }
    }

    /// Takes `count` elements. Elements of fixed size are not looked at; others are checked one by
    /// one, so that reading the list later cannot fail.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if they are not all there, [`ErrorKind::TooManyEmptyElements`], or
    /// the error of the first element that does not decode.
    #[inline]
    pub fn list<T: Decode<'a>, F: FdSource<'a>>(
        &mut self,
        count: u64,
        field: FieldName,
    ) -> Result<List<'a, T, F>, Error> {
        match T::WIRE_SIZE {
            Some(size) if size > 0 && !T::HAS_FDS => {
                let bytes = self.bytes(count.checked_mul(size as u64), field)?;
                Ok(List::from_wire(bytes, count as usize, F::keep(Fds::none())))
            }
            _ => self.checked_list(count, field),
        }
    }

    fn checked_list<T: Decode<'a>, F: FdSource<'a>>(
        &mut self,
        count: u64,
        field: FieldName,
    ) -> Result<List<'a, T, F>, Error> {
        let start = self.clone();
        let mut empty = 0;
        for index in 0..count {
            let before = self.rest.len();
            T::decode_from(self)
                .map_err(|error| error.in_element(index as usize).in_field(field))?;
            empty += u64::from(before == self.rest.len());
            if empty > MAX_EMPTY_ELEMENTS {
                let kind = ErrorKind::TooManyEmptyElements { count };
                return Err(Error::new(kind, field, start.offset()));
            }
        }
        let length = start.rest.len().saturating_sub(self.rest.len());
        let bytes = start.rest.get(..length).unwrap_or_default();
        Ok(List::from_wire(bytes, count as usize, F::keep(start.fds)))
    }

    /// Takes all whole elements to the end of the body.
    ///
    /// # Errors
    /// The error of the first element that does not decode.
    pub fn remaining_list<T: Decode<'a>, F: FdSource<'a>>(
        &mut self,
        field: FieldName,
    ) -> Result<List<'a, T, F>, Error> {
        if let Some(size @ 1..) = T::WIRE_SIZE {
            let count = self.rest.len() / size;
            return self.list(count as u64, field);
        }
        let start = self.clone();
        let mut count = 0;
        while !self.rest.is_empty() {
            let before = self.rest.len();
            T::decode_from(self).map_err(|error| error.in_element(count).in_field(field))?;
            if before == self.rest.len() {
                break;
            }
            count += 1;
        }
        let length = start.rest.len().saturating_sub(self.rest.len());
        let bytes = start.rest.get(..length).unwrap_or_default();
        Ok(List::from_wire(bytes, count, F::keep(start.fds)))
    }

    /// Takes an array of fixed length whose elements are not of fixed size.
    ///
    /// # Errors
    /// The error of the first element that does not decode.
    pub fn array<T: Decode<'a> + Default, const N: usize>(
        &mut self,
        field: FieldName,
    ) -> Result<[T; N], Error> {
        let mut values: [T; N] = core::array::from_fn(|_| T::default());
        for (index, value) in values.iter_mut().enumerate() {
            *value =
                T::decode_from(self).map_err(|error| error.in_element(index).in_field(field))?;
        }
        Ok(values)
    }

    /// Takes the next descriptor, if one came.
    #[inline]
    pub fn fd(&mut self) -> Fd<'a> {
        self.fds.next()
    }

    /// Decodes the pointee of a pointer that may be null. The pointer stands `back` bytes before this
    /// place.
    ///
    /// # Errors
    /// [`ErrorKind::PointerOutOfRange`], or the error of the pointee.
    #[inline]
    pub fn pointee<T>(
        &mut self,
        target: u32,
        back: usize,
        field: FieldName,
        decode: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        if target == 0 {
            return Ok(None);
        }
        self.nonnull_pointee(target, back, field, decode).map(Some)
    }

    /// Decodes the pointee of a pointer that may not be null. The pointer stands `back` bytes before
    /// this place.
    ///
    /// # Errors
    /// [`ErrorKind::NullPointer`], [`ErrorKind::PointerOutOfRange`], or the error of the pointee.
    #[inline]
    pub fn nonnull_pointee<T>(
        &mut self,
        target: u32,
        back: usize,
        field: FieldName,
        decode: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let start = usize::try_from(target).unwrap_or(usize::MAX);
        match self.body.get(start..) {
            Some(pointee) if target != 0 && !pointee.is_empty() => {
                let rest = core::mem::replace(&mut self.rest, pointee);
                let value = decode(self);
                self.behind = self.behind.min(self.rest.len());
                self.rest = rest;
                value
            }
            _ => Err(self.bad_pointer(target, back, field)),
        }
    }

    #[cold]
    #[inline(never)]
    fn bad_pointer(&self, target: u32, back: usize, field: FieldName) -> Error {
        let kind = match target {
            0 => ErrorKind::NullPointer,
            _ => ErrorKind::PointerOutOfRange {
                target,
                length: self.body.len(),
            },
        };
        Error::new(kind, field, self.offset().saturating_sub(back))
    }

    /// Decodes the pointee of a pointer to an array with a count. Null is an empty array; `size` is
    /// the size of an element, and a count of `None` stands for more than 64 bits can say.
    ///
    /// # Errors
    /// [`ErrorKind::NullArray`] if the pointer is null and the elements would not fit in the message,
    /// [`ErrorKind::PointerOutOfRange`], or the error of the pointee.
    #[inline]
    pub fn array_pointee<T: Default>(
        &mut self,
        target: u32,
        back: usize,
        field: FieldName,
        count: Option<u64>,
        size: u64,
        decode: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if target != 0 {
            return self.nonnull_pointee(target, back, field, decode);
        }
        match count.and_then(|count| count.checked_mul(size)) {
            Some(length) if length <= self.body.len() as u64 => Ok(T::default()),
            _ => {
                let count = count.unwrap_or(u64::MAX);
                let kind = ErrorKind::NullArray { count };
                Err(Error::new(kind, field, self.offset().saturating_sub(back)))
            }
        }
    }
}
