//! Tests of the generated messages of SPICE.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod allocations;
#[path = "../common/mod.rs"]
mod common;
mod names_by_number;
mod printing;
mod robustness;
mod values;
mod vectors;
