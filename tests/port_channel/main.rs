//! Recreates the introduction of the port channel, a channel for named byte streams that SPICE got
//! in 2012. Adding it takes a few lines in the proto and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod change;
mod inheritance;
mod init;
mod user;
