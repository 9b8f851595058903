//! Messages of the base channel, which every channel has.

use spice_messages::base::{client, server};
use spice_messages::types;

use crate::values::bytes::bytes;
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("base.server.migrate", migrate),
    ("base.server.migrate_data", migrate_data),
    ("base.server.set_ack", set_ack),
    ("base.server.ping", ping),
    ("base.server.wait_for_channels", wait_for_channels),
    ("base.server.disconnecting", server_disconnecting),
    ("base.server.notify", notify),
    ("base.server.base_last", base_last),
    ("base.client.ack_sync", ack_sync),
    ("base.client.pong", pong),
    ("base.client.disconnecting", client_disconnecting),
];

#[test]
fn migrate() {
    let value = server::Migrate {
        flags: types::MigrateFlags::NEED_FLUSH | types::MigrateFlags::NEED_DATA_TRANSFER,
    };
    let bytes = bytes("03000000");
    assert_encodes(&value, &bytes);
    let got = received!("base.server.migrate", 1, base::server::Migrate, &bytes);
    assert!(got.flags.contains(types::MigrateFlags::NEED_FLUSH));
    assert!(got.flags.contains(types::MigrateFlags::NEED_DATA_TRANSFER));
    assert_eq!(got.flags.bits(), 3);
    assert_eq!(got, value);
}

#[test]
fn migrate_data() {
    let value = types::Data {
        data: b"\x00state\xff".into(),
    };
    let bytes = bytes("00 \"state\" ff");
    assert_encodes(&value, &bytes);
    let got = received!(
        "base.server.migrate_data",
        2,
        base::server::MigrateData,
        &bytes
    );
    assert_eq!(*got.data, *b"\x00state\xff");
    assert_eq!(got, value);
}

#[test]
fn set_ack() {
    let value = server::SetAck {
        generation: 1,
        window: 20,
    };
    let bytes = bytes("01000000 14000000");
    assert_encodes(&value, &bytes);
    let got = received!("base.server.set_ack", 3, base::server::SetAck, &bytes);
    assert_eq!(got.generation, 1);
    assert_eq!(got.window, 20);
    assert_eq!(got, value);
}

#[test]
fn ping() {
    let value = server::Ping {
        id: 7,
        timestamp: 0x0102_0304_0506_0708,
        data: (&[0xaa, 0xbb]).into(),
    };
    let bytes = bytes("07000000 0807060504030201 aabb");
    assert_encodes(&value, &bytes);
    let got = received!("base.server.ping", 4, base::server::Ping, &bytes);
    assert_eq!(got.id, 7);
    assert_eq!(got.timestamp, 0x0102_0304_0506_0708);
    assert_eq!(*got.data, [0xaa, 0xbb]);
    assert_eq!(got, value);
}

#[test]
fn wait_for_channels() {
    let value = server::WaitForChannels {
        wait_list: vec![
            types::ChannelWait {
                channel_type: 2,
                channel_id: 1,
                message_serial: 300,
            },
            types::ChannelWait {
                channel_type: 4,
                channel_id: 0,
                message_serial: u64::MAX,
            },
        ]
        .into(),
    };
    let bytes = bytes(
        "02                         # wait_count
         02 01 300u64
         04 00 ffffffffffffffff",
    );
    assert_encodes(&value, &bytes);
    let got = received!(
        "base.server.wait_for_channels",
        5,
        base::server::WaitForChannels,
        &bytes
    );
    assert_eq!(got.wait_list.len(), 2);
    let first = got.wait_list.get(0).unwrap();
    assert_eq!((first.channel_type, first.channel_id), (2, 1));
    assert_eq!(first.message_serial, 300);
    let second = got.wait_list.get(1).unwrap();
    assert_eq!((second.channel_type, second.channel_id), (4, 0));
    assert_eq!(second.message_serial, u64::MAX);
    assert_eq!(got.wait_list.get(2), None);
    assert_eq!(got, value);
}

#[test]
fn server_disconnecting() {
    let value = server::Disconnecting {
        time_stamp: 1_000,
        reason: types::LinkErr::NEED_SECURED,
    };
    let bytes = bytes("e803000000000000 05000000");
    assert_encodes(&value, &bytes);
    let got = received!(
        "base.server.disconnecting",
        6,
        base::server::Disconnecting,
        &bytes
    );
    assert_eq!(got.time_stamp, 1_000);
    assert_eq!(got.reason, types::LinkErr::NEED_SECURED);
    assert_eq!(got.reason.name(), Some("NEED_SECURED"));
    assert_eq!(got, value);
}

#[test]
fn notify() {
    let value = server::Notify {
        time_stamp: 5,
        severity: types::NotifySeverity::WARN,
        visibilty: types::NotifyVisibility::HIGH,
        what: 9,
        message: b"low disk".into(),
    };
    let bytes = bytes(
        "05000000 00000000          # time_stamp
         01000000 02000000 09000000 # severity, visibility, what
         08000000                   # message_len
         \"low\" 20 \"disk\"",
    );
    assert_encodes(&value, &bytes);
    let got = received!("base.server.notify", 7, base::server::Notify, &bytes);
    assert_eq!(got.time_stamp, 5);
    assert_eq!(got.severity, types::NotifySeverity::WARN);
    assert_eq!(got.visibilty, types::NotifyVisibility::HIGH);
    assert_eq!(got.what, 9);
    assert_eq!(*got.message, *b"low disk");
    assert_eq!(got, value);
    // Real servers append a NUL that `message_len` does not count.
    let mut followed = bytes.clone();
    followed.push(0);
    let server::Message::Notify(got) = server::Message::decode(7, &followed).unwrap() else {
        panic!("unexpected message");
    };
    assert_eq!(got, value);
}

#[test]
fn base_last() {
    let value = types::Empty {};
    assert_encodes(&value, &[]);
    let got = received!("base.server.base_last", 100, base::server::BaseLast, &[]);
    assert_eq!(got, value);
}

#[test]
fn ack_sync() {
    let value = client::AckSync {
        generation: 0x8000_0001,
    };
    let bytes = bytes("01000080");
    assert_encodes(&value, &bytes);
    let got = received!("base.client.ack_sync", 1, base::client::AckSync, &bytes);
    assert_eq!(got.generation, 0x8000_0001);
}

#[test]
fn pong() {
    let value = client::Pong {
        id: 7,
        timestamp: 1 << 40,
    };
    let bytes = bytes("07000000 0000000000010000");
    assert_encodes(&value, &bytes);
    let got = received!("base.client.pong", 3, base::client::Pong, &bytes);
    assert_eq!(got.id, 7);
    assert_eq!(got.timestamp, 1 << 40);
}

#[test]
fn client_disconnecting() {
    let value = client::Disconnecting {
        time_stamp: 2,
        reason: types::LinkErr::OK,
    };
    let bytes = bytes("0200000000000000 00000000");
    assert_encodes(&value, &bytes);
    let got = received!(
        "base.client.disconnecting",
        6,
        base::client::Disconnecting,
        &bytes
    );
    assert_eq!(got.time_stamp, 2);
    assert_eq!(got.reason, types::LinkErr::OK);
}
