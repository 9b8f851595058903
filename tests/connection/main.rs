//! Connections and sessions, over streams in memory.

mod allocations;
mod session;
mod support;
mod wakes;
