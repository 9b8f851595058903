//! Checks the limits in the manual.

use std::fmt::Write as _;

use spice_messages::wire;

use super::{MANUAL, codes};

/// A proto with one message of these fields.
fn with_fields(fields: &str) -> String {
    format!("channel C {{ message {{ {fields} }} m; }}; protocol P {{ C c; }};")
}

/// Inline structs, nested `levels` braces deep.
fn nested(levels: usize) -> String {
    let open: String = (1..levels).fold(String::new(), |open, level| {
        open + &format!("struct S{level} {{ ")
    });
    let close: String = (1..levels).rev().fold(String::new(), |close, level| {
        close + &format!("}} s{level}; ")
    });
    format!(
        "struct S {{ {open}uint8 n; {close} }}; channel C {{ message {{ S s; }} m; }}; protocol P {{ C c; }};"
    )
}

/// A body of 64 KiB of padding, doubled `times` times.
fn doubled(times: usize) -> String {
    let mut text = "struct S0 { uint8 b[65536] @zero; };".to_owned();
    for level in 1..=times {
        let half = level - 1;
        write!(text, "struct S{level} {{ S{half} a; S{half} b; }};").unwrap();
    }
    text + &with_fields(&format!("S{times} s;"))
}

/// Structs nested by name, `levels` deep.
fn chained(levels: usize) -> String {
    let mut text = "struct S1 { uint8 n; };".to_owned();
    for level in 2..=levels {
        write!(text, "struct S{level} {{ S{} inner; }};", level - 1).unwrap();
    }
    text + &with_fields(&format!("S{levels} s;"))
}

/// A channel with this number of ancestors.
fn derived(ancestors: usize) -> String {
    let mut text = "channel C0 { };".to_owned();
    for child in 1..=ancestors {
        write!(text, "channel C{child} : C{} {{ }};", child - 1).unwrap();
    }
    text + &format!("protocol P {{ C{ancestors} c; }};")
}

#[test]
fn limits_match_the_compiler() {
    let limit = |what: &str, number: &str, code: &str| {
        let row = format!("| {what} | {number} | `{code}` |");
        assert!(MANUAL.contains(&row), "the manual lacks {row}");
    };
    let check = |right: &str, wrong: &str, code: &str| {
        assert_eq!(codes(right), Vec::<&str>::new(), "{right}");
        assert_eq!(codes(wrong), [code], "{wrong}");
    };
    let fields = |right: &str, wrong: &str, code: &str| {
        check(&with_fields(right), &with_fields(wrong), code);
    };
    limit("nesting of braces", "32 levels", "E0004");
    check(&nested(32), &nested(33), "E0004");
    limit(
        "nesting of types by name",
        "40 levels (an array of variable length counts 4)",
        "E0004",
    );
    check(&chained(40), &chained(41), "E0004");
    limit("elements of an array of fixed length", "65536", "E0307");
    fields("uint8 a[65536];", "uint8 a[65537];", "E0307");
    limit(
        "bytes of an array of fixed length",
        "65536 (64 KiB)",
        "E0307",
    );
    let blocks = |count: u32| format!("struct B {{ uint8 x[16]; uint8 y[{count}]; }} b[2048];");
    fields(&blocks(16), &blocks(17), "E0307");
    limit("bits per pixel", "64", "E0309");
    let image = |bits: u32| format!("uint8 w; uint8 a[image_size({bits}, w, w)] @end;");
    fields(&image(64), &image(65), "E0309");
    limit("ancestors of a channel", "64", "E0702");
    check(&derived(64), &derived(65), "E0702");
    limit("message id", "65535", "E0206");
    let id = |id: u32| format!("channel C {{ message {{ }} m = {id}; }}; protocol P {{ C c; }};");
    check(&id(65535), &id(65536), "E0206");
    limit("channel number", "255", "E0209");
    let number = |number: u32| format!("channel C {{ }}; protocol P {{ C c = {number}; }};");
    check(&number(255), &number(256), "E0209");
    limit("number", &format!("{} to {}", i64::MIN, u64::MAX), "E0005");
    let value = |value: u128| format!("enum32 e {{ A = {value} }}; {}", with_fields("uint8 n;"));
    assert_eq!(codes(&value(u64::MAX.into())), ["E0203"]);
    assert_eq!(codes(&value(u128::from(u64::MAX) + 1)), ["E0005"]);
    limit("bytes of a body", "4294967295", "E0310");
    check(&doubled(15), &doubled(16), "E0310");
    limit("bytes of a value in memory", "131072 (128 KiB)", "E0310");
    let blocks = |more: &str| format!("struct B {{ uint8 x[65536]; }} a; B b; {more}");
    fields(&blocks(""), &blocks("uint8 more;"), "E0310");
    limit("file size", "64 MiB", "E0007");
    assert_eq!(spice_proto_gen::MAX_FILE_SIZE, 64 << 20);
    assert!(MANUAL.contains(&format!(
        "more than {} elements",
        wire::__private::MAX_EMPTY_ELEMENTS
    )));
}
