//! Ranges in the text of a proto.

/// A half-open range of byte offsets in the text of a proto.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to `end`, exclusive.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest span that contains both spans.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The part of `source` at this span, which must come from `source`.
    pub(crate) fn text(self, source: &str) -> &str {
        match source.get(self.start..self.end) {
            Some(text) => text,
            None => unreachable!("{self:?} comes from another text"),
        }
    }
}
