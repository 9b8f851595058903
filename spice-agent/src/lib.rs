//! The agent protocol of SPICE: clipboard, monitor layout and file transfer.
#![doc = include_str!("../README.md")]
//! ## Contents
//!
//! | item | purpose |
//! |---|---|
//! | [`ClientAgent`], [`AgentEvent`] | the client's end of the protocol; it selects the [`Dialect`] |
//! | [`AgentRelay`] | the part of a server |
//! | [`MessageReader`], [`write_message`] | agent messages from the bytes of `agent_data`, and back |
//! | [`ChunkReader`], [`write_chunks`] | the chunks of the guest's virtio port |
//! | [`proto`] | the messages, generated from `proto/agent.proto` |
//! | `guide` | the manual: the agent step by step |
//!
//! Nothing panics, whatever the peer sends, and no memory is allocated for bytes that are only announced.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

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
