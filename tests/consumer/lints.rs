//! Generated code with every lint that a user may deny.

use std::fs;
use std::process::Command;

use spice_proto_gen::Config;
use spice_proto_gen::diagnostic::{Code, Level};
use spice_proto_gen::model::Side;

use crate::krate::{Krate, checkout};

/// Lints of a whole crate, which generated code does not influence.
const OF_A_CRATE: [&str; 3] = [
    "linker-messages",
    "unstable-features",
    "unused-crate-dependencies",
];

/// All lint groups of rustc, and all lints that it allows by default.
fn lints() -> Vec<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["-W", "help"]).output();
    let output = output.expect("rustc starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let (lints, groups) = text
        .split_once("Lint groups provided by rustc:")
        .expect("rustc lists its groups");
    let allowed = lints.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        (words.next() == Some("allow") && !OF_A_CRATE.contains(&name)).then_some(name)
    });
    let groups = groups.lines().skip_while(|line| !line.contains("----"));
    let groups = groups.skip(1).take_while(|line| !line.trim().is_empty());
    let groups = groups.filter_map(|line| line.split_whitespace().next());
    let names: Vec<String> = allowed
        .chain(groups)
        .map(|name| name.replace('-', "_"))
        .collect();
    for expected in [
        "warnings",
        "unused",
        "future_incompatible",
        "keyword_idents",
        "let_underscore",
        "missing_docs",
        "nonstandard_style",
        "rust_2018_idioms",
        "unnameable_types",
        "unreachable_pub",
    ] {
        assert!(names.iter().any(|name| name == expected), "{names:?}");
    }
    names
}

/// Modules that include the generated code of all protos.
fn modules(keyword: &str, names: &[String]) -> String {
    let module = |name: &String| {
        format!(
            "    /// A proto.\n    {keyword} {name} {{\n        include!(\"../generated/{name}.rs\");\n    }}\n"
        )
    };
    names.iter().map(module).collect()
}

/// Writes a crate that includes the generated code twice, and denies all lints.
fn write_library(krate: &Krate, names: &[String]) {
    // Lints that are unstable are unknown to a stable compiler.
    let text = format!(
        "//! All protos.\n#![allow(unknown_lints)]\n#![deny({})]\n\n\
         /// In a public module.\npub mod public {{\n{}}}\n\nmod private {{\n{}}}\n",
        lints().join(", "),
        modules("pub mod", names),
        modules("mod", names),
    );
    fs::write(krate.path("src/lib.rs"), text).unwrap();
}

#[test]
fn no_lint_finds_fault_with_public_or_private_generated_code() {
    let krate = Krate::new("gadget-lints");
    fs::create_dir_all(krate.path("generated")).unwrap();
    let conformance = fs::read_dir(checkout().join("proto/conformance")).unwrap();
    let mut protos: Vec<_> = conformance.map(|entry| entry.unwrap().path()).collect();
    protos.push(checkout().join("proto/spice.proto"));
    let config = Config::new()
        .level(Code::NotPortable, Level::Allow)
        .out_dir(krate.path("generated"));
    let mut names = Vec::new();
    for proto in protos {
        config.compile(&proto).unwrap();
        names.push(proto.file_stem().unwrap().to_str().unwrap().to_owned());
    }
    write_library(&krate, &names);
    let output = krate.cargo(&["check", "--lib"]);
    assert!(output.success, "{}", output.stderr);
}

#[test]
fn no_lint_finds_fault_with_a_part_of_a_proto() {
    let krate = Krate::new("gadget-parts");
    let parts = [
        ("proto/spice.proto", "port", None),
        ("proto/spice.proto", "main", Some(Side::Server)),
        ("proto/spice.proto", "display", Some(Side::Client)),
        ("proto/spice.proto", "cursor", None),
        ("proto/conformance/switches.proto", "", Some(Side::Server)),
        ("proto/conformance/channels.proto", "third", None),
    ];
    let mut names = Vec::new();
    for (index, (proto, channel, side)) in parts.into_iter().enumerate() {
        let name = format!("part{index}");
        let channels = Some(channel).filter(|channel| !channel.is_empty());
        let mut config = Config::new()
            .level(Code::NotPortable, Level::Allow)
            .channels(channels)
            .out_dir(krate.path("generated"))
            .file_name(format!("{name}.rs"));
        if let Some(side) = side {
            config = config.only(side);
        }
        config.compile(checkout().join(proto)).unwrap();
        names.push(name);
    }
    write_library(&krate, &names);
    let output = krate.cargo(&["check", "--lib"]);
    assert!(output.success, "{}", output.stderr);
}
