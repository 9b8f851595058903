//! Crates that depend on the runtime by another name, or through another crate.

use crate::krate::{Krate, checkout};

const BUILD: &str = "fn main() -> Result<(), spice_proto_gen::Error> {
    let config = spice_proto_gen::Config::new()SETTINGS;
    config.compile(\"proto/gadget.proto\").map(|_| ())
}";

fn dependency(text: &str) -> String {
    let checkout = checkout().display().to_string().replace('\\', "/");
    text.replace("CHECKOUT", &checkout)
}

const RUNTIME: &str = "spice-wire = { path = \"CHECKOUT/spice-wire\", default-features = false }";

#[test]
fn runtime_can_have_another_name() {
    let krate = Krate::new("runtime-renamed");
    // `wire` is also the name that generated code gives the runtime.
    let renamed = "wire = { package = \"spice-wire\", path = \"CHECKOUT/spice-wire\", \
        features = [\"serde\", \"arbitrary\"] }";
    krate.replace("Cargo.toml", &dependency(RUNTIME), &dependency(renamed));
    krate.replace("Cargo.toml", "spice-wire/std", "wire/std");
    let settings = ".runtime_path(\"::wire\").serde(true).arbitrary(true)";
    krate.write("build.rs", &BUILD.replace("SETTINGS", settings));
    let include = "include!(concat!(env!(\"OUT_DIR\"), \"/gadget.rs\"))";
    krate.replace("src/lib.rs", include, "wire::include_proto!(\"gadget\")");
    krate.check();
}

#[test]
fn runtime_and_types_can_come_from_the_messages_crate() {
    let krate = Krate::new("runtime-reexported");
    let messages = "spice-messages = { path = \"CHECKOUT/spice-messages\" }";
    krate.replace("Cargo.toml", &dependency(RUNTIME), &dependency(messages));
    krate.replace("Cargo.toml", "spice-wire/std", "spice-messages/std");
    krate.write(
        "proto/gadget.proto",
        "struct Point { int32 x; int32 y; };
        struct Rect { int32 top; int32 left; int32 bottom; int32 right; };
        struct Own { Point at; uint8 count; Rect rects[count]; };
        channel DrawChannel { server: message { Own own; Point *to; } draw; };
        protocol Draw { DrawChannel draw = 200; };",
    );
    let settings = ".runtime_path(\"::spice_messages::wire\")
        .extern_path(\".Point\", \"::spice_messages::types::Point\")
        .extern_path(\".Rect\", \"::spice_messages::types::Rect\")";
    krate.write("build.rs", &BUILD.replace("SETTINGS", settings));
    krate.write(
        "src/lib.rs",
        "spice_messages::wire::include_proto!(\"gadget\");
        pub fn rect(own: &types::Own<'_>) -> Option<spice_messages::types::Rect> {
            own.rects.iter().next()
        }",
    );
    krate.check();
    // A type of another size is refused.
    krate.replace("proto/gadget.proto", "int32 left; ", "");
    let stderr = krate.check_fails();
    let message = "`::spice_messages::types::Rect` has another size than `Rect` of the proto";
    assert!(stderr.contains(message), "{stderr}");
}
