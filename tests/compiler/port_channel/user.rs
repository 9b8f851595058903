//! Builds and runs a user's crate outside of the workspace with the generated code of both protos.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use super::change::{folder, generated};

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

const LIBRARY: &str = "//! Two generations of a protocol.
#![deny(warnings, missing_docs, unsafe_code)]
/// After the change.
pub mod after;
/// Before the change.
pub mod before;
";

#[test]
fn user_program_works_with_both_protos() {
    let user = Path::new(env!("CARGO_TARGET_TMPDIR")).join("port_channel_user");
    let wire = Path::new(env!("CARGO_MANIFEST_DIR")).join("spice-wire");
    let manifest = format!(
        "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nspice-wire = {{ path = {:?} }}\n\n[workspace]\n",
        wire.display().to_string()
    );
    write(&user.join("Cargo.toml"), &manifest);
    write(&user.join("src/lib.rs"), LIBRARY);
    let program = fs::read_to_string(folder().join("user/program.rs")).unwrap();
    write(&user.join("src/main.rs"), &program);
    for name in ["before", "after"] {
        let path = user.join("src").join(format!("{name}.rs"));
        write(&path, &generated(name));
    }
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline"])
        .current_dir(&user)
        .env("CARGO_TARGET_DIR", user.ancestors().nth(2).unwrap())
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let expected = "\
usbredir 101 Ok([97, 98])
usbredir 101 Ok([97, 98])
port 101 Ok([97, 98])
port inherits Some(\"ping\")
port itself has Some(\"event\")
Ok([2, 0, 0, 0, 9, 0, 0, 0, 1, 97, 0])
Ok(Some(\"port.server.event\"))
Ok(None)
Some(10)
";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}
