//! Diagnostics for broken texts.

use super::{PROTOCOL, text_at};
use crate::ast::Definition;
use crate::diagnostic::{Code, Diagnostic};
use crate::span::Span;
use crate::syntax::{MAX_FILE_SIZE, parse};

/// The diagnostics for `definitions` followed by a protocol.
fn diagnostics(definitions: &str) -> Vec<Diagnostic> {
    parse(&format!("{definitions}\n{PROTOCOL}\n")).1
}

/// The only diagnostic for `definitions` followed by a protocol.
#[track_caller]
fn only(definitions: &str) -> Diagnostic {
    let mut found = diagnostics(definitions);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

/// Texts with a `~` before the unexpected token, and the messages for it.
const MESSAGES: &[(&str, &str)] = &[
    ("struct A { uint8 ~; };", "expected a field name, found `;`"),
    (
        "struct A { ~= };",
        "expected one of a field, `switch` or `}`, found `=`",
    ),
    (
        "struct A { uint8 a[~;]; };",
        "expected a size or `]`, found `;`",
    ),
    ("struct A { uint8 a[2~; };", "expected `]`, found `;`"),
    (
        "struct A { uint8 a[image_size(8 ~w)]; };",
        "expected `,`, found `w`",
    ),
    (
        "struct A { uint8 a[image_size(~w, h)]; };",
        "expected a number, found `w`",
    ),
    (
        "struct A { uint8 ~12ab; };",
        "expected a field name, found `12ab`",
    ),
    (
        "struct A { uint8 a ~uint8 b; };",
        "expected one of `[`, an attribute or `;`, found `uint8`",
    ),
    (
        "struct A { uint8 a @~; };",
        "expected the name of an attribute, found `;`",
    ),
    (
        "struct A { uint8 a @x(~); };",
        "expected an argument, found `)`",
    ),
    (
        "struct A { switch (a ~b) { } u; };",
        "expected `.` or `)`, found `b`",
    ),
    (
        "struct A { switch (a) { ~uint8 x; } u; };",
        "expected a case or `}`, found `uint8`",
    ),
    (
        "struct A { switch (a) { case X: ~} u; };",
        "expected one of `case`, `default` or a field, found `}`",
    ),
    (
        "struct A { switch (a) { } ~; };",
        "expected the name of the switch, found `;`",
    ),
    ("struct ~{ };", "expected a name, found `{`"),
    ("struct A ~: B { };", "expected `{`, found `:`"),
    (
        "struct A { } ~} ;",
        "expected an attribute or `;`, found `}`",
    ),
    ("typedef A ~;", "expected a type, found `;`"),
    (
        "enum8 E { A ~B };",
        "expected one of `=`, an attribute, `,` or `}`, found `B`",
    ),
    (
        "enum8 E { ~12 };",
        "expected the name of an item or `}`, found `12`",
    ),
    ("enum8 E { A = ~, };", "expected a number, found `,`"),
    (
        "channel C { ~; };",
        "expected one of `server:`, `client:`, a message or `}`, found `;`",
    ),
    (
        "channel C { server ~message { } a; };",
        "expected `:`, found `message`",
    ),
    (
        "channel C : ~{ };",
        "expected the name of a channel, found `{`",
    ),
    (
        "channel C { Empty ~= 3; };",
        "expected the name of the message, found `=`",
    ),
    ("~é { };", "expected a definition, found `é`"),
    ("~};", "expected a definition, found `}`"),
];

#[test]
fn syntax_error_names_token_and_alternatives() {
    for (marked, message) in MESSAGES {
        let start = marked.find('~').unwrap_or(usize::MAX);
        let source = marked.replace('~', "");
        let diagnostic = only(&source);
        assert_eq!(diagnostic.code, Code::Syntax);
        assert_eq!(diagnostic.message, *message, "in {source}");
        let span = diagnostic.labels[0].span;
        assert_eq!(span.start, start, "in {source}");
        assert!(
            message.ends_with(&format!("`{}`", text_at(&source, span))),
            "in {source}"
        );
    }
}

#[test]
fn messages_contain_no_rule_names() {
    let source = include_str!("../../../../proto/spice.proto");
    let tail: String = source
        .chars()
        .rev()
        .take(2000)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    for cut in 0..tail.len() {
        let text = tail.get(cut..).unwrap_or("");
        for diagnostic in parse(text)
            .1
            .iter()
            .chain(&parse(tail.get(..cut).unwrap_or("")).1)
        {
            let prose: String = diagnostic.message.split('`').step_by(2).collect();
            assert!(!prose.contains('_'), "{}", diagnostic.message);
        }
    }
}

#[test]
fn missing_separator_is_reported_after_previous_token() {
    let cases = [
        ("struct A {\n  uint8 a~ // c\n  uint8 b;\n};", ";"),
        ("struct A { uint8 a~ };", ";"),
        ("struct A { }~\nstruct B { };", ";"),
        ("struct A { uint8 a; }~", ";"),
        ("typedef A uint8~\ntypedef B uint8;", ";"),
        ("enum8 E {\n  A~\n  B\n};", ","),
        ("channel C { server: Empty a = 1~ };", ";"),
    ];
    for (marked, separator) in cases {
        let place = marked.find('~').unwrap_or(usize::MAX);
        let diagnostic = only(&marked.replace('~', ""));
        assert!(
            diagnostic
                .message
                .starts_with(&format!("expected `{separator}`, found "))
        );
        assert_eq!(
            diagnostic.labels[0].span,
            Span::new(place, place),
            "in {marked}"
        );
        let suggestion = diagnostic
            .suggestion
            .map(|edit| (edit.span, edit.replacement));
        assert_eq!(
            suggestion,
            Some((Span::new(place, place), separator.to_owned()))
        );
    }
}

#[test]
fn misspelled_keyword_gets_suggestion() {
    let cases = [
        ("strcut", "struct"),
        ("mesage", "message"),
        ("enum", "enum8"),
        ("flag32", "flags32"),
        ("typdef", "typedef"),
        ("chanel", "channel"),
    ];
    for (word, keyword) in cases {
        let diagnostic = only(&format!("{word} A {{ }};"));
        assert_eq!(diagnostic.labels[0].span, Span::new(0, word.len()));
        let edit = diagnostic.suggestion.map(|edit| edit.replacement);
        assert_eq!(edit.as_deref(), Some(keyword));
        assert_eq!(diagnostic.help, Some(format!("did you mean `{keyword}`?")));
    }
    assert!(only("nonsense A { };").suggestion.is_none());
}

#[test]
fn each_broken_definition_is_reported_once() {
    let source = "struct A { uint8 ; uint8 ; };\nstruct B { uint8 b; };\nstrcut C { uint8 a; };\n\
        channel D { serve: };\ntypedef E;\nstruct F\n  uint8 a;\n  uint8 b;\n};\nstruct G { };\n";
    let text = format!("{source}{PROTOCOL}");
    let (file, found) = parse(&text);
    let lines: Vec<_> = found
        .iter()
        .map(|diagnostic| {
            source[..diagnostic.labels[0].span.start]
                .matches('\n')
                .count()
                + 1
        })
        .collect();
    assert_eq!(lines, [1, 3, 4, 5, 7], "{found:#?}");
    let names: Vec<_> = file
        .definitions
        .iter()
        .map(|definition| match definition {
            Definition::Struct(found) => found.name.text,
            _ => "?",
        })
        .collect();
    assert_eq!(names, ["B", "G"]);
    assert!(file.protocol.is_some());
}

#[test]
fn missing_brace_breaks_one_definition() {
    let source = "struct A {\n  uint8 a;\n\nstruct B {\n  uint8 b;\n};\n\nchannel C {\n  message {\n    uint8 c;\n  a;\n};\n";
    let text = format!("{source}{PROTOCOL}");
    let (file, found) = parse(&text);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(
        found[0].message,
        "expected one of a field, `switch` or `}`, found `struct`"
    );
    assert_eq!(found[0].labels[1].span, Span::new(9, 10));
    assert_eq!(found[0].labels[1].text, "this `{` is never closed");
    assert_eq!(found[1].message, "expected a field name, found `;`");
    assert_eq!(file.definitions.len(), 1);
    assert!(file.protocol.is_some());
}

#[test]
fn incomplete_definition_is_reported_at_end_of_file() {
    let source = "struct A { uint8 a; uint8";
    let (_, found) = parse(source);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].message,
        "expected a field name, found the end of the file"
    );
    assert_eq!(
        found[0].labels[0].span,
        Span::new(source.len(), source.len())
    );
    assert_eq!(found[0].labels[1].span, Span::new(9, 10));
}

#[test]
fn unclosed_comment_is_the_only_diagnostic() {
    for source in [
        "struct A { uint8 a; /* c ",
        "/*",
        "struct A { };\n/*/",
        "struct A /* c",
    ] {
        let (file, found) = parse(source);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].code, Code::UnclosedComment);
        assert_eq!(text_at(source, found[0].labels[0].span), "/*");
        assert_eq!(file.comments.len(), 1);
    }
}

#[test]
fn control_characters_outside_comments_are_reported() {
    let found = diagnostics("struct A {\0 /* \0 */ uint8 a;\u{1}\u{7f} }; // \u{8}");
    let spans: Vec<_> = found
        .iter()
        .map(|diagnostic| diagnostic.labels[0].span)
        .collect();
    assert_eq!(spans, [Span::new(10, 11), Span::new(28, 30)]);
    assert!(
        found
            .iter()
            .all(|diagnostic| diagnostic.code == Code::ForbiddenCharacter)
    );
    assert!(found[0].message.contains("U+0000"));
    let many = diagnostics(&"\0 ".repeat(1000));
    assert_eq!(many.len(), 16);
}

#[test]
fn numbers_beyond_64_bits_are_reported() {
    let source =
        "enum8 E { A = -9223372036854775808, B = 18446744073709551615, C = 0xffffffffffffffff };";
    assert_eq!(diagnostics(source), []);
    for number in [
        "-9223372036854775809",
        "18446744073709551616",
        "0x10000000000000000",
        &"9".repeat(99),
    ] {
        let diagnostic = only(&format!("enum8 E {{ A = {number} }};"));
        assert_eq!(diagnostic.code, Code::NumberTooLarge);
        assert_eq!(diagnostic.labels[0].span, Span::new(14, 14 + number.len()));
    }
}

#[test]
fn nesting_depth_is_limited() {
    let nested = |levels: usize| {
        let open = "struct A { ".repeat(levels);
        let close = "} a; ".repeat(levels - 1);
        format!("{open}{close}}};")
    };
    assert_eq!(diagnostics(&nested(32)), []);
    let diagnostic = only(&nested(33));
    assert_eq!(diagnostic.code, Code::TooDeep);
    let brace = 32 * "struct A { ".len() + 9;
    assert_eq!(diagnostic.labels[0].span, Span::new(brace, brace + 1));
    let source = format!("{} struct B {{ uint8; }};", nested(100));
    assert_eq!(diagnostics(&source).len(), 2);
}

#[test]
fn protocol_must_be_single_and_last() {
    let (_, found) = parse("struct A { };\n");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, Code::MissingProtocol);
    assert_eq!(found[0].labels[0].span, Span::new(14, 14));
    assert_eq!(parse("").1[0].code, Code::MissingProtocol);

    let (file, found) = parse("protocol P { }; struct A { }; struct B { };");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, Code::AfterProtocol);
    assert_eq!(found[0].labels[0].span, Span::new(16, 22));
    assert_eq!(found[0].labels[1].span, Span::new(9, 10));
    assert_eq!(file.definitions.len(), 2);

    let (file, found) = parse("protocol P { }; protocol Q { };");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].labels[0].span, Span::new(16, 24));
    assert!(
        file.protocol
            .is_some_and(|protocol| protocol.name.text == "P")
    );

    let (_, found) = parse("protocol P { }; some words } {");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, Code::AfterProtocol);
}

#[test]
fn broken_protocol_is_not_reported_as_missing() {
    for source in [
        "protocol P { A };",
        "protcol P { A a; };",
        "protocol",
        "struct A {\n  protocol P { };",
    ] {
        let (_, found) = parse(source);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].code, Code::Syntax);
    }
}

#[test]
fn too_large_file_is_rejected() {
    let source = " ".repeat(MAX_FILE_SIZE + 1);
    let (_, found) = parse(&source);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, Code::FileTooLarge);
}
