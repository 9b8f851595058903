//! The link stage, framing and flow control, without I/O.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[cfg(unix)]
mod descriptors;
mod flow_control;
mod frames;
mod recorded_traffic;
mod stage;
mod viewer_example;
