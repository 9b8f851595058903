use super::*;

#[test]
fn size_fields_exist_and_come_first() {
    check_body("uint8 count; uint8 a[cuont];", &[("E0301", "cuont")]);
    let (_, finding) = finding_of_body("uint8 count; uint8 a[cuont];");
    assert_eq!(finding.suggestion.expect("near").replacement, "count");
    check_body("uint8 a[n]; uint8 n;", &[("E0302", "n")]);
    let (source, finding) = finding_of_body("uint8 a[n]; uint8 n;");
    assert_eq!(finding.labels[1].span.start, source.rfind("n;").expect("n"));
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
fn size_fields_in_switches() {
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
fn image_sizes() {
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
fn strings_and_sizes_of_the_past() {
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
fn arrays_of_fixed_length_have_limits() {
    check_body("uint8 a[0]; uint8 b[65536]; Empty d[65536];", &[]);
    check_body("uint8 a[65537];", &[("E0307", "65537")]);
    check_body("uint8 a[-1];", &[("E0307", "-1")]);
    check(
        "struct S { uint8 a[32768]; }; struct T { S s[2]; }; struct U { S s[3]; T t[2]; };",
        &[("E0307", "3"), ("E0307", "2")],
    );
}

#[test]
fn bodies_have_limits() {
    let mut source = "struct S0 { uint8 a[65536] @zero; };".to_owned();
    for depth in 1..80 {
        source += &format!("struct S{depth} {{ S{} a; S{} b; }};", depth - 1, depth - 1);
    }
    // What is too large or too deep is so once, and not in all that is made from it.
    let findings = [("E0310", "S16"), ("E0310", "S18"), ("E0004", "S40")];
    check(&source, &findings);
}

#[test]
fn elements() {
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
    // Pointers in what the elements point to or hold count as well.
    check(
        "struct L { struct P { uint8 x; } *p; }; struct H { L l; }; struct S { uint8 n; H h[n]; };",
        &[("E0402", "H")],
    );
}

#[test]
fn pointer_targets() {
    check_body(
        "Point *a; uint8 *b[4]; kind *c[]; uint8 n; alias *d[n]; struct In { uint8 x; } *e;",
        &[],
    );
    check_body("int32 *n;", &[("E0401", "int32 *")]);
    let (_, finding) = finding_of_body("int32 *n;");
    assert_eq!(finding.help.as_deref(), Some("write `int32 *n[1]`"));
    check_body("alias *n;", &[("E0401", "alias *")]);
    check_body("Point *n[2];", &[("E0401", "Point *")]);
    let (_, finding) = finding_of_body("Point *n[2];");
    assert!(finding.help.expect("help").contains("wrap"));
    check_body(
        "unix_fd *f; unix_fd *g[2];",
        &[("E0401", "unix_fd *"), ("E0401", "unix_fd *")],
    );
    check_body("kind k; switch (k) { case A: Point *p; } u;", &[]);
}

#[test]
fn nothing_follows_the_end_of_the_message() {
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
    // What is pointed to lies elsewhere.
    check_body("uint8 *a[]; int8 *b[]; Tail *c; uint8 d; uint8 e[];", &[]);
    // Neither does a case that is never chosen.
    check_body(
        "kind k; switch (k) { default: uint8 a; case A: uint8 b[]; } u; uint8 c;",
        &[("W0001", "A")],
    );
}
