//! Decodes a message, encodes it again, and compares.

use spice_messages::Message;
use spice_messages::wire::{Encode, Fds, Reader, Side};

/// What came of a message.
pub struct Checked<'a> {
    /// Its id.
    pub id: u16,
    /// The message, if it decodes.
    pub message: Option<Message<'a>>,
    /// What it encodes to, if it does, with all bytes that followed it.
    pub encoded: Option<Vec<u8>>,
    /// Why it is not known, does not decode, or does not encode.
    pub problem: Option<String>,
}

impl Checked<'_> {
    /// Its name in the protocol, or its id.
    pub fn name(&self) -> String {
        match self.message.as_ref().and_then(Message::path) {
            Some(path) => path.rsplit('.').next().unwrap_or(path).to_owned(),
            None => format!("message {}", self.id),
        }
    }
}

/// Decodes a body and encodes it again.
pub fn check(channel: u8, side: Side, id: u16, body: &[u8]) -> Checked<'_> {
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

/// Where a body that was encoded again differs first from the original.
pub fn difference(
    channel: u8,
    side: Side,
    id: u16,
    original: &[u8],
    encoded: &[u8],
) -> Option<String> {
    let pairs = original.iter().zip(encoded);
    let first = pairs.clone().position(|(a, b)| a != b);
    let lengths = (original.len(), encoded.len());
    let at = match first {
        Some(at) => at,
        None if lengths.0 == lengths.1 => return None,
        None => lengths.0.min(lengths.1),
    };
    // A body that is cut off there lacks the field.
    let cut = original.get(..at).unwrap_or_default();
    let field = match Message::decode(channel, side, id, cut, Fds::none()) {
        Err(error) => format!("in {} (byte {})", error.field(), error.offset()),
        Ok(_) => "in the last field".to_owned(),
    };
    let byte = |bytes: &[u8]| match bytes.get(at) {
        Some(byte) => format!("{byte:#04x}"),
        None => "nothing".to_owned(),
    };
    Some(format!(
        "differs from byte {at} on, {field}: {} became {}; {} bytes became {}",
        byte(original),
        byte(encoded),
        lengths.0,
        lengths.1
    ))
}
