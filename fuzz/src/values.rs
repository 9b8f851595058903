//! Fuzzes encoding with arbitrary values.

use arbitrary::{Arbitrary, Unstructured};
use spice_wire::{Encode, IntoOwned, IoBody, Reader};

use crate::input::Input;
use crate::messages::round_trip;

/// Messages with pointees after an array to the end of the message. Decoding reads these pointees
/// as elements of the array.
const AMBIGUOUS: &[&str] = &["bounds.server.tree", "descriptors.server.chosen"];

/// Makes a message of a module's protocol and checks it.
macro_rules! check {
    ($bytes:ident, $($module:ident)::+) => {{
        use $($module)::+::Message;
        let Ok(message) = Message::arbitrary(&mut Unstructured::new($bytes)) else {
            return;
        };
        let encoded = match message.encode_to_vec() {
            Ok(encoded) => encoded,
            Err(error) => return check_rejected(&message, &error),
        };
        round_trip(&message, &encoded);
        let (channel, side, id) = (message.channel_type(), message.side(), message.id());
        let mut reader = Reader::new(&encoded);
        let again = Message::decode_from(channel, side, id, &mut reader);
        match message.path().is_some_and(|path| AMBIGUOUS.contains(&path)) {
            true => assert!(again.is_ok(), "{message:?} came back as {again:?}"),
            false => assert_eq!(again.as_ref(), Ok(&message)),
        }
        assert_eq!(reader.trailing(), b"", "{message:?}");
        let owned = message.clone().into_owned();
        assert_eq!(owned, message);
        assert_eq!(owned.encode_to_vec().as_ref(), Ok(&encoded));
    }};
}

/// Returns the check of each conformance proto.
macro_rules! conformance {
    ($($name:ident)*) => {
        &[$(|bytes| check!(bytes, spice_proto::$name)),*]
    };
}

const CONFORMANCE: &[fn(&[u8])] = with_conformance_protos!(conformance);

/// Makes a message from the input and encodes it. The first byte selects the proto. The value must
/// be rejected by every way to encode, or survive a round trip.
pub fn values(bytes: &[u8]) {
    let mut input = Input(bytes);
    let Some(proto) = input.byte() else { return };
    let bytes = input.0;
    match CONFORMANCE.get(usize::from(proto)) {
        Some(check) => check(bytes),
        None => check!(bytes, spice_messages),
    }
}

/// Checks that an inconsistent value writes no bytes.
fn check_rejected(message: &impl Encode, error: &spice_wire::Error) {
    let mut buffer = vec![1, 2, 3];
    assert_eq!(message.encode(&mut buffer).as_ref(), Err(error));
    assert_eq!(buffer, [1, 2, 3]);
    buffer.reserve(4096);
    assert_eq!(message.encode(&mut buffer).as_ref(), Err(error));
    assert_eq!(buffer, [1, 2, 3]);
    let mut body = IoBody::default();
    assert_eq!(message.encode_io(&mut body).as_ref(), Err(error));
    assert!(body.is_empty());
    assert!(!error.field().to_string().is_empty(), "{error}");
}
