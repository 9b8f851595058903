//! Compiles the protocol: the crate's own `proto/spice.proto`, or the file that the environment
//! variable `SPICE_MESSAGES_PROTO` names (an absolute path). The features of the crate decide what else
//! its types implement.

use std::env;
use std::path::PathBuf;

const VARIABLE: &str = "SPICE_MESSAGES_PROTO";

fn main() {
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    let proto =
        env::var_os(VARIABLE).map_or_else(|| PathBuf::from("proto/spice.proto"), PathBuf::from);
    let has = |feature: &str| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some();
    let config = spice_proto_gen::Config::new()
        .file_name("spice.rs")
        .serde(has("SERDE"))
        .arbitrary(has("ARBITRARY"));
    spice_proto_gen::compile_with(&config, proto);
}
