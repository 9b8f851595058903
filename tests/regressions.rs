//! What the fuzz targets in `fuzz/` found and what has no better place: see `fuzz/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::fmt::Write as _;

use spice_messages::wire::{Encode, Fd, List};
use spice_proto::descriptors::descriptors::server::{Chosen, ChosenData, Message};
use spice_proto::descriptors::types::Plane;
use spice_proto_gen::Config;
use spice_proto_gen::codes::Code;

/// A proto with a field that structs in structs double so many times.
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

/// The compiler took time and memory for each of them, and at 38 levels would not have come to an end.
/// At 20 this test does, also if the fault comes back.
#[test]
fn fields_without_memory_are_counted_where_structs_multiply_them() {
    for field in ["", "uint8 hole @zero;", "uint8 kept @virtual(1);"] {
        let few = Config::new().generate("few.proto", doubled(field, 6).as_bytes());
        assert!(few.is_ok(), "`{field}`: {few:?}");
        let many = Config::new().generate("many.proto", doubled(field, 20).as_bytes());
        let error = many.expect_err(field);
        let codes: Vec<Code> = error.diagnostics().iter().map(|found| found.code).collect();
        // What is made from the first that is too large begins again.
        assert_eq!(codes, [Code::BodyTooLarge], "`{field}`");
    }
}

/// A fact of the wire, and no fault of the encoder: an array to the end of the message takes the
/// pointees that lie behind it.
#[test]
fn an_array_to_the_end_of_the_message_takes_pointees() {
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
