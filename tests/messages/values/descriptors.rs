//! Messages with file descriptors. The tests use real ones.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use spice_messages::display::server::{self, Message};
use spice_messages::types;
use spice_messages::wire::{Decode, Encode as _, Fd, Fds, IntoOwned as _, Reader};

use crate::values::bytes::bytes;
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("display.server.gl_scanout_unix", gl_scanout_unix),
    ("display.server.gl_scanout2_unix", gl_scanout2_unix),
];

/// Returns one end of a socket pair to send, and the other end to observe it.
fn stream() -> (OwnedFd, UnixStream) {
    let (sent, kept) = UnixStream::pair().unwrap();
    kept.set_nonblocking(true).unwrap();
    (sent.into(), kept)
}

/// Whether the sent end is closed.
fn is_closed(mut kept: &UnixStream) -> bool {
    match kept.read(&mut [0]) {
        Ok(count) => count == 0,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
            false
        }
    }
}

/// Returns the raw descriptors of a message, including absent ones.
fn numbers(message: &Message<'_>) -> Vec<Option<i32>> {
    let mut numbers = Vec::new();
    message.visit_fds(&mut |fd| numbers.push(fd.as_fd().map(|fd| fd.as_raw_fd())));
    numbers
}

fn scanout(fd: Fd<'_>) -> server::GlScanoutUnix<'_> {
    server::GlScanoutUnix {
        drm_dma_buf_fd: fd,
        width: 640,
        height: 480,
        stride: 2560,
        drm_fourcc_format: 0x3432_5258,
        flags: types::GlScanoutFlags::Y0TOP,
    }
}

const SCANOUT: &str = "640u32 480u32 2560u32 \"XR24\" 01000000 @20";

#[track_caller]
fn assert_scanout(got: &server::GlScanoutUnix<'_>) {
    assert_eq!((got.width, got.height, got.stride), (640, 480, 2560));
    assert_eq!(got.drm_fourcc_format, 0x3432_5258);
    assert_eq!(got.flags, types::GlScanoutFlags::Y0TOP);
}

/// A received descriptor is usable and closed by its owner.
#[test]
fn gl_scanout_unix() {
    let bytes = bytes(SCANOUT);
    let (sent, kept) = stream();
    let number = sent.as_raw_fd();
    let received = vec![Arc::new(sent)];
    let message = Message::decode_with_fds(320, &bytes, Fds::new(&received)).unwrap();
    assert_eq!(message.path(), Some("display.server.gl_scanout_unix"));
    assert_eq!(numbers(&message), [Some(number)]);
    let Message::GlScanoutUnix(got) = message else {
        panic!("unexpected message");
    };
    assert_scanout(&got);
    let held = got.drm_dma_buf_fd.as_fd().unwrap();
    let copy = held.try_clone_to_owned().unwrap();
    UnixStream::from(copy).write_all(b"!").unwrap();
    let mut byte = [0];
    (&kept).read_exact(&mut byte).unwrap();
    assert_eq!(byte, *b"!");

    let owned: server::GlScanoutUnix<'static> = got.into_owned();
    drop(received);
    assert!(!is_closed(&kept), "the message still holds it");
    assert_eq!(owned.drm_dma_buf_fd.as_fd().unwrap().as_raw_fd(), number);
    drop(owned);
    assert!(is_closed(&kept));
}

/// Dropping a message without taking its descriptor closes the descriptor.
#[test]
fn dropped_message_closes_its_descriptor() {
    let bytes = bytes(SCANOUT);
    let (sent, kept) = stream();
    let received = vec![Arc::new(sent)];
    let message = Message::decode_with_fds(320, &bytes, Fds::new(&received)).unwrap();
    drop(message);
    assert!(!is_closed(&kept), "the receiver's list still holds it");
    drop(received);
    assert!(is_closed(&kept));
}

/// A borrowed descriptor stays open after the message is dropped.
#[test]
fn borrowed_descriptor_stays_open() {
    let (sent, kept) = stream();
    let value = scanout(sent.as_fd().into());
    assert_encodes(&value, &bytes(SCANOUT));
    let message = Message::GlScanoutUnix(value);
    assert_eq!(numbers(&message), [Some(sent.as_raw_fd())]);
    drop(message);
    assert!(!is_closed(&kept));
    drop(sent);
    assert!(is_closed(&kept));
}

/// An owned descriptor is closed with the message.
#[test]
fn owned_descriptor_is_closed_with_the_message() {
    let (sent, kept) = stream();
    let number = sent.as_raw_fd();
    let value: server::GlScanoutUnix<'static> = scanout(sent.into());
    assert_encodes(&value, &bytes(SCANOUT));
    let message = Message::GlScanoutUnix(value);
    assert_eq!(numbers(&message), [Some(number)]);
    assert!(!is_closed(&kept));
    drop(message);
    assert!(is_closed(&kept));
}

/// `into_owned` duplicates a borrowed descriptor.
#[test]
fn into_owned_duplicates_a_borrowed_descriptor() {
    let (sent, kept) = stream();
    let owned = scanout(sent.as_fd().into()).into_owned();
    let number = owned.drm_dma_buf_fd.as_fd().unwrap().as_raw_fd();
    assert_ne!(number, sent.as_raw_fd());
    drop(sent);
    assert!(!is_closed(&kept));
    drop(owned);
    assert!(is_closed(&kept));
}

#[test]
fn missing_descriptors_are_absent() {
    let value = scanout(Fd::absent());
    let bytes = bytes(SCANOUT);
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.gl_scanout_unix",
        320,
        display::server::GlScanoutUnix,
        &bytes
    );
    assert!(got.drm_dma_buf_fd.is_absent());
    assert!(got.drm_dma_buf_fd.as_fd().is_none());
    assert_scanout(&got);
    assert_eq!(got, value);
    assert_eq!(numbers(&Message::GlScanoutUnix(got)), [None]);
}

fn plane(fd: Fd<'_>, offset: u32) -> types::GlPlaneUnix<'_> {
    types::GlPlaneUnix {
        fd,
        offset,
        stride: 1024,
    }
}

fn scanout2<'a>(planes: Vec<types::GlPlaneUnix<'a>>) -> Message<'a> {
    Message::GlScanout2Unix(server::GlScanout2Unix {
        width: 256,
        height: 128,
        fourcc: 0x3231_564e,
        flags: types::GlScanoutFlags::empty(),
        modifier: 0x0100_0000_0000_0002,
        planes: planes.into(),
    })
}

const SCANOUT2: &str = "256u32 128u32 \"NV12\" 00000000
    @16 03 0200000000000001        # num_planes, modifier
    0u32 1024u32  4096u32 1024u32  8192u32 1024u32 @49";

#[track_caller]
fn planes_of<'a>(message: Message<'a>) -> Vec<types::GlPlaneUnix<'a>> {
    let Message::GlScanout2Unix(got) = message else {
        panic!("unexpected message: {message:?}");
    };
    assert_eq!((got.width, got.height), (256, 128));
    assert_eq!(got.fourcc, 0x3231_564e);
    assert!(got.flags.is_empty());
    assert_eq!(got.modifier, 0x0100_0000_0000_0002);
    assert_eq!(got.planes.len(), 3);
    for (index, offset) in [0, 4096, 8192].into_iter().enumerate() {
        let plane = got.planes.get(index).unwrap();
        assert_eq!((plane.offset, plane.stride), (offset, 1024));
    }
    got.planes.iter().collect()
}

/// Each plane has its own descriptor, whatever the order of access.
#[test]
fn gl_scanout2_unix() {
    let bytes = bytes(SCANOUT2);
    let (streams, kept): (Vec<_>, Vec<_>) = (0..3).map(|_| stream()).unzip();
    let received: Vec<_> = streams.into_iter().map(Arc::new).collect();
    let expected: Vec<i32> = received.iter().map(|fd| fd.as_raw_fd()).collect();
    let message = Message::decode_with_fds(323, &bytes, Fds::new(&received)).unwrap();
    assert_eq!(message.path(), Some("display.server.gl_scanout2_unix"));
    let all: Vec<_> = expected.iter().copied().map(Some).collect();
    assert_eq!(numbers(&message), all);
    assert_encodes(&message, &bytes);
    let Message::GlScanout2Unix(got) = &message else {
        panic!("unexpected message");
    };
    let last = got.planes.get(2).unwrap().fd;
    assert_eq!(last.as_fd().unwrap().as_raw_fd(), expected[2]);
    drop(last);

    let planes = planes_of(message.into_owned());
    drop(received);
    for (plane, expected) in planes.iter().zip(expected) {
        assert_eq!(plane.fd.as_fd().unwrap().as_raw_fd(), expected);
    }
    assert!(!kept.iter().any(is_closed), "the planes still hold them");
    drop(planes);
    assert!(kept.iter().all(is_closed));
}

/// Borrowed, absent and owned descriptors are visited in the order of the planes.
#[test]
fn planes_are_visited_in_order() {
    let (borrowed, first) = stream();
    let (given, third) = stream();
    let number = given.as_raw_fd();
    let message = scanout2(vec![
        plane(borrowed.as_fd().into(), 0),
        plane(Fd::absent(), 4096),
        plane(given.into(), 8192),
    ]);
    assert_encodes(&message, &bytes(SCANOUT2));
    let expected = [Some(borrowed.as_raw_fd()), None, Some(number)];
    assert_eq!(numbers(&message), expected);
    drop(planes_of(message));
    assert!(is_closed(&third) && !is_closed(&first));
}

/// With too few descriptors, the last planes have none. Surplus descriptors stay in the list.
#[test]
fn descriptor_count_can_differ_from_plane_count() {
    let bytes = bytes(SCANOUT2);
    let (sent, _kept) = stream();
    let number = sent.as_raw_fd();
    let received = vec![Arc::new(sent)];
    let message = Message::decode_with_fds(323, &bytes, Fds::new(&received)).unwrap();
    assert_eq!(numbers(&message), [Some(number), None, None]);
    assert!(planes_of(message)[2].fd.is_absent());

    let none = received!(
        "display.server.gl_scanout2_unix",
        323,
        display::server::GlScanout2Unix,
        &bytes
    );
    assert!(none.planes.iter().all(|plane| plane.fd.is_absent()));

    let (streams, _kept): (Vec<_>, Vec<_>) = (0..4).map(|_| stream()).unzip();
    let received: Vec<_> = streams.into_iter().map(Arc::new).collect();
    let message = Message::decode_with_fds(323, &bytes, Fds::new(&received)).unwrap();
    assert_eq!(numbers(&message).len(), 3);
    assert_eq!(Arc::strong_count(&received[3]), 1);
}

/// Decoding into one variable again and again gives back what the variable held before.
#[test]
fn decoding_a_plane_again_gives_back_its_descriptor() {
    let body = bytes("0u32 1024u32  4096u32 1024u32");
    let (streams, kept): (Vec<_>, Vec<_>) = (0..2).map(|_| stream()).unzip();
    let received: Vec<_> = streams.into_iter().map(Arc::new).collect();
    let mut reader = Reader::with_fds(&body, Fds::new(&received));
    let mut plane = types::GlPlaneUnix::decode_from(&mut reader).unwrap();
    assert_eq!(plane.offset, 0);
    for _ in 0..3 {
        let mut reader = Reader::with_fds(&body, Fds::new(&received));
        for (index, offset) in [0, 4096].into_iter().enumerate() {
            plane = types::GlPlaneUnix::decode_from(&mut reader).unwrap();
            assert_eq!(plane.offset, offset);
            let expected = received[index].as_raw_fd();
            assert_eq!(plane.fd.as_fd().unwrap().as_raw_fd(), expected);
        }
        assert!(types::GlPlaneUnix::decode_from(&mut reader).is_err());
        let counts = received.iter().map(Arc::strong_count);
        assert_eq!(counts.collect::<Vec<_>>(), [1, 2]);
    }
    drop(plane);
    drop(received);
    assert!(kept.iter().all(is_closed));
}

/// A rejected message gives back the descriptors that were taken before the error.
#[test]
fn rejected_messages_give_back_their_descriptors() {
    let bytes = bytes(SCANOUT2);
    let (streams, kept): (Vec<_>, Vec<_>) = (0..3).map(|_| stream()).unzip();
    let received: Vec<_> = streams.into_iter().map(Arc::new).collect();
    for _ in 0..3 {
        for length in 0..=bytes.len() {
            let body = &bytes[..length];
            let message = Message::decode_with_fds(323, body, Fds::new(&received));
            assert_eq!(message.is_ok(), length == bytes.len());
            let direct = server::GlScanout2Unix::decode_with_fds(body, Fds::new(&received));
            assert_eq!(direct.is_ok(), message.is_ok());
            drop((message, direct));
            assert!(received.iter().all(|fd| Arc::strong_count(fd) == 1));
        }
    }
    drop(received);
    assert!(kept.iter().all(is_closed));
}
