use super::*;
use crate::model::{Int, Origin, Type, TypeRef};

#[test]
fn definitions_share_one_name_space() {
    check(
        "struct A {}; enum8 A { X }; struct B { struct A { uint8 x; } a; };
         message B {}; channel B {}; typedef A int8;",
        &[
            ("E0101", "A"),
            ("E0101", "A"),
            ("E0101", "B"),
            ("E0101", "B"),
            ("E0101", "A"),
        ],
    );
    let source = "struct A {}; struct A {};";
    let diagnostic = &diagnostics(source)[0];
    assert_eq!(diagnostic.labels[1].text, "first defined here");
    assert_eq!(
        diagnostic.labels[1].span.start,
        source.find('A').expect("A")
    );
}

#[test]
fn an_inline_struct_is_usable_after_its_definition() {
    check(
        "struct A { struct In { uint8 x; } a; In b; }; struct C { In x; };",
        &[],
    );
}

#[test]
fn an_outer_struct_hides_an_inner_one_of_its_name() {
    check(
        "struct A { struct A { uint8 x; } a; uint16 n; }; struct B { A a; };",
        &[("E0101", "A")],
    );
}

#[test]
fn keywords_are_reserved() {
    check("typedef message int8;", &[("E0107", "message")]);
    check(
        "enum8 flags8 { A }; channel case {};",
        &[("E0107", "flags8"), ("E0107", "case")],
    );
}

#[test]
fn unknown_types_get_suggestions() {
    check_body("Pont a; Point b;", &[("E0102", "Pont")]);
    let (_, diagnostic) = diagnostic_of_body("Pont a;");
    assert_eq!(
        diagnostic.suggestion.expect("a suggestion").replacement,
        "Point"
    );
    let (_, diagnostic) = diagnostic_of_body("unit32 a;");
    assert_eq!(
        diagnostic.suggestion.expect("a suggestion").replacement,
        "uint32"
    );
    let (_, diagnostic) = diagnostic_of_body("Whatever a;");
    assert_eq!(diagnostic.suggestion, None);
}

#[test]
fn types_of_other_languages_are_replaced() {
    for (foreign, known) in [
        ("byte", "uint8"),
        ("i8", "int8"),
        ("short", "int16"),
        ("ushort", "uint16"),
        ("int", "int32"),
        ("unsigned", "uint32"),
        ("long", "int64"),
        ("ulong", "uint64"),
    ] {
        let (_, diagnostic) = diagnostic_of_body(&format!("{foreign} a;"));
        assert_eq!(
            diagnostic.suggestion.expect(foreign).replacement,
            known,
            "{foreign}"
        );
    }
}

#[test]
fn names_are_defined_above_their_uses() {
    check("struct A { B b; }; struct B {};", &[("E0103", "B")]);
    let diagnostic = &diagnostics("struct A { B b; }; struct B {};")[0];
    assert_eq!(
        diagnostic.help.as_deref(),
        Some("move the definition above its use")
    );
    assert_eq!(diagnostic.labels[1].text, "defined here");
    check("struct A { A *a; };", &[("E0103", "A")]);
    check("channel C : D {}; channel D {};", &[("E0103", "D")]);
    check(
        "channel C { server: M m; }; message M {};",
        &[("E0103", "M")],
    );
    check("channel C : C {};", &[("E0103", "C")]);
}

#[test]
fn names_have_the_right_kind() {
    check("message M {}; struct A { M m; };", &[("E0104", "M")]);
    check("channel C {}; struct A { C *c; };", &[("E0104", "C")]);
    check(
        "struct S {}; channel C { server: S s; };",
        &[("E0104", "S")],
    );
    check("struct S {}; channel C : S {};", &[("E0104", "S")]);
    check(
        "typedef T int8; channel C { client: T t; };",
        &[("E0104", "T")],
    );
    check("message M {}; typedef T M;", &[("E0104", "M")]);
    // The kind is reported before the order.
    check("struct A { M m; }; message M {};", &[("E0104", "M")]);
}

#[test]
fn unknown_messages_and_channels_are_reported() {
    check(
        "message Data {}; channel C { server: Date d; };",
        &[("E0102", "Date")],
    );
    check(
        "channel Base {}; channel C : Bsae {};",
        &[("E0701", "Bsae")],
    );
    let source = "struct S {}; channel C {}; protocol P { C a; S b; CC c; D d; };";
    let (model, diagnostics) = run(source, &Levels::default());
    assert!(model.is_none());
    let found: Vec<_> = diagnostics
        .iter()
        .map(|found| seen(source, found))
        .collect();
    assert_eq!(found, [("E0104", "S"), ("E0701", "CC"), ("E0701", "D")]);
    assert_eq!(
        diagnostics[1]
            .suggestion
            .as_ref()
            .expect("near")
            .replacement,
        "C"
    );
}

#[test]
fn uses_of_unknown_types_are_reported_once() {
    check_body(
        "Nope n; uint8 a[n]; switch (n) { case A: uint8 x; } u; Nope *p; uint8 z;
         switch (n.deep.er) { default: uint8 v; } w; Nope r[]; uint8 end;",
        &[
            ("E0102", "Nope"),
            ("E0102", "Nope"),
            ("E0102", "Nope"),
            ("E0305", "end"),
        ],
    );
    check_body(
        "Nope n @zero; Nope m @virtual(3); Nope i[image_size(8, z, z)];",
        &[
            ("E0102", "Nope"),
            ("E0102", "Nope"),
            ("E0102", "Nope"),
            ("E0301", "z"),
            ("E0301", "z"),
        ],
    );
    check(
        "typedef T Nope; struct S { T a; T b[4]; T c @virtual(900); }; struct U { S s @zero; T *u; S t[]; };",
        &[("E0102", "Nope")],
    );
}

#[test]
fn members_have_distinct_names() {
    check_body("uint8 a; uint16 a;", &[("E0105", "a")]);
    check_body(
        "kind k; switch (k) { case A: uint8 a; } k;",
        &[("E0105", "k")],
    );
    // Fields of cases can repeat names.
    check_body(
        "kind k; uint8 a; switch (k) { case A: uint8 a; case B: int8 a; } u;
         switch (k) { case A: uint8 a; } v;",
        &[],
    );
}

#[test]
fn typedefs_are_followed() {
    let model = model("typedef A uint16; typedef B A; struct S { B b; }; typedef I struct In {};");
    let wide = Type::Int(Int {
        bytes: 2,
        signed: false,
    });
    let alias = Some(type_id(&model, "B"));
    assert_eq!(
        field(structure(&model, "S"), 0).ty,
        TypeRef { alias, ty: wide }
    );
    let TypeDef::Alias(found) = &model.types[1] else {
        panic!("B")
    };
    assert_eq!(
        found.target,
        TypeRef {
            alias: Some(TypeId(0)),
            ty: wide
        }
    );
    assert_eq!(structure(&model, "In").origin, Origin::Inline);
    let TypeDef::Alias(found) = &model.types[type_id(&model, "I").0] else {
        panic!("I")
    };
    assert_eq!(found.target.ty, Type::Struct(type_id(&model, "In")));
}

#[test]
fn types_are_in_the_order_of_their_definitions() {
    let model = model(
        "struct A { struct B { struct C {} c; } b; };
         channel X { server: message { struct D {} d; } hello; };
         enum8 E { I };",
    );
    let names = ["C", "B", "A", "D", "hello", "E"];
    let ids: Vec<_> = names.iter().map(|name| type_id(&model, name).0).collect();
    assert_eq!(ids, [0, 1, 2, 3, 4, 5]);
    assert_eq!(structure(&model, "A").origin, Origin::Struct);
    assert_eq!(structure(&model, "B").origin, Origin::Inline);
}

#[test]
fn hexadecimal_numbers_are_reported() {
    let source = "enum8 E { A = 0x10 }; struct S { uint8 a[0x2]; uint8 v @virtual(0x3); };
        channel C { server: message {} m = 0x4; };";
    check(
        source,
        &[
            ("W0004", "0x10"),
            ("W0004", "0x2"),
            ("W0004", "0x3"),
            ("W0004", "0x4"),
        ],
    );
    let suggestion = diagnostics(source)[0].suggestion.clone();
    assert_eq!(suggestion.expect("an edit").replacement, "16");
}

#[test]
fn unused_types_and_undocumented_messages_are_reported_on_request() {
    let source = "typedef T uint8; typedef N uint8; enum8 E { A }; enum8 F { A };
        struct S { T t; E *e[2]; }; struct U { F f; };
        message Lost {}; message Used { kind k; };
        channel C { server: message { S *s; } m;
        // Documented.
        message {} n; };";
    let mut levels = level(Code::UnusedType, Level::Warn);
    let source = file(&source.replace("kind k", "int8 k"));
    let (model, diagnostics) = run(&source, &levels);
    assert!(model.is_some());
    let found: Vec<_> = diagnostics
        .iter()
        .map(|found| seen(&source, found).1)
        .collect();
    assert_eq!(found, ["N", "F", "U", "Lost", "Used"]);
    levels.set(Code::UnusedType, Level::Deny);
    assert!(run(&source, &levels).0.is_none());
    let (_, diagnostics) = run(&source, &level(Code::Undocumented, Level::Warn));
    let found: Vec<_> = diagnostics
        .iter()
        .map(|found| seen(&source, found))
        .collect();
    assert_eq!(found, [("W0005", "m")]);
    assert_eq!(run(&source, &Levels::default()).1, []);
}

#[test]
fn body_of_a_replaced_message_is_not_reported_as_unused() {
    let source = file("channel C { message { int8 a; } m = 1; message { int8 b; } n = 1; };");
    let mut levels = level(Code::UnusedType, Level::Warn);
    levels.set(Code::DuplicateMessageId, Level::Allow);
    assert_eq!(run(&source, &levels).1, []);
}

#[test]
fn without_a_protocol_there_is_no_model() {
    let (parsed, diagnostics) = crate::syntax::parse("struct A {};");
    assert_eq!(diagnostics.len(), 1);
    let (model, diagnostics) = resolve(&parsed, &Levels::default());
    assert!(model.is_none());
    assert_eq!(diagnostics, []);
}

#[test]
fn a_broken_definition_leaves_no_model() {
    let source = file("struct A { uint8 }; message M { A a; };");
    let (parsed, diagnostics) = crate::syntax::parse(&source);
    assert_eq!(diagnostics.len(), 1);
    let (model, diagnostics) = resolve(&parsed, &Levels::default());
    assert!(model.is_none());
    assert_eq!(diagnostics, []);
}
