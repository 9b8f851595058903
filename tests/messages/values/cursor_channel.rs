//! The cursor channel.

use spice_messages::cursor::server;
use spice_messages::types::{self, CursorFlags, CursorU};

use crate::values::bytes::bytes;
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("cursor.server.init", init),
    ("cursor.server.set", set),
    ("cursor.server.move", move_),
    ("cursor.server.trail", trail),
    ("cursor.server.inval_one", inval_one),
];

fn header() -> types::CursorHeader {
    types::CursorHeader {
        unique: 0xfeed,
        r#type: types::CursorType::MONO,
        width: 16,
        height: 1,
        hot_spot_x: 3,
        hot_spot_y: 4,
    }
}

const HEADER: &str = "edfe000000000000 01 1000 0100 0300 0400 ";

#[track_caller]
fn assert_header(cursor: &types::SpiceCursor<'_>) {
    let CursorU::Header(header) = &cursor.u else {
        panic!("expected a header");
    };
    assert_eq!(header.unique, 0xfeed);
    assert_eq!(header.r#type, types::CursorType::MONO);
    assert_eq!((header.width, header.height), (16, 1));
    assert_eq!((header.hot_spot_x, header.hot_spot_y), (3, 4));
}

#[test]
fn init() {
    let value = server::Init {
        position: types::Point16 { x: -1, y: 2 },
        trail_length: 5,
        trail_frequency: 6,
        visible: 1,
        cursor: types::SpiceCursor {
            flags: CursorFlags::CACHE_ME,
            u: CursorU::Header(header()),
            data: (&[0x0f, 0xf0, 0xaa, 0x55]).into(),
        },
    };
    let bytes = bytes(&format!(
        "ffff 0200 0500 0600 01 @9 0200 {HEADER} @28 0ff0aa55"
    ));
    assert_encodes(&value, &bytes);
    let got = received!("cursor.server.init", 101, cursor::server::Init, &bytes);
    assert_eq!((got.position.x, got.position.y), (-1, 2));
    assert_eq!((got.trail_length, got.trail_frequency), (5, 6));
    assert_eq!(got.visible, 1);
    assert_eq!(got.cursor.flags, CursorFlags::CACHE_ME);
    assert_header(&got.cursor);
    assert_eq!(*got.cursor.data, [0x0f, 0xf0, 0xaa, 0x55]);
    assert_eq!(got, value);
}

/// With the flag `NONE`, there is no header.
#[test]
fn init_without_cursor() {
    let value = server::Init {
        visible: 0,
        cursor: types::SpiceCursor {
            flags: CursorFlags::NONE,
            u: CursorU::Absent,
            data: (&[]).into(),
        },
        ..Default::default()
    };
    let bytes = bytes("0000 0000 0000 0000 00 0100");
    assert_encodes(&value, &bytes);
    let got = received!("cursor.server.init", 101, cursor::server::Init, &bytes);
    assert_eq!(got.visible, 0);
    assert_eq!(got.cursor.flags, CursorFlags::NONE);
    assert_eq!(got.cursor.u, CursorU::Absent);
    assert!(got.cursor.data.is_empty());
    assert_eq!(got, value);
}

#[test]
fn set() {
    let value = server::Set {
        position: types::Point16 { x: 1, y: i16::MIN },
        visible: 1,
        cursor: types::SpiceCursor {
            flags: CursorFlags::FROM_CACHE,
            u: CursorU::Header(header()),
            data: (&[]).into(),
        },
    };
    let bytes = bytes(&format!("0100 0080 01 0400 {HEADER} @24"));
    assert_encodes(&value, &bytes);
    let got = received!("cursor.server.set", 103, cursor::server::Set, &bytes);
    assert_eq!((got.position.x, got.position.y), (1, i16::MIN));
    assert_eq!(got.visible, 1);
    assert_eq!(got.cursor.flags, CursorFlags::FROM_CACHE);
    assert_header(&got.cursor);
    assert!(got.cursor.data.is_empty());
    assert_eq!(got, value);
}

/// The header is present unless the flag `NONE` is set, whatever other flags are set.
#[test]
fn header_depends_only_on_the_none_flag() {
    let value = server::Set {
        cursor: types::SpiceCursor {
            flags: CursorFlags::empty(),
            u: CursorU::Header(header()),
            data: b"px".into(),
        },
        ..Default::default()
    };
    let with_header = bytes(&format!("0000 0000 00 0000 {HEADER} \"px\""));
    assert_encodes(&value, &with_header);
    let got = received!("cursor.server.set", 103, cursor::server::Set, &with_header);
    assert!(got.cursor.flags.is_empty());
    assert_header(&got.cursor);
    assert_eq!(*got.cursor.data, *b"px");

    let value = server::Set {
        cursor: types::SpiceCursor {
            flags: CursorFlags::NONE | CursorFlags::CACHE_ME,
            u: CursorU::Absent,
            data: b"px".into(),
        },
        ..Default::default()
    };
    let without = bytes("0000 0000 00 0300 \"px\"");
    assert_encodes(&value, &without);
    let got = received!("cursor.server.set", 103, cursor::server::Set, &without);
    assert_eq!(got.cursor.flags.bits(), 3);
    assert_eq!(got.cursor.u, CursorU::Absent);
    assert_eq!(*got.cursor.data, *b"px");
}

#[test]
fn move_() {
    let value = server::Move {
        position: types::Point16 { x: 300, y: -300 },
    };
    let bytes = bytes("300i16 -300i16");
    assert_encodes(&value, &bytes);
    let got = received!("cursor.server.move", 104, cursor::server::Move, &bytes);
    assert_eq!((got.position.x, got.position.y), (300, -300));
}

#[test]
fn trail() {
    let value = server::Trail {
        length: 258,
        frequency: 1,
    };
    let bytes = bytes("0201 0100");
    assert_encodes(&value, &bytes);
    let got = received!("cursor.server.trail", 106, cursor::server::Trail, &bytes);
    assert_eq!((got.length, got.frequency), (258, 1));
}

#[test]
fn inval_one() {
    let value = server::InvalOne { id: 0xfeed };
    let bytes = bytes("65261u64");
    assert_encodes(&value, &bytes);
    let got = received!(
        "cursor.server.inval_one",
        107,
        cursor::server::InvalOne,
        &bytes
    );
    assert_eq!(got.id, 0xfeed);
}
