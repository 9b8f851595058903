//! Connections of SPICE clients and servers.
// The example of the readme is a test where it compiles.
#![cfg_attr(
    any(not(doctest), feature = "blocking"),
    doc = include_str!("../README.md")
)]
//! ## Layers
//!
//! | layer | content |
//! |---|---|
//! | `blocking`, `tokio` | connections and sessions of clients and servers: over TCP, Unix sockets, TLS, or any other stream |
//! | [`ClientLink`], [`ServerLink`], `ticket` | the link stage: [`Capabilities`] of both sides, and the password |
//! | [`FrameReader`], [`FrameWriter`] | headers, sub-messages and descriptors |
//! | [`ClientFlowControl`], [`AckLedger`], [`PingLog`] | acknowledgements and pings |
//! | [`proto`] | the structs, generated from `proto/link.proto` |
//! | `guide` | manuals: how to write a client and a server |
//!
//! A connection carries one channel. `blocking` and `tokio` have the same names and errors. The layers below them do no I/O:
//! you pass them received bytes, and they return bytes to send. Nothing panics, whatever the peer sends, and no
//! memory is allocated for bytes that are only announced.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

/// Structs and enums generated from `link.proto`.
pub mod proto {
    include!("generated.rs");
}

mod capabilities;
mod client;
#[cfg(any(feature = "blocking", feature = "tokio"))]
mod connection;
mod descriptors;
mod flow_control;
mod frame;
mod frame_error;
#[cfg(all(doc, not(doctest)))]
pub mod guide;
mod header;
mod link_answer;
mod link_buffers;
mod link_error;
mod link_message;
mod link_request;
mod raw_message;
mod reader;
mod server;
mod session;
mod size_limits;
mod sub_messages;
mod writer;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "codec")]
pub mod codec;
#[cfg(feature = "ticket")]
pub mod ticket;
#[cfg(feature = "tokio")]
pub mod tokio;

pub use capabilities::{
    Capabilities, Capability, CapabilitySet, channel_capability_name, common_capability_name,
};
pub use client::{ClientLink, ClientStep};
#[cfg(any(feature = "blocking", feature = "tokio"))]
pub use connection::{
    Client, Error, Options, Policy, Role, Server, ServerSession, SessionInfo, Statistics,
};
pub use descriptors::{Descriptor, display_descriptors};
pub use flow_control::{AckLedger, AckWindow, ClientFlowControl, PingLog};
pub use frame::{DEFAULT_LIMIT, Frame};
pub use frame_error::FrameError;
pub use header::HeaderFormat;
pub use link_answer::{LinkAnswer, PublicKey};
pub use link_error::LinkError;
pub use link_message::MAX_LINK_SIZE;
pub use link_request::LinkRequest;
pub use proto::types::{
    AuthMethod, CommonCapability, DisplayCapability, EncryptedTicket, InputsCapability,
    MainCapability, PlaybackCapability, PortEvent, RecordCapability, SpicevmcCapability,
};
pub use raw_message::RawMessage;
pub use reader::FrameReader;
pub use server::{ServerLink, ServerStep};
pub use session::LinkSession;
pub use size_limits::MAX_AGENT_DATA;
pub use spice_messages::types::LinkErr;
pub use sub_messages::Messages;
pub use writer::FrameWriter;
