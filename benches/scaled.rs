//! Makes a large proto from a small one: repeats all definitions, each time under new names.

use std::collections::HashSet;
use std::fmt::Write as _;

/// The most channels of a protocol: channel numbers are 1 to 255.
const MOST_CHANNELS: usize = 255;

const DEFINITIONS: &[&str] = &[
    "typedef", "struct", "message", "enum8", "enum16", "enum32", "flags8", "flags16", "flags32",
    "channel",
];

/// Returns `times` copies of the definitions of `proto`, and one protocol with their channels up to the
/// most that a protocol can have.
#[must_use]
pub fn scaled(proto: &str, times: usize) -> String {
    let begin = proto.find("\nprotocol ").unwrap_or(proto.len());
    let (definitions, protocol) = proto.split_at(begin);
    let tokens = tokens(definitions);
    let names = defined_names(&tokens);
    let mut text = String::with_capacity(proto.len().saturating_mul(times));
    for copy in 0..times {
        for token in &tokens {
            text.push_str(token);
            if names.contains(token) {
                append_number(&mut text, copy);
            }
        }
    }
    append_protocol(&mut text, protocol, times);
    text
}

/// Appends the number of a copy to a name. The first copy keeps its names.
fn append_number(text: &mut String, copy: usize) {
    if copy > 0 {
        // Writing to a string cannot fail.
        let _ = write!(text, "_c{copy}");
    }
}

fn append_protocol(text: &mut String, protocol: &str, times: usize) {
    let entries: Vec<(&str, &str)> = protocol.lines().filter_map(entry).collect();
    text.push_str("\nprotocol Scaled {\n");
    let copies = (0..times).flat_map(|copy| entries.iter().map(move |entry| (copy, entry)));
    for (copy, (channel, name)) in copies.take(MOST_CHANNELS) {
        for word in [channel, name] {
            text.push_str(word);
            append_number(text, copy);
            text.push(' ');
        }
        text.push_str(";\n");
    }
    text.push_str("};\n");
}

/// Splits a line of the protocol into channel and name.
fn entry(line: &str) -> Option<(&str, &str)> {
    let mut words = line.trim().split([' ', ';']);
    match (words.next(), words.next()) {
        (Some(channel), Some(name)) if line.starts_with(' ') => Some((channel, name)),
        _ => None,
    }
}

/// Splits the text into words, comments and the text between them.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let length = if rest.starts_with("//") {
            rest.find('\n')
        } else if rest.starts_with("/*") {
            rest.find("*/").map(|at| at.saturating_add(2))
        } else if rest.starts_with(is_word_character) {
            rest.find(|character| !is_word_character(character))
        } else {
            rest.chars().next().map(char::len_utf8)
        };
        let (token, after) = rest.split_at(length.unwrap_or(rest.len()));
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// Finds the words that follow a keyword of a definition.
fn defined_names<'t>(tokens: &[&'t str]) -> HashSet<&'t str> {
    let mut tokens = tokens.iter().filter(|token| !token.trim().is_empty());
    let mut names = HashSet::new();
    while let Some(token) = tokens.next() {
        if DEFINITIONS.contains(token) {
            let name = tokens.next();
            names.extend(name.filter(|name| name.starts_with(is_word_character)));
        }
    }
    names
}

fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use spice_proto_gen::{Analysis, diagnostic::Levels};

    use super::*;

    #[test]
    fn each_copy_has_all_definitions() {
        let proto = include_str!("../proto/spice.proto");
        let count = |text: &str| {
            let analysis = Analysis::new(text.as_bytes(), &Levels::default());
            let model = analysis.model.expect("the text is a proto");
            let messages = |channel: &spice_proto_gen::model::Channel| {
                channel.server.len() + channel.client.len()
            };
            let messages: usize = model.channels.iter().map(messages).sum();
            [
                model.types.len(),
                model.channels.len(),
                messages,
                model.protocol.channels.len(),
            ]
        };
        assert_eq!(count(&scaled(proto, 3)), count(proto).map(|once| 3 * once));
        assert_eq!(scaled(proto, 30).matches("_c23 ;").count(), 2);
    }
}
