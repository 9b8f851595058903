//! Reports definitions that the grammar does not match.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::definitions::{Chunk, KEYWORDS};
use super::grammar::Rule;
use super::lexer::Token;
use crate::diagnostic::{Code, Diagnostic};
use crate::span::Span;
use crate::spelling::nearest;

/// Upper bound on the characters of a quoted word.
const MAX_QUOTE: usize = 40;

/// The description of each rule, in the order in which a message lists alternatives.
///
/// `*` and `!` are omitted, because they are only expected where a name is.
const DESCRIPTIONS: &[(Rule, &str)] = &[
    (Rule::definition_name, "a name"),
    (Rule::parent_name, "the name of a channel"),
    (Rule::typedef_type, "a type"),
    (Rule::field_name, "a field name"),
    (Rule::size, "a size"),
    (Rule::size_field, "the name of a field"),
    (Rule::switch_field, "the name of a field"),
    (Rule::switch_name, "the name of the switch"),
    (Rule::item_name, "the name of an item"),
    (Rule::message_name, "the name of the message"),
    (Rule::channel_type, "a channel"),
    (Rule::channel_name, "the channel's name in the protocol"),
    (Rule::protocol_channel, "a channel"),
    (Rule::attribute_name, "the name of an attribute"),
    (Rule::attribute_value, "an argument"),
    (Rule::number, "a number"),
    (Rule::kw_server, "`server:`"),
    (Rule::kw_client, "`client:`"),
    (Rule::channel_message, "a message"),
    (Rule::kw_case, "`case`"),
    (Rule::kw_default, "`default`"),
    (Rule::case, "a case"),
    (Rule::field_type, "a field"),
    (Rule::kw_switch, "`switch`"),
    (Rule::open_bracket, "`[`"),
    (Rule::equals, "`=`"),
    (Rule::at, "an attribute"),
    (Rule::open_paren, "`(`"),
    (Rule::dot, "`.`"),
    (Rule::comma, "`,`"),
    (Rule::colon, "`:`"),
    (Rule::close_paren, "`)`"),
    (Rule::close_bracket, "`]`"),
    (Rule::open_brace, "`{`"),
    (Rule::close_brace, "`}`"),
    (Rule::semicolon, "`;`"),
];

/// Where a chunk stops matching the grammar.
struct Failure<'t> {
    /// The matching tokens.
    matching: &'t [Token],
    /// The first token that does not match, or `None` at the end of the file.
    found: Option<Token>,
    /// The rules that would match instead.
    expected: &'t [Rule],
    /// Whether all tokens of the chunk match and more are needed.
    at_end: bool,
}

impl<'t> Failure<'t> {
    fn new(chunk: &Chunk<'t>, offset: usize, expected: &'t [Rule]) -> Self {
        let position = chunk.first.span.start + offset;
        // The grammar can stop inside a token, as in `12ab`.
        let matching = chunk
            .tokens
            .partition_point(|token| token.span.end <= position);
        let (matching, others) = chunk.tokens.split_at(matching);
        Self {
            matching,
            found: others.iter().chain(chunk.rest).next().copied(),
            expected,
            at_end: others.is_empty(),
        }
    }

    fn expects(&self, rule: Rule) -> bool {
        self.expected.contains(&rule)
    }

    /// The last matching token.
    fn previous(&self) -> Option<Token> {
        self.matching.last().copied()
    }

    /// The innermost `{` that is open where the chunk fails.
    fn open_brace(&self) -> Option<Span> {
        let mut closed = 0_usize;
        self.matching.iter().rev().find_map(|token| {
            match token.first {
                '}' => closed += 1,
                '{' if closed == 0 => return Some(token.span),
                '{' => closed -= 1,
                _ => {}
            }
            None
        })
    }
}

/// Reports that the grammar does not match a chunk.
///
/// Returns `None` if the chunk is cut off by an unclosed comment, which is reported instead.
pub(super) fn report(
    text: &str,
    truncated: bool,
    chunk: &Chunk<'_>,
    error: &Error<Rule>,
) -> Option<Diagnostic> {
    let (InputLocation::Pos(offset) | InputLocation::Span((offset, _))) = error.location;
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { message } => return Some(limit_reached(chunk, message)),
    };
    let failure = Failure::new(chunk, offset, expected);
    if failure.matching.is_empty() {
        return Some(not_a_definition(text, chunk.first));
    }
    if truncated && failure.found.is_none() {
        return None;
    }
    let missing = missing_separator(text, &failure);
    missing.or_else(|| Some(with_hint(unexpected(text, &failure), text, &failure)))
}

/// The keyword that `first` is or is probably meant to be.
pub(super) fn intended_keyword(text: &str, first: Token) -> Option<&'static str> {
    nearest(first.text(text), KEYWORDS.iter().copied())
}

/// Reports that pest gave up because the thread's stack is too small.
fn limit_reached(chunk: &Chunk<'_>, limit: &str) -> Diagnostic {
    let message = format!("this definition cannot be parsed: {limit}");
    Diagnostic::new(Code::TooDeep, chunk.first.span, message)
        .help("parse on a thread with a larger stack")
}

fn not_a_definition(text: &str, first: Token) -> Diagnostic {
    let found = quote(text, Some(first));
    let message = format!("expected a definition, found {found}");
    let diagnostic =
        Diagnostic::new(Code::Syntax, first.span, message).label("expected a definition");
    if first.text(text) == "union" {
        return diagnostic.help("use a `switch` in a struct instead of a union");
    }
    match intended_keyword(text, first) {
        Some(keyword) => {
            diagnostic.suggest(format!("did you mean `{keyword}`?"), first.span, keyword)
        }
        None => {
            let keywords = KEYWORDS.iter().map(|keyword| format!("`{keyword}`"));
            let keywords = alternatives(&keywords.collect::<Vec<_>>());
            diagnostic.note(format!("a definition starts with {keywords}"))
        }
    }
}

/// Reports a missing `;` or `,` after the token that it should follow.
fn missing_separator(text: &str, failure: &Failure<'_>) -> Option<Diagnostic> {
    let ends_line = failure.found.is_none_or(|found| match found.first {
        '}' => failure.open_brace().is_some(),
        _ => found.opens_line,
    });
    let before_word = failure.found.is_some_and(|found| found.is_word());
    let separator = if !ends_line {
        return None;
    } else if failure.expects(Rule::semicolon) {
        ";"
    } else if failure.expects(Rule::comma) && before_word {
        ","
    } else {
        return None;
    };
    let end = failure.previous()?.span.end;
    let span = Span::new(end, end);
    let found = quote(text, failure.found);
    let message = format!("expected `{separator}`, found {found}");
    Some(
        Diagnostic::new(Code::Syntax, span, message)
            .label(format!("expected `{separator}`"))
            .suggest(format!("add `{separator}`"), span, separator),
    )
}

fn unexpected(text: &str, failure: &Failure<'_>) -> Diagnostic {
    let mut expected: Vec<&str> = Vec::new();
    for (rule, description) in DESCRIPTIONS {
        if failure.expects(*rule) && !expected.contains(description) {
            expected.push(description);
        }
    }
    let one_of = if expected.len() > 2 { "one of " } else { "" };
    let expected = format!("expected {one_of}{}", alternatives(&expected));
    let message = format!("{expected}, found {}", quote(text, failure.found));
    let end = Span::new(text.len(), text.len());
    let span = failure.found.map_or(end, |found| found.span);
    let diagnostic = Diagnostic::new(Code::Syntax, span, message).label(expected);
    match failure.open_brace() {
        Some(brace) if failure.at_end => diagnostic.also(brace, "this `{` is never closed"),
        _ => diagnostic,
    }
}

/// Adds help for what the language does differently from C.
fn with_hint(diagnostic: Diagnostic, text: &str, failure: &Failure<'_>) -> Diagnostic {
    let Some(found) = failure.found else {
        return diagnostic;
    };
    let word = found.text(text);
    let expects = |rule| failure.expects(rule);
    if word == ":"
        && expects(Rule::message_name)
        && let Some(label) = failure.previous()
        && let Some(meant) = nearest(label.text(text), ["server", "client"])
    {
        return diagnostic.suggest(format!("did you mean `{meant}`?"), label.span, meant);
    }
    let help = match word {
        _ if expects(Rule::case) && expects(Rule::close_brace) => {
            "a case has one field: put several into a struct"
        }
        "switch" if expects(Rule::kw_case) && expects(Rule::field_type) => {
            "a case has one field: put the switch into a struct"
        }
        "," if expects(Rule::open_bracket) => {
            "write each field with its own type, `int32 x; int32 y;`"
        }
        "=" if expects(Rule::open_bracket) => {
            "a field has no initial value; `@virtual(value)` defines a constant that is not on the wire"
        }
        "*" if expects(Rule::field_name) => "there are no pointers to pointers",
        _ if expects(Rule::item_name) && word.starts_with(|first: char| first.is_ascii_digit()) => {
            "name an item of the enum or flags instead of its number"
        }
        _ if expects(Rule::close_bracket) => {
            "a size is a number, a field, `image_size(bits, width, rows)` or `cstring()`; `[]` extends to the end of the message"
        }
        _ if expects(Rule::field_type) && !failure.at_end && KEYWORDS.contains(&word) => {
            "this keyword cannot be a type"
        }
        _ if !found.first.is_ascii() => "names consist of the letters A to Z, digits and `_`",
        _ => return diagnostic,
    };
    diagnostic.help(help)
}

/// Joins descriptions to `a`, `a or b` or `a, b or c`.
fn alternatives<S: AsRef<str>>(descriptions: &[S]) -> String {
    let mut text = String::new();
    for (index, description) in descriptions.iter().enumerate() {
        text.push_str(match descriptions.len() - index {
            _ if index == 0 => "",
            1 => " or ",
            _ => ", ",
        });
        text.push_str(description.as_ref());
    }
    text
}

/// Quotes a token, or names the end of the file.
fn quote(text: &str, token: Option<Token>) -> String {
    let Some(token) = token else {
        return "the end of the file".to_owned();
    };
    let word = token.text(text);
    let start: String = word.chars().take(MAX_QUOTE).collect();
    let dots = if start.len() < word.len() { "…" } else { "" };
    format!("`{}{dots}`", start.escape_debug())
}

#[cfg(test)]
mod tests {
    use pest::Position;
    use pest::error::{Error, ErrorVariant};

    use super::super::definitions::Chunk;
    use super::super::lexer::lex;
    use super::{alternatives, quote, report};
    use crate::diagnostic::Code;

    #[test]
    fn alternatives_are_joined() {
        assert_eq!(alternatives(&["a"]), "a");
        assert_eq!(alternatives(&["a", "b"]), "a or b");
        assert_eq!(alternatives(&["a", "b", "c"]), "a, b or c");
    }

    #[test]
    fn quotes_are_short_and_escaped() {
        let long = "x".repeat(41);
        let quoted = |text: &str| quote(text, lex(text).tokens.first().copied());
        assert_eq!(quoted(""), "the end of the file");
        assert_eq!(quoted("word more"), "`word`");
        assert_eq!(quoted("'"), "`\\'`");
        assert_eq!(quoted(&long), format!("`{}…`", "x".repeat(40)));
    }

    #[test]
    fn exhausted_stack_is_reported() {
        let text = "struct A { };";
        let tokens = lex(text).tokens;
        let chunk = Chunk::first_of(text, &tokens).unwrap();
        let variant = ErrorVariant::CustomError {
            message: "stack limit reached".to_owned(),
        };
        let error = Error::new_from_pos(variant, Position::from_start(text));
        let diagnostic = report(text, false, &chunk, &error).unwrap();
        assert_eq!(diagnostic.code, Code::TooDeep);
        assert_eq!(
            diagnostic.message,
            "this definition cannot be parsed: stack limit reached"
        );
        assert_eq!(diagnostic.labels[0].span, chunk.first.span);
    }
}
