//! Connections and sessions, over streams in memory.

mod session;
