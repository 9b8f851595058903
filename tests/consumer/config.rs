//! The compiler's `Config`, as a build script uses it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use spice_proto_gen::diagnostic::{Code, Level};
use spice_proto_gen::model::Side;
use spice_proto_gen::{Config, Error};

use crate::krate::checkout;

const CHANNELS: &str = include_str!("../../proto/conformance/channels.proto");
const SWITCHES: &str = include_str!("../../proto/conformance/switches.proto");

/// Returns an empty folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("config")
        .join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    folder
}

fn generate(config: &Config, text: &str) -> Result<String, String> {
    let generated = config.generate("test.proto", text.as_bytes());
    generated
        .map(|generated| generated.text)
        .map_err(|error| error.to_string())
}

/// Whether a line of the generated code starts with `item`, ignoring indentation.
fn has(rust: &str, item: &str) -> bool {
    rust.lines().any(|line| line.trim_start().starts_with(item))
}

#[test]
fn output_goes_to_the_configured_path() {
    let folder = folder("place");
    let proto = checkout().join("tests/golden/complete_file.proto");
    let config = Config::new().out_dir(folder.join("deep/er"));
    assert_eq!(
        config.compile(&proto).unwrap(),
        folder.join("deep/er/complete_file.rs")
    );
    let config = config.file_name("other.rs");
    assert_eq!(
        config.compile(&proto).unwrap(),
        folder.join("deep/er/other.rs")
    );
    let written = fs::read_to_string(folder.join("deep/er/other.rs")).unwrap();
    let expected = fs::read_to_string(checkout().join("tests/golden/complete_file.rs")).unwrap();
    assert_eq!(written, expected);
}

#[test]
fn unchanged_output_is_not_rewritten() {
    let folder = folder("unchanged");
    fs::create_dir_all(&folder).unwrap();
    let proto = folder.join("small.proto");
    let text = "struct S { uint8 n; }; protocol P { };";
    fs::write(&proto, text).unwrap();
    let config = Config::new().out_dir(&folder);
    let rust = config.compile(&proto).unwrap();
    let past = SystemTime::now() - Duration::from_secs(1000);
    let modified = || fs::metadata(&rust).unwrap().modified().unwrap();
    let set = fs::File::options().append(true).open(&rust).unwrap();
    set.set_modified(past).unwrap();
    let before = modified();
    config.compile(&proto).unwrap();
    assert_eq!(modified(), before);
    fs::write(&proto, text.replace("uint8", "uint16")).unwrap();
    config.compile(&proto).unwrap();
    assert_ne!(modified(), before);
    assert!(fs::read_to_string(&rust).unwrap().contains("pub n: u16"));
}

#[test]
fn only_one_side_can_be_generated() {
    let all = generate(&Config::new(), CHANNELS).unwrap();
    let both = [
        "pub mod server",
        "pub mod client",
        "pub enum ServerMessage",
        "pub struct Channel",
    ];
    assert!(both.iter().all(|item| has(&all, item)));
    let server = generate(&Config::new().only(Side::Server), CHANNELS).unwrap();
    assert!(has(&server, "pub mod server") && has(&server, "pub enum ServerMessage"));
    for item in [
        "pub mod client",
        "pub enum ClientMessage",
        "pub enum Message<'a> {\n    Server",
    ] {
        assert!(!has(&server, item), "{item}");
    }
    let client = generate(&Config::new().only(Side::Client), CHANNELS).unwrap();
    assert!(has(&client, "pub mod client") && !has(&client, "pub mod server"));
}

#[test]
fn selected_channels_include_their_ancestors() {
    let modules = |config: &Config| {
        let rust = generate(config, CHANNELS).unwrap();
        let modules = rust
            .lines()
            .filter_map(|line| line.strip_prefix("pub mod "));
        let modules = modules.map(|line| line.trim_end_matches(" {").to_owned());
        modules.collect::<Vec<_>>()
    };
    let all = [
        "types", "ancestor", "second", "third", "tenth", "last", "quiet",
    ];
    assert_eq!(modules(&Config::new()), all);
    let third = Config::new().channels(["third"]);
    assert_eq!(modules(&third), ["types", "ancestor", "second", "third"]);
    let more = third.channels(["left"]);
    assert_eq!(
        modules(&more),
        ["types", "ancestor", "second", "third", "last", "quiet"]
    );
}

#[test]
fn attributes_are_added_to_the_parts_that_a_path_matches() {
    let config = Config::new()
        .type_attribute("Point", "#[derive(PartialOrd, Ord)]")
        .type_attribute("Implied.body", "#[must_use] #[doc(alias = \"figure\")]")
        .message_attribute(".switches.server.implied", "#[cfg(all())]")
        .enum_attribute("switches.server", "#[derive(Hash)]")
        .field_attribute("Point.x", "#[cfg(any())]");
    let rust = generate(&config, SWITCHES).unwrap();
    let before = |item: &str| {
        let lines: Vec<&str> = rust.lines().map(str::trim).collect();
        let place = lines
            .iter()
            .position(|line| line.starts_with(item))
            .unwrap();
        lines.get(place.saturating_sub(2)..place).unwrap().join(" ")
    };
    assert!(before("pub struct Point {").ends_with("Eq, Hash, PartialOrd, Ord)]"));
    assert!(before("pub enum ImpliedBody<").ends_with("#[must_use] #[doc(alias = \"figure\")]"));
    assert!(before("pub x: ").ends_with("#[cfg(any())]"));
    assert_eq!(rust.matches("#[cfg(all())]").count(), 1);
    assert_eq!(rust.matches("#[cfg(any())]").count(), 1);
    let derive = "#[derive(Clone, Debug, PartialEq, Eq, Hash)]";
    assert_eq!(rust.matches(derive).count(), 1);
    let every = Config::new().type_attribute(".", "#[derive(Ord)]");
    let rust = generate(&every, SWITCHES).unwrap();
    let types = rust.matches("pub struct ").count() + rust.matches("pub enum ").count();
    // Every type except the channel marker.
    assert_eq!(rust.matches(", Ord)]").count(), types - 1);
}

#[test]
fn unknown_names_in_settings_are_rejected_with_a_suggestion() {
    let error_of = |config: &Config| generate(config, CHANNELS).unwrap_err();
    assert_eq!(
        error_of(&Config::new().channels(["third", "thrid"])),
        "the protocol has no channel `thrid`; did you mean `third`?"
    );
    // The name of a definition is not the name of a channel of the protocol.
    let definition = Config::new().channels(["Ancestor"]);
    assert!(error_of(&definition).starts_with("the protocol has no channel `Ancestor`"));
    for (path, suggestion) in [
        (".third.server.intt", "; did you mean `.third.server.init`?"),
        (".thrid", "; did you mean `.third`?"),
        ("third::server::Init", "; did you mean `third.server.init`?"),
        ("types::Tock", "; did you mean `Tick`?"),
        ("NoSuchType", ""),
    ] {
        let message = format!("no generated type has the path `{path}`{suggestion}");
        let config = Config::new().type_attribute(path, "#[derive(Hash)]");
        assert_eq!(error_of(&config), message);
    }
    // The kind of the part counts.
    let field = Config::new().field_attribute("third.server", "#[a]");
    assert!(error_of(&field).starts_with("no generated field has the path `third.server`"));
    let message = Config::new().message_attribute("third.server", "#[a]");
    assert!(error_of(&message).starts_with("no generated struct has the path `third.server`"));
    // Types that are not generated have no path.
    let hidden = Config::new().only(Side::Client);
    let hidden = hidden.type_attribute(".third.server.init", "#[a]");
    assert!(error_of(&hidden).contains("`.third.server.init`"));
    let known = Config::new().type_attribute(".third.server.init", "#[a]");
    assert!(generate(&known, CHANNELS).is_ok());
}

#[test]
fn malformed_attributes_and_paths_are_rejected() {
    let error_of = |config: &Config| generate(config, SWITCHES).unwrap_err();
    for text in ["derive(Hash)", "#[derive(Hash)", "#[a] struct S;", "#![a]"] {
        let message = format!("`{text}` is not a Rust attribute");
        assert_eq!(error_of(&Config::new().type_attribute(".", text)), message);
    }
    for (from, to, message) in [
        (
            ".Piont",
            "::a::B",
            "no definition has the path `.Piont`; did you mean `.Point`?",
        ),
        (
            "Point",
            "::a::B",
            "no definition has the path `Point`; did you mean `.Point`?",
        ),
        (".Point", "a b", "`a b` is not a Rust path"),
        (
            ".Point",
            "::a::B<u8>",
            "`::a::B<u8>` is not a Rust path without arguments",
        ),
        (
            ".Point",
            "a::B",
            "`a::B` is not an absolute Rust path; did you mean `::a::B` or `crate::a::B`?",
        ),
    ] {
        assert_eq!(error_of(&Config::new().extern_path(from, to)), message);
    }
    assert_eq!(
        error_of(&Config::new().runtime_path("wire")),
        "`wire` is not an absolute Rust path; did you mean `::wire` or `crate::wire`?"
    );
}

#[test]
fn extern_path_of_all_definitions_is_a_module() {
    let config = Config::new()
        .extern_path(".", "crate::shapes")
        .extern_path(".Point", "::point::Point")
        .runtime_path("crate::wire");
    let rust = generate(&config, SWITCHES).unwrap();
    assert!(has(&rust, "pub mod types {}"));
    assert!(rust.contains("crate::shapes::Implied<'a>"), "{rust}");
    assert!(rust.contains("<::point::Point as __wire::FixedSize>::SIZE"));
    assert!(!rust.contains("spice_wire"));
}

#[test]
fn one_file_is_not_written_with_different_settings() {
    let folder = folder("settings");
    fs::create_dir_all(&folder).unwrap();
    let proto = folder.join("small.proto");
    fs::write(&proto, "struct S { uint8 n; }; protocol P { };").unwrap();
    let config = Config::new().out_dir(&folder);
    config.compile(&proto).unwrap();
    config.compile(&proto).unwrap();
    let other = config.serde(true);
    let error = other.compile(&proto).unwrap_err().to_string();
    assert!(
        error.contains("small.rs with different settings; "),
        "{error}"
    );
    other.file_name("other.rs").compile(&proto).unwrap();
}

#[test]
fn every_proto_of_one_call_is_reported() {
    let folder = folder("several");
    fs::create_dir_all(&folder).unwrap();
    let protos = ["first.proto", "second.proto", "third.proto"].map(|name| folder.join(name));
    let config = Config::new().out_dir(&folder);
    for (proto, ty) in protos.iter().zip(["uint9", "uint8", "uint7"]) {
        let text = format!("struct S {{ {ty} n; }}; protocol P {{ }};");
        fs::write(proto, text).unwrap();
    }
    let error = config.compile_protos(&protos).unwrap_err();
    let report = format!("{error:?}");
    assert_eq!(report, error.to_string());
    for line in ["no type `uint9`", "1 error in ", "no type `uint7`"] {
        assert!(report.contains(line), "{report}");
    }
    assert_eq!(error.diagnostics().len(), 1);
    // The valid one is written.
    assert!(folder.join("second.rs").exists());
    let valid = protos.get(1..2).unwrap();
    let written = config.compile_protos(valid).unwrap();
    assert_eq!(written, [folder.join("second.rs")]);
}

#[test]
fn lint_levels_apply_to_warnings() {
    let generate = |config: &Config| {
        let config = config.clone().level(Code::NotPortable, Level::Allow);
        config.generate("switches.proto", SWITCHES.as_bytes())
    };
    let warned = generate(&Config::new()).unwrap();
    assert_eq!(warned.warnings.len(), 1);
    let silent = generate(&Config::new().level(Code::DeadCase, Level::Allow)).unwrap();
    assert!(silent.warnings.is_empty());
    assert_eq!(silent.text, warned.text);
    let denied = generate(&Config::new().level(Code::DeadCase, Level::Deny)).unwrap_err();
    let report = denied.to_string();
    assert!(report.starts_with("error[W0001]"), "{report}");
    assert!(report.contains("--> switches.proto:"), "{report}");
    assert_eq!(denied.diagnostics().len(), 1);
}

#[test]
fn io_errors_name_the_operation() {
    let folder = folder("missing");
    let missing = folder.join("missing.proto");
    let error: Error = Config::new()
        .out_dir(&folder)
        .compile(&missing)
        .unwrap_err();
    assert!(error.to_string().starts_with("cannot read "), "{error}");
    assert!(std::error::Error::source(&error).is_some());
    fs::create_dir_all(folder.join("small.rs")).unwrap();
    let proto = folder.join("small.proto");
    fs::write(&proto, "protocol P { };").unwrap();
    let error = Config::new().out_dir(&folder).compile(&proto).unwrap_err();
    assert!(error.to_string().starts_with("cannot write "), "{error}");
}

#[test]
fn rust_name_collisions_are_rejected() {
    let message = |body: &str| {
        let text = format!("channel C {{ message {{ {body} }} m; }}; protocol P {{ C c; }};");
        generate(&Config::new(), &text)
    };
    // Both would become the constant `ID` of the message.
    let report = message("uint8 id @virtual(1);").unwrap_err();
    assert!(report.starts_with("error[E0801]"), "{report}");
    assert!(report.contains("`c::server::M::ID`"), "{report}");
    assert!(message("uint8 id; uint8 other @virtual(1);").is_ok());
    let report = message("uint8 aB; uint8 a_b;").unwrap_err();
    assert!(report.contains("`c::server::M::a_b`"), "{report}");
}
