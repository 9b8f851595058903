//! The command without `tshark`: options, output and exit status.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use spice_proto_gen::model::{Model, TypeDef};

use super::generated::folder;
use super::recorded::model;
use super::rows;

const PROTO: &str = include_str!("golden.proto");
const RUNTIME: &str = "-- ------";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    fs::write(folder.join("own.proto"), PROTO).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_spice-proto"));
    let command = command.arg("dissector").args(arguments).current_dir(folder);
    command.output().expect("run the command")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

pub fn tables_describe_the_proto() {
    let ran = run(&folder("golden"), &["own.proto"]);
    assert_eq!((ran.status.code(), text(&ran.stderr)), (Some(0), ""));
    let (tables, _) = text(&ran.stdout).split_once(RUNTIME).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/dissector/tables.lua");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, tables).unwrap();
    }
    assert_eq!(tables, fs::read_to_string(&path).expect("the golden file"));
}

pub fn runtime_does_not_depend_on_the_proto() {
    let folder = folder("runtime");
    let own = run(&folder, &["own.proto", "--prefix", "own"]).stdout;
    let spice = run(&folder, &[]).stdout;
    let [(own, own_runtime), (spice, spice_runtime)] =
        [&own, &spice].map(|output| text(output).split_once(RUNTIME).unwrap());
    assert_eq!(own_runtime, spice_runtime);
    assert!(
        own.contains("local PREFIX, NAME = \"own\", \"Own\"\n"),
        "{own}"
    );
    assert!(spice.contains("local PREFIX, NAME = \"spice_gen\", \"Spice\"\n"));
    assert!(spice.contains(
        "        [304] = { \"draw_copy\", structs[\"DisplayChannel.server.draw_copy\"] },\n"
    ));
}

/// The names of an enum in `link.proto`, as a list in Lua.
fn names(model: &Model, name: &str) -> String {
    let enums = model
        .types
        .iter()
        .filter_map(|definition| match definition {
            TypeDef::Enum(found) => Some(found),
            _ => None,
        });
    let mut enums = enums.filter(|found| found.name == name);
    let items = &enums.next().expect(name).items;
    let names: Vec<_> = items
        .iter()
        .map(|item| format!("\"{}\"", item.name))
        .collect();
    names.join(", ")
}

pub fn link_stage_has_the_names_of_the_proto() {
    let dissector = run(&folder("link_names"), &[]).stdout;
    let words: Vec<_> = text(&dissector).split_whitespace().collect();
    let words = words.join(" ");
    let link = model(&rows::read("proto/link.proto"));
    for name in [
        "auth_method",
        "common_capability",
        "main_capability",
        "display_capability",
        "inputs_capability",
        "playback_capability",
        "record_capability",
        "spicevmc_capability",
    ] {
        let names = names(&link, name);
        assert!(words.contains(&names), "{name}: {names}");
    }
    let spice = model(&rows::read("proto/spice.proto"));
    assert!(words.contains(&format!("[0] = {}", names(&spice, "link_err"))));
}

pub fn file_is_written_and_errors_have_their_status() {
    let folder = folder("status");
    let ran = run(&folder, &["-o", "new/spice.lua"]);
    assert_eq!((ran.status.code(), text(&ran.stdout)), (Some(0), ""));
    assert!(
        fs::read_to_string(folder.join("new/spice.lua"))
            .unwrap()
            .contains("draw_copy")
    );
    fs::write(folder.join("wrong.proto"), "protocol P { Missing m; };").unwrap();
    let ran = run(&folder, &["wrong.proto", "-o", "wrong.lua"]);
    assert_eq!((ran.status.code(), text(&ran.stdout)), (Some(1), ""));
    assert!(!folder.join("wrong.lua").exists());
    assert_eq!(run(&folder, &["absent.proto"]).status.code(), Some(2));
    for prefix in ["", "Spice", "1st", "a.b", "a\"b"] {
        let ran = run(&folder, &["--prefix", prefix]);
        assert_eq!(ran.status.code(), Some(2), "{prefix}");
        let errors = text(&ran.stderr);
        assert!(errors.contains("expected a lowercase letter"), "{errors}");
    }
}

pub fn test_without_its_program_is_reported_as_ignored() {
    let ran = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "streams::link_stage_is_shown_by_name"])
        .env("PATH", "")
        .env_remove("SPICE_LIVE_TESTS")
        .output()
        .expect("run this test program");
    assert!(ran.status.success(), "{ran:?}");
    let output = text(&ran.stdout);
    assert!(output.contains("ignored (needs tshark)"), "{output}");
    assert!(output.contains("0 passed; 0 failed; 1 ignored"), "{output}");
}
