//! Tests of the layout.

use super::format;
use crate::diagnostic::Code;

/// Formats a proto with these definitions, and checks that formatting it again changes nothing.
#[track_caller]
fn formatted(definitions: &str) -> String {
    let text = format(format!("{definitions}\nprotocol P {{}};\n").as_bytes());
    let text = text.unwrap_or_else(|found| panic!("{found:?}"));
    assert_eq!(format(text.as_bytes()).as_ref(), Ok(&text));
    let rest = text.strip_suffix("protocol P {\n};\n");
    rest.unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[track_caller]
fn check(definitions: &str, expected: &str) {
    assert_eq!(formatted(definitions), expected);
}

#[test]
fn every_member_has_its_own_line() {
    check(
        "typedef  t  uint8@ctype ( T );\n\
         enum8 e{A=0x1F,B  @deprecated,C=-1}@prefix(X_);\n\
         struct S : x;"
            .replace("struct S : x;", "struct S{e k;uint8*p[ image_size( 8 ,a,b ) ]@nonnull @marshall;uint8 n [3];uint8 s[ cstring ( ) ];}@ctype(S);")
            .as_str(),
        "typedef t uint8 @ctype(T);\n\n\
         enum8 e {\n    A = 0x1F,\n    B @deprecated,\n    C = -1,\n} @prefix(X_);\n\n\
         struct S {\n    e k;\n    uint8 *p[image_size(8, a, b)] @nonnull @marshall;\n    uint8 n[3];\n    uint8 s[cstring()];\n} @ctype(S);\n\n",
    );
}

#[test]
fn labels_have_the_indentation_of_their_body() {
    check(
        "struct S { switch(a . b){case X:case ! Y:uint8 x;default:struct I{uint8 i;} y;}u @anon; };\n\
         channel C:B{ M first; client : message{uint8 server;}@declare m=101;server:message{}n; };",
        "struct S {\n    switch (a.b) {\n    case X:\n    case !Y:\n        uint8 x;\n    default:\n        struct I {\n            uint8 i;\n        } y;\n    } u @anon;\n};\n\n\
         channel C : B {\n    M first;\nclient:\n    message {\n        uint8 server;\n    } @declare m = 101;\nserver:\n    message {\n    } n;\n};\n\n",
    );
}

#[test]
fn names_may_be_keywords() {
    check(
        "struct S { uint8 message; uint8 switch[case]; e channel; uint8 default; };",
        "struct S {\n    uint8 message;\n    uint8 switch[case];\n    e channel;\n    uint8 default;\n};\n\n",
    );
}

#[test]
fn blank_lines_are_limited() {
    check(
        "\n\n// file\n\n\n\n\nstruct A {\n\n\n    uint8 a;\n\n\n    uint8 b;\n\n};\n\n\n\n\n// Section\n\n\nstruct B {\n};\nstruct C {\n};\n// of D\nstruct D {\n};",
        "// file\n\n\nstruct A {\n    uint8 a;\n\n    uint8 b;\n};\n\n\n// Section\n\n\nstruct B {\n};\n\nstruct C {\n};\n\n// of D\nstruct D {\n};\n\n",
    );
    check(
        "typedef a uint8;\n// of b\ntypedef b uint8;\nstruct S {\n};",
        "typedef a uint8;\n// of b\ntypedef b uint8;\n\nstruct S {\n};\n\n",
    );
    check(
        "channel C {\n\nserver:\n\n    M a;\n\n\nclient:\n    // of b\n\n    M b;\n    // end\n\n};",
        "channel C {\nserver:\n    M a;\n\nclient:\n    // of b\n\n    M b;\n    // end\n};\n\n",
    );
}

#[test]
fn comments_at_line_ends_are_aligned() {
    check(
        "struct S { // body\nuint8 a;// first\nuint32 longer;   /* second */  // third\n\nuint8 c; // alone\n\
         uint8 d;\nuint8 a_name_that_is_much_longer; // far\nuint8 e; // near\n};",
        "struct S {          // body\n    uint8 a;        // first\n    uint32 longer;  /* second */ // third\n\n    uint8 c;    // alone\n    uint8 d;\n    uint8 a_name_that_is_much_longer;   // far\n    uint8 e;    // near\n};\n\n",
    );
}

#[test]
fn comments_are_aligned_across_labels() {
    check(
        "struct S { switch (k) {\ncase A:\nuint8 a; // first\ncase B:\ncase C:\nuint16 longer; // second\ndefault: // other\nuint8 d;\n} u; };",
        "struct S {\n    switch (k) {\n    case A:\n        uint8 a;        // first\n    case B:\n    case C:\n        uint16 longer;  // second\n    default:            // other\n        uint8 d;\n    } u;\n};\n\n",
    );
}

#[test]
fn comments_stay_where_they_are() {
    check(
        "/* a */ struct /* b */ S { /* c */ uint8 x; /* d */ uint8 /* e */ y /* f */; /* g */ }; // h\n// i\n\n/* j */",
        "/* a */ struct /* b */ S { /* c */ uint8 x; /* d */ uint8 /* e */ y /* f */; /* g */ }; // h\n// i\n\n/* j */\n",
    );
    check(
        "enum8 e { A /* a */, B /* b */, // c\nC /* d */ };",
        "enum8 e {\n    A /* a */, B /* b */,   // c\n    C, /* d */ };\n\n",
    );
    check(
        "struct S { uint8 // of the type\nx // of the name\n; switch (k) { // opened\n// of a case\ncase A: // label\n/* own */\nuint8 y; } u; };",
        "struct S {\n    uint8   // of the type\n        x   // of the name\n        ;\n    switch (k) {    // opened\n    // of a case\n    case A: // label\n        /* own */\n        uint8 y;\n    } u;\n};\n\n",
    );
}

#[test]
fn comments_before_labels_keep_their_level() {
    check(
        "channel C {\nserver:\n  M a;\n  // of the server\n// of the label\nclient:\n};",
        "channel C {\nserver:\n    M a;\n    // of the server\n// of the label\nclient:\n};\n\n",
    );
}

#[test]
fn block_comments_keep_their_shape() {
    check(
        "struct S {\n\t\t/*\n\t\t * first  \n\n\t\t *   second\n\t\t */\n\t\tuint8 x; /* one\n\t\t            two\n\t\t*/\n};",
        "struct S {\n    /*\n     * first\n\n     *   second\n     */\n    uint8 x;    /* one\n                   two\n                */\n};\n\n",
    );
}

#[test]
fn file_has_no_mark_no_carriage_returns_and_one_line_end() {
    let text = "\u{feff}// a\t \r\n/* b\r\n  c */\r\n\r\nprotocol P {};\r\n// end\r\n\r\n\r\n";
    let expected = "// a\n/* b\n  c */\n\nprotocol P {\n};\n// end\n";
    assert_eq!(format(text.as_bytes()).as_deref(), Ok(expected));
    assert_eq!(format(expected.as_bytes()).as_deref(), Ok(expected));
}

#[test]
fn syntax_errors_are_returned() {
    let codes = |text: &[u8]| -> Vec<Code> {
        let found = format(text).err().unwrap_or_default();
        found.iter().map(|diagnostic| diagnostic.code).collect()
    };
    assert_eq!(
        codes(b"struct S { uint8 };\nprotocol P {};"),
        [Code::Syntax]
    );
    assert_eq!(codes(b"struct S {};"), [Code::MissingProtocol]);
    assert_eq!(codes(b"\xff"), [Code::InvalidUtf8]);
    // Names are not resolved.
    assert_eq!(codes(b"struct S { Unknown x; };\nprotocol P {};"), []);
}
