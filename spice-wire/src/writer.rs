//! Writing a body.
//!
//! Blocks are appended to a buffer one after the other. A pointer waits in a chain for its offset until the
//! pointee is written.
//!
//! There is one chain for the pointers of the block that was written last, and one for all breadth-first
//! pointers. `Encode::write_pointees` visits the pointers in field order. It first takes those of the block:
//! depth-first pointees are written, breadth-first pointers move to the other chain. Later visits, one per
//! level, write the breadth-first pointees.

use alloc::vec::Vec;
use core::mem;

use crate::__private::FixedSize;
use crate::buffer::{check_length, grow, reserve};
use crate::pointer_chain::PointerChain;
use crate::{Encode, IoBody, Result, Text};

/// Size of a segment in bytes above which it is filled in the buffer and not on the stack.
const LARGE_SEGMENT: usize = 512;

/// Where a pointee's block follows in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointeeOrder {
    /// `@marshall`: directly after the block with the pointer, followed by its own depth-first pointees.
    DepthFirst,
    /// After the pointees of all earlier pointers.
    BreadthFirst,
}

/// Takes a payload and its position in the buffer. Returns whether it borrowed the payload.
pub(crate) type Borrow<'w, 'v> = &'w mut dyn FnMut(usize, &'v [u8]) -> bool;

/// The body of a message under construction.
///
/// The writer owns its buffer, so that length and capacity can stay in registers. A function that is not
/// inlined is called by `outlined`, or takes the buffer and returns it.
pub struct Writer<'w, 'v> {
    pub(crate) out: Vec<u8>,
    /// Length of `out` before the body.
    start: usize,
    /// `out.len() - origin` is the offset in the body. Wraps around if payloads are borrowed.
    origin: usize,
    /// Pointers of the last block.
    block: PointerChain,
    /// Breadth-first pointers of all blocks.
    breadth_first: PointerChain,
    /// Number of breadth-first pointers to follow until a pointee is written; 0 for the pointers of the last
    /// block.
    level: usize,
    borrow: Option<Borrow<'w, 'v>>,
}

impl<'w, 'v> Writer<'w, 'v> {
    #[inline(always)]
    pub(crate) fn new(out: Vec<u8>, borrow: Option<Borrow<'w, 'v>>) -> Self {
        let start = out.len();
        Self {
            out,
            start,
            origin: start,
            block: PointerChain::EMPTY,
            breadth_first: PointerChain::EMPTY,
            level: 0,
            borrow,
        }
    }

    /// Continues a body that begins at `origin` of `out`, by a value that has no pointers.
    #[inline(always)]
    pub(crate) fn at(out: Vec<u8>, origin: usize) -> Self {
        Self {
            origin,
            ..Self::new(out, None)
        }
    }

    /// Calls a function that is not inlined. The writer moves, so that its address does not escape.
    #[inline(always)]
    pub(crate) fn outlined<R>(&mut self, write: impl FnOnce(&mut Self) -> R) -> R {
        let level = self.level;
        let mut writer = mem::replace(self, Self::new(Vec::new(), None));
        let result = write(&mut writer);
        mem::forget(mem::replace(self, writer));
        self.level = level;
        result
    }

    /// Writes a value that was decoded from `source` for this purpose. Payloads are borrowed from
    /// `source`, which outlives the value.
    #[inline]
    pub(crate) fn decoded_from<'t, R>(
        &mut self,
        source: &'v [u8],
        write: impl FnOnce(&mut Writer<'_, 't>) -> R,
    ) -> R {
        let mut outer = self.borrow.take();
        let mut borrow = |position: usize, payload: &'t [u8]| {
            let target = outer.as_mut().zip(same_bytes(source, payload));
            target.is_some_and(|(outer, payload)| outer(position, payload))
        };
        let mut writer = Writer {
            out: mem::take(&mut self.out),
            start: self.start,
            origin: self.origin,
            block: self.block,
            breadth_first: self.breadth_first,
            level: self.level,
            borrow: Some(&mut borrow),
        };
        let result = write(&mut writer);
        (self.out, self.origin) = (writer.out, writer.origin);
        (self.block, self.breadth_first) = (writer.block, writer.breadth_first);
        self.borrow = outer;
        result
    }

    /// Number of bytes of the body so far.
    #[inline(always)]
    pub(crate) fn offset(&self) -> usize {
        self.out.len().wrapping_sub(self.origin)
    }

    /// Writes a segment of fixed-size fields, which `fill` puts into zeros.
    #[inline(always)]
    pub fn segment<const N: usize>(&mut self, fill: impl FnOnce(&mut [u8; N])) -> Result<()> {
        if N > LARGE_SEGMENT {
            return self.outlined(|writer| writer.large_segment(fill));
        }
        if N > self.out.capacity().wrapping_sub(self.out.len()) {
            let mut segment = [0; N];
            fill(&mut segment);
            self.append_growing(&segment)
        } else {
            // A separate array per branch can stay in registers.
            let mut segment = [0; N];
            fill(&mut segment);
            self.out.extend_from_slice(&segment);
            Ok(())
        }
    }

    fn large_segment<const N: usize>(&mut self, fill: impl FnOnce(&mut [u8; N])) -> Result<()> {
        let offset = self.offset();
        reserve(&mut self.out, N, offset)?;
        self.out.resize(self.out.len().saturating_add(N), 0);
        if let Some(segment) = self.out.last_chunk_mut() {
            fill(segment);
        }
        Ok(())
    }

    /// Writes zeros.
    #[inline(always)]
    pub fn zeros<const N: usize>(&mut self) -> Result<()> {
        self.segment(|_: &mut [u8; N]| {})
    }

    #[inline(always)]
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        if bytes.len() > self.out.capacity().wrapping_sub(self.out.len()) {
            self.append_growing(bytes)
        } else {
            self.out.extend_from_slice(bytes);
            Ok(())
        }
    }

    #[inline(always)]
    fn append_growing(&mut self, bytes: &[u8]) -> Result<()> {
        self.append_with(|out, origin| grow(out, bytes, origin))
    }

    /// Calls a function that is not inlined and appends to the buffer, in which the body begins at `origin`.
    #[inline(always)]
    pub(crate) fn append_with(
        &mut self,
        append: impl FnOnce(Vec<u8>, usize) -> (Vec<u8>, Result<()>),
    ) -> Result<()> {
        let (out, result) = append(mem::take(&mut self.out), self.origin);
        self.out = out;
        result
    }

    /// Writes bytes, or borrows large payloads if the body consists of slices.
    #[inline(always)]
    pub fn bytes(&mut self, bytes: &'v [u8]) -> Result<()> {
        if bytes.len() >= IoBody::MIN_PAYLOAD
            && let Some(borrow) = &mut self.borrow
            && borrow(self.out.len(), bytes)
        {
            self.origin = self.origin.wrapping_sub(bytes.len());
            return Ok(());
        }
        self.append(bytes)
    }

    /// Writes text.
    #[inline(always)]
    pub fn text(&mut self, text: &'v Text<'_>) -> Result<()> {
        let (bytes, nul) = text.wire_parts();
        self.bytes(bytes)?;
        match nul {
            true => self.zeros::<1>(),
            false => Ok(()),
        }
    }

    /// Writes text that must have one zero byte, at its end.
    #[inline(always)]
    pub fn cstring(&mut self, text: &'v Text<'_>, field: &'static str) -> Result<()> {
        self.check_cstring(text, field)?;
        self.text(text)
    }

    /// Writes the value of a field.
    #[inline(always)]
    pub fn field(&mut self, value: &'v impl Encode, field: &'static str) -> Result<()> {
        value.write(self).map_err(|error| error.in_field(field))
    }

    /// Writes the elements of an array.
    #[inline(always)]
    pub fn elements(&mut self, values: &'v [impl Encode], field: &'static str) -> Result<()> {
        for (index, value) in values.iter().enumerate() {
            if let Err(error) = value.write(self) {
                return Err(error.in_element(index).in_field(field));
            }
        }
        Ok(())
    }

    /// Announces that the four bytes that start `back` bytes before the end are a pointer.
    #[inline(always)]
    pub fn pointer(&mut self, back: usize) {
        let pointer = self.out.len().wrapping_sub(back);
        self.block.push(&mut self.out, self.start, pointer);
    }

    /// Visits the next announced pointer.
    #[inline(always)]
    pub fn pointee(
        &mut self,
        target: &'v impl Encode,
        order: PointeeOrder,
        field: &'static str,
    ) -> Result<()> {
        let result = match (order, self.level) {
            (PointeeOrder::DepthFirst, 0) => {
                let pointer = self.block.pop(&self.out, self.start);
                self.block(target, pointer)
            }
            (PointeeOrder::BreadthFirst, 0) => {
                let pointer = self.block.pop(&self.out, self.start);
                self.breadth_first.push(&mut self.out, self.start, pointer);
                return Ok(());
            }
            (PointeeOrder::BreadthFirst, 1) => {
                let pointer = self.breadth_first.pop(&self.out, self.start);
                self.block(target, pointer)
            }
            (PointeeOrder::DepthFirst, _) => target.write_pointees(self),
            (PointeeOrder::BreadthFirst, level) => {
                self.level = level - 1;
                let result = target.write_pointees(self);
                self.level = level;
                result
            }
        };
        result.map_err(|error| error.in_field(field))
    }

    /// Writes the pointees in the value of a field.
    #[inline(always)]
    pub fn pointees(&mut self, value: &'v impl Encode, field: &'static str) -> Result<()> {
        let result = value.write_pointees(self);
        result.map_err(|error| error.in_field(field))
    }

    /// Writes the pointees in the elements of an array.
    #[inline(always)]
    pub fn element_pointees(
        &mut self,
        values: &'v [impl Encode],
        field: &'static str,
    ) -> Result<()> {
        for (index, value) in values.iter().enumerate() {
            if let Err(error) = value.write_pointees(self) {
                return Err(error.in_element(index).in_field(field));
            }
        }
        Ok(())
    }

    /// Writes a pointee and its depth-first pointees, and sets the pointer to it.
    #[inline(always)]
    fn block(&mut self, target: &'v impl Encode, pointer: usize) -> Result<()> {
        let siblings = mem::replace(&mut self.block, PointerChain::EMPTY);
        let offset = self.offset();
        target.write(self)?;
        // An empty pointee gets an offset that is valid in any body with a pointer.
        let offset = if self.offset() == offset { 1 } else { offset };
        (offset as u32).put(&mut self.out, pointer);
        if !self.block.is_empty() {
            self.outlined(|writer| {
                let level = mem::replace(&mut writer.level, 0);
                let result = target.write_pointees(writer);
                writer.level = level;
                result
            })?;
        }
        self.block = siblings;
        Ok(())
    }

    /// Writes a body.
    #[inline(always)]
    pub(crate) fn body(&mut self, value: &'v impl Encode) -> Result<()> {
        value.write(self)?;
        if !self.block.is_empty() {
            value.write_pointees(self)?;
        }
        if !self.breadth_first.is_empty() {
            self.level = 1;
            value.write_pointees(self)?;
        }
        if self.breadth_first.is_empty() {
            return check_length(self.offset());
        }
        // Only a copy of the writer is in memory.
        let writer = Writer {
            out: mem::take(&mut self.out),
            borrow: self.borrow.take(),
            ..*self
        };
        let (out, result) = writer.breadth_first_levels(value);
        self.out = out;
        result
    }

    #[inline(never)]
    fn breadth_first_levels(mut self, value: &'v impl Encode) -> (Vec<u8>, Result<()>) {
        let mut result = Ok(());
        while result.is_ok() && !self.breadth_first.is_empty() {
            self.level += 1;
            result = value.write_pointees(&mut self);
        }
        let result = result.and_then(|()| check_length(self.offset()));
        (self.out, result)
    }
}

/// The bytes of `part`, borrowed from `whole`. `None` if `part` lies elsewhere.
fn same_bytes<'a>(whole: &'a [u8], part: &[u8]) -> Option<&'a [u8]> {
    let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    whole.get(start..start.checked_add(part.len())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bytes, ErrorKind, IoBody};
    use alloc::string::ToString;
    use alloc::vec;

    /// A value with one pointer to bytes.
    struct Message<'a> {
        data: Bytes<'a>,
        order: PointeeOrder,
    }

    impl crate::__private::Sealed for Message<'_> {}

    impl Encode for Message<'_> {
        fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
            writer.segment(|segment: &mut [u8; 6]| 0x0102_u16.put(segment, 4))?;
            writer.pointer(6);
            Ok(())
        }

        fn write_pointees<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
            writer.pointee(&self.data, self.order, "data")
        }
    }

    #[test]
    fn pointee_follows_the_block() {
        for order in [PointeeOrder::DepthFirst, PointeeOrder::BreadthFirst] {
            let data = Bytes::new(&[7, 8]);
            let mut out = vec![9];
            Message { data, order }.encode(&mut out).unwrap();
            assert_eq!(out, [9, 6, 0, 0, 0, 2, 1, 7, 8]);
        }
    }

    /// A depth-first node has a breadth-first leaf. That leaf precedes the leaf of the message's next pointer.
    #[test]
    fn breadth_first_pointees_have_the_order_of_their_fields() {
        struct Node(u8);
        struct Root(Node, u8);
        impl crate::__private::Sealed for Node {}
        impl crate::__private::Sealed for Root {}

        impl Encode for Node {
            fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
                writer.zeros::<4>()?;
                writer.pointer(4);
                Ok(())
            }

            fn write_pointees<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
                writer.pointee(&self.0, BREADTH, "leaf")
            }
        }

        impl Encode for Root {
            fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
                writer.zeros::<8>()?;
                writer.pointer(8);
                writer.pointer(4);
                Ok(())
            }

            fn write_pointees<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
                writer.pointee(&self.0, DEPTH, "node")?;
                writer.pointee(&self.1, BREADTH, "leaf")
            }
        }

        let expected = [8, 0, 0, 0, 13, 0, 0, 0, 12, 0, 0, 0, 1, 2];
        let mut out = vec![9; 3];
        Root(Node(1), 2).encode(&mut out).unwrap();
        assert_eq!(out[3..], expected);
    }

    #[test]
    fn empty_pointee_has_a_valid_offset() {
        let message = Message {
            data: Bytes::default(),
            order: PointeeOrder::DepthFirst,
        };
        assert_eq!(message.encode_to_vec().unwrap(), [1, 0, 0, 0, 2, 1]);
    }

    /// A body longer than 4 GiB is refused before it is written.
    #[cfg(target_pointer_width = "64")]
    #[test]
    fn body_beyond_4_gib_is_refused_and_leaves_the_buffer() {
        // Untouched zeros take no memory.
        let data = Bytes::from(vec![0; u32::MAX as usize]);
        let message = Message {
            data,
            order: PointeeOrder::BreadthFirst,
        };
        let mut out = vec![1, 2, 3, 4, 5, 6, 7, 8];
        let error = message.encode(&mut out).unwrap_err();
        let length = u32::MAX as usize + 6;
        assert_eq!(error.kind(), ErrorKind::MessageTooLarge { length });
        assert_eq!(out, [1, 2, 3, 4, 5, 6, 7, 8]);
        assert!(out.capacity() < 1000);
        let mut body = IoBody::default();
        let error = message.encode_io(&mut body).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MessageTooLarge { length });
        assert!(body.is_empty());
    }

    #[test]
    fn large_segments_are_filled_in_the_buffer() {
        let mut writer = Writer::new(vec![3], None);
        writer
            .segment(|segment: &mut [u8; 1000]| 5_u32.put(segment, 996))
            .unwrap();
        assert_eq!(writer.out.len(), 1001);
        assert_eq!(writer.out[..2], [3, 0]);
        assert_eq!(writer.out[997..], [5, 0, 0, 0]);
        assert_eq!(writer.offset(), 1000);
    }

    #[test]
    fn payload_of_a_temporary_value_is_borrowed_from_its_source() {
        let source = vec![7; IoBody::MIN_PAYLOAD + 1];
        let mut payloads = vec![];
        let mut borrow = |position, payload: &[u8]| {
            payloads.push((position, payload.as_ptr().addr(), payload.len()));
            true
        };
        let mut writer = Writer::new(vec![], Some(&mut borrow));
        let result = writer.decoded_from(&source, |writer| writer.bytes(&source[1..]));
        result.unwrap();
        let result = writer.decoded_from(&source[..8], |writer| writer.bytes(&source[1..]));
        result.unwrap();
        assert_eq!(
            (writer.out.len(), writer.offset()),
            (IoBody::MIN_PAYLOAD, 2 * IoBody::MIN_PAYLOAD)
        );
        assert_eq!(
            payloads,
            [(0, source[1..].as_ptr().addr(), IoBody::MIN_PAYLOAD)]
        );
    }

    /// A named node with pointers to its children.
    struct Tree(u8, PointeeOrder, Vec<Tree>);

    const DEPTH: PointeeOrder = PointeeOrder::DepthFirst;
    const BREADTH: PointeeOrder = PointeeOrder::BreadthFirst;

    impl crate::__private::Sealed for Tree {}

    impl Encode for Tree {
        fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
            writer.segment(|segment: &mut [u8; 1]| self.0.put(segment, 0))?;
            for _ in &self.2 {
                writer.zeros::<4>()?;
                writer.pointer(4);
            }
            Ok(())
        }

        fn write_pointees<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
            let mut children = self.2.iter();
            children.try_for_each(|child| writer.pointee(child, child.1, "child"))
        }
    }

    fn root(children: Vec<Tree>) -> Vec<u8> {
        let mut out = vec![9; 3];
        Tree(b'r', DEPTH, children).encode(&mut out).unwrap();
        out.split_off(3)
    }

    #[test]
    fn breadth_first_levels_follow_each_other() {
        let e = Tree(b'e', BREADTH, vec![]);
        let d = Tree(b'd', BREADTH, vec![e]);
        let c = Tree(b'c', BREADTH, vec![]);
        let a = Tree(b'a', BREADTH, vec![c]);
        let b = Tree(b'b', BREADTH, vec![d]);
        let expected = b"r\x09\0\0\0\x0e\0\0\0a\x13\0\0\0b\x14\0\0\0cd\x19\0\0\0e";
        assert_eq!(root(vec![a, b]), expected);
    }

    #[test]
    fn depth_first_pointees_follow_their_block() {
        let c = Tree(b'c', DEPTH, vec![]);
        let d = Tree(b'd', DEPTH, vec![]);
        let a = Tree(b'a', DEPTH, vec![c]);
        let b = Tree(b'b', DEPTH, vec![d]);
        let expected = b"r\x09\0\0\0\x0f\0\0\0a\x0e\0\0\0cb\x14\0\0\0d";
        assert_eq!(root(vec![a, b]), expected);
    }

    #[test]
    fn breadth_first_pointee_has_depth_first_pointees() {
        let y = Tree(b'y', BREADTH, vec![]);
        let x = Tree(b'x', DEPTH, vec![y]);
        let a = Tree(b'a', BREADTH, vec![x]);
        let b = Tree(b'b', BREADTH, vec![]);
        let expected = b"r\x09\0\0\0\x13\0\0\0a\x0e\0\0\0x\x14\0\0\0by";
        assert_eq!(root(vec![a, b]), expected);
    }

    /// A byte. If the flag is set, it cannot be written.
    struct Byte(bool);

    impl crate::__private::Sealed for Byte {}

    impl Encode for Byte {
        fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
            self.write_pointees(writer)?;
            writer.zeros::<1>()
        }

        fn write_pointees<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
            match self.0 {
                true => Err(writer.variant_mismatch("byte")),
                false => Ok(()),
            }
        }
    }

    #[test]
    fn error_has_the_path_of_the_value() {
        let values = [Byte(false), Byte(true)];
        let mut writer = Writer::new(vec![], None);
        let path = |result: Result<()>| result.unwrap_err().field().to_string();
        assert_eq!(path(writer.field(&values[1], "f")), "f.byte");
        assert_eq!(path(writer.elements(&values, "f")), "f[1].byte");
        assert_eq!(path(writer.pointees(&values[1], "f")), "f.byte");
        assert_eq!(path(writer.element_pointees(&values, "f")), "f[1].byte");
        assert_eq!(writer.out, [0]);
        writer.field(&values[0], "f").unwrap();
        writer.elements(&values[..1], "f").unwrap();
        writer.pointees(&values[0], "f").unwrap();
        writer.element_pointees(&values[..1], "f").unwrap();
        assert_eq!(writer.out, [0; 3]);
        writer.pointer(3);
        assert_eq!(path(writer.pointee(&values[1], DEPTH, "p")), "p.byte");
    }

    #[test]
    fn text_ends_with_its_zero_byte() {
        let texts = [Text::from("ab"), Text::from_wire(b"cd")];
        let mut writer = Writer::new(vec![], None);
        writer.text(&texts[0]).unwrap();
        writer.text(&texts[1]).unwrap();
        writer.cstring(&texts[0], "text").unwrap();
        let error = writer.cstring(&texts[1], "text").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingNul);
        assert_eq!(writer.out, b"ab\0cdab\0");
    }
}
