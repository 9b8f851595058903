//! The subcommands that print one text: `header`, `json`, `graph`.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{assert_golden, assert_page, folder, repository, run, run_with_input};

const PROTO: &str = "spice-proto-cli/tests/golden/small.proto";

/// Every proto of the repository.
fn protos() -> Vec<PathBuf> {
    let folders = ["proto", "proto/conformance", "tests/golden"];
    let files = folders.iter().flat_map(|folder| {
        let entries = fs::read_dir(repository().join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().path())
    });
    let protos: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "proto"))
        .collect();
    assert!(protos.len() > 50, "only {} protos", protos.len());
    protos
}

#[test]
fn header_has_every_kind_of_constant() {
    let ran = run(&["header", PROTO]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert_golden("header/small.h", &ran.stdout);
}

#[test]
fn json_has_every_kind_of_fact() {
    let ran = run(&["json", PROTO]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert_golden("json/small.json", &ran.stdout);
}

#[test]
fn json_of_every_proto_fits_the_schema() {
    let schema = fs::read_to_string(repository().join("schema/model.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for proto in protos() {
        let ran = run(&[
            "json".as_ref(),
            "-A".as_ref(),
            "W0004".as_ref(),
            proto.as_os_str(),
        ]);
        // Some protos of the golden files need a lower level.
        if ran.status == 1 {
            continue;
        }
        let model: Value = serde_json::from_str(&ran.stdout).unwrap();
        let errors = validator.iter_errors(&model);
        let errors: Vec<_> = errors.map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{}", proto.display());
    }
    let mut other = serde_json::json!({"schema_version": 1, "channels": [], "types": []});
    assert!(!validator.is_valid(&other));
    other["protocol"] = serde_json::json!({"name": "P", "channels": []});
    assert!(validator.is_valid(&other));
    other["channels"] = serde_json::json!([{"name": "C"}]);
    assert!(!validator.is_valid(&other));
}

#[test]
fn graph_draws_channels_and_types_in_both_languages() {
    for of in ["channels", "types"] {
        for format in ["dot", "mermaid"] {
            let ran = run(&["graph", PROTO, "--of", of, "--format", format]);
            assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
            assert_golden(&format!("graph/{of}.{format}"), &ran.stdout);
        }
    }
}

#[test]
fn backends_read_standard_input_and_write_files() {
    let text = fs::read(repository().join(PROTO)).unwrap();
    for name in ["header", "json", "graph"] {
        let expected = run(&[name, PROTO]).stdout;
        assert_eq!(run_with_input(&[name, "-"], &text).stdout, expected);
        let path = folder(&format!("backend_{name}")).join("new/output");
        let ran = run(&[
            name.as_ref(),
            PROTO.as_ref(),
            "-o".as_ref(),
            path.as_os_str(),
        ]);
        assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
        assert_eq!(fs::read_to_string(path).unwrap(), expected);
    }
}

#[test]
fn backends_report_errors_and_missing_files() {
    for name in ["header", "json", "graph"] {
        let wrong = run_with_input(&[name, "-"], b"struct A { int33 x; }; protocol P {};");
        assert_eq!((wrong.status, wrong.stdout.as_str()), (1, ""));
        assert!(wrong.stderr.contains("error[E0102]"), "{}", wrong.stderr);
        let missing = run(&[name, "missing.proto"]);
        assert_eq!(missing.status, 2);
        assert!(
            missing.stderr.contains("missing.proto"),
            "{}",
            missing.stderr
        );
    }
}

#[test]
fn backends_have_the_spice_protocol_built_in() {
    for name in ["header", "json", "graph"] {
        let built_in = run(&[name]).stdout;
        assert_eq!(built_in, run(&[name, "proto/spice.proto"]).stdout);
    }
}

#[test]
fn pages_show_what_the_command_prints() {
    for page in ["header", "json", "graph"] {
        assert_page(&format!("docs/command/{page}.md"));
    }
}
