//! Conversion between values and JSON.

mod parse;

use std::fmt;

use crate::value::Value;

/// The reason why a text is not the JSON form of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JsonError {
    reason: &'static str,
    offset: usize,
}

impl JsonError {
    /// Returns the byte offset in the text.
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
    /// Converts the value to compact JSON. Structs become objects, bytes become a string of
    /// hexadecimal digits, and descriptors become -1. Integers keep all their digits.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        write(self, &mut text);
        text
    }

    /// Parses JSON in the form that [`Value::to_json`] returns. Descriptors become the number -1,
    /// and zero-sized elements become an ordinary list; encoding accepts both.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not JSON, or contains a fraction, an exponent, a boolean, a
    /// string that is not hexadecimal, or an integer of more than 64 bits.
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

/// Writes a name. Names from a proto need no escapes, but a value built by hand can contain any
/// string.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitespace_and_escapes_are_parsed() {
        let value =
            Value::from_json(" { \"a\\u0062\" : [ 1 ,\t-2 ] ,\n\"c\" : \"0aFf\" }\r\n").unwrap();
        assert_eq!(value.to_json(), r#"{"ab":[1,-2],"c":"0aff"}"#);
        let value = Value::Struct(vec![("q\"\\\n".into(), Value::Null)]);
        let json = value.to_json();
        assert_eq!(json, r#"{"q\"\\\u000a":null}"#);
        assert_eq!(Value::from_json(&json), Ok(value));
    }

    #[test]
    fn numbers_of_64_bits_are_exact() {
        for number in ["18446744073709551615", "-9223372036854775808", "0"] {
            assert_eq!(Value::from_json(number).unwrap().to_json(), number);
        }
    }

    #[test]
    fn invalid_json_is_rejected_at_its_offset() {
        let cases = [
            ("", 0),
            ("{", 1),
            ("{\"a\"}", 4),
            ("[1,]", 3),
            ("[1 2]", 3),
            ("1.5", 1),
            ("1e3", 1),
            ("01", 2),
            ("-", 1),
            ("18446744073709551616", 20),
            ("-9223372036854775809", 20),
            ("true", 0),
            ("\"abc\"", 0),
            ("\"0g\"", 0),
            ("\"ab", 3),
            ("\"\\x\"", 3),
            ("\"\\u00é\"", 7),
            ("\"\\u000é\"", 3),
            ("null null", 5),
            ("nul", 0),
        ];
        for (text, offset) in cases {
            let error = Value::from_json(text).expect_err(text);
            assert_eq!(error.offset(), offset, "{text}: {error}");
        }
    }

    #[test]
    fn deep_nesting_is_rejected() {
        assert!(Value::from_json(&"[".repeat(1_000_000)).is_err());
        assert!(Value::from_json(&"{\"a\":".repeat(1_000_000)).is_err());
    }
}
