use super::*;
use crate::model::{Channel, ChannelId, Origin, Side};

fn ids(channel: &Channel, side: Side) -> Vec<(&str, u16)> {
    let messages = channel.messages(side).iter();
    messages
        .map(|message| (message.name.as_str(), message.id))
        .collect()
}

#[test]
fn items_are_numbered_consecutively() {
    let model = model(
        "enum8 E { A, B, C = 5, D, F = 0x20, Z = 2 };
         flags8 path { BEGIN = 0, END, CLOSE = 3, BEZIER, TOP = 7, }; flags32 top { T = 31 };
         enum32 wide { MOST = 4294967295, OLD = 0 @deprecated };",
    );
    let values = |name| -> Vec<u32> {
        let items = enumeration(&model, name).items.iter();
        items.map(|item| item.value).collect()
    };
    assert_eq!(values("E"), [0, 1, 5, 6, 32, 2]);
    assert_eq!(values("path"), [1, 2, 8, 16, 128]);
    assert_eq!(values("top"), [1 << 31]);
    assert_eq!(values("wide"), [u32::MAX, 0]);
    assert!(enumeration(&model, "wide").items[1].deprecated);
    assert_eq!(enumeration(&model, "wide").bytes, 4);
    assert!(enumeration(&model, "path").flags);
}

#[test]
fn items_have_distinct_values_in_range() {
    check("enum8 E {};", &[("E0201", "E")]);
    check("enum8 E { A, B, A };", &[("E0106", "A")]);
    check("enum8 E { A = 1, B, C = 1, D };", &[("E0202", "1")]);
    check("enum8 E { A = 255, B, C };", &[("E0203", "B")]);
    check(
        "enum8 E { A = 256, B = -1 };",
        &[("E0203", "256"), ("E0203", "-1")],
    );
    check(
        "enum16 E { A = 65536 }; enum32 F { A = 4294967296 };",
        &[("E0203", "65536"), ("E0203", "4294967296")],
    );
    check(
        "flags8 F { A = 7, B = 8 }; flags32 G { A = 31, B };",
        &[("E0203", "8"), ("E0203", "B")],
    );
    check("flags16 F { A = -1, B };", &[("E0203", "-1")]);
}

#[test]
fn free_number_is_suggested_up_to_the_last_one() {
    let replacement = |items: &str| {
        let mut diagnostics = diagnostics(&format!("enum8 E {{ {items} }};"));
        let suggestion = diagnostics.remove(0).suggestion;
        suggestion.map(|suggestion| suggestion.replacement)
    };
    assert_eq!(replacement("A = 4, B = 4"), Some("5".to_owned()));
    assert_eq!(replacement("A = 254, B = 254"), Some("255".to_owned()));
    assert_eq!(replacement("A = 255, B = 255"), None);
}

#[test]
fn messages_are_numbered_by_side() {
    let model = model(
        "message M {};
         channel Base { M a; client: M b; M c = 7; M d; server: M e; M f = 100; client: M g; M z = 0; };
         channel Derived : Base { server: M h = 50; M i; client: M x = 2; };",
    );
    let [base, derived] = model.channels.as_slice() else {
        panic!("two channels")
    };
    assert_eq!(ids(base, Side::Server), [("a", 1), ("e", 2), ("f", 100)]);
    assert_eq!(
        ids(base, Side::Client),
        [("z", 0), ("b", 1), ("c", 7), ("d", 8), ("g", 9)]
    );
    assert_eq!(
        ids(derived, Side::Server),
        [("a", 1), ("e", 2), ("h", 50), ("i", 51), ("f", 100)]
    );
    assert_eq!(derived.server[0].owner, ChannelId(0));
    assert_eq!(derived.server[2].owner, ChannelId(1));
    assert_eq!(
        (derived.parent, derived.ancestors.as_slice()),
        (Some(ChannelId(0)), &[ChannelId(0)][..])
    );
}

#[test]
fn messages_have_inline_or_named_bodies() {
    let model = model(
        "message Data { uint8 d[]; };
         channel C { server: Data plain;
           // Greets the client.
           message { uint8 x; } @ctype(T) hello = 9; };
         channel D : C {};",
    );
    let hello = structure(&model, "hello");
    assert_eq!(
        hello.origin,
        Origin::Body {
            channel: ChannelId(0),
            side: Side::Server,
            id: 9
        }
    );
    assert_eq!(
        hello.docs.lines().collect::<Vec<_>>(),
        ["Greets the client."]
    );
    assert_eq!(hello.attributes.argument("ctype"), Some("T"));
    let [plain, inline] = model.channels[1].server.as_slice() else {
        panic!("two")
    };
    assert_eq!(plain.body, type_id(&model, "Data"));
    assert_eq!(inline.body, type_id(&model, "hello"));
    assert_eq!(
        inline.docs.lines().collect::<Vec<_>>(),
        ["Greets the client."]
    );
}

#[test]
fn messages_of_a_side_have_distinct_ids_and_names() {
    check(
        "message M {}; channel C { server: M a; M b = 1; client: M a; };",
        &[("E0204", "1")],
    );
    check(
        "message M {}; channel C { server: M a; M a; client: M a; };",
        &[("E0205", "a")],
    );
    // Only the first id that follows from a written one is reported.
    check(
        "message M {}; channel B { server: M a; M b; M c; };
         channel C : B { server: M d; M e; M f; client: M a; };",
        &[("E0204", "d")],
    );
    let source =
        "message M {}; channel B { server: M a; M b = 9; }; channel C : B { M b; M d = 9; };";
    let diagnostics = diagnostics(source);
    assert_eq!(diagnostics.len(), 3, "{diagnostics:#?}");
    assert_eq!(
        diagnostics[0].labels[1].text,
        "inherited from `B`, defined here"
    );
    assert_eq!(diagnostics[1].code, Code::DuplicateMessageName);
    assert_eq!(
        diagnostics[2].help.as_deref(),
        Some("the next free id is 11")
    );
    let edits: Vec<_> = diagnostics
        .iter()
        .filter_map(|found| found.suggestion.as_ref())
        .collect();
    assert_eq!(edits[0].replacement, " = 10");
    assert_eq!(edits[0].span.start, edits[0].span.end);
    assert_eq!(edits[1].replacement, "11", "10 was suggested already");
}

#[test]
fn message_ids_fit_in_16_bits() {
    check(
        "message M {}; channel C { M a = 65535; M b; M c; };",
        &[("E0206", "b")],
    );
    check(
        "message M {}; channel C { M a = -1; M b = 65536; };",
        &[("E0206", "-1"), ("E0206", "65536")],
    );
}

#[test]
fn duplicate_id_last_wins_when_allowed() {
    let source = file(
        "message M {}; channel B { client: M x = 3; };
         channel C : B { client: message { uint8 a; } header = 101; message { uint16 b; } error = 101;
           M last = 101; M y = 3; };",
    );
    let (model, found) = run(&source, &Levels::default());
    assert!(model.is_none());
    assert_eq!(found.len(), 3);
    let (model, found) = run(&source, &level(Code::DuplicateMessageId, Level::Warn));
    assert_eq!(found.len(), 3);
    let model = model.expect("a model");
    assert_eq!(
        ids(&model.channels[1], Side::Client),
        [("y", 3), ("last", 101)]
    );
    assert_eq!(ids(&model.channels[0], Side::Client), [("x", 3)]);
    assert_eq!(structure(&model, "header").members.len(), 1);
    assert_eq!(
        run(&source, &level(Code::DuplicateMessageId, Level::Allow)).1,
        []
    );
}

#[track_caller]
fn check_protocol(entries: &str, expected: &[(&str, &str)]) {
    let source = format!("channel C {{}}; channel D {{}}; protocol P {{ {entries} }};");
    let (model, diagnostics) = run(&source, &Levels::default());
    let found: Vec<_> = diagnostics
        .iter()
        .map(|found| seen(&source, found))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(model.is_some(), expected.is_empty());
}

#[test]
fn channels_of_the_protocol_have_distinct_numbers_and_names() {
    check_protocol("C a; C b = 1;", &[("E0207", "1")]);
    check_protocol("C a; C a;", &[("E0208", "a")]);
    check_protocol("C a = 255; C b; C c;", &[("E0209", "b")]);
    check_protocol("C a = -1; C b = 256;", &[("E0209", "-1"), ("E0209", "256")]);
    check_protocol("C a; C b = 0; C c = 255;", &[]);
    let source = "channel C {}; channel D {}; protocol Spice { C a; D b = 7; C c; };";
    let model = run(source, &Levels::default()).0.expect("a model");
    assert_eq!(model.protocol.name, "Spice");
    let entries: Vec<_> = model
        .protocol
        .channels
        .iter()
        .map(|entry| (entry.name.as_str(), entry.number, entry.channel.0))
        .collect();
    assert_eq!(entries, [("a", 1, 0), ("b", 7, 1), ("c", 8, 0)]);
    assert_eq!(model.channels[0].entries, [0, 2]);
    assert_eq!(model.channels[1].entries, [1]);
}
