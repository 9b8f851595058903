//! Contents of the published packages.

use std::path::Path;

use crate::krate::{Krate, State, cargo, cargo_with, checkout, packages};

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
    assert_contains(&files(package), expected);
}

fn assert_contains(files: &[String], expected: &[&str]) {
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
        &[
            "Cargo.toml",
            "build.rs",
            "proto/spice.proto",
            "src/generated.rs",
            "src/lib.rs",
        ],
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

/// Returns cargo's description of the packages that are published.
fn published() -> Vec<serde_json::Value> {
    let mut packages = packages();
    // `publish = false` is an empty list of registries.
    packages.retain(|package| package["publish"].is_null());
    packages
}

#[test]
fn packages_contain_licences_and_no_tests() {
    let packages = published();
    assert!(packages.len() >= 9, "{}", packages.len());
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let files = files(name);
        assert_contains(&files, &["LICENSE-APACHE", "LICENSE-MIT", "README.md"]);
        let tests: Vec<_> = files
            .iter()
            .filter(|file| file.starts_with("tests/"))
            .collect();
        assert!(tests.is_empty(), "{name}: {tests:?}");
    }
}

#[test]
fn packages_are_described() {
    for package in published() {
        let name = package["name"].as_str().unwrap();
        let has_text = |field: &str| package[field].as_str().is_some_and(|text| !text.is_empty());
        for field in [
            "description",
            "documentation",
            "license",
            "readme",
            "rust_version",
        ] {
            assert!(has_text(field), "{name} has no {field}");
        }
        for field in ["keywords", "categories"] {
            let length = package[field].as_array().unwrap().len();
            assert!((1..=5).contains(&length), "{name}: {length} {field}");
        }
        // `workspace.package.repository` is filled in before publishing.
        assert!(package["repository"].is_string(), "{name}: repository");
    }
}

/// Returns the names of a crate's dependencies, and theirs, with those of build scripts.
fn dependencies(package: &str, features: &[&str]) -> Vec<String> {
    let arguments = [
        "tree",
        "-p",
        package,
        "-e",
        "normal,build",
        "--prefix",
        "none",
    ];
    let output = cargo(checkout(), &[&arguments, features].concat());
    assert!(output.success, "{}", output.stderr);
    let names = output
        .stdout
        .lines()
        .filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

#[test]
fn messages_and_link_do_not_need_the_compiler() {
    let shipped = [
        "--no-default-features",
        "--features",
        "std,serde,arbitrary,bytes",
    ];
    let is_compiler = |name: &String| ["spice-proto-gen", "pest"].contains(&&**name);
    for names in [
        dependencies("spice-messages", &shipped),
        dependencies("spice-link", &["--all-features"]),
        dependencies("spice-tools", &[]),
    ] {
        assert!(names.iter().any(|name| name == "spice-wire"), "{names:?}");
        assert!(!names.iter().any(is_compiler), "{names:?}");
    }
    // With the feature `generate`, a default, the build script needs it.
    let names = dependencies("spice-messages", &[]);
    assert!(names.iter().any(is_compiler), "{names:?}");
}

#[test]
fn messages_can_be_generated_from_another_proto() {
    let krate = Krate::empty("another-proto");
    let messages = checkout().join("spice-messages");
    let manifest = format!(
        "[package]\nname = \"another-proto\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nspice-messages = {{ path = {messages:?} }}\n"
    );
    krate.write("Cargo.toml", &manifest);
    krate.write("src/lib.rs", "");
    let proto = krate.path("another.proto");
    let text = "channel C { message { uint8 n; } tick; }; protocol Another { C c; };";
    krate.write("another.proto", text);
    let build = |variables: &[(&str, &Path)]| {
        let output = cargo_with(&krate.path(""), &["check", "-v"], variables);
        assert!(output.success, "{}", output.stderr);
        output.state("spice-messages")
    };
    let another: [(&str, &Path); 1] = [("SPICE_MESSAGES_PROTO", &proto)];
    build(&another);
    assert_eq!(build(&another), Some(State::Fresh));
    krate.write("another.proto", &text.replace("tick", "tock"));
    assert_eq!(build(&another), Some(State::Compiled));
    assert_eq!(build(&another), Some(State::Fresh));
    // Changes of the variable also trigger a rebuild.
    assert_eq!(build(&[]), Some(State::Compiled));
    assert_eq!(build(&[]), Some(State::Fresh));
}
