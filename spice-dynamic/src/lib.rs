//! Decodes and encodes SPICE messages by interpreting the [model](spice_proto_gen::model) of a proto.
#![doc = include_str!("../README.md")]
//! ## Contents
//!
//! | item | purpose |
//! |---|---|
//! | [`message`] | finds a message by channel, side and id |
//! | [`decode`], [`encode`] | from a body to a [`Value`], and back |
//! | [`Value::to_json`], [`Value::from_json`] | the value as JSON, which [`json_dialects`] compares with serde's |
//! | [`sample`] | a value of any type, for tests and documentation |
//!
//! A [`Value`] contains what is on the wire, in the order of the proto, including counts and
//! discriminants. `@virtual` fields are not on the wire and therefore not part of it.
//!
//! ## Errors
//! Decoding rejects the same bodies as generated code, with the same kind, field and offset; see
//! [`spice_wire`]. Encoding reports the same errors for inconsistent values.
//!
//! A model that was changed by hand can nest structs more deeply than a proto can. Messages that are nested
//! deeper than [`MAX_DEPTH`] are rejected, so that no model overflows the stack.
//!
//! ## Memory
//! A decoded value borrows bytes and text from the message. It takes memory in proportion to the
//! message's length: every element takes at least one byte of the message, and zero-sized elements
//! are stored [once](Value::Repeated). Nothing is reserved from a count in the message.

mod decode;
mod encode;
mod error;
mod json;
mod sample;
mod scope;
#[cfg(test)]
mod testing;
mod value;

/// [`Value::to_json`]: Value::to_json
#[cfg(all(doc, not(doctest)))]
#[doc = include_str!("json_dialects.md")]
// The tests read these attributes of code blocks.
#[allow(rustdoc::invalid_codeblock_attributes)]
pub mod json_dialects {}

pub use decode::{Decoded, decode};
pub use encode::encode;
pub use error::{Error, ErrorKind};
pub use json::JsonError;
pub use sample::sample;
pub use value::Value;

use spice_proto_gen::model::{Message, Model, Side};

/// Maximum nesting depth of structs, including pointees.
pub const MAX_DEPTH: usize = 200;

/// Returns the message with this id that `side` sends on the channel with this number.
#[must_use]
pub fn message(model: &Model, channel: u8, side: Side, id: u16) -> Option<&Message> {
    let mut entries = model.protocol.channels.iter();
    let entry = entries.find(|entry| entry.number == channel)?;
    let channel = model.channels.get(entry.channel.0)?;
    let mut messages = channel.messages(side).iter();
    messages.find(|message| message.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::compile;

    #[test]
    fn message_is_found_by_channel_side_and_id() {
        let (model, body) = compile("", "uint8 a;");
        assert_eq!(
            message(&model, 3, Side::Server, 5).map(|found| found.body),
            Some(body)
        );
        assert!(message(&model, 3, Side::Client, 5).is_none());
        assert!(message(&model, 3, Side::Server, 6).is_none());
        assert!(message(&model, 4, Side::Server, 5).is_none());
    }
}
