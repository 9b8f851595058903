//! Decodes the body of a message.

use spice_dynamic::{Decoded, decode};
use spice_proto_gen::model::{Message, Model};

use super::item::{Content, Item};
use crate::catalog::Catalog;

/// A decoded message.
pub struct Decoding<'a> {
    model: &'a Model,
    pub message: &'a Message,
    pub decoded: Decoded<'a>,
}

/// Why a message cannot be decoded.
pub struct Problem {
    /// A stable short name.
    pub kind: &'static str,
    /// Path of the field; empty if the problem concerns the whole message.
    pub field: String,
    /// Offset of the field in the body.
    pub byte: Option<usize>,
    /// A sentence for people.
    pub text: String,
}

impl Problem {
    /// A problem of the whole message.
    pub const fn new(kind: &'static str, text: String) -> Self {
        Self {
            kind,
            field: String::new(),
            byte: None,
            text,
        }
    }
}

impl<'a> Decoding<'a> {
    /// Decodes a message.
    pub fn new(catalog: &Catalog<'a>, item: &Item<'a>) -> Result<Self, Problem> {
        let address = item.address;
        let body = match item.content {
            Content::Body(body) => body,
            Content::Unknown { reason, .. } => {
                return Err(Problem::new("incomplete", reason.to_owned()));
            }
        };
        let message = catalog.message(address.channel_type, address.side, address.id);
        let Some(message) = message else {
            return Err(match catalog.channel_name(address.channel_type) {
                Some(_) => Problem::new(
                    "unknown_message",
                    format!("the {} has no message {}", address.side.name(), address.id),
                ),
                None => Problem::new(
                    "unknown_channel",
                    format!("the proto has no channel {}", address.channel_type),
                ),
            });
        };
        match decode(catalog.model, message.body, body) {
            Ok(decoded) => Ok(Self {
                model: catalog.model,
                message,
                decoded,
            }),
            Err(error) => Err(Problem {
                kind: error.kind().name(),
                field: error.field().to_owned(),
                byte: Some(error.offset()),
                text: error.kind().to_string(),
            }),
        }
    }

    /// The fields as JSON.
    pub fn fields(&self, names: bool) -> String {
        let value = &self.decoded.value;
        if names {
            value.to_json_with_names(self.model, self.message.body)
        } else {
            value.to_json()
        }
    }

    /// Whether the fields and the trailing bytes encode to the same body.
    pub fn is_canonical(&self, body: &[u8]) -> bool {
        let encoded = spice_dynamic::encode(self.model, self.message.body, &self.decoded.value);
        encoded.is_ok_and(|encoded| body.strip_prefix(&*encoded) == Some(self.decoded.trailing))
    }
}
