use super::check;
use crate::SpanIndex;
use crate::diagnostic::{Code, Diagnostic, Levels};

fn diagnostics(definitions: &str) -> (String, Vec<Diagnostic>) {
    let source = format!("{definitions}\nprotocol P {{}};\n");
    let (file, errors) = crate::syntax::parse(&source);
    assert_eq!(errors, [], "the parser accepts the file");
    let (model, errors) = crate::resolve::resolve(&file, &Levels::default());
    assert_eq!(errors, [], "the resolver accepts the file");
    let found = check(&model.expect("a model"), &SpanIndex::new(&file));
    (source, found)
}

/// Checks the codes and the underlined texts of all diagnostics.
#[track_caller]
fn check_all(definitions: &str, expected: &[(&str, &str)]) {
    let (source, diagnostics) = diagnostics(definitions);
    let found: Vec<(&str, &str)> = diagnostics
        .iter()
        .map(|diagnostic| {
            let span = diagnostic.labels[0].span;
            (diagnostic.code.as_str(), &source[span.start..span.end])
        })
        .collect();
    assert_eq!(found, expected, "{diagnostics:#?}");
}

/// Structs that each contain two of the previous one.
fn doubled(first: &str, count: usize) -> String {
    (1..count).fold(first.to_owned(), |source, index| {
        let half = index - 1;
        source + &format!("struct S{index} {{ S{half} a; S{half} b; }};\n")
    })
}

#[test]
fn arrays_of_fixed_length_are_limited() {
    check_all(
        "struct Empty {}; message M { uint8 a[0]; uint8 b[65536]; Empty d[65536]; };",
        &[],
    );
    check_all("message M { uint8 a[65537]; };", &[("E0307", "65537")]);
    check_all(
        "struct E {}; message M { E a[65537]; };",
        &[("E0307", "65537")],
    );
    check_all(
        "struct S { uint8 a[32768]; }; struct T { S s[2]; }; struct U { S s[3]; T t[2]; };",
        &[("E0307", "3"), ("E0307", "2")],
    );
    check_all("message M { uint16 *a[40000]; };", &[("E0307", "40000")]);
    check_all(
        "enum8 e { A, B }; message M { e t; switch (t) { case A: uint8 a[65537]; case B: uint8 a[65538]; } u; };",
        &[("E0307", "65537"), ("E0307", "65538")],
    );
    check_all(
        "channel C { client: message { struct S { uint8 a[65537]; } s; uint8 a[65538]; } m; };",
        &[("E0307", "65537"), ("E0307", "65538")],
    );
}

#[test]
fn value_memory_is_limited() {
    let block = "struct B { uint8 a[65536]; }; ";
    check_all(&format!("{block} message M {{ B b; B c; }};"), &[]);
    check_all(
        &format!("{block} message M {{ B b; B c; uint8 d; }}; message N {{ B *a; B *b; }};"),
        &[("E0310", "M"), ("E0310", "N")],
    );
    check_all(
        &format!("{block} channel C {{ server: message {{ B b; B c; uint8 d; }} m; }};"),
        &[("E0310", "m")],
    );
    // The elements of arrays whose size is sent are not part of the value.
    check_all(
        &format!("{block} message M {{ B b; uint8 n; B c[n]; }};"),
        &[],
    );
}

#[test]
fn structs_around_a_reported_one_are_not_reported() {
    let block = "struct B { uint8 a[65536]; }; struct C { B a; B b; B c; };";
    check_all(
        &format!("{block} struct D {{ C c; }}; message M {{ D *d; C e; }};"),
        &[("E0310", "C")],
    );
    check_all(
        &format!("{block} message M {{ uint8 n; C c[n]; B a; B b; B d; }};"),
        &[("E0310", "C"), ("E0310", "M")],
    );
    check_all(
        "message M { uint8 a[200000]; }; message N { uint8 n; };",
        &[("E0307", "200000")],
    );
}

#[test]
fn nesting_is_limited() {
    let chain = (1..45).fold("struct S0 { uint8 a; };".to_owned(), |source, index| {
        source + &format!("struct S{index} {{ S{} a; }};\n", index - 1)
    });
    check_all(&chain, &[("E0004", "S41")]);
    let lists = (1..12).fold("struct S0 { uint8 a; };".to_owned(), |source, index| {
        source + &format!("struct S{index} {{ uint8 n; S{} a[n]; }};\n", index - 1)
    });
    check_all(&lists, &[("E0004", "S9")]);
}

#[test]
fn exponential_sizes_are_reported_once() {
    check_all(
        &doubled("struct S0 {};\n", 80),
        &[("E0310", "S18"), ("E0004", "S41")],
    );
}

#[test]
fn nameless_items_are_reported() {
    check_all(
        "enum8 E { _, __, A }; flags8 F { ___ };",
        &[("E0802", "_"), ("E0802", "__"), ("E0802", "___")],
    );
}

#[test]
fn parts_with_one_name_in_rust_are_reported_once() {
    // The members of colliding structs and the second form of a colliding message are not reported.
    check_all(
        "struct a_b { uint8 x; }; struct aB { uint8 x; };",
        &[("E0801", "aB")],
    );
    check_all(
        "message M {}; channel C { server: M read_it; M readIt; };",
        &[("E0801", "readIt")],
    );
    check_all(
        "struct String {}; struct PString {}; struct p_string {};",
        &[("E0801", "PString"), ("E0801", "p_string")],
    );
    let (_, found) = diagnostics("struct Path {}; struct PPath {};");
    assert!(
        found[0].notes[0].contains("a type named `Path`"),
        "{found:?}"
    );
    let (_, found) = diagnostics("message M {}; channel C { server: M unknown; };");
    assert_eq!(found[0].code, Code::RustCollision);
    assert!(found[0].notes[0].contains("the variant of unknown messages"));
}
