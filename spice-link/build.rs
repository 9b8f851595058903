//! Generates the link stage's structs from `proto/link.proto`.

fn main() {
    spice_proto_gen::compile("proto/link.proto");
}
