use super::*;
use crate::model::{Array, Contains, PointeeOrder, Pointer, Size};

fn sizes(members: &str) -> (Size, Contains) {
    let (_, body) = body(members);
    (body.size, body.contains)
}

#[test]
fn sizes_of_members_add_up() {
    assert_eq!(sizes("").0, Size::Static(0));
    assert_eq!(
        sizes("uint8 a; int16 b; uint32 c; int64 d;").0,
        Size::Static(15)
    );
    assert_eq!(
        sizes("kind k; bits b; alias c; Point p; unix_fd f;").0,
        Size::Static(15)
    );
    assert_eq!(
        sizes("Point p[3]; uint8 a[0]; unix_fd f[2];").0,
        Size::Static(24)
    );
    assert_eq!(
        sizes("Point *p; uint8 *a[3]; uint8 *b[];").0,
        Size::Static(12)
    );
    assert_eq!(
        sizes("uint8 n; Point p[n]; uint8 a[cstring()];").0,
        Size::AtLeast(2)
    );
    assert_eq!(sizes("Bytes b[3];").0, Size::AtLeast(12));
    assert_eq!(sizes("Bytes b[0];").0, Size::Static(0));
    assert_eq!(
        sizes("uint8 v @virtual(1); uint8 z @zero;").0,
        Size::Static(1)
    );
}

#[test]
fn switch_size_is_static_if_all_cases_have_it() {
    let with = |cases: &str| sizes(&format!("bits b; switch (b) {{ {cases} }} u;")).0;
    assert_eq!(with("case X: uint32 a; default: alias c;"), Size::Static(6));
    assert_eq!(
        with("case X: uint32 a; default: Point c;"),
        Size::AtLeast(6)
    );
    assert_eq!(
        with("case X: uint32 a; case Y: uint32 c;"),
        Size::AtLeast(2)
    );
    assert_eq!(with("case X: case Y: case Z: uint32 c;"), Size::AtLeast(2));
    assert_eq!(with("case X: Empty c;"), Size::Static(2));
    assert_eq!(
        with("case X: uint8 a; default: uint8 c; case Y: uint64 d;"),
        Size::Static(3)
    );
    assert_eq!(
        with("case X: Point *a; default: uint8 *b[];"),
        Size::Static(6)
    );
}

#[test]
fn fields_have_their_own_size_and_that_of_their_pointee() {
    let (_, found) = body(
        "Point *p @nonnull; uint16 *a[4] @marshall; uint8 *r[]; Bytes *b; uint8 v @virtual(9);",
    );
    let facts: Vec<_> = (0..5)
        .map(|index| (field(&found, index).size, field(&found, index).pointee))
        .collect();
    assert_eq!(
        facts,
        [
            (Size::Static(4), Some(Size::Static(8))),
            (Size::Static(4), Some(Size::Static(8))),
            (Size::Static(4), Some(Size::AtLeast(0))),
            (Size::Static(4), Some(Size::AtLeast(4))),
            (Size::Static(0), None),
        ]
    );
    assert_eq!(
        field(&found, 0).pointer,
        Some(Pointer {
            nonnull: true,
            order: PointeeOrder::BreadthFirst
        })
    );
    assert_eq!(
        field(&found, 1).pointer,
        Some(Pointer {
            nonnull: false,
            order: PointeeOrder::DepthFirst
        })
    );
    assert_eq!(field(&found, 1).array, Some(Array::Fixed(4)));
}

#[test]
fn text_is_terminated_and_has_8_bit_elements() {
    let text = |member: &str| field(&body(&format!("uint8 n; {member};")).1, 1).text;
    assert!(text("uint8 a[n] @zero_terminated"));
    assert!(text("int8 *a[] @zero_terminated"));
    assert!(text("uint8 a[cstring()]"));
    assert!(!text("uint8 a[n]"));
    assert!(!text("uint8 a[16] @zero_terminated"));
    assert!(!text("uint16 a[n] @zero_terminated"));
    assert!(!text("kind a[n] @zero_terminated"));
}

#[test]
fn structs_contain_what_their_fields_contain() {
    let none = Contains::default();
    let borrowed = Contains {
        borrowed: true,
        ..none
    };
    let padding = Contains {
        padding: true,
        ..none
    };
    assert_eq!(sizes("Point p[3]; kind k;").1, none);
    assert_eq!(sizes("kind k; uint8 z @zero;").1, padding);
    assert_eq!(sizes("uint8 n; uint8 a[n];").1, borrowed);
    assert_eq!(sizes("uint8 a[cstring()];").1, borrowed);
    assert_eq!(sizes("uint8 w; uint8 a[image_size(1, w, w)];").1, borrowed);
    assert_eq!(sizes("Bytes b;").1, borrowed);
    assert_eq!(
        sizes("uint8 a[];").1,
        Contains {
            remaining: true,
            ..borrowed
        }
    );
    assert_eq!(
        sizes("Tail t;").1,
        Contains {
            remaining: true,
            ..borrowed
        }
    );
    assert_eq!(
        sizes("unix_fd f;").1,
        Contains {
            fds: true,
            ..borrowed
        }
    );
    let pointers = Contains {
        pointers: true,
        ..none
    };
    assert_eq!(sizes("Point *p;").1, pointers);
    assert_eq!(sizes("Link l; uint8 *a[4];").1, pointers);
    assert_eq!(
        sizes("Plane *p;").1,
        Contains {
            pointers: true,
            fds: true,
            ..borrowed
        }
    );
    // A pointee has its own end.
    assert_eq!(
        sizes("Tail *t; uint8 *r[];").1,
        Contains {
            pointers: true,
            ..borrowed
        }
    );
}

#[test]
fn switches_contain_what_their_reachable_cases_contain() {
    let (_, found) =
        body("bits b; switch (b) { case X: Point *p; default: uint32 d; case Y: uint8 r[]; } u;");
    let pointers = Contains {
        pointers: true,
        ..Contains::default()
    };
    assert_eq!(switch(&found, 1).contains, pointers);
    assert_eq!(
        found.contains,
        Contains {
            switches: true,
            ..pointers
        }
    );
    let outer = model(
        "enum8 e { A }; struct In { e t; switch (t) { case A: uint8 a; } u; }; struct Out { In *in; };",
    );
    assert!(structure(&outer, "Out").contains.switches);
}

#[test]
fn memory_of_a_value_has_its_alignment() {
    for (members, expected) in [
        ("", 0),
        ("uint8 a;", 1),
        ("uint8 a; uint16 b;", 4),
        ("uint32 a; uint32 b;", 8),
        ("uint32 a; uint32 b; uint8 c;", 16),
    ] {
        assert_eq!(body(members).1.memory, expected, "{members}");
    }
}
