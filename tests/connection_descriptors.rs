//! Descriptors over real Unix sockets. Each test counts the open descriptors of the process before and after.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "connection/support.rs"]
mod support;

use std::fs::{self, File};
use std::io::{IoSlice, PipeReader, pipe};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::sync::{LazyLock, Mutex, PoisonError};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use spice_link::tokio::{Connection, UnixSocket};
use spice_link::{Error, FrameError, FrameWriter, HeaderFormat, Server};
use spice_messages::display;
use spice_messages::display::server::{GlScanout2Unix, GlScanoutUnix, Message, id};
use spice_messages::types::{Empty, GlPlaneUnix};
use spice_messages::wire::Fd;
use tokio::io::duplex;
use tokio::runtime::Builder;

use support::{POLICY, options, pair};

type Client = Connection<display::Channel, UnixSocket>;
type Peer = Connection<display::Channel, UnixSocket, Server>;

/// Tests that run at the same time would count the descriptors of each other.
static ALONE: Mutex<()> = Mutex::new(());

fn open_descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Runs a test, and checks that it closes all its descriptors.
fn without_leaks(test: impl Future<Output = ()>) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    LazyLock::force(&POLICY);
    let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
    // The first runtime of a process opens two descriptors for signals, which stay open.
    drop(runtime());
    let before = open_descriptors();
    let runtime = runtime();
    runtime.block_on(test);
    drop(runtime);
    assert_eq!(open_descriptors(), before, "descriptors leak");
}

/// Connects a display. Also returns the server's socket.
async fn display_pair(format: HeaderFormat) -> (Client, Peer, UnixStream) {
    let (near, far) = UnixStream::pair().unwrap();
    let raw = far.try_clone().unwrap();
    let [near, far] = [near, far].map(|stream| {
        stream.set_nonblocking(true).unwrap();
        UnixSocket::from(tokio::net::UnixStream::from_std(stream).unwrap())
    });
    let options = options();
    let (client, server) = pair(near, far, format, [&options, &options]).await;
    (client, server, raw)
}

/// Creates a descriptor, and returns it with the number of its file.
fn descriptor() -> (PipeReader, u64) {
    let (reader, _) = pipe().unwrap();
    let number = file_number(reader.as_fd());
    (reader, number)
}

fn file_number(fd: BorrowedFd<'_>) -> u64 {
    let file = File::from(fd.try_clone_to_owned().unwrap());
    file.metadata().unwrap().ino()
}

fn mark() -> Message<'static> {
    Message::Mark(Empty {})
}

fn scanout(fd: BorrowedFd<'_>) -> Message<'_> {
    Message::GlScanoutUnix(GlScanoutUnix {
        drm_dma_buf_fd: fd.into(),
        drm_fourcc_format: 0x3432_5258,
        width: 640,
        ..GlScanoutUnix::default()
    })
}

fn scanout2<'a>(fds: impl IntoIterator<Item = BorrowedFd<'a>>) -> Message<'a> {
    let plane = |(offset, fd): (u32, BorrowedFd<'a>)| GlPlaneUnix {
        fd: fd.into(),
        offset,
        stride: 2560,
    };
    let planes: Vec<_> = (0..).zip(fds).map(plane).collect();
    Message::GlScanout2Unix(GlScanout2Unix {
        fourcc: 0x3432_5258,
        planes: planes.into(),
        ..GlScanout2Unix::default()
    })
}

/// Returns the file numbers of the descriptors of a message.
fn file_numbers(message: &Message<'_>) -> Vec<Option<u64>> {
    let number = |fd: &Fd<'_>| fd.as_fd().map(file_number);
    match message {
        Message::GlScanoutUnix(scanout) => vec![number(&scanout.drm_dma_buf_fd)],
        Message::GlScanout2Unix(scanout) => scanout
            .planes
            .iter()
            .map(|plane| number(&plane.fd))
            .collect(),
        _ => Vec::new(),
    }
}

/// Sends bytes with descriptors attached to the first one.
fn send_raw(socket: &UnixStream, bytes: &[u8], fds: &[BorrowedFd<'_>]) {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(253))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    assert!(fds.is_empty() || ancillary.push(SendAncillaryMessage::ScmRights(fds)));
    let slices = [IoSlice::new(bytes)];
    let sent = sendmsg(socket, &slices, &mut ancillary, SendFlags::empty());
    assert_eq!(sent, Ok(bytes.len()));
}

fn bytes_of(messages: &[Message<'_>]) -> Vec<u8> {
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    let mut bytes = Vec::new();
    for message in messages {
        writer.message(message, &mut bytes).unwrap();
    }
    bytes
}

#[test]
fn scanouts_arrive_with_their_descriptors() {
    without_leaks(async {
        for format in [HeaderFormat::Mini, HeaderFormat::Full] {
            let (mut client, server, _) = display_pair(format).await;
            let fds: Vec<_> = (0..5).map(|_| descriptor()).collect();
            let (first, others) = fds.split_first().unwrap();
            server.send(scanout(first.0.as_fd())).await.unwrap();
            let message = client.next().await.unwrap().unwrap();
            assert_eq!(file_numbers(&message), [Some(first.1)]);
            let planes = others.iter().map(|(fd, _)| fd.as_fd());
            server.send(scanout2(planes)).await.unwrap();
            let message = client.next().await.unwrap().unwrap();
            let expected: Vec<_> = others.iter().map(|(_, number)| Some(*number)).collect();
            assert_eq!(file_numbers(&message), expected);
        }
    });
}

#[test]
fn descriptors_of_a_batch_arrive_with_their_messages() {
    without_leaks(async {
        let (mut client, server, _) = display_pair(HeaderFormat::Mini).await;
        let mut expected = Vec::new();
        // All is in the socket before the client reads.
        for round in 0..8 {
            let fds: Vec<_> = (0..4).map(|_| descriptor()).collect();
            drop(server.send(mark()));
            expected.push(Vec::new());
            drop(server.send(scanout(fds[0].0.as_fd())));
            expected.push(vec![Some(fds[0].1)]);
            drop(server.send(scanout2(
                fds.iter().take(round % 5).map(|(fd, _)| fd.as_fd()),
            )));
            let numbers = fds.iter().map(|(_, number)| Some(*number));
            expected.push(numbers.take(round % 5).collect());
        }
        server.sender().flush().await.unwrap();
        for numbers in expected {
            let message = client.next().await.unwrap().unwrap();
            assert_eq!(file_numbers(&message), numbers);
        }
    });
}

/// The socket takes parts of messages, so writes continue in the middle.
#[test]
fn descriptors_between_large_messages_arrive_with_their_messages() {
    without_leaks(async {
        let (mut client, server, _) = display_pair(HeaderFormat::Mini).await;
        let (fd, number) = descriptor();
        let sender = server.sender();
        let send = async {
            for _ in 0..20 {
                drop(sender.send_raw(id::MARK, &[0; 300_000]));
                drop(sender.send(scanout(fd.as_fd())));
            }
            sender.flush().await.unwrap();
        };
        let receive = async {
            for _ in 0..20 {
                let message = client.next().await.unwrap().unwrap();
                assert_eq!(message, mark());
                let message = client.next().await.unwrap().unwrap();
                assert_eq!(file_numbers(&message), [Some(number)]);
            }
        };
        tokio::join!(send, receive);
    });
}

#[test]
fn byte_of_the_descriptor_may_arrive_later() {
    without_leaks(async {
        let (mut client, _server, raw) = display_pair(HeaderFormat::Mini).await;
        let (fd, number) = descriptor();
        let mut writer = FrameWriter::new(HeaderFormat::Mini);
        let mut bytes = Vec::new();
        let message = scanout(fd.as_fd());
        writer
            .message_with_fds(&message, &mut bytes, &mut Vec::new())
            .unwrap();
        let (zero, bytes) = bytes.split_last().unwrap();
        for byte in bytes {
            send_raw(&raw, &[*byte], &[]);
            assert!(support::poll_once(&mut Box::pin(client.next())).is_pending());
        }
        send_raw(&raw, &[*zero], &[fd.as_fd()]);
        let message = client.next().await.unwrap().unwrap();
        assert_eq!(file_numbers(&message), [Some(number)]);
    });
}

#[test]
fn proxy_forwards_descriptors() {
    without_leaks(async {
        let (mut client, to_client, _) = display_pair(HeaderFormat::Full).await;
        let (mut from_server, server, _) = display_pair(HeaderFormat::Full).await;
        let fds: Vec<_> = (0..4).map(|_| descriptor()).collect();
        let planes = || fds.iter().map(|(fd, _)| fd.as_fd());
        for message in [mark(), scanout2(planes()), scanout(fds[2].0.as_fd())] {
            drop(server.send(message));
        }
        server.sender().shutdown().await.unwrap();
        let sender = to_client.sender();
        while let Some(frame) = from_server.next_frame().await.unwrap() {
            sender.forward(&frame).await.unwrap();
        }
        assert_eq!(client.next().await.unwrap(), Some(mark()));
        let message = client.next().await.unwrap().unwrap();
        let expected: Vec<_> = fds.iter().map(|(_, number)| Some(*number)).collect();
        assert_eq!(file_numbers(&message), expected);
        let message = client.next().await.unwrap().unwrap();
        assert_eq!(file_numbers(&message), [Some(fds[2].1)]);
    });
}

#[test]
fn stream_without_descriptors_refuses_the_message_and_continues() {
    without_leaks(async {
        let (near, far) = duplex(1000);
        let options = options();
        let ends =
            pair::<display::Channel, _, _>(near, far, HeaderFormat::Mini, [&options, &options]);
        let (mut client, server) = ends.await;
        let (fd, _) = descriptor();
        let error = server.send(scanout(fd.as_fd())).await.unwrap_err();
        assert!(matches!(error, Error::NoDescriptors) && error.is_recoverable());
        assert_eq!(server.statistics().sent_frames, 0);
        server.send(mark()).await.unwrap();
        assert_eq!(client.next().await.unwrap(), Some(mark()));
    });
}

#[test]
fn descriptors_that_no_message_takes_are_limited_after_the_messages() {
    without_leaks(async {
        // Descriptors attached to one byte, and the number of messages with them.
        for (attached, count) in [(1, 65), (10, 7), (64, 2), (65, 1), (253, 1)] {
            let (mut client, _server, raw) = display_pair(HeaderFormat::Mini).await;
            let (fd, _) = descriptor();
            let fds = vec![fd.as_fd(); attached];
            let bytes = bytes_of(&[mark()]);
            for _ in 0..count {
                send_raw(&raw, &bytes, &fds);
            }
            send_raw(&raw, &bytes, &[]);
            for _ in 0..count {
                assert_eq!(client.next().await.unwrap(), Some(mark()), "{attached}");
            }
            for _ in 0..2 {
                let error = client.next().await.unwrap_err();
                assert!(matches!(
                    error,
                    Error::Frame(FrameError::TooManyDescriptors)
                ));
                assert!(!error.is_recoverable());
            }
        }
    });
}

#[test]
fn descriptors_at_the_end_are_closed() {
    without_leaks(async {
        let (mut client, server, raw) = display_pair(HeaderFormat::Mini).await;
        let (fd, _) = descriptor();
        send_raw(&raw, &bytes_of(&[mark()]), &[fd.as_fd(); 3]);
        drop((server, raw));
        assert_eq!(client.next().await.unwrap(), Some(mark()));
        assert_eq!(client.next().await.unwrap(), None);
    });
}

/// The kernel truncates the ancillary data if it cannot install a descriptor.
#[test]
fn descriptor_beyond_the_limit_of_the_process_is_an_error_after_the_messages() {
    without_leaks(async {
        let (mut client, server, raw) = display_pair(HeaderFormat::Mini).await;
        let (fd, _) = descriptor();
        send_raw(&raw, &bytes_of(&[mark(), mark()]), &[]);
        send_raw(&raw, &bytes_of(&[mark()]), &[fd.as_fd(); 4]);
        drop((server, raw));
        let limit = getrlimit(Resource::Nofile);
        let current = Some(3);
        setrlimit(Resource::Nofile, Rlimit { current, ..limit }).unwrap();
        let mut messages = Vec::new();
        let error = loop {
            match client.next().await {
                Ok(message) => messages.push(message.is_some()),
                Err(error) => break error.to_string(),
            }
        };
        setrlimit(Resource::Nofile, limit).unwrap();
        assert_eq!(messages, [true; 3]);
        let text = "a descriptor was lost: the process has too many open descriptors";
        assert_eq!(error, text);
    });
}

#[test]
fn queued_descriptors_are_closed_with_the_connection() {
    without_leaks(async {
        let (client, server, _) = display_pair(HeaderFormat::Mini).await;
        for _ in 0..100 {
            let fd = OwnedFd::from(descriptor().0);
            drop(server.send(scanout(fd.as_fd())));
        }
        // The client goes, so the rest cannot be written.
        drop(client);
        let before = open_descriptors();
        server.sender().flush().await.unwrap_err();
        assert_eq!(open_descriptors(), before - 100);
    });
}

mod blocking {
    use std::thread;

    use spice_link::blocking::{Connection, UnixSocket, accept_with, connect_with};
    use spice_link::{LinkRequest, Policy};
    use spice_messages::{ChannelType, main};

    use super::*;

    type Client = Connection<display::Channel, UnixSocket>;
    type Peer = Connection<display::Channel, UnixSocket, Server>;

    /// Connects a display. Also returns the server's socket.
    fn display_pair() -> (Client, Peer, UnixStream) {
        let policy: &Policy = &POLICY;
        let options = &options();
        let accept = |stream: UnixStream| accept_with(UnixSocket::from(stream), policy, options);
        thread::scope(|scope| {
            let (near, far) = UnixStream::pair().unwrap();
            let accepted = scope.spawn(move || accept(far).unwrap());
            let request = LinkRequest::new(0, ChannelType::MAIN, 0);
            let main = connect_with::<main::Channel, _>(near, request, "", options);
            drop(main.unwrap());
            let session = accepted.join().unwrap().session();

            let (near, far) = UnixStream::pair().unwrap();
            let raw = far.try_clone().unwrap();
            let accepted = scope.spawn(move || accept(far).unwrap());
            let request = LinkRequest::new(session.id, ChannelType::DISPLAY, 0);
            let client = connect_with(UnixSocket::from(near), request, "", options).unwrap();
            let server = accepted.join().unwrap().into_connection().unwrap();
            (client, server, raw)
        })
    }

    #[test]
    fn descriptors_of_a_batch_arrive_with_their_messages() {
        without_leaks(async {
            let (mut client, mut server, _) = display_pair();
            let fds: Vec<_> = (0..4).map(|_| descriptor()).collect();
            let numbers: Vec<_> = fds.iter().map(|(_, number)| Some(*number)).collect();
            // All is in the socket before the client reads.
            for _ in 0..8 {
                server.send(mark()).unwrap();
                server.send(scanout(fds[0].0.as_fd())).unwrap();
                let planes = fds.iter().map(|(fd, _)| fd.as_fd());
                server.send(scanout2(planes)).unwrap();
            }
            for _ in 0..8 {
                assert_eq!(client.next().unwrap(), Some(mark()));
                let message = client.next().unwrap().unwrap();
                assert_eq!(file_numbers(&message), numbers[..1]);
                let message = client.next().unwrap().unwrap();
                assert_eq!(file_numbers(&message), numbers);
            }
        });
    }

    #[test]
    fn proxy_forwards_descriptors() {
        without_leaks(async {
            let (mut client, mut to_client, _) = display_pair();
            let (mut from_server, mut server, _) = display_pair();
            let fds: Vec<_> = (0..4).map(|_| descriptor()).collect();
            let numbers: Vec<_> = fds.iter().map(|(_, number)| Some(*number)).collect();
            let planes = fds.iter().map(|(fd, _)| fd.as_fd());
            server.send(scanout2(planes)).unwrap();
            server.shutdown().unwrap();
            while let Some(frame) = from_server.next_frame().unwrap() {
                to_client.forward(&frame).unwrap();
            }
            let message = client.next().unwrap().unwrap();
            assert_eq!(file_numbers(&message), numbers);
        });
    }

    #[test]
    fn descriptors_that_no_message_takes_are_limited_after_the_messages() {
        without_leaks(async {
            for (attached, count) in [(1, 65), (64, 2), (65, 1), (253, 1)] {
                let (mut client, _server, raw) = display_pair();
                let (fd, _) = descriptor();
                let fds = vec![fd.as_fd(); attached];
                for _ in 0..count {
                    send_raw(&raw, &bytes_of(&[mark()]), &fds);
                }
                for _ in 0..count {
                    assert_eq!(client.next().unwrap(), Some(mark()), "{attached}");
                }
                let error = client.next().unwrap_err();
                assert!(matches!(
                    error,
                    Error::Frame(FrameError::TooManyDescriptors)
                ));
            }
        });
    }

    #[test]
    fn descriptor_beyond_the_limit_of_the_process_is_an_error_after_the_messages() {
        without_leaks(async {
            let (mut client, server, raw) = display_pair();
            let (fd, _) = descriptor();
            send_raw(&raw, &bytes_of(&[mark(), mark()]), &[fd.as_fd(); 4]);
            drop((server, raw));
            let limit = getrlimit(Resource::Nofile);
            let current = Some(3);
            setrlimit(Resource::Nofile, Rlimit { current, ..limit }).unwrap();
            let received = [(); 2].map(|()| client.next().map(|message| message.is_some()));
            let end = client.next().map(drop);
            setrlimit(Resource::Nofile, limit).unwrap();
            assert!(received.into_iter().all(|received| received.unwrap()));
            let text = "a descriptor was lost: the process has too many open descriptors";
            assert_eq!(end.unwrap_err().to_string(), text);
        });
    }
}
