//! `spice-proto rust`: comparison with the file on disk, and generation of a part of a proto.

use std::fs;
use std::path::Path;

use crate::support::{Ran, assert_page, command, folder, run, run_with_input};

/// Two channels without a common type, and a type that neither uses.
const PROTO: &str =
    "struct Point { uint16 x; uint16 y; }; struct Key { uint8 code; }; struct Spare {};
channel Mouse { server: message { Point at; } moved; };
channel Keyboard { client: message { Key key; } pressed; };
protocol Input { Mouse mouse; Keyboard keyboard; };
";

fn rust(folder: &Path, arguments: &[&str]) -> Ran {
    let arguments = [&["rust", "input.proto"], arguments].concat();
    let mut command = command(&arguments);
    command.current_dir(folder).output().unwrap().into()
}

#[test]
fn equal_file_passes_the_check() {
    let folder = folder("rust_equal");
    fs::write(folder.join("input.proto"), PROTO).unwrap();
    let written = rust(&folder, &["-o", "input.rs"]);
    assert_eq!((written.status, written.stdout.as_str()), (0, ""));
    let ran = rust(&folder, &["-o", "input.rs", "--check"]);
    assert_eq!(
        (ran.status, ran.stdout, ran.stderr),
        (0, String::new(), String::new())
    );
    // The settings are part of the comparison.
    let ran = rust(&folder, &["-o", "input.rs", "--check", "--side", "client"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.stdout.contains("\n-pub enum ServerMessage<'a> {\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn outdated_file_fails_the_check_with_a_diff() {
    let folder = folder("rust_outdated");
    fs::write(folder.join("input.proto"), PROTO).unwrap();
    assert_eq!(rust(&folder, &["-o", "input.rs"]).status, 0);
    let path = folder.join("input.rs");
    let outdated = fs::read_to_string(&path)
        .unwrap()
        .replace("pub code: u8", "pub code: u16");
    fs::write(&path, &outdated).unwrap();
    let ran = rust(&folder, &["-o", "input.rs", "--check"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (1, ""));
    assert!(
        ran.stdout.starts_with("--- input.rs\n+++ input.rs\n@@ "),
        "{}",
        ran.stdout
    );
    let changed = ran
        .stdout
        .lines()
        .skip(2)
        .filter(|line| line.starts_with(['-', '+']));
    let changed: Vec<_> = changed.map(|line| line.replace(' ', "")).collect();
    assert_eq!(changed, ["-pubcode:u16,", "+pubcode:u8,"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), outdated);
}

#[test]
fn missing_file_fails_the_check_and_is_not_written() {
    let folder = folder("rust_missing");
    fs::write(folder.join("input.proto"), PROTO).unwrap();
    let ran = rust(&folder, &["-o", "new/input.rs", "--check"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (1, ""));
    assert!(
        ran.stdout.contains("\n+pub use __generated::*;\n"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.lines().skip(2).any(|line| line.starts_with('-')));
    assert!(!folder.join("new").exists());
}

#[test]
fn check_needs_a_readable_file_and_a_valid_proto() {
    let folder = folder("rust_unusable");
    fs::write(folder.join("input.proto"), PROTO).unwrap();
    let ran = rust(&folder, &["--check"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("--output <PATH>"), "{}", ran.stderr);
    let ran = rust(&folder, &["-o", ".", "--check"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr.starts_with("spice-proto: cannot read .: "),
        "{}",
        ran.stderr
    );
    fs::write(folder.join("input.proto"), "protocol").unwrap();
    let ran = rust(&folder, &["-o", "input.rs", "--check"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("error[E0003]"), "{}", ran.stderr);
}

#[test]
fn types_that_the_selection_does_not_use_are_left_out() {
    let structs = |options: &[&str]| {
        let ran = run_with_input(&[&["rust", "-"], options].concat(), PROTO.as_bytes());
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{options:?}");
        let structs = ran
            .stdout
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub struct "));
        let structs = structs.filter(|name| !name.starts_with("Channel"));
        structs
            .map(|name| name.trim_end_matches([' ', '{', '}']).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(structs(&[]), ["Point", "Key", "Spare", "Moved", "Pressed"]);
    assert_eq!(structs(&["--channel", "mouse"]), ["Point", "Moved"]);
    assert_eq!(structs(&["--side", "client"]), ["Key", "Pressed"]);
    assert!(structs(&["--channel", "mouse", "--side", "client"]).is_empty());
}

#[test]
fn attributes_of_unused_types_are_errors_and_their_extern_paths_have_no_effect() {
    let run = |option: &str, value: &str| {
        let arguments = ["rust", "-", "--channel", "mouse", option, value];
        run_with_input(&arguments, PROTO.as_bytes())
    };
    let ran = run("--type-attribute", "Key=#[must_use]");
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert_eq!(
        ran.stderr,
        "spice-proto: no generated type has the path `Key`: the selection of channels and side leaves it out\n"
    );
    let ran = run("--type-attribute", "Pint=#[must_use]");
    assert_eq!(
        ran.stderr,
        "spice-proto: no generated type has the path `Pint`; did you mean `Point`?\n"
    );
    let ran = run("--extern-path", ".Key=::keys::Key");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert!(!ran.stdout.contains("keys"), "{}", ran.stdout);
    let ran = run("--extern-path", ".Point=::shapes::Point");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert!(
        ran.stdout
            .contains("<::shapes::Point as __wire::FixedSize>::SIZE == 4")
    );
}

#[test]
fn one_channel_of_spice_needs_a_fraction_of_the_code() {
    let lines = |options: &[&str]| {
        let ran = run(&[&["rust", "proto/spice.proto"], options].concat());
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        ran.stdout.lines().count()
    };
    let (all, port) = (lines(&[]), lines(&["--channel", "port"]));
    assert!(port * 5 < all, "{port} of {all}");
}

#[test]
fn pages_show_what_the_commands_print() {
    for name in ["check", "completions", "explain", "rust"] {
        assert_page(&format!("docs/command/{name}.md"));
    }
}
