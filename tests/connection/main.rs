//! Connections and sessions, over streams in memory and over sockets of this machine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod agent;
mod allocations;
mod blocking;
mod blocking_faults;
mod blocking_stream_faults;
mod cancellation;
mod link_faults;
mod lists;
mod memory;
mod options;
mod policy;
mod proxy;
mod session;
mod sessions;
mod stream_faults;
mod support;
mod wake_ups;
