//! The messages of the SPICE remote desktop protocol, generated from `proto/spice.proto`.
//!
//! Each channel is a module with the modules `server` and `client` for the messages that each side
//! sends. Shared types are in [`types`]. [`Message`] is any message of any channel, and [`ChannelType`]
//! names channels and messages by their numbers.
//!
//! ```
//! use spice_messages::ChannelType;
//! use spice_messages::wire::Side;
//!
//! let display = ChannelType(2);
//! assert_eq!(display, ChannelType::DISPLAY);
//! assert_eq!(display.name(), Some("display"));
//! assert_eq!(display.message_name(Side::Server, 304), Some("draw_copy"));
//! assert_eq!(display.messages(Side::Client)[0], (1, "ack_sync"));
//! // Unknown numbers have no names.
//! assert_eq!(display.message_name(Side::Server, 999), None);
//! assert_eq!(ChannelType(99).name(), None);
//! ```

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

#[cfg(all(test, feature = "generate", not(other_proto)))]
mod tests {
    #[test]
    fn build_script_generates_the_shipped_file() {
        let built = include_str!(concat!(env!("OUT_DIR"), "/spice.rs"));
        assert!(
            built == include_str!("generated.rs"),
            "`UPDATE_GOLDEN=1 cargo test -p spice-proto-gen --test shipped` rewrites the shipped file"
        );
    }
}

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
