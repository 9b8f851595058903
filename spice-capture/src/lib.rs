//! Finds SPICE connections in packet captures and splits them into messages.
#![doc = include_str!("../README.md")]
//! ## Contents
//!
//! | item | purpose |
//! |---|---|
//! | [`Packets`] | the packets of a pcap or pcapng file |
//! | [`Connections`] | puts TCP streams together and passes on events |
//! | [`Event`], [`EventKind`] | a message, or what is missing |
//! | [`Candidate`] | what could be a message, after lost packets |
//! | [`Limits`] | bounds for memory |

mod connection;
mod connections;
mod contents;
mod direction;
mod event;
mod file;
mod file_error;
mod file_format;
mod frames;
mod guess;
mod link_stage;
mod older;
mod opening;
mod reassembly;
mod search;
mod segment;

pub use connections::{Connections, Limits};
pub use event::{
    Candidate, ConnectionInfo, Event, EventKind, Incomplete, IncompleteReason, IsMessage, Message,
    Notice,
};
pub use file::{LinkType, MAX_BLOCK, MAX_INTERFACES, Packet, Packets};
pub use file_error::FileError;
pub use file_format::is_capture;
#[doc(no_inline)]
pub use spice_link::{Frame, FrameError, HeaderFormat, LinkSession, RawMessage};
#[doc(no_inline)]
pub use spice_wire::Side;
