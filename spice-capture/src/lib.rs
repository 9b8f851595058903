//! Finds SPICE connections in packet captures and splits them into messages.
//!
//! [`Packets`] reads the packets of a pcap or pcapng file. [`Connections`] puts the TCP streams together,
//! recognizes SPICE by its link stage, on whatever port, and passes on [`Event`]s: messages, and what is missing.
//!
//! ```
//! use std::io::Cursor;
//! use spice_capture::{Connections, EventKind, Limits, Packets};
//!
//! # let file = [&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0][..], &[0; 8], &[0, 0, 4, 0, 1, 0, 0, 0]].concat();
//! let mut packets = Packets::new(Cursor::new(file));
//! let is_message = |candidate: &spice_capture::Candidate<'_>| candidate.id < 400;
//! let mut connections = Connections::new(Limits::default(), &is_message);
//! let mut emit = |event: spice_capture::Event<'_>| {
//!     if let EventKind::Message(message) = event.kind {
//!         println!("message {} of {} bytes", message.id, message.body.len());
//!     }
//! };
//! while let Some(packet) = packets.next_packet()? {
//!     connections.packet(&packet, &mut emit);
//! }
//! connections.finish(&mut emit);
//! # Ok::<(), spice_capture::FileError>(())
//! ```
//!
//! # What is read
//! - Files: pcap with micro- or nanoseconds, and pcapng, in both byte orders.
//! - Link types: Ethernet with VLANs, Linux cooked v1 and v2, BSD loopback, raw IP. IPv4 and IPv6, also fragmented.
//! - TCP: segments out of order, retransmitted, overlapping, cut off by the capture, and with wrapped sequence numbers.
//! - SPICE: tickets and SASL are skipped; both header formats; sub-messages. TLS is only recognized.
//!
//! # Missing bytes
//! The capture can lack bytes of a stream. They are reported as [`EventKind::Missing`]. If they lie inside a message
//! whose header is known, the next message follows at a known place. Otherwise the stream is searched for a
//! chain of genuine messages.
//!
//! A connection can be older than the capture. Its channel is told from its messages, see
//! [`Connections::with_channel_types`].
//!
//! # Memory
//! Captures can be of any size, and from an attacker. Memory is bounded by [`Limits`]: nothing is reserved from a number in
//! the capture. Vectors can reserve twice the bytes that they hold. Besides, the file takes a buffer of up to
//! twice [`MAX_BLOCK`], and at most 512 incomplete datagrams of 64 KiB wait for fragments.

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
pub use spice_link::{Frame, FrameError, HeaderFormat, LinkSession, RawMessage};
pub use spice_wire::Side;

/// Tests the code in the readme.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
