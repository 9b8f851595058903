//! Writing the body of a message.
//!
//! Block after block is appended to a buffer. A pointer is written as zero; its place is kept in a chain
//! of such places, whose links stand in the very bytes that wait, until what it leads to is written.

use alloc::vec::Vec;
use core::mem;

use crate::error::{Error, ErrorKind, FieldName, Result};
use crate::fixed::FixedSize;
use crate::io::{IO_PAYLOAD, IoBody};
use crate::text::Text;
use crate::traits::Encode;

/// When what a pointer leads to is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `@marshall`: right behind the block, with all that it leads to in this way.
    Deep,
    /// Any other pointer: behind what the pointers of all blocks before lead to.
    Wide,
}

/// Places that wait for an offset: the first and the last. Each holds how far it is to the next one.
#[derive(Clone, Copy, Debug)]
struct Chain {
    first: usize,
    last: usize,
}

const EMPTY: Chain = Chain {
    first: usize::MAX,
    last: usize::MAX,
};

/// The body of a message while it is written. It is made so that a compiler can keep it in registers: what
/// is not inlined takes it and gives it back.
#[derive(Debug)]
pub struct Writer<'w, 'a> {
    out: Vec<u8>,
    /// What the length of `out` is more than what is written of the body.
    ahead: usize,
    deep: Chain,
    wide: Chain,
    /// The borrowed payloads, each with the length of `out` before it.
    payloads: Option<&'w mut Vec<(usize, &'a [u8])>>,
}

impl<'w, 'a> Writer<'w, 'a> {
    #[inline(always)]
    fn new(out: Vec<u8>, payloads: Option<&'w mut Vec<(usize, &'a [u8])>>) -> Self {
        let ahead = out.len();
        Self {
            out,
            ahead,
            deep: EMPTY,
            wide: EMPTY,
            payloads,
        }
    }

    /// Writes what does not live as long as the body: payloads in it are copied.
    #[inline(always)]
    pub(crate) fn temporary<'t, R>(&mut self, write: impl FnOnce(&mut Writer<'_, 't>) -> R) -> R {
        let mut writer = Writer {
            out: mem::take(&mut self.out),
            ahead: self.ahead,
            deep: self.deep,
            wide: self.wide,
            payloads: None,
        };
        let result = write(&mut writer);
        (self.deep, self.wide) = (writer.deep, writer.wide);
        mem::forget(mem::replace(&mut self.out, writer.out));
        result
    }

    /// Does something that is not inlined.
    #[inline(always)]
    pub(crate) fn aside<R>(&mut self, write: impl FnOnce(&mut Self) -> R) -> R {
        let mut writer = mem::replace(self, Self::new(Vec::new(), None));
        let result = write(&mut writer);
        *self = writer;
        result
    }

    /// How many bytes of the body are written.
    #[inline(always)]
    #[must_use]
    pub fn offset(&self) -> usize {
        self.out.len().wrapping_sub(self.ahead)
    }

    /// Writes a run of fields of fixed size, which `fill` puts into zeros.
    #[inline(always)]
    pub fn run<const N: usize>(&mut self, fill: impl FnOnce(&mut [u8; N])) {
        let mut run = [0; N];
        if N > self.out.capacity().wrapping_sub(self.out.len()) {
            fill(&mut run);
            self.out = grown_run(mem::take(&mut self.out), run);
        } else {
            // A place of its own, so that it can be in registers.
            let mut run = [0; N];
            fill(&mut run);
            self.out.extend_from_slice(&run);
        }
    }

    /// Appends bytes. What makes the buffer grow takes it and gives it back, so that it can be in
    /// registers otherwise.
    #[inline(always)]
    fn copied(&mut self, bytes: &[u8]) {
        if bytes.len() > self.out.capacity().wrapping_sub(self.out.len()) {
            self.out = grown(mem::take(&mut self.out), bytes);
        } else {
            self.out.extend_from_slice(bytes);
        }
    }

    /// Writes zeros.
    #[inline]
    pub fn zeros(&mut self, count: usize) {
        self.aside(|writer| writer.out.resize(writer.out.len().saturating_add(count), 0));
    }

    /// Writes one value of fixed size.
    #[inline(always)]
    pub fn value<T: FixedSize>(&mut self, value: T) {
        self.aside(|writer| value.append(&mut writer.out));
    }

    /// Writes bytes, or borrows them if they are many and the body is made of slices.
    #[inline(always)]
    pub fn bytes(&mut self, bytes: &'a [u8]) {
        match &mut self.payloads {
            Some(payloads) if bytes.len() >= IO_PAYLOAD => {
                payloads.push((self.out.len(), bytes));
                self.ahead = self.ahead.wrapping_sub(bytes.len());
            }
            _ => self.copied(bytes),
        }
    }

    /// Writes text.
    #[inline(always)]
    pub fn text(&mut self, text: &'a Text<'_>) {
        let (bytes, nul) = text.wire_parts();
        self.bytes(bytes);
        if nul {
            self.run(|_: &mut [u8; 1]| {});
        }
    }

    /// Writes text up to and including its zero byte.
    ///
    /// # Errors
    /// [`ErrorKind::Unterminated`] or [`ErrorKind::InteriorNul`].
    pub fn cstring(&mut self, text: &'a Text<'_>, field: FieldName) -> Result<()> {
        self.check_cstring(text, field)?;
        self.text(text);
        Ok(())
    }

    /// Checks that text has exactly one zero byte, at its end.
    ///
    /// # Errors
    /// [`ErrorKind::Unterminated`] or [`ErrorKind::InteriorNul`].
    pub fn check_cstring(&self, text: &Text<'_>, field: FieldName) -> Result<()> {
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
    pub fn field(&mut self, value: &'a impl Encode, field: FieldName) -> Result<()> {
        match value.write(self) {
            Ok(()) => Ok(()),
            Err(error) => Err(error.in_field(field)),
        }
    }

    /// Writes the elements of an array.
    ///
    /// # Errors
    /// The error of the first element that has one.
    #[inline(always)]
    pub fn elements(&mut self, values: &'a [impl Encode], field: FieldName) -> Result<()> {
        for (index, value) in values.iter().enumerate() {
            if let Err(error) = value.write(self) {
                return Err(error.in_element(index).in_field(field));
            }
        }
        Ok(())
    }

    /// An error in a field at the present place.
    #[inline(always)]
    #[must_use]
    pub fn error(&self, kind: ErrorKind, field: FieldName) -> Error {
        Error::new(kind, field, self.offset())
    }

    /// The count of an array as its count field holds it.
    ///
    /// # Errors
    /// [`ErrorKind::CountTooLarge`] if the field is too narrow.
    #[inline(always)]
    pub fn count<T: TryFrom<usize>>(&self, count: usize, field: FieldName) -> Result<T> {
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
    pub fn check_count(&self, count: u64, length: usize, field: FieldName) -> Result<()> {
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
        &self,
        expected: Option<u64>,
        length: usize,
        field: FieldName,
    ) -> Result<()> {
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
    pub fn variant_mismatch(&self, field: FieldName) -> Error {
        self.error(ErrorKind::VariantMismatch, field)
    }

    /// Tells that the four bytes that stand `back` bytes before this place are a pointer.
    #[inline(always)]
    pub fn pointer(&mut self, back: usize, order: Order) {
        let slot = self.out.len().wrapping_sub(back);
        let chain = match order {
            Order::Deep => &mut self.deep,
            Order::Wide => &mut self.wide,
        };
        let last = mem::replace(&mut chain.last, slot);
        if chain.first == usize::MAX {
            chain.first = slot;
        } else {
            patch(&mut self.out, last, slot.wrapping_sub(last));
        }
    }

    /// Writes what a pointer leads to, or goes on there, if that is what is to be done at this level: at
    /// level 0 the pointees right behind a block, at level 1 those that the pointers of blocks that are
    /// there wait for, at level 2 the next ones.
    ///
    /// # Errors
    /// The error of the pointee.
    #[inline(always)]
    pub fn pointee(
        &mut self,
        target: &'a impl Encode,
        order: Order,
        level: usize,
        field: FieldName,
    ) -> Result<()> {
        let result = match (order, level) {
            (Order::Deep, 0) | (Order::Wide, 1) => self.block(target, order),
            (Order::Deep, level) => target.write_pointees(self, level),
            (Order::Wide, 0) => return Ok(()),
            (Order::Wide, level) => target.write_pointees(self, level - 1),
        };
        match result {
            Ok(()) => Ok(()),
            Err(error) => Err(error.in_field(field)),
        }
    }

    /// The same for the pointers in the value of a field.
    ///
    /// # Errors
    /// The error of a pointee.
    #[inline(always)]
    pub fn pointees(
        &mut self,
        value: &'a impl Encode,
        level: usize,
        field: FieldName,
    ) -> Result<()> {
        match value.write_pointees(self, level) {
            Ok(()) => Ok(()),
            Err(error) => Err(error.in_field(field)),
        }
    }

    /// Writes the block that the next pointer leads to, and what comes right behind it.
    #[inline(always)]
    fn block(&mut self, target: &'a impl Encode, order: Order) -> Result<()> {
        let slot = self.next(order);
        let siblings = mem::replace(&mut self.deep, EMPTY);
        let place = self.offset();
        target.write(self)?;
        // An offset that is in range in any body that holds a pointer, and not null.
        let offset = if self.offset() == place { 1 } else { place };
        patch(&mut self.out, slot, offset);
        if self.deep.first != usize::MAX {
            self.aside(|writer| target.write_pointees(writer, 0))?;
        }
        self.deep = siblings;
        Ok(())
    }

    #[inline(always)]
    fn next(&mut self, order: Order) -> usize {
        let chain = match order {
            Order::Deep => &mut self.deep,
            Order::Wide => &mut self.wide,
        };
        let slot = chain.first;
        chain.first = match u32::get(&self.out, slot) {
            0 => usize::MAX,
            distance => slot.wrapping_add(distance as usize),
        };
        slot
    }

    /// Writes a whole body.
    #[inline(always)]
    fn body(&mut self, value: &'a impl Encode) -> Result<()> {
        value.write(self)?;
        if self.deep.first != usize::MAX {
            value.write_pointees(self, 0)?;
        }
        if self.wide.first != usize::MAX {
            self.aside(|writer| writer.follow(value))?;
        }
        match u32::try_from(self.offset()) {
            Ok(_) => Ok(()),
            Err(_) => Err(too_large(self.offset())),
        }
    }

    #[inline(never)]
    fn follow(&mut self, value: &'a impl Encode) -> Result<()> {
        let mut level = 1;
        while self.wide.first != usize::MAX {
            value.write_pointees(self, level)?;
            level += 1;
        }
        Ok(())
    }
}

#[inline(always)]
fn patch(out: &mut [u8], slot: usize, value: usize) {
    u32::try_from(value).unwrap_or(u32::MAX).put(out, slot);
}

#[cold]
#[inline(never)]
fn grown_run<const N: usize>(mut out: Vec<u8>, run: [u8; N]) -> Vec<u8> {
    out.extend_from_slice(&run);
    out
}

#[cold]
#[inline(never)]
fn grown(mut out: Vec<u8>, bytes: &[u8]) -> Vec<u8> {
    out.extend_from_slice(bytes);
    out
}

#[cold]
#[inline(never)]
fn too_large(length: usize) -> Error {
    Error::new(ErrorKind::MessageTooLarge { length }, "", 0)
}

/// Appends a body.
#[inline(always)]
pub(crate) fn append<'a>(value: &'a impl Encode, out: &mut Vec<u8>) -> Result<()> {
    let start = out.len();
    let mut writer = Writer::new(mem::take(out), None);
    let result = writer.body(value);
    mem::forget(mem::replace(out, writer.out));
    if result.is_err() {
        out.truncate(start);
    }
    result
}

/// Encodes into slices.
#[inline(always)]
pub(crate) fn slices<'a>(value: &'a impl Encode, body: &mut IoBody<'a>) -> Result<()> {
    body.clear();
    let mut writer = Writer::new(mem::take(&mut body.scratch), Some(&mut body.payloads));
    let result = writer.body(value);
    mem::forget(mem::replace(&mut body.scratch, writer.out));
    result
}
