//! Commands and manifests on the pages of the repository: the packages, programs, tests and features that they name exist.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::krate::{checkout, packages};

/// The Markdown files below a folder, without those of build output and hidden folders.
fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kind.is_dir() && name != "target" && !name.starts_with('.') {
            pages(&path, found);
        } else if kind.is_file() && name.ends_with(".md") {
            found.push(path);
        }
    }
}

fn all_pages() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    pages(checkout(), &mut found);
    assert!(found.contains(&checkout().join("README.md")));
    let text = |page: PathBuf| {
        let text = fs::read_to_string(&page).unwrap();
        (page, text)
    };
    found.into_iter().map(text).collect()
}

fn find<'a>(packages: &'a [Value], name: &str) -> Option<&'a Value> {
    packages.iter().find(|package| package["name"] == name)
}

/// Returns what is wrong with the arguments of cargo, if anything is.
fn fault(packages: &[Value], arguments: &str) -> Option<String> {
    let own = arguments.split_whitespace();
    let own: Vec<&str> = own.take_while(|word| !["--", "#"].contains(word)).collect();
    let value = |flag: &str| {
        let at = own.iter().position(|word| *word == flag)?;
        own.get(at + 1).copied()
    };
    let name = value("-p").unwrap_or("spice-proto");
    let Some(package) = find(packages, name) else {
        return Some(format!("there is no package {name}"));
    };
    let targets = package["targets"].as_array().unwrap();
    let has = |kind: &str, name: &str| {
        let is_kind = |target: &Value| target["kind"][0] == kind;
        let mut found = targets.iter().filter(|target| is_kind(target));
        found.any(|target| target["name"] == name)
    };
    for kind in ["bin", "example", "bench", "test"] {
        if let Some(target) = value(&format!("--{kind}"))
            && !has(kind, target)
        {
            return Some(format!("{name} has no {kind} {target}"));
        }
    }
    if own.first() == Some(&"run") && value("--bin").or(value("--example")).is_none() {
        let programs = targets.iter().filter(|target| target["kind"][0] == "bin");
        if programs.count() != 1 && package["default_run"].is_null() {
            return Some(format!("{name} has no program that runs by default"));
        }
    }
    let path = value("--path").map(|path| checkout().join(path).join("Cargo.toml"));
    path.filter(|path| !path.exists())
        .map(|path| format!("there is no {}", path.display()))
}

#[test]
fn cargo_commands_on_pages_name_what_exists() {
    let packages = packages();
    let mut count = 0;
    for (page, text) in all_pages() {
        for line in text.lines() {
            let Some((_, arguments)) = line.split_once("cargo ") else {
                continue;
            };
            let arguments = arguments.split('`').next().unwrap();
            let is_known = |start: &&str| arguments.starts_with(*start);
            let known = [
                "run -p",
                "run --example",
                "test -",
                "bench -",
                "install --path",
            ];
            if known.iter().any(is_known) {
                count += 1;
                let fault = fault(&packages, arguments);
                assert_eq!(fault, None, "{}: {line}", page.display());
            }
        }
    }
    assert!(count > 20, "{count} commands");
}

#[test]
fn faults_of_cargo_commands_are_found() {
    let packages = packages();
    for (arguments, expected) in [
        ("run -p spice-proto-cli -- --bin absent", None),
        (
            "run -p spice-tools -- x",
            Some("spice-tools has no program that runs by default"),
        ),
        ("run -p spice-tools --bin port-console", None),
        (
            "run -p spice-tools --bin absent",
            Some("spice-tools has no bin absent"),
        ),
        ("run --example hello-client -- x", None),
        ("test --test absent", Some("spice-proto has no test absent")),
        ("test -p absent", Some("there is no package absent")),
    ] {
        let fault = fault(&packages, arguments);
        assert_eq!(fault.as_deref(), expected, "{arguments}");
    }
}

/// Returns the features that a line of a manifest asks of a dependency.
fn features(line: &str) -> Vec<&str> {
    let Some((_, rest)) = line.split_once("features = [") else {
        return Vec::new();
    };
    let list = rest.split(']').next().unwrap();
    list.split(',')
        .map(|name| name.trim().trim_matches('"'))
        .collect()
}

#[test]
fn manifests_on_pages_name_features_that_exist() {
    let packages = packages();
    let mut count = 0;
    for (page, text) in all_pages() {
        for block in text.split("```toml\n").skip(1) {
            let block = block.split("```").next().unwrap();
            for line in block.lines() {
                let name = line.split(' ').next().unwrap();
                let Some(package) = find(&packages, name) else {
                    continue;
                };
                count += 1;
                for feature in features(line) {
                    let found = package["features"].get(feature);
                    assert!(found.is_some(), "{}: {line}", page.display());
                }
            }
        }
    }
    assert!(count >= 9, "{count} dependencies");
}

#[test]
fn readmes_have_the_features_of_their_crate() {
    // `publish = false` is an empty list of registries.
    let published = |package: &Value| package["publish"].is_null();
    for package in packages().into_iter().filter(published) {
        let name = package["name"].as_str().unwrap();
        let features = package["features"].as_object().unwrap();
        let text = fs::read_to_string(checkout().join(name).join("README.md")).unwrap();
        for feature in features.keys().filter(|feature| *feature != "default") {
            assert!(text.contains(&format!("`{feature}`")), "{name}: {feature}");
        }
        let table = text.split("\n## Features\n").nth(1).unwrap_or_default();
        let table = table.split("\n## ").next().unwrap();
        let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
        for row in rows {
            let (feature, rest) = row.split_once('`').unwrap();
            assert!(features.contains_key(feature), "{name}: {feature}");
            let is_default = features["default"].as_array().unwrap();
            let is_default = is_default.iter().any(|default| default == feature);
            assert_eq!(
                rest.starts_with(" (default)"),
                is_default,
                "{name}: {feature}"
            );
        }
    }
}
