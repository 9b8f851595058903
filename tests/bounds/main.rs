//! Limits on what a peer can make a receiver do: memory, stack depth and sizes, for bodies that are
//! built to be expensive. `cargo bench -p spice-benches --bench scale` measures the instructions
//! that these bodies cost.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[allow(dead_code)]
#[path = "../../benches/scale/bodies.rs"]
mod bodies;
#[path = "../common/mod.rs"]
mod common;

mod link;
mod lists;
mod memory;
mod sizes;
mod stack;

use std::collections::BTreeSet;
use std::path::Path;

use bodies::Case;
use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{Member, Model, TypeId};

/// All bodies of the `scale` benchmark.
fn cases() -> Vec<Case> {
    let mut cases = bodies::honest();
    cases.extend(bodies::hostile());
    cases
}

fn model(path: &str) -> Model {
    let text = common::read(path);
    let analysis = Analysis::new(text.as_bytes(), &Levels::default());
    analysis.model.expect("the proto compiles")
}

/// Returns the maximum number of pointees of a body.
fn pointees(model: &Model, body: TypeId) -> u64 {
    use spice_proto_gen::model::{Array, Field, Type};
    let of_field = |field: &Field| {
        let inner = match field.ty.ty {
            Type::Struct(id) => pointees(model, id),
            _ => 0,
        };
        let each = inner + u64::from(field.pointer.is_some());
        match field.array {
            Some(Array::Fixed(count)) if field.pointer.is_none() => each * count,
            _ => each,
        }
    };
    let members = model.body(body).unwrap().members.iter();
    let of_member = |member: &Member| match member {
        Member::Field(field) => of_field(field),
        Member::Switch(switch) => {
            let cases = switch.cases.iter().map(|case| of_field(&case.field));
            cases.max().unwrap_or(0)
        }
    };
    members.map(of_member).sum()
}

#[test]
fn spice_messages_have_at_most_six_pointees() {
    let model = model("proto/spice.proto");
    let mut most = Vec::new();
    for channel in &model.channels {
        for message in channel.server.iter().chain(&channel.client) {
            let count = pointees(&model, message.body);
            assert!(count <= 6, "{}: {count}", message.name);
            if count == 6 {
                most.push(message.name.as_str());
            }
        }
    }
    assert_eq!(most, ["draw_opaque", "draw_rop3"]);
}

/// Collects the names of all test functions in a folder.
fn tests_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            // `#[test]`, or the attribute of tokio.
            let after = text.split("test]\n").skip(1).map(str::trim_start);
            let after = after.map(|text| text.strip_prefix("async ").unwrap_or(text));
            let names = after.filter_map(|text| text.strip_prefix("fn "));
            let names = names.filter_map(|text| text.split('(').next());
            found.extend(names.map(str::to_owned));
        }
    }
}

#[test]
fn tests_named_in_security_docs_exist() {
    let mut tests = BTreeSet::new();
    for folder in [
        "tests",
        "spice-agent",
        "spice-capture",
        "spice-link/src",
        "spice-wire/src",
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        tests_in(&folder, &mut tests);
    }
    let page = common::read("docs/security.md");
    let is_test = |name: &&str| {
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        name.bytes().all(is_name) && name.matches('_').count() >= 3
    };
    let named: Vec<&str> = page.split('`').skip(1).step_by(2).filter(is_test).collect();
    assert!(named.len() > 30, "{named:?}");
    let missing: Vec<_> = named
        .iter()
        .filter(|name| !tests.contains(**name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
