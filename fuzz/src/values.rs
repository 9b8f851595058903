//! Values that nobody received: made from bytes, encoded, decoded.

use arbitrary::{Arbitrary, Unstructured};
use spice_wire::{Cursor, Encode, Fds, IntoOwned};

use crate::input::Input;
use crate::messages::round_trip;

/// Messages with an array to the end of the message that is not the last thing in it: pointees follow,
/// which are read as elements of it.
const AMBIGUOUS: &[&str] = &["bounds.server.tree", "descriptors.server.chosen"];

/// Makes a message of the proto in a module out of bytes, and checks it.
macro_rules! check {
    ($bytes:ident, $($module:ident)::+) => {{
        use $($module)::+::Message;
        let Ok(message) = Message::arbitrary(&mut Unstructured::new($bytes)) else {
            return;
        };
        let encoded = match message.encode_to_vec() {
            Ok(encoded) => encoded,
            Err(error) => return refused(&message, error),
        };
        round_trip(&message, &encoded);
        let (channel, side, id) = (message.channel_type(), message.side(), message.id());
        let mut cursor = Cursor::with_fds(&encoded, Fds::none());
        let again = Message::decode_from(channel, side, id, &mut cursor);
        match message.path().is_some_and(|path| AMBIGUOUS.contains(&path)) {
            true => assert!(again.is_ok(), "{message:?} came back as {again:?}"),
            false => assert_eq!(again.as_ref(), Ok(&message)),
        }
        assert_eq!(cursor.trailing(), b"", "{message:?}");
        let owned = message.clone().into_owned();
        assert_eq!(owned, message);
        assert_eq!(owned.encode_to_vec().as_ref(), Ok(&encoded));
    }};
}

/// A check for each conformance proto.
macro_rules! conformance {
    ($($name:ident)*) => {
        &[$(|bytes| check!(bytes, spice_proto::$name)),*]
    };
}

const CONFORMANCE: &[fn(&[u8])] = with_conformance_protos!(conformance);

/// The first byte chooses the proto, the others make a value of one of its messages: it is refused by
/// all ways to encode, or comes back as it was.
pub fn values(bytes: &[u8]) {
    let mut input = Input(bytes);
    let Some(proto) = input.byte() else { return };
    let bytes = input.0;
    match CONFORMANCE.get(usize::from(proto)) {
        Some(check) => check(bytes),
        None => check!(bytes, spice_messages),
    }
}

/// A value whose parts disagree: nothing of it is written.
fn refused(message: &impl Encode, error: spice_wire::Error) {
    let mut buffer = vec![1, 2, 3];
    assert_eq!(message.encode(&mut buffer), Err(error));
    assert_eq!(buffer, [1, 2, 3]);
    buffer.reserve(4096);
    assert_eq!(message.encode(&mut buffer), Err(error));
    assert_eq!(buffer, [1, 2, 3]);
    assert_eq!(message.encode_io().map(drop), Err(error));
    assert!(!error.field().to_string().is_empty(), "{error}");
}
