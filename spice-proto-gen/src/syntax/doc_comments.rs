//! Assigns comments to the items that they document, and strips their delimiters.

use crate::ast::{Comment, Docs};
use crate::span::Span;

/// The comments of a text, in order.
#[derive(Clone, Copy, Debug)]
pub(super) struct DocComments<'s, 'c> {
    text: &'s str,
    comments: &'c [Comment],
}

impl<'s, 'c> DocComments<'s, 'c> {
    /// All comments of `text`, in order.
    pub fn new(text: &'s str, comments: &'c [Comment]) -> Self {
        Self { text, comments }
    }

    /// The documentation of an item: the comments directly before it and after it on its line.
    pub fn of(&self, item: Span) -> Docs {
        docs(
            self.text,
            self.before(item.start).iter().chain(self.after(item.end)),
        )
    }

    /// The documentation of the field of a case, including the comments directly before the first
    /// label, which starts at `labels`.
    pub fn of_case(&self, labels: usize, field: Span) -> Docs {
        let leading = self.before(labels).iter().chain(self.before(field.start));
        docs(self.text, leading.chain(self.after(field.end)))
    }

    /// The comments directly before `start`, from the first that opens its line.
    fn before(&self, start: usize) -> &'c [Comment] {
        let comments = self.comments;
        let upper = comments.partition_point(|comment| comment.span.end <= start);
        let (preceding, _) = comments.split_at(upper);
        let (mut first, mut next) = (upper, start);
        for (index, comment) in preceding.iter().enumerate().rev() {
            if !self.adjoin(comment.span.end, next) {
                break;
            }
            if comment.opens_line {
                first = index;
            }
            next = comment.span.start;
        }
        preceding.split_at(first).1
    }

    /// The comments between `end` and the end of the line, if nothing else but a comma is there.
    fn after(&self, end: usize) -> &'c [Comment] {
        let comments = self.comments;
        let lower = comments.partition_point(|comment| comment.span.start < end);
        let (_, following) = comments.split_at(lower);
        let (mut count, mut position, mut comma) = (0, end, false);
        loop {
            let rest = self.text.get(position..).unwrap_or_default();
            let rest = rest.trim_start_matches([' ', '\t', '\r']);
            position = self.text.len() - rest.len();
            match following.get(count) {
                Some(comment) if comment.span.start == position => {
                    position = comment.span.end;
                    count += 1;
                }
                _ if rest.starts_with(',') && !comma => {
                    comma = true;
                    position += 1;
                }
                _ if rest.is_empty() || rest.starts_with('\n') => {
                    return following.split_at(count).0;
                }
                _ => return &[],
            }
        }
    }

    /// Whether only whitespace with at most one line end separates `end` from `next`.
    ///
    /// Searches backwards from `next`, so that each whitespace character is visited for one item
    /// only.
    fn adjoin(&self, end: usize, next: usize) -> bool {
        let before = Span::new(0, next).text(self.text);
        let trimmed = before.trim_end_matches([' ', '\t', '\r', '\n']);
        let gap = Span::new(trimmed.len(), next).text(self.text);
        trimmed.len() <= end && gap.matches('\n').count() <= 1
    }
}

fn docs<'c>(text: &str, comments: impl Iterator<Item = &'c Comment>) -> Docs {
    let mut lines = Vec::new();
    for comment in comments {
        let text = comment.span.text(text);
        if comment.block {
            append_block(text, &mut lines);
        } else {
            lines.push(without_padding(text.trim_start_matches('/')));
        }
    }
    Docs::new(&lines)
}

/// Appends the lines of a `/* … */` comment, without leading stars and without empty lines at both
/// ends.
fn append_block<'s>(text: &'s str, lines: &mut Vec<&'s str>) {
    let text = text.strip_prefix("/*").unwrap_or(text);
    let text = text.strip_suffix("*/").unwrap_or(text);
    let text = text.trim_matches('*');
    let first = lines.len();
    for (number, line) in text.lines().enumerate() {
        let line = match number {
            0 => line,
            _ => {
                let line = line.trim_start();
                line.strip_prefix('*').unwrap_or(line)
            }
        };
        let line = without_padding(line);
        if !line.is_empty() || lines.len() > first {
            lines.push(line);
        }
    }
    while lines.len() > first && lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
}

/// Strips one leading space and all trailing whitespace.
fn without_padding(line: &str) -> &str {
    line.strip_prefix(' ').unwrap_or(line).trim_end()
}
