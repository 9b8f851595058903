//! Splits text into tokens and comments in one pass.

use crate::ast::Comment;
use crate::diagnostic::{Code, Diagnostic};
use crate::span::Span;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Upper bound on reported runs of control characters. Binary files contain many.
const MAX_CONTROL_REPORTS: usize = 16;

/// A word, a number or a punctuation mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub span: Span,
    /// The first character.
    pub first: char,
    /// Whether this is the first token of its line.
    pub opens_line: bool,
    /// Whether the token starts in the first column.
    pub unindented: bool,
}

impl Token {
    /// Whether this is a word or an unsigned number.
    pub fn is_word(&self) -> bool {
        is_word_character(self.first)
    }

    /// The token's text.
    pub fn text<'s>(&self, source: &'s str) -> &'s str {
        self.span.text(source)
    }
}

/// The result of [`lex`].
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    /// All tokens, in order.
    pub tokens: Vec<Token>,
    /// All comments, in order.
    pub comments: Vec<Comment>,
    /// Reports unclosed comments and control characters.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the text ends in an unclosed comment.
    pub truncated: bool,
}

/// Splits `source` into tokens and comments.
///
/// Control characters separate tokens, like whitespace, and are reported.
pub(crate) fn lex(source: &str) -> Lexed {
    let mut lexed = Lexed::default();
    let mut rest = source.strip_prefix(BYTE_ORDER_MARK).unwrap_or(source);
    let mut line_start = source.len() - rest.len();
    let mut opens_line = true;
    let mut controls = 0;
    loop {
        let (blanks, after) = split_while(rest, is_whitespace);
        if let Some(newline) = blanks.rfind('\n') {
            opens_line = true;
            line_start = source.len() - rest.len() + newline + 1;
        }
        let Some(first) = after.chars().next() else {
            return lexed;
        };
        let start = source.len() - after.len();
        let (kind, length) = lexeme(first, after);
        let span = Span::new(start, start + length);
        rest = source.get(span.end..).unwrap_or_default();
        match kind {
            Lexeme::Token => {
                lexed.tokens.push(Token {
                    span,
                    first,
                    opens_line,
                    unindented: start == line_start,
                });
                opens_line = false;
            }
            Lexeme::Comment { block, closed } => {
                lexed.comments.push(Comment {
                    span,
                    block,
                    opens_line,
                });
                if !closed {
                    lexed.truncated = true;
                    lexed.diagnostics.push(unclosed_comment(start));
                }
            }
            Lexeme::Controls => {
                controls += 1;
                if controls < MAX_CONTROL_REPORTS {
                    lexed.diagnostics.push(control_character(first, span));
                } else if controls == MAX_CONTROL_REPORTS {
                    let diagnostic = control_character(first, span);
                    let note = "further control characters are not reported";
                    lexed.diagnostics.push(diagnostic.note(note));
                }
            }
        }
    }
}

enum Lexeme {
    Token,
    Comment {
        block: bool,
        closed: bool,
    },
    /// A run of control characters.
    Controls,
}

/// The kind and length of the lexeme at the start of `text`.
fn lexeme(first: char, text: &str) -> (Lexeme, usize) {
    let length_while = |accept| split_while(text, accept).0.len();
    let comment = |block, closed| Lexeme::Comment { block, closed };
    if text.starts_with("//") {
        let line = text.split('\n').next().unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        (comment(false, true), line.len())
    } else if let Some(inside) = text.strip_prefix("/*") {
        match inside.find("*/") {
            Some(length) => (comment(true, true), length + 4),
            None => (comment(true, false), text.len()),
        }
    } else if first.is_control() {
        (Lexeme::Controls, length_while(is_forbidden))
    } else if is_word_character(first) {
        (Lexeme::Token, length_while(is_word_character))
    } else {
        (Lexeme::Token, first.len_utf8())
    }
}

fn unclosed_comment(start: usize) -> Diagnostic {
    let opening = Span::new(start, start + 2);
    let message = "this comment is never closed";
    Diagnostic::new(Code::UnclosedComment, opening, message)
        .label("opened here")
        .help("close it with `*/`")
}

fn control_character(character: char, span: Span) -> Diagnostic {
    let number = u32::from(character);
    let message = format!("the control character U+{number:04X} is not allowed in a proto");
    Diagnostic::new(Code::ForbiddenCharacter, span, message).suggest("remove it", span, "")
}

fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn is_whitespace(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn is_forbidden(character: char) -> bool {
    character.is_control() && !is_whitespace(character)
}

/// Splits `text` before the first character that `accept` rejects.
fn split_while(text: &str, accept: fn(char) -> bool) -> (&str, &str) {
    let length = text.find(|character| !accept(character));
    text.split_at(length.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::lex;

    #[test]
    fn words_and_marks_are_tokens() {
        let text = "a_1 12ab;{\u{1}é-3";
        let tokens = lex(text).tokens;
        let texts: Vec<_> = tokens.iter().map(|token| token.text(text)).collect();
        assert_eq!(texts, ["a_1", "12ab", ";", "{", "é", "-", "3"]);
    }

    #[test]
    fn first_token_of_a_line_is_known() {
        let tokens = lex("\u{feff}a b\n c /*\n*/ d\r\n/**/e").tokens;
        let places: Vec<_> = tokens
            .iter()
            .map(|token| (token.first, token.opens_line, token.unindented))
            .collect();
        let expected = [
            ('a', true, true),
            ('b', false, false),
            ('c', true, false),
            ('d', false, false),
            ('e', true, false),
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn comments_have_delimiters_but_no_line_end() {
        let text = "// a\r\nx /* b\n */ // c";
        let lexed = lex(text);
        let comments: Vec<_> = lexed
            .comments
            .iter()
            .map(|comment| (comment.span.text(text), comment.block, comment.opens_line))
            .collect();
        let expected = [
            ("// a", false, true),
            ("/* b\n */", true, false),
            ("// c", false, false),
        ];
        assert_eq!(comments, expected);
        assert!(!lexed.truncated);
    }

    #[test]
    fn unclosed_comment_truncates_the_text() {
        let lexed = lex("a /*/ b");
        assert!(lexed.truncated);
        assert_eq!(lexed.tokens.len(), 1);
        assert_eq!(lexed.diagnostics.len(), 1);
    }
}
