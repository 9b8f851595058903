//! The playback and record channels.

use spice_messages::{playback, record, types};

use crate::values::bytes::bytes;
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("playback.server.data", playback_data),
    ("playback.server.mode", playback_mode),
    ("playback.server.start", playback_start),
    ("playback.server.volume", playback_volume),
    ("playback.server.mute", playback_mute),
    ("record.server.start", record_start),
    ("record.client.data", record_data),
    ("record.client.mode", record_mode),
];

#[test]
fn playback_data() {
    let value = playback::server::Data {
        time: 1000,
        data: b"opus".into(),
    };
    let bytes = bytes("1000u32 \"opus\"");
    assert_encodes(&value, &bytes);
    let got = received!("playback.server.data", 101, playback::server::Data, &bytes);
    assert_eq!(got.time, 1000);
    assert_eq!(*got.data, *b"opus");
    assert_eq!(got, value);
}

#[test]
fn playback_mode() {
    let value = playback::server::Mode {
        time: 0,
        mode: types::AudioDataMode::OPUS,
        data: (&[9]).into(),
    };
    let bytes = bytes("00000000 0300 09");
    assert_encodes(&value, &bytes);
    let got = received!("playback.server.mode", 102, playback::server::Mode, &bytes);
    assert_eq!(got.time, 0);
    assert_eq!(got.mode, types::AudioDataMode::OPUS);
    assert_eq!(*got.data, [9]);
    assert_eq!(got, value);
}

#[test]
fn playback_start() {
    let value = playback::server::Start {
        channels: 2,
        format: types::AudioFmt::S16,
        frequency: 48_000,
        time: 3,
    };
    let bytes = bytes("02000000 0100 48000u32 03000000");
    assert_encodes(&value, &bytes);
    let got = received!(
        "playback.server.start",
        103,
        playback::server::Start,
        &bytes
    );
    assert_eq!(got.channels, 2);
    assert_eq!(got.format, types::AudioFmt::S16);
    assert_eq!(got.frequency, 48_000);
    assert_eq!(got.time, 3);
}

#[test]
fn playback_volume() {
    let value = types::AudioVolume {
        volume: (&[0, 65_535, 258]).into(),
    };
    let bytes = bytes("03 0000 ffff 0201");
    assert_encodes(&value, &bytes);
    let got = received!(
        "playback.server.volume",
        105,
        playback::server::Volume,
        &bytes
    );
    assert_eq!(got.volume.len(), 3);
    assert_eq!(got.volume.iter().collect::<Vec<u16>>(), [0, 65_535, 258]);
    assert_eq!(got, value);
}

#[test]
fn playback_mute() {
    let value = types::AudioMute { mute: 1 };
    let bytes = bytes("01");
    assert_encodes(&value, &bytes);
    let got = received!("playback.server.mute", 106, playback::server::Mute, &bytes);
    assert_eq!(got.mute, 1);
}

#[test]
fn record_start() {
    let value = record::server::Start {
        channels: 1,
        format: types::AudioFmt::INVALID,
        frequency: 44_100,
    };
    let bytes = bytes("01000000 0000 44100u32");
    assert_encodes(&value, &bytes);
    let got = received!("record.server.start", 101, record::server::Start, &bytes);
    assert_eq!(got.channels, 1);
    assert_eq!(got.format, types::AudioFmt::INVALID);
    assert_eq!(got.frequency, 44_100);
}

#[test]
fn record_data() {
    let value = record::client::Data {
        time: 8,
        data: (&[1, 0, 2, 0]).into(),
    };
    let bytes = bytes("08000000 01000200");
    assert_encodes(&value, &bytes);
    let got = received!("record.client.data", 101, record::client::Data, &bytes);
    assert_eq!(got.time, 8);
    assert_eq!(*got.data, [1, 0, 2, 0]);
    assert_eq!(got, value);
}

#[test]
fn record_mode() {
    let value = record::client::Mode {
        time: 8,
        mode: types::AudioDataMode::RAW,
        data: (&[]).into(),
    };
    let bytes = bytes("08000000 0100");
    assert_encodes(&value, &bytes);
    let got = received!("record.client.mode", 102, record::client::Mode, &bytes);
    assert_eq!(got.time, 8);
    assert_eq!(got.mode, types::AudioDataMode::RAW);
    assert!(got.data.is_empty());
}
