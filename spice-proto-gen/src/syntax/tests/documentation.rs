//! Assignment of comments to items.

use super::{PROTOCOL, first_struct, parse_valid};
use crate::ast::{Definition, Member};
use crate::syntax::parse;

/// The documentation of each member of a struct with this body.
fn member_docs(body: &str) -> Vec<Vec<String>> {
    let file = parse_valid(&format!("struct A {{\n{body}\n}};"));
    let members = first_struct(&file).members.iter();
    members
        .map(|member| match member {
            Member::Field(field) => field.docs.lines().map(str::to_owned).collect(),
            Member::Switch(switch) => switch.docs.lines().map(str::to_owned).collect(),
        })
        .collect()
}

#[test]
fn comments_before_and_after_a_field_document_it() {
    let docs = member_docs(
        "// one\n  //two  \nuint8 a; // three\nuint8 b; /* four */\n\nuint8 c;\n/* five */ uint8 d; // six",
    );
    assert_eq!(docs[0], ["one", "two", "three"]);
    assert_eq!(docs[1], ["four"]);
    assert!(docs[2].is_empty());
    assert_eq!(docs[3], ["five", "six"]);
}

#[test]
fn comment_before_a_blank_line_documents_nothing() {
    let docs = member_docs(
        "// far\n\n// near\nuint8 a;\n// lost\n\nuint8 b;\n/* lost too */\n \t\nuint8 c;",
    );
    assert_eq!(docs[0], ["near"]);
    assert!(docs[1].is_empty() && docs[2].is_empty());
}

#[test]
fn trailing_comment_does_not_document_the_next_item() {
    let docs = member_docs(
        "uint8 a; // of a\nuint8 b;\nuint8 c; /* of c\n and more */\nuint8 d;\nuint8 e; // of e\n // of f\nuint8 f;",
    );
    assert_eq!(docs[0], ["of a"]);
    assert!(docs[1].is_empty());
    assert_eq!(docs[2], ["of c", "and more"]);
    assert!(docs[3].is_empty());
    assert_eq!(docs[4], ["of e"]);
    assert_eq!(docs[5], ["of f"]);
}

#[test]
fn comment_in_the_middle_of_a_line_documents_nothing() {
    let docs = member_docs("uint8 a; /* between */ uint8 b; uint8 /* inside */ c;");
    assert_eq!(docs, vec![Vec::<String>::new(); 3]);
}

#[test]
fn comment_delimiters_are_removed() {
    let docs = member_docs(
        "/**\n * First.\n *\n *   indented\n * Last. *\n **/\n/// slashes\n/* a */ /* b */\n/**/\nuint8 a;",
    );
    assert_eq!(
        docs[0],
        ["First.", "", "  indented", "Last. *", "slashes", "a", "b"]
    );
}

#[test]
fn case_has_docs_before_its_label_or_field() {
    let file = parse_valid(
        "struct A { switch (x) {\n// label\ncase B: // lost\n// field\nuint8 c; // behind\n} u; };",
    );
    let Member::Switch(switch) = &first_struct(&file).members[0] else {
        panic!("expected a switch");
    };
    assert_eq!(
        switch.cases[0].field.docs.lines().collect::<Vec<_>>(),
        ["label", "field", "behind"]
    );
    let file = parse_valid(
        "struct A { switch (x) {\ncase B:\nuint8 c;\n// own\ndefault: uint8 d; } u; };",
    );
    let Member::Switch(switch) = &first_struct(&file).members[0] else {
        panic!("expected a switch");
    };
    assert_eq!(
        switch.cases[1].field.docs.lines().collect::<Vec<_>>(),
        ["own"]
    );
}

#[test]
fn enum_items_have_docs_before_and_after_the_comma() {
    let file = parse_valid("enum8 e {\n// one\nA, // two\nB /* three */,\nC = 4 // four\n};");
    let Definition::Enum(found) = &file.definitions[0] else {
        panic!("expected an enum");
    };
    let docs: Vec<_> = found
        .items
        .iter()
        .map(|item| item.docs.lines().collect::<Vec<_>>().join("|"))
        .collect();
    assert_eq!(docs, ["one|two", "three", "four"]);
}

#[test]
fn definitions_messages_and_channels_have_docs() {
    let source = "// d\nchannel C { /* lost */\n // m\n Empty a; // t\n client: // lost\n message { } b; };// behind\n\
        /* p */\nprotocol P {\n // c\n C c; // d\n};";
    let (file, diagnostics) = parse(source);
    assert_eq!(diagnostics, []);
    let Definition::Channel(channel) = &file.definitions[0] else {
        panic!("expected a channel");
    };
    assert_eq!(channel.docs.lines().collect::<Vec<_>>(), ["d", "behind"]);
    let messages: Vec<_> = channel
        .messages()
        .map(|(_, message)| message.docs.lines().collect::<Vec<_>>().join("|"))
        .collect();
    assert_eq!(messages, ["m|t", ""]);
    let protocol = file
        .protocol
        .unwrap_or_else(|| panic!("expected a protocol"));
    assert_eq!(protocol.docs.lines().collect::<Vec<_>>(), ["p"]);
    assert_eq!(
        protocol.channels[0].docs.lines().collect::<Vec<_>>(),
        ["c", "d"]
    );
}

#[test]
fn docs_contain_no_carriage_returns() {
    let source = format!("// a\r\n/* b\r\n * c\r\n */\r\nstruct A {{ }}; // d\r\n{PROTOCOL}");
    let (file, diagnostics) = parse(&source);
    assert_eq!(diagnostics, []);
    assert_eq!(
        first_struct(&file).docs.lines().collect::<Vec<_>>(),
        ["a", "b", "c", "d"]
    );
    assert_eq!(first_struct(&file).members.len(), 0);
}
