//! Client messages of the display channel.

use spice_messages::display::client;
use spice_messages::types;

use crate::values::bytes::bytes;
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("display.client.init", init),
    ("display.client.stream_report", stream_report),
    (
        "display.client.preferred_compression",
        preferred_compression,
    ),
    (
        "display.client.preferred_video_codec_type",
        preferred_video_codec_type,
    ),
];

#[test]
fn init() {
    let value = client::Init {
        pixmap_cache_id: 1,
        pixmap_cache_size: -2,
        glz_dictionary_id: 3,
        glz_dictionary_window_size: i32::MIN,
    };
    let bytes = bytes("01 -2i64 03 00000080");
    assert_encodes(&value, &bytes);
    let got = received!("display.client.init", 101, display::client::Init, &bytes);
    assert_eq!(got.pixmap_cache_id, 1);
    assert_eq!(got.pixmap_cache_size, -2);
    assert_eq!(got.glz_dictionary_id, 3);
    assert_eq!(got.glz_dictionary_window_size, i32::MIN);
}

#[test]
fn stream_report() {
    let value = client::StreamReport {
        stream_id: 1,
        unique_id: 2,
        start_frame_mm_time: 3,
        end_frame_mm_time: 4,
        num_frames: 5,
        num_drops: 6,
        last_frame_delay: -7,
        audio_delay: u32::MAX,
    };
    let bytes = bytes("1u32 2u32 3u32 4u32 5u32 6u32 -7i32 ffffffff");
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.client.stream_report",
        102,
        display::client::StreamReport,
        &bytes
    );
    assert_eq!((got.stream_id, got.unique_id), (1, 2));
    assert_eq!((got.start_frame_mm_time, got.end_frame_mm_time), (3, 4));
    assert_eq!((got.num_frames, got.num_drops), (5, 6));
    assert_eq!(got.last_frame_delay, -7);
    assert_eq!(got.audio_delay, u32::MAX);
}

#[test]
fn preferred_compression() {
    let value = client::PreferredCompression {
        image_compression: types::ImageCompression::LZ4,
    };
    let bytes = bytes("07");
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.client.preferred_compression",
        103,
        display::client::PreferredCompression,
        &bytes
    );
    assert_eq!(got.image_compression, types::ImageCompression::LZ4);
}

/// The list contains a codec without a name.
#[test]
fn preferred_video_codec_type() {
    let value = client::PreferredVideoCodecType {
        codecs: vec![
            types::VideoCodecType::VP9,
            types::VideoCodecType::MJPEG,
            types::VideoCodecType(99),
        ]
        .into(),
    };
    let bytes = bytes("03 04 01 63");
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.client.preferred_video_codec_type",
        105,
        display::client::PreferredVideoCodecType,
        &bytes
    );
    assert_eq!(got.codecs.len(), 3);
    assert_eq!(got.codecs.get(0), Some(types::VideoCodecType::VP9));
    assert_eq!(got.codecs.get(1), Some(types::VideoCodecType::MJPEG));
    assert_eq!(got.codecs.get(2).unwrap().name(), None);
    assert_eq!(got.codecs.get(2).unwrap().0, 99);
    assert_eq!(got, value);
}
