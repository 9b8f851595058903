//! The main channel: session, agent and migration.

use spice_messages::main::{client, server};
use spice_messages::types;
use spice_messages::wire::Text;

use crate::values::bytes::bytes;
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("main.server.migrate_begin", migrate_begin),
    ("main.server.init", init),
    ("main.server.channels_list", channels_list),
    ("main.server.mouse_mode", mouse_mode),
    ("main.server.migrate_switch_host", migrate_switch_host),
    ("main.server.name", name),
    ("main.server.uuid", uuid),
    ("main.server.migrate_begin_seamless", migrate_begin_seamless),
    ("main.client.client_info", client_info),
    ("main.client.agent_data", agent_data),
];

#[test]
fn migrate_begin() {
    let value = server::MigrateBegin {
        dst_info: types::DstInfo {
            port: 5900,
            sport: 5901,
            host_data: "10.0.0.7".into(),
            cert_subject_data: Text::from("CN=new"),
        },
    };
    let bytes = bytes(
        "5900u16 5901u16
         09000000 14000000          # host_size with the NUL, host_data at 20
         07000000 1d000000          # cert_subject_size, cert_subject_data at 29
         @20 \"10.0.0.7\" 00
         @29 \"CN=new\" 00",
    );
    assert_encodes(&value, &bytes);
    let got = received!(
        "main.server.migrate_begin",
        101,
        main::server::MigrateBegin,
        &bytes
    );
    assert_eq!(got.dst_info.port, 5900);
    assert_eq!(got.dst_info.sport, 5901);
    assert_eq!(got.dst_info.host_data.to_str(), Ok("10.0.0.7"));
    assert_eq!(got.dst_info.host_data.wire_len(), 9);
    assert!(got.dst_info.host_data.is_terminated());
    assert_eq!(got.dst_info.cert_subject_data, "CN=new");
    assert_eq!(got, value);
}

/// The certificate subject is null. The empty host must not be null, so its pointer is in range.
#[test]
fn migrate_begin_without_host_and_certificate() {
    let value = server::MigrateBegin {
        dst_info: types::DstInfo {
            port: 1,
            ..Default::default()
        },
    };
    let bytes = bytes("0100 0000 00000000 01000000 00000000 00000000");
    assert_encodes(&value, &bytes);
    let got = received!(
        "main.server.migrate_begin",
        101,
        main::server::MigrateBegin,
        &bytes
    );
    assert_eq!(got.dst_info.host_data, "");
    assert_eq!(got.dst_info.host_data.wire_len(), 0);
    assert!(!got.dst_info.cert_subject_data.is_terminated());
    assert_eq!(got, value);
}

#[test]
fn migrate_begin_seamless() {
    let value = server::MigrateBeginSeamless {
        dst_info: types::DstInfo {
            port: 0,
            sport: 65535,
            host_data: "h".into(),
            cert_subject_data: Text::default(),
        },
        src_mig_version: 2,
    };
    let bytes = bytes(
        "0000 ffff
         02000000 18000000          # host_data at 24
         00000000 00000000          # no certificate
         02000000                   # src_mig_version
         @24 \"h\" 00",
    );
    assert_encodes(&value, &bytes);
    let got = received!(
        "main.server.migrate_begin_seamless",
        116,
        main::server::MigrateBeginSeamless,
        &bytes
    );
    assert_eq!(got.dst_info.port, 0);
    assert_eq!(got.dst_info.sport, 65535);
    assert_eq!(got.dst_info.host_data, "h");
    assert_eq!(got.dst_info.cert_subject_data.wire_len(), 0);
    assert_eq!(got.src_mig_version, 2);
    assert_eq!(got, value);
}

/// Text without a NUL keeps its bytes.
#[test]
fn migrate_switch_host() {
    let value = server::MigrateSwitchHost {
        port: 3128,
        sport: 0,
        host_data: Text::from_wire(b"name"),
        cert_subject_data: Text::from_wire(b"O=a\0b\0"),
    };
    let bytes = bytes(
        "3128u16 0000
         04000000 14000000
         06000000 18000000
         @20 \"name\"
         @24 \"O=a\" 00 \"b\" 00",
    );
    assert_encodes(&value, &bytes);
    let got = received!(
        "main.server.migrate_switch_host",
        111,
        main::server::MigrateSwitchHost,
        &bytes
    );
    assert_eq!(got.port, 3128);
    assert_eq!(got.sport, 0);
    assert_eq!(got.host_data.to_str(), Ok("name"));
    assert_eq!(got.host_data.wire_len(), 4);
    assert!(!got.host_data.is_terminated());
    assert_eq!(got.cert_subject_data.as_bytes(), b"O=a");
    assert_eq!(got.cert_subject_data.wire_len(), 6);
    assert!(got.cert_subject_data.is_terminated());
    assert_eq!(got, value);
}

#[test]
fn init() {
    let value = server::Init {
        session_id: 0x1234_5678,
        display_channels_hint: 1,
        supported_mouse_modes: 3,
        current_mouse_mode: 2,
        agent_connected: 1,
        agent_tokens: 10,
        multi_media_time: 99,
        ram_hint: 1 << 26,
    };
    let bytes = bytes(
        "78563412 01000000 03000000 02000000
         01000000 0a000000 63000000 00000004",
    );
    assert_encodes(&value, &bytes);
    let got = received!("main.server.init", 103, main::server::Init, &bytes);
    assert_eq!(got.session_id, 0x1234_5678);
    assert_eq!(got.display_channels_hint, 1);
    assert_eq!(got.supported_mouse_modes, 3);
    assert_eq!(got.current_mouse_mode, 2);
    assert_eq!(got.agent_connected, 1);
    assert_eq!(got.agent_tokens, 10);
    assert_eq!(got.multi_media_time, 99);
    assert_eq!(got.ram_hint, 1 << 26);
}

#[test]
fn channels_list() {
    let channels = [
        types::ChannelId { r#type: 2, id: 0 },
        types::ChannelId { r#type: 2, id: 1 },
        types::ChannelId { r#type: 10, id: 3 },
    ];
    let value = server::ChannelsList {
        channels: (&channels).into(),
    };
    let bytes = bytes("03000000 0200 0201 0a03");
    assert_encodes(&value, &bytes);
    let got = received!(
        "main.server.channels_list",
        104,
        main::server::ChannelsList,
        &bytes
    );
    let read: Vec<(u8, u8)> = got.channels.iter().map(|c| (c.r#type, c.id)).collect();
    assert_eq!(read, [(2, 0), (2, 1), (10, 3)]);
    assert_eq!(got, value);
}

#[test]
fn mouse_mode() {
    let value = server::MouseMode {
        supported_modes: types::MouseMode::SERVER | types::MouseMode::CLIENT,
        current_mode: types::MouseMode::CLIENT,
    };
    let bytes = bytes("0300 0200");
    assert_encodes(&value, &bytes);
    let got = received!(
        "main.server.mouse_mode",
        105,
        main::server::MouseMode,
        &bytes
    );
    assert!(got.supported_modes.contains(types::MouseMode::SERVER));
    assert!(got.supported_modes.contains(types::MouseMode::CLIENT));
    assert_eq!(got.current_mode, types::MouseMode::CLIENT);
}

#[test]
fn name() {
    let value = server::Name {
        name: b"vm\xc3\xa9".into(),
    };
    let bytes = bytes("04000000 766dc3a9");
    assert_encodes(&value, &bytes);
    let got = received!("main.server.name", 113, main::server::Name, &bytes);
    assert_eq!(std::str::from_utf8(&got.name), Ok("vmé"));
}

#[test]
fn uuid() {
    let value = server::Uuid {
        uuid: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255],
    };
    let bytes = bytes("000102030405060708090a0b0c0d0eff");
    assert_encodes(&value, &bytes);
    let got = received!("main.server.uuid", 114, main::server::Uuid, &bytes);
    assert_eq!(got.uuid[10], 10);
    assert_eq!(got.uuid, value.uuid);
}

#[test]
fn client_info() {
    let value = client::ClientInfo {
        cache_size: 0x1_0000_0000,
    };
    let bytes = bytes("00000000 01000000");
    assert_encodes(&value, &bytes);
    let got = received!(
        "main.client.client_info",
        101,
        main::client::ClientInfo,
        &bytes
    );
    assert_eq!(got.cache_size, 0x1_0000_0000);
}

#[test]
fn agent_data() {
    let value = types::Data {
        data: vec![1, 2, 3].into(),
    };
    let bytes = bytes("010203");
    assert_encodes(&value, &bytes);
    let got = received!(
        "main.client.agent_data",
        107,
        main::client::AgentData,
        &bytes
    );
    assert_eq!(*got.data, [1, 2, 3]);
    let empty = received!("main.client.agent_data", 107, main::client::AgentData, &[]);
    assert!(empty.data.is_empty());
}
