//! Writing the body of a message.

use alloc::vec::Vec;

use crate::error::{Error, ErrorKind, FieldName};
use crate::fixed::FixedSize;
use crate::io::{IO_PAYLOAD, IoBody};
use crate::stopped::{Failure, Note, Stopped};
use crate::text::Text;
use crate::traits::Encode;

/// What writing gives.
pub type Written = Result<(), Stopped>;

/// How a pointer is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `@marshall`: the pointee follows before any later pointer's.
    DepthFirst,
    /// Any other pointer: the pointee follows after the pointees of all blocks before.
    BreadthFirst,
}

/// Where in the body the next pointee will stand, of those that follow one right after the other.
#[derive(Clone, Copy, Debug)]
pub struct Places(usize);

impl Places {
    /// The pointer to the next pointee, which has this length.
    #[inline(always)]
    pub fn pointee(&mut self, length: usize) -> u32 {
        let place = self.0;
        self.0 = place.saturating_add(length);
        match length {
            0 => EMPTY_POINTEE,
            _ => u32::try_from(place).unwrap_or(u32::MAX),
        }
    }

    /// The same for an array. An empty one stays null, but where null is refused, it gets an offset
    /// in range.
    #[inline(always)]
    pub fn array(&mut self, length: usize, (empty, nonnull): (bool, bool)) -> u32 {
        match (empty, nonnull) {
            (true, false) => 0,
            _ => self.pointee(length),
        }
    }
}

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
    /// The pointer whose pointee it is in, or [`ROOT`]. The pointers of a block come one after the other.
    block: usize,
}

/// A list that stays on the stack while it is short.
struct Queue<T> {
    inline: [Option<T>; 4],
    spill: Vec<T>,
    len: usize,
}

impl<T: Copy> Queue<T> {
    const fn new() -> Self {
        Self {
            inline: [None; 4],
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
    /// What the length of `out` is more than what is written of the body: its length before the body,
    /// less what is borrowed.
    ahead: usize,
    /// Where large payloads are noted, if they are borrowed: each with how much was written before.
    payloads: Option<&'o mut Vec<(usize, &'v [u8])>>,
    pointers: Queue<Pending<'v>>,
    root: &'v dyn Encode,
    /// The pointer whose pointee is being written, or [`ROOT`].
    block: usize,
    /// Set to find the path of a block's pointer: which one.
    probe: Option<usize>,
    /// Where an error is noted.
    note: Note<'o>,
}

impl<'o, 'v> Writer<'o, 'v> {
    #[inline(always)]
    fn new(
        root: &'v dyn Encode,
        out: &'o mut Vec<u8>,
        payloads: Option<&'o mut Vec<(usize, &'v [u8])>>,
    ) -> Self {
        Self {
            ahead: out.len(),
            out,
            payloads,
            pointers: Queue::new(),
            root,
            block: ROOT,
            probe: None,
            note: None,
        }
    }

    /// Appends the body of `value` to `out`, which is left as it was if there is an error.
    ///
    /// # Errors
    /// If parts of the value disagree, or the body is longer than 32 bits can say.
    #[inline]
    pub fn encode(value: &'v impl Encode, out: &'o mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        out.reserve(check_length(value.encoded_len())?);
        match Writer::new(value, &mut *out, None).body(value) {
            Ok(()) => Ok(()),
            Err(_) => {
                out.truncate(start);
                diagnose(value)
            }
        }
    }

    /// Encodes `value` into slices that borrow its large payloads.
    ///
    /// # Errors
    /// As [`Writer::encode`].
    pub fn encode_io(value: &'v impl Encode) -> Result<IoBody<'v>, Error> {
        let length = check_length(value.encoded_len())?;
        let mut scratch = Vec::with_capacity(length.min(IO_PAYLOAD));
        let mut payloads = Vec::new();
        match Writer::new(value, &mut scratch, Some(&mut payloads)).body(value) {
            Ok(()) => Ok(IoBody::new(scratch, payloads)),
            Err(_) => diagnose(value),
        }
    }

    #[inline(always)]
    fn body(&mut self, value: &'v impl Encode) -> Written {
        value.write(self)?;
        // Where there are no pointers, the writer needs no place in memory.
        debug_assert!(value.leaves_pointers() || self.pointers.len == 0);
        if value.leaves_pointers() && self.pointers.len > 0 {
            self.pointees()?;
        }
        Ok(())
    }

    /// Writes all pointees, those that their blocks tell included.
    fn pointees(&mut self) -> Written {
        let mut first = 0;
        // Where there is one pointer only, there is no order.
        while first + 1 == self.pointers.len {
            first = self.begin(first)?;
        }
        match first < self.pointers.len {
            true => self.pointees_in_order(first),
            false => Ok(()),
        }
    }

    /// Writes all pointees of the block whose pointers start at index `first`, where nothing else is to
    /// be written.
    fn pointees_in_order(&mut self, first: usize) -> Written {
        let mut later = Queue::new();
        self.depth_first(first, &mut later)?;
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
    fn depth_first(&mut self, first: usize, later: &mut Queue<usize>) -> Written {
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
    fn begin(&mut self, index: usize) -> Result<usize, Stopped> {
        let first = self.pointers.len;
        let Some(pending) = self.pointers.get(index) else {
            return Ok(first);
        };
        self.block = index;
        let place = self.offset();
        if let Err(stopped) = pending.target.write(self) {
            return Err(self.locate(index, stopped));
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

    /// Notes where a pointee with an error stands, as seen from the message. A pointer does not know in
    /// which field it stands; so its block is written once more, up to the pointer.
    #[cold]
    fn locate(&mut self, mut index: usize, mut stopped: Stopped) -> Stopped {
        if self.note.is_none() {
            return stopped;
        }
        while let Some(pending) = self.pointers.get(index) {
            let block = match self.pointers.get(pending.block) {
                Some(outer) => outer.target,
                None => self.root,
            };
            let before = (0..index).filter_map(|before| self.pointers.get(before));
            let nth = before
                .filter(|before| before.block == pending.block)
                .count();
            let mut scratch = Vec::new();
            let mut probe = Writer::new(block, &mut scratch, None);
            probe.probe = Some(nth);
            probe.note = self.note.as_deref_mut();
            if let Err(located) = block.write(&mut probe) {
                stopped = located;
            }
            index = pending.block;
        }
        stopped
    }

    pub(crate) fn note(&mut self) -> Note<'_> {
        self.note.as_deref_mut()
    }

    /// How many bytes of the body are written.
    #[inline]
    #[must_use]
    pub fn offset(&self) -> usize {
        self.out.len().wrapping_sub(self.ahead)
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
    pub(crate) fn copies(&mut self, values: impl Iterator<Item = impl Encode>) -> Written {
        for value in values {
            if let Err(error) = value.encode(self.out) {
                return Err(Stopped::with(self.note(), error));
            }
        }
        Ok(())
    }

    /// Writes bytes, or borrows them if they are many and the body is made of slices.
    #[inline(always)]
    pub fn bytes(&mut self, bytes: &'v [u8]) {
        match &mut self.payloads {
            Some(payloads) if bytes.len() >= IO_PAYLOAD => {
                payloads.push((self.out.len(), bytes));
                self.ahead = self.ahead.wrapping_sub(bytes.len());
            }
            _ => self.out.extend_from_slice(bytes),
        }
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
    ) -> Written {
        if self.probe == Some(self.pointers.len) {
            // The error was noted before.
            return Err(Stopped::again(self.note(), field));
        }
        self.pointers.push(Pending {
            slot: self.out.len().saturating_sub(back),
            target,
            layout,
            block: self.block,
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
    ) -> Written {
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

    /// The places of pointees that follow right behind a run of this size, which comes next.
    #[inline(always)]
    #[must_use]
    pub fn places(&self, size: usize) -> Places {
        Places(self.offset().saturating_add(size))
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

#[inline]
fn check_length(length: usize) -> Result<usize, Error> {
    // Where sizes have 32 bits, a sum that does not fit is the largest, and no buffer has half of it.
    match (u32::try_from(length), isize::try_from(length)) {
        (Ok(_), Ok(_)) => Ok(length),
        _ => Err(Error::new(ErrorKind::MessageTooLarge { length }, &"", 0)),
    }
}

/// The error of a value that cannot be encoded: it is tried once more, and the error noted.
#[cold]
#[inline(never)]
fn diagnose<R>(value: &dyn Encode) -> Result<R, Error> {
    let (mut scratch, mut payloads, mut failure) = (Vec::new(), Vec::new(), Failure::default());
    let mut writer = Writer::new(value, &mut scratch, Some(&mut payloads));
    writer.note = Some(&mut failure);
    let stopped = value.write(&mut writer).is_err() || writer.pointees().is_err();
    debug_assert!(stopped, "what stopped once stops again");
    Err(failure.into_error())
}
