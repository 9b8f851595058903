//! The code that the crate ships.

#[test]
fn build_script_generates_the_shipped_file() {
    let built = include_str!(concat!(env!("OUT_DIR"), "/spice.rs"));
    assert!(
        built == include_str!("../../src/generated.rs"),
        "`UPDATE_GOLDEN=1 cargo test -p spice-proto-gen --test shipped` rewrites the shipped file"
    );
}
