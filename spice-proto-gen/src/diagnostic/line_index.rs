//! Maps byte offsets to lines and columns.

use std::ops::Range;

use super::Span;

/// The number of bytes of one block of [`LineIndex::characters`].
const BLOCK: usize = 1024;

/// The number of bytes that [`LineIndex::excerpt`] shows before an offset; it shows twice as many after it.
const CONTEXT: usize = 60;

/// A source text and the offsets of its lines.
pub(crate) struct LineIndex<'s> {
    source: &'s str,
    /// The offset of each line.
    starts: Vec<usize>,
    /// The number of characters before each block, so that columns of long lines cost no more than
    /// columns of short ones.
    characters: Vec<usize>,
}

impl<'s> LineIndex<'s> {
    pub(crate) fn new(source: &'s str) -> Self {
        let line_ends = source.match_indices('\n');
        let next_lines = line_ends.map(|(at, end)| at.saturating_add(end.len()));
        let mut before = 0_usize;
        let blocks = source.as_bytes().chunks(BLOCK).map(|block| {
            let count = before;
            before = before.saturating_add(count_characters(block));
            count
        });
        let characters = blocks.collect();
        Self {
            source,
            starts: std::iter::once(0).chain(next_lines).collect(),
            characters,
        }
    }

    /// The number of characters before `offset`.
    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let start = block.saturating_mul(BLOCK);
        let rest = self.source.as_bytes().get(start..offset);
        let before = self.characters.get(block).copied();
        before
            .unwrap_or_else(|| self.source.chars().count())
            .saturating_add(rest.map_or(0, count_characters))
    }

    /// The last character boundary at or before `offset`.
    fn clamp(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.source.len());
        while !self.source.is_char_boundary(offset) {
            offset = offset.saturating_sub(1);
        }
        offset
    }

    /// The span as a valid range of the text.
    pub(crate) fn range(&self, span: Span) -> Range<usize> {
        let start = self.clamp(span.start);
        start..self.clamp(span.end).max(start)
    }

    /// The number (from 1) and the offset of the line that holds `offset`.
    pub(crate) fn line(&self, offset: usize) -> (usize, usize) {
        let number = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(number.saturating_sub(1));
        (number, start.copied().unwrap_or(0))
    }

    /// The offset after the last character of a line, without its line feed.
    fn line_end(&self, number: usize) -> usize {
        let next = self.starts.get(number);
        next.map_or(self.source.len(), |next| next.saturating_sub(1))
    }

    /// The line and the column of `offset`, both from 1. A byte order mark has no column.
    pub(crate) fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.clamp(offset);
        let (number, start) = self.line(offset);
        let before = self.characters_before(offset);
        let mut column = before.saturating_sub(self.characters_before(start));
        if number == 1 && offset > 0 && self.source.starts_with('\u{feff}') {
            column = column.saturating_sub(1);
        }
        (number, column.saturating_add(1))
    }

    /// The lines that hold all ranges: the number of the first line, its offset and the text.
    pub(crate) fn lines_of<'r>(
        &self,
        ranges: impl Iterator<Item = &'r Range<usize>> + Clone,
    ) -> (usize, usize, &'s str) {
        let first = ranges.clone().map(|range| range.start).min().unwrap_or(0);
        let last = ranges.map(|range| range.end).max().unwrap_or(0);
        let (number, start) = self.line(first);
        let end = self.line_end(self.line(last).0);
        (number, start, self.source.get(start..end).unwrap_or(""))
    }

    /// The part of a long line around `offset`, and where this part starts.
    pub(crate) fn excerpt(&self, offset: usize) -> (usize, &'s str) {
        let (number, line) = self.line(offset);
        let start = self.clamp(offset.saturating_sub(CONTEXT).max(line));
        let end = offset.saturating_add(2 * CONTEXT);
        let end = self.clamp(end.min(self.line_end(number))).max(start);
        (start, self.source.get(start..end).unwrap_or(""))
    }
}

/// The number of characters that start in `bytes`.
fn count_characters(bytes: &[u8]) -> usize {
    let starts_character = |byte: &&u8| !matches!(byte, 0x80..=0xbf);
    bytes.iter().filter(starts_character).count()
}
