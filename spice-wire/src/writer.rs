//! Writing the body of a message.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::error::{Error, ErrorKind, FieldName};
use crate::fd::{Fd, FdSource};
use crate::fixed::FixedSize;
use crate::io::{IO_PAYLOAD, IoBody};
use crate::list::List;
use crate::text::Text;
use crate::traits::Encode;

/// How a pointer is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `@marshall`: the pointee follows before any later pointer's.
    DepthFirst,
    /// Any other pointer: the pointee follows after the pointees of all blocks before.
    BreadthFirst,
}

/// Where a block ends in the buffer.
#[derive(Clone, Copy, Debug)]
pub struct BlockEnd(usize);

/// An offset that is in range in any body that holds a pointer, and not null.
const EMPTY_POINTEE: u32 = 1;

/// The block that stands in no other.
const ROOT: usize = usize::MAX;

/// A pointer that was written as zero and awaits the place of its pointee.
#[derive(Clone, Copy)]
struct Pending<'v> {
    /// Where its four bytes stand in the buffer.
    slot: usize,
    target: &'v dyn Encode,
    layout: Layout,
    /// The pointer whose pointee it is in, or [`ROOT`].
    block: usize,
    /// Which of the block's pointers it is.
    nth: usize,
}

/// A list that stays on the stack while it is short.
struct Queue<T> {
    inline: [Option<T>; 6],
    spill: Vec<T>,
    len: usize,
}

impl<T: Copy> Queue<T> {
    const fn new() -> Self {
        Self {
            inline: [None; 6],
            spill: Vec::new(),
            len: 0,
        }
    }

    #[inline]
    fn push(&mut self, value: T) {
        match self.inline.get_mut(self.len) {
            Some(place) => *place = Some(value),
            None => self.spill.push(value),
        }
        self.len += 1;
    }

    #[inline]
    fn get(&self, index: usize) -> Option<T> {
        match index.checked_sub(self.inline.len()) {
            Some(spilled) => self.spill.get(spilled).copied(),
            None => self.inline.get(index).copied().flatten(),
        }
    }
}

/// The body of a message while it is written.
pub struct Writer<'o, 'v> {
    out: &'o mut Vec<u8>,
    /// Length of `out` before the body.
    start: usize,
    /// Where large payloads are noted, if they are borrowed: each with how much was written before.
    payloads: Option<&'o mut Vec<(usize, &'v [u8])>>,
    /// Sum of the payloads' lengths.
    borrowed: usize,
    pointers: Queue<Pending<'v>>,
    root: &'v dyn Encode,
    /// The pointer whose pointee is being written, or [`ROOT`].
    block: usize,
    /// The index of the first pointer of that block.
    first: usize,
    /// Set to find the path of a block's pointer: which one, and the error to take there.
    probe: Option<(usize, Error)>,
}

impl<'o, 'v> Writer<'o, 'v> {
    #[inline]
    fn new(
        root: &'v dyn Encode,
        out: &'o mut Vec<u8>,
        payloads: Option<&'o mut Vec<(usize, &'v [u8])>>,
    ) -> Self {
        Self {
            start: out.len(),
            out,
            payloads,
            borrowed: 0,
            pointers: Queue::new(),
            root,
            block: ROOT,
            first: 0,
            probe: None,
        }
    }

    /// Appends the body of `value` to `out`, which is left as it was if there is an error.
    ///
    /// # Errors
    /// If parts of the value disagree, or the body is longer than 32 bits can say.
    pub fn encode(value: &'v impl Encode, out: &'o mut Vec<u8>) -> Result<(), Error> {
        let length = check_length(value.encoded_len())?;
        let start = out.len();
        if out.capacity() - start < length {
            out.reserve(length);
        }
        let mut writer = Writer::new(value, &mut *out, None);
        let result = writer.body(value);
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    /// Encodes `value` into slices that borrow its large payloads.
    ///
    /// # Errors
    /// As [`Writer::encode`].
    pub fn encode_io(value: &'v impl Encode) -> Result<IoBody<'v>, Error> {
        let length = check_length(value.encoded_len())?;
        let mut scratch = Vec::with_capacity(length.min(IO_PAYLOAD));
        let mut payloads = Vec::new();
        Writer::new(value, &mut scratch, Some(&mut payloads)).body(value)?;
        Ok(IoBody::new(scratch, payloads))
    }

    #[inline(always)]
    fn body(&mut self, value: &'v impl Encode) -> Result<(), Error> {
        value.write(self)?;
        match self.pointers.len {
            0 => Ok(()),
            _ => self.pointees(),
        }
    }

    /// Writes all pointees, those that their blocks tell included.
    fn pointees(&mut self) -> Result<(), Error> {
        let mut later = Queue::new();
        self.depth_first(0, &mut later)?;
        let mut next = 0;
        while let Some(index) = later.get(next) {
            next += 1;
            let first = self.begin(index)?;
            if first < self.pointers.len {
                self.depth_first(first, &mut later)?;
            }
        }
        Ok(())
    }

    /// Writes the depth-first pointees of a block whose pointers start at index `first`, and notes
    /// the others in the order in which they are met.
    fn depth_first(&mut self, first: usize, later: &mut Queue<usize>) -> Result<(), Error> {
        let end = self.pointers.len;
        for index in first..end {
            match self.pointers.get(index).map(|pending| pending.layout) {
                Some(Layout::DepthFirst) => {
                    let inner = self.begin(index)?;
                    if inner < self.pointers.len {
                        self.depth_first(inner, later)?;
                    }
                }
                _ => later.push(index),
            }
        }
        Ok(())
    }

    /// Writes the block of a pointer's pointee; the result is the index of its first pointer.
    #[inline]
    fn begin(&mut self, index: usize) -> Result<usize, Error> {
        let first = self.pointers.len;
        let Some(pending) = self.pointers.get(index) else {
            return Ok(first);
        };
        (self.block, self.first) = (index, first);
        let place = self.offset();
        if let Err(error) = pending.target.write(self) {
            return Err(self.locate(index, error));
        }
        self.point(pending.slot, place);
        Ok(first)
    }

    /// Writes a pointer to what was written since `place`.
    #[inline(always)]
    fn point(&mut self, slot: usize, place: usize) {
        let offset = match self.offset() == place {
            true => EMPTY_POINTEE,
            false => u32::try_from(place).unwrap_or(u32::MAX),
        };
        offset.put(self.out, slot);
    }

    /// The error of a pointee as seen from the message. A pointer does not know in which field it
    /// stands; so its block is written once more, up to the pointer.
    #[cold]
    fn locate(&self, mut index: usize, mut error: Error) -> Error {
        while let Some(pending) = self.pointers.get(index) {
            let block = match self.pointers.get(pending.block) {
                Some(outer) => outer.target,
                None => self.root,
            };
            let mut scratch = Vec::new();
            let mut probe = Writer::new(block, &mut scratch, None);
            probe.probe = Some((pending.nth, error));
            if let Err(located) = block.write(&mut probe) {
                error = located;
            }
            index = pending.block;
        }
        error
    }

    /// How many bytes of the body are written.
    #[inline]
    #[must_use]
    pub fn offset(&self) -> usize {
        self.out.len() - self.start + self.borrowed
    }

    /// Writes a run of fields of fixed size.
    #[inline(always)]
    pub fn run<const N: usize>(&mut self, run: &[u8; N]) {
        self.out.extend_from_slice(run);
    }

    /// Writes zeros.
    pub fn zeros(&mut self, count: usize) {
        self.out.resize(self.out.len().saturating_add(count), 0);
    }

    /// Writes one value of fixed size.
    #[inline]
    pub fn value<T: FixedSize>(&mut self, value: T) {
        value.append(self.out);
    }

    /// Writes values without pointers that the body does not borrow from.
    fn copies(&mut self, mut values: impl Iterator<Item = impl Encode>) -> Result<(), Error> {
        values.try_for_each(|value| value.encode(self.out))
    }

    /// Writes bytes, or borrows them if they are many and the body is made of slices.
    #[inline(always)]
    pub fn bytes(&mut self, bytes: &'v [u8]) {
        match &mut self.payloads {
            Some(payloads) if bytes.len() >= IO_PAYLOAD => {
                payloads.push((self.out.len(), bytes));
                self.borrowed += bytes.len();
            }
            _ => self.out.extend_from_slice(bytes),
        }
    }

    /// Writes text up to and including its zero byte.
    ///
    /// # Errors
    /// [`ErrorKind::Unterminated`] or [`ErrorKind::InteriorNul`].
    pub fn cstring(&mut self, text: &'v Text<'_>, field: FieldName) -> Result<(), Error> {
        self.check_cstring(text, field)?;
        text.write(self)
    }

    /// Checks that text has exactly one zero byte, at its end.
    ///
    /// # Errors
    /// [`ErrorKind::Unterminated`] or [`ErrorKind::InteriorNul`].
    pub fn check_cstring(&self, text: &Text<'_>, field: FieldName) -> Result<(), Error> {
        let kind = match (text.is_terminated(), text.as_bytes().len() + 1) {
            (false, _) => ErrorKind::Unterminated,
            (true, length) if length == text.wire_len() => return Ok(()),
            (true, _) => ErrorKind::InteriorNul,
        };
        Err(self.error(kind, field))
    }

    /// An error in a field at the present place.
    #[inline(always)]
    #[must_use]
    pub fn error(&self, kind: ErrorKind, field: FieldName) -> Error {
        Error::new(kind, field, self.offset())
    }

    /// Tells that the four bytes that stand `back` bytes before this place are a pointer to `target`.
    ///
    /// # Errors
    /// Only while the path of an error in a pointee is looked for.
    #[inline]
    pub fn pointer(
        &mut self,
        back: usize,
        target: &'v dyn Encode,
        layout: Layout,
        field: FieldName,
    ) -> Result<(), Error> {
        let nth = self.pointers.len.saturating_sub(self.first);
        if let Some((_, error)) = self.probe.filter(|(wanted, _)| *wanted == nth) {
            return Err(error.in_field(field));
        }
        self.pointers.push(Pending {
            slot: self.out.len().saturating_sub(back),
            target,
            layout,
            block: self.block,
            nth,
        });
        Ok(())
    }

    /// Tells that the four bytes that stand `back` bytes before this place are a pointer to an
    /// array. An empty one stays null, but where null is refused, it gets an offset in range.
    ///
    /// # Errors
    /// Only while the path of an error in a pointee is looked for.
    #[inline]
    pub fn array_pointer(
        &mut self,
        back: usize,
        target: &'v dyn Encode,
        (empty, nonnull): (bool, bool),
        layout: Layout,
        field: FieldName,
    ) -> Result<(), Error> {
        match (empty, nonnull) {
            (false, _) => return self.pointer(back, target, layout, field),
            (true, true) => {
                let slot = self.out.len().saturating_sub(back);
                EMPTY_POINTEE.put(self.out, slot);
            }
            (true, false) => {}
        }
        Ok(())
    }

    /// The end of a block to which nothing is added any more.
    #[inline(always)]
    #[must_use]
    pub fn block_end(&self) -> BlockEnd {
        BlockEnd(self.out.len())
    }

    /// Writes a pointee without pointers behind a block that has its end. The four bytes of the
    /// pointer stand `back` bytes before the end of the block.
    ///
    /// # Errors
    /// The error of the pointee.
    #[inline(always)]
    pub fn pointee(
        &mut self,
        end: BlockEnd,
        back: usize,
        target: &'v impl Encode,
        field: FieldName,
    ) -> Result<(), Error> {
        let (slot, place) = (end.0.saturating_sub(back), self.offset());
        target.write(self).map_err(|error| error.in_field(field))?;
        self.point(slot, place);
        Ok(())
    }

    /// The same for an array. An empty one stays null, but where null is refused, it gets an offset
    /// in range.
    ///
    /// # Errors
    /// The error of the pointee.
    #[inline(always)]
    pub fn array_pointee(
        &mut self,
        end: BlockEnd,
        back: usize,
        target: &'v impl Encode,
        (empty, nonnull): (bool, bool),
        field: FieldName,
    ) -> Result<(), Error> {
        match (empty, nonnull) {
            (true, false) => Ok(()),
            _ => self.pointee(end, back, target, field),
        }
    }

    /// The count of an array as its count field holds it.
    ///
    /// # Errors
    /// [`ErrorKind::CountTooLarge`] if the field is too narrow.
    #[inline]
    pub fn count<T: TryFrom<usize>>(&self, count: usize, field: FieldName) -> Result<T, Error> {
        T::try_from(count).map_err(|_| {
            let count = count as u64;
            self.error(ErrorKind::CountTooLarge { count }, field)
        })
    }

    /// Checks that an array has the length that the count beside it says.
    ///
    /// # Errors
    /// [`ErrorKind::CountMismatch`] if not.
    #[inline]
    pub fn check_count(&self, count: u64, length: usize, field: FieldName) -> Result<(), Error> {
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
    #[inline]
    pub fn check_image(
        &self,
        expected: Option<u64>,
        length: usize,
        field: FieldName,
    ) -> Result<(), Error> {
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
}

#[inline]
fn check_length(length: usize) -> Result<usize, Error> {
    // Where sizes have 32 bits, a sum that does not fit is the largest, and no buffer has half of it.
    match (u32::try_from(length), isize::try_from(length)) {
        (Ok(_), Ok(_)) => Ok(length),
        _ => Err(Error::new(ErrorKind::MessageTooLarge { length }, &"", 0)),
    }
}

impl Encode for Cow<'_, [u8]> {
    #[inline]
    fn block_len(&self) -> usize {
        self.len()
    }

    #[inline]
    fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<(), Error> {
        writer.bytes(self);
        Ok(())
    }
}

impl Encode for Text<'_> {
    #[inline]
    fn block_len(&self) -> usize {
        self.wire_len()
    }

    #[inline]
    fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<(), Error> {
        let (bytes, nul) = self.wire_parts();
        writer.bytes(bytes);
        if nul {
            writer.value(0_u8);
        }
        Ok(())
    }
}

impl Encode for Fd<'_> {
    #[inline]
    fn block_len(&self) -> usize {
        0
    }

    #[inline]
    fn write<'v>(&'v self, _writer: &mut Writer<'_, 'v>) -> Result<(), Error> {
        Ok(())
    }

    fn visit_fds(&self, visit: &mut dyn FnMut(&Fd<'_>)) {
        visit(self);
    }
}

impl<'a, T, F> Encode for List<'a, T, F>
where
    T: Encode + crate::Decode<'a> + Clone,
    F: FdSource<'a>,
{
    #[inline(always)]
    fn block_len(&self) -> usize {
        match (T::WIRE_SIZE, self.wire_bytes(), self.as_slice()) {
            (Some(size), ..) => size.saturating_mul(self.len()),
            (None, Some(bytes), _) => bytes.len(),
            (None, None, values) => values
                .unwrap_or_default()
                .iter()
                .fold(0, |sum: usize, value| sum.saturating_add(value.block_len())),
        }
    }

    #[inline(always)]
    fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<(), Error> {
        if let Some(bytes) = self.wire_bytes() {
            return match T::HAS_PADDING {
                false => {
                    writer.bytes(bytes);
                    Ok(())
                }
                true => writer.copies(self.iter()),
            };
        }
        for (index, value) in self.as_slice().unwrap_or_default().iter().enumerate() {
            value
                .write(writer)
                .map_err(|error| error.in_element(index))?;
        }
        Ok(())
    }

    fn visit_fds(&self, visit: &mut dyn FnMut(&Fd<'_>)) {
        if !T::HAS_FDS {
            return;
        }
        match self.as_slice() {
            Some(values) => values.iter().for_each(|value| value.visit_fds(visit)),
            None => self.iter().for_each(|value| value.visit_fds(visit)),
        }
    }
}
