//! Golden files: the generated Rust of each feature of the language, and of each option.
//!
//! `tests/golden/FEATURE.proto` uses one feature. `tests/golden/FEATURE.rs` is the generated code,
//! short enough to read. The first line of the proto, `// golden: PATH, …`, selects modules; they are
//! copied unchanged. `// golden: file` selects the whole text.
//!
//! `UPDATE_GOLDEN=1 cargo test --test compiler golden` rewrites the golden files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use spice_proto::{COMPILED, PROTOS};
use spice_proto_gen::diagnostic::{Code, Level};
use spice_proto_gen::model::Side;
use spice_proto_gen::{Config, Generated};

const UPDATE: &str =
    "`UPDATE_GOLDEN=1 cargo test --test compiler golden` rewrites the golden files";

/// Maximum number of lines of a golden file.
const MAX_LINES: usize = 300;

type SetOption = fn(Config) -> Config;

/// Golden files that do not use the default options.
const OPTIONS: &[(&str, SetOption)] = &[
    ("option_serde", |config| config.serde(true)),
    ("option_arbitrary", |config| config.arbitrary(true)),
    ("option_feature_gated", |config| {
        config.serde(true).arbitrary(true).feature_gated(true)
    }),
    ("option_only_server", |config| config.only(Side::Server)),
    ("option_channels", |config| config.channels(["echo"])),
    ("option_attributes", |config| {
        config
            .type_attribute(".", "#[derive(PartialOrd)]")
            .type_attribute("Point", "#[derive(Ord)]")
            .message_attribute(".echo.server", "#[must_use]")
            .enum_attribute("echo.server", "#[cfg(all())]")
            .field_attribute("Point.x", "#[doc(alias = \"left\")]")
    }),
    ("option_paths", |config| {
        config
            .extern_path(".Point", "::shapes::types::Point")
            .extern_path(".kind", "crate::Kind")
            .runtime_path("::spice_messages::wire")
            .serde(true)
    }),
];

/// A path in the repository.
fn path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns the names of the files in a folder that have this extension, without it.
fn names(folder: &str, extension: &str) -> BTreeSet<String> {
    let paths = fs::read_dir(path(folder)).expect(folder);
    let paths = paths.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

fn features() -> BTreeSet<String> {
    names("tests/golden", "proto")
}

fn generate(name: &str, config: &Config) -> Generated {
    let generated = config.generate(name, read(name).as_bytes());
    generated.unwrap_or_else(|error| panic!("{error}"))
}

/// Returns all generated Rust of a feature.
fn feature(name: &str) -> Generated {
    let option = OPTIONS.iter().find(|(option, _)| *option == name);
    let config = option.map_or_else(Config::new, |(_, set)| set(Config::new()));
    // Portable arrays have an attribute that does not matter in Rust.
    let config = config.level(Code::NotPortable, Level::Allow);
    generate(&format!("tests/golden/{name}.proto"), &config)
}

/// Returns the lines of a module with its documentation, as they are in the text.
fn module<'t>(text: &[&'t str], name: &str) -> Option<Vec<&'t str>> {
    let opening = format!("pub mod {name} {{");
    let matching = (0..text.len()).filter(|index| text[*index].trim_start() == opening);
    let indent = |index: usize| text[index].len() - text[index].trim_start().len();
    let first = matching.min_by_key(|index| indent(*index))?;
    let closing = format!("{:1$}}}", "", indent(first));
    let last = (first..text.len()).find(|index| text[*index] == closing)?;
    let docs = text[..first].iter().rev();
    let docs = docs.take_while(|line| line.trim_start().starts_with("///"));
    Some(text[first - docs.count()..=last].to_vec())
}

/// Returns the part of the generated text that the golden file has.
fn excerpt(name: &str, text: &str) -> String {
    let proto = read(&format!("tests/golden/{name}.proto"));
    let paths = proto
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("// golden: "))
        .unwrap_or_else(|| panic!("{name}.proto does not begin with `// golden: `"));
    if paths == "file" {
        return text.to_owned();
    }
    let mut excerpt = String::new();
    for path in paths.split(", ") {
        let mut lines: Vec<&str> = text.lines().collect();
        for part in path.split("::") {
            lines = module(&lines, part)
                .unwrap_or_else(|| panic!("{name}.proto: no generated module `{path}`"));
        }
        excerpt += &format!("// `{path}` of {name}.proto\n\n");
        excerpt.extend(lines.iter().flat_map(|line| [line, "\n"]));
    }
    excerpt
}

/// Describes the first difference between two texts.
fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let mut lines = expected.lines().zip(found.lines()).enumerate();
    Some(match lines.find(|(_, (old, new))| old != new) {
        Some((index, (old, new))) => format!("line {}:\n- {old}\n+ {new}", index + 1),
        None => format!(
            "{} lines instead of {}",
            found.lines().count(),
            expected.lines().count()
        ),
    })
}

#[test]
fn generated_code_equals_the_golden_files() {
    let mut problems = Vec::new();
    for name in features() {
        let excerpt = excerpt(&name, &feature(&name).text);
        let file = format!("tests/golden/{name}.rs");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(path(&file), &excerpt).expect("the golden file is writable");
        }
        match fs::read_to_string(path(&file)) {
            Err(error) => problems.push(format!("{file}: {error}")),
            Ok(golden) => problems.extend(
                difference(&golden, &excerpt).map(|difference| format!("{file}, {difference}")),
            ),
        }
    }
    let problems = problems.join("\n\n");
    assert!(problems.is_empty(), "{UPDATE}\n\n{problems}");
}

#[test]
fn every_golden_file_has_a_proto() {
    let golden = names("tests/golden", "rs");
    let orphans: Vec<_> = golden.difference(&features()).cloned().collect();
    assert!(orphans.is_empty(), "no proto for {orphans:?}");
}

#[test]
fn golden_files_are_short() {
    for name in names("tests/golden", "rs") {
        let lines = read(&format!("tests/golden/{name}.rs")).lines().count();
        assert!(lines <= MAX_LINES, "{name}.rs has {lines} lines");
    }
}

#[test]
fn every_option_has_a_golden_file() {
    for (name, _) in OPTIONS {
        assert!(features().contains(*name), "{name}");
    }
}

#[test]
fn features_are_valid_rust_without_warnings() {
    for name in features() {
        let generated = feature(&name);
        assert!(generated.warnings.is_empty(), "{name}");
        syn::parse_file(&generated.text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// Returns the conformance protos, which other tests run, and their generated code.
///
/// The features of this package are those of the build script.
fn conformance() -> impl Iterator<Item = (&'static str, Generated)> {
    let config = Config::new()
        .serde(cfg!(feature = "serde"))
        .arbitrary(cfg!(feature = "arbitrary"));
    PROTOS.iter().map(move |name| {
        let path = format!("proto/conformance/{name}.proto");
        (*name, generate(&path, &config))
    })
}

#[test]
fn every_conformance_proto_is_compiled() {
    let compiled = PROTOS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(names("proto/conformance", "proto"), compiled);
}

/// The build script runs in another process, so this also shows that generation is deterministic.
#[test]
fn build_script_generates_the_same_text() {
    for ((name, generated), compiled) in conformance().zip(COMPILED) {
        assert_eq!(difference(compiled, &generated.text), None, "{name}");
    }
}

#[test]
fn generation_is_deterministic() {
    for ((name, first), (_, second)) in conformance().zip(conformance()) {
        assert_eq!(difference(&first.text, &second.text), None, "{name}");
    }
}

#[test]
fn conformance_protos_cause_only_these_warnings() {
    let mut warnings = BTreeSet::new();
    for (name, generated) in conformance() {
        let codes = generated.warnings.iter();
        warnings.extend(codes.map(|warning| (name, warning.code.as_str())));
    }
    let mut expected = BTreeSet::from([("counts", "W0001"), ("switches", "W0001")]);
    // The others use what the reference generator refuses.
    let portable = ["attributes", "bare"];
    let names = PROTOS.iter().filter(|name| !portable.contains(name));
    expected.extend(names.map(|name| (*name, "W0004")));
    assert_eq!(warnings, expected);
}
