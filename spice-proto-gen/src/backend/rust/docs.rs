//! Comments of the proto as rustdoc, and the wire layout in words.

use crate::ast::Docs;
use crate::model::{Array, Field, Label, Member, Model, Role, Struct, Switch, Type};

/// A comment as lines of rustdoc, or `otherwise` where there is none.
pub(super) fn lines(docs: &Docs, otherwise: &str) -> Vec<String> {
    let lines: Vec<String> = docs.lines().map(escape).collect();
    match lines.iter().all(String::is_empty) {
        true => vec![otherwise.to_owned()],
        false => lines,
    }
}

/// Text in which markdown finds nothing but code spans and links to URLs.
fn escape(line: &str) -> String {
    let line: String = line.trim().chars().map(printable).collect();
    let mut escaped = String::with_capacity(line.len());
    let mut rest = line.as_str();
    if let Some(mark) = block_mark(rest) {
        let (before, after) = rest.split_at(mark);
        escaped.push_str(before);
        escaped.push('\\');
        // The mark itself needs nothing more.
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

/// What can stand in a comment of Rust.
const fn printable(character: char) -> char {
    match character {
        '\t' => ' ',
        // They would hide what the text really says, and the compiler refuses them.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        character if character.is_ascii_control() => char::REPLACEMENT_CHARACTER,
        character => character,
    }
}

/// Where the mark stands that would make the line a heading, an element of a list or a table.
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
    let behind_digits = line.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let digits = line.len().saturating_sub(behind_digits.len());
    let numbered = digits > 0 && behind_digits.starts_with(['.', ')']);
    match (is_mark, numbered && ends(behind_digits.get(1..)?)) {
        (true, _) => Some(0),
        (_, true) => Some(digits),
        _ => None,
    }
}

/// Appends the code span with which the text begins, or else its ticks, escaped. The result is the
/// length of what was appended.
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

/// Appends the URL with which the text begins, as a link. The result is its length.
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

/// Whether a character between others has a meaning in markdown.
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

/// The name of a type in the proto.
fn proto_type(model: &Model, field: &Field) -> String {
    let named = field.ty.alias.or(match field.ty.ty {
        Type::Enum(id) | Type::Struct(id) => Some(id),
        Type::Int(_) | Type::Fd => None,
    });
    match (named, field.ty.ty) {
        (Some(id), _) => match model.types.get(id.0) {
            Some(crate::model::TypeDef::Alias(alias)) => alias.name.clone(),
            Some(crate::model::TypeDef::Enum(found)) => found.name.clone(),
            Some(crate::model::TypeDef::Struct(body)) => body.name.clone(),
            None => String::new(),
        },
        (None, Type::Int(int)) => {
            let sign = if int.signed { "" } else { "u" };
            format!("{sign}int{}", u16::from(int.bytes) * 8)
        }
        (None, _) => "unix_fd".to_owned(),
    }
}

fn array(body: &Struct, field: &Field) -> String {
    let name = |index: usize| match body.members.get(index) {
        Some(Member::Field(field)) => field.name.clone(),
        Some(Member::Switch(switch)) => switch.name.clone(),
        None => String::new(),
    };
    match field.array {
        None => String::new(),
        Some(Array::Fixed(count)) => format!("[{count}]"),
        Some(Array::Count(count)) => match (body.members.get(count.member), count.case) {
            (Some(Member::Switch(switch)), Some(case)) => match switch.cases.get(case) {
                Some(case) => format!("[{}]", case.field.name),
                None => String::new(),
            },
            _ => format!("[{}]", name(count.member)),
        },
        Some(Array::ImageSize { bits, width, rows }) => {
            format!("[image_size({bits}, {}, {})]", name(width), name(rows))
        }
        Some(Array::CString) => "[cstring()]".to_owned(),
        Some(Array::Remaining) => "[]".to_owned(),
    }
}

/// A field in one line: `uint32 name_size`, `uint8 *name[name_size]`.
pub(super) fn declaration(model: &Model, body: &Struct, field: &Field) -> String {
    let star = if field.pointer.is_some() { "*" } else { "" };
    let ty = proto_type(model, field);
    format!("{ty} {star}{}{}", field.name, array(body, field))
}

/// What a body looks like on the wire: a line for each field, with its offset where that is known.
pub(super) fn layout(model: &Model, body: &Struct) -> Vec<String> {
    let rows = layout_rows(model, body);
    if rows.is_empty() {
        return vec!["On the wire: no bytes.".to_owned()];
    }
    let mut lines = vec!["On the wire:".to_owned(), "```text".to_owned()];
    lines.extend(rows);
    lines.push("```".to_owned());
    lines
}

fn layout_rows(model: &Model, body: &Struct) -> Vec<String> {
    let mut rows = Vec::new();
    let mut at = Some(0);
    for member in &body.members {
        let size = match member {
            Member::Field(field) => {
                if !matches!(field.role, Role::Virtual(_)) {
                    let note = field_note(field);
                    let declaration = declaration(model, body, field);
                    rows.push(row(at, &format!("{declaration}{note}")));
                }
                field.size
            }
            Member::Switch(switch) => {
                for case in switch.cases.iter().filter(|case| case.live) {
                    let labels = labels(model, switch, &case.labels);
                    let declaration = declaration(model, body, &case.field);
                    let note = field_note(&case.field);
                    rows.push(row(at, &format!("{labels}: {declaration}{note}")));
                }
                switch.size
            }
        };
        at = at
            .zip(size.exact())
            .and_then(|(at, size): (u64, u64)| at.checked_add(size));
    }
    rows
}

fn row(at: Option<u64>, text: &str) -> String {
    match at {
        Some(at) => format!("{at:>4}  {text}"),
        None => format!("   +  {text}"),
    }
}

fn field_note(field: &Field) -> &'static str {
    match (&field.role, field.pointer) {
        (Role::Zero, _) => "  (zero)",
        (_, Some(pointer)) if pointer.nonnull => "  (offset, not null)",
        (_, Some(_)) => "  (offset, or 0)",
        _ => "",
    }
}

fn labels(model: &Model, switch: &Switch, labels: &[Label]) -> String {
    let name = |item: usize| {
        let found = model.enumeration(switch.discriminant.ty);
        let item = found.and_then(|found| found.items.get(item));
        item.map(|item| item.name.clone()).unwrap_or_default()
    };
    let labels = labels.iter().map(|label| match label {
        Label::Default => "otherwise".to_owned(),
        Label::Item {
            item,
            negated: false,
        } => format!("if {}", name(*item)),
        Label::Item {
            item,
            negated: true,
        } => format!("if not {}", name(*item)),
    });
    labels.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn only_code_and_urls_have_a_meaning() {
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
