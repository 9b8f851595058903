//! Fuzzes decoding and encoding with the body of a message.

use spice_messages::Message;
use spice_wire::{Encode, Fds, IntoOwned, IoBody, Reader, Result};

use crate::input::{Address, Input};

/// Decodes the rest of the input as a body. The body must be rejected with a field and an offset,
/// or survive every round trip.
pub fn messages(bytes: &[u8]) {
    let mut input = Input(bytes);
    let Some(address) = input.address() else {
        return;
    };
    let body = input.0;
    match decode(address, body) {
        Ok(message) => check(address, message),
        Err(error) => {
            assert!(error.offset() <= body.len(), "{error}");
            assert!(error.message().is_some(), "{error}");
            assert!(!error.field().to_string().is_empty(), "{error}");
        }
    }
}

fn decode(address: Address, body: &[u8]) -> Result<Message<'_>> {
    let Address { channel, side, id } = address;
    Message::decode(channel.into(), side, id, body, Fds::none())
}

/// Checks a decoded message.
fn check(address: Address, message: Message<'_>) {
    let Address { channel, side, id } = address;
    let found = (message.channel_type().0, message.side(), message.id());
    assert_eq!(found, (channel, side, id));
    let encoded = message.encode_to_vec();
    let Ok(encoded) = encoded else {
        unreachable!("a decoded message cannot be encoded: {encoded:?}: {message:?}");
    };
    round_trip(&message, &encoded);
    let mut reader = Reader::new(&encoded);
    let again = Message::decode_from(channel.into(), side, id, &mut reader);
    assert_eq!(again.as_ref(), Ok(&message));
    assert_eq!(reader.trailing(), b"", "{message:?}");
    let owned = message.clone().into_owned();
    assert_eq!(owned, message);
    assert_eq!(owned.encode_to_vec().as_ref(), Ok(&encoded));
}

/// Checks that every way to encode gives the same bytes.
pub fn round_trip(message: &impl Encode, encoded: &[u8]) {
    // The writer takes different paths for a full buffer and for one with room.
    for room in [0, 4096] {
        let mut buffer = vec![0xee; 3];
        buffer.reserve_exact(room);
        assert_eq!(message.encode(&mut buffer), Ok(()));
        assert_eq!(buffer.strip_prefix(&[0xee; 3]), Some(encoded));
    }
    let mut slices = IoBody::default();
    assert_eq!(message.encode_io(&mut slices), Ok(()));
    assert_eq!(slices.slices().collect::<Vec<_>>().concat(), encoded);
    assert_eq!(slices.len(), encoded.len());
    for payload in slices.borrowed() {
        assert!(payload.len() >= spice_wire::IoBody::MIN_PAYLOAD);
    }
}
