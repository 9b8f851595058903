//! The change of 2012 that the project began with: SPICE got a channel for named streams of bytes.
//! It takes some lines in the proto, and nothing else.

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
