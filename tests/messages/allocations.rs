//! Decoding a message and reading its fields do not allocate. The tests count all allocations of a
//! thread.

use std::fs::File;
use std::hint::black_box;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread;

use crate::common::rows::{Row, recorded, reference, verdicts};
use crate::common::{assert_none, sample_messages};
use allocation_counter::measure;
use spice_messages::display::server as display;
use spice_messages::types::{BitmapDataPal, BrushU, ClipU, Image, ImageU, LineAttrU2, StringU};
use spice_messages::wire::{Decode, Encode, Fds, IntoOwned, IoBody, Reader, Result, SharedFd};
use spice_messages::{ChannelType, Message, ServerMessage};

/// Returns the number of allocations while `action` runs.
fn allocations(action: impl FnOnce()) -> u64 {
    measure(action).count_total
}

#[test]
fn allocation_counter_counts_allocations() {
    assert_eq!(allocations(|| drop(black_box(Box::new(1)))), 1);
    assert_eq!(allocations(|| drop(black_box(vec![1; 9]))), 1);
    assert_eq!(allocations(|| assert!(black_box(true))), 0);
    let message = sample_messages::draw_stroke();
    assert!(allocations(|| drop(black_box(message.clone()))) > 0);
}

/// Only the error of a rejected message allocates: itself, and a field path that may grow once.
#[test]
fn decoding_does_not_allocate() {
    let mut problems = Vec::new();
    let (mut decoded, mut rejected) = (0, 0);
    for row in reference().iter().chain(&verdicts()).chain(&recorded()) {
        let mut accepted = false;
        let count = allocations(|| {
            let message = row.decode();
            accepted = message.is_ok();
            black_box(&message);
        });
        decoded += usize::from(accepted);
        rejected += usize::from(!accepted);
        let allowed = if accepted { 0..=0 } else { 2..=3 };
        if !allowed.contains(&count) {
            problems.push(format!("{}: {count} allocations", row.label()));
        }
    }
    assert_none(&problems);
    assert_eq!((decoded, rejected), (1092 + 2919 + 314, 4000 - 2919));
}

/// A payload of at least [`IoBody::MIN_PAYLOAD`] bytes is borrowed by the I/O slices; a smaller one is
/// copied.
#[test]
fn large_payloads_are_borrowed_by_io_slices() {
    for length in [IoBody::MIN_PAYLOAD - 1, IoBody::MIN_PAYLOAD, 20_000] {
        let data = vec![7; length];
        let frame = display::StreamData {
            data: data.as_slice().into(),
            ..Default::default()
        };
        let mut body = IoBody::default();
        let taken = measure(|| frame.encode_io(&mut body).unwrap()).bytes_total;
        let payloads: Vec<_> = body.borrowed().collect();
        match length < IoBody::MIN_PAYLOAD {
            true => assert!(payloads.is_empty(), "{length}"),
            false => {
                assert_eq!(payloads.len(), 1, "{length}");
                assert!(std::ptr::eq(payloads[0], data.as_slice()), "{length}");
                assert!(
                    taken < 2 * IoBody::MIN_PAYLOAD as u64,
                    "{taken} bytes for {length}"
                );
            }
        }
        let joined: Vec<u8> = body.slices().flatten().copied().collect();
        assert_eq!(joined, frame.encode_to_vec().unwrap());
        let mut body = body.reset();
        let count = allocations(|| frame.encode_io(&mut body).unwrap());
        assert_eq!(count, 0, "{length}");
        assert_eq!(body.slices().flatten().copied().collect::<Vec<_>>(), joined);
    }
}

/// The I/O slices of a decoded message borrow the image from the received body.
#[test]
fn payload_of_a_decoded_image_is_borrowed_from_the_body() {
    let mut copy = sample_messages::draw_copy();
    let mut image = sample_messages::bitmap();
    if let ImageU::Bitmap(bitmap) = &mut image.u {
        (bitmap.stride, bitmap.y) = (256, 256);
        bitmap.data = vec![7; 1 << 16].into();
    }
    copy.data.src_bitmap = Some(image.into());
    let received = copy.encode_to_vec().unwrap();
    let start = received
        .windows(4)
        .position(|bytes| bytes == [7; 4])
        .unwrap();
    let payload = &received[start..start + (1 << 16)];

    let decoded = display::DrawCopy::decode(&received).unwrap();
    let id = display::DrawCopy::ID;
    let message = ServerMessage::decode(ChannelType::DISPLAY, id, &received, Fds::none()).unwrap();
    let mut body = IoBody::default();
    for again in [false, true] {
        let count = allocations(|| decoded.encode_io(&mut body).unwrap());
        assert!(!again || count == 0, "{count} allocations");
        let borrowed: Vec<_> = body.borrowed().collect();
        assert_eq!(borrowed.len(), 1);
        assert!(std::ptr::eq(borrowed[0], payload));
        assert_eq!(body.slices().collect::<Vec<_>>().concat(), received);
        message.encode_io(&mut body).unwrap();
        assert!(std::ptr::eq(body.borrowed().next().unwrap(), payload));
    }
}

/// The enum of all messages holds the same value as the body's own type.
#[test]
fn dispatch_gives_the_same_value() {
    let body = sample_messages::draw_stroke().encode_to_vec().unwrap();
    let stroke = display::DrawStroke::decode(&body).unwrap();
    let id = display::DrawStroke::ID;
    let dispatch = |body| -> Result<ServerMessage<'_>> {
        ServerMessage::decode(ChannelType::DISPLAY, id, body, Fds::none())
    };
    let mut same = false;
    let count = allocations(|| {
        let message = dispatch(&body);
        same = matches!(
            &message,
            Ok(ServerMessage::Display(display::Message::DrawStroke(found))) if *found == stroke
        );
    });
    assert!(same);
    assert_eq!(count, 0);
    let short = &body[..body.len() - 1];
    let error = display::DrawStroke::decode(short).unwrap_err();
    let dispatched = dispatch(short).unwrap_err();
    assert_eq!(dispatched.kind(), error.kind());
    assert_eq!(dispatched.field(), error.field());
    assert_eq!(dispatched.offset(), error.offset());
    assert_eq!(error.message(), None);
    assert_eq!(dispatched.message(), Some("display.server.draw_stroke"));
}

/// Comparing two messages reads every element of every array and every pointee.
#[test]
fn reading_does_not_allocate() {
    let mut problems = Vec::new();
    let mut seen = Seen::default();
    for row in reference().iter().chain(&verdicts()).chain(&recorded()) {
        let (Ok(message), Ok(other)) = (row.decode(), row.decode()) else {
            continue;
        };
        let mut equal = true;
        let count = allocations(|| {
            equal = black_box(&message) == black_box(&other);
            seen.message(&message);
        });
        if count > 0 || !equal {
            problems.push(format!("{}: {count} allocations", row.label()));
        }
    }
    assert_none(&problems);
    seen.assert_each_part();
}

#[test]
fn reading_nested_parts_does_not_allocate() {
    let (copy, stroke) = (
        sample_messages::draw_copy(),
        sample_messages::draw_stroke_with_pattern(),
    );
    let (copy, stroke) = (
        copy.encode_to_vec().unwrap(),
        stroke.encode_to_vec().unwrap(),
    );
    let text = sample_messages::draw_text().encode_to_vec().unwrap();
    let mut seen = Seen::default();
    let count = allocations(|| {
        seen.copy(&display::DrawCopy::decode(&copy).unwrap());
        seen.stroke(&display::DrawStroke::decode(&stroke).unwrap());
        seen.text(&display::DrawText::decode(&text).unwrap());
    });
    assert_eq!(count, 0);
    let expected = Seen {
        segments: 2,
        points: 3,
        dashes: 3,
        glyphs: 2,
        colours: 4,
        ..Seen::default()
    };
    assert_eq!(seen, expected);
}

#[test]
fn taking_descriptors_does_not_allocate() {
    let row = find("gl_scanout2_unix");
    let mut count = 0;
    let message = row.decode().unwrap();
    message.visit_fds(&mut |_| count += 1);
    assert!(count > 1, "only {count} planes");
    let open = || Arc::new(OwnedFd::from(File::open("/dev/null").unwrap()));
    let fds: Vec<SharedFd> = (0..count).map(|_| open()).collect();
    let mut present = 0;
    let allocated = allocations(|| {
        let mut reader = Reader::with_fds(&row.body, Fds::new(&fds));
        let message = row.decode_from(&mut reader).unwrap();
        message.visit_fds(&mut |fd| present += usize::from(!fd.is_absent()));
    });
    assert_eq!((allocated, present), (0, count));
}

/// Returns the row of this message with the longest body.
fn find(message: &str) -> Row {
    let rows = reference().into_iter();
    let rows = rows.filter(|row| row.message == message);
    rows.max_by_key(|row| row.body.len()).unwrap()
}

#[test]
fn owned_values_outlive_the_body() {
    for row in reference().into_iter().chain(recorded()) {
        let owned = into_static(row.decode().unwrap());
        let expected = row.decode().unwrap().encode_to_vec().unwrap();
        drop(row);
        assert_eq!(owned.encode_to_vec().unwrap(), expected);
    }
    let row = find("draw_stroke");
    let owned = into_static(row.decode().unwrap());
    let sent = thread::spawn(move || owned.encode_to_vec().unwrap());
    assert_eq!(sent.join().unwrap(), row.body);
}

fn into_static<T>(value: T) -> T::Owned
where
    T: IntoOwned,
    T::Owned: Send + 'static,
{
    value.into_owned()
}

/// Number of visited parts of each kind.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    rects: usize,
    segments: usize,
    points: usize,
    dashes: usize,
    glyphs: usize,
    colours: usize,
    heads: usize,
    planes: usize,
}

impl Seen {
    fn message(&mut self, message: &Message<'_>) {
        let Message::Server(ServerMessage::Display(message)) = message else {
            return;
        };
        match message {
            display::Message::DrawCopy(message) => self.copy(message),
            display::Message::DrawStroke(message) => self.stroke(message),
            display::Message::DrawText(message) => self.text(message),
            display::Message::MonitorsConfig(message) => {
                self.heads += message.heads.iter().map(black_box).count();
            }
            display::Message::GlScanout2Unix(message) => {
                self.planes += message.planes.iter().map(black_box).count();
            }
            _ => {}
        }
    }

    fn copy(&mut self, message: &display::DrawCopy<'_>) {
        if let ClipU::Rects(clip) = &message.base.clip.u {
            self.rects += clip.rects.iter().map(black_box).count();
        }
        let images = [&message.data.src_bitmap, &message.data.mask.bitmap];
        images
            .into_iter()
            .flatten()
            .for_each(|image| self.image(&image.get().unwrap()));
    }

    fn image(&mut self, image: &Image<'_>) {
        if let ImageU::Bitmap(bitmap) = &image.u
            && let BitmapDataPal::Palette(Some(palette)) = &bitmap.pal
        {
            self.colours += palette.ents.iter().map(black_box).count();
        }
    }

    fn stroke(&mut self, message: &display::DrawStroke<'_>) {
        for segment in &message.data.path.segments {
            self.segments += 1;
            self.points += segment.points.iter().map(black_box).count();
        }
        if let LineAttrU2::Styled(style) = &message.data.attr.u2 {
            self.dashes += style.iter().map(black_box).count();
        }
        if let BrushU::Pattern(pattern) = &message.data.brush.u {
            self.image(&pattern.pat.get().unwrap());
        }
    }

    fn text(&mut self, message: &display::DrawText<'_>) {
        self.glyphs += match &message.data.str.u {
            StringU::RasterA1(glyphs) => glyphs.iter().map(black_box).count(),
            StringU::RasterA4(glyphs) => glyphs.iter().map(black_box).count(),
            StringU::RasterA8(glyphs) => glyphs.iter().map(black_box).count(),
            StringU::Absent { .. } => 0,
        };
    }

    /// The test data must contain every kind of part. Dashes and colours are rare in it and are
    /// tested with hand-built messages.
    fn assert_each_part(&self) {
        let Self {
            rects,
            segments,
            points,
            glyphs,
            heads,
            planes,
            ..
        } = *self;
        let all = [rects, segments, points, glyphs, heads, planes];
        assert!(all.iter().all(|count| *count > 0), "{self:?}");
    }
}
