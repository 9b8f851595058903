//! Damaged messages. No input makes decoding or encoding panic, accepted messages survive a round
//! trip, and errors have a kind, field and offset.

use crate::common::rows::{Row, hex, reference};
use crate::common::{assert_none, sample_messages};
use spice_messages::types::{
    AudioVolume, BitmapData, BitmapDataPal, BrushU, Image, ImageType, ImageU, LineFlags,
};
use spice_messages::wire::{Encode, Error, ErrorKind, IoBody, List, Result, Side};
use spice_messages::{ChannelType, Message, display, main, port};

/// Results for damaged bodies.
#[derive(Default)]
struct Outcome {
    accepted: usize,
    rejected: usize,
    problems: Vec<String>,
}

impl Outcome {
    /// Decodes a body and, if it is accepted, checks a round trip.
    fn run(&mut self, row: &Row, body: &[u8]) {
        match row.decode_body(body) {
            Ok(message) => {
                self.accepted += 1;
                if let Err(problem) = keep_value(row, &message) {
                    let (path, body) = (row.path(), hex(body));
                    self.problems.push(format!("{path}, {body}: {problem}"));
                }
            }
            Err(error) => {
                self.rejected += 1;
                if error.offset() > body.len() || error.field().to_string().is_empty() {
                    let (path, body) = (row.path(), hex(body));
                    self.problems.push(format!("{path}, {body}: {error}"));
                }
            }
        }
    }

    fn assert(&self, least_accepted: usize, least_rejected: usize) {
        assert_none(&self.problems);
        let Self {
            accepted, rejected, ..
        } = self;
        assert!(
            *accepted >= least_accepted && *rejected >= least_rejected,
            "{accepted} accepted, {rejected} rejected"
        );
    }
}

fn keep_value(row: &Row, message: &Message<'_>) -> Result<(), String> {
    let encoded = message.encode_to_vec().map_err(|error| error.to_string())?;
    match row.decode_body(&encoded) {
        Ok(again) if again == *message => Ok(()),
        other => Err(format!("{message:?} came back as {other:?}")),
    }
}

#[test]
fn truncated_bodies_never_panic() {
    let mut outcome = Outcome::default();
    for row in reference() {
        for end in 0..row.body.len() {
            outcome.run(&row, &row.body[..end]);
        }
    }
    outcome.assert(1_300, 20_000);
}

#[test]
fn extreme_byte_values_never_panic() {
    let mut outcome = Outcome::default();
    for row in reference() {
        let mut body = row.body.clone();
        for place in 0..body.len() {
            let original = body[place];
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                body[place] = value;
                outcome.run(&row, &body);
            }
            body[place] = original;
        }
    }
    outcome.assert(100_000, 5_000);
}

/// Includes unaligned words, since most pointers and counts are unaligned.
#[test]
fn extreme_word_values_never_panic() {
    let mut outcome = Outcome::default();
    for row in reference() {
        let mut body = row.body.clone();
        let length = u32::try_from(body.len()).unwrap();
        let extremes = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
        let lengths = [length.wrapping_sub(1), length, length + 1];
        for start in 0..body.len().saturating_sub(3) {
            let place = start..start + 4;
            let original = row.body[place.clone()].to_vec();
            for value in extremes.into_iter().chain(lengths) {
                body[place.clone()].copy_from_slice(&value.to_le_bytes());
                outcome.run(&row, &body);
            }
            body[place].copy_from_slice(&original);
        }
    }
    outcome.assert(150_000, 12_000);
}

const DISPLAY: ChannelType = ChannelType::DISPLAY;

/// Returns the error of decoding a server message.
fn error(channel_type: ChannelType, id: u16, body: &[u8]) -> Error {
    let fds = spice_messages::wire::Fds::none();
    match Message::decode(channel_type, Side::Server, id, body, fds) {
        Ok(message) => panic!("accepted: {message:?}"),
        Err(error) => error,
    }
}

/// Checks every part of an error.
#[track_caller]
fn expect(error: Error, message: &str, field: &str, offset: usize, kind: ErrorKind) {
    assert_eq!(error.message(), Some(message));
    let found = (error.field().to_string(), error.offset(), error.kind());
    assert_eq!(found, (field.to_owned(), offset, kind));
}

/// Returns the body with the u32 at `place` replaced.
fn with_u32(body: &[u8], place: usize, value: u32) -> Vec<u8> {
    let mut body = body.to_vec();
    body[place..place + 4].copy_from_slice(&value.to_le_bytes());
    body
}

fn truncated(needed: u64, available: u64) -> ErrorKind {
    ErrorKind::Truncated { needed, available }
}

#[test]
fn image_errors_have_field_and_offset() {
    let body = sample_messages::draw_copy().encode_to_vec().unwrap();
    assert_eq!(body.len(), 119);
    let expect = |body: &[u8], field, offset, kind| {
        let error = error(DISPLAY, display::server::id::DRAW_COPY, body);
        expect(error, "display.server.draw_copy", field, offset, kind);
    };
    expect(&body[..10], "base.box.left", 8, truncated(4, 2));
    expect(&body[..21], "data.src_bitmap", 21, truncated(4, 0));
    let image = "data.src_bitmap";
    let field = format!("{image}.descriptor.width");
    expect(&body[..69], &field, 67, truncated(4, 2));
    expect(&body[..57], image, 21, out_of_range(57, 57));
    let outside = with_u32(&body, 53, u32::MAX);
    expect(
        &outside,
        "data.mask.bitmap",
        53,
        out_of_range(u32::MAX, 119),
    );
    let tall = with_u32(&body, 81, u32::MAX);
    let field = format!("{image}.u.bitmap.data");
    expect(&tall, &field, 93, truncated(4 * 0xffff_ffff, 26));
    let mut colourful = body.clone();
    colourful[109] = 3;
    let field = format!("{image}.u.bitmap.pal.palette.ents");
    expect(&colourful, &field, 111, truncated(12, 8));
}

fn out_of_range(target: u32, length: usize) -> ErrorKind {
    ErrorKind::PointerOutOfRange { target, length }
}

#[test]
fn element_errors_have_field_and_offset() {
    let body = sample_messages::draw_stroke().encode_to_vec().unwrap();
    assert_eq!(body.len(), 73);
    let expect_stroke = |body: &[u8], field, offset, kind| {
        let error = error(DISPLAY, display::server::id::DRAW_STROKE, body);
        expect(error, "display.server.draw_stroke", field, offset, kind);
    };
    let path = "data.path";
    expect_stroke(&with_u32(&body, 21, 0), path, 21, ErrorKind::NullPointer);
    let more_points = with_u32(&body, 61, 5);
    let field = format!("{path}.segments[1].points");
    expect_stroke(&more_points, &field, 65, truncated(40, 8));
    let more_segments = with_u32(&body, 35, 3);
    let field = format!("{path}.segments[2].flags");
    expect_stroke(&more_segments, &field, 73, truncated(1, 0));

    let body = sample_messages::draw_text().encode_to_vec().unwrap();
    let expect_text = |body: &[u8], field, offset, kind| {
        let error = error(DISPLAY, display::server::id::DRAW_TEXT, body);
        expect(error, "display.server.draw_text", field, offset, kind);
    };
    let last = body.len() - 1;
    let field = "data.str.u.glyphs[1].data";
    expect_text(&body[..last], field, last, truncated(1, 0));
    let second = last - 20;
    let field = "data.str.u.glyphs[1].glyph_origin.y";
    expect_text(&body[..second + 13], field, second + 12, truncated(4, 1));
}

#[test]
fn pointer_errors_have_field_and_offset() {
    let body = [5, 0, 0, 0, 0, 0, 0, 0, 1];
    let nameless = error(ChannelType::PORT, port::server::id::INIT, &body);
    let message = "port.server.init";
    expect(nameless, message, "name", 4, ErrorKind::NullPointer);
    // An offset equal to the length is out of range, even for an empty pointee.
    let body = [0, 0, 0, 0, 9, 0, 0, 0, 1];
    let behind = error(ChannelType::PORT, port::server::id::INIT, &body);
    expect(behind, message, "name", 4, out_of_range(9, 9));

    // A certificate subject can be null, but only with a size that would fit in a body of this
    // length.
    let subjectless = |size| {
        let mut body = [0; 21];
        body[4] = 1;
        body[8] = 20;
        body[12] = size;
        body
    };
    let begin = main::server::id::MIGRATE_BEGIN;
    let found = error(ChannelType::MAIN, begin, &subjectless(22));
    let field = "dst_info.cert_subject_data";
    let kind = ErrorKind::NullArray { count: 22 };
    expect(found, "main.server.migrate_begin", field, 16, kind);
    let fds = spice_messages::wire::Fds::none();
    let body = subjectless(21);
    let accepted = Message::decode(ChannelType::MAIN, Side::Server, begin, &body, fds);
    assert_eq!(accepted.unwrap().encode_to_vec().unwrap(), subjectless(0));
}

/// Checks an encoding error, and that the buffer is unchanged.
#[track_caller]
fn expect_unencodable(message: &impl Encode, field: &str, offset: usize, kind: ErrorKind) {
    let mut out = vec![1, 2, 3];
    let error = message.encode(&mut out).unwrap_err();
    assert_eq!((error.offset(), error.kind()), (offset, kind));
    assert_eq!(error.field().to_string(), field);
    assert_eq!(out, [1, 2, 3]);
    let mut body = IoBody::default();
    assert_eq!(message.encode_io(&mut body), Err(error));
    assert!(body.is_empty());
}

#[test]
fn inconsistent_values_are_not_encoded() {
    let volume = AudioVolume {
        volume: List::from(vec![0; 256]),
    };
    let kind = ErrorKind::CountTooLarge { count: 256 };
    expect_unencodable(&volume, "nchannels", 0, kind);

    let copy = |change: fn(&mut Image<'static>)| {
        let mut copy = sample_messages::draw_copy();
        let mut image = sample_messages::bitmap();
        change(&mut image);
        copy.data.src_bitmap = Some(image.into());
        copy
    };
    fn bitmap<'i>(image: &'i mut Image<'static>) -> &'i mut BitmapData<'static> {
        let ImageU::Bitmap(bitmap) = &mut image.u else {
            panic!("the image is a bitmap");
        };
        bitmap
    }
    let kind = ErrorKind::VariantMismatch;
    let other_type = copy(|image| image.descriptor.r#type = ImageType::QUIC);
    expect_unencodable(&other_type, "data.src_bitmap.u", 75, kind);
    let other_palette = copy(|image| bitmap(image).pal = BitmapDataPal::PalFromCache(1));
    expect_unencodable(&other_palette, "data.src_bitmap.u.bitmap.pal", 89, kind);
    let short = copy(|image| bitmap(image).data = [0; 7].into());
    let kind = ErrorKind::ImageSize {
        expected: 8,
        length: 7,
    };
    expect_unencodable(&short, "data.src_bitmap.u.bitmap.data", 93, kind);

    let mut stroke = sample_messages::draw_stroke_with_pattern();
    stroke.data.attr.flags = LineFlags::empty();
    expect_unencodable(&stroke, "data.attr.u2", 26, ErrorKind::VariantMismatch);
    stroke.data.attr.flags = LineFlags::STYLED;
    stroke.data.brush.u = BrushU::Solid(1);
    assert!(stroke.encode_to_vec().is_ok());
}
