//! Values as JSON.

mod parse;

use std::fmt;

use crate::value::Value;

/// Why a text is not the JSON of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    reason: &'static str,
    offset: usize,
}

impl JsonError {
    /// The byte of the text at which it was noticed.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.offset, self.reason)
    }
}

impl std::error::Error for JsonError {}

impl Value<'_> {
    /// The value as JSON without blanks: structs as objects, bytes as a string of hexadecimal
    /// digits, descriptors as -1. Integers keep all their digits.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        write(self, &mut text);
        text
    }

    /// The value that JSON in the form of [`Value::to_json`] stands for. Descriptors come back as
    /// the number -1, and elements without bytes as any list; encoding takes them as they are.
    ///
    /// # Errors
    /// If the text is not JSON, or has a fraction, an exponent, a truth value, a string that is not
    /// hexadecimal or a number of more than 64 bits.
    pub fn from_json(text: &str) -> Result<Value<'static>, JsonError> {
        parse::parse(text)
    }
}

fn write(value: &Value<'_>, text: &mut String) {
    match value {
        Value::Integer(number) => text.push_str(&number.to_string()),
        Value::Descriptor => text.push_str("-1"),
        Value::Null => text.push_str("null"),
        Value::Bytes(bytes) => {
            text.push('"');
            for digit in bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]) {
                text.extend(char::from_digit(u32::from(digit), 16));
            }
            text.push('"');
        }
        Value::List(values) => write_list(values.iter(), text),
        Value::Repeated { value, count } => {
            write_list(std::iter::repeat_n(&**value, *count), text);
        }
        Value::Struct(fields) => {
            text.push('{');
            for (index, (name, value)) in fields.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_name(name, text);
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
    }
}

fn write_list<'v>(values: impl Iterator<Item = &'v Value<'v>>, text: &mut String) {
    text.push('[');
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push(',');
        }
        write(value, text);
    }
    text.push(']');
}

/// Names of a proto need no escapes; others may come from a value that was built by hand.
fn write_name(name: &str, text: &mut String) {
    text.push('"');
    for character in name.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\0'..=' ' => text.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => text.push(character),
        }
    }
    text.push('"');
}
