//! Compiles all conformance protos, as the build script of any other crate would.

use std::{env, fs, io};

use spice_proto_gen::diagnostic::{Code, Level};
use spice_proto_gen::{Config, compile_with};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=proto/conformance");
    let has = |feature: &str| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some();
    // The conformance protos trigger these warnings on purpose.
    let config = Config::new()
        .serde(has("SERDE"))
        .arbitrary(has("ARBITRARY"))
        .level(Code::NotPortable, Level::Allow)
        .level(Code::DeadCase, Level::Allow)
        .level(Code::DeprecatedItem, Level::Allow);
    for proto in fs::read_dir("proto/conformance")? {
        compile_with(&config, proto?.path());
    }
    // One example of the manual is not portable.
    let manual = Config::new().level(Code::NotPortable, Level::Allow);
    compile_with(&manual, "docs/language.proto");
    Ok(())
}
