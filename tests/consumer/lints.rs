//! Generated code in a crate that denies every lint.

use std::process::Command;

use crate::krate::{Krate, State};

/// Lints about the crate, not about the generated code.
const ALLOWED: &[&str] = &[
    // Some of the listed lints are unstable.
    "unknown_lints",
    "unused_crate_dependencies",
    "linker_messages",
];

/// Returns the lints that rustc allows by default.
fn allowed_by_default() -> Vec<String> {
    let rustc = Command::new("rustc").args(["-W", "help"]).output().unwrap();
    assert!(rustc.status.success());
    let help = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let lints = help.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let lint = words.next()?;
        (words.next() == Some("allow")).then(|| lint.replace('-', "_"))
    });
    lints.collect()
}

#[test]
fn generated_code_passes_every_lint() {
    let krate = Krate::new("gadget-lints");
    if !krate.cargo(&["clippy", "--version"]).success {
        println!("skipped: needs cargo-clippy");
        return;
    }
    krate.replace("proto/gadget.proto", "2nd @deprecated", "2nd");
    let lints = allowed_by_default();
    assert!(
        lints.iter().any(|lint| lint == "unnameable_types"),
        "{lints:?}"
    );
    let lints = lints
        .iter()
        .filter(|lint| !ALLOWED.contains(&lint.as_str()));
    let lints: Vec<&str> = lints.map(String::as_str).collect();
    let source = "//! Generated code in modules.
        #![deny(warnings, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
        #![deny(LINTS)]
        #![expect(clippy::blanket_clippy_restriction_lints, reason = \"denies all\")]
        /// A public module.
        pub mod public { spice_wire::include_proto!(\"gadget\"); }
        /// A private module, of which nothing is used.
        mod private { spice_wire::include_proto!(\"gadget\"); }\n";
    krate.write("src/lib.rs", &source.replace("LINTS", &lints.join(", ")));
    let allowed = ALLOWED.iter().flat_map(|lint| ["-A", lint]);
    let arguments = ["clippy", "-v", "--lib", "--"].into_iter();
    let output = krate.cargo(&arguments.chain(allowed).collect::<Vec<_>>());
    assert!(output.success, "{}", output.stderr);
    assert_eq!(output.state("gadget-lints"), Some(State::Compiled));
}
