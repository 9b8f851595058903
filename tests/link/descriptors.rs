//! Descriptors that accompany frames.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use spice_link::{Descriptor, FrameReader, FrameWriter, HeaderFormat, display_descriptors};
use spice_messages::display::server::{GlScanoutUnix, Message};
use spice_messages::wire::{Fd, SharedFd, Side};

fn descriptor() -> OwnedFd {
    UnixStream::pair().unwrap().0.into()
}

fn scanout(fd: Fd<'_>) -> Message<'_> {
    Message::GlScanoutUnix(GlScanoutUnix {
        drm_fourcc_format: if fd.is_absent() { 0 } else { 0x3432_5258 },
        drm_dma_buf_fd: fd,
        width: 640,
        ..GlScanoutUnix::default()
    })
}

fn mark() -> Message<'static> {
    Message::Mark(spice_messages::types::Empty {})
}

/// spice-gtk expects a descriptor exactly if the scanout has a format.
#[test]
fn scanout_with_a_format_and_no_descriptor_keeps_the_stream_in_step() {
    let scanout = Message::GlScanoutUnix(GlScanoutUnix {
        drm_fourcc_format: 0x3432_5258,
        ..GlScanoutUnix::default()
    });
    for format in [HeaderFormat::Full, HeaderFormat::Mini] {
        let mut writer = FrameWriter::new(format);
        let (mut out, mut fds) = (Vec::new(), Vec::new());
        for message in [&scanout, &mark()] {
            writer
                .message_with_fds(message, &mut out, &mut fds)
                .unwrap();
        }
        assert!(fds.is_empty());
        let mut reader =
            FrameReader::new(Side::Server, format).with_descriptors(display_descriptors);
        reader.push(&out);
        for expected in [&scanout, &mark()] {
            let frame = reader.next_frame().unwrap().unwrap();
            assert_eq!(frame.decode().as_ref(), Ok(expected));
        }
        assert!(reader.unread().is_empty());
    }
}

#[test]
fn forwarded_frames_keep_their_descriptors() {
    let (bytes, fds) = write_messages();
    let shared = |descriptor: &Descriptor| {
        let fd = descriptor.fd.as_fd().unwrap();
        SharedFd::new(fd.try_clone_to_owned().unwrap())
    };
    let mut reader =
        FrameReader::new(Side::Server, HeaderFormat::Mini).with_descriptors(display_descriptors);
    let received: Vec<SharedFd> = fds.iter().map(shared).collect();
    reader.push_with_fds(&bytes, received.clone()).unwrap();
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    let (mut out, mut sent) = (Vec::new(), Vec::new());
    let mut without = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        let result = FrameWriter::new(HeaderFormat::Mini).forward(&frame, &mut without);
        assert_eq!(result.is_ok(), frame.fds().is_empty());
        writer
            .forward_with_fds(&frame, &mut out, &mut sent)
            .unwrap();
    }
    assert_eq!(out, bytes);
    let places: Vec<usize> = sent.iter().map(|descriptor| descriptor.at).collect();
    assert_eq!(places, [fds[0].at]);
    let number = sent[0].fd.as_fd().unwrap().as_raw_fd();
    assert_eq!(number, received[0].as_raw_fd());
}

/// Writes a scanout with a descriptor, a scanout without one, and a message without the field.
fn write_messages() -> (Vec<u8>, Vec<Descriptor>) {
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    let (mut out, mut fds) = (Vec::new(), Vec::new());
    let fd = descriptor();
    for message in [scanout(fd.as_fd().into()), scanout(Fd::absent()), mark()] {
        writer
            .message_with_fds(&message, &mut out, &mut fds)
            .unwrap();
    }
    (out, fds)
}

#[test]
fn each_descriptor_arrives_with_its_message() {
    let (bytes, fds) = write_messages();
    assert_eq!(fds.len(), 1);
    // The descriptor is attached to the byte after the first message.
    let size = 6 + 20;
    assert_eq!((fds[0].at, bytes.len()), (size, size + 1 + size + 6));
    let sent: SharedFd = Arc::new(fds[0].fd.as_fd().unwrap().try_clone_to_owned().unwrap());
    let number = sent.as_raw_fd();
    let mut reader =
        FrameReader::new(Side::Server, HeaderFormat::Mini).with_descriptors(display_descriptors);
    let mut received = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        let with = (at == fds[0].at).then(|| Arc::clone(&sent));
        assert!(reader.missing() > 0);
        reader.push_with_fds(&[*byte], with).unwrap();
        while let Some(frame) = reader.next_frame().unwrap() {
            for message in frame.messages().unwrap() {
                let message: Message = message.decode().unwrap();
                received.push(match &message {
                    Message::GlScanoutUnix(scanout) => {
                        assert_eq!(scanout.width, 640);
                        scanout.drm_dma_buf_fd.as_fd().map(|fd| fd.as_raw_fd())
                    }
                    other => {
                        assert_eq!(*other, mark());
                        Some(-1)
                    }
                });
            }
        }
    }
    assert_eq!(received, [Some(number), None, Some(-1)]);
    assert!(reader.next_frame().unwrap().is_none());
    assert_eq!(Arc::strong_count(&sent), 1, "the reader keeps none");
}
