//! With the feature `generate`: compiles `proto/spice.proto`, or the file in the environment variable
//! `SPICE_MESSAGES_PROTO` (an absolute path).

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(other_proto)");
    #[cfg(feature = "generate")]
    generate();
}

#[cfg(feature = "generate")]
fn generate() {
    const VARIABLE: &str = "SPICE_MESSAGES_PROTO";

    println!("cargo::rerun-if-env-changed={VARIABLE}");
    let other = std::env::var_os(VARIABLE);
    if other.is_some() {
        println!("cargo::rustc-cfg=other_proto");
    }
    // A test of the compiler writes `src/generated.rs` with the same settings.
    let config = spice_proto_gen::Config::new()
        .serde(true)
        .arbitrary(true)
        .feature_gated(true)
        .file_name("spice.rs");
    spice_proto_gen::compile_with(&config, other.unwrap_or("proto/spice.proto".into()));
}
