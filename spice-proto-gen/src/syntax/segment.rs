//! Where each definition ends, found by its braces before it is parsed, so that one that
//! cannot be parsed does not hide the next.
//!
//! From one start the scan ends where braces balance or [`MAX_DEPTH`] is passed, so no part of a
//! text is scanned more often than there are levels: the time stays linear, whatever the text.

use super::nearest::DEFINITION_KEYWORDS;
use super::scan::{Scanner, Token};
use crate::span::Span;

/// How deeply bodies may be nested.
pub(super) const MAX_DEPTH: usize = 32;

/// What is taken for one definition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    /// Its first token.
    pub first: Token,
    /// Where it ends: behind its `;`, or where the next definition begins if that is missing.
    pub end: usize,
    /// Whether it ends with its `;`.
    pub closed: bool,
    /// The `{` that is nested too deeply.
    pub too_deep: Option<Span>,
}

/// The definition that begins behind `from`, if anything does.
pub(super) fn next_segment(text: &str, from: usize) -> Option<Segment> {
    let mut scanner = Scanner::new(text, from);
    let first = scanner.token()?;
    // A typedef may have a struct behind its name; elsewhere a definition cannot begin that way.
    let shortest = if first.text(text) == "typedef" { 3 } else { 1 };
    let segment = |end, closed, too_deep| {
        Some(Segment {
            first,
            end,
            closed,
            too_deep,
        })
    };
    let (mut depth, mut count) = (0_usize, 0_usize);
    let (mut boundary, mut too_deep) = (None, None);
    let mut current = Some(first);
    while let Some(token) = current {
        let may_begin = token.opens_line && count >= shortest;
        if may_begin && begins_definition(text, token, &scanner) {
            if depth == 0 {
                return segment(token.span.start, false, too_deep);
            }
            if token.unindented {
                boundary = boundary.or(Some(token.span.start));
            }
        }
        match token.first {
            '{' => depth = depth.saturating_add(1),
            '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => return segment(token.span.end, true, too_deep),
            _ => {}
        }
        if depth > MAX_DEPTH && boundary.is_none() {
            too_deep = too_deep.or(Some(token.span));
        }
        if boundary.is_some() && (depth > MAX_DEPTH || too_deep.is_some()) {
            break;
        }
        count = count.saturating_add(1);
        current = scanner.token();
    }
    // The braces do not balance: one is missing before the next definition that stands out.
    segment(boundary.unwrap_or(text.len()), false, too_deep)
}

/// Where to go on behind something broken that ends at `from`: at the next thing that looks
/// like a definition, even one with a misspelled keyword.
pub(super) fn resume(text: &str, from: usize) -> usize {
    let mut position = from;
    while let Some(segment) = next_segment(text, position) {
        let mut scanner = Scanner::new(text, segment.first.span.start);
        if let Some(first) = scanner.token()
            && (is_keyword(text, first) || looks_like_definition(text, first, &scanner))
        {
            return position;
        }
        position = segment.end;
    }
    text.len()
}

/// Whether a definition begins with `token`; `behind` stands right behind it.
fn begins_definition(text: &str, token: Token, behind: &Scanner<'_>) -> bool {
    is_keyword(text, token) && looks_like_definition(text, token, behind)
}

fn is_keyword(text: &str, token: Token) -> bool {
    DEFINITION_KEYWORDS.contains(&token.text(text))
}

/// Whether `token` and what follows are a keyword, a name, and the begin of a body or type.
fn looks_like_definition(text: &str, token: Token, behind: &Scanner<'_>) -> bool {
    if !token.is_word() || matches!(token.text(text), "case" | "switch" | "default") {
        return false;
    }
    let mut behind = behind.clone();
    let named = behind.token().is_some_and(|name| name.is_word());
    named
        && behind
            .token()
            .is_some_and(|third| third.is_word() || matches!(third.first, '{' | ':'))
}
