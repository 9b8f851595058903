//! Connections and sessions, over streams in memory.

mod cancellation;
mod link_faults;
mod session;
mod stream_faults;
mod support;
mod wake_ups;
