//! Generates the agent's messages from `proto/agent.proto`.

fn main() {
    spice_proto_gen::compile("proto/agent.proto");
}
