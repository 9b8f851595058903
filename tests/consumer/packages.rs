//! Contents of the published packages.

use std::fs;
use std::path::Path;

use crate::krate::{State, cargo, cargo_with, checkout};

/// Returns the files of a package.
fn files(package: &str) -> Vec<String> {
    let arguments = ["package", "--list", "--allow-dirty", "-p", package];
    let output = cargo(checkout(), &arguments);
    assert!(output.success, "{}", output.stderr);
    output
        .stdout
        .lines()
        .map(|line| line.replace('\\', "/"))
        .collect()
}

fn assert_has(package: &str, expected: &[&str]) {
    let files = files(package);
    for file in expected {
        assert!(
            files.iter().any(|found| found == file),
            "{file} is not in {files:?}"
        );
    }
}

#[test]
fn messages_package_contains_its_proto() {
    assert_has(
        "spice-messages",
        &["Cargo.toml", "build.rs", "proto/spice.proto", "src/lib.rs"],
    );
    // The package contains the same proto as the repository's root.
    let own = std::fs::read(checkout().join("spice-messages/proto/spice.proto")).unwrap();
    let root = std::fs::read(checkout().join("proto/spice.proto")).unwrap();
    assert_eq!(own, root);
}

#[test]
fn compiler_package_contains_its_grammar() {
    assert_has(
        "spice-proto-gen",
        &["src/lib.rs", "src/syntax/grammar.pest"],
    );
}

#[test]
fn runtime_package_contains_its_sources() {
    assert_has(
        "spice-wire",
        &["src/lib.rs", "src/reader.rs", "src/writer.rs"],
    );
}

#[test]
fn messages_can_be_generated_from_another_proto() {
    let proto = Path::new(env!("CARGO_TARGET_TMPDIR")).join("another.proto");
    let text = "channel C { message { uint8 n; } tick; }; protocol Another { C c; };";
    fs::write(&proto, text).unwrap();
    let build = |variables: &[(&str, &Path)]| {
        let arguments = ["check", "-v", "-p", "spice-messages", "--lib"];
        let output = cargo_with(checkout(), &arguments, variables);
        assert!(output.success, "{}", output.stderr);
        output.state("spice-messages")
    };
    let another: [(&str, &Path); 1] = [("SPICE_MESSAGES_PROTO", &proto)];
    build(&another);
    assert_eq!(build(&another), Some(State::Fresh));
    fs::write(&proto, text.replace("tick", "tock")).unwrap();
    assert_eq!(build(&another), Some(State::Compiled));
    assert_eq!(build(&another), Some(State::Fresh));
    // Changes of the variable also trigger a rebuild.
    assert_eq!(build(&[]), Some(State::Compiled));
    assert_eq!(build(&[]), Some(State::Fresh));
}
