//! Compares generated C with golden files, one for each feature.
//!
//! `UPDATE_GOLDEN=1 cargo test --test compiler c::` updates them.

use std::path::{Path, PathBuf};
use std::{env, fs};

use spice_proto_gen::Analysis;
use spice_proto_gen::backend::c::{self, Options, Structs};
use spice_proto_gen::diagnostic::{Code, Level, Levels};
use spice_proto_gen::model::{Model, Side};

/// Maximum number of lines of a golden file.
const MAX_LINES: usize = 300;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/c")
}

/// The model of a proto that can be expressed in C.
pub fn model(text: &str) -> Model {
    let analysis = Analysis::for_c(text.as_bytes(), &Levels::default());
    match analysis.model {
        Some(model) => model,
        None => panic!("{:?}", analysis.diagnostics),
    }
}

/// The functions of demarshallers that depend on the proto.
pub fn parsers(model: &Model, side: Side) -> String {
    let text = c::demarshallers(model, &[side], &Options::default());
    let (_, after) = text.split_once("\nstatic uint8_t *parse_message(").unwrap();
    let (_, parsers) = after.split_once("\n}\n").unwrap();
    parsers.to_owned()
}

/// Everything of a text after the includes.
fn without_includes(text: &str) -> String {
    let lines = text
        .lines()
        .skip(1)
        .skip_while(|line| line.is_empty() || line.starts_with("#include"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The generated C that depends on the proto.
fn generated(model: &Model) -> String {
    let structs = c::declarations(model, Structs::All, "messages");
    let (_, structs) = structs.split_once("} SpiceChunks;\n").unwrap();
    let (structs, _) = structs
        .split_once("\ntypedef void (*message_destructor_t)")
        .unwrap();
    let parsers = parsers(model, Side::Server);
    let options = Options {
        structs: vec!["Point".to_owned()],
        ..Options::default()
    };
    let marshallers = c::marshallers(model, &[Side::Server], "marshallers", &options);
    let source = without_includes(&marshallers.source);
    format!(
        "/* Structs */\n{structs}\n/* Demarshallers */\n{parsers}\n/* Marshallers */\n\n{source}"
    )
}

#[test]
fn generated_c_matches_golden_files() {
    let mut found = 0;
    let mut different = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "proto") {
            continue;
        }
        found += 1;
        let text = generated(&model(&fs::read_to_string(&path).unwrap()));
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines", path.display());
        let golden = path.with_extension("c");
        if env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
            fs::write(&golden, &text).unwrap();
        } else if fs::read_to_string(&golden).ok().as_deref() != Some(&*text) {
            different.push(format!(
                "{} is missing or differs:\n{text}",
                golden.display()
            ));
        }
    }
    assert_eq!(found, 5);
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn generated_c_is_the_same_each_time() {
    let text = fs::read_to_string(folder().join("pointers.proto")).unwrap();
    assert_eq!(generated(&model(&text)), generated(&model(&text)));
}

#[test]
fn table_has_static_marshallers_of_the_client() {
    let text = fs::read_to_string(folder().join("special_fields.proto")).unwrap();
    let options = Options {
        includes: vec!["messages.h".to_owned(), "<spice/macros.h>".to_owned()],
        suffix: "_test".to_owned(),
        table: true,
        ..Options::default()
    };
    let found = c::marshallers(&model(&text), &[Side::Client], "client-table", &options);
    let expected = "#include \"messages.h\"
#include <spice/macros.h>

#ifndef _H_CLIENT_TABLE
#define _H_CLIENT_TABLE

typedef struct {
    void (*msgc_pong)(SpiceMarshaller *m, const SmallMsgcPong *msg);
} SpiceMessageMarshallers;

#ifdef __cplusplus
extern \"C\" {
#endif

SpiceMessageMarshallers *spice_message_marshallers_get_test(void);
";
    assert!(found.header.contains(expected), "{}", found.header);
    assert!(
        found.source.contains("static void marshall_msgc_pong("),
        "{}",
        found.source
    );
}

/// Checks the diagnostic of a message whose proto the reference generator refuses or C cannot express.
fn assert_refused(definitions: &str, body: &str, place: &str, problem: &str) {
    let text = format!(
        "{definitions} channel C {{ server: message {{ {body} }} m; }}; protocol P {{ C c; }};"
    );
    let mut levels = Levels::default();
    levels.set(Code::NotPortable, Level::Allow);
    let analysis = Analysis::for_c(text.as_bytes(), &levels);
    let [diagnostic] = &*analysis.diagnostics else {
        panic!("{:?}", analysis.diagnostics);
    };
    assert_eq!(diagnostic.code, Code::NotInC);
    let span = diagnostic.labels[0].span;
    assert_eq!(&text[span.start..span.end], place);
    assert!(
        diagnostic.message.contains(problem),
        "{}",
        diagnostic.message
    );
}

#[test]
fn parts_without_a_form_in_c_are_refused() {
    let kinds = "enum8 kind { A, B };";
    let inner = "struct Inner { uint8 n; uint8 d[n] @end; };";
    let pointing = "struct Pointing { uint8 *p[3]; };";
    let varying = "struct Varying { kind k; switch (k) { case A: uint8 a; } u; };";
    let after = "struct Behind { uint8 n; uint8 d[n] @as_ptr(l); kind k; };";
    for (definitions, body, place, problem) in [
        (
            "",
            "uint8 n; uint8 d[n];",
            "d",
            "is an array without a place",
        ),
        ("", "uint8 int;", "int", "is a keyword"),
        (
            "",
            "uint8 n; uint8 d[n] @end; uint8 last;",
            "d",
            "ends its C struct",
        ),
        (
            inner,
            "Inner inner @to_ptr; uint8 n; uint8 d[n] @end;",
            "d",
            "copies come before its elements",
        ),
        (
            inner,
            "Inner inner; uint8 last;",
            "inner",
            "ends its C struct",
        ),
        (
            inner,
            "uint8 n; Inner all[n] @end;",
            "all",
            "has elements of no fixed size",
        ),
        (
            &format!("{kinds} {varying}"),
            "uint8 n; Varying all[n] @as_ptr(l);",
            "all",
            "cannot stay in the message",
        ),
        (
            pointing,
            "Pointing all[2];",
            "all",
            "has elements with pointers",
        ),
        (
            "",
            "uint8 n; uint16 d[n] @chunk;",
            "d",
            "cannot stay in the message",
        ),
        ("", "uint8 *text[cstring()];", "text", "is a `cstring()`"),
        ("", "uint8 n @to_ptr;", "n", "is a number with `@to_ptr`"),
        (
            &format!("{kinds} {after}"),
            "Behind b; switch (b.k) { case A: uint8 a; } u;",
            "u",
            "has a discriminant after a member of variable size",
        ),
        (
            kinds,
            "kind k; uint8 n; switch (k) { case A: uint8 a[n] @end; case B: uint8 b[n] @end; } u;",
            "u",
            "has cases that end the C struct with different members",
        ),
        (
            "struct msg_c_m { uint8 x; };",
            "msg_c_m inner;",
            "m",
            "has the name of another",
        ),
    ] {
        assert_refused(definitions, body, place, problem);
    }
}
