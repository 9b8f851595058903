//! The subcommand `c`.

use std::fs;

use crate::support::{assert_golden, assert_page, folder, run, run_with_input};

const PROTO: &str = "spice-proto-cli/tests/golden/small.proto";

#[test]
fn declarations_have_marked_structs_or_all() {
    let marked = run(&["c", PROTO, "--declarations"]);
    assert_eq!((marked.status, marked.stderr.as_str()), (0, ""));
    assert_golden("c/marked.h", &marked.stdout);
    let all = run(&["c", PROTO, "--declarations", "--all-structs"]);
    assert_golden("c/messages.h", &all.stdout);
}

#[test]
fn marshallers_are_printed() {
    let ran = run(&[
        "c",
        PROTO,
        "--marshallers",
        "server",
        "--struct",
        "Point",
        "--include",
        "a.h",
    ]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert_golden("c/marshallers.c", &ran.stdout);
}

#[test]
fn enums_are_those_of_header() {
    let header = run(&["header", PROTO]).stdout;
    assert_eq!(run(&["c", PROTO, "--enums"]).stdout, header);
}

#[test]
fn output_has_a_header_beside_marshallers() {
    let folder = folder("c_marshallers");
    let path = folder.join("out.c");
    let arguments = [
        "c",
        PROTO,
        "--marshallers",
        "client",
        "--table",
        "-o",
        path.to_str().unwrap(),
    ];
    assert_eq!(run(&arguments).status, 0);
    let source = fs::read_to_string(&path).unwrap();
    assert!(
        source.contains("spice_message_marshallers_get(void)"),
        "{source}"
    );
    let header = fs::read_to_string(folder.join("out.h")).unwrap();
    assert!(header.contains("#ifndef _H_OUT\n"), "{header}");
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(run(&arguments).status, 0);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written);
}

#[test]
fn demarshallers_have_a_suffix() {
    let ran = run(&["c", PROTO, "--demarshallers", "client", "--suffix", "_test"]);
    assert!(
        ran.stdout.contains("spice_get_client_channel_parser_test("),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("uint8_t *spice_parse_reply_test("),
        "{}",
        ran.stdout
    );
}

#[test]
fn one_kind_of_file_is_required() {
    assert_eq!(run(&["c", PROTO]).status, 2);
    assert_eq!(run(&["c", PROTO, "--enums", "--declarations"]).status, 2);
    assert_eq!(run(&["c", PROTO, "--enums", "--table"]).status, 2);
}

#[test]
fn what_the_reference_refuses_is_an_error_unless_allowed() {
    let proto = b"channel C { message { uint8 *text[cstring()]; } m; }; protocol P { C c; };";
    let ran = run_with_input(&["c", "-", "--enums"], proto);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("error[W0004]"), "{}", ran.stderr);
    let allowed = run_with_input(&["c", "-", "--enums", "-A", "W0004"], proto);
    assert_eq!(allowed.status, 1);
    assert!(
        allowed.stderr.contains("error[E0901]"),
        "{}",
        allowed.stderr
    );
    let hexadecimal = b"channel C { message { uint8 n; } m = 0x10; }; protocol P { C c; };";
    let allowed = run_with_input(&["c", "-", "--enums", "-A", "W0004"], hexadecimal);
    assert_eq!((allowed.status, allowed.stderr.as_str()), (0, ""));
}

#[test]
fn unknown_struct_is_an_error() {
    let ran = run(&["c", PROTO, "--marshallers", "server", "--struct", "Nothing"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert_eq!(
        ran.stderr,
        "spice-proto: no message has a struct `Nothing`\n"
    );
}

#[test]
fn page_shows_what_the_command_prints() {
    assert_page("docs/command/c.md");
}
