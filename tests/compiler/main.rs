//! Tests of the compiler through its public API: diagnostics, generated code, the model, the manual.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod c;
#[path = "../common/mod.rs"]
mod common;
mod diagnostics;
mod dialects;
mod facts;
mod golden;
mod language_manual;
mod limits;
mod mutations;
mod pictures;
mod port_channel;
