//! What is said about a definition that cannot be parsed.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::grammar::Rule;
use super::nearest::{DEFINITION_KEYWORDS, nearest};
use super::scan::{Scanner, Token};
use super::segment::Segment;
use crate::diagnostic::{Code, Diagnostic};
use crate::span::Span;

/// The most of a word that is quoted.
const LONGEST_QUOTE: usize = 40;

/// What each rule is called, in the order in which alternatives are named. `*` and `!` are left
/// out: they only ever stand before a name, which is named.
const WORDS: &[(Rule, &str)] = &[
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

/// Where a segment breaks off.
struct Break {
    /// The last good token.
    previous: Option<Token>,
    /// The first bad token, if the text does not end there.
    found: Option<Token>,
    /// The innermost `{` that is open there.
    open_brace: Option<Span>,
    /// Whether all tokens of the segment are good, and more were needed.
    at_end: bool,
}

/// The finding for a segment that the grammar does not match. None where the text was cut off
/// (`truncated`) by an unclosed comment, which is reported instead.
pub(super) fn syntax_error(
    text: &str,
    truncated: bool,
    segment: Segment,
    error: &Error<Rule>,
) -> Option<Diagnostic> {
    let (InputLocation::Pos(offset) | InputLocation::Span((offset, _))) = error.location;
    let position = segment.first.span.start.saturating_add(offset);
    if position <= segment.first.span.start {
        return Some(not_a_definition(text, segment.first));
    }
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.as_slice(),
        ErrorVariant::CustomError { .. } => &[],
    };
    let place = find_break(text, segment, position);
    if truncated && place.found.is_none() {
        return None;
    }
    missing_separator(text, &place, expected).or_else(|| {
        Some(with_hint(
            unexpected(text, &place, expected),
            text,
            &place,
            expected,
        ))
    })
}

/// The definition keyword that a segment begins with, or was probably meant to begin with.
pub(super) fn intended_keyword(text: &str, first: Token) -> Option<&'static str> {
    nearest(first.text(text), DEFINITION_KEYWORDS.iter().copied())
}

fn not_a_definition(text: &str, first: Token) -> Diagnostic {
    let found = quote(text, Some(first));
    let diagnostic = Diagnostic::new(
        Code::Syntax,
        first.span,
        format!("expected a definition, found {found}"),
    )
    .label("expected a definition");
    if first.text(text) == "union" {
        return diagnostic.help("what differs from case to case is a `switch` in a struct");
    }
    match intended_keyword(text, first) {
        Some(keyword) => {
            diagnostic.suggest(format!("did you mean `{keyword}`?"), first.span, keyword)
        }
        None => {
            let keywords: Vec<String> = DEFINITION_KEYWORDS
                .iter()
                .map(|keyword| format!("`{keyword}`"))
                .collect();
            diagnostic.note(format!(
                "a definition begins with {}",
                alternatives(&keywords)
            ))
        }
    }
}

fn find_break(text: &str, segment: Segment, position: usize) -> Break {
    let mut place = Break {
        previous: None,
        found: None,
        open_brace: None,
        at_end: position >= segment.end,
    };
    let mut open = Vec::new();
    let mut scanner = Scanner::new(text, segment.first.span.start);
    while let Some(token) = scanner.token() {
        // The grammar may break off inside of what is one token here, as in `12ab`.
        if token.span.end > position {
            place.found = Some(token);
            break;
        }
        match token.first {
            '{' => open.push(token.span),
            '}' => drop(open.pop()),
            _ => {}
        }
        place.previous = Some(token);
    }
    place.open_brace = open.last().copied();
    place
}

/// A `;` or `,` that is missing is best shown behind the token that it should follow.
fn missing_separator(text: &str, place: &Break, expected: &[Rule]) -> Option<Diagnostic> {
    let ends_line = place.found.is_none_or(|found| match found.first {
        '}' => place.open_brace.is_some(),
        _ => found.opens_line,
    });
    let separator = match () {
        () if !ends_line => return None,
        () if expected.contains(&Rule::semicolon) => ";",
        () if expected.contains(&Rule::comma)
            && place.found.is_some_and(|found| found.is_word()) =>
        {
            ","
        }
        () => return None,
    };
    let end = place.previous?.span.end;
    let behind = Span::new(end, end);
    let found = quote(text, place.found);
    let message = format!("expected `{separator}`, found {found}");
    Some(
        Diagnostic::new(Code::Syntax, behind, message)
            .label(format!("expected `{separator}`"))
            .suggest(format!("add `{separator}`"), behind, separator),
    )
}

fn unexpected(text: &str, place: &Break, expected: &[Rule]) -> Diagnostic {
    let mut phrases: Vec<&str> = Vec::new();
    for (rule, phrase) in WORDS {
        if expected.contains(rule) && !phrases.contains(phrase) {
            phrases.push(phrase);
        }
    }
    let span = place
        .found
        .map_or(Span::new(text.len(), text.len()), |found| found.span);
    let found = quote(text, place.found);
    let diagnostic = match phrases.len() {
        0 => Diagnostic::new(Code::Syntax, span, format!("{found} cannot stand here")),
        count => {
            let one_of = if count > 2 { "one of " } else { "" };
            let expected = format!("expected {one_of}{}", alternatives(&phrases));
            Diagnostic::new(Code::Syntax, span, format!("{expected}, found {found}"))
                .label(expected)
        }
    };
    match place.open_brace {
        Some(brace) if place.at_end => diagnostic.also(brace, "this `{` is never closed"),
        _ => diagnostic,
    }
}

/// Adds what helps those who expect the language to be like C.
fn with_hint(finding: Diagnostic, text: &str, place: &Break, expected: &[Rule]) -> Diagnostic {
    let Some(found) = place.found else {
        return finding;
    };
    let word = found.text(text);
    let previous = place.previous.map(|token| (token, token.text(text)));
    if let (":", Some((label, written))) = (word, previous)
        && expected.contains(&Rule::message_name)
        && let Some(meant) = nearest(written, ["server", "client"])
    {
        return finding.suggest(format!("did you mean `{meant}`?"), label.span, meant);
    }
    let expects = |rule| expected.contains(&rule);
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
            "a field has no value; `@virtual(value)` is a constant that is not on the wire"
        }
        "*" if expects(Rule::field_name) => "there are no pointers to pointers",
        _ if expects(Rule::item_name) && is_number(word) => {
            "a case is named by an item of its enum or flags, and not by its number"
        }
        _ if expects(Rule::close_bracket) => {
            "a size is a number, a field, `image_size(bits, width, rows)` or `cstring()`; `[]` is to the end of the message"
        }
        _ if expects(Rule::field_type)
            && !place.at_end
            && intended_keyword(text, found) == Some(word) =>
        {
            "this word belongs to the language and is no type"
        }
        _ if !found.first.is_ascii() => "names are made of the letters A to Z, digits and `_`",
        _ => return finding,
    };
    finding.help(help)
}

fn is_number(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_digit())
}

/// `a`, `a or b`, `a, b or c`.
fn alternatives<S: AsRef<str>>(phrases: &[S]) -> String {
    let mut text = String::new();
    for (index, phrase) in phrases.iter().enumerate() {
        let left = phrases.len().saturating_sub(index);
        text.push_str(match (index, left) {
            (0, _) => "",
            (_, 1) => " or ",
            _ => ", ",
        });
        text.push_str(phrase.as_ref());
    }
    text
}

fn quote(text: &str, token: Option<Token>) -> String {
    let Some(token) = token else {
        return "the end of the file".to_owned();
    };
    let word = token.text(text);
    let short: String = word.chars().take(LONGEST_QUOTE).collect();
    let dots = if short.len() < word.len() { "…" } else { "" };
    format!("`{}{dots}`", short.escape_debug())
}
