//! What surrounds the messages of a SPICE connection, for clients and for servers.
//!
//! A connection carries one channel. It begins with the link stage ([`ClientLink`], [`ServerLink`]),
//! in which the two sides tell each other what they can do ([`Capabilities`]) and the client proves
//! that it knows the password (`ticket`, a feature). Then both sides send messages, each behind a
//! header ([`FrameReader`], [`FrameWriter`]). The server may ask for acknowledgements and signs of
//! life ([`ClientUpkeep`], [`AckLedger`], [`PingLog`]).
//!
//! Nothing here does I/O: bytes go in as they come, and bytes to send come out. Nothing here panics,
//! whatever the peer sends, and no buffer grows because of a size that the peer only announces.
//!
//! The structs come from `proto/link.proto`, compiled by `spice-proto-gen`, as [`proto`].
//!
//! Read on in `docs/client.md` and `docs/server.md`: from the first byte to the first message.

#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

/// The structs and enums of `link.proto`, as they were generated.
pub mod proto {
    include!(concat!(env!("OUT_DIR"), "/link.rs"));
}

mod capabilities;
mod client;
mod descriptors;
mod established;
mod frame;
mod link;
mod link_error;
mod reader;
mod server;
mod sub_messages;
mod upkeep;
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
pub use established::Established;
pub use frame::{DEFAULT_LIMIT, Frame, FrameError, HeaderFormat, RawMessage};
pub use link::{LinkAnswer, LinkRequest, MAX_LINK_SIZE, PublicKey};
pub use link_error::LinkError;
pub use proto::types::{
    AuthMethod, CommonCapability, DisplayCapability, EncryptedTicket, InputsCapability,
    MainCapability, PlaybackCapability, PortEvent, RecordCapability, SpicevmcCapability,
};
pub use reader::FrameReader;
pub use server::{ServerLink, ServerStep};
pub use spice_messages::types::LinkErr;
pub use sub_messages::Messages;
pub use upkeep::{AckError, AckLedger, AckWindow, ClientUpkeep, PingLog};
pub use writer::FrameWriter;

/// The code of the readme is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
