//! Acknowledgements, pings, and descriptors: the bookkeeping of both sides against each other.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use spice_link::{AckError, AckLedger, AckWindow, ClientUpkeep, PingLog};
use spice_messages::base::{client, server};
use spice_messages::types::Empty;

#[test]
fn a_window_and_a_ledger_agree() {
    for size in [1, 2, 20] {
        let mut ledger = AckLedger::new();
        let mut window = AckWindow::new();
        for _ in 0..3 {
            let answer = window.set(&ledger.begin(size));
            ledger.ack_sync(answer.generation).unwrap();
            for count in 1..=100_u32 {
                assert!(ledger.may_send());
                ledger.sent();
                let due = window.received();
                assert_eq!(due, count % size == 0);
                if due {
                    ledger.ack().unwrap();
                }
                assert_eq!(ledger.unacknowledged(), u64::from(count % size));
            }
        }
    }
}

#[test]
fn a_client_that_does_not_keep_up_is_seen() {
    let mut ledger = AckLedger::new();
    let set_ack = ledger.begin(10);
    ledger.ack_sync(set_ack.generation).unwrap();
    (0..20).for_each(|_| ledger.sent());
    assert!(ledger.may_send());
    ledger.sent();
    assert!(!ledger.may_send());
    ledger.ack().unwrap();
    ledger.ack().unwrap();
    assert_eq!(ledger.unacknowledged(), 1);
    assert_eq!(ledger.ack(), Err(AckError::TooMany));
}

#[test]
fn acknowledgements_of_an_older_setting_do_not_count() {
    let mut ledger = AckLedger::new();
    let first = ledger.begin(10).generation;
    ledger.ack_sync(first).unwrap();
    (0..10).for_each(|_| ledger.sent());
    let second = ledger.begin(4).generation;
    (0..4).for_each(|_| ledger.sent());
    // Still on its way when the second setting was sent.
    ledger.ack().unwrap();
    assert_eq!(ledger.unacknowledged(), 4);
    ledger.ack_sync(second).unwrap();
    ledger.ack().unwrap();
    assert_eq!(ledger.unacknowledged(), 0);
    let unknown = AckError::Generation(second + 1);
    assert_eq!(ledger.ack_sync(second + 1), Err(unknown));
    assert_eq!(ledger.ack_sync(0), Err(AckError::Generation(0)));
}

#[test]
fn a_window_of_zero_asks_for_nothing() {
    let mut window = AckWindow::new();
    let set_ack = server::SetAck {
        generation: 5,
        window: 0,
    };
    assert_eq!(window.set(&set_ack).generation, 5);
    assert!((0..1000).all(|_| !window.received()));
    let mut ledger = AckLedger::new();
    let generation = ledger.begin(0).generation;
    (0..1000).for_each(|_| ledger.sent());
    assert!(ledger.may_send());
    ledger.ack_sync(generation).unwrap();
    assert_eq!(ledger.ack(), Err(AckError::TooMany));
}

#[test]
fn a_client_answers_what_every_channel_asks() {
    let mut upkeep = ClientUpkeep::default();
    let set_ack = server::SetAck {
        generation: 9,
        window: 2,
    };
    let answer = upkeep.answer(&server::Message::SetAck(set_ack));
    let sync = client::AckSync { generation: 9 };
    assert_eq!(answer, Some(client::Message::AckSync(sync)));
    assert_eq!(upkeep.received(), None);
    let ack = client::Message::Ack(Empty {});
    assert_eq!(upkeep.received(), Some(ack));
    let other = server::Message::Notify(server::Notify::default());
    assert_eq!(upkeep.answer(&other), None);
}

#[test]
fn old_pings_are_given_up() {
    let mut log = PingLog::new();
    let pings: Vec<u32> = (0..100).map(|now| log.ping(now).id).collect();
    assert_eq!(log.open(), 64);
    let mut pong = |id, now| log.pong(&client::Pong { id, timestamp: 0 }, now);
    assert_eq!(pong(pings[0], 1000), None);
    assert_eq!(pong(pings[99], 1099), Some(1000));
    // Answers may come in any order.
    assert_eq!(pong(pings[50], 1050), Some(1000));
    assert_eq!(log.open(), 62);
}

#[cfg(unix)]
mod descriptors {
    use std::os::fd::{AsFd, AsRawFd, OwnedFd};
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;

    use spice_link::{
        Descriptor, FrameError, FrameReader, FrameWriter, HeaderFormat, display_descriptors,
    };
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

    /// Three messages: one with a descriptor, one with a place for one but none there, one without.
    fn written() -> (Vec<u8>, Vec<Descriptor>) {
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
    fn each_stays_with_the_message_that_carries_it() {
        let (bytes, fds) = written();
        assert_eq!(fds.len(), 1);
        // The byte behind the first message.
        let size = 6 + 20;
        assert_eq!((fds[0].at, bytes.len()), (size, size + 1 + size + 6));
        let sent: SharedFd = Arc::new(fds[0].fd.as_fd().unwrap().try_clone_to_owned().unwrap());
        let number = sent.as_raw_fd();
        let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini)
            .with_descriptors(display_descriptors);
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

    #[test]
    fn they_are_not_lost_in_silence() {
        let mut writer = FrameWriter::new(HeaderFormat::Mini);
        let mut out = Vec::new();
        let error = writer.message(&scanout(Fd::absent()), &mut out);
        assert_eq!(error, Err(FrameError::Descriptors));
        assert!(out.is_empty());
    }

    #[test]
    fn those_that_no_message_takes_do_not_pile_up() {
        let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini)
            .with_descriptors(display_descriptors);
        let fd: SharedFd = Arc::new(descriptor());
        for _ in 0..64 {
            reader.push_with_fds(&[0; 6], [Arc::clone(&fd)]).unwrap();
            assert!(reader.next_frame().unwrap().is_some());
        }
        let error = reader.push_with_fds(&[], [Arc::clone(&fd)]);
        assert_eq!(error, Err(FrameError::TooManyDescriptors));
        drop(reader);
        assert_eq!(Arc::strong_count(&fd), 1);
    }
}
