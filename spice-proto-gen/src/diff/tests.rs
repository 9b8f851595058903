//! Reports that the examples of the codes do not have.

use super::{Version, compare};
use crate::Analysis;
use crate::diagnostic::Levels;

/// The codes and texts of the changes between two protos.
fn changes(old: &str, new: &str) -> Vec<String> {
    let [old, new] = [old, new].map(|text| Analysis::new(text.as_bytes(), &Levels::default()));
    let [old, new] = [&old, &new].map(|analysis| Version {
        model: analysis.model.as_ref().unwrap(),
        spans: &analysis.spans,
    });
    let changes = compare(old, new).into_iter();
    changes
        .map(|change| format!("{} {}", change.code.as_str(), change.message))
        .collect()
}

/// A proto whose only message has these members.
fn message(members: &str) -> String {
    format!(
        "enum8 kind {{ A, B }};\nflags8 bits {{ X, Y }};\n\
         struct S {{ uint8 x; }};\nstruct T {{ uint8 y; }};\nstruct Wide {{ uint16 z; }};\n\
         channel C {{ message {{ {members} }} m; message {{ S s; T t; Wide w; kind k; bits b; }} keep; }};\n\
         protocol P {{ C c; }};\n"
    )
}

fn assert_members(old: &str, new: &str, expected: &[&str]) {
    assert_eq!(
        changes(&message(old), &message(new)),
        expected,
        "{old} → {new}"
    );
}

#[test]
fn a_field_that_becomes_a_switch_breaks_readers() {
    assert_members(
        "kind k; uint8 u;",
        "kind k; switch (k) { case A: uint16 wide; default: uint8 narrow; } u;",
        &["C0306 `C.server.m.u` is a switch instead of a field"],
    );
}

#[test]
fn an_array_can_become_a_single_value() {
    assert_members(
        "uint8 a[2];",
        "uint8 a;",
        &["C0308 field `C.server.m.a` is a single value instead of an array `[2]`"],
    );
}

#[test]
fn a_counted_array_can_become_one_to_the_end() {
    assert_members(
        "uint8 n; uint8 a[n];",
        "uint8 n; uint8 a[] @end;",
        &["C0308 field `C.server.m.a` has the length `[]` instead of `[n]`"],
    );
}

#[test]
fn structs_with_the_same_bytes_can_replace_each_other() {
    assert_members(
        "S a;",
        "T a;",
        &["C0906 field `C.server.m.a` is `T` instead of `S`"],
    );
    assert_members(
        "S a;",
        "Wide a;",
        &["C0306 field `C.server.m.a` is `Wide` instead of `S`"],
    );
}

#[test]
fn a_switch_can_depend_on_flags_instead_of_an_enum() {
    assert_members(
        "kind k; bits b; switch (k) { case A: uint8 v; } u;",
        "kind k; bits b; switch (b) { case X: uint8 v; } u;",
        &["C0401 switch `C.server.m.u` depends on flags, `b`, instead of an enum, `k`"],
    );
}

#[test]
fn cases_of_flags_that_are_not_set_are_named() {
    assert_members(
        "bits b; switch (b) { case X: uint8 v; } u;",
        "bits b; switch (b) { case !X: uint8 v; } u;",
        &[
            "C0402 switch `C.server.m.u` has the case `!X`",
            "C0403 switch `C.server.m.u` has no case `X` any more",
        ],
    );
}

#[test]
fn a_virtual_field_has_no_bytes_to_lose() {
    assert_members(
        "uint8 v @virtual(3); uint8 a;",
        "uint8 a; uint16 more;",
        &[
            "C0301 field `C.server.m.more` is appended",
            "C0907 field `C.server.m.v` is removed",
        ],
    );
    assert_members(
        "uint8 a; uint16 more;",
        "uint8 v @virtual(3); uint8 a;",
        &[
            "C0302 field `C.server.m.more` is removed",
            "C0907 field `C.server.m.v` is inserted",
        ],
    );
}

#[test]
fn an_enum_can_become_flags() {
    let proto = |definition: &str| {
        format!("{definition} channel C {{ message {{ e field; }} m; }}; protocol P {{ C c; }};")
    };
    assert_eq!(
        changes(
            &proto("enum8 e { A = 1, B = 2 };"),
            &proto("flags8 e { A, B };")
        ),
        ["C0906 type `e` is flags instead of an enum"]
    );
}

#[test]
fn a_message_can_get_another_named_body() {
    let proto = |body: &str, other: &str| {
        format!(
            "message One {{ uint8 a; }}; message Two {{ {other} b; }};\n\
             channel C {{ {body} m; One one; Two two; }}; protocol P {{ C c; }};"
        )
    };
    assert_eq!(
        changes(&proto("One", "uint8"), &proto("Two", "uint8")),
        ["C0906 message `C.server.m` has the body `Two` instead of `One`"]
    );
    assert_eq!(
        changes(&proto("One", "uint32"), &proto("Two", "uint32")),
        ["C0306 message `C.server.m` has the body `Two` instead of `One`"]
    );
}

#[test]
fn messages_of_a_new_channel_are_counted_by_side() {
    let proto = |channel: &str| {
        format!("channel C {{ message {{ }} m; }}; {channel} protocol P {{ C c; }};")
    };
    let with = |messages: &str| {
        let channel = format!("channel D {{ {messages} }};");
        proto(&channel).replace("C c;", "C c; D d = 7;")
    };
    for (messages, expected) in [
        (
            "server: message { } a;",
            "C0101 channel d (7), 1 server message",
        ),
        (
            "client: message { } a; message { } b;",
            "C0101 channel d (7), 2 client messages",
        ),
    ] {
        assert_eq!(changes(&proto(""), &with(messages)), [expected]);
    }
}
