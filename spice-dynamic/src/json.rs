//! Conversion between values and JSON.

mod expected;
mod parse;

use std::fmt::{self, Write as _};

use spice_proto_gen::model::{Enum, Model, TypeId};

use self::expected::Expected;
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
        write(self, Expected::Any, &mut text);
        text
    }

    /// Converts the value of a message or struct to compact JSON with the names of enums and flags.
    ///
    /// An enum becomes the name of its item, flags become a list of names. Values and bits without a name
    /// stay numbers.
    ///
    /// ```
    /// use spice_dynamic::{Value, message};
    /// use spice_proto_gen::{Analysis, diagnostic::Levels, model::Side};
    ///
    /// let proto = "flags8 Buttons { LEFT, RIGHT }; enum8 Kind { MOVE, PRESS };
    ///              channel Mouse { client: message { Kind kind; Buttons buttons; } event; };
    ///              protocol P { Mouse mouse = 1; };";
    /// let model = Analysis::new(proto.as_bytes(), &Levels::default()).model.unwrap();
    /// let body = message(&model, 1, Side::Client, 1).unwrap().body;
    /// let value = Value::from_json(r#"{"kind":1,"buttons":129}"#).unwrap();
    /// let named = value.to_json_with_names(&model, body);
    /// assert_eq!(named, r#"{"kind":"PRESS","buttons":["LEFT",128]}"#);
    /// assert_eq!(Value::from_json_with_names(&model, body, &named), Ok(value));
    /// ```
    #[must_use]
    pub fn to_json_with_names(&self, model: &Model, body: TypeId) -> String {
        let mut text = String::new();
        write(self, Expected::body(model, body), &mut text);
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
        parse::parse(text, Expected::Any)
    }

    /// Parses the JSON form of a message or struct. Enums and flags are names or numbers, as in
    /// [`Value::to_json_with_names`]. A single flag needs no list.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`Value::from_json`], and for an unknown name.
    pub fn from_json_with_names(
        model: &Model,
        body: TypeId,
        text: &str,
    ) -> Result<Value<'static>, JsonError> {
        parse::parse(text, Expected::body(model, body))
    }
}

fn write(value: &Value<'_>, expected: Expected<'_>, text: &mut String) {
    match value {
        Value::Integer(number) => match expected.enumeration() {
            Some(found) => write_named(*number, found, text),
            None => write_number(*number, text),
        },
        Value::Descriptor => text.push_str("-1"),
        Value::Null => text.push_str("null"),
        Value::Bytes(bytes) => {
            text.push('"');
            write_hex(bytes, text);
            text.push('"');
        }
        Value::List(values) => write_list(values.iter(), expected, text),
        Value::Repeated { value, count } => {
            write_list(std::iter::repeat_n(&**value, *count), expected, text);
        }
        Value::Struct(fields) => {
            text.push('{');
            for (index, (name, value)) in fields.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_name(name, text);
                text.push(':');
                write(value, expected.member(name), text);
            }
            text.push('}');
        }
    }
}

fn write_list<'v>(
    values: impl Iterator<Item = &'v Value<'v>>,
    expected: Expected<'_>,
    text: &mut String,
) {
    text.push('[');
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push(',');
        }
        write(value, expected.element(), text);
    }
    text.push(']');
}

/// Writes the value of an enum or flags type.
fn write_named(number: i128, ty: &Enum, text: &mut String) {
    if !ty.flags {
        let mut items = ty.items.iter();
        match items.find(|item| i128::from(item.value) == number) {
            Some(item) => write_name(&item.name, text),
            None => write_number(number, text),
        }
        return;
    }
    let mut rest = number;
    let mut separator = "[";
    for item in &ty.items {
        let bit = i128::from(item.value);
        if bit != 0 && rest & bit == bit {
            text.push_str(separator);
            write_name(&item.name, text);
            (separator, rest) = (",", rest & !bit);
        }
    }
    if rest != 0 {
        text.push_str(separator);
        write_number(rest, text);
        separator = ",";
    }
    text.push_str(if separator == "[" { "[]" } else { "]" });
}

fn write_number(number: i128, text: &mut String) {
    // Writing to a string cannot fail. Numbers of 64 bits are formatted faster.
    let _ = match i64::try_from(number) {
        Ok(number) => write!(text, "{number}"),
        Err(_) => write!(text, "{number}"),
    };
}

fn write_hex(bytes: &[u8], text: &mut String) {
    text.reserve(bytes.len().saturating_mul(2));
    let digit = |half: u8| half + if half < 10 { b'0' } else { b'a' - 10 };
    for chunk in bytes.chunks(64) {
        let mut digits = [0; 128];
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(chunk) {
            *pair = [digit(byte >> 4), digit(byte & 0xf)];
        }
        let digits = digits.get(..chunk.len().saturating_mul(2));
        text.push_str(str::from_utf8(digits.unwrap_or_default()).unwrap_or_default());
    }
}

/// Writes a name. Names from a proto need no escapes, but a value built by hand can contain any
/// string.
fn write_name(name: &str, text: &mut String) {
    text.push('"');
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.bytes().all(is_plain) {
        text.push_str(name);
        text.push('"');
        return;
    }
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
    fn names_are_those_of_the_selected_case() {
        let definitions = "enum8 E { A, B }; enum8 F { X, Y }; flags16 G { P, Q };";
        let body = "E e; switch (e) { case A: F f; case B: G g[2]; } u; E list[2];";
        let (model, body) = crate::testing::compile(definitions, body);
        for (plain, named) in [
            (
                r#"{"e":0,"u":{"f":1},"list":"0007"}"#,
                r#"{"e":"A","u":{"f":"Y"},"list":"0007"}"#,
            ),
            (
                r#"{"e":1,"u":{"g":[3,0]},"list":"0000"}"#,
                r#"{"e":"B","u":{"g":[["P","Q"],[]]},"list":"0000"}"#,
            ),
            (
                r#"{"e":9,"u":null,"list":"0000"}"#,
                r#"{"e":9,"u":null,"list":"0000"}"#,
            ),
        ] {
            let value = Value::from_json(plain).unwrap();
            assert_eq!(value.to_json_with_names(&model, body), named);
            assert_eq!(
                Value::from_json_with_names(&model, body, named).as_ref(),
                Ok(&value)
            );
            assert_eq!(Value::from_json_with_names(&model, body, plain), Ok(value));
        }
    }

    #[test]
    fn single_flag_needs_no_list_and_unknown_names_are_rejected() {
        let (model, body) = crate::testing::compile("flags8 F { A, B };", "F f; uint8 n;");
        let parse = |text: &str| Value::from_json_with_names(&model, body, text);
        let value = parse(r#"{"f":"B","n":1}"#).unwrap();
        assert_eq!(value.to_json(), r#"{"f":2,"n":1}"#);
        let value = parse(r#"{"f":["A",4],"n":1}"#).unwrap();
        assert_eq!(value.to_json(), r#"{"f":5,"n":1}"#);
        for text in [r#"{"f":"C"}"#, r#"{"f":["A","C"]}"#, r#"{"f":[null]}"#] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse(r#"{"f":"C"}"#).unwrap_err().offset(), 5);
    }

    #[test]
    fn deep_nesting_is_rejected() {
        assert!(Value::from_json(&"[".repeat(1_000_000)).is_err());
        assert!(Value::from_json(&"{\"a\":".repeat(1_000_000)).is_err());
    }
}
