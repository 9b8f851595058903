//! Conversion of values to JSON and back.
#![allow(clippy::unwrap_used)]

use spice_dynamic::Value;

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
