//! A new crate outside of the workspace, with a two-line build script and its own proto.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod clippy;
mod config;
mod dependencies;
mod first_error;
mod krate;
mod lints;
mod outputs;
mod packages;
mod pages;
mod readme;

use std::fs::{self, File};
use std::time::SystemTime;

use krate::{Krate, State};

#[test]
fn new_crate_builds_and_exchanges_messages() {
    let krate = Krate::new("gadget-talks");
    let output = krate.cargo(&["run"]);
    assert!(output.success, "{}", output.stderr);
    let said: Vec<&str> = output.stdout.lines().collect();
    let expected = [
        "11 Type(Type { fn: 1st, moves: [Move { box: \"crate\", with: _2nd([1, 2]) }], \
         fd: Fd(absent) })",
        "58 Yield(Yield { yield: Yield { use: async | await, match: \"a\", \
         dyn: Some(Move { box: \"crate\", with: _2nd([1, 2]) }), ref: [03 04], \
         impl: [Move { box: \"crate\", with: _2nd([1, 2]) }, \
         Move { box: \"crate\", with: _2nd([1, 2]) }], in: [05], out: 7 } })",
        "3 Box(GadgetBox { rest: [01 02 03] })",
    ];
    assert_eq!(said, expected);
    // Warnings about the proto reach the user: a switch has a case on a deprecated item.
    let warning = "gadget-talks@0.1.0: proto/gadget.proto:18:10: `2nd` is deprecated (W0003)";
    assert!(output.stderr.contains(warning), "{}", output.stderr);
}

#[test]
fn new_crate_passes_clippy() {
    let krate = Krate::new("gadget-clippy");
    if !krate.cargo(&["clippy", "--version"]).success {
        println!("skipped: needs cargo-clippy");
        return;
    }
    let output = krate.cargo(&["clippy", "-v", "--all-targets", "--", "-D", "warnings"]);
    assert!(output.success, "{}", output.stderr);
    assert_eq!(output.state("gadget-clippy"), Some(State::Compiled));
}

#[test]
fn new_crate_builds_without_std() {
    let krate = Krate::new("gadget-no-std");
    let output = krate.cargo(&["build", "--lib", "--no-default-features", "-v"]);
    assert!(output.success, "{}", output.stderr);
    assert_eq!(output.state("gadget-no-std"), Some(State::Compiled));
    // The runtime has the feature `std` only if the crate enables it.
    let features = |arguments: &[&str]| {
        let tree = [
            ["tree", "-e", "normal", "-f", "{p} [{f}]"].as_slice(),
            arguments,
        ]
        .concat();
        let tree = krate.cargo(&tree);
        assert!(tree.success, "{}", tree.stderr);
        let runtime = tree
            .stdout
            .lines()
            .find(|line| line.contains(" spice-wire "));
        runtime
            .expect("the crate depends on spice-wire")
            .ends_with("[std]")
    };
    assert!(!features(&["--no-default-features"]));
    assert!(features(&[]));
}

#[test]
fn only_a_changed_proto_triggers_a_rebuild() {
    let krate = Krate::new("gadget-rebuilds");
    let build = || {
        let output = krate.cargo(&["build", "-v"]);
        assert!(output.success, "{}", output.stderr);
        output.state("gadget-rebuilds")
    };
    assert_eq!(build(), Some(State::Compiled));
    assert_eq!(build(), Some(State::Fresh));

    // Other files do not trigger a rebuild, even in the folder of the proto.
    fs::write(krate.path("README.md"), "Read me.").unwrap();
    fs::write(krate.path("proto/notes.txt"), "Notes.").unwrap();
    fs::write(krate.path("proto/other.proto"), "This is no proto.").unwrap();
    assert_eq!(build(), Some(State::Fresh));

    let proto = krate.path("proto/gadget.proto");
    let touched = File::options().append(true).open(&proto).unwrap();
    touched.set_modified(SystemTime::now()).unwrap();
    assert_eq!(build(), Some(State::Compiled));
    assert_eq!(build(), Some(State::Fresh));

    // A new type is available after the next build.
    let text = fs::read_to_string(&proto).unwrap();
    let newest = "struct Newest { uint8 n; };\nchannel LoopChannel";
    fs::write(&proto, text.replace("channel LoopChannel", newest)).unwrap();
    assert_eq!(build(), Some(State::Compiled));
    let library = krate.path("src/lib.rs");
    let mut source = fs::read_to_string(&library).unwrap();
    source.push_str("\n/// Uses it.\npub const NEWEST: types::Newest = types::Newest { n: 1 };\n");
    fs::write(&library, source).unwrap();
    assert_eq!(build(), Some(State::Compiled));
    assert_eq!(build(), Some(State::Fresh));
}

#[test]
fn invalid_proto_fails_the_build_with_a_report() {
    let krate = Krate::new("gadget-broken");
    let proto = krate.path("proto/gadget.proto");
    let text = fs::read_to_string(&proto).unwrap();
    fs::write(&proto, text.replace("uint8 self;", "uint9 self;")).unwrap();
    let output = krate.cargo(&["build"]);
    assert!(!output.success);
    let report: Vec<&str> = output.stderr.lines().map(str::trim).collect();
    let position = report
        .iter()
        .position(|line| line.starts_with("error[E0102]"));
    let position = position.unwrap_or_else(|| panic!("{}", output.stderr));
    let report = report.get(position..).unwrap_or_default().join("\n");
    let expected = "\
        error[E0102]: there is no type `uint9`\n\
        --> proto/gadget.proto:49:15\n\
        |\n\
        49 |     message { uint9 self; } crate;\n\
        |               ^^^^^";
    assert!(report.starts_with(expected), "{report}");
    assert!(report.contains("1 error"), "{report}");
    // The build script prints a report and does not panic.
    assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
    // The corrected proto builds again.
    fs::write(&proto, text).unwrap();
    assert!(krate.cargo(&["build"]).success);
}
