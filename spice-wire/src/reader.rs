//! What generated code reads with.
//!
//! A reader is made so that a compiler can keep it in registers: it is a place in the body and a
//! reference to all the rest, and functions that are not inlined get copies of it. Values are read into
//! the place where they stay, and errors are not returned, for the same reason.

use crate::cursor::MAX_EMPTY_ELEMENTS;
use crate::error::{ErrorKind, FieldName};
use crate::fd::{Fd, FdSource, Fds};
use crate::fixed::FixedSize;
use crate::list::List;
use crate::stopped::{Note, Stopped};
use crate::text::Text;
use crate::traits::Decode;

/// The names of the fields of a run, each with the byte after it.
type Layout = &'static [(usize, &'static str)];

/// What reading gives.
pub type Read<T> = Result<T, Stopped>;

/// What a reader knows of the body as a whole.
#[derive(Debug)]
pub struct Body<'f, 'a> {
    pub(crate) bytes: &'a [u8],
    /// How many bytes of the body follow the last byte of any pointee that was read.
    pub(crate) behind: usize,
    pub(crate) fds: Fds<'a>,
    /// How many elements that take no bytes were read.
    pub(crate) empty: u64,
    /// Where an error is noted.
    pub(crate) note: Note<'f>,
}

impl<'a> Body<'_, 'a> {
    /// Takes the next descriptor, if one came.
    #[inline]
    pub(crate) fn fd(&mut self) -> Fd<'a> {
        self.fds.next()
    }
}

/// A place from which reading could not go on.
#[derive(Clone, Copy)]
struct Place {
    /// Length of the body.
    length: usize,
    /// How much of it follows.
    rest: usize,
}

impl Place {
    #[cold]
    #[inline(never)]
    fn stop(self, note: Note<'_>, kind: ErrorKind, field: FieldName) -> Stopped {
        Stopped::new(note, kind, field, self.length.saturating_sub(self.rest))
    }

    #[cold]
    #[inline(never)]
    fn in_run(self, note: Note<'_>, layout: Layout) -> Stopped {
        let Self { length, rest } = self;
        let missing = layout.iter().position(|(end, _)| *end > rest);
        let index = missing.unwrap_or(0);
        let start = match index.checked_sub(1).and_then(|before| layout.get(before)) {
            Some((end, _)) => *end,
            None => 0,
        };
        let (end, field) = match layout.get(index) {
            Some((end, field)) => (*end, field),
            None => (rest, &""),
        };
        let kind = ErrorKind::Truncated {
            needed: end.saturating_sub(start) as u64,
            available: rest.saturating_sub(start) as u64,
        };
        let rest = rest.saturating_sub(start);
        Self { length, rest }.stop(note, kind, field)
    }

    #[cold]
    #[inline(never)]
    fn truncated(self, note: Note<'_>, needed: Option<u64>, field: FieldName) -> Stopped {
        let kind = ErrorKind::Truncated {
            needed: needed.unwrap_or(u64::MAX),
            available: self.rest as u64,
        };
        self.stop(note, kind, field)
    }

    #[cold]
    #[inline(never)]
    fn at_pointer(self, note: Note<'_>, target: u32, field: FieldName) -> Stopped {
        let kind = match target {
            0 => ErrorKind::NullPointer,
            _ => ErrorKind::PointerOutOfRange {
                target,
                length: self.length,
            },
        };
        self.stop(note, kind, field)
    }
}

/// A place in the body of a message, for code that reads a value from there.
///
/// Generated code calls its methods; everyone else has [`Cursor`](crate::Cursor).
#[derive(Debug)]
pub struct Reader<'r, 'f, 'a> {
    rest: &'a [u8],
    body: &'r mut Body<'f, 'a>,
}

impl<'r, 'f, 'a> Reader<'r, 'f, 'a> {
    /// A reader at the start of `rest`, which ends where the body ends.
    #[inline(always)]
    #[must_use]
    pub const fn new(rest: &'a [u8], body: &'r mut Body<'f, 'a>) -> Self {
        Self { rest, body }
    }

    /// This place, `back` bytes before where the reader is.
    #[inline(always)]
    const fn place(&self, back: usize) -> Place {
        Place {
            length: self.body.bytes.len(),
            rest: self.rest.len().saturating_add(back),
        }
    }

    #[inline(always)]
    fn note(&mut self) -> Note<'_> {
        self.body.note.as_deref_mut()
    }

    /// The bytes from here to the end of the body.
    #[inline(always)]
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Takes a run of fields of fixed size with one length check. `layout` names the fields and the
    /// byte after each, for the error.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] in the first field that is not there.
    #[inline(always)]
    pub fn run<const N: usize>(&mut self, layout: Layout) -> Read<&'a [u8; N]> {
        match self.rest.split_first_chunk::<N>() {
            Some((run, rest)) => {
                self.rest = rest;
                Ok(run)
            }
            None => Err(self.place(0).in_run(self.note(), layout)),
        }
    }

    /// Takes a value of fixed size.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] in its first field that is not there.
    #[inline(always)]
    pub fn fixed<T: FixedSize>(&mut self) -> Read<T> {
        match self.rest.split_at_checked(T::SIZE) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(T::get(bytes, 0))
            }
            None if T::LAYOUT.is_empty() => {
                let needed = Some(T::SIZE as u64);
                Err(self.place(0).truncated(self.note(), needed, &""))
            }
            None => Err(self.place(0).in_run(self.note(), T::LAYOUT)),
        }
    }

    /// Reads the value of a field into a blank one.
    ///
    /// # Errors
    /// The error of the value.
    #[inline(always)]
    pub fn nested<T: Decode<'a>>(&mut self, value: &mut T, field: FieldName) -> Read<()> {
        match self.read(value) {
            Ok(()) => Ok(()),
            Err(stopped) => Err(stopped.in_field(self.note(), field)),
        }
    }

    /// Reads the small value of a field.
    ///
    /// # Errors
    /// The error of the value.
    #[inline(always)]
    pub fn value<T: Decode<'a>>(&mut self, field: FieldName) -> Read<T> {
        let mut value = T::blank();
        self.nested(&mut value, field)?;
        Ok(value)
    }

    #[inline(always)]
    fn read<T: Decode<'a>>(&mut self, value: &mut T) -> Read<()> {
        self.rest = value.read_from(self.rest, self.body)?;
        Ok(())
    }

    /// Takes `length` bytes; `None` stands for more than 64 bits can say.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if there are fewer.
    #[inline(always)]
    pub fn bytes(&mut self, length: Option<u64>, field: FieldName) -> Read<&'a [u8]> {
        let split = length
            .and_then(|length| usize::try_from(length).ok())
            .and_then(|length| self.rest.split_at_checked(length));
        match split {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => Err(self.place(0).truncated(self.note(), length, field)),
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
    pub fn text(&mut self, length: Option<u64>, field: FieldName) -> Read<Text<'a>> {
        self.bytes(length, field).map(Text::from_wire)
    }

    /// Takes text up to and including a zero byte.
    ///
    /// # Errors
    /// [`ErrorKind::Unterminated`] if there is no zero byte.
    #[inline(always)]
    pub fn cstring(&mut self, field: FieldName) -> Read<Text<'a>> {
        let end = self.rest.iter().position(|byte| *byte == 0);
        match end.and_then(|end| self.rest.split_at_checked(end + 1)) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(Text::from_wire(bytes))
            }
            None => Err(self
                .place(0)
                .stop(self.note(), ErrorKind::Unterminated, field)),
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
    ) -> Read<List<'a, T, F>> {
        match T::WIRE_SIZE {
            Some(size) if size > 0 && !T::HAS_FDS => {
                let bytes = self.bytes(count.checked_mul(size as u64), field)?;
                Ok(List::fixed(bytes))
            }
            _ => {
                let (list, rest) = Reader::new(self.rest, self.body).checked_list(count, field)?;
                self.rest = rest;
                Ok(list)
            }
        }
    }

    fn checked_list<T: Decode<'a>, F: FdSource<'a>>(
        mut self,
        count: u64,
        field: FieldName,
    ) -> Read<(List<'a, T, F>, &'a [u8])> {
        let (start, fds) = (self.rest, self.body.fds);
        for index in 0..count {
            let before = self.rest.len();
            let mut element = T::blank();
            self.element(&mut element, index as usize, field)?;
            if before == self.rest.len() {
                self.body.empty += 1;
                if self.body.empty > MAX_EMPTY_ELEMENTS {
                    let kind = ErrorKind::TooManyEmptyElements { count };
                    let place = Place {
                        rest: start.len(),
                        ..self.place(0)
                    };
                    return Err(place.stop(self.note(), kind, field));
                }
            }
        }
        let length = start.len().saturating_sub(self.rest.len());
        let bytes = start.get(..length).unwrap_or_default();
        let list = List::checked(bytes, count as usize, F::keep(fds));
        Ok((list, self.rest))
    }

    /// Reads an element of a list or an array.
    #[inline(always)]
    fn element<T: Decode<'a>>(
        &mut self,
        value: &mut T,
        index: usize,
        field: FieldName,
    ) -> Read<()> {
        match self.read(value) {
            Ok(()) => Ok(()),
            Err(stopped) => {
                let stopped = stopped.of_element(self.note(), index);
                Err(stopped.in_field(self.note(), field))
            }
        }
    }

    /// Takes all whole elements to the end of the body.
    ///
    /// # Errors
    /// The error of the first element that does not decode.
    pub fn remaining_list<T: Decode<'a>, F: FdSource<'a>>(
        &mut self,
        field: FieldName,
    ) -> Read<List<'a, T, F>> {
        if let Some(size @ 1..) = T::WIRE_SIZE {
            let count = self.rest.len() / size;
            return self.list(count as u64, field);
        }
        let (start, fds) = (self.rest, self.body.fds);
        let mut count = 0;
        while !self.rest.is_empty() {
            let before = self.rest.len();
            let mut element = T::blank();
            self.element(&mut element, count, field)?;
            if before == self.rest.len() {
                break;
            }
            count += 1;
        }
        let length = start.len().saturating_sub(self.rest.len());
        let bytes = start.get(..length).unwrap_or_default();
        Ok(List::checked(bytes, count, F::keep(fds)))
    }

    /// Reads an array of fixed length whose elements are not of fixed size into blank ones.
    ///
    /// # Errors
    /// The error of the first element that does not decode.
    pub fn array<T: Decode<'a>>(&mut self, values: &mut [T], field: FieldName) -> Read<()> {
        for (index, value) in values.iter_mut().enumerate() {
            self.element(value, index, field)?;
        }
        Ok(())
    }

    /// As [`Reader::array`], of an array that is small enough to be returned.
    ///
    /// # Errors
    /// The error of the first element that does not decode.
    pub fn array_value<T: Decode<'a>, const N: usize>(&mut self, field: FieldName) -> Read<[T; N]> {
        let mut values: [T; N] = core::array::from_fn(|_| T::blank());
        self.array(&mut values, field)?;
        Ok(values)
    }

    /// Takes the next descriptor, if one came.
    #[inline]
    pub fn fd(&mut self) -> Fd<'a> {
        self.body.fd()
    }

    /// Reads the pointee of a pointer that may be null into a place that holds none. The pointer
    /// stands `back` bytes before this place.
    ///
    /// # Errors
    /// [`ErrorKind::PointerOutOfRange`], or the error of the pointee.
    #[inline(always)]
    pub fn pointee<T: Decode<'a>>(
        &mut self,
        place: &mut Option<T>,
        target: u32,
        back: usize,
        field: FieldName,
    ) -> Read<()> {
        if target == 0 {
            return Ok(());
        }
        fill(place, Some(T::blank()));
        match place {
            Some(value) => self.nonnull_pointee(value, target, back, field),
            None => Ok(()),
        }
    }

    /// Reads the pointee of a pointer that may not be null into a blank value. The pointer stands
    /// `back` bytes before this place.
    ///
    /// # Errors
    /// [`ErrorKind::NullPointer`], [`ErrorKind::PointerOutOfRange`], or the error of the pointee.
    #[inline(always)]
    pub fn nonnull_pointee<T: Decode<'a>>(
        &mut self,
        value: &mut T,
        target: u32,
        back: usize,
        field: FieldName,
    ) -> Read<()> {
        let rest = self.target(target, back, field)?;
        match value.read_from(rest, self.body) {
            Ok(rest) => {
                self.body.behind = self.body.behind.min(rest.len());
                Ok(())
            }
            Err(stopped) => Err(stopped.in_field(self.note(), field)),
        }
    }

    /// What starts where a pointer leads to, which is a place in the body.
    #[inline(always)]
    fn target(&mut self, target: u32, back: usize, field: FieldName) -> Read<&'a [u8]> {
        let start = usize::try_from(target).unwrap_or(usize::MAX);
        match self.body.bytes.split_at_checked(start) {
            Some((_, rest)) if target != 0 && !rest.is_empty() => Ok(rest),
            _ => Err(self.place(back).at_pointer(self.note(), target, field)),
        }
    }

    /// As [`Reader::pointee`], of a value that is small enough to be returned.
    ///
    /// # Errors
    /// [`ErrorKind::PointerOutOfRange`], or the error of the pointee.
    #[inline(always)]
    pub fn pointee_with<T>(
        &mut self,
        target: u32,
        back: usize,
        field: FieldName,
        read: impl FnOnce(&mut Reader<'_, '_, 'a>) -> Read<T>,
    ) -> Read<Option<T>> {
        match target {
            0 => Ok(None),
            _ => self
                .nonnull_pointee_with(target, back, field, read)
                .map(Some),
        }
    }

    /// As [`Reader::nonnull_pointee`], of a value that is small enough to be returned.
    ///
    /// # Errors
    /// [`ErrorKind::NullPointer`], [`ErrorKind::PointerOutOfRange`], or the error of the pointee.
    #[inline(always)]
    pub fn nonnull_pointee_with<T>(
        &mut self,
        target: u32,
        back: usize,
        field: FieldName,
        read: impl FnOnce(&mut Reader<'_, '_, 'a>) -> Read<T>,
    ) -> Read<T> {
        let mut inner = Reader {
            rest: self.target(target, back, field)?,
            body: self.body,
        };
        let value = read(&mut inner)?;
        let behind = inner.rest.len();
        self.body.behind = self.body.behind.min(behind);
        Ok(value)
    }

    /// Reads the pointee of a pointer to an array with a count. Null is an empty array; `size` is
    /// the size of an element, and a count of `None` stands for more than 64 bits can say.
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
        count: Option<u64>,
        size: u64,
        read: impl FnOnce(&mut Reader<'_, '_, 'a>) -> Read<T>,
    ) -> Read<T> {
        if target != 0 {
            return self.nonnull_pointee_with(target, back, field, read);
        }
        match count.and_then(|count| count.checked_mul(size)) {
            Some(length) if length <= self.body.bytes.len() as u64 => Ok(T::default()),
            _ => {
                let count = count.unwrap_or(u64::MAX);
                let kind = ErrorKind::NullArray { count };
                Err(self.place(back).stop(self.note(), kind, field))
            }
        }
    }
}

/// Puts a value into a place that holds a blank one, which owns nothing and so need not be dropped:
/// the code that would find that out is left away. For generated code.
#[inline(always)]
pub fn fill<T>(place: &mut T, value: T) {
    core::mem::forget(core::mem::replace(place, value));
}
