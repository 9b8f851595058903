//! Decoding a message, encoding it again, and comparing the results.

use spice_messages::wire::{Encode, Fds, Reader, Side};
use spice_messages::{ChannelType, Message};

/// Result of decoding a message and encoding it again.
pub struct Checked<'a> {
    /// Id of the message.
    pub id: u16,
    /// The message, if it can be decoded.
    pub message: Option<Message<'a>>,
    /// The encoded message and its trailing bytes, if it can be encoded.
    pub encoded: Option<Vec<u8>>,
    /// Why the message is unknown, or cannot be decoded or encoded.
    pub problem: Option<String>,
}

impl Checked<'_> {
    /// Returns the name of the message, or its id.
    pub fn name(&self) -> String {
        match self.message.as_ref().and_then(Message::path) {
            Some(path) => path.rsplit('.').next().unwrap_or(path).to_owned(),
            None => format!("message {}", self.id),
        }
    }
}

/// Decodes a body and encodes it again.
pub fn check(channel: ChannelType, side: Side, id: u16, body: &[u8]) -> Checked<'_> {
    let mut reader = Reader::new(body);
    let mut checked = Checked {
        id,
        message: None,
        encoded: None,
        problem: None,
    };
    let message = match Message::decode_from(channel, side, id, &mut reader) {
        Ok(message) => message,
        Err(error) => {
            checked.problem = Some(error.to_string());
            return checked;
        }
    };
    if message.path().is_none() {
        checked.problem = Some(format!("message {id} is unknown"));
    }
    match message.encode_to_vec() {
        Ok(mut encoded) => {
            encoded.extend_from_slice(reader.trailing());
            checked.encoded = Some(encoded);
        }
        Err(error) => checked.problem = Some(format!("cannot encode {error}")),
    }
    checked.message = Some(message);
    checked
}

/// Describes the first difference between a body and its encoding; `None` if they are equal.
pub fn difference(
    channel: ChannelType,
    side: Side,
    id: u16,
    original: &[u8],
    encoded: &[u8],
) -> Option<String> {
    if original == encoded {
        return None;
    }
    let mut pairs = original.iter().zip(encoded);
    let first = pairs.position(|(a, b)| a != b);
    let at = first.unwrap_or(original.len().min(encoded.len()));
    // Decoding the body up to the difference fails at the field that has it.
    let truncated = original.get(..at).unwrap_or_default();
    let field = match Message::decode(channel, side, id, truncated, Fds::none()) {
        Err(error) => format!("in {} (byte {})", error.field(), error.offset()),
        Ok(_) => "in the last field".to_owned(),
    };
    let byte = |bytes: &[u8]| match bytes.get(at) {
        Some(byte) => format!("{byte:#04x}"),
        None => "nothing".to_owned(),
    };
    Some(format!(
        "first difference at byte {at}, {field}: {} became {}; {} bytes became {}",
        byte(original),
        byte(encoded),
        original.len(),
        encoded.len()
    ))
}
