use super::*;

/// Checks the underlined texts of all W0004 in a channel with these definitions before it, and returns the diagnostics.
#[track_caller]
fn check_refused(definitions: &str, body: &str, expected: &[&str]) -> Vec<Diagnostic> {
    let source = format!(
        "struct Point {{ int16 x; int16 y; }};
         struct Label {{ uint8 length; uint8 text[length] @end; }};
         enum8 kind {{ A, B }};
         {definitions}
         channel C {{ message {{ uint32 n; {body} }} m; }};
         protocol P {{ C c; }};"
    );
    let (model, diagnostics) = super::super::resolve(
        &{
            let (file, diagnostics) = crate::syntax::parse(&source);
            assert_eq!(diagnostics, [], "the parser accepts the file");
            file
        },
        &Levels::default(),
    );
    assert!(model.is_some(), "{diagnostics:#?}");
    let expected: Vec<_> = expected.iter().map(|text| ("W0004", *text)).collect();
    let found: Vec<_> = diagnostics
        .iter()
        .map(|found| seen(&source, found))
        .collect();
    assert_eq!(found, expected, "{diagnostics:#?}");
    diagnostics
}

#[test]
fn arrays_with_a_place_in_c_are_portable() {
    for body in [
        "uint8 a[3];",
        "Point a[n] @ptr_array;",
        "uint16 a[n] @to_ptr;",
        "uint8 a[image_size(8, n, n)] @chunk;",
        "uint8 *a[n] @marshall @zero_terminated;",
        "Label a[n] @ptr_array;",
        "Point a @to_ptr;",
        "uint8 a[] @as_ptr(a_len);",
        "uint8 a[] @as_ptr;",
        "uint8 *a[4]; uint8 *b[]; uint8 *c[cstring()] @nocopy;",
        "uint16 a[n] @as_ptr @zero_terminated;",
        "kind k; switch (k) { case A: Label labels[n] @ptr_array; case B: Point *point; } u @anon;",
    ] {
        check_refused("", body, &[]);
    }
}

#[test]
fn arrays_without_a_place_in_c_are_reported() {
    check_refused("", "uint8 a[n];", &["[n]"]);
    check_refused("", "uint8 a[];", &["[]"]);
    check_refused(
        "",
        "uint8 a[image_size(1, n, n)];",
        &["[image_size(1, n, n)]"],
    );
    check_refused("", "uint8 a[n] @nomarshal;", &["[n]"]);
    check_refused(
        "",
        "kind k; switch (k) { case A: uint8 a[n]; } u;",
        &["[n]"],
    );
    check_refused("", "struct In { uint8 s; uint8 a[s]; } in;", &["[s]"]);
}

#[test]
fn unused_types_are_not_reported() {
    check_refused(
        "struct Rest { uint8 data[]; }; typedef place Point;",
        "",
        &[],
    );
    check_refused("struct Rest { uint8 data[]; };", "Rest rest;", &["[]"]);
    check_refused("typedef place Point;", "place at;", &["place"]);
}

#[test]
fn findings_before_an_inline_struct_are_not_in_it() {
    let unused = "struct Outer { uint8 s; uint8 a[s]; struct In { uint8 x; } in; };";
    check_refused(unused, "In in;", &[]);
    check_refused(unused, "Outer outer;", &["[s]"]);
}

#[test]
fn text_of_other_elements_stays_in_the_message() {
    for (body, expected) in [
        ("kind *a[n] @zero_terminated @chunk;", &[][..]),
        ("kind *a[n] @zero_terminated @nocopy;", &[]),
        ("kind *a[n] @zero_terminated;", &["@zero_terminated"]),
        ("kind a[n] @zero_terminated @chunk;", &[]),
        ("kind a[n] @zero_terminated @end;", &["@zero_terminated"]),
        (
            "uint16 a[n] @zero_terminated @chunk;",
            &["@zero_terminated"],
        ),
    ] {
        check_refused("", body, expected);
    }
}

#[test]
fn struct_array_outside_of_the_struct_is_a_pointer_array() {
    let help = |body: &str| {
        let found = check_refused("", body, &["@to_ptr"]).remove(0);
        found
            .help
            .or(found.suggestion.map(|found| found.replacement))
    };
    let array = help("Point a[n] @to_ptr;");
    assert_eq!(array.as_deref(), Some("write `@ptr_array`"));
    assert_ne!(help("uint16 *a[n] @to_ptr;"), array);
}

#[test]
fn arrays_of_structs_with_pointers_are_reported() {
    let link = "struct Link { Point *to; };";
    check_refused(link, "Link links[2];", &["Link"]);
    let held = "struct Held { Point at @to_ptr; }; struct Around { Held held; };";
    check_refused(held, "Around a[n] @end;", &["Around"]);
    check_refused(held, "Around a;", &[]);
}

#[test]
fn strings_are_portable_as_pointees_in_the_message() {
    check_refused("", "uint8 a[cstring()] @end;", &["[cstring()]"]);
    check_refused("", "uint8 *a[cstring()];", &["[cstring()]"]);
    check_refused("", "uint8 *a[cstring()] @nocopy @marshall;", &["@marshall"]);
    check_refused(
        "",
        "kind k; switch (k) { case A: uint8 *a[cstring()] @nocopy; } u;",
        &["[cstring()]"],
    );
}

#[test]
fn bodies_that_are_declared_have_more_rules() {
    let declared = |fields: &str| format!("struct D {{ uint8 n; {fields} }} @declare;");
    check_refused(&declared("uint8 *a[4];"), "D d;", &["[4]"]);
    check_refused(&declared("uint8 *a[n];"), "D d;", &[]);
    check_refused(&declared("uint8 a[n] @as_ptr;"), "D d;", &["@as_ptr"]);
    check_refused(&declared("uint8 *a[n] @as_ptr;"), "D d;", &[]);
    // The reference declares unused structs too.
    check_refused(&declared("uint8 *a[];"), "", &["[]"]);
}
