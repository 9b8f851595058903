//! The messages of the SPICE remote desktop protocol, generated from `proto/spice.proto`.
//!
//! Each channel is a module with the modules `server` and `client` for the messages that each side
//! sends. Shared types are in [`types`]. [`Message`] is any message of any channel.

#![no_std]

pub use spice_wire as wire;

include!(concat!(env!("OUT_DIR"), "/spice.rs"));

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
