//! The text as words and marks: enough to find comments, bad characters, and where a definition ends.

use crate::ast::Comment;
use crate::diagnostic::{Code, Diagnostic};
use crate::span::Span;

/// The byte order mark.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// How many runs of control characters are reported: a binary file has no end of them.
const MAX_CONTROL_REPORTS: usize = 16;

/// A piece of the text that is not blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lexeme {
    /// A word, a number or a mark.
    Token(Token),
    /// A comment.
    Comment {
        /// Where it stands.
        span: Span,
        /// Whether it is a `/* … */` comment.
        block: bool,
        /// Whether its `*/` was found.
        closed: bool,
    },
    /// A run of control characters.
    Control(Span),
}

/// A word, a number or a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Where it stands.
    pub span: Span,
    /// Its first character.
    pub first: char,
    /// Whether it is the first token of its line.
    pub opens_line: bool,
    /// Whether nothing stands before it on its line, blanks included.
    pub unindented: bool,
}

impl Token {
    /// Whether it is a word or an unsigned number.
    pub fn is_word(&self) -> bool {
        is_word_character(self.first)
    }

    /// Its text.
    pub fn text<'s>(&self, source: &'s str) -> &'s str {
        source.get(self.span.start..self.span.end).unwrap_or("")
    }
}

/// Reads a text from a position on, in one pass.
#[derive(Clone, Debug)]
pub(super) struct Scanner<'s> {
    source: &'s str,
    position: usize,
    /// No token was met on this line so far.
    opens_line: bool,
    /// Where this line begins.
    line_start: usize,
}

impl<'s> Scanner<'s> {
    /// Begins at `position`, which counts as the beginning of a line.
    pub fn new(source: &'s str, position: usize) -> Self {
        let has_mark = position == 0 && source.starts_with(BYTE_ORDER_MARK);
        let position = if has_mark {
            BYTE_ORDER_MARK.len_utf8()
        } else {
            position
        };
        Self {
            source,
            position,
            opens_line: true,
            line_start: position,
        }
    }

    /// The next word or mark; comments and control characters are passed over.
    pub fn token(&mut self) -> Option<Token> {
        loop {
            match self.lexeme()? {
                Lexeme::Token(token) => return Some(token),
                Lexeme::Comment { .. } | Lexeme::Control(_) => {}
            }
        }
    }

    /// The next piece of any kind.
    pub fn lexeme(&mut self) -> Option<Lexeme> {
        self.skip_blanks();
        let rest = self.rest();
        let first = rest.chars().next()?;
        let start = self.position;
        if rest.starts_with("//") {
            let line = rest.split('\n').next().unwrap_or(rest);
            let span = self.take(line.strip_suffix('\r').unwrap_or(line).len());
            return Some(Lexeme::Comment {
                span,
                block: false,
                closed: true,
            });
        }
        if let Some(inside) = rest.strip_prefix("/*") {
            let length = inside.find("*/").map(|at| at.saturating_add(4));
            let span = self.take(length.unwrap_or(rest.len()));
            return Some(Lexeme::Comment {
                span,
                block: true,
                closed: length.is_some(),
            });
        }
        if first.is_control() {
            let span = self.take(length_while(rest, is_forbidden));
            return Some(Lexeme::Control(span));
        }
        let length = match first {
            _ if is_word_character(first) => length_while(rest, is_word_character),
            _ => first.len_utf8(),
        };
        let token = Token {
            span: self.take(length),
            first,
            opens_line: self.opens_line,
            unindented: self.line_start == start,
        };
        self.opens_line = false;
        Some(Lexeme::Token(token))
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.position..).unwrap_or("")
    }

    fn take(&mut self, length: usize) -> Span {
        let start = self.position;
        self.position = start.saturating_add(length);
        Span::new(start, self.position)
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        let length = length_while(rest, |character| {
            matches!(character, ' ' | '\t' | '\r' | '\n')
        });
        let blanks = rest.get(..length).unwrap_or("");
        if let Some(newline) = blanks.rfind('\n') {
            self.opens_line = true;
            self.line_start = self.position.saturating_add(newline).saturating_add(1);
        }
        self.position = self.position.saturating_add(length);
    }
}

/// What one pass over a text finds.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Every comment, in order.
    pub comments: Vec<Comment>,
    /// Unclosed comments and bad characters.
    pub diagnostics: Vec<Diagnostic>,
    /// Where a comment begins that is never closed.
    pub unclosed: Option<usize>,
}

/// Collects the comments of a text and what cannot stand in one.
pub(super) fn survey(source: &str) -> Survey {
    let mut survey = Survey::default();
    let mut controls = 0_usize;
    let mut scanner = Scanner::new(source, 0);
    while let Some(lexeme) = scanner.lexeme() {
        match lexeme {
            Lexeme::Token(_) => {}
            Lexeme::Comment {
                span,
                block,
                closed,
            } => {
                survey.comments.push(Comment { span, block });
                if !closed {
                    survey.unclosed = Some(span.start);
                    survey.diagnostics.push(unclosed_comment(span.start));
                }
            }
            Lexeme::Control(span) => {
                controls = controls.saturating_add(1);
                if controls <= MAX_CONTROL_REPORTS {
                    let diagnostic = forbidden(source, span);
                    survey.diagnostics.push(if controls == MAX_CONTROL_REPORTS {
                        diagnostic.note("further control characters are not reported")
                    } else {
                        diagnostic
                    });
                }
            }
        }
    }
    survey
}

fn unclosed_comment(start: usize) -> Diagnostic {
    let opening = Span::new(start, start.saturating_add(2));
    Diagnostic::new(
        Code::UnclosedComment,
        opening,
        "this comment is never closed",
    )
    .label("opened here")
    .help("close it with `*/`")
}

fn forbidden(source: &str, span: Span) -> Diagnostic {
    let text = source.get(span.start..span.end).unwrap_or("");
    let first = text.chars().next().map_or(0, u32::from);
    Diagnostic::new(
        Code::ForbiddenCharacter,
        span,
        format!("the control character U+{first:04X} cannot stand in a proto"),
    )
    .suggest("remove it", span, "")
}

fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn is_forbidden(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\r' | '\n')
}

fn length_while(text: &str, accept: impl Fn(char) -> bool) -> usize {
    text.find(|character| !accept(character))
        .unwrap_or(text.len())
}
