//! Decodes and encodes SPICE messages straight from the [model](spice_proto_gen::model) of a proto,
//! without generated code: for protos that nobody compiled, and as a second opinion on those that
//! somebody did.
//!
//! ```
//! use spice_dynamic::{decode, encode, message};
//! use spice_proto_gen::{Analysis, levels::Levels, model::Side};
//!
//! let proto = "channel Echo { server: message { uint8 n; uint16 values[n]; } tick; };
//!              protocol P { Echo echo = 7; };";
//! let model = Analysis::new(proto.as_bytes(), &Levels::default()).model.unwrap();
//! let tick = message(&model, 7, Side::Server, 1).unwrap();
//!
//! let decoded = decode(&model, tick.body, &[2, 1, 0, 2, 0, 0xff]).unwrap();
//! assert_eq!(decoded.value.to_json(), r#"{"n":2,"values":[1,2]}"#);
//! assert_eq!(decoded.trailing, [0xff]);
//! assert_eq!(encode(&model, tick.body, &decoded.value).unwrap(), [2, 1, 0, 2, 0]);
//!
//! let error = decode(&model, tick.body, &[2, 1, 0]).unwrap_err();
//! assert_eq!(error.to_string(), "values (byte 1): needs 4 bytes where 2 are left");
//! ```
//!
//! A [`Value`] shows what is on the wire, in the order of the proto: sizes and discriminants are
//! part of it. Fields of the attribute `@virtual` are not on the wire and so are not part of it.
//!
//! # What is rejected
//! The same as generated code rejects, with the same kind, field and byte; see [`spice_wire`].
//! A model made by hand can nest its structs deeper than a proto can, even without end; messages that
//! are deeper than [`MAX_DEPTH`] are refused, so that no model makes the stack overflow.
//!
//! # What it costs
//! A decoded value borrows bytes and text from the message and takes memory in proportion to it:
//! each element that is kept takes at least one byte of the message, and elements without any bytes
//! are kept [once](Value::Repeated). Nothing is reserved from a size that the message states.

mod decode;
mod encode;
mod error;
mod facts;
mod json;
mod value;

pub use decode::{Decoded, decode};
pub use encode::encode;
pub use error::{Error, ErrorKind};
pub use json::JsonError;
pub use value::Value;

use spice_proto_gen::model::{Message, Model, Side};

/// How deep structs can be nested in each other, pointees included.
pub const MAX_DEPTH: usize = 200;

/// The message with this id that `side` sends on the protocol's channel with this number.
#[must_use]
pub fn message(model: &Model, channel: u8, side: Side, id: u16) -> Option<&Message> {
    let mut entries = model.protocol.channels.iter();
    let entry = entries.find(|entry| entry.number == channel)?;
    let channel = model.channels.get(entry.channel.0)?;
    let mut messages = channel.messages(side).iter();
    messages.find(|message| message.id == id)
}
