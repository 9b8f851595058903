//! Channels that carry a byte stream. `tests/port_channel` has more tests of the port channel.

use spice_messages::{port, types, webdav};

use crate::values::bytes::bytes;
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("spicevmc.server.data", data),
    ("spicevmc.server.compressed_data", server_compressed_data),
    ("spicevmc.client.compressed_data", client_compressed_data),
    ("port.server.init", init),
    ("port.server.event", server_event),
    ("port.client.event", client_event),
];

#[test]
fn data() {
    let value = types::Data {
        data: (&[1, 2]).into(),
    };
    let bytes = bytes("0102");
    assert_encodes(&value, &bytes);
    let got = received!("spicevmc.server.data", 101, spicevmc::server::Data, &bytes);
    assert_eq!(*got.data, [1, 2]);
    let got = received!("usbredir.client.data", 101, usbredir::client::Data, &bytes);
    assert_eq!(*got.data, [1, 2]);
}

#[test]
fn server_compressed_data() {
    let value = types::CompressedData {
        u: types::CompressedDataU::UncompressedSize {
            r#type: types::DataCompressionType::LZ4,
            value: 1000,
        },
        compressed_data: b"lz4".into(),
    };
    let bytes = bytes("01 1000u32 \"lz4\"");
    assert_encodes(&value, &bytes);
    let got = received!(
        "spicevmc.server.compressed_data",
        102,
        spicevmc::server::CompressedData,
        &bytes
    );
    let types::CompressedDataU::UncompressedSize {
        r#type,
        value: size,
    } = got.u
    else {
        panic!("expected a size");
    };
    assert_eq!(r#type, types::DataCompressionType::LZ4);
    assert_eq!(size, 1000);
    assert_eq!(*got.compressed_data, *b"lz4");
    assert_eq!(got, value);
}

#[test]
fn client_compressed_data() {
    let value = types::CompressedData {
        u: types::CompressedDataU::None(types::EmptyStructure {}),
        compressed_data: b"plain".into(),
    };
    let bytes = bytes("00 \"plain\"");
    assert_encodes(&value, &bytes);
    let got = received!(
        "spicevmc.client.compressed_data",
        102,
        spicevmc::client::CompressedData,
        &bytes
    );
    let types::CompressedDataU::None(types::EmptyStructure {}) = got.u else {
        panic!("unexpected size");
    };
    assert_eq!(*got.compressed_data, *b"plain");
    assert_eq!(got, value);
}

#[test]
fn init() {
    let value = port::server::Init {
        name: "org.spice-space.webdav.0".into(),
        opened: 1,
    };
    let bytes = bytes("19000000 09000000 01 \"org.spice-space.webdav.0\" 00");
    assert_encodes(&value, &bytes);
    let got = received!("port.server.init", 201, port::server::Init, &bytes);
    assert_eq!(got.name.to_str(), Ok("org.spice-space.webdav.0"));
    assert_eq!(got.opened, 1);
    let inherited = webdav::server::Message::decode(201, &bytes).unwrap();
    assert_eq!(inherited.path(), Some("webdav.server.init"));
    let webdav::server::Message::Init(body) = inherited else {
        panic!("unexpected message");
    };
    assert_eq!(body, got);
}

#[test]
fn server_event() {
    let value = port::server::Event { event: 2 };
    let bytes = bytes("02");
    assert_encodes(&value, &bytes);
    let got = received!("port.server.event", 202, port::server::Event, &bytes);
    assert_eq!(got.event, 2);
}

#[test]
fn client_event() {
    let value = port::client::Event { event: 1 };
    let bytes = bytes("01");
    assert_encodes(&value, &bytes);
    let got = received!("port.client.event", 201, port::client::Event, &bytes);
    assert_eq!(got.event, 1);
}
