//! Connections and sessions, over streams in memory and over sockets of this machine.

mod blocking;
mod blocking_faults;
mod session;
