//! Compiles `proto/spice.proto`, or the file in the environment variable `SPICE_MESSAGES_PROTO` (an
//! absolute path). The crate features `serde` and `arbitrary` select further trait implementations.

use std::env;
use std::path::PathBuf;

const VARIABLE: &str = "SPICE_MESSAGES_PROTO";

fn main() {
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    println!("cargo::rustc-check-cfg=cfg(bundled_proto)");
    let proto = match env::var_os(VARIABLE) {
        Some(path) => PathBuf::from(path),
        None => {
            println!("cargo::rustc-cfg=bundled_proto");
            PathBuf::from("proto/spice.proto")
        }
    };
    let has = |feature: &str| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some();
    let config = spice_proto_gen::Config::new()
        .file_name("spice.rs")
        .serde(has("SERDE"))
        .arbitrary(has("ARBITRARY"));
    spice_proto_gen::compile_with(&config, proto);
}
