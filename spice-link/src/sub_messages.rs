//! Sub-messages: messages inside the body of another message.

use alloc::vec::Vec;
use core::iter::FusedIterator;
use core::ops::Range;

use spice_messages::base;
use spice_wire::__private::FixedSize;
use spice_wire::{Decode, List, Side};

use crate::frame_error::FrameError;
use crate::proto::types::{MiniDataHeader, SubMessageList};
use crate::raw_message::RawMessage;

/// Iterator over the messages of a frame, in the order in which to handle them.
///
/// Created by [`Frame::messages`](crate::Frame::messages).
#[derive(Clone, Debug)]
pub struct Messages<'a> {
    body: &'a [u8],
    offsets: List<'a, u32>,
    /// Indexes of the sub-messages that are still to come.
    indexes: Range<usize>,
    /// The message that carries the sub-messages.
    carrier: Option<RawMessage<'a>>,
}

impl<'a> Messages<'a> {
    pub(crate) fn without_sub_messages(message: RawMessage<'a>) -> Self {
        Self {
            body: &[],
            offsets: List::default(),
            indexes: 0..0,
            carrier: Some(message),
        }
    }

    /// Returns the offsets of the sub-messages in the body, in the order of the messages.
    #[cfg(any(feature = "blocking", feature = "tokio"))]
    pub(crate) fn offsets(&self) -> List<'a, u32> {
        self.offsets.clone()
    }

    fn sub_message(&self, index: usize) -> Option<RawMessage<'a>> {
        // `read` has checked all sub-messages.
        sub_message(self.body, self.offsets.get(index)?).ok()
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = RawMessage<'a>;

    fn next(&mut self) -> Option<RawMessage<'a>> {
        match self.indexes.next() {
            Some(index) => self.sub_message(index),
            None => self.carrier.take(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.indexes.len() + usize::from(self.carrier.is_some());
        (left, Some(left))
    }
}

impl DoubleEndedIterator for Messages<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        if let Some(carrier) = self.carrier.take() {
            return Some(carrier);
        }
        let index = self.indexes.next_back()?;
        self.sub_message(index)
    }
}

impl ExactSizeIterator for Messages<'_> {}
impl FusedIterator for Messages<'_> {}

/// Returns whether the body of a message is a sub-message list.
pub(crate) const fn is_list(sender: Side, id: u16) -> bool {
    matches!(sender, Side::Server) && id == base::server::id::LIST
}

/// Checks the sub-message list at `offset` of `body` and all its sub-messages.
pub(crate) fn read<'a>(
    body: &'a [u8],
    offset: u32,
    sender: Side,
    carrier: Option<RawMessage<'a>>,
) -> Result<Messages<'a>, FrameError> {
    let offsets = read_offsets(body, offset)?;
    check_each(body, &offsets, sender)?;
    let start = u64::from(offset);
    let list = start..start + list_len(offsets.len() as u64);
    check_overlap(body, &offsets, &list)?;
    Ok(Messages {
        body,
        indexes: 0..offsets.len(),
        offsets,
        carrier,
    })
}

fn read_offsets(body: &[u8], offset: u32) -> Result<List<'_, u32>, FrameError> {
    let Some(list) = tail(body, offset) else {
        let length = body.len();
        return Err(FrameError::ListOutside { offset, length });
    };
    match SubMessageList::decode(list) {
        Ok(list) => Ok(list.offsets),
        Err(_) => {
            let count = list.first_chunk().copied().map_or(0, u16::from_le_bytes);
            Err(FrameError::ListCutOff {
                needed: list_len(count.into()),
                available: list.len(),
            })
        }
    }
}

/// Length in bytes of a list of `count` sub-messages.
const fn list_len(count: u64) -> u64 {
    2 + 4 * count
}

fn tail(body: &[u8], offset: u32) -> Option<&[u8]> {
    body.get(usize::try_from(offset).ok()?..)
}

/// Checks that each sub-message is inside the body and is not a list.
fn check_each(body: &[u8], offsets: &List<'_, u32>, sender: Side) -> Result<(), FrameError> {
    for (index, offset) in (0..=u16::MAX).zip(offsets) {
        let message = sub_message(body, offset).map_err(|size| FrameError::SubMessage {
            index,
            offset,
            size,
            length: body.len(),
        })?;
        if is_list(sender, message.id) {
            return Err(FrameError::ListInList { index });
        }
    }
    Ok(())
}

/// Reads the sub-message at `offset`: a mini header and a body.
///
/// The error is the number of bytes that the sub-message needs.
pub(crate) fn sub_message(body: &[u8], offset: u32) -> Result<RawMessage<'_>, u64> {
    let header_size = MiniDataHeader::SIZE;
    let (header, rest) = tail(body, offset)
        .and_then(|bytes| bytes.split_at_checked(header_size))
        .ok_or(header_size as u64)?;
    let MiniDataHeader { r#type, size } = MiniDataHeader::get(header, 0);
    let data = usize::try_from(size).ok().and_then(|size| rest.get(..size));
    let data = data.ok_or(header_size as u64 + u64::from(size))?;
    Ok(RawMessage {
        is_sub_message: true,
        ..RawMessage::new(r#type, data)
    })
}

/// Bytes of the sub-message at `offset`.
fn range_of(body: &[u8], offset: u32) -> Range<u64> {
    let start = u64::from(offset);
    let length = sub_message(body, offset).map_or(0, |message| message.body.len());
    start..start + (MiniDataHeader::SIZE + length) as u64
}

const fn overlap(first: &Range<u64>, second: &Range<u64>) -> bool {
    first.start < second.end && second.start < first.end
}

/// Checks that no sub-message overlaps the list or another sub-message.
///
/// Otherwise a short frame could expand to many large messages.
fn check_overlap(
    body: &[u8],
    offsets: &List<'_, u32>,
    list: &Range<u64>,
) -> Result<(), FrameError> {
    let ranges = || offsets.iter().map(|offset| range_of(body, offset));
    let mut indexed = (0..=u16::MAX).zip(ranges());
    if let Some((index, _)) = indexed.find(|(_, range)| overlap(range, list)) {
        return Err(FrameError::Overlap { index, other: None });
    }
    let is_ascending = ranges()
        .zip(ranges().skip(1))
        .all(|(first, second)| first.end <= second.start);
    if is_ascending {
        return Ok(());
    }
    // Takes half as much memory as the list takes in the body.
    let mut order: Vec<u16> = (0..=u16::MAX)
        .zip(offsets)
        .map(|(index, _)| index)
        .collect();
    let offset = |index: u16| offsets.get(index.into()).unwrap_or_default();
    order.sort_unstable_by_key(|index| (offset(*index), *index));
    for (first, second) in order.iter().zip(order.iter().skip(1)) {
        let first_range = range_of(body, offset(*first));
        if overlap(&first_range, &range_of(body, offset(*second))) {
            return Err(FrameError::Overlap {
                index: *second,
                other: Some(*first),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};

    use bytes::Bytes;
    use spice_messages::base::server::id::LIST;

    use super::*;
    use crate::frame::Frame;
    use crate::header::HeaderFormat;
    use crate::proto::types::DataHeader;

    fn frame_of(sender: Side, id: u16, sub_list: u32, body: &[u8]) -> Frame {
        let header = DataHeader {
            serial: 1,
            r#type: id,
            size: body.len().try_into().unwrap(),
            sub_list,
        };
        let bytes = Bytes::from([&[0; 18], body].concat());
        Frame::new(sender, HeaderFormat::Full, header, bytes, Vec::new(), 0)
    }

    fn frame(id: u16, sub_list: u32, body: &[u8]) -> Frame {
        frame_of(Side::Server, id, sub_list, body)
    }

    /// Id, announced size and data of a sub-message.
    type Part<'p> = (u16, u32, &'p [u8]);

    /// Builds the body of a `list`: the offsets, then the sub-messages.
    fn list_body(offsets: &[u32], parts: &[Part<'_>]) -> Vec<u8> {
        let mut body = u16::try_from(offsets.len()).unwrap().to_le_bytes().to_vec();
        body.extend(offsets.iter().flat_map(|offset| offset.to_le_bytes()));
        for (id, size, data) in parts {
            body.extend(id.to_le_bytes());
            body.extend(size.to_le_bytes());
            body.extend_from_slice(data);
        }
        body
    }

    /// Ids and bodies of the messages of a frame, in order.
    fn messages(frame: &Frame) -> Result<Vec<(u16, &[u8])>, FrameError> {
        let messages = frame.messages()?;
        let expected = messages.len();
        let found: Vec<_> = messages.map(|message| (message.id, message.body)).collect();
        assert_eq!(found.len(), expected);
        Ok(found)
    }

    fn list_error(offsets: &[u32], parts: &[Part<'_>]) -> String {
        let body = list_body(offsets, parts);
        messages(&frame(LIST, 0, &body)).unwrap_err().to_string()
    }

    #[test]
    fn sub_messages_outside_of_the_body_are_refused() {
        assert_eq!(
            list_error(&[7], &[(3, 0, &[])]),
            "sub-message 0 needs 6 bytes from byte 7, beyond the body of 12 bytes"
        );
        assert_eq!(
            list_error(&[u32::MAX], &[(3, 0, &[])]),
            "sub-message 0 needs 6 bytes from byte 4294967295, beyond the body of 12 bytes"
        );
        assert_eq!(
            list_error(&[6], &[(3, 5, &[0; 4])]),
            "sub-message 0 needs 11 bytes from byte 6, beyond the body of 16 bytes"
        );
        assert_eq!(
            list_error(&[6], &[(3, u32::MAX, &[0; 4])]),
            "sub-message 0 needs 4294967301 bytes from byte 6, beyond the body of 16 bytes"
        );
    }

    #[test]
    fn overlapping_sub_messages_are_refused() {
        // Overlap in both orders, and the same sub-message twice.
        let parts: [Part<'_>; 1] = [(3, 9, &[0; 9])];
        for (offsets, text) in [
            ([10, 13], "sub-message 1 overlaps sub-message 0"),
            ([13, 10], "sub-message 0 overlaps sub-message 1"),
            ([10, 10], "sub-message 1 overlaps sub-message 0"),
        ] {
            assert_eq!(list_error(&offsets, &parts), text);
        }
        // The list contains itself.
        let text = "sub-message 0 overlaps the sub-message list";
        assert_eq!(list_error(&[0], &[(3, 0, &[])]), text);
        assert_eq!(list_error(&[2], &[(0, 0, &[])]), text);
    }

    #[test]
    fn list_inside_a_list_is_refused() {
        assert_eq!(
            list_error(&[10, 16], &[(3, 0, &[]), (LIST, 2, &[0, 0])]),
            "sub-message 1 is itself a list of sub-messages"
        );
    }

    #[test]
    fn lists_outside_of_the_body_are_refused() {
        let error =
            |sub_list, body: &[u8]| messages(&frame(7, sub_list, body)).unwrap_err().to_string();
        assert_eq!(
            error(5, &[0; 4]),
            "the sub-message list starts at byte 5, beyond the body of 4 bytes"
        );
        assert_eq!(
            error(u32::MAX, &[]),
            "the sub-message list starts at byte 4294967295, beyond the body of 0 bytes"
        );
        assert_eq!(
            error(4, &[0; 4]),
            "the sub-message list needs 2 bytes, but 0 are left"
        );
        assert_eq!(
            error(1, &[0, 0xff, 0xff, 0, 0, 0, 0]),
            "the sub-message list needs 262142 bytes, but 6 are left"
        );
        assert_eq!(messages(&frame(7, 2, &[1, 2, 0, 0])).unwrap().len(), 1);
    }

    #[test]
    fn client_message_with_the_id_of_list_is_not_a_list() {
        let body = list_body(&[6], &[(3, 0, &[])]);
        let server = frame(LIST, 0, &body);
        assert_eq!(messages(&server), Ok(alloc::vec![(3, &[][..])]));
        let client = frame_of(Side::Client, LIST, 0, &body);
        assert_eq!(messages(&client), Ok(alloc::vec![(LIST, &*body)]));
    }

    #[test]
    fn messages_iterate_from_both_ends() {
        let mut body = list_body(&[14, 22, 28], &[(3, 2, &[1, 2]), (4, 0, &[]), (9, 0, &[])]);
        body.push(0);
        let ids = |messages: &mut dyn Iterator<Item = RawMessage<'_>>| -> Vec<u16> {
            messages.map(|message| message.id).collect()
        };
        let list = frame(LIST, 0, &body);
        assert_eq!(ids(&mut list.messages().unwrap()), [3, 4, 9]);
        assert_eq!(ids(&mut list.messages().unwrap().rev()), [9, 4, 3]);
        // The offset 0 means "no list", so the carrier starts with a byte of its own.
        let mut carried = alloc::vec![0];
        carried.extend(list_body(&[7], &[(3, 0, &[])]));
        let carried = frame(7, 1, &carried);
        let carried = carried.messages().unwrap();
        assert_eq!(ids(&mut carried.clone()), [3, 7]);
        assert_eq!(ids(&mut carried.rev()), [7, 3]);
    }

    #[test]
    fn damaged_lists_never_expand_beyond_their_bytes() {
        let parts: [Part<'_>; 3] = [(3, 2, &[1, 2]), (4, 0, &[]), (9, 4, &[1, 2, 3, 4])];
        let body = list_body(&[14, 22, 28], &parts);
        assert_eq!(messages(&frame(LIST, 0, &body)).unwrap().len(), 3);
        let mut accepted = 0;
        for at in 0..body.len() {
            for value in 0..=255 {
                let mut body = body.clone();
                body[at] = value;
                for length in [body.len(), at + 1] {
                    let frame = frame(LIST, 0, &body[..length]);
                    let Ok(found) = messages(&frame) else {
                        continue;
                    };
                    let total: usize = found.iter().map(|(_, part)| part.len() + 6).sum();
                    assert!(total + 2 + 4 * found.len() <= length);
                    accepted += 1;
                }
            }
        }
        assert!(accepted > 256, "{accepted}");
    }
}
