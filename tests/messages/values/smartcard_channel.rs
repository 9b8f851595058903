//! The smart card channel.

use spice_messages::{smartcard, types, wire};

use crate::values::bytes::bytes;
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("smartcard.server.data", server_data),
    ("smartcard.client.data", client_data),
];

#[test]
fn server_data() {
    let value = smartcard::server::Data {
        r#type: types::VscMessageType::APDU,
        reader_id: 1,
        data: (&[0x00, 0xa4, 0x04]).into(),
    };
    let bytes = bytes("07000000 01000000 03000000 00a404");
    assert_encodes(&value, &bytes);
    let got = received!(
        "smartcard.server.data",
        101,
        smartcard::server::Data,
        &bytes
    );
    assert_eq!(got.r#type, types::VscMessageType::APDU);
    assert_eq!(got.reader_id, 1);
    assert_eq!(*got.data, [0x00, 0xa4, 0x04]);
    assert_eq!(got, value);
}

#[test]
fn client_data() {
    let value = smartcard::client::Data {
        r#type: types::VscMessageType::INIT,
        reader_id: u32::MAX,
        data: (&[]).into(),
    };
    let bytes = bytes("01000000 ffffffff 00000000");
    assert_encodes(&value, &bytes);
    let got = received!(
        "smartcard.client.data",
        101,
        smartcard::client::Data,
        &bytes
    );
    assert_eq!(got.r#type, types::VscMessageType::INIT);
    assert_eq!(got.reader_id, u32::MAX);
    assert!(got.data.is_empty());
}

/// No message uses this type: a pointer to text that extends to the end of the message.
#[test]
fn reader_name() {
    let value = types::VscMessageReaderAdd {
        name: "Reader 1".into(),
    };
    let bytes = bytes("04000000 @4 \"Reader\" 20 \"1\" 00");
    assert_encodes(&value, &bytes);
    let got: types::VscMessageReaderAdd<'_> = wire::Decode::decode(&bytes).unwrap();
    assert_eq!(got.name.to_str(), Ok("Reader 1"));
    assert_eq!(got.name.wire_len(), 9);
    assert_eq!(got, value);
}
