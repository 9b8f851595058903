//! `init`, the first message of a port.

use spice_messages::port::server::{Init, Message};
use spice_messages::webdav;
use spice_messages::wire::{Decode as _, Encode as _, Error, ErrorKind, Text};

/// Recorded from QEMU 7.2 with spice-server 0.15.1.
const RECORDED: &[u8] = &[
    0x17, 0x00, 0x00, 0x00, // name_size
    0x09, 0x00, 0x00, 0x00, // name
    0x01, // opened
    0x6f, 0x72, 0x67, 0x2e, 0x71, 0x65, 0x6d, 0x75, 0x2e, // org.qemu.
    0x6d, 0x6f, 0x6e, 0x69, 0x74, 0x6f, 0x72, 0x2e, // monitor.
    0x71, 0x6d, 0x70, 0x2e, 0x30, 0x00, // qmp.0 and its NUL
];

fn init(body: &[u8]) -> Init<'_> {
    match Message::decode(201, body).unwrap() {
        Message::Init(init) => init,
        other => panic!("{other:?}"),
    }
}

fn error_of(body: &[u8]) -> Error {
    let error = Message::decode(201, body).unwrap_err();
    assert_eq!(error.message(), Some("port.server.init"));
    let inherited = webdav::server::Message::decode(201, body).unwrap_err();
    assert_eq!(inherited.message(), Some("webdav.server.init"));
    assert_eq!(inherited.kind(), error.kind());
    assert_eq!(Init::decode(body).unwrap_err().message(), None);
    error
}

#[test]
fn recorded_message_survives_a_round_trip() {
    let init = init(RECORDED);
    assert_eq!(init.name.to_str(), Ok("org.qemu.monitor.qmp.0"));
    assert_eq!(init.name, "org.qemu.monitor.qmp.0");
    assert_eq!(init.name.wire_len(), 23);
    assert!(init.name.is_terminated());
    assert_eq!(init.opened, 1);
    assert_eq!(init.encode_to_vec().unwrap(), RECORDED);
    let borrowed = init.name.as_bytes().as_ptr();
    assert_eq!(borrowed, RECORDED[9..].as_ptr(), "the name was copied");
}

/// A string encodes as in a real server: its NUL is counted and sent.
#[test]
fn name_from_a_string_is_terminated() {
    let init = Init {
        name: "org.qemu.monitor.qmp.0".into(),
        opened: 1,
    };
    assert_eq!(init.encode_to_vec().unwrap(), RECORDED);
    let name = String::from("org.qemu.monitor.qmp.0");
    let owned: Init<'static> = Init {
        name: name.into(),
        opened: 1,
    };
    assert_eq!(owned, init);
}

#[test]
fn null_name_is_rejected() {
    let error = error_of(&[0x17, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert_eq!(error.kind(), ErrorKind::NullPointer);
    assert_eq!(error.kind().name(), "null_pointer");
    assert_eq!(error.field().to_string(), "name");
    assert_eq!(error.offset(), 4);
    assert_eq!(
        error.to_string(),
        "port.server.init: name (byte 4): the pointer is null"
    );
    // Null is also rejected if the size is zero.
    let error = error_of(&[0, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert_eq!(error.kind(), ErrorKind::NullPointer);
}

#[test]
fn unterminated_name_is_kept() {
    let body = b"\x03\0\0\0\x09\0\0\0\0abc";
    let init = init(body);
    assert_eq!(init.name.to_str(), Ok("abc"));
    assert_eq!(init.name.wire_len(), 3);
    assert!(!init.name.is_terminated());
    assert_eq!(init.opened, 0);
    assert_eq!(
        init.encode_to_vec().unwrap(),
        body,
        "the bytes are kept unchanged"
    );
}

/// An empty name gets an offset in range, since null is not allowed.
#[test]
fn empty_name_has_a_valid_offset() {
    let value = Init {
        name: Text::default(),
        opened: 1,
    };
    let body = value.encode_to_vec().unwrap();
    assert_eq!(body.len(), 9);
    assert_eq!(body[..4], [0, 0, 0, 0]);
    let offset = u32::from_le_bytes(body[4..8].try_into().unwrap()) as usize;
    assert!((1..body.len()).contains(&offset), "offset {offset}");
    assert_eq!(body[8], 1);
    assert_eq!(init(&body), value);
    // An empty string still has a NUL.
    let value = Init {
        name: "".into(),
        opened: 1,
    };
    assert_eq!(
        value.encode_to_vec().unwrap(),
        b"\x01\0\0\0\x09\0\0\0\x01\0"
    );
    assert_eq!(init(b"\x01\0\0\0\x09\0\0\0\x01\0").name, "");
}

#[test]
fn name_out_of_range_is_rejected() {
    let error = error_of(&[1, 0, 0, 0, 9, 0, 0, 0, 1]);
    let kind = ErrorKind::PointerOutOfRange {
        target: 9,
        length: 9,
    };
    assert_eq!(error.kind(), kind);
    assert_eq!(error.field().to_string(), "name");
    assert_eq!(error.offset(), 4);
    let error = error_of(b"\x05\0\0\0\x09\0\0\0\x01abc");
    let kind = ErrorKind::Truncated {
        needed: 5,
        available: 3,
    };
    assert_eq!(error.kind(), kind);
    assert_eq!(error.field().to_string(), "name");
    assert_eq!(error.offset(), 9);
}

#[test]
fn truncated_messages_are_rejected() {
    let fields = [("name_size", 0), ("name", 4), ("opened", 8)];
    for length in 0..9 {
        let error = error_of(&RECORDED[..length]);
        let (field, start) = fields[length / 4];
        assert_eq!(error.field().to_string(), field, "{length} bytes");
        assert_eq!(error.offset(), start, "{length} bytes");
    }
    for length in 9..RECORDED.len() {
        assert_eq!(error_of(&RECORDED[..length]).field().to_string(), "name");
    }
}
