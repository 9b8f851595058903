//! Splits tokens into definitions by their braces, before parsing, so that a broken definition
//! does not hide the next one.
//!
//! The search for a definition's end stops where the braces balance or [`MAX_DEPTH`] is exceeded.
//! It visits no token more than `MAX_DEPTH` times, so its time is linear.

use super::lexer::Token;
use crate::ast::Name;
use crate::span::Span;

/// The words that start a definition.
pub(super) const KEYWORDS: &[&str] = &[
    "typedef", "struct", "message", "enum8", "enum16", "enum32", "flags8", "flags16", "flags32",
    "channel", "protocol",
];

/// Upper bound on the nesting depth of bodies.
pub(super) const MAX_DEPTH: usize = 32;

/// The tokens that probably form one definition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk<'t> {
    /// The first token.
    pub first: Token,
    /// All tokens, including the first.
    pub tokens: &'t [Token],
    /// The tokens after this chunk.
    pub rest: &'t [Token],
    /// Whether the chunk ends with its `;`. Otherwise it ends before the next definition.
    pub closed: bool,
    /// The first `{` beyond [`MAX_DEPTH`].
    pub too_deep: Option<Span>,
}

impl<'t> Chunk<'t> {
    /// Takes the first definition from `tokens`, or `None` if there are no tokens.
    pub fn first_of(text: &str, tokens: &'t [Token]) -> Option<Self> {
        let first = *tokens.first()?;
        let chunk = |length, closed, too_deep| {
            let (tokens, rest) = tokens.split_at(length);
            Some(Self {
                first,
                tokens,
                rest,
                closed,
                too_deep,
            })
        };
        // The third word of `typedef NAME struct …` does not start a definition.
        let shortest = if first.text(text) == "typedef" { 3 } else { 1 };
        let mut depth = 0_usize;
        let mut too_deep = None;
        // The first unindented definition inside open braces.
        let mut boundary = None;
        for (index, token) in tokens.iter().enumerate() {
            let (_, following) = tokens.split_at(index);
            if token.opens_line
                && index >= shortest
                && is_keyword(text, *token)
                && looks_like_definition(text, following)
            {
                if depth == 0 {
                    return chunk(index, false, too_deep);
                }
                if token.unindented {
                    boundary = boundary.or(Some(index));
                }
            }
            match token.first {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                ';' if depth == 0 => return chunk(index + 1, true, too_deep),
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
        chunk(boundary.unwrap_or(tokens.len()), false, too_deep)
    }

    /// The chunk from its first to its last token.
    pub fn span(&self) -> Span {
        let last = self.tokens.last().unwrap_or(&self.first);
        self.first.span.to(last.span)
    }
}

/// Skips chunks up to the next one that looks like a definition, possibly with a misspelled
/// keyword.
pub(super) fn skip_to_definition<'t>(text: &str, mut tokens: &'t [Token]) -> &'t [Token] {
    while let Some(chunk) = Chunk::first_of(text, tokens) {
        if is_keyword(text, chunk.first) || looks_like_definition(text, tokens) {
            break;
        }
        tokens = chunk.rest;
    }
    tokens
}

/// The names that broken `tokens` probably define.
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

/// Whether `token` is one of [`KEYWORDS`].
pub(super) fn is_keyword(text: &str, token: Token) -> bool {
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

#[cfg(test)]
mod tests {
    use super::super::lexer::lex;
    use super::{Chunk, MAX_DEPTH, defined_names, skip_to_definition};

    /// The text of each chunk.
    fn chunks(text: &str) -> Vec<&str> {
        let tokens = lex(text).tokens;
        let mut rest = tokens.as_slice();
        let mut found = Vec::new();
        while let Some(chunk) = Chunk::first_of(text, rest) {
            found.push(chunk.span().text(text));
            rest = chunk.rest;
        }
        found
    }

    #[test]
    fn chunk_ends_at_its_semicolon() {
        let text = "struct A { uint8 a; };  typedef T\nstruct B { }; /* end */";
        let expected = ["struct A { uint8 a; };", "typedef T\nstruct B { };"];
        assert_eq!(chunks(text), expected);
    }

    #[test]
    fn chunk_without_semicolon_ends_before_the_next_definition() {
        let text = "struct A { }\nstruct B {\nstruct C { };";
        assert_eq!(
            chunks(text),
            ["struct A { }", "struct B {", "struct C { };"]
        );
    }

    #[test]
    fn brace_beyond_the_limit_is_located() {
        let text = "{".repeat(MAX_DEPTH + 2);
        let tokens = lex(&text).tokens;
        let chunk = Chunk::first_of(&text, &tokens).unwrap();
        assert_eq!(chunk.too_deep, Some(tokens[MAX_DEPTH].span));
        assert!(!chunk.closed);
    }

    #[test]
    fn recovery_skips_to_a_possibly_misspelled_definition() {
        for (text, expected) in [
            ("} ; x ; struct", "struct"),
            ("} ; strukt A { ;", "strukt A { ;"),
            ("case A : ;", ""),
        ] {
            let tokens = lex(text).tokens;
            let rest = skip_to_definition(text, &tokens);
            let start = rest.first().map_or(text.len(), |token| token.span.start);
            assert_eq!(text.get(start..), Some(expected));
        }
    }

    #[test]
    fn names_follow_the_first_token_and_keywords() {
        let text = "strukt A { uint8 x; struct B { } b; struct { } c;";
        let tokens = lex(text).tokens;
        let names: Vec<_> = defined_names(text, &tokens).map(|name| name.text).collect();
        assert_eq!(names, ["A", "B"]);
    }
}
