//! A place in the body of a message, and what reads from there.

use core::mem::ManuallyDrop;

use crate::error::{Error, ErrorKind, FieldName, Result};
use crate::fd::{Fd, FdSource, Fds};
use crate::fixed::FixedSize;
use crate::list::List;
use crate::pointee::Pointee;
use crate::text::Text;
use crate::traits::Decode;

/// Elements that take no bytes are accepted up to this number in a message.
pub const MAX_EMPTY_ELEMENTS: u64 = 1024;

/// The names of the fields of a run, each with the byte after it.
pub type Layout = &'static [(usize, FieldName)];

/// A place in the body of a message.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    body: &'a [u8],
    /// How many bytes of the body follow the last byte of any pointee that was read.
    behind: usize,
    /// How many elements that take no bytes were read.
    empty: u64,
    fds: Fds<'a>,
}

impl<'a> Reader<'a> {
    /// The start of a body that came without descriptors.
    #[inline(always)]
    #[must_use]
    pub const fn new(body: &'a [u8]) -> Self {
        Self::with_fds(body, Fds::none())
    }

    /// The start of a body and the descriptors that came with it.
    #[inline(always)]
    #[must_use]
    pub const fn with_fds(body: &'a [u8], fds: Fds<'a>) -> Self {
        Self {
            rest: body,
            body,
            behind: body.len(),
            empty: 0,
            fds,
        }
    }

    /// How many bytes of the body come before this place.
    #[inline(always)]
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.body.len().saturating_sub(self.rest.len())
    }

    /// The bytes from here to the end of the body.
    #[inline(always)]
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The bytes of the body behind all that was read, the pointees included.
    #[must_use]
    pub fn trailing(&self) -> &'a [u8] {
        let start = self
            .body
            .len()
            .saturating_sub(self.behind.min(self.rest.len()));
        self.body.get(start..).unwrap_or_default()
    }

    /// Takes a run of fields of fixed size with one length check.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] in the first field that is not there.
    #[inline(always)]
    pub fn run<const N: usize>(&mut self, layout: Layout) -> Result<&'a [u8; N]> {
        match self.rest.split_first_chunk::<N>() {
            Some((run, rest)) => {
                self.rest = rest;
                Ok(run)
            }
            None => Err(in_run(self.offset(), self.rest.len(), layout)),
        }
    }

    /// Takes a value of fixed size.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] in its first field that is not there.
    #[inline(always)]
    pub fn fixed<T: FixedSize>(&mut self) -> Result<T> {
        match self.rest.split_at_checked(T::SIZE) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(T::get(bytes, 0))
            }
            None if T::LAYOUT.is_empty() => Err(truncated(
                self.offset(),
                self.rest.len(),
                Some(T::SIZE as u64),
                "",
            )),
            None => Err(in_run(self.offset(), self.rest.len(), T::LAYOUT)),
        }
    }

    /// Reads the value of a field.
    ///
    /// # Errors
    /// The error of the value.
    #[inline(always)]
    pub fn field<T: Decode<'a>>(&mut self, field: FieldName) -> Result<ManuallyDrop<T>> {
        match T::decode_from(self) {
            Ok(value) => Ok(ManuallyDrop::new(value)),
            Err(error) => Err(error.in_field(field)),
        }
    }

    /// Reads the value of a field.
    ///
    /// # Errors
    /// The error of the value.
    #[inline(always)]
    pub fn value<T: Decode<'a>>(&mut self, field: FieldName) -> Result<T> {
        match T::decode_from(self) {
            Ok(value) => Ok(value),
            Err(error) => Err(error.in_field(field)),
        }
    }

    /// Takes `length` bytes; `None` stands for more than 64 bits can say.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if there are fewer.
    #[inline(always)]
    pub fn bytes(&mut self, length: Option<u64>, field: FieldName) -> Result<&'a [u8]> {
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

    /// Takes all bytes to the end of the body.
    #[inline(always)]
    pub fn remaining(&mut self) -> &'a [u8] {
        let rest = self.rest;
        self.rest = rest.get(rest.len()..).unwrap_or_default();
        rest
    }

    /// Takes text of `length` bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if there are fewer.
    #[inline(always)]
    pub fn text(&mut self, length: Option<u64>, field: FieldName) -> Result<Text<'a>> {
        self.bytes(length, field).map(Text::from_wire)
    }

    /// Takes text up to and including a zero byte.
    ///
    /// # Errors
    /// [`ErrorKind::Unterminated`] if there is no zero byte.
    #[inline(always)]
    pub fn cstring(&mut self, field: FieldName) -> Result<Text<'a>> {
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
    #[inline(always)]
    pub fn list<T: Decode<'a>, F: FdSource<'a>>(
        &mut self,
        count: u64,
        field: FieldName,
    ) -> Result<List<'a, T, F>> {
        match T::WIRE_SIZE {
            Some(size) if size > 0 && !T::HAS_FDS => {
                let bytes = self.bytes(count.checked_mul(size as u64), field)?;
                Ok(List::fixed(bytes))
            }
            _ => {
                let (start, fds) = (self.rest, self.fds);
                let bytes = self.check_list::<T>(count, field)?;
                let _ = start;
                Ok(List::checked(bytes, count as usize, F::keep(fds)))
            }
        }
    }

    #[inline(never)]
    fn check_list<T: Decode<'a>>(&mut self, count: u64, field: FieldName) -> Result<&'a [u8]> {
        let mut reader = self.clone();
        for index in 0..count {
            let before = reader.rest.len();
            if let Err(error) = T::decode_from(&mut reader) {
                return Err(error.in_element(index as usize).in_field(field));
            }
            if before == reader.rest.len() {
                reader.empty += 1;
                if reader.empty > MAX_EMPTY_ELEMENTS {
                    let kind = ErrorKind::TooManyEmptyElements { count };
                    return Err(Error::new(kind, field, self.offset()));
                }
            }
        }
        let length = self.rest.len().saturating_sub(reader.rest.len());
        let bytes = self.rest.get(..length).unwrap_or_default();
        *self = reader;
        Ok(bytes)
    }

    /// Takes all whole elements to the end of the body.
    ///
    /// # Errors
    /// The error of the first element that does not decode.
    pub fn remaining_list<T: Decode<'a>, F: FdSource<'a>>(
        &mut self,
        field: FieldName,
    ) -> Result<List<'a, T, F>> {
        if let Some(size @ 1..) = T::WIRE_SIZE {
            let count = self.rest.len() / size;
            return self.list(count as u64, field);
        }
        let (start, fds) = (self.rest, self.fds);
        let mut count = 0;
        while !self.rest.is_empty() {
            let before = self.rest.len();
            if let Err(error) = T::decode_from(self) {
                return Err(error.in_element(count).in_field(field));
            }
            if before == self.rest.len() {
                break;
            }
            count += 1;
        }
        let length = start.len().saturating_sub(self.rest.len());
        let bytes = start.get(..length).unwrap_or_default();
        Ok(List::checked(bytes, count, F::keep(fds)))
    }

    /// Reads an array of fixed length whose elements are not of fixed size.
    ///
    /// # Errors
    /// The error of the first element that does not decode.
    pub fn array<T: Decode<'a> + Default, const N: usize>(
        &mut self,
        field: FieldName,
    ) -> Result<[T; N]> {
        let mut values: [T; N] = core::array::from_fn(|_| T::default());
        for (index, value) in values.iter_mut().enumerate() {
            match T::decode_from(self) {
                Ok(found) => *value = found,
                Err(error) => return Err(error.in_element(index).in_field(field)),
            }
        }
        Ok(values)
    }

    /// Takes the next descriptor, if one came.
    #[inline]
    pub fn fd(&mut self) -> Fd<'a> {
        self.fds.next()
    }

    /// Reads what a pointer leads to that may not be null. The pointer stands `back` bytes before
    /// this place.
    ///
    /// # Errors
    /// [`ErrorKind::NullPointer`], [`ErrorKind::PointerOutOfRange`], or the error of the pointee.
    #[inline(always)]
    pub fn nonnull<T: Decode<'a>>(
        &mut self,
        target: u32,
        back: usize,
        field: FieldName,
    ) -> Result<ManuallyDrop<T>> {
        let after = self.enter(target, back, field)?;
        let value = self.field(field)?;
        self.leave(after);
        Ok(value)
    }

    /// The same for a pointer that may be null.
    ///
    /// # Errors
    /// [`ErrorKind::PointerOutOfRange`], or the error of the pointee.
    #[inline(always)]
    pub fn pointee<T: Decode<'a>>(
        &mut self,
        target: u32,
        back: usize,
        field: FieldName,
    ) -> Result<ManuallyDrop<Option<T>>> {
        match target {
            0 => Ok(ManuallyDrop::new(None)),
            _ => Ok(ManuallyDrop::new(Some(ManuallyDrop::into_inner(
                self.nonnull(target, back, field)?,
            )))),
        }
    }

    /// Checks what a pointer leads to that may not be null.
    ///
    /// # Errors
    /// As [`Reader::nonnull`].
    #[inline(always)]
    pub fn nonnull_apart<T: Decode<'a>>(
        &mut self,
        target: u32,
        back: usize,
        field: FieldName,
    ) -> Result<Pointee<'a, T>> {
        let _: ManuallyDrop<T> = self.nonnull(target, back, field)?;
        Ok(Pointee::wire(self.body, target))
    }

    /// The same for a pointer that may be null.
    ///
    /// # Errors
    /// As [`Reader::pointee`].
    #[inline(always)]
    pub fn apart<T: Decode<'a>>(
        &mut self,
        target: u32,
        back: usize,
        field: FieldName,
    ) -> Result<Option<Pointee<'a, T>>> {
        match target {
            0 => Ok(None),
            _ => Ok(Some(self.nonnull_apart(target, back, field)?)),
        }
    }

    pub(crate) fn at_place(body: &'a [u8], at: usize) -> Self {
        let mut reader = Self::new(body);
        reader.rest = body.get(at..).unwrap_or_default();
        reader
    }

    /// Reads where a pointer leads to.
    ///
    /// # Errors
    /// [`ErrorKind::NullPointer`], [`ErrorKind::PointerOutOfRange`], or the error of `read`.
    #[inline(always)]
    pub fn at<T>(
        &mut self,
        target: u32,
        back: usize,
        field: FieldName,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let after = self.enter(target, back, field)?;
        let value = read(self)?;
        self.leave(after);
        Ok(value)
    }

    /// Goes where a pointer leads to; the result is what follows here.
    #[inline(always)]
    fn enter(&mut self, target: u32, back: usize, field: FieldName) -> Result<&'a [u8]> {
        let start = usize::try_from(target).unwrap_or(usize::MAX);
        match self.body.split_at_checked(start) {
            Some((_, rest)) if target != 0 && !rest.is_empty() => {
                Ok(core::mem::replace(&mut self.rest, rest))
            }
            _ => Err(at_pointer(
                self.offset(),
                back,
                self.body.len(),
                target,
                field,
            )),
        }
    }

    /// Goes back.
    #[inline(always)]
    fn leave(&mut self, after: &'a [u8]) {
        self.behind = self.behind.min(self.rest.len());
        self.rest = after;
    }

    /// The same for a pointer to an array with a count. Null is an empty array; `size` is the size of an
    /// element, and a count of `None` stands for more than 64 bits can say.
    ///
    /// # Errors
    /// [`ErrorKind::NullArray`] if the pointer is null and the elements would not fit in the message,
    /// [`ErrorKind::PointerOutOfRange`], or the error of the pointee.
    #[inline(always)]
    pub fn array_pointee<T: Default>(
        &mut self,
        target: u32,
        back: usize,
        field: FieldName,
        (count, size): (Option<u64>, u64),
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if target != 0 {
            return self.at(target, back, field, read);
        }
        match count.and_then(|count| count.checked_mul(size)) {
            Some(length) if length <= self.body.len() as u64 => Ok(T::default()),
            _ => {
                let kind = ErrorKind::NullArray {
                    count: count.unwrap_or(u64::MAX),
                };
                Err(Error::new(kind, field, self.offset().saturating_sub(back)))
            }
        }
    }
}

#[cold]
#[inline(never)]
fn in_run(offset: usize, rest: usize, layout: Layout) -> Error {
    let mut start = 0;
    for (end, field) in layout {
        if *end > rest {
            let kind = ErrorKind::Truncated {
                needed: end.saturating_sub(start) as u64,
                available: rest.saturating_sub(start) as u64,
            };
            return Error::new(kind, field, offset.saturating_add(start));
        }
        start = *end;
    }
    truncated(offset, rest, None, "")
}

#[cold]
#[inline(never)]
fn truncated(offset: usize, rest: usize, needed: Option<u64>, field: FieldName) -> Error {
    let kind = ErrorKind::Truncated {
        needed: needed.unwrap_or(u64::MAX),
        available: rest as u64,
    };
    Error::new(kind, field, offset)
}

#[cold]
#[inline(never)]
fn at_pointer(offset: usize, back: usize, length: usize, target: u32, field: FieldName) -> Error {
    let kind = match target {
        0 => ErrorKind::NullPointer,
        _ => ErrorKind::PointerOutOfRange { target, length },
    };
    Error::new(kind, field, offset.saturating_sub(back))
}
