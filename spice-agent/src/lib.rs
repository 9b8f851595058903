//! The agent protocol of SPICE: clipboard, monitor layout and file transfer between a client and the
//! agent in the guest (`spice-vdagent`).
//!
//! Agent messages travel inside `agent_data` of the main channel. [`ClientAgent`] is the client's end:
//! pass it the main channel's messages, and it returns [`AgentEvent`]s and the messages to send. It
//! exchanges capabilities, selects the [`Dialect`], and respects tokens in both directions.
//! [`AgentRelay`] is the part of a server: it moves the stream between the client and the guest's
//! virtio port.
//!
//! Both use the parts for the stream, which are public too: [`MessageReader`] and [`write_message`],
//! [`ChunkReader`] and [`write_chunks`].
//!
//! This crate does no I/O. It does not panic, whatever the peer sends, and allocates no memory for
//! bytes that are only announced.
//!
//! The messages in [`proto`] are generated from `proto/agent.proto`. The manual in `guide`
//! explains the agent step by step.
//!
//! # Features
//! - `std` (default): conversions into `std::io::Error`. Without it the crate needs only `alloc`.

#![no_std]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

/// Messages generated from `agent.proto`. The server is the agent, and the client is its peer.
///
/// [`agent`](proto::agent) has the messages that are equal in all dialects.
pub mod proto {
    include!("generated.rs");
}

mod boundary;
mod capabilities;
mod chunk;
mod client;
mod error;
mod event;
mod file_info;
mod file_status;
#[cfg(all(doc, not(doctest)))]
pub mod guide;
mod message;
mod monitors;
mod observer;
mod reader;
mod relay;
mod send_queue;
mod tokens;

pub use capabilities::{Dialect, usual_capabilities};
pub use chunk::{ChunkPart, ChunkReader, write_chunks};
pub use client::ClientAgent;
pub use error::{AgentError, StreamError};
pub use event::AgentEvent;
pub use file_info::FileInfo;
pub use message::{RawMessage, write_message};
pub use observer::{AgentObserver, ObservedMessage};
pub use proto::types::{
    AgentCapability, ChunkPort, ClipboardSelection, ClipboardType, FileXferResult, MonitorConfig,
    PhysicalSize,
};
pub use reader::{DEFAULT_LIMIT, MessageReader};
pub use relay::AgentRelay;
pub use spice_link::CapabilitySet;

/// Tests the code in the readme.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
