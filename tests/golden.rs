//! The generated Rust of every conformance proto, compared in full with a file that a person has read.
//!
//! `UPDATE_GOLDEN=1 cargo test --test golden` rewrites the files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use spice_proto::{COMPILED, PROTOS};
use spice_proto_gen::diagnostic::Code;
use spice_proto_gen::{Config, Generated};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn all_names() -> BTreeSet<String> {
    PROTOS.iter().map(|name| (*name).to_owned()).collect()
}

fn golden(name: &str) -> PathBuf {
    root().join(format!("tests/golden/{name}.rs"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the files in a folder with this ending.
fn names(folder: &str, ending: &str) -> BTreeSet<String> {
    let files = fs::read_dir(root().join(folder)).expect(folder);
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    files
        .filter_map(|name| name.strip_suffix(ending).map(str::to_owned))
        .collect()
}

fn generate(name: &str) -> Generated {
    let path = root().join(format!("proto/conformance/{name}.proto"));
    let generated = Config::new().generate(name, read(&path).as_bytes());
    generated.unwrap_or_else(|error| panic!("{error}"))
}

/// What all protos become.
fn generated() -> impl Iterator<Item = (&'static str, &'static Generated)> {
    static GENERATED: LazyLock<Vec<Generated>> =
        LazyLock::new(|| PROTOS.iter().map(|name| generate(name)).collect());
    PROTOS.iter().copied().zip(GENERATED.iter())
}

/// Where two texts differ first, to be read without a tool.
fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let mut lines = expected.lines().zip(found.lines()).enumerate();
    Some(match lines.find(|(_, (old, new))| old != new) {
        Some((index, (old, new))) => format!("line {}:\n- {old}\n+ {new}", index + 1),
        None => format!(
            "{} lines became {}",
            expected.lines().count(),
            found.lines().count()
        ),
    })
}

#[test]
fn generated_code_is_as_in_the_golden_files() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut problems = Vec::new();
    for (name, Generated { text, .. }) in generated() {
        let path = golden(name);
        if update {
            fs::write(&path, text).expect("the golden file can be written");
        }
        let golden = fs::read_to_string(&path).unwrap_or_default();
        if let Some(difference) = difference(&golden, text) {
            problems.push(format!("{name}.rs, {difference}"));
        }
    }
    let problems = problems.join("\n\n");
    assert!(
        problems.is_empty(),
        "set UPDATE_GOLDEN=1 if this is right\n\n{problems}"
    );
    assert_eq!(names("tests/golden", ".rs"), all_names());
}

#[test]
fn every_proto_is_compiled() {
    assert_eq!(names("proto/conformance", ".proto"), all_names());
}

#[test]
fn what_the_tests_run_is_what_the_golden_files_show() {
    for ((name, Generated { text, .. }), compiled) in generated().zip(COMPILED) {
        assert_eq!(difference(text, compiled), None, "{name}");
    }
}

#[test]
fn generation_is_deterministic() {
    for (name, first) in generated() {
        assert_eq!(
            difference(&first.text, &generate(name).text),
            None,
            "{name}"
        );
    }
}

#[test]
fn only_what_is_meant_is_warned_of() {
    let warnings = generated().flat_map(|(name, generated)| {
        let warnings = generated.warnings.iter();
        warnings.map(move |warning| (name, warning.code))
    });
    let warnings: BTreeSet<(&str, Code)> = warnings.collect();
    let meant = [
        ("counts", Code::DeadCase),
        ("numbers", Code::NotPortable),
        ("switches", Code::DeadCase),
    ];
    assert_eq!(warnings, BTreeSet::from(meant));
}
