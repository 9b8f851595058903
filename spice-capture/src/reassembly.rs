//! One direction of a TCP connection: segments in the order of the stream.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::segment::Segment;

/// Limits on the segments that wait for an earlier one.
pub(crate) const MAX_HELD_BYTES: usize = 4 << 20;
pub(crate) const MAX_HELD_SEGMENTS: usize = 4096;

/// Limit on the segments that wait if the receiver has acknowledged the missing bytes. The capture lacks these bytes,
/// unless it has the packets in another order.
const MAX_HELD_ACKNOWLEDGED: usize = 512;

/// A part of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Bytes.
    Data(&'a [u8]),
    /// This many bytes are not in the capture.
    Missing(u64),
}

/// Puts the segments of one sender in order.
///
/// Offsets count the bytes of the stream from the first one that is known.
#[derive(Debug, Default)]
pub(crate) struct Reassembly {
    /// Sequence number of the first known byte.
    first: Option<u32>,
    /// Sequence number of the next byte.
    sequence: Option<u32>,
    /// Offset of the next byte.
    next: u64,
    /// Segments that wait for an earlier one, by offset.
    held: BTreeMap<u64, Held>,
    held_bytes: usize,
    /// Offset up to which the receiver has acknowledged the stream.
    acknowledged: u64,
    /// Offset of the end, if it is known.
    end: Option<u64>,
}

#[derive(Debug)]
struct Held {
    time: Duration,
    data: Vec<u8>,
    cut_off: u32,
}

impl Reassembly {
    /// Whether a segment starts another connection with the same addresses.
    pub(crate) fn is_restarted_by(&self, segment: &Segment<'_>) -> bool {
        let start = segment.sequence.wrapping_add(1);
        segment.syn && self.first.is_some_and(|first| first != start)
    }

    /// Whether the whole stream was passed on.
    pub(crate) fn is_finished(&self) -> bool {
        self.end.is_some_and(|end| self.next >= end)
    }

    /// Number of bytes in segments that wait.
    pub(crate) const fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    /// Notes that the receiver has everything before a sequence number.
    pub(crate) fn acknowledge(&mut self, sequence: u32) {
        if let Some(expected) = self.sequence
            && let Ok(ahead) = u64::try_from(distance(expected, sequence))
        {
            let offset = self.next.saturating_add(ahead);
            self.acknowledged = self.acknowledged.max(offset);
        }
    }

    /// Adds a segment and passes on all pieces that are complete now.
    pub(crate) fn add(
        &mut self,
        time: Duration,
        segment: &Segment<'_>,
        pass_on: &mut dyn FnMut(Duration, Piece<'_>),
    ) {
        let sequence = if segment.syn {
            segment.sequence.wrapping_add(1)
        } else {
            segment.sequence
        };
        self.first.get_or_insert(sequence);
        let expected = *self.sequence.get_or_insert(sequence);
        let ahead = distance(expected, sequence);
        let (offset, data) = match u64::try_from(ahead) {
            Ok(ahead) => (self.next.saturating_add(ahead), segment.payload),
            Err(_) => {
                let behind = usize::try_from(ahead.unsigned_abs()).unwrap_or(usize::MAX);
                let data = segment.payload.get(behind..);
                (self.next, data.unwrap_or_default())
            }
        };
        let length = (segment.payload.len() as u64).saturating_add(segment.cut_off.into());
        if segment.fin && ahead >= 0 {
            self.end = Some(offset.saturating_add(length));
        }
        // Bytes before the next one were passed on already.
        let is_old = ahead < 0 && data.is_empty();
        if length == 0 || is_old {
            return;
        }
        if offset == self.next {
            self.accept(time, offset, data, segment.cut_off, pass_on);
            self.pass_on_held(pass_on);
        } else {
            self.hold(time, offset, data, segment.cut_off);
            while self.holds_too_much() {
                self.skip_missing(pass_on);
            }
        }
    }

    /// Passes on everything that waits, with the missing bytes before it.
    pub(crate) fn finish(&mut self, time: Duration, pass_on: &mut dyn FnMut(Duration, Piece<'_>)) {
        while !self.held.is_empty() {
            self.skip_missing(pass_on);
        }
        if let Some(end) = self.end
            && end > self.next
        {
            let missing = end.saturating_sub(self.next);
            self.advance(missing);
            pass_on(time, Piece::Missing(missing));
        }
    }

    fn hold(&mut self, time: Duration, offset: u64, data: &[u8], cut_off: u32) {
        let longer = |held: &Held| held.data.len() >= data.len();
        if self.held.get(&offset).is_some_and(longer) {
            return;
        }
        let held = Held {
            time,
            data: data.to_vec(),
            cut_off,
        };
        self.held_bytes = self.held_bytes.saturating_add(data.len());
        if let Some(replaced) = self.held.insert(offset, held) {
            self.held_bytes = self.held_bytes.saturating_sub(replaced.data.len());
        }
    }

    fn holds_too_much(&self) -> bool {
        let Some((first, _)) = self.held.first_key_value() else {
            return false;
        };
        let segments = if self.acknowledged >= *first {
            MAX_HELD_ACKNOWLEDGED
        } else {
            MAX_HELD_SEGMENTS
        };
        self.held.len() > segments || self.held_bytes > MAX_HELD_BYTES
    }

    /// Gives up the bytes before the first segment that waits.
    fn skip_missing(&mut self, pass_on: &mut dyn FnMut(Duration, Piece<'_>)) {
        let Some((first, held)) = self.held.first_key_value() else {
            return;
        };
        let missing = first.saturating_sub(self.next);
        let time = held.time;
        if missing > 0 {
            self.advance(missing);
            pass_on(time, Piece::Missing(missing));
        }
        self.pass_on_held(pass_on);
    }

    /// Passes on the segments that wait and follow immediately.
    fn pass_on_held(&mut self, pass_on: &mut dyn FnMut(Duration, Piece<'_>)) {
        while let Some(entry) = self.held.first_entry()
            && *entry.key() <= self.next
        {
            let (offset, held) = entry.remove_entry();
            self.held_bytes = self.held_bytes.saturating_sub(held.data.len());
            self.accept(held.time, offset, &held.data, held.cut_off, pass_on);
        }
    }

    /// Passes on the part of a segment that was not passed on yet.
    fn accept(
        &mut self,
        time: Duration,
        offset: u64,
        data: &[u8],
        cut_off: u32,
        pass_on: &mut dyn FnMut(Duration, Piece<'_>),
    ) {
        let end = offset
            .saturating_add(data.len() as u64)
            .saturating_add(cut_off.into());
        let known = usize::try_from(self.next.saturating_sub(offset)).unwrap_or(usize::MAX);
        let data = data.get(known..).unwrap_or_default();
        if !data.is_empty() {
            self.advance(data.len() as u64);
            pass_on(time, Piece::Data(data));
        }
        let missing = end.saturating_sub(self.next);
        if missing > 0 {
            self.advance(missing);
            pass_on(time, Piece::Missing(missing));
        }
    }

    fn advance(&mut self, length: u64) {
        self.next = self.next.saturating_add(length);
        // Sequence numbers count modulo 2³².
        let low = u32::try_from(length & u64::from(u32::MAX)).unwrap_or(0);
        self.sequence = self.sequence.map(|sequence| sequence.wrapping_add(low));
    }
}

/// Number of bytes from one sequence number to another. Numbers wrap around.
const fn distance(from: u32, to: u32) -> i64 {
    to.wrapping_sub(from).cast_signed() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(sequence: u32, payload: &[u8]) -> Segment<'_> {
        let address = "10.0.0.1:1".parse().unwrap();
        Segment {
            source: address,
            destination: address,
            sequence,
            acknowledged: None,
            syn: false,
            fin: false,
            rst: false,
            payload,
            cut_off: 0,
        }
    }

    /// Adds segments, and describes the pieces: bytes as they are, missing ones as `?`.
    fn read(segments: &[Segment<'_>]) -> String {
        let mut stream = Reassembly::default();
        let mut text = String::new();
        let mut pass_on = |_, piece: Piece<'_>| match piece {
            Piece::Data(bytes) => text.push_str(std::str::from_utf8(bytes).unwrap()),
            Piece::Missing(length) => text.push_str(&"?".repeat(length.try_into().unwrap())),
        };
        for segment in segments {
            stream.add(Duration::ZERO, segment, &mut pass_on);
        }
        stream.finish(Duration::ZERO, &mut pass_on);
        assert_eq!(stream.held_bytes(), 0);
        text
    }

    #[test]
    fn sequence_numbers_wrap_around() {
        let start = u32::MAX - 2;
        let segments = [
            segment(start, b"ab"),
            segment(start.wrapping_add(5), b"fg"),
            segment(start.wrapping_add(2), b"cde"),
            segment(start, b"abc"),
            segment(start.wrapping_add(7), b"h"),
        ];
        assert_eq!(read(&segments), "abcdefgh");
    }

    #[test]
    fn overlapping_segments_pass_on_each_byte_once() {
        let segments = [
            segment(0, b"ab"),
            segment(4, b"EF"),
            segment(3, b"def"),
            segment(4, b"E"),
            segment(1, b"bcdefgh"),
            segment(6, b"ghi"),
        ];
        assert_eq!(read(&segments), "abcdefghi");
    }

    #[test]
    fn gaps_and_ends_are_reported() {
        let mut cut_off = segment(5, b"fg");
        cut_off.cut_off = 2;
        let mut end = segment(12, b"");
        end.fin = true;
        let segments = [segment(0, b"ab"), cut_off, segment(9, b"j"), end];
        assert_eq!(read(&segments), "ab???fg??j??");
    }

    #[test]
    fn acknowledged_gap_is_given_up_sooner() {
        let count = |acknowledged: bool| {
            let mut stream = Reassembly::default();
            let mut given_up = None;
            stream.add(Duration::ZERO, &segment(0, b"a"), &mut |_, _| {});
            if acknowledged {
                stream.acknowledge(1_000_000);
            }
            for number in 1..=5000 {
                stream.add(Duration::ZERO, &segment(number + 1, b"b"), &mut |_, _| {
                    given_up.get_or_insert(number);
                });
            }
            given_up.unwrap() as usize
        };
        assert_eq!(count(true), MAX_HELD_ACKNOWLEDGED + 1);
        assert_eq!(count(false), MAX_HELD_SEGMENTS + 1);
    }
}
