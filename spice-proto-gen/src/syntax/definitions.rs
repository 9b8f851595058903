//! Splits tokens into definitions by their braces, before parsing, so that a broken definition
//! does not hide the next one.
//!
//! The search for a definition's end stops where the braces balance or [`MAX_DEPTH`] is exceeded.
//! It looks at no token more often than there are levels, so its time is linear for every text.

use super::lexer::Token;
use crate::ast::Name;
use crate::span::Span;

/// The words that start a definition.
pub(super) const KEYWORDS: &[&str] = &[
    "typedef", "struct", "message", "enum8", "enum16", "enum32", "flags8", "flags16", "flags32",
    "channel", "protocol",
];

/// Upper bound on nested bodies.
pub(super) const MAX_DEPTH: usize = 32;

/// The tokens that presumably form one definition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'t> {
    /// The first token.
    pub first: Token,
    /// All tokens, including the first.
    pub tokens: &'t [Token],
    /// The tokens after this piece.
    pub rest: &'t [Token],
    /// Whether the piece ends with its `;`. Otherwise it ends before the next definition.
    pub closed: bool,
    /// The first `{` beyond [`MAX_DEPTH`].
    pub too_deep: Option<Span>,
}

impl<'t> Piece<'t> {
    /// Takes the first definition from `tokens`, or `None` if there are no tokens.
    pub fn first_of(text: &str, tokens: &'t [Token]) -> Option<Self> {
        let first = *tokens.first()?;
        let piece = |length, closed, too_deep| {
            let (tokens, rest) = tokens.split_at(length);
            Some(Self {
                first,
                tokens,
                rest,
                closed,
                too_deep,
            })
        };
        // In `typedef NAME struct …` the third word starts no definition.
        let shortest = if first.text(text) == "typedef" { 3 } else { 1 };
        let mut depth = 0_usize;
        let mut too_deep = None;
        // The first unindented definition inside open braces.
        let mut boundary = None;
        for (index, token) in tokens.iter().enumerate() {
            if token.opens_line && index >= shortest && starts_definition(text, tokens, index) {
                if depth == 0 {
                    return piece(index, false, too_deep);
                }
                if token.unindented {
                    boundary = boundary.or(Some(index));
                }
            }
            match token.first {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                ';' if depth == 0 => return piece(index + 1, true, too_deep),
                _ => {}
            }
            if depth > MAX_DEPTH && boundary.is_none() {
                too_deep = too_deep.or(Some(token.span));
            }
            if boundary.is_some() && (depth > MAX_DEPTH || too_deep.is_some()) {
                break;
            }
        }
        // A `}` is missing.
        piece(boundary.unwrap_or(tokens.len()), false, too_deep)
    }

    /// The piece from its first to its last token.
    pub fn span(&self) -> Span {
        let last = self.tokens.last().unwrap_or(&self.first);
        self.first.span.to(last.span)
    }
}

/// Skips pieces up to the next one that looks like a definition, possibly with a misspelled
/// keyword.
pub(super) fn skip_to_definition<'t>(text: &str, mut tokens: &'t [Token]) -> &'t [Token] {
    while let Some(piece) = Piece::first_of(text, tokens) {
        if is_keyword(text, piece.first) || looks_like_definition(text, tokens) {
            break;
        }
        tokens = piece.rest;
    }
    tokens
}

/// The names that are presumably defined in broken `tokens`.
pub(super) fn defined_names<'s>(text: &'s str, tokens: &[Token]) -> impl Iterator<Item = Name<'s>> {
    let pairs = tokens.iter().zip(tokens.iter().skip(1)).enumerate();
    pairs
        // The first token may be a misspelled keyword.
        .filter(move |(index, (keyword, _))| *index == 0 || is_keyword(text, **keyword))
        .map(|(_, (_, name))| name)
        .filter(|name| name.is_word())
        .map(move |name| Name {
            text: name.text(text),
            span: name.span,
        })
}

fn starts_definition(text: &str, tokens: &[Token], index: usize) -> bool {
    let (_, tokens) = tokens.split_at(index);
    let keyword = tokens.first();
    keyword.is_some_and(|token| is_keyword(text, *token)) && looks_like_definition(text, tokens)
}

fn is_keyword(text: &str, token: Token) -> bool {
    KEYWORDS.contains(&token.text(text))
}

/// Whether `tokens` start with two words and the start of a body or type.
fn looks_like_definition(text: &str, tokens: &[Token]) -> bool {
    let [keyword, name, third, ..] = tokens else {
        return false;
    };
    keyword.is_word()
        && !matches!(keyword.text(text), "case" | "switch" | "default")
        && name.is_word()
        && (third.is_word() || matches!(third.first, '{' | ':'))
}
