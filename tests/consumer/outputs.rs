//! The files that a build script writes.

use std::fs;
use std::path::Path;

use crate::krate::{Krate, State};

const ECHO: &str = "channel EchoChannel { message { TYPE n; } echo; };
    protocol Echo { EchoChannel echo = 1; };";

/// A crate with two versions of a protocol, whose build script runs in another folder.
#[test]
fn names_with_dots_and_another_working_folder() {
    let krate = Krate::new("outputs-dots");
    fs::remove_file(krate.path("src/main.rs")).unwrap();
    krate.replace(
        "Cargo.toml",
        "[[bin]]\nname = \"outputs-dots\"\npath = \"src/main.rs\"\nrequired-features = [\"std\"]\n",
        "",
    );
    krate.write("proto/echo.v1.proto", &ECHO.replace("TYPE", "uint8"));
    krate.write("proto/echo.v2.proto", &ECHO.replace("TYPE", "uint16"));
    krate.write(
        "build.rs",
        "fn main() -> Result<(), Box<dyn std::error::Error>> {
            std::env::set_current_dir(std::env::temp_dir())?;
            spice_proto_gen::compile_protos(&[\"proto/echo.v1.proto\", \"proto/echo.v2.proto\"])?;
            Ok(())
        }",
    );
    krate.write(
        "src/lib.rs",
        "pub mod v1 { spice_wire::include_proto!(\"echo.v1\"); }
        pub mod v2 { spice_wire::include_proto!(\"echo.v2\"); }
        pub const BOTH: (u8, u16) = (
            v1::echo::server::Echo { n: 1 }.n,
            v2::echo::server::Echo { n: 2 }.n,
        );",
    );
    let state = || {
        let output = krate.cargo(&["check", "-v"]);
        assert!(output.success, "{}", output.stderr);
        output.state("outputs-dots")
    };
    assert_eq!(state(), Some(State::Compiled));
    assert_eq!(state(), Some(State::Fresh));
    krate.replace("proto/echo.v2.proto", "echo;", "echo = 2;");
    assert_eq!(state(), Some(State::Compiled));
    assert_eq!(state(), Some(State::Fresh));
}

#[test]
fn protos_of_one_name_are_not_written_to_one_file() {
    let krate = Krate::new("outputs-same-name");
    krate.write("proto/a/echo.proto", &ECHO.replace("TYPE", "uint8"));
    krate.write("proto/b/echo.proto", &ECHO.replace("TYPE", "uint16"));
    krate.write(
        "build.rs",
        "fn main() {
            spice_proto_gen::compile(\"proto/a/echo.proto\");
            // A file that is compiled twice does not conflict with itself.
            spice_proto_gen::compile(\"proto/a/../a/echo.proto\");
            spice_proto_gen::compile(\"proto/b/echo.proto\");
        }",
    );
    let stderr = krate.check_fails();
    let conflict = "proto/a/../a/echo.proto and proto/b/echo.proto are both compiled to ";
    let line = stderr.lines().find(|line| line.contains(conflict));
    let line = line.unwrap_or_else(|| panic!("{stderr}"));
    assert!(
        line.starts_with("error: outputs-same-name@0.1.0: "),
        "{line}"
    );
    let file = Path::new("out").join("echo.rs").display().to_string();
    let help = "; set `Config::out_dir` or `Config::file_name` for one of them";
    assert!(line.ends_with(&format!("{file}{help}")), "{line}");
}
