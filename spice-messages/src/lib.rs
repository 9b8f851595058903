//! The messages of the SPICE remote desktop protocol, generated from `spice.proto`.
//!
//! [proto]: https://docs.rs/crate/spice-messages/latest/source/proto/spice.proto
//! [forms]: https://docs.rs/spice-wire/latest/spice_wire/#values-in-json
//! [`spice-wire`]: https://docs.rs/spice-wire
#![doc = include_str!("../README.md")]
//! ## Modules
//!
//! | item | content |
//! |---|---|
//! | a module for each channel | the channel as a type, and the modules `server` and `client` |
//! | its `server` and `client` | the enum `Message`, the bodies of all messages, and `id` with their ids |
//! | [`types`] | types of fields, and bodies that several messages share |
//! | [`ChannelType`] | channels and messages by their numbers, without a body |
//! | [`ServerMessage`], [`ClientMessage`], [`Message`] | any message of a side, and of both |
//! | `wire` | the runtime, [`spice-wire`] |
//!
//! The search finds a message by its id (`304`), its name (`draw_copy`), and its names in C
//! (`SPICE_MSG_DISPLAY_DRAW_COPY`, `SpiceMsgDisplayDrawCopy`). The result is the body, or the variant if the message
//! has no body of its own. Types, items and flags are found by their names in C too.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use spice_wire as wire;

// Another proto may have no mouse buttons.
#[cfg(not(other_proto))]
mod mouse_buttons;

#[cfg(feature = "generate")]
include!(concat!(env!("OUT_DIR"), "/spice.rs"));
#[cfg(not(feature = "generate"))]
include!("generated.rs");
