//! Which comments document what, and what they say.

use crate::ast::{Comment, Docs};

/// The comments of a text, in order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Commentary<'s, 'c> {
    source: &'s str,
    comments: &'c [Comment],
}

impl<'s, 'c> Commentary<'s, 'c> {
    /// All comments of `source`, in order.
    pub fn new(source: &'s str, comments: &'c [Comment]) -> Self {
        Self { source, comments }
    }

    /// What documents something that ends at `end` and begins at the last of `starts`. Comments
    /// before the other places count too (before the labels of a case, for its field).
    pub fn of(&self, starts: &[usize], end: usize) -> Docs {
        let leading = starts.iter().flat_map(|start| self.before(*start));
        let mut lines = Vec::new();
        for comment in leading.chain(self.behind(end)) {
            self.append_text(comment, &mut lines);
        }
        Docs::new(&lines)
    }

    /// The comments directly before `start`, from the first that opens its line.
    fn before(&self, start: usize) -> &'c [Comment] {
        let upper = self
            .comments
            .partition_point(|comment| comment.span.end <= start);
        let (mut first, mut next) = (upper, start);
        let candidates = self.comments.get(..upper).unwrap_or(&[]);
        for (index, comment) in candidates.iter().enumerate().rev() {
            if !self.adjoins(comment.span.end, next) {
                break;
            }
            if self.opens_line(comment.span.start) {
                first = index;
            }
            next = comment.span.start;
        }
        self.comments.get(first..upper).unwrap_or(&[])
    }

    /// The comments that fill the line behind `end`, apart from a comma.
    fn behind(&self, end: usize) -> &'c [Comment] {
        let first = self
            .comments
            .partition_point(|comment| comment.span.start < end);
        let (mut index, mut position, mut comma) = (first, end, false);
        loop {
            let rest = self.source.get(position..).unwrap_or("");
            let trimmed = rest.trim_start_matches([' ', '\t', '\r']);
            position = self.source.len().saturating_sub(trimmed.len());
            match self.comments.get(index) {
                Some(comment) if comment.span.start == position => {
                    position = comment.span.end;
                    index = index.saturating_add(1);
                }
                _ if trimmed.starts_with(',') && !comma => {
                    comma = true;
                    position = position.saturating_add(1);
                }
                _ if trimmed.is_empty() || trimmed.starts_with('\n') => {
                    return self.comments.get(first..index).unwrap_or(&[]);
                }
                _ => return &[],
            }
        }
    }

    /// Whether nothing but blanks and at most one line end is between the two. Goes backwards, so
    /// that each blank is looked at for one item only.
    fn adjoins(&self, end: usize, next: usize) -> bool {
        let before = self.source.get(..next).unwrap_or("");
        let trimmed = before.trim_end_matches([' ', '\t', '\r', '\n']);
        let gap = before.get(trimmed.len()..).unwrap_or("");
        trimmed.len() <= end && gap.matches('\n').count() <= 1
    }

    /// Whether only blanks stand before `start` on its line.
    fn opens_line(&self, start: usize) -> bool {
        let before = self.source.get(..start).unwrap_or("");
        let trimmed = before.trim_end_matches([' ', '\t']);
        matches!(trimmed, "" | "\u{feff}") || trimmed.ends_with('\n')
    }

    fn append_text(&self, comment: &Comment, lines: &mut Vec<&'s str>) {
        let span = comment.span;
        let text = self.source.get(span.start..span.end).unwrap_or("");
        if comment.block {
            append_block(text, lines);
        } else {
            lines.push(unpadded(text.trim_start_matches('/')));
        }
    }
}

/// The lines of a `/* … */` comment, without a frame of stars and without empty first and last lines.
fn append_block<'s>(text: &'s str, lines: &mut Vec<&'s str>) {
    let text = text.strip_prefix("/*").unwrap_or(text);
    let text = text.strip_suffix("*/").unwrap_or(text);
    let text = text.trim_start_matches('*').trim_end_matches('*');
    let first = lines.len();
    for (number, line) in text.lines().enumerate() {
        let line = match number {
            0 => line,
            _ => {
                let line = line.trim_start();
                line.strip_prefix('*').unwrap_or(line)
            }
        };
        let line = unpadded(line);
        if !line.is_empty() || lines.len() > first {
            lines.push(line);
        }
    }
    while lines.len() > first && lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
}

/// Without one leading space and without trailing blanks.
fn unpadded(line: &str) -> &str {
    line.strip_prefix(' ').unwrap_or(line).trim_end()
}
