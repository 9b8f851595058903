//! Helpers for the tests of values.

use spice_messages::wire::{Encode, IoBody};

use crate::values::bytes::hex;

/// Paths of messages with their tests.
pub type Cases = &'static [(&'static str, fn())];

/// Checks that every way of encoding a value gives the same bytes.
#[track_caller]
pub fn assert_encodes(value: &impl Encode, expected: &[u8]) {
    assert_eq!(
        hex(&value.encode_to_vec().unwrap()),
        hex(expected),
        "to_vec"
    );
    // The writer takes different paths for a full buffer and for one with room.
    for room in [0, 4096] {
        let mut appended = Vec::from(b"before");
        appended.reserve_exact(room);
        value.encode(&mut appended).unwrap();
        assert_eq!(hex(&appended[6..]), hex(expected), "encode, room {room}");
    }
    let mut io = IoBody::default();
    value.encode_io(&mut io).unwrap();
    let slices: Vec<u8> = io.slices().flatten().copied().collect();
    assert_eq!(hex(&slices), hex(expected), "encode_io");
}

/// Decodes a message of a channel, checks its path, id and re-encoded bytes, and returns its body:
/// `received!("port.server.init", 201, port::server::Init, &bytes)`.
macro_rules! received {
    ($path:literal, $id:literal, $channel:ident::$side:ident::$variant:ident, $bytes:expr) => {{
        use spice_messages::wire::{Encode as _, IntoOwned as _};
        use spice_messages::$channel::$side::Message;
        let bytes: &[u8] = $bytes;
        let message = Message::decode($id, bytes).unwrap();
        assert_eq!(message.path(), Some($path));
        assert_eq!(message.name(), $path.split('.').nth(2));
        assert_eq!(message.id(), $id);
        let again = message.encode_to_vec().unwrap();
        assert_eq!(
            crate::values::bytes::hex(&again),
            crate::values::bytes::hex(bytes)
        );
        let owned: Message<'static> = message.clone().into_owned();
        assert_eq!(owned, message);
        match message {
            Message::$variant(body) => body,
            other => panic!("{other:?}"),
        }
    }};
}
