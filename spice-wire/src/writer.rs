//! Writing the body of a message.

use alloc::vec::Vec;

use crate::error::{Error, ErrorKind, FieldName};
use crate::fixed::FixedSize;
use crate::io::{IO_PAYLOAD, IoBody};
use crate::out::{Growing, Out, SHORT, Short};
use crate::pointers::{Pointers, offset};
use crate::stopped::{Failure, Note, Stopped};
use crate::text::Text;
use crate::traits::Encode;

/// What writing gives.
pub type Written = Result<(), Stopped>;

/// The body of a message while it is written.
pub struct Writer<'o, 'v, O = Growing<'o, 'v>> {
    pub(crate) out: O,
    /// Where in the body the next pointee will stand, of those that come right behind the block.
    next: usize,
    /// The pointers that blocks leave behind; nothing where it is known that there are none.
    pub(crate) pointers: Option<&'o mut Pointers<'v>>,
    /// Where an error is noted.
    pub(crate) note: Note<'o>,
}

impl<'o, 'v, O: Out<'v>> Writer<'o, 'v, O> {
    #[inline(always)]
    pub(crate) const fn new(out: O, pointers: Option<&'o mut Pointers<'v>>, next: usize) -> Self {
        Self {
            out,
            next,
            pointers,
            note: None,
        }
    }

    pub(crate) fn note(&mut self) -> Note<'_> {
        self.note.as_deref_mut()
    }

    /// How many bytes of the body are written.
    #[inline(always)]
    #[must_use]
    pub fn offset(&self) -> usize {
        self.out.offset()
    }

    /// Writes a run of fields of fixed size.
    ///
    /// # Errors
    /// Only where there is no more room, and the block is to be written elsewhere.
    #[inline(always)]
    pub fn run<const N: usize>(&mut self, run: &[u8; N]) -> Written {
        self.out.run(run)
    }

    /// Writes zeros.
    ///
    /// # Errors
    /// As [`Writer::run`].
    #[inline]
    pub fn zeros(&mut self, count: usize) -> Written {
        self.out.zeros(count)
    }

    /// Writes one value of fixed size.
    ///
    /// # Errors
    /// As [`Writer::run`].
    #[inline(always)]
    pub fn value<T: FixedSize>(&mut self, value: T) -> Written {
        self.out.value(value)
    }

    /// Writes values without pointers that the body does not borrow from.
    pub(crate) fn copies(&mut self, values: impl Iterator<Item = impl Encode>) -> Written {
        let buffer = self.out.buffer()?;
        for value in values {
            if let Err(error) = value.encode(buffer) {
                return Err(Stopped::with(self.note(), error));
            }
        }
        Ok(())
    }

    /// Writes bytes, or borrows them if they are many and the body is made of slices.
    ///
    /// # Errors
    /// As [`Writer::run`].
    #[inline(always)]
    pub fn bytes(&mut self, bytes: &'v [u8]) -> Written {
        self.out.bytes(bytes)
    }

    /// Writes text up to and including its zero byte.
    ///
    /// # Errors
    /// [`ErrorKind::Unterminated`] or [`ErrorKind::InteriorNul`].
    pub fn cstring(&mut self, text: &'v Text<'_>, field: FieldName) -> Written {
        self.check_cstring(text, field)?;
        text.write(self)
    }

    /// Checks that text has exactly one zero byte, at its end.
    ///
    /// # Errors
    /// [`ErrorKind::Unterminated`] or [`ErrorKind::InteriorNul`].
    pub fn check_cstring(&mut self, text: &Text<'_>, field: FieldName) -> Written {
        let kind = match (text.is_terminated(), text.as_bytes().len() + 1) {
            (false, _) => ErrorKind::Unterminated,
            (true, length) if length == text.wire_len() => return Ok(()),
            (true, _) => ErrorKind::InteriorNul,
        };
        Err(self.error(kind, field))
    }

    /// Writes the value of a field.
    ///
    /// # Errors
    /// The error of the value.
    #[inline(always)]
    pub fn nested(&mut self, value: &'v impl Encode, field: FieldName) -> Written {
        match value.write(self) {
            Ok(()) => Ok(()),
            Err(stopped) => Err(stopped.in_field(self.note(), field)),
        }
    }

    /// Writes the elements of an array.
    ///
    /// # Errors
    /// The error of the first element that has one.
    #[inline(always)]
    pub fn elements(&mut self, values: &'v [impl Encode], field: FieldName) -> Written {
        for (index, value) in values.iter().enumerate() {
            if let Err(stopped) = value.write(self) {
                let stopped = stopped.of_element(self.note(), index);
                return Err(stopped.in_field(self.note(), field));
            }
        }
        Ok(())
    }

    /// An error in a field at the present place.
    #[inline(always)]
    #[must_use]
    pub fn error(&mut self, kind: ErrorKind, field: FieldName) -> Stopped {
        let offset = self.offset();
        Stopped::new(self.note(), kind, field, offset)
    }

    /// The pointer to the next pointee that comes right behind the block, which has this length.
    #[inline(always)]
    pub fn ahead(&mut self, length: usize) -> u32 {
        let place = self.next;
        self.next = place.saturating_add(length);
        offset(place, length)
    }

    /// The same for an array that may be null, as which an empty one is written.
    #[inline(always)]
    pub fn array_ahead(&mut self, length: usize) -> u32 {
        match length {
            0 => 0,
            _ => self.ahead(length),
        }
    }

    /// The count of an array as its count field holds it.
    ///
    /// # Errors
    /// [`ErrorKind::CountTooLarge`] if the field is too narrow.
    #[inline(always)]
    pub fn count<T: TryFrom<usize>>(
        &mut self,
        count: usize,
        field: FieldName,
    ) -> Result<T, Stopped> {
        match T::try_from(count) {
            Ok(count) => Ok(count),
            Err(_) => {
                let count = count as u64;
                Err(self.error(ErrorKind::CountTooLarge { count }, field))
            }
        }
    }

    /// Checks that an array has the length that the count beside it says.
    ///
    /// # Errors
    /// [`ErrorKind::CountMismatch`] if not.
    #[inline(always)]
    pub fn check_count(&mut self, count: u64, length: usize, field: FieldName) -> Written {
        let length = length as u64;
        if count == length {
            return Ok(());
        }
        Err(self.error(ErrorKind::CountMismatch { count, length }, field))
    }

    /// Checks that image data has the length that the image's measures say.
    ///
    /// # Errors
    /// [`ErrorKind::ImageSize`] if not.
    #[inline(always)]
    pub fn check_image(
        &mut self,
        expected: Option<u64>,
        length: usize,
        field: FieldName,
    ) -> Written {
        let length = length as u64;
        if expected == Some(length) {
            return Ok(());
        }
        let expected = expected.unwrap_or(u64::MAX);
        Err(self.error(ErrorKind::ImageSize { expected, length }, field))
    }

    /// The error of a variant that its discriminant does not select.
    #[inline(always)]
    #[must_use]
    pub fn variant_mismatch(&mut self, field: FieldName) -> Stopped {
        self.error(ErrorKind::VariantMismatch, field)
    }
}

impl<'o, 'v> Writer<'o, 'v> {
    /// Encodes a value into slices that borrow its large payloads. Once for all types, since it allocates
    /// anyway.
    ///
    /// # Errors
    /// As [`Encode::encode`].
    pub fn encode_io(value: &'v dyn Encode) -> Result<IoBody<'v>, Error> {
        let Ok(length) = check_length(value.encoded_len()) else {
            return diagnose(value);
        };
        let mut scratch = Vec::with_capacity(length.min(IO_PAYLOAD));
        let mut payloads = Vec::new();
        let out = Growing::new(&mut scratch, 0, Some(&mut payloads));
        let written = match value.leaves_pointers() {
            true => Writer::new(out, Some(&mut Pointers::new(value)), 0).body(value),
            false => value.write_block(&mut Writer::new(out, None, 0)),
        };
        match written {
            Ok(()) => Ok(IoBody::new(scratch, payloads)),
            Err(_) => diagnose(value),
        }
    }

    /// Appends a body of which nothing stands outside of its block. What is there if it stops is no
    /// body, as with all these functions.
    ///
    /// # Errors
    /// As [`Encode::write`].
    #[inline(always)]
    pub fn append(value: &impl Encode, out: &mut Vec<u8>) -> Written {
        let start = out.len();
        out.reserve(check_length(value.block_len())?);
        value.write(&mut Writer::new(Growing::new(out, start, None), None, 0))
    }

    /// Appends a body with pointees that come right behind the block, and no others.
    ///
    /// # Errors
    /// As [`Encode::write`].
    #[inline(always)]
    pub fn append_behind(value: &impl Encode, out: &mut Vec<u8>) -> Written {
        let start = out.len();
        let block = value.block_len();
        let length = block.saturating_add(value.pointees_len());
        out.reserve(check_length(length)?);
        let mut writer = Writer::new(Growing::new(out, start, None), None, block);
        value.write(&mut writer)?;
        value.behind(&mut writer)
    }

    /// Appends a body that may leave pointers.
    ///
    /// # Errors
    /// As [`Encode::write`].
    #[inline(always)]
    pub fn append_pointers(value: &impl Encode, out: &mut Vec<u8>) -> Written {
        match value.leaves_pointers() {
            true => append_left(value, out),
            false => Writer::append_behind(value, out),
        }
    }

    /// Appends a body whose own block is written in many short runs, and that may leave pointers.
    ///
    /// # Errors
    /// As [`Encode::write`].
    #[inline(always)]
    pub fn append_scattered(value: &impl Encode, out: &mut Vec<u8>) -> Written {
        if value.leaves_pointers() {
            return append_left(value, out);
        }
        let start = out.len();
        let block = value.block_len();
        if block > SHORT || out.capacity().wrapping_sub(start) < SHORT {
            return append_long(value, out);
        }
        out.extend_from_slice(&[0; SHORT]);
        let Some(place) = out.last_chunk_mut() else {
            return Ok(());
        };
        let mut writer = Writer::new(Short::new(place), None, block);
        if value.write(&mut writer).is_err() {
            out.truncate(start);
            return append_long(value, out);
        }
        let (length, written) = (writer.next, writer.offset());
        debug_assert!(written == block, "a block is as long as it was said to be");
        out.truncate(start.wrapping_add(block));
        out.reserve(check_length(length)?.wrapping_sub(block));
        value.behind(&mut Writer::new(Growing::new(out, start, None), None, 0))
    }

    /// Writes a block and what comes right behind it.
    #[doc(hidden)]
    #[inline(always)]
    pub fn block(&mut self, value: &'v impl Encode) -> Written {
        self.next = self.offset().saturating_add(value.block_len());
        value.write(self)?;
        value.behind(self)
    }

    /// Writes a pointee that comes right behind the block.
    ///
    /// # Errors
    /// The error of the pointee.
    #[inline(always)]
    pub fn pointee(&mut self, target: &'v impl Encode, field: FieldName) -> Written {
        match target.write_block(self) {
            Ok(()) => Ok(()),
            Err(stopped) => Err(stopped.in_field(self.note(), field)),
        }
    }

    /// Writes what comes right behind the block for a value in it.
    ///
    /// # Errors
    /// The error of a pointee.
    #[inline(always)]
    pub fn behind(&mut self, value: &'v impl Encode, field: FieldName) -> Written {
        match value.behind(self) {
            Ok(()) => Ok(()),
            Err(stopped) => Err(stopped.in_field(self.note(), field)),
        }
    }

    /// The same for the elements of an array.
    ///
    /// # Errors
    /// The error of a pointee.
    pub fn behind_elements(&mut self, values: &'v [impl Encode], field: FieldName) -> Written {
        for (index, value) in values.iter().enumerate() {
            if let Err(stopped) = value.behind(self) {
                let stopped = stopped.of_element(self.note(), index);
                return Err(stopped.in_field(self.note(), field));
            }
        }
        Ok(())
    }

    /// Writes a whole body.
    pub(crate) fn body(mut self, value: &'v (impl Encode + ?Sized)) -> Written {
        value.write_block(&mut self)?;
        self.pointees()
    }
}

/// Appends a body that leaves pointers. To make the list of them takes longer than to write many a message.
#[inline(never)]
fn append_left(value: &impl Encode, out: &mut Vec<u8>) -> Written {
    let start = out.len();
    out.reserve(check_length(value.encoded_len())?);
    let left = &mut Pointers::new(value);
    Writer::new(Growing::new(out, start, None), Some(left), 0).body(value)
}

/// Appends a body that leaves none, of which the usual form takes another way and has the registers for itself.
#[inline(never)]
fn append_long(value: &impl Encode, out: &mut Vec<u8>) -> Written {
    let start = out.len();
    out.reserve(check_length(value.encoded_len())?);
    value.write_block(&mut Writer::new(Growing::new(out, start, None), None, 0))
}

/// How long bodies can be.
#[inline(always)]
fn check_length(length: usize) -> Result<usize, Stopped> {
    // Where sizes have 32 bits, a sum that does not fit is the largest, and no buffer has half of it.
    match (u32::try_from(length), isize::try_from(length)) {
        (Ok(_), Ok(_)) => Ok(length),
        _ => Err(too_large(None, length)),
    }
}

#[cold]
fn too_large(note: Note<'_>, length: usize) -> Stopped {
    Stopped::new(note, ErrorKind::MessageTooLarge { length }, &"", 0)
}

/// The error of a value that cannot be encoded: it is tried once more, and the error noted.
#[cold]
#[inline(never)]
pub(crate) fn diagnose<R>(value: &dyn Encode) -> Result<R, Error> {
    let mut failure = Failure::default();
    let length = value.encoded_len();
    if check_length(length).is_err() {
        too_large(Some(&mut failure), length);
        return Err(failure.into_error());
    }
    let (mut scratch, mut payloads) = (Vec::new(), Vec::new());
    let mut pointers = Pointers::new(value);
    let out = Growing::new(&mut scratch, 0, Some(&mut payloads));
    let mut writer = Writer::new(out, Some(&mut pointers), 0);
    writer.note = Some(&mut failure);
    let written = writer.body(value);
    debug_assert!(written.is_err(), "what stopped once stops again");
    Err(failure.into_error())
}
