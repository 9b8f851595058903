//! Regression tests for bugs found by the fuzz targets; see `fuzz/README.md`.

use std::fmt::Write as _;

use spice_messages::wire::{Encode, Fd, List};
use spice_proto::descriptors::descriptors::server::{Chosen, ChosenData, Message};
use spice_proto::descriptors::types::Plane;
use spice_proto_gen::Config;
use spice_proto_gen::diagnostic::Code;

/// Returns a proto in which nested structs double a field `levels` times.
fn doubled(field: &str, levels: usize) -> String {
    let mut proto = format!("struct S0 {{ {field} }};\n");
    for level in 1..=levels {
        let inner = level - 1;
        let written = writeln!(proto, "struct S{level} {{ S{inner} a; S{inner} b; }};");
        written.unwrap();
    }
    let rest =
        format!("channel C {{ message {{ S{levels} all; }} m; }};\nprotocol P {{ C c; }};\n");
    proto + &rest
}

/// The compiler used to visit each copy of a field that takes no memory, which never finishes at 38
/// levels. At 20 levels this test finishes even if the bug returns.
#[test]
fn nested_structs_with_empty_fields_are_limited() {
    for field in ["", "uint8 hole @zero;", "uint8 kept @virtual(1);"] {
        let few = Config::new().generate("few.proto", doubled(field, 6).as_bytes());
        assert!(few.is_ok(), "`{field}`: {few:?}");
        let many = Config::new().generate("many.proto", doubled(field, 20).as_bytes());
        let error = many.expect_err(field);
        let codes: Vec<Code> = error.diagnostics().iter().map(|found| found.code).collect();
        // The size starts again from zero in the structs that contain the first oversized one.
        assert_eq!(codes, [Code::BodyTooLarge], "`{field}`");
    }
}

/// This ambiguity is inherent to the wire format: an array to the end of the message includes the
/// bytes of pointees.
#[test]
fn array_to_the_end_includes_pointees() {
    let plane = |stride| Plane {
        stride,
        fd: Fd::absent(),
    };
    let sent = Chosen {
        data: ChosenData::There(Some(plane(1))),
        rest: List::from(vec![plane(2)]),
    };
    let encoded = sent.encode_to_vec().unwrap();
    assert_eq!(encoded, [1, 7, 0, 0, 0, 2, 0, 1, 0]);
    let received = Message::decode(5, &encoded).unwrap();
    let Message::Chosen(received) = received else {
        panic!("{received:?}");
    };
    assert_eq!(received.data, sent.data);
    assert_eq!(received.rest, List::from(vec![plane(2), plane(1)]));
}
