//! Link stage, framing, flow control and tickets of SPICE connections, for clients and servers.
//!
//! A connection carries one channel. It starts with the link stage ([`ClientLink`],
//! [`ServerLink`]): both sides exchange their [`Capabilities`], and the client proves that it knows
//! the password (`ticket`). Then both sides send messages, each preceded by a header
//! ([`FrameReader`], [`FrameWriter`]). The server can ask for acknowledgements and send pings
//! ([`ClientFlowControl`], [`AckLedger`], [`PingLog`]).
//!
//! This crate does no I/O: you pass it received bytes, and it returns bytes to send. It does not
//! panic, whatever the peer sends, and allocates no memory for bytes that are only announced.
//!
//! The structs in [`proto`] are generated from `proto/link.proto`. The messages of the channels are
//! in `spice_messages`.
//!
//! `docs/client.md` and `docs/server.md` in the repository explain step by step how to write a
//! client and a server.
//!
//! # Features
//! - `std` (default): file descriptors on Unix, and conversions into `std::io::Error`. Without it
//!   the crate needs only `alloc`.
//! - `ticket`: encrypted passwords.
//! - `tokio`: the framing as a codec of `tokio-util`.

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
mod descriptors;
mod flow_control;
mod frame;
mod frame_error;
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

#[cfg(feature = "tokio")]
pub mod codec;
#[cfg(feature = "ticket")]
pub mod ticket;

pub use capabilities::{
    Capabilities, Capability, CapabilitySet, channel_capability_name, common_capability_name,
};
pub use client::{ClientLink, ClientStep};
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

/// Tests the code in the readme.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
