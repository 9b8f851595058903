//! Compares the interpreter with the reference implementation's test data and with generated code.
//!
//! `cargo test --test dynamic` compares 50,000 cases with generated code. To run other cases, use
//! `DYNAMIC_CASES=1000000 DYNAMIC_SEED=7 cargo test --release --test dynamic`. A failure prints its
//! seed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../common/mod.rs"]
mod common;
mod differential;
mod memory;
mod mutate;
mod prng;
mod values;
mod vectors;

use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{Model, Side};

/// Returns the model of the protocol.
fn model() -> Model {
    let text = common::read("proto/spice.proto");
    let analysis = Analysis::new(text.as_bytes(), &Levels::default());
    analysis.model.expect("the protocol compiles")
}

/// Converts a side of the runtime to a side of the model.
fn side(side: spice_messages::wire::Side) -> Side {
    match side {
        spice_messages::wire::Side::Server => Side::Server,
        spice_messages::wire::Side::Client => Side::Client,
    }
}
