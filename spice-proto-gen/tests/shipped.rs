//! Generated code that crates ship, so that their users do not need the compiler.
//!
//! `UPDATE_GOLDEN=1 cargo test -p spice-proto-gen --test shipped` rewrites the files. This needs none of the
//! crates that include them.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::env;
use std::fs;
use std::path::Path;

use spice_proto_gen::Config;

/// Returns each proto, the crate that ships its code, and the settings.
fn shipped() -> [(&'static str, &'static str, Config); 3] {
    let gated = Config::new()
        .serde(true)
        .arbitrary(true)
        .feature_gated(true);
    [
        ("spice", "spice-messages", gated),
        ("link", "spice-link", Config::new()),
        ("agent", "spice-agent", Config::new()),
    ]
}

#[test]
fn shipped_files_are_what_the_compiler_generates() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut problems = Vec::new();
    for (proto, package, config) in shipped() {
        let proto = format!("proto/{proto}.proto");
        let generated = config.generate(&proto, &fs::read(root.join(&proto)).unwrap());
        let text = generated.unwrap_or_else(|error| panic!("{error}")).text;
        let file = format!("{package}/src/generated.rs");
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(root.join(&file), &text).unwrap();
        }
        let shipped = fs::read_to_string(root.join(&file)).unwrap_or_default();
        if shipped != text {
            let lines = shipped.lines().zip(text.lines());
            let same = lines.take_while(|(old, new)| old == new).count();
            problems.push(format!("{file} differs in line {}", same + 1));
        }
    }
    assert!(
        problems.is_empty(),
        "{}; `UPDATE_GOLDEN=1 cargo test -p spice-proto-gen --test shipped` rewrites the files",
        problems.join(", ")
    );
}
