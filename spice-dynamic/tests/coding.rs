//! Decodes and encodes messages of small protos.
#![allow(clippy::unwrap_used, clippy::panic)]

use spice_dynamic::{Error, ErrorKind, Value, decode, encode, message};
use spice_proto_gen::Analysis;
use spice_proto_gen::levels::Levels;
use spice_proto_gen::model::{Member, Model, Side, Type, TypeDef, TypeId};
use spice_wire::ErrorKind as Wire;

/// Compiles `definitions` and a message, and returns the model and the message's body.
fn compile(definitions: &str, body: &str) -> (Model, TypeId) {
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
fn assert_codes(definitions: &str, body: &str, bytes: &[u8], json: &str) {
    let (model, body) = compile(definitions, body);
    let decoded = decode(&model, body, bytes).unwrap();
    assert_eq!(decoded.value.to_json(), json);
    assert!(decoded.trailing.is_empty());
    assert_eq!(encode(&model, body, &decoded.value).unwrap(), bytes);
    let parsed = Value::from_json(json).unwrap();
    assert_eq!(encode(&model, body, &parsed).unwrap(), bytes);
}

#[track_caller]
fn decoding_error(definitions: &str, body: &str, bytes: &[u8]) -> Error {
    let (model, body) = compile(definitions, body);
    decode(&model, body, bytes).unwrap_err()
}

#[track_caller]
fn encoding_error(definitions: &str, body: &str, json: &str) -> Error {
    let (model, body) = compile(definitions, body);
    let value = Value::from_json(json).unwrap();
    encode(&model, body, &value).unwrap_err()
}

#[track_caller]
fn assert_error(error: &Error, kind: Wire, field: &str, offset: usize) {
    assert_eq!(error.kind(), ErrorKind::Wire(kind));
    assert_eq!((error.field(), error.offset()), (field, offset));
}

#[test]
fn integers_keep_sign_and_precision() {
    let bytes = [&[0x80, 0xfe, 0xff][..], &[0xff; 8], &[0xff; 8]].concat();
    assert_codes(
        "",
        "int8 a; int16 b; int64 c; uint64 d;",
        &bytes,
        r#"{"a":-128,"b":-2,"c":-1,"d":18446744073709551615}"#,
    );
}

#[test]
fn virtual_fields_are_not_part_of_the_value() {
    assert_codes(
        "",
        "uint8 a @virtual(7); uint16 b @zero; unix_fd c; uint8 d;",
        &[0, 0, 9],
        r#"{"b":0,"c":-1,"d":9}"#,
    );
}

#[test]
fn zero_fields_are_ignored_and_written_as_zero() {
    let (model, body) = compile("", "uint16 b @zero;");
    let decoded = decode(&model, body, &[1, 2]).unwrap();
    assert_eq!(decoded.value.to_json(), r#"{"b":0}"#);
    assert_eq!(encode(&model, body, &decoded.value).unwrap(), [0, 0]);
}

#[test]
fn depth_first_pointees_precede_breadth_first_pointees() {
    let definitions = "struct Leaf { uint8 n; }; struct Node { uint8 n; Leaf *leaf @marshall; };
                       struct Late { uint8 n; Leaf *leaf; };";
    let body = "Late *a; Node *b @marshall; Leaf *c @marshall; Leaf *d;";
    // Order: the root, b, b.leaf, c, a, d, a.leaf.
    let bytes = [
        &[23, 0, 0, 0, 16, 0, 0, 0, 22, 0, 0, 0, 28, 0, 0, 0][..],
        &[1, 21, 0, 0, 0],
        &[2, 3],
        &[4, 29, 0, 0, 0],
        &[5, 6],
    ]
    .concat();
    let json = r#"{"a":{"n":4,"leaf":{"n":6}},"b":{"n":1,"leaf":{"n":2}},"c":{"n":3},"d":{"n":5}}"#;
    assert_codes(definitions, body, &bytes, json);
}

#[test]
fn switch_uses_the_first_matching_case() {
    let definitions = "flags8 F { A, B, C };";
    let body = "F f; switch (f) { case A: uint8 a; case !B: uint16 nb; case C: uint8 c; } u;";
    assert_codes(definitions, body, &[1, 9], r#"{"f":1,"u":{"a":9}}"#);
    assert_codes(definitions, body, &[4, 9, 0], r#"{"f":4,"u":{"nb":9}}"#);
    assert_codes(definitions, body, &[6, 9], r#"{"f":6,"u":{"c":9}}"#);
    assert_codes(definitions, body, &[2], r#"{"f":2,"u":null}"#);
    let error = encoding_error(definitions, body, r#"{"f":1,"u":{"c":9}}"#);
    assert_error(&error, Wire::VariantMismatch, "u", 1);
}

#[test]
fn counts_must_match_array_lengths() {
    let body = "uint8 n; uint16 x[n]; uint8 *y[n];";
    let json = r#"{"n":2,"x":[1,2],"y":"0304"}"#;
    assert_codes("", body, &[2, 1, 0, 2, 0, 9, 0, 0, 0, 3, 4], json);
    let error = encoding_error("", body, r#"{"n":2,"x":[1],"y":"0304"}"#);
    assert_error(
        &error,
        Wire::CountMismatch {
            count: 2,
            length: 1,
        },
        "x",
        1,
    );
    // A null array is compatible with any count.
    let json = r#"{"n":1,"x":[1],"y":null}"#;
    assert_codes("", body, &[1, 1, 0, 0, 0, 0, 0], json);
}

#[test]
fn count_of_a_null_array_is_encoded_as_zero() {
    let (model, body) = compile("", "uint8 n; uint8 *x[n];");
    let decoded = decode(&model, body, &[3, 0, 0, 0, 0]).unwrap();
    assert_eq!(decoded.value.to_json(), r#"{"n":3,"x":null}"#);
    assert_eq!(encode(&model, body, &decoded.value).unwrap(), [0; 5]);
    let error = decoding_error("", "uint8 n; uint16 *x[n];", &[3, 0, 0, 0, 0]);
    assert_error(&error, Wire::NullArray { count: 3 }, "x", 1);
}

#[test]
fn pointer_to_an_empty_array_is_null_unless_nonnull() {
    let (model, body) = compile("", "uint8 n; uint8 *x[n]; uint8 *y[n] @nonnull;");
    let bytes = [0, 1, 0, 0, 0, 1, 0, 0, 0];
    let decoded = decode(&model, body, &bytes).unwrap();
    assert_eq!(decoded.value.to_json(), r#"{"n":0,"x":"","y":""}"#);
    let encoded = encode(&model, body, &decoded.value).unwrap();
    assert_eq!(encoded, [0, 0, 0, 0, 0, 1, 0, 0, 0]);
}

#[test]
fn errors_have_field_and_offset() {
    let definitions = "struct Point { uint16 x; uint16 y; }; struct Box { Point *p; };";
    let error = decoding_error(definitions, "uint8 n; Point points[n];", &[2, 0, 0, 0]);
    let kind = Wire::Truncated {
        needed: 8,
        available: 3,
    };
    assert_error(&error, kind, "points", 1);
    let error = decoding_error(definitions, "Point p;", &[2, 0, 0]);
    let kind = Wire::Truncated {
        needed: 2,
        available: 1,
    };
    assert_error(&error, kind, "p.y", 2);
    let error = decoding_error(definitions, "Box boxes[2];", &[0, 0, 0, 0, 6, 0, 0, 0]);
    let kind = Wire::Truncated {
        needed: 2,
        available: 0,
    };
    assert_error(&error, kind, "boxes[1].p.y", 8);
    let error = decoding_error(definitions, "Point *p @nonnull;", &[4, 0, 0, 0]);
    let kind = Wire::PointerOutOfRange {
        target: 4,
        length: 4,
    };
    assert_error(&error, kind, "p", 0);
    // A missing fixed-size field is reported before pointers are followed.
    let error = decoding_error(definitions, "Point *p @nonnull; uint8 n;", &[0; 4]);
    let kind = Wire::Truncated {
        needed: 1,
        available: 0,
    };
    assert_error(&error, kind, "n", 4);
}

#[test]
fn values_of_the_wrong_shape_are_rejected() {
    let body = "uint8 a; uint16 b[2]; unix_fd c;";
    let cases = [
        (r#"{"a":256,"b":[1,2],"c":-1}"#, "out_of_range", "a"),
        (r#"{"a":-1,"b":[1,2],"c":-1}"#, "out_of_range", "a"),
        (r#"{"a":1,"b":[1],"c":-1}"#, "count_mismatch", "b"),
        (r#"{"a":1,"b":[1,null],"c":-1}"#, "wrong_value", "b[1]"),
        (r#"{"a":1,"b":"0102","c":-1}"#, "wrong_value", "b"),
        (r#"{"a":1,"b":[1,2],"c":3}"#, "wrong_value", "c"),
        (r#"{"a":1,"b":[1,2]}"#, "missing_field", "c"),
        (r#"{"a":1,"b":[1,2],"c":-1,"d":1}"#, "unexpected_field", "d"),
        (r#"{"a":1,"b":[1,2],"c":-1,"a":1}"#, "unexpected_field", "a"),
        ("[1]", "wrong_value", ""),
    ];
    for (json, kind, field) in cases {
        let error = encoding_error("", body, json);
        assert_eq!(
            (error.kind().name(), error.field()),
            (kind, field),
            "{json}"
        );
    }
}

#[test]
fn fields_can_be_in_any_order() {
    let (model, body) = compile("", "uint8 a; uint8 b;");
    let value = Value::from_json(r#"{"b":2,"a":1}"#).unwrap();
    assert_eq!(encode(&model, body, &value).unwrap(), [1, 2]);
}

#[test]
fn zero_sized_elements_are_stored_once_and_limited() {
    let (model, body) = compile("struct E { unix_fd f; };", "uint32 n; E e[n]; E g[3];");
    let decoded = decode(&model, body, &[0, 4, 0, 0]).unwrap();
    let Some(Value::Repeated { count: 1024, .. }) = decoded.value.get("e") else {
        panic!("{:?}", decoded.value);
    };
    let error = decode(&model, body, &[1, 4, 0, 0]).unwrap_err();
    assert_error(&error, Wire::TooManyEmptyElements { count: 1025 }, "e", 4);
    assert_codes(
        "struct E { unix_fd f; };",
        "uint8 n; E e[n];",
        &[2],
        r#"{"n":2,"e":[{"f":-1},{"f":-1}]}"#,
    );
}

#[test]
fn recursive_models_are_rejected() {
    let chain = |depth: usize| {
        let mut text = "struct S0 { uint8 n; };\n".to_owned();
        for level in 1..depth {
            let inner = level - 1;
            text += &format!("struct S{level} {{ S{inner} s; }};\n");
        }
        compile(&text, &format!("S{} s;", depth - 1))
    };
    // The deepest nesting that the compiler accepts.
    let (mut model, body) = chain(40);
    assert!(decode(&model, body, &[7]).is_ok());
    let deep = decode(&model, body, &[]).unwrap_err();
    assert_eq!(deep.kind().name(), "truncated");
    // No proto can express this: the first struct contains itself.
    let Some(TypeDef::Struct(first)) = model.types.first_mut() else {
        panic!("{:?}", model.types);
    };
    let Some(Member::Field(field)) = first.members.first_mut() else {
        panic!("{first:?}");
    };
    field.ty.ty = Type::Struct(TypeId(0));
    for bytes in [[7].as_slice(), &[]] {
        let error = decode(&model, body, bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooDeep);
    }
}

#[test]
fn messages_are_found_by_their_address() {
    let (model, body) = compile("", "uint8 a;");
    assert_eq!(
        message(&model, 3, Side::Server, 5).map(|found| found.body),
        Some(body)
    );
    assert!(message(&model, 3, Side::Client, 5).is_none());
    assert!(message(&model, 3, Side::Server, 6).is_none());
    assert!(message(&model, 4, Side::Server, 5).is_none());
}
