//! Connections and sessions, over streams in memory.

mod cancellation;
mod link_faults;
mod lists;
mod options;
mod policy;
mod proxy;
mod session;
mod sessions;
mod stream_faults;
mod support;
mod wake_ups;
