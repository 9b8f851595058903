use super::*;
use crate::model::Role;

#[test]
fn unknown_attributes_get_suggestions() {
    check_body("uint8 a @nonull;", &[("E0601", "nonull")]);
    let (_, diagnostic) = diagnostic_of_body("uint8 a @zero_terminatd;");
    assert_eq!(
        diagnostic.suggestion.expect("near").replacement,
        "zero_terminated"
    );
}

#[test]
fn removed_attributes_are_explained() {
    check_body(
        "uint8 a[] @ptr32 @bytes_count(n) @fixedsize @minor(2) @c_ptr @bytes;",
        &[
            ("E0602", "@ptr32"),
            ("E0602", "@bytes_count(n)"),
            ("E0602", "@fixedsize"),
            ("E0602", "@minor(2)"),
            ("E0602", "@c_ptr"),
            ("E0602", "@bytes"),
        ],
    );
    let (_, diagnostic) = diagnostic_of_body("Point *a @ptr32;");
    assert!(diagnostic.help.expect("help").contains("32 bits"));
    assert_eq!(
        diagnostic.notes.len(),
        2,
        "what it was, and since when it is gone"
    );
}

#[test]
fn attributes_take_the_right_arguments() {
    check_body("uint8 a @end(x);", &[("E0603", "@end(x)")]);
    check_body(
        "uint8 a @ctype; uint8 b @ctype(a, b);",
        &[("E0603", "@ctype"), ("E0603", "@ctype(a, b)")],
    );
    check_body("uint8 a[] @as_ptr(1);", &[("E0603", "@as_ptr(1)")]);
    check_body("uint8 a[] @as_ptr(len) @outvar(o);", &[]);
    check_body("uint8 a @virtual;", &[("E0603", "@virtual")]);
    check_body("uint8 a @virtual(x);", &[("E0603", "@virtual(x)")]);
    check(
        "channel C {} @ifdef; enum8 E { A } @prefix(1);",
        &[("E0603", "@ifdef"), ("E0603", "@prefix(1)")],
    );
}

#[test]
fn attributes_have_a_meaning_only_in_some_places() {
    check_body("uint8 a @deprecated;", &[("E0605", "@deprecated")]);
    check("enum8 E { A @zero, B @deprecated };", &[("E0605", "@zero")]);
    check(
        "struct S {} @declare @nonnull; message M {} @nocopy; typedef T int8 @ctype(X);",
        &[],
    );
    check_body("uint8 a @end @chunk;", &[("E0604", "@chunk")]);
    check_body("uint8 a @nomarshal @chunk @nocopy;", &[]);
    check_body("uint8 a @end @end;", &[("E0606", "@end")]);
    check_body(
        "kind k; switch (k) { case A: uint8 a @to_ptr @zero; } u @anon;",
        &[("E0604", "@zero")],
    );
}

#[test]
fn the_model_keeps_attributes() {
    let (_, body) = body("uint8 a[] @as_ptr(len) @nomarshal; uint32 v @virtual(7);");
    let attributes = &field(&body, 0).attributes;
    assert_eq!(attributes.argument("as_ptr"), Some("len"));
    assert!(attributes.has("nomarshal"));
    assert_eq!(attributes.argument("nomarshal"), None);
    assert_eq!(field(&body, 1).attributes.argument("virtual"), Some("7"));
}

#[test]
fn zero_fields_have_a_constant_size() {
    check_body(
        "uint8 a @zero; Point p @zero; uint8 x[4] @zero; kind k @zero;",
        &[],
    );
    check_body("kind k; switch (k) { case A: uint8 a @zero; } u;", &[]);
    check_body("Point *p @zero;", &[("E0608", "@zero")]);
    check_body("Link l @zero;", &[("E0608", "@zero")]);
    check_body("Bytes l @zero;", &[("E0608", "@zero")]);
    check_body("unix_fd f @zero;", &[("E0608", "@zero")]);
    check_body("uint8 n; uint8 a[n] @zero;", &[("E0608", "@zero")]);
    check_body("uint8 n @zero; uint8 a[n];", &[("E0308", "n")]);
    check_body(
        "kind n @zero; switch (n) { case A: uint8 a; } u;",
        &[("E0503", "n")],
    );
    let (_, body) = body("Point p @zero;");
    assert_eq!(field(&body, 0).role, Role::Zero);
    assert_eq!(body.size.exact(), Some(8));
}

#[test]
fn virtual_fields_are_numbers_in_range() {
    check_body(
        "uint8 a @virtual(255); int8 b @virtual(-128); kind k @virtual(0); alias l @virtual(9);",
        &[],
    );
    check_body("uint8 a @virtual(256);", &[("E0607", "@virtual(256)")]);
    check_body(
        "int8 a @virtual(-129); uint32 b @virtual(-1);",
        &[("E0607", "@virtual(-129)"), ("E0607", "@virtual(-1)")],
    );
    check_body("bits a @virtual(65536);", &[("E0607", "@virtual(65536)")]);
    check_body(
        "int64 a @virtual(-9223372036854775808); uint64 b @virtual(9223372036854775808);",
        &[("E0607", "@virtual(9223372036854775808)")],
    );
    check_body(
        "Point a @virtual(1); Point *b @virtual(1); uint8 c[2] @virtual(1); unix_fd d @virtual(1);",
        &[
            ("E0607", "@virtual(1)"),
            ("E0607", "@virtual(1)"),
            ("E0607", "@virtual(1)"),
            ("E0607", "@virtual(1)"),
        ],
    );
    check_body("uint8 a @virtual(1) @zero;", &[("E0607", "@virtual(1)")]);
    check_body(
        "kind k; switch (k) { case A: uint8 a @virtual(1); } u;",
        &[("E0607", "@virtual(1)")],
    );
    check_body("uint8 n @virtual(3); uint8 a[n];", &[("E0308", "n")]);
    check_body(
        "kind n @virtual(1); switch (n) { case A: uint8 a; } u;",
        &[("E0503", "n")],
    );
    let (_, body) = body("int16 v @virtual(-3); uint8 x;");
    assert_eq!(field(&body, 0).role, Role::Virtual(-3));
    assert_eq!(body.size.exact(), Some(1));
}
