//! Compiles the description of the link stage.

fn main() {
    spice_proto_gen::compile("proto/link.proto");
}
