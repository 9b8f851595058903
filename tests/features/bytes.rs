//! The feature `bytes`: bodies as buffers of the `bytes` crate.

use std::io::{IoSlice, Write};

use crate::common::assert_none;
use crate::common::rows::{recorded, reference};
use crate::common::sample_messages::{bitmap, draw_copy};
use allocation_counter::measure;
use bytes::{Buf, Bytes, BytesMut};
use spice_messages::display::server::DrawCopy;
use spice_messages::playback;
use spice_messages::types::{BitmapData, ImageU};
use spice_messages::wire::{Decode, Encode, IoBody};

/// A `draw_copy` with a payload of `size` bytes.
fn drawing(size: u32) -> DrawCopy<'static> {
    let mut message = draw_copy();
    let mut image = bitmap();
    let ImageU::Bitmap(bitmap) = &mut image.u else {
        panic!("the image is a bitmap");
    };
    *bitmap = BitmapData {
        stride: size,
        y: 1,
        data: vec![0xa5; size as usize].into(),
        ..bitmap.clone()
    };
    message.data.src_bitmap = Some(image.into());
    message
}

/// Reads a body in steps of `step` bytes.
fn read(mut body: IoBody<'_>, step: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while body.has_remaining() {
        let chunk = body.chunk();
        let count = step.min(chunk.len());
        out.extend_from_slice(&chunk[..count]);
        body.advance(count);
    }
    out
}

#[test]
fn all_encoding_methods_give_the_same_bytes() {
    let mut rows = reference();
    rows.extend(recorded());
    assert_eq!(rows.len(), 1092 + 314);
    let mut problems = Vec::new();
    for row in &rows {
        let message = row.decode().unwrap();
        let expected = message.encode_to_vec().unwrap();
        let mut slices = IoBody::default();
        message.encode_io(&mut slices).unwrap();
        let same = message.encode_to_bytes().unwrap() == expected
            && read(slices.clone(), 3) == expected
            && slices.copy_to_bytes(expected.len()) == expected;
        if !same || !slices.is_empty() {
            problems.push(row.label());
        }
    }
    assert_none(&problems);
}

#[test]
fn encode_to_bytes_allocates_only_the_body() {
    let message = drawing(100_000);
    let in_vec = measure(|| drop(message.encode_to_vec().unwrap())).bytes_total;
    let in_bytes = measure(|| drop(message.encode_to_bytes().unwrap())).bytes_total;
    // `Bytes` can need a few bytes more for its reference count.
    assert!(in_bytes <= in_vec + 64, "{in_bytes} and not {in_vec}");
}

#[test]
fn io_slices_are_written_without_a_copy() {
    let message = drawing(5000);
    let expected = message.encode_to_vec().unwrap();
    let mut body = IoBody::default();
    message.encode_io(&mut body).unwrap();
    for step in [1, 7, 100, 5000] {
        assert_eq!(read(body.clone(), step), expected);
    }
    // Writes like a socket that accepts 300 bytes of up to four slices at a time.
    let payload = body.borrowed().next().unwrap().as_ptr();
    let mut sent = Vec::new();
    while body.has_remaining() {
        let mut slices = [IoSlice::new(&[]); 4];
        let filled = body.chunks_vectored(&mut slices);
        assert!(filled > 0);
        let mut socket = [0; 300];
        let count = (&mut socket[..]).write_vectored(&slices[..filled]).unwrap();
        sent.extend_from_slice(&socket[..count]);
        body.advance(count);
    }
    assert_eq!(sent, expected);
    let image = message.data.src_bitmap.as_ref().unwrap().get().unwrap();
    let ImageU::Bitmap(bitmap) = &image.u else {
        panic!("the image is a bitmap");
    };
    assert_eq!(payload, bitmap.data.as_ptr());
}

#[test]
fn decoded_payload_is_kept_without_a_copy() {
    let mut received = BytesMut::new();
    received.extend_from_slice(&drawing(4000).encode_to_bytes().unwrap());
    let body: Bytes = received.freeze();
    let message = DrawCopy::decode(&body).unwrap();
    let image = message.data.src_bitmap.unwrap().get().unwrap().into_owned();
    let ImageU::Bitmap(bitmap) = image.u else {
        panic!("the image is a bitmap");
    };
    let kept = body.slice_ref(&bitmap.data);
    assert_eq!(kept.as_ptr(), bitmap.data.as_ptr());
    drop(body);
    assert_eq!(kept, [0xa5; 4000][..]);
}

#[test]
fn fixed_size_messages_encode_to_bytes() {
    let mode = playback::server::Mode::default();
    let encoded = mode.encode_to_bytes().unwrap();
    assert_eq!(encoded, mode.encode_to_vec().unwrap());
    let message = playback::server::Message::Mode(mode);
    assert_eq!(message.encode_to_bytes().unwrap(), encoded);
}
