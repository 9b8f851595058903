//! What is in the packages of the published crates.

use crate::krate::{cargo, checkout};

/// The files in a package.
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
fn the_messages_bring_their_proto() {
    assert_has(
        "spice-messages",
        &["Cargo.toml", "build.rs", "proto/spice.proto", "src/lib.rs"],
    );
    // It is the one that the repository has at its root.
    let own = std::fs::read(checkout().join("spice-messages/proto/spice.proto")).unwrap();
    let root = std::fs::read(checkout().join("proto/spice.proto")).unwrap();
    assert_eq!(own, root);
}

#[test]
fn the_compiler_brings_its_grammar() {
    assert_has(
        "spice-proto-gen",
        &["src/lib.rs", "src/syntax/grammar.pest"],
    );
}

#[test]
fn the_runtime_is_complete() {
    assert_has(
        "spice-wire",
        &["src/lib.rs", "src/cursor.rs", "src/writer.rs"],
    );
}
