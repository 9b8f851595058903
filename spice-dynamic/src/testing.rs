//! Helpers of the unit tests.

use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{Model, Side, TypeId};
use spice_wire::ErrorKind as Wire;

use crate::{Error, ErrorKind, Value, decode, encode, message};

/// Compiles `definitions` and a message, and returns the model and the message's body.
pub(crate) fn compile(definitions: &str, body: &str) -> (Model, TypeId) {
    let text = format!(
        "{definitions}\nchannel C {{ message {{ {body} }} m = 5; }}; protocol P {{ C c = 3; }};"
    );
    let analysis = Analysis::new(text.as_bytes(), &Levels::default());
    let Some(model) = analysis.model else {
        panic!("{:#?}", analysis.diagnostics);
    };
    let body = message(&model, 3, Side::Server, 5).unwrap().body;
    (model, body)
}

/// Checks that `bytes` decodes to `json` and that both the value and the JSON encode to `bytes`.
#[track_caller]
pub(crate) fn assert_codes(definitions: &str, body: &str, bytes: &[u8], json: &str) {
    let (model, body) = compile(definitions, body);
    let decoded = decode(&model, body, bytes).unwrap();
    assert_eq!(decoded.value.to_json(), json);
    assert!(decoded.trailing.is_empty());
    assert_eq!(encode(&model, body, &decoded.value).unwrap(), bytes);
    let parsed = Value::from_json(json).unwrap();
    assert_eq!(encode(&model, body, &parsed).unwrap(), bytes);
}

#[track_caller]
pub(crate) fn decoding_error(definitions: &str, body: &str, bytes: &[u8]) -> Error {
    let (model, body) = compile(definitions, body);
    decode(&model, body, bytes).unwrap_err()
}

#[track_caller]
pub(crate) fn encoding_error(definitions: &str, body: &str, json: &str) -> Error {
    let (model, body) = compile(definitions, body);
    let value = Value::from_json(json).unwrap();
    encode(&model, body, &value).unwrap_err()
}

#[track_caller]
pub(crate) fn assert_error(error: &Error, kind: Wire, field: &str, offset: usize) {
    assert_eq!(error.kind(), ErrorKind::Wire(kind));
    assert_eq!((error.field(), error.offset()), (field, offset));
}
