//! Lines of formatted text, and the alignment of the comments at their ends.

use super::layout::advance;

/// Comments at the ends of lines start at a multiple of this column.
const STOP: usize = 4;

/// Upper bound on the columns between the ends of the longest and the shortest line of a group.
const SPREAD: usize = 20;

/// The lines of a file.
#[derive(Default)]
pub(super) struct Lines<'s>(Vec<Line<'s>>);

/// A line. It continues on the next if it holds a block comment of several lines.
struct Line<'s> {
    blank_lines: usize,
    /// The text, with its indentation.
    text: String,
    /// Whether the text is a comment.
    is_comment: bool,
    /// The comments after the text.
    comments: Vec<Comment<'s>>,
}

/// A comment and its column in the source.
#[derive(Clone, Copy)]
struct Comment<'s> {
    text: &'s str,
    column: usize,
}

impl<'s> Lines<'s> {
    pub fn start(&mut self, indent: usize, blank_lines: usize) {
        self.0.push(Line {
            blank_lines,
            text: " ".repeat(indent),
            is_comment: false,
            comments: Vec::new(),
        });
    }

    /// Appends a token to the last line, after a space if it is `separated`.
    pub fn push_token(&mut self, token: &str, separated: bool) {
        let line = self.last();
        for comment in std::mem::take(&mut line.comments) {
            line.append(comment);
        }
        if separated && !line.is_empty() {
            line.text.push(' ');
        }
        line.text.push_str(token);
        line.is_comment = false;
    }

    /// Appends a comment to the last line.
    pub fn push_comment(&mut self, text: &'s str, column: usize) {
        let comment = Comment { text, column };
        let line = self.last();
        if line.is_empty() || line.is_comment {
            line.append(comment);
            line.is_comment = true;
        } else {
            line.comments.push(comment);
        }
    }

    fn last(&mut self) -> &mut Line<'s> {
        match self.0.last_mut() {
            Some(line) => line,
            None => unreachable!("the first token or comment starts a line"),
        }
    }

    /// The formatted text.
    pub fn render(mut self) -> String {
        self.align();
        let mut text = String::new();
        for line in self.0 {
            text.extend(std::iter::repeat_n('\n', line.blank_lines));
            text.push_str(&line.text);
            text.push('\n');
        }
        text
    }

    /// Moves the comments into the text of their lines.
    fn align(&mut self) {
        let mut rest = self.0.as_mut_slice();
        while !rest.is_empty() {
            let (group, after) = rest.split_at_mut(group_length(rest));
            let commented = group.iter().filter(|line| !line.comments.is_empty());
            let end = commented.map(Line::end).max().unwrap_or(0);
            let column = end.saturating_add(1).next_multiple_of(STOP);
            for line in group {
                for comment in std::mem::take(&mut line.comments) {
                    let padding = column.saturating_sub(line.end()).saturating_sub(1);
                    line.text.extend(std::iter::repeat_n(' ', padding));
                    line.append(comment);
                }
            }
            rest = after;
        }
    }
}

/// The number of lines at the start of `lines` whose comments are aligned: consecutive lines with a
/// comment at their end, and labels between them. At least 1.
fn group_length(lines: &[Line<'_>]) -> usize {
    let (mut low, mut high) = (usize::MAX, 0);
    for (index, line) in lines.iter().enumerate() {
        if index > 0 && line.is_bare_label() {
            continue;
        }
        let end = line.end();
        (low, high) = (low.min(end), high.max(end));
        let ends_group = line.comments.is_empty()
            || index > 0 && (line.blank_lines > 0 || high.saturating_sub(low) > SPREAD);
        if ends_group {
            return index.max(1);
        }
    }
    lines.len()
}

impl Line<'_> {
    fn is_empty(&self) -> bool {
        self.text.trim_start_matches(' ').is_empty()
    }

    /// Whether the line is a label without a comment.
    fn is_bare_label(&self) -> bool {
        self.blank_lines == 0
            && !self.is_comment
            && self.comments.is_empty()
            && self.text.ends_with(':')
    }

    /// The column after the text.
    fn end(&self) -> usize {
        advance(0, self.text.rsplit('\n').next().unwrap_or_default())
    }

    /// Appends a comment, after a space if the line has other text. The further lines of a block
    /// comment keep their indentation relative to the first.
    fn append(&mut self, comment: Comment<'_>) {
        if !self.is_empty() {
            self.text.push(' ');
        }
        let column = self.end();
        for (index, line) in comment.text.split('\n').enumerate() {
            let line = line.trim_end();
            if index == 0 {
                self.text.push_str(line);
                continue;
            }
            self.text.push('\n');
            let content = line.trim_start_matches([' ', '\t']);
            if content.is_empty() {
                continue;
            }
            let indent = line.strip_suffix(content).unwrap_or_default();
            let indent = advance(0, indent).saturating_sub(comment.column);
            let indent = column.saturating_add(indent);
            self.text.extend(std::iter::repeat_n(' ', indent));
            self.text.push_str(content);
        }
    }
}
