//! Comments of the proto as rustdoc.

use crate::ast::Docs;

/// A comment as lines of rustdoc, or `otherwise` if it is empty.
pub(super) fn lines(docs: &Docs, otherwise: &str) -> Vec<String> {
    let lines: Vec<String> = docs.lines().map(escape).collect();
    if lines.iter().all(String::is_empty) {
        vec![otherwise.to_owned()]
    } else {
        lines
    }
}

/// Escapes all markdown except code spans and URLs.
fn escape(line: &str) -> String {
    let line: String = line.trim().chars().map(printable).collect();
    let mut escaped = String::with_capacity(line.len());
    let mut rest = line.as_str();
    if let Some(mark) = block_mark(rest) {
        let (before, after) = rest.split_at(mark);
        escaped.push_str(before);
        escaped.push('\\');
        let length = after.chars().next().map_or(0, char::len_utf8);
        escaped.push_str(after.get(..length).unwrap_or_default());
        rest = after.get(length..).unwrap_or_default();
    }
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '`' => code_span(rest, &mut escaped),
            'h' => url(rest, &mut escaped),
            _ => 0,
        };
        if length > 0 {
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        if is_special(escaped.chars().next_back(), next, after) {
            escaped.push('\\');
        }
        escaped.push(next);
        rest = after;
    }
    escaped
}

/// Replaces characters that rustc refuses in comments.
const fn printable(character: char) -> char {
    match character {
        '\t' => ' ',
        // They change the direction of the text.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        character if character.is_ascii_control() => char::REPLACEMENT_CHARACTER,
        character => character,
    }
}

/// The position of a mark that makes the line a heading, a list item or a table.
fn block_mark(line: &str) -> Option<usize> {
    let first = line.chars().next()?;
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    let is_mark = match first {
        '#' => ends(line.trim_start_matches('#')),
        '-' => ends(line.get(1..)?) || line.trim_start_matches('-').is_empty(),
        '+' => ends(line.get(1..)?),
        '=' => line.trim_start_matches('=').is_empty(),
        '|' => true,
        _ => false,
    };
    let after_digits = line.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let digits = line.len().saturating_sub(after_digits.len());
    let numbered = digits > 0 && after_digits.starts_with(['.', ')']);
    match (is_mark, numbered && ends(after_digits.get(1..)?)) {
        (true, _) => Some(0),
        (_, true) => Some(digits),
        _ => None,
    }
}

/// Appends the code span at the start of the text. If it is not closed, appends its backticks, escaped.
/// Returns the number of bytes consumed.
fn code_span(text: &str, escaped: &mut String) -> usize {
    let ticks = |text: &str| {
        text.len()
            .saturating_sub(text.trim_start_matches('`').len())
    };
    let length = ticks(text);
    let mut at = length;
    while let Some(tick) = text.get(at..).and_then(|rest| rest.find('`')) {
        at = at.saturating_add(tick);
        let closing = text.get(at..).map_or(0, ticks);
        at = at.saturating_add(closing);
        if closing == length {
            escaped.push_str(text.get(..at).unwrap_or_default());
            return at;
        }
    }
    escaped.push_str(&"\\`".repeat(length));
    length
}

/// Appends the URL at the start of the text as a link. Returns its length.
fn url(text: &str, escaped: &mut String) -> usize {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.starts_with(scheme));
    let Some(scheme) = scheme else {
        return 0;
    };
    let end = text.find([' ', '<', '>', '`']).unwrap_or(text.len());
    let url = text.get(..end).unwrap_or_default();
    let url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '"', ')', ']', '}', '*']);
    if url.len() <= scheme.len() {
        return 0;
    }
    escaped.extend(["<", url, ">"]);
    url.len()
}

/// Whether markdown gives a meaning to a character in this context.
fn is_special(before: Option<char>, character: char, after: &str) -> bool {
    let in_word = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
    match character {
        '[' | '<' | '*' | '\\' | '~' => true,
        '>' => before.is_none(),
        '_' => !(in_word(before) && in_word(after.chars().next())),
        '&' => after
            .find(|character: char| !character.is_ascii_alphanumeric() && character != '#')
            .is_some_and(|end| {
                end > 0 && after.get(end..).is_some_and(|rest| rest.starts_with(';'))
            }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markdown_is_escaped_except_code_and_urls() {
        for (comment, expected) in [
            ("a [link](x) <b> *c* \\", r"a \[link](x) \<b> \*c\* \\"),
            ("`[code]` and ``a ` [b]``", "`[code]` and ``a ` [b]``"),
            ("`open [a] ``", r"\`open \[a] \`\`"),
            ("``` fence", r"\`\`\` fence"),
            ("`[a]``` `b`", "`[a]``` `b\\`"),
            ("# heading", r"\# heading"),
            ("#1 of -2", "#1 of -2"),
            ("> quote -> b", r"\> quote -> b"),
            ("- list", r"\- list"),
            ("-1 is none", "-1 is none"),
            ("---", r"\---"),
            ("1. first", r"1\. first"),
            ("1.5 times", "1.5 times"),
            ("| table |", r"\| table |"),
            ("_a_ a_b __c__", r"\_a\_ a_b \_\_c\_\_"),
            ("&amp; R&D; a & b", r"\&amp; R\&D; a & b"),
            (
                "see https://a.example/x_y?z=[1].",
                "see <https://a.example/x_y?z=[1>].",
            ),
            (
                "`https://a.example` http:// h",
                "`https://a.example` http:// h",
            ),
            ("a\tb\rc\u{202e}d", "a b\u{fffd}c\u{fffd}d"),
        ] {
            assert_eq!(escape(comment), expected);
        }
    }
}
