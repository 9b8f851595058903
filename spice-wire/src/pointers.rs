//! The order of pointees: what becomes of the pointers that a block leaves behind.
//!
//! Most `@marshall` pointers are not among them: their pointees come right behind the block, so their
//! places are known when the block is written.

use alloc::vec::Vec;

use crate::error::FieldName;
use crate::out::{Growing, Out};
use crate::stopped::Stopped;
use crate::traits::Encode;
use crate::writer::{Writer, Written};

/// How a pointer is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `@marshall`: the pointee follows before any later pointer's.
    DepthFirst,
    /// Any other pointer: the pointee follows after the pointees of all blocks before.
    BreadthFirst,
}

/// An offset that is in range in any body that holds a pointer, and not null.
const EMPTY_POINTEE: u32 = 1;

/// A pointer to what has this length and stands at `place`.
#[inline(always)]
pub(crate) fn offset(place: usize, length: usize) -> u32 {
    match length {
        0 => EMPTY_POINTEE,
        _ => u32::try_from(place).unwrap_or(u32::MAX),
    }
}

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

/// The pointers that the blocks of a body leave behind.
pub(crate) struct Pointers<'v> {
    queue: Queue<Pending<'v>>,
    root: &'v dyn Encode,
    /// The pointer whose pointee is being written, or [`ROOT`].
    block: usize,
    /// Set to find the path of a block's pointer: which one.
    probe: Option<usize>,
}

impl<'v> Pointers<'v> {
    #[inline(always)]
    pub(crate) const fn new(root: &'v dyn Encode) -> Self {
        Self {
            queue: Queue::new(),
            root,
            block: ROOT,
            probe: None,
        }
    }
}

impl<'v, O: Out<'v>> Writer<'_, 'v, O> {
    /// Tells that the four bytes that stand `back` bytes before this place are a pointer to `target`.
    ///
    /// # Errors
    /// Only while the path of an error in a pointee is looked for.
    #[inline]
    pub fn pointer(
        &mut self,
        back: usize,
        target: &'v impl Encode,
        layout: Layout,
        field: FieldName,
    ) -> Written {
        // Who leaves pointers has said so before.
        let Some(pointers) = &mut self.pointers else {
            return Err(Stopped::full());
        };
        if pointers.probe == Some(pointers.queue.len) {
            // The error was noted before.
            return Err(Stopped::again(self.note(), field));
        }
        pointers.queue.push(Pending {
            slot: self.out.buffer()?.len().saturating_sub(back),
            target,
            layout,
            block: pointers.block,
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
        target: &'v impl Encode,
        (empty, nonnull): (bool, bool),
        layout: Layout,
        field: FieldName,
    ) -> Written {
        match (empty, nonnull) {
            (true, false) => Ok(()),
            _ => self.pointer(back, target, layout, field),
        }
    }
}

impl<'o, 'v> Writer<'o, 'v> {
    /// Writes the pointees of all pointers that were left behind, those that their blocks leave included.
    #[inline(always)]
    pub(crate) fn pointees(self) -> Written {
        match self.pointers {
            // The writer is handed over, since a place in memory would be a detour for all before.
            Some(_) => self.follow(),
            None => Ok(()),
        }
    }

    /// How many pointers were left behind.
    #[inline(always)]
    fn left(&self) -> usize {
        self.pointers.as_ref().map_or(0, |left| left.queue.len)
    }

    fn pending(&self, index: usize) -> Option<Pending<'v>> {
        self.pointers.as_ref()?.queue.get(index)
    }

    #[inline(never)]
    fn follow(mut self) -> Written {
        let mut first = 0;
        // Where there is one pointer only, there is no order.
        while first + 1 == self.left() {
            first = self.begin(first)?;
        }
        match first < self.left() {
            true => self.follow_in_order(first),
            false => Ok(()),
        }
    }

    /// Writes all pointees of the block whose pointers start at index `first`, where nothing else is to
    /// be written.
    fn follow_in_order(&mut self, first: usize) -> Written {
        let mut later = Queue::new();
        self.depth_first(first, &mut later)?;
        let mut next = 0;
        while let Some(index) = later.get(next) {
            next += 1;
            let first = self.begin(index)?;
            if first < self.left() {
                self.depth_first(first, &mut later)?;
            }
        }
        Ok(())
    }

    /// Writes the depth-first pointees of a block whose pointers start at index `first`, and notes
    /// the others in the order in which they are met.
    fn depth_first(&mut self, first: usize, later: &mut Queue<usize>) -> Written {
        for index in first..self.left() {
            match self.pending(index).map(|pending| pending.layout) {
                Some(Layout::DepthFirst) => {
                    let inner = self.begin(index)?;
                    if inner < self.left() {
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
        let place = self.offset();
        let Some(left) = &mut self.pointers else {
            return Ok(0);
        };
        let first = left.queue.len;
        let Some(pending) = left.queue.get(index) else {
            return Ok(first);
        };
        left.block = index;
        if let Err(stopped) = pending.target.write_block(self) {
            return Err(self.locate(index, stopped));
        }
        let length = self.offset().wrapping_sub(place);
        self.out.patch(pending.slot, offset(place, length));
        Ok(first)
    }

    /// Notes where a pointee with an error stands, as seen from the message. A pointer does not know in
    /// which field it stands; so its block is written once more, up to the pointer.
    #[cold]
    fn locate(&mut self, mut index: usize, mut stopped: Stopped) -> Stopped {
        let Some(left) = self.pointers.as_ref().filter(|_| self.note.is_some()) else {
            return stopped;
        };
        while let Some(pending) = left.queue.get(index) {
            let block = match left.queue.get(pending.block) {
                Some(outer) => outer.target,
                None => left.root,
            };
            let before = (0..index).filter_map(|before| left.queue.get(before));
            let nth = before
                .filter(|before| before.block == pending.block)
                .count();
            let mut scratch = Vec::new();
            let mut pointers = Pointers::new(block);
            pointers.probe = Some(nth);
            let out = Growing::new(&mut scratch, 0, None);
            let mut probe = Writer::new(out, Some(&mut pointers), 0);
            probe.note = self.note.as_deref_mut();
            if let Err(located) = block.write_block(&mut probe) {
                stopped = located;
            }
            index = pending.block;
        }
        stopped
    }
}
