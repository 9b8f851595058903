use super::*;
use crate::model::{Label, VariantName, When};

#[test]
fn discriminants_are_earlier_enum_or_flags_fields() {
    check_body(
        "kind knid; switch (kind) { case A: uint8 a; } u;",
        &[("E0501", "kind")],
    );
    let (_, diagnostic) = diagnostic_of_body("kind sort; switch (other) { case A: uint8 a; } u;");
    assert_eq!(diagnostic.suggestion, None);
    let (_, diagnostic) = diagnostic_of_body("kind sort; switch (sortt) { case A: uint8 a; } u;");
    assert_eq!(diagnostic.suggestion.expect("near").replacement, "sort");
    check_body(
        "switch (k) { case A: uint8 a; } u; kind k;",
        &[("E0502", "k")],
    );
    check_body("switch (u) { case A: uint8 a; } u;", &[("E0502", "u")]);
    for member in ["uint8 k", "kind k[2]", "kind *k[1]", "Point k", "unix_fd k"] {
        check_body(
            &format!("{member}; switch (k) {{ case A: uint8 a; }} u;"),
            &[("E0503", "k")],
        );
    }
    check_body(
        "kind k; switch (k) { case A: uint8 a; } u; switch (u) { case A: uint8 a; } v;",
        &[("E0503", "u")],
    );
}

#[test]
fn discriminants_can_be_in_nested_structs() {
    check_body("Header h; switch (h.type) { case A: uint8 a; } u;", &[]);
    check_body(
        "struct O { Header h; } o; switch (o.h.flags) { case !X: uint8 a; } u;",
        &[],
    );
    check_body(
        "Header h; switch (h.tpye) { case A: uint8 a; } u;",
        &[("E0501", "tpye")],
    );
    let (_, diagnostic) = diagnostic_of_body("Header h; switch (h.flag) { case X: uint8 a; } u;");
    assert_eq!(diagnostic.suggestion.expect("near").replacement, "flags");
    check_body(
        "Header *h; switch (h.type) { case A: uint8 a; } u;",
        &[("E0503", "h")],
    );
    check_body(
        "Header h[1]; switch (h.type) { case A: uint8 a; } u;",
        &[("E0503", "h")],
    );
    check_body(
        "kind h; switch (h.type) { case A: uint8 a; } u;",
        &[("E0503", "h")],
    );
    check_body(
        "Header h; switch (h.at) { case A: uint8 a; } u;",
        &[("E0503", "at")],
    );
    check(
        "struct B { Nope n; }; enum8 e { A }; message M { B b; switch (b.n) { case A: uint8 x; } u; };",
        &[("E0102", "Nope")],
    );
}

#[test]
fn cases_are_distinct_items() {
    check_body("kind k; switch (k) { } u;", &[("E0507", "u")]);
    check_body(
        "kind k; switch (k) { case D: uint8 a; } u;",
        &[("E0504", "D")],
    );
    let (_, diagnostic) = diagnostic_of_body("kind k; switch (k) { case a: uint8 a; } u;");
    assert_eq!(diagnostic.suggestion.expect("near").replacement, "A");
    check_body(
        "kind k; switch (k) { case A: case B: uint8 a; case A: int8 b; } u;",
        &[("E0505", "A")],
    );
    check_body(
        "bits b; switch (b) { case X: uint8 a; case !X: int8 b; case !X: int8 c; } u;",
        &[("E0505", "!X")],
    );
    check_body(
        "kind k; switch (k) { case !A: uint8 a; } u;",
        &[("E0506", "!A")],
    );
    check_body(
        "kind k; switch (k) { case OLD: uint8 a; } u;",
        &[("W0003", "OLD")],
    );
    check_body(
        "kind k; switch (k) { default: uint8 a; default: uint8 b; } u;",
        &[("E0505", "default:")],
    );
}

#[test]
fn first_items_are_listed_for_an_unknown_case() {
    let help = |count: usize| {
        let items = (0..count)
            .map(|index| format!("I{index},"))
            .collect::<String>();
        let source = format!(
            "enum8 e {{ {items} }}; struct S {{ e k; switch (k) {{ case Unknown: uint8 a; }} u; }};"
        );
        diagnostics(&source).remove(0).help.expect("help")
    };
    assert!(help(12).ends_with("`I10` `I11`"), "{}", help(12));
    assert!(help(14).ends_with("`I11` …"), "{}", help(14));
}

#[test]
fn a_case_after_default_is_unreachable() {
    let source =
        "bits b; switch (b) { case X: uint8 a; default: uint8 d; case !Y: case Z: uint8 c; } u;";
    check_body(source, &[("W0001", "!Y")]);
    let (_, body) = body(source);
    let live: Vec<_> = switch(&body, 1)
        .cases
        .iter()
        .map(|case| case.live)
        .collect();
    assert_eq!(live, [true, true, false]);
    assert_eq!(switch(&body, 1).variants.len(), 2);
    // The labels of an unreachable case are checked.
    check_body(
        "kind k; switch (k) { default: uint8 d; case Q: uint8 c; } u;",
        &[("W0001", "Q"), ("E0504", "Q")],
    );
}

fn variants(members: &str, index: usize) -> Vec<(VariantName, Option<usize>, When, bool)> {
    let (_, body) = body(members);
    let variants = switch(&body, index).variants.iter();
    variants
        .map(|found| {
            (
                found.name,
                found.case,
                found.when.clone(),
                found.carries_discriminant,
            )
        })
        .collect()
}

#[test]
fn enum_switches_have_a_variant_for_each_item() {
    let found = variants(
        "kind k; switch (k) { case B: uint8 x; case C: case A: int8 y; } u;",
        1,
    );
    assert_eq!(
        found,
        [
            (VariantName::Item(1), Some(0), When::Equals(1), false),
            (VariantName::Item(2), Some(1), When::Equals(2), false),
            (VariantName::Item(0), Some(1), When::Equals(0), false),
            (VariantName::NoCase, None, When::Always, true),
        ]
    );
    let found = variants(
        "kind k; switch (k) { case B: uint8 x; case A: default: int8 y; } u;",
        1,
    );
    assert_eq!(
        found,
        [
            (VariantName::Item(1), Some(0), When::Equals(1), false),
            (VariantName::Field, Some(1), When::Always, true),
        ]
    );
}

#[test]
fn flags_switches_have_a_variant_for_each_case() {
    let found = variants(
        "bits b; switch (b) { case Y: case !X: uint8 x; case !Z: case X: int8 y; } u;",
        1,
    );
    assert_eq!(
        found,
        [
            (
                VariantName::Item(1),
                Some(0),
                When::AnyBit(vec![(1, false), (0, true)]),
                false
            ),
            (
                VariantName::Field,
                Some(1),
                When::AnyBit(vec![(2, true), (0, false)]),
                false
            ),
            (VariantName::NoCase, None, When::Always, false),
        ]
    );
    let found = variants(
        "bits b; switch (b) { case X: uint8 x; default: int8 y; } u;",
        1,
    );
    assert_eq!(found[1], (VariantName::Field, Some(1), When::Always, false));
    assert_eq!(found.len(), 2);
}

#[test]
fn labels_have_the_indexes_of_items() {
    let (model, body) = body("Header h; switch (h.flags) { case !Z: default: uint8 a; } u;");
    let found = switch(&body, 1);
    assert_eq!(
        found.cases[0].labels,
        [
            Label::Item {
                item: 2,
                negated: true
            },
            Label::Default
        ]
    );
    assert_eq!(found.discriminant.path, [0, 1]);
    assert_eq!(found.discriminant.ty, type_id(&model, "bits"));
    assert!(found.discriminant.flags);
    assert!(!found.discriminant.implied);
}
