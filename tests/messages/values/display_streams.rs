//! Video streams of the display channel.

use spice_messages::display::server;
use spice_messages::types;

use crate::values::bytes::bytes;
use crate::values::drawing::{assert_rect, rect};
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("display.server.stream_create", stream_create),
    ("display.server.stream_data", stream_data),
    ("display.server.stream_clip", stream_clip),
    ("display.server.stream_data_sized", stream_data_sized),
    (
        "display.server.stream_activate_report",
        stream_activate_report,
    ),
];

#[test]
fn stream_create() {
    let value = server::StreamCreate {
        surface_id: 0,
        id: 50,
        flags: types::StreamFlags::TOP_DOWN,
        codec_type: types::VideoCodecType::H264,
        stamp: 0x0a0b_0c0d_0e0f_1011,
        stream_width: 320,
        stream_height: 240,
        src_width: 640,
        src_height: 480,
        dest: rect(1, 2, 481, 642),
        clip: types::Clip {
            u: types::ClipU::Rects(types::ClipRects {
                rects: vec![rect(3, 4, 5, 6)].into(),
            }),
        },
    };
    let bytes = bytes(
        "00000000 32000000 01 03    # surface_id, id, flags, codec_type
         @10 11100f0e0d0c0b0a
         320u32 240u32 640u32 480u32
         @34 1i32 2i32 481i32 642i32
         @50 01 01000000 3i32 4i32 5i32 6i32 @71",
    );
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.stream_create",
        122,
        display::server::StreamCreate,
        &bytes
    );
    assert_eq!(got.surface_id, 0);
    assert_eq!(got.id, 50);
    assert_eq!(got.flags, types::StreamFlags::TOP_DOWN);
    assert_eq!(got.codec_type, types::VideoCodecType::H264);
    assert_eq!(got.codec_type.name(), Some("H264"));
    assert_eq!(got.stamp, 0x0a0b_0c0d_0e0f_1011);
    assert_eq!((got.stream_width, got.stream_height), (320, 240));
    assert_eq!((got.src_width, got.src_height), (640, 480));
    assert_rect(&got.dest, [1, 2, 481, 642]);
    let types::ClipU::Rects(clip) = &got.clip.u else {
        panic!("expected a clip");
    };
    assert_eq!(clip.rects.len(), 1);
    assert_rect(&clip.rects.get(0).unwrap(), [3, 4, 5, 6]);
    assert_eq!(got, value);
}

#[test]
fn stream_data() {
    let value = server::StreamData {
        base: types::StreamDataHeader {
            id: 50,
            multi_media_time: 1234,
        },
        data: (&[0xff, 0xd8, 0xff]).into(),
    };
    let bytes = bytes("50u32 1234u32 03000000 ffd8ff");
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.stream_data",
        123,
        display::server::StreamData,
        &bytes
    );
    assert_eq!(got.base.id, 50);
    assert_eq!(got.base.multi_media_time, 1234);
    assert_eq!(*got.data, [0xff, 0xd8, 0xff]);
    assert_eq!(got, value);
}

/// A large payload is borrowed while decoding and by I/O slices.
#[test]
fn large_stream_data_is_borrowed() {
    let frame = vec![0x5a; 20_000];
    let value = server::StreamData {
        base: types::StreamDataHeader {
            id: 1,
            multi_media_time: 2,
        },
        data: frame.as_slice().into(),
    };
    let mut expected = bytes("01000000 02000000 20000u32");
    expected.extend_from_slice(&frame);
    assert_encodes(&value, &expected);
    let mut io = spice_messages::wire::IoBody::default();
    spice_messages::wire::Encode::encode_io(&value, &mut io).unwrap();
    let borrowed: Vec<&[u8]> = io.borrowed().collect();
    assert_eq!(borrowed.len(), 1);
    assert_eq!(borrowed[0].as_ptr(), frame.as_ptr());
    assert_eq!(io.len(), 20_012);
    let got = received!(
        "display.server.stream_data",
        123,
        display::server::StreamData,
        &expected
    );
    assert_eq!(got.data.as_ptr(), expected[12..].as_ptr());
    assert_eq!(got.data.len(), 20_000);
}

#[test]
fn stream_clip() {
    let value = server::StreamClip {
        id: 7,
        clip: types::Clip {
            u: types::ClipU::Other {
                r#type: types::ClipType::NONE,
            },
        },
    };
    let without = bytes("07000000 00");
    assert_encodes(&value, &without);
    let got = received!(
        "display.server.stream_clip",
        124,
        display::server::StreamClip,
        &without
    );
    assert_eq!(got.id, 7);
    let types::ClipU::Other { r#type } = got.clip.u else {
        panic!("unexpected clip");
    };
    assert_eq!(r#type, types::ClipType::NONE);

    let value = server::StreamClip {
        id: 8,
        clip: types::Clip {
            u: types::ClipU::Rects(types::ClipRects {
                rects: vec![].into(),
            }),
        },
    };
    let empty = bytes("08000000 01 00000000");
    assert_encodes(&value, &empty);
    let got = received!(
        "display.server.stream_clip",
        124,
        display::server::StreamClip,
        &empty
    );
    assert_eq!(got.id, 8);
    let types::ClipU::Rects(clip) = &got.clip.u else {
        panic!("expected a clip");
    };
    assert!(clip.rects.is_empty());
}

#[test]
fn stream_data_sized() {
    let value = server::StreamDataSized {
        base: types::StreamDataHeader {
            id: 3,
            multi_media_time: 4,
        },
        width: 5,
        height: 6,
        dest: rect(7, 8, 9, 10),
        data: b"frame".into(),
    };
    let bytes = bytes(
        "3u32 4u32 5u32 6u32
         7i32 8i32 9i32 10i32
         @32 05000000 \"frame\"",
    );
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.stream_data_sized",
        316,
        display::server::StreamDataSized,
        &bytes
    );
    assert_eq!((got.base.id, got.base.multi_media_time), (3, 4));
    assert_eq!((got.width, got.height), (5, 6));
    assert_rect(&got.dest, [7, 8, 9, 10]);
    assert_eq!(*got.data, *b"frame");
    assert_eq!(got, value);
}

#[test]
fn stream_activate_report() {
    let value = server::StreamActivateReport {
        stream_id: 1,
        unique_id: 2,
        max_window_size: 5,
        timeout_ms: 1000,
    };
    let bytes = bytes("1u32 2u32 5u32 1000u32");
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.stream_activate_report",
        319,
        display::server::StreamActivateReport,
        &bytes
    );
    assert_eq!((got.stream_id, got.unique_id), (1, 2));
    assert_eq!((got.max_window_size, got.timeout_ms), (5, 1000));
}
