//! Every message of the SPICE protocol.

#![no_std]

pub use spice_wire as wire;

include!(concat!(env!("OUT_DIR"), "/spice.rs"));

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
