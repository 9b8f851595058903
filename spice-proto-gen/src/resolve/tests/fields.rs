use super::*;

#[test]
fn size_fields_come_before_their_arrays() {
    check_body("uint8 count; uint8 a[cuont];", &[("E0301", "cuont")]);
    let (_, diagnostic) = diagnostic_of_body("uint8 count; uint8 a[cuont];");
    assert_eq!(diagnostic.suggestion.expect("near").replacement, "count");
    check_body("uint8 a[n]; uint8 n;", &[("E0302", "n")]);
    let (source, diagnostic) = diagnostic_of_body("uint8 a[n]; uint8 n;");
    assert_eq!(
        diagnostic.labels[1].span.start,
        source.rfind("n;").expect("n")
    );
    check_body("uint8 a[a];", &[("E0308", "a")]);
    check_body(
        "uint8 a[n]; kind k; switch (k) { case A: uint8 n; } u;",
        &[("E0302", "n")],
    );
}

#[test]
fn size_fields_are_unsigned_integers() {
    for ty in ["int8", "int64", "kind", "bits", "Point", "unix_fd"] {
        check_body(&format!("{ty} n; uint8 a[n];"), &[("E0303", "n")]);
    }
    for ty in ["uint8", "uint16", "uint32", "uint64", "alias"] {
        check_body(&format!("{ty} n; uint8 a[n];"), &[]);
    }
    check_body("uint8 n[2]; uint8 a[n];", &[("E0308", "n")]);
    check_body("Point *n; uint8 a[n];", &[("E0308", "n")]);
    check_body(
        "kind k; switch (k) { case A: uint8 x; } n; uint8 a[n];",
        &[("E0308", "n")],
    );
}

#[test]
fn size_fields_can_be_in_earlier_switches() {
    check_body(
        "bits b; switch (b) { case X: uint8 n; } u; switch (b) { case X: uint8 a[n]; } v; uint8 c[n];",
        &[],
    );
    check_body(
        "kind k; switch (k) { case A: uint8 n; case B: uint8 a[n]; } u;",
        &[("E0308", "n")],
    );
    check_body(
        "kind k; switch (k) { case A: uint8 n; case B: uint16 n; } u; uint8 a[n];",
        &[("E0308", "n")],
    );
    check_body(
        "kind k; switch (k) { case A: int8 n; } u; uint8 a[n];",
        &[("E0303", "n")],
    );
    check_body(
        "kind k; switch (k) { case A: Nope n; } u; uint8 a[n];",
        &[("E0102", "Nope")],
    );
    check_body(
        "kind k; switch (k) { case A: uint8 a[u]; } u;",
        &[("E0308", "u")],
    );
    // A member comes before the field of a case.
    check_body(
        "kind k; uint8 n; switch (k) { case A: int8 n; } u; uint8 a[n];",
        &[],
    );
}

#[test]
fn image_sizes_have_valid_bits_and_sides() {
    check_body("uint32 w; uint16 h; uint8 d[image_size(4, w, h)];", &[]);
    check_body("uint32 w; uint16 h; uint8 *d[image_size(8, w, h)];", &[]);
    check_body("uint32 w; kind d[image_size(64, w, w)];", &[]);
    check_body(
        "uint32 w; uint8 d[image_size(0, w, w)]; uint8 e[image_size(65, w, w)];",
        &[("E0309", "0"), ("E0309", "65")],
    );
    check_body(
        "uint8 d[image_size(0, w, h)]; uint8 h;",
        &[("E0309", "0"), ("E0301", "w"), ("E0302", "h")],
    );
    check_body(
        "int32 w; uint8 d[image_size(8, w, w)];",
        &[("E0303", "w"), ("E0303", "w")],
    );
    check_body(
        "uint32 w; uint16 d[image_size(8, w, w)];",
        &[("E0304", "uint16")],
    );
    check_body(
        "uint32 w; Point d[image_size(8, w, w)];",
        &[("E0304", "Point")],
    );
    check_body(
        "kind k; uint8 h; switch (k) { case A: uint32 w; } u; uint8 d[image_size(8, w, h)];",
        &[("E0308", "w")],
    );
}

#[test]
fn strings_have_8_bit_elements_and_bytes_sizes_are_removed() {
    check_body(
        "uint8 a[cstring()]; int8 b[cstring()]; int8 *c[cstring()];",
        &[],
    );
    check_body(
        "uint16 a[cstring()]; kind b[cstring()];",
        &[("E0304", "uint16"), ("E0304", "kind")],
    );
    check_body(
        "uint8 a[bytes(n, m)]; uint8 z;",
        &[("E0008", "[bytes(n, m)]")],
    );
}

#[test]
fn arrays_of_fixed_length_fit_in_a_message() {
    check_body(
        "uint8 a[0]; uint8 b[65536]; uint8 c[4294836225]; Empty d[4294967295];",
        &[],
    );
    check_body("uint8 a[4294967295];", &[]);
    check_body("uint8 a[-1];", &[("E0307", "-1")]);
    check_body(
        "uint8 a[4294967296]; Point *b[4294967295];",
        &[
            ("E0307", "4294967296"),
            ("E0401", "Point *"),
            ("E0307", "4294967295"),
        ],
    );
}

#[test]
fn structs_fit_in_a_message() {
    let mut source = "struct S0 { uint8 a[65536] @zero; };".to_owned();
    for depth in 1..80 {
        source += &format!("struct S{depth} {{ S{} a; S{} b; }};", depth - 1, depth - 1);
    }
    // The structs that contain S16 are not reported.
    check(&source, &[("E0310", "S16")]);
}

#[test]
fn elements_have_bytes_and_no_pointers() {
    check_body("uint8 n; Link a[n];", &[("E0402", "Link")]);
    check_body("Link a[];", &[("E0402", "Link")]);
    check_body(
        "Link a[4]; unix_fd f[3]; uint8 n; unix_fd g[n]; Plane p[n]; Bytes b[n];",
        &[],
    );
    check_body("uint8 n; Tail a[n];", &[("E0305", "Tail")]);
    check_body("Tail a[];", &[("E0305", "Tail")]);
    check_body("Tail a[2];", &[("E0305", "Tail")]);
    check_body("Tail a[1];", &[]);
    check_body("Empty a[];", &[("E0304", "Empty")]);
    check_body("unix_fd a[];", &[("E0304", "unix_fd")]);
    // Pointers in nested structs count too.
    check(
        "struct L { struct P { uint8 x; } *p; }; struct H { L l; }; struct S { uint8 n; H h[n]; };",
        &[("E0402", "H")],
    );
}

#[test]
fn pointees_are_structs_or_arrays_of_numbers() {
    check_body(
        "Point *a; uint8 *b[4]; kind *c[]; uint8 n; alias *d[n]; struct In { uint8 x; } *e;",
        &[],
    );
    check_body("int32 *n;", &[("E0401", "int32 *")]);
    let (_, diagnostic) = diagnostic_of_body("int32 *n;");
    assert_eq!(diagnostic.help.as_deref(), Some("write `int32 *n[1]`"));
    check_body("alias *n;", &[("E0401", "alias *")]);
    check_body("Point *n[2];", &[("E0401", "Point *")]);
    let (_, diagnostic) = diagnostic_of_body("Point *n[2];");
    assert!(diagnostic.help.expect("help").contains("wrap"));
    check_body(
        "unix_fd *f; unix_fd *g[2];",
        &[("E0401", "unix_fd *"), ("E0401", "unix_fd *")],
    );
    check_body("kind k; switch (k) { case A: Point *p; } u;", &[]);
}

#[test]
fn no_bytes_follow_an_array_to_the_end_of_the_message() {
    check_body("uint8 a[]; uint8 b; uint8 c;", &[("E0305", "b")]);
    check_body("Tail a; Point b;", &[("E0305", "b")]);
    check_body("uint8 n; uint8 a[]; uint8 b[n];", &[("E0305", "b")]);
    check_body(
        "uint8 a[]; Empty e; unix_fd f; uint8 z[0]; uint8 v @virtual(1);",
        &[],
    );
    check_body("uint8 n; uint8 a[]; unix_fd f[n];", &[]);
    check_body("uint8 a[]; Point *p;", &[("E0305", "p")]);
    check_body(
        "kind k; switch (k) { case A: uint8 a[]; case B: Tail t; } u; uint8 b;",
        &[("E0305", "b")],
    );
    check_body("uint8 a[]; uint8 b[];", &[("E0306", "b")]);
    check_body(
        "Tail a; uint8 x; Tail b; uint8 y;",
        &[("E0305", "x"), ("E0306", "b")],
    );
    check_body(
        "kind k; switch (k) { case A: uint8 a[]; } u; Tail b;",
        &[("E0306", "b")],
    );
    // A pointee has its own end.
    check_body("uint8 *a[]; int8 *b[]; Tail *c; uint8 d; uint8 e[];", &[]);
    // An unreachable case has no bytes.
    check_body(
        "kind k; switch (k) { default: uint8 a; case A: uint8 b[]; } u; uint8 c;",
        &[("W0001", "A")],
    );
}

#[test]
fn side_of_an_image_cannot_be_in_a_case() {
    let (_, diagnostic) = diagnostic_of_body(
        "kind k; uint8 h; switch (k) { case A: uint32 w; case B: uint8 w; } u;
         uint8 d[image_size(8, w, h)];",
    );
    assert_eq!(diagnostic.code, Code::SizeFieldUse);
    assert!(diagnostic.message.ends_with("it is the field of a case"));
}
