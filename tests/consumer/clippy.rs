//! Generated code in a crate that denies all groups of clippy.

use crate::krate::{Krate, State};

#[test]
fn generated_code_passes_all_groups_of_clippy() {
    let krate = Krate::new("gadget-groups");
    if !krate.cargo(&["clippy", "--version"]).success {
        println!("skipped: needs cargo-clippy");
        return;
    }
    krate.write(
        "src/lib.rs",
        "//! Generated code in modules.
        #![deny(warnings, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
        #![expect(clippy::blanket_clippy_restriction_lints, reason = \"denies all\")]
        /// A public module.
        pub mod public { spice_wire::include_proto!(\"gadget\"); }
        /// A private module without a user.
        mod private { spice_wire::include_proto!(\"gadget\"); }\n",
    );
    let output = krate.cargo(&["clippy", "-v", "--lib"]);
    assert!(output.success, "{}", output.stderr);
    assert_eq!(output.state("gadget-groups"), Some(State::Compiled));
}
