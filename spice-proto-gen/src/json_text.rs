//! JSON as text.

use std::fmt::Write as _;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// A boolean.
    Bool(bool),
    /// An integer.
    Number(i128),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Json>),
    /// An object. Keys keep their order.
    Object(Vec<(&'static str, Json)>),
}

/// The width up to which an array or object stays on one line.
const WIDTH: usize = 100;

impl Json {
    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The text on one line.
    pub fn compact(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Text(text) => quoted(text),
            Self::Array(values) => {
                let values: Vec<_> = values.iter().map(Self::compact).collect();
                format!("[{}]", values.join(", "))
            }
            Self::Object(members) => {
                let members = members.iter();
                let members: Vec<_> = members
                    .map(|(key, value)| format!("{}: {}", quoted(key), value.compact()))
                    .collect();
                format!("{{{}}}", members.join(", "))
            }
        }
    }

    /// The text on several lines, indented by two spaces. Short values stay on one line.
    pub fn pretty(&self) -> String {
        let mut text = String::new();
        self.push_pretty(&mut text, 0);
        text.push('\n');
        text
    }

    fn push_pretty(&self, text: &mut String, indent: usize) {
        let compact = self.compact();
        let inner = indent.saturating_add(2);
        if compact.len().saturating_add(indent) <= WIDTH {
            text.push_str(&compact);
            return;
        }
        match self {
            Self::Bool(_) | Self::Number(_) | Self::Text(_) => text.push_str(&compact),
            Self::Array(values) => {
                let lines = values.iter().map(|value| (String::new(), value));
                push_lines(text, indent, inner, '[', ']', lines);
            }
            Self::Object(members) => {
                let lines = members.iter();
                let lines = lines.map(|(key, value)| (format!("{}: ", quoted(key)), value));
                push_lines(text, indent, inner, '{', '}', lines);
            }
        }
    }
}

fn push_lines<'j>(
    text: &mut String,
    indent: usize,
    inner: usize,
    open: char,
    close: char,
    lines: impl Iterator<Item = (String, &'j Json)>,
) {
    text.push(open);
    for (index, (key, value)) in lines.enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}\n{:inner$}{key}", "");
        value.push_pretty(text, inner);
    }
    let _ = write!(text, "\n{:indent$}{close}", "");
}

/// A JSON string. Escapes control characters and the line separators of Unicode.
pub fn quoted(text: &str) -> String {
    let mut json = String::from('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{2028}' | '\u{2029}' => push_escape(&mut json, character),
            _ if character.is_control() => push_escape(&mut json, character),
            _ => json.push(character),
        }
    }
    json.push('"');
    json
}

fn push_escape(json: &mut String, character: char) {
    let _ = write!(json, "\\u{:04x}", u32::from(character));
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn short_values_stay_on_one_line() {
        let list = Json::Array(vec![Json::Number(-1), Json::Bool(true), Json::text("a\"b")]);
        assert_eq!(list.pretty(), "[-1, true, \"a\\\"b\"]\n");
        assert_eq!(Json::Object(vec![]).pretty(), "{}\n");
    }

    #[test]
    fn long_values_are_indented() {
        let long = "x".repeat(90);
        let value = Json::Object(vec![
            ("name", Json::text(long.clone())),
            ("list", Json::Array(vec![Json::Number(1), Json::Number(2)])),
        ]);
        assert_eq!(
            value.pretty(),
            format!("{{\n  \"name\": \"{long}\",\n  \"list\": [1, 2]\n}}\n")
        );
    }
}
