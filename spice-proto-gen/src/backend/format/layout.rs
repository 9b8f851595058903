//! Divides the tokens and comments of a proto into lines.
//!
//! Line breaks between two tokens follow from the syntax. A comment keeps its place: it starts a line,
//! ends a line or stands between two tokens exactly if it does so in the source. Its meaning as
//! documentation depends on that.

use super::lines::Lines;
use crate::syntax::lexer::{Lexed, lex};

/// Columns per level of nesting.
const INDENT: usize = 4;

/// Upper bound on consecutive blank lines between definitions.
const MAX_BLANK_LINES: usize = 2;

/// A token or a comment.
#[derive(Clone, Copy)]
struct Lexeme<'s> {
    text: &'s str,
    kind: Kind,
    /// The line ends between the lexeme before and this one. At the start of the file one.
    line_ends: usize,
    /// The column in the source.
    column: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Token,
    Comment,
}

/// The kind of the innermost braces around a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    /// Items of an enum or flags type.
    Items,
    /// Labels and messages of a channel.
    Channel,
    /// Labels and fields of a switch.
    Switch,
    /// Fields, or the entries of a protocol.
    Members,
}

/// The state between two lexemes.
struct Layout<'s> {
    lines: Lines<'s>,
    bodies: Vec<Body>,
    /// The first token of the current definition, member, item or label. `None` between them.
    first: Option<&'s str>,
    /// The first token of the definition that the last token ended.
    ended: Option<&'s str>,
    /// Whether the line ends with a `{` or a label, except for comments. No blank line follows it.
    opened: bool,
    /// Depth of nested parentheses.
    parentheses: usize,
    previous: Option<Lexeme<'s>>,
    /// Whether a comment in the middle of a line precedes the last token, a comma.
    keep_line: bool,
}

/// The lines of a proto without syntax errors.
pub(super) fn layout(text: &str) -> Lines<'_> {
    let lexemes = lexemes(text, &lex(text));
    let mut layout = Layout {
        lines: Lines::default(),
        bodies: Vec::new(),
        first: None,
        ended: None,
        opened: false,
        parentheses: 0,
        previous: None,
        keep_line: false,
    };
    // The tokens after each lexeme, found from the end.
    let mut following: Vec<[Option<Lexeme<'_>>; 2]> = Vec::with_capacity(lexemes.len());
    let mut next = [None, None];
    for lexeme in lexemes.iter().rev() {
        following.push(next);
        if lexeme.kind == Kind::Token {
            let [first, _] = next;
            next = [Some(*lexeme), first];
        }
    }
    for (lexeme, following) in lexemes.iter().zip(following.into_iter().rev()) {
        match lexeme.kind {
            Kind::Token => layout.token(*lexeme, following),
            Kind::Comment => layout.comment(*lexeme, following),
        }
        layout.previous = Some(*lexeme);
    }
    layout.lines
}

/// The tokens and comments in the order of the text.
fn lexemes<'s>(text: &'s str, lexed: &Lexed) -> Vec<Lexeme<'s>> {
    let tokens = lexed.tokens.iter().map(|token| (token.span, Kind::Token));
    let comments = lexed.comments.iter();
    let comments = comments.map(|comment| (comment.span, Kind::Comment));
    let mut spans: Vec<_> = tokens.chain(comments).collect();
    spans.sort_by_key(|(span, _)| *span);
    let mut lexemes = Vec::with_capacity(spans.len());
    let (mut end, mut column) = (0, 0);
    for (span, kind) in spans {
        let gap = text.get(end..span.start).unwrap_or_default();
        let line_ends = gap.matches('\n').count();
        let gap = gap.rsplit('\n').next().unwrap_or_default();
        column = advance(if line_ends == 0 { column } else { 0 }, gap);
        let lexeme = span.text(text);
        lexemes.push(Lexeme {
            text: lexeme,
            kind,
            line_ends: if end == 0 { 1 } else { line_ends },
            column,
        });
        let last_line = lexeme.rsplit('\n').next().unwrap_or_default();
        let start = if last_line.len() == lexeme.len() {
            column
        } else {
            0
        };
        column = advance(start, last_line);
        end = span.end;
    }
    lexemes
}

/// The column after `text`, which starts at `column`. A tab ends at the next multiple of [`INDENT`].
pub(super) fn advance(column: usize, text: &str) -> usize {
    text.chars()
        .fold(column, |column, character| match character {
            '\t' => column.saturating_add(1).next_multiple_of(INDENT),
            '\u{feff}' => column,
            _ => column.saturating_add(1),
        })
}

impl<'s> Layout<'s> {
    /// `following` are the next two tokens.
    fn comment(&mut self, comment: Lexeme<'s>, following: [Option<Lexeme<'s>>; 2]) {
        if comment.line_ends > 0 {
            let [next, after] = following;
            let level = match next {
                _ if self.first.is_some() => self.bodies.len().saturating_add(1),
                // A comment that is indented further than the label belongs to the lines before.
                Some(next) if self.is_label(next, after) && comment.column <= next.column => {
                    self.bodies.len().saturating_sub(1)
                }
                _ => self.bodies.len(),
            };
            let blank_lines = self.blank_lines(comment.line_ends, next.map(|next| next.text));
            self.start_line(level, blank_lines);
        }
        self.lines.push_comment(comment.text, comment.column);
        self.keep_line = false;
    }

    fn token(&mut self, token: Lexeme<'s>, following: [Option<Lexeme<'s>>; 2]) {
        let closes = token.text == "}";
        let [next, _] = following;
        if self.breaks_before(token) {
            let level = match self.first {
                _ if closes => self.bodies.len().saturating_sub(1),
                Some(_) => self.bodies.len().saturating_add(1),
                None if self.is_label(token, next) => self.bodies.len().saturating_sub(1),
                None => self.bodies.len(),
            };
            let blank_lines = if closes {
                0
            } else {
                self.blank_lines(token.line_ends, Some(token.text))
            };
            self.start_line(level, blank_lines);
        }
        let separated = self.is_separated(token);
        self.lines.push_token(token.text, separated);
        self.advance(token, next);
    }

    fn breaks_before(&self, token: Lexeme<'s>) -> bool {
        let Some(previous) = self.previous else {
            return true;
        };
        match previous.kind {
            Kind::Comment => token.line_ends > 0,
            Kind::Token if self.keep_line && token.line_ends == 0 => false,
            Kind::Token => token.text == "}" || self.first.is_none(),
        }
    }

    fn start_line(&mut self, level: usize, blank_lines: usize) {
        self.lines.start(level.saturating_mul(INDENT), blank_lines);
        self.opened = false;
        self.ended = None;
    }

    /// The number of blank lines before a line. `next` is the first token from there on.
    fn blank_lines(&self, line_ends: usize, next: Option<&str>) -> usize {
        let found = line_ends.saturating_sub(1);
        if self.previous.is_none() || self.opened || self.first.is_some() {
            0
        } else if !self.bodies.is_empty() {
            found.min(1)
        } else {
            let (Some(ended), Some(next)) = (self.ended, next) else {
                return found.min(MAX_BLANK_LINES);
            };
            let aliases = ended == "typedef" && next == "typedef";
            found.clamp(usize::from(!aliases), MAX_BLANK_LINES)
        }
    }

    /// Whether a label starts with `token`.
    fn is_label(&self, token: Lexeme<'_>, next: Option<Lexeme<'_>>) -> bool {
        let is_colon = next.is_some_and(|next| next.text == ":");
        match self.bodies.last() {
            Some(Body::Switch) => matches!(token.text, "case" | "default"),
            Some(Body::Channel) => matches!(token.text, "server" | "client") && is_colon,
            _ => false,
        }
    }

    /// Whether a space precedes a token that continues its line.
    fn is_separated(&self, token: Lexeme<'s>) -> bool {
        let Some(previous) = self.previous else {
            return false;
        };
        match (previous.text, token.text) {
            (_, ";" | ",") => false,
            _ if previous.kind == Kind::Comment => true,
            (_, ")" | "[" | "]" | ".") => false,
            ("(" | "[" | "." | "@" | "!" | "*" | "-" | "+", _) => false,
            ("switch", "(") => self.first == Some("switch"),
            (_, "(") => false,
            // A label, or the parent of a channel.
            (_, ":") => self.bodies.is_empty(),
            _ => true,
        }
    }

    /// Updates the state after `token`.
    fn advance(&mut self, token: Lexeme<'s>, next: Option<Lexeme<'s>>) {
        let first = *self.first.get_or_insert(token.text);
        let follows_comment = self
            .previous
            .is_some_and(|found| found.kind == Kind::Comment);
        self.keep_line = false;
        match (token.text, self.bodies.last()) {
            ("(", _) => self.parentheses = self.parentheses.saturating_add(1),
            (")", _) => self.parentheses = self.parentheses.saturating_sub(1),
            ("{", _) => {
                self.bodies.push(body(first));
                self.first = None;
                self.opened = true;
                return;
            }
            ("}", _) => {
                self.bodies.pop();
            }
            (";", _) => {
                self.ended = self.bodies.is_empty().then_some(first);
                self.first = None;
            }
            (":", Some(Body::Switch | Body::Channel)) => {
                self.opened = true;
                self.first = None;
            }
            (",", Some(Body::Items)) if self.parentheses == 0 => {
                self.keep_line = follows_comment && token.line_ends == 0;
                self.first = None;
            }
            _ => {}
        }
        let is_last =
            next.is_some_and(|next| next.text == "}") && self.bodies.last() == Some(&Body::Items);
        if is_last && self.first.is_some() {
            self.lines.push_token(",", false);
            self.first = None;
        }
    }
}

/// The body that starts with a brace after the definition or member that starts with `first`.
fn body(first: &str) -> Body {
    match first {
        "enum8" | "enum16" | "enum32" | "flags8" | "flags16" | "flags32" => Body::Items,
        "channel" => Body::Channel,
        "switch" => Body::Switch,
        _ => Body::Members,
    }
}
