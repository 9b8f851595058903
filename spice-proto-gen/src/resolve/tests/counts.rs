use super::*;
use crate::model::{Array, FieldRef, Role};

fn roles(members: &str) -> Vec<Role> {
    let (_, body) = body(members);
    body.members
        .iter()
        .filter_map(|member| match member {
            Member::Field(field) => Some(field.role.clone()),
            Member::Switch(_) => None,
        })
        .collect()
}

#[test]
fn counts_of_members_are_computed_carried_or_stored() {
    assert_eq!(
        roles("uint8 n; uint8 a[n]; uint16 b[n];")[0],
        Role::ComputedCount
    );
    assert_eq!(roles("uint8 n; uint8 *a[n];")[0], Role::ComputedCount);
    let one = "kind k; uint8 n; switch (k) { case A: uint8 a[n]; case B: uint16 a[n]; } u;";
    assert_eq!(roles(one)[1], Role::CarriedCount { switch: 2 });
    let two = format!("{one} switch (k) {{ case A: uint8 b[n]; }} v;");
    assert_eq!(roles(&two)[1], Role::StoredCount);
    let direct = format!("{two} uint8 b[n];");
    assert_eq!(roles(&direct)[1], Role::ComputedCount);
}

#[test]
fn sides_of_images_are_stored() {
    let image = "uint8 w; uint8 h; uint8 d[image_size(8, w, h)];";
    assert_eq!(roles(image), [Role::Value, Role::Value, Role::Value]);
    let both = format!("{image} uint8 e[h];");
    assert_eq!(roles(&both)[..2], [Role::Value, Role::StoredCount]);
}

#[test]
fn counts_in_cases_are_computed_if_their_arrays_are_always_present() {
    let twins = "bits b; switch (b) { case X: uint8 n; } u;
        switch (b) { case X: uint32 *a[n]; } v;";
    let (_, found) = body(twins);
    let place = FieldRef {
        member: 1,
        case: Some(0),
    };
    assert_eq!(
        switch(&found, 2).cases[0].field.array,
        Some(Array::Count(place))
    );
    assert_eq!(switch(&found, 1).cases[0].field.role, Role::ComputedCount);
    assert!(!switch(&found, 1).variants[0].value);
    assert!(!switch(&found, 1).stored);
    assert!(switch(&found, 2).stored);
    let role = |members: &str| {
        switch(&body(members).1, 1)
            .cases
            .last()
            .expect("a case")
            .field
            .role
            .clone()
    };
    let first = "bits b; switch (b) { case X: uint8 x; case Y: uint8 n; } u;";
    let with = |second: &str| role(&format!("{first} {second}"));
    assert_eq!(
        with("switch (b) { case X: uint8 x; case Y: uint8 a[n]; } v;"),
        Role::ComputedCount
    );
    assert_eq!(
        with("switch (b) { case Z: uint8 x; case Y: uint8 a[n]; } v;"),
        Role::StoredCount
    );
    assert_eq!(
        with("switch (b) { case Y: uint8 a[n]; } v;"),
        Role::StoredCount
    );
    assert_eq!(
        with("switch (b) { case X: uint8 x; case Y: case Z: uint8 a[n]; } v;"),
        Role::StoredCount
    );
    assert_eq!(
        with("bits c; switch (c) { case X: uint8 x; case Y: uint8 a[n]; } v;"),
        Role::StoredCount
    );
    assert_eq!(with("uint8 a[n];"), Role::ComputedCount);
}

#[test]
fn variants_carry_counts_without_an_array() {
    let (_, found) = body(
        "bits b; uint8 n; uint8 m; switch (b) { case X: uint8 a[n]; case Y: Point p; case Z: uint8 c[m]; } u;",
    );
    let carried: Vec<_> = switch(&found, 3)
        .variants
        .iter()
        .map(|variant| (variant.carried_counts.as_slice(), variant.value))
        .collect();
    assert_eq!(
        carried,
        [
            (&[2][..], true),
            (&[1, 2][..], true),
            (&[1][..], true),
            (&[1, 2][..], false)
        ]
    );
    assert!(switch(&found, 3).stored);
}

#[test]
fn switch_with_implied_discriminant_is_stored_without_values() {
    let (_, found) = body("kind k; switch (k) { case A: uint8 n; } u; uint8 a[n];");
    // The discriminant is implied, so the switch is stored although no variant has a value.
    assert!(switch(&found, 1).discriminant.implied);
    assert!(switch(&found, 1).stored);
    assert!(
        switch(&found, 1)
            .variants
            .iter()
            .all(|variant| !variant.value)
    );
}

#[test]
fn discriminant_of_one_enum_switch_is_implied() {
    let implied = Role::ImpliedDiscriminant { switch: 1 };
    let one = "kind k; switch (k) { case A: uint8 a; } u;";
    assert_eq!(roles(one)[0], implied);
    assert!(switch(&body(one).1, 1).discriminant.implied);
    assert_eq!(
        roles(&format!("{one} switch (k) {{ case B: uint8 b; }} v;"))[0],
        Role::Value
    );
    assert_eq!(
        roles("bits b; switch (b) { case X: uint8 a; } u;")[0],
        Role::Value
    );
    assert_eq!(
        roles("Header h; switch (h.type) { case A: uint8 a; } u;")[0],
        Role::Value
    );
}

#[test]
fn discriminant_used_by_another_struct_is_stored() {
    let inner = "enum8 e { A }; struct In { e t; switch (t) { case A: uint8 a; } u; };";
    let outer =
        "struct Out { struct Mid { In in; } mid; switch (mid.in.t) { case A: uint8 b; } v; };";
    let alone = model(inner);
    assert!(switch(structure(&alone, "In"), 1).discriminant.implied);
    let both = model(&format!("{inner} {outer}"));
    assert!(!switch(structure(&both, "In"), 1).discriminant.implied);
    assert_eq!(field(structure(&both, "In"), 0).role, Role::Value);
    assert!(switch(structure(&both, "In"), 1).stored);
}

#[test]
fn arrays_in_unreachable_cases_have_no_count() {
    let dead = "kind k; uint8 n; switch (k) { default: uint8 x; case A: uint8 a[n]; } u;";
    assert_eq!(roles(dead)[1], Role::Value);
    let live = dead.replace("uint8 x;", "uint8 x[n];");
    assert_eq!(roles(&live)[1], Role::CarriedCount { switch: 2 });
}
