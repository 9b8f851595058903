//! Messages inside of a message.

use alloc::vec::Vec;
use core::iter::FusedIterator;

use spice_wire::__private::FixedSize;
use spice_wire::{Decode, List, Reader, Side};

use crate::frame::{FrameError, RawMessage, is_list};
use crate::proto::types::{MiniDataHeader, SubMessageList};

/// The messages of a frame, in the order in which they are to be handled.
#[derive(Clone, Debug)]
pub struct Messages<'a> {
    body: &'a [u8],
    offsets: List<'a, u32>,
    next: usize,
    carrier: Option<RawMessage<'a>>,
}

impl<'a> Messages<'a> {
    /// A message without sub-messages.
    pub(crate) fn only(carrier: RawMessage<'a>) -> Self {
        Self {
            body: &[],
            offsets: List::default(),
            next: 0,
            carrier: Some(carrier),
        }
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = RawMessage<'a>;

    fn next(&mut self) -> Option<RawMessage<'a>> {
        if let Some(offset) = self.offsets.get(self.next) {
            self.next += 1;
            // Checked before.
            return sub_message(self.body, offset).ok();
        }
        self.carrier.take()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.offsets.len().saturating_sub(self.next);
        let left = left.saturating_add(usize::from(self.carrier.is_some()));
        (left, Some(left))
    }
}

impl ExactSizeIterator for Messages<'_> {}
impl FusedIterator for Messages<'_> {}

/// Checks the list that begins at `offset` of a body, and reads its sub-messages.
pub(crate) fn read<'a>(
    body: &'a [u8],
    offset: u32,
    sender: Side,
    carrier: Option<RawMessage<'a>>,
) -> Result<Messages<'a>, FrameError> {
    let offsets = offsets(body, offset)?;
    check_each(body, &offsets, sender)?;
    let list = Extent {
        start: offset.into(),
        end: u64::from(offset) + list_size(offsets.len() as u64),
    };
    check_overlap(body, &offsets, list)?;
    Ok(Messages {
        body,
        offsets,
        next: 0,
        carrier,
    })
}

fn offsets(body: &[u8], offset: u32) -> Result<List<'_, u32>, FrameError> {
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    let Some(list) = body.get(start..) else {
        let length = body.len();
        return Err(FrameError::ListOutside { offset, length });
    };
    match SubMessageList::decode(list) {
        Ok(list) => Ok(list.offsets),
        Err(_) => {
            let count = list
                .first_chunk()
                .map_or(0, |count| u16::from_le_bytes(*count));
            Err(FrameError::ListCutOff {
                needed: list_size(count.into()),
                available: list.len(),
            })
        }
    }
}

/// The length of a list of so many sub-messages.
const fn list_size(count: u64) -> u64 {
    2 + 4 * count
}

/// Each sub-message lies inside of the body and is no list itself.
fn check_each(body: &[u8], offsets: &List<'_, u32>, sender: Side) -> Result<(), FrameError> {
    for (index, offset) in (0..=u16::MAX).zip(offsets) {
        let found = sub_message(body, offset).map_err(|size| FrameError::SubMessage {
            index,
            offset,
            size,
            length: body.len(),
        })?;
        if is_list(sender, found.id) {
            return Err(FrameError::ListInList { index });
        }
    }
    Ok(())
}

/// A head of the shape of the short header, and the body. The error is how many bytes it would take.
fn sub_message(body: &[u8], offset: u32) -> Result<RawMessage<'_>, u64> {
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    let mut reader = Reader::new(body.get(start..).unwrap_or_default());
    let size_of_head = MiniDataHeader::SIZE as u64;
    let head = MiniDataHeader::decode_from(&mut reader).map_err(|_| size_of_head)?;
    let data = reader.bytes(Some(head.size.into()), "data");
    let data = data.map_err(|_| size_of_head + u64::from(head.size))?;
    Ok(RawMessage {
        is_sub_message: true,
        ..RawMessage::new(head.r#type, data)
    })
}

/// A part of the body.
#[derive(Clone, Copy)]
struct Extent {
    start: u64,
    end: u64,
}

impl Extent {
    const fn meets(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    fn of(body: &[u8], offset: u32) -> Self {
        let start = u64::from(offset);
        let length = sub_message(body, offset).map_or(0, |found| found.body.len());
        Self {
            start,
            end: start + (MiniDataHeader::SIZE + length) as u64,
        }
    }
}

/// No sub-message lies on the list or on another one: otherwise a short frame could stand for a
/// large number of large messages.
fn check_overlap(body: &[u8], offsets: &List<'_, u32>, list: Extent) -> Result<(), FrameError> {
    let extents = || offsets.iter().map(|offset| Extent::of(body, offset));
    if let Some((index, _)) = (0..=u16::MAX)
        .zip(extents())
        .find(|(_, part)| part.meets(list))
    {
        return Err(FrameError::Overlap { index, other: None });
    }
    let ascending = extents()
        .zip(extents().skip(1))
        .all(|(first, second)| first.end <= second.start);
    if ascending {
        return Ok(());
    }
    // Takes half of the room that the list itself has in the body.
    let mut order: Vec<u16> = (0..=u16::MAX)
        .zip(offsets)
        .map(|(index, _)| index)
        .collect();
    let offset = |index: u16| offsets.get(index.into()).unwrap_or_default();
    order.sort_unstable_by_key(|index| (offset(*index), *index));
    for (first, second) in order.iter().zip(order.iter().skip(1)) {
        let (before, after) = (offset(*first), offset(*second));
        if Extent::of(body, before).meets(Extent::of(body, after)) {
            return Err(FrameError::Overlap {
                index: *second,
                other: Some(*first),
            });
        }
    }
    Ok(())
}
