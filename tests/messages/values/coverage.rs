//! Checks which messages have a test of their values.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::values::support::Cases;

const MODULES: &[Cases] = &[
    crate::values::base_channel::CASES,
    crate::values::cursor_channel::CASES,
    #[cfg(unix)]
    crate::values::descriptors::CASES,
    crate::values::display_client::CASES,
    crate::values::display_streams::CASES,
    crate::values::display_surfaces::CASES,
    crate::values::draw_areas::CASES,
    crate::values::draw_composite::CASES,
    crate::values::draw_pictures::CASES,
    crate::values::draw_stroke::CASES,
    crate::values::draw_text::CASES,
    crate::values::inputs_channel::CASES,
    crate::values::main_channel::CASES,
    crate::values::port_channels::CASES,
    crate::values::smartcard_channel::CASES,
    crate::values::sound_channels::CASES,
];

/// Minimum number of tested messages.
const LEAST: usize = 40;

fn tested() -> BTreeSet<String> {
    let cases = MODULES.iter().flat_map(|cases| cases.iter());
    let mut paths = BTreeSet::new();
    for (path, _) in cases {
        assert!(paths.insert((*path).to_owned()), "{path} has two tests");
    }
    paths
}

fn facts() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/spice.json");
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// Whether the fields contain a pointer, a switch, image data or a descriptor at any depth, or an
/// array in a nested struct.
fn is_intricate(facts: &Value, fields: &[Value], nested: bool) -> bool {
    fields.iter().any(|field| {
        let array = &field["array"];
        let inner = match &field["inline_struct"] {
            Value::Null => list(facts, "types")
                .iter()
                .find(|ty| ty["name"] == field["type"])
                .map_or(&[][..], |ty| list(ty, "fields")),
            inline => list(inline, "fields"),
        };
        field["pointer"] == true
            || !field["switch"].is_null()
            || array["kind"] == "image_size"
            || field["type"] == "unix_fd"
            || (nested && !array.is_null())
            || is_intricate(facts, inner, true)
    })
}

/// Returns the paths of all messages, and whether each message is intricate.
fn messages(facts: &Value) -> Vec<(String, bool)> {
    let mut messages = Vec::new();
    for channel in list(facts, "channels") {
        let defined = channel["name"].as_str().unwrap();
        let module = defined.strip_suffix("Channel").unwrap().to_lowercase();
        for side in ["server", "client"] {
            for message in list(channel, side) {
                let fields = match message["message"].as_str() {
                    Some(body) => list(facts, "types")
                        .iter()
                        .find(|ty| ty["name"] == body)
                        .map(|ty| list(ty, "fields"))
                        .unwrap(),
                    None => list(&message["body"], "fields"),
                };
                let name = message["name"].as_str().unwrap();
                let intricate = is_intricate(facts, fields, false);
                messages.push((format!("{module}.{side}.{name}"), intricate));
            }
        }
    }
    messages
}

#[test]
fn every_intricate_message_is_tested() {
    let messages = messages(&facts());
    let (intricate, tested) = (
        messages.iter().filter(|(_, intricate)| *intricate),
        tested(),
    );
    let count = intricate.clone().count();
    assert!(count >= 26, "only {count} intricate messages were found");
    let missing: Vec<&String> = intricate
        .map(|(path, _)| path)
        .filter(|path| !tested.contains(*path))
        .filter(|path| cfg!(unix) || !path.contains("gl_scanout"))
        .collect();
    assert!(missing.is_empty(), "not tested: {missing:?}");
}

#[test]
fn enough_messages_are_tested() {
    let (messages, tested) = (messages(&facts()), tested());
    assert!(tested.len() >= LEAST, "{} messages", tested.len());
    for path in tested {
        assert!(
            messages.iter().any(|(known, _)| *known == path),
            "the protocol has no {path}"
        );
    }
}
