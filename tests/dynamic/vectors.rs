//! Compares the interpreter with the reference implementation's test data.

use spice_dynamic::{Value, decode, encode, message};
use spice_proto_gen::model::{Model, TypeId};

use crate::common::facts::Facts;
use crate::common::rows::{Row, hex, recorded, reference, verdicts};
use crate::common::{assert_none, read};
use crate::{model, side};

fn body(model: &Model, row: &Row) -> TypeId {
    let found = message(model, row.channel_type.0, side(row.side), row.id);
    let found = found.unwrap_or_else(|| panic!("no message {}", row.label()));
    assert!(row.message.is_empty() || found.name == row.message);
    found.body
}

/// Runs a check on each row and fails with all problems.
fn check(rows: &[Row], check: impl Fn(&Model, TypeId, &Row) -> Result<(), String>) {
    let model = model();
    let problems = rows.iter().filter_map(|row| {
        let problem = check(&model, body(&model, row), row).err()?;
        Some(format!("{}: {problem}", row.label()))
    });
    assert_none(&problems.collect::<Vec<_>>());
}

/// Compares a value with the `fields` of a line as text, including their order.
fn same_fields(value: &Value<'_>, line: &str) -> Result<(), String> {
    let json = value.to_json();
    match line.ends_with(&format!(",\"fields\":{json}}}")) {
        true => Ok(()),
        false => Err(format!("decoded to {json}")),
    }
}

#[test]
fn reference_messages_have_the_expected_fields_and_bytes() {
    let (rows, facts) = (reference(), Facts::load());
    let text = read("tests/data/reference.jsonl");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 1092);
    check(&rows, |model, body, row| {
        let decoded = decode(model, body, &row.body).map_err(|error| error.to_string())?;
        same_fields(&decoded.value, lines[row.line - 1])?;
        if !decoded.trailing.is_empty() {
            return Err(format!("{} trailing bytes", decoded.trailing.len()));
        }
        let parsed = Value::from_json(&decoded.value.to_json()).map_err(|e| e.to_string())?;
        for value in [&decoded.value, &parsed] {
            let encoded = encode(model, body, value).map_err(|error| error.to_string())?;
            if (encoded == row.body) == facts.has_null_array_with_count(row) {
                return Err(format!("encoded to {}", hex(&encoded)));
            }
        }
        Ok(())
    });
}

#[test]
fn verdicts_and_fields_match_the_reference_decoder() {
    let rows = verdicts();
    let text = read("tests/data/verdicts.jsonl");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 4000);
    check(&rows, |model, body, row| {
        match (decode(model, body, &row.body), row.accept) {
            (Ok(decoded), true) => same_fields(&decoded.value, lines[row.line - 1]),
            (Err(_), false) => Ok(()),
            (Ok(decoded), false) => Err(format!("accepted as {}", decoded.value.to_json())),
            (Err(error), true) => Err(error.to_string()),
        }
    });
}

#[test]
fn recorded_messages_encode_to_the_same_bytes() {
    let rows = recorded();
    assert!(rows.len() > 250, "{} rows", rows.len());
    check(&rows, |model, body, row| {
        let decoded = decode(model, body, &row.body).map_err(|error| error.to_string())?;
        let mut encoded = encode(model, body, &decoded.value).map_err(|error| error.to_string())?;
        encoded.extend_from_slice(decoded.trailing);
        match encoded == row.body {
            true => Ok(()),
            false => Err(format!("encoded to {}", hex(&encoded))),
        }
    });
}
