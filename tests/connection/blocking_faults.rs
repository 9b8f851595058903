//! Faults of peers and streams, over blocking streams.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

use spice_link::blocking::{Connection, accept, connect, connect_with};
use spice_link::{Error, LinkErr, LinkError, LinkRequest, Options, Policy};
use spice_messages::port::{client, server};
use spice_messages::types::Empty;
use spice_messages::{ChannelType, display, main, port};

use super::blocking::{connect_pair, data, key, tcp_pair};

/// Returns a client of a port, and the stream of its server.
fn client_and_stream() -> (Connection<port::Channel, TcpStream>, TcpStream) {
    let (client, server) = connect_pair(tcp_pair(), &Options::new());
    let stream = server.stream().try_clone().unwrap();
    let limit = Some(Duration::from_secs(60));
    stream.set_read_timeout(limit).unwrap();
    (client, stream)
}

/// Returns a message with its mini header.
fn frame(id: u16, body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len()).unwrap();
    [&id.to_le_bytes()[..], &size.to_le_bytes(), body].concat()
}

/// Receives a data message.
fn receive(client: &mut Connection<port::Channel, TcpStream>) -> Vec<u8> {
    match client.next().unwrap() {
        Some(server::Message::Data(data)) => data.data.to_vec(),
        other => panic!("expected data, got {other:?}"),
    }
}

#[test]
fn read_timeout_loses_nothing() {
    let (mut client, mut stream) = client_and_stream();
    let limit = Some(Duration::from_millis(10));
    client.stream().set_read_timeout(limit).unwrap();
    let bytes = frame(server::id::DATA, b"hello");
    for byte in bytes {
        let error = client.next().unwrap_err();
        assert!(error.is_recoverable(), "{error:?}");
        stream.write_all(&[byte]).unwrap();
    }
    client.stream().set_read_timeout(None).unwrap();
    assert_eq!(receive(&mut client), b"hello");
}

/// A stream that takes a few bytes and then reports a timeout.
struct Slow {
    stream: TcpStream,
    free: usize,
}

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = bytes.len().min(self.free);
        self.free -= length;
        match length {
            0 => Err(ErrorKind::TimedOut.into()),
            _ => self.stream.write(&bytes[..length]),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn write_timeout_keeps_the_rest_of_the_message() {
    let (client, server) = tcp_pair();
    let [client, server] = [client, server].map(|stream| Slow {
        stream,
        free: usize::MAX,
    });
    let (mut client, mut server) =
        connect_pair::<port::Channel, _>((client, server), &Options::new());
    client.stream_mut().free = 10;
    let error = client
        .send(client::Message::Data(data(b"in two parts")))
        .unwrap_err();
    assert!(error.is_recoverable(), "{error:?}");
    assert!(matches!(error, Error::Io(error) if error.kind() == ErrorKind::TimedOut));
    client.stream_mut().free = 3;
    let error = client.flush().unwrap_err();
    assert!(error.is_recoverable(), "{error:?}");
    client.stream_mut().free = usize::MAX;
    client.send(client::Message::Data(data(b"second"))).unwrap();
    for expected in [&b"in two parts"[..], b"second"] {
        let Some(client::Message::Data(data)) = server.next().unwrap() else {
            panic!("expected data");
        };
        assert_eq!(*data.data, *expected);
    }
    // `next` writes the rest as well.
    client.stream_mut().free = 10;
    client
        .send(client::Message::Data(data(b"by the next call")))
        .unwrap_err();
    client.stream_mut().free = usize::MAX;
    server.send(server::Message::Data(data(b"answer"))).unwrap();
    assert!(client.next().unwrap().is_some());
    assert!(server.next().unwrap().is_some());
}

#[test]
fn connection_continues_after_a_damaged_message() {
    let (mut client, mut stream) = client_and_stream();
    let bytes = [
        frame(server::id::DATA, b"before"),
        frame(server::id::INIT, b"x"),
        frame(server::id::DATA, b"after"),
    ];
    stream.write_all(&bytes.concat()).unwrap();
    assert_eq!(receive(&mut client), b"before");
    let error = client.next().unwrap_err();
    assert!(matches!(error, Error::Message(_)), "{error:?}");
    assert!(error.is_recoverable());
    assert_eq!(receive(&mut client), b"after");
}

#[test]
fn end_between_messages_is_clean() {
    let (mut client, mut stream) = client_and_stream();
    stream.write_all(&frame(server::id::DATA, b"last")).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(receive(&mut client), b"last");
    assert!(client.next().unwrap().is_none());
    assert!(client.next().unwrap().is_none());
}

#[test]
fn end_within_a_message_is_an_error() {
    let bytes = frame(server::id::DATA, b"hello");
    for length in 1..bytes.len() {
        let (mut client, mut stream) = client_and_stream();
        stream.write_all(&frame(server::id::DATA, b"last")).unwrap();
        stream.write_all(&bytes[..length]).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(receive(&mut client), b"last");
        let error = client.next().unwrap_err();
        assert!(!error.is_recoverable());
        assert!(
            matches!(error, Error::Truncated { missing } if missing > 0),
            "{length}: {error:?}"
        );
    }
}

#[test]
fn messages_are_received_although_answers_cannot_be_sent() {
    let (mut client, mut stream) = client_and_stream();
    let set_ack = frame(server::id::SET_ACK, &[1, 0, 0, 0, 1, 0, 0, 0]);
    let bytes = [
        set_ack,
        frame(server::id::DATA, b"one"),
        frame(server::id::DATA, b"two"),
    ];
    stream.write_all(&bytes.concat()).unwrap();
    client.stream().shutdown(Shutdown::Write).unwrap();
    assert_eq!(receive(&mut client), b"one");
    assert_eq!(receive(&mut client), b"two");
    let error = client.send(client::Message::Data(data(b"x"))).unwrap_err();
    assert!(matches!(error, Error::Io(error) if error.kind() == ErrorKind::BrokenPipe));
}

#[test]
fn too_large_message_ends_the_connection() {
    let (mut client, server) =
        connect_pair::<port::Channel, _>(tcp_pair(), &Options::new().limit(10));
    let mut stream = server.stream();
    stream
        .write_all(&frame(server::id::DATA, &[0; 11]))
        .unwrap();
    let error = client.next().unwrap_err();
    assert!(matches!(error, Error::Frame(_)), "{error:?}");
    assert!(!error.is_recoverable());
}

#[cfg(unix)]
#[test]
fn descriptors_need_a_unix_socket() {
    use std::os::fd::OwnedFd;

    use spice_messages::wire::Fd;

    let (_client, mut server) = connect_pair::<display::Channel, _>(tcp_pair(), &Options::new());
    let scanout = display::server::GlScanoutUnix {
        drm_dma_buf_fd: Fd::from(OwnedFd::from(tcp_pair().0)),
        drm_fourcc_format: 1,
        ..Default::default()
    };
    let error = server
        .send(display::server::Message::GlScanoutUnix(scanout))
        .unwrap_err();
    assert!(matches!(error, Error::NoDescriptors), "{error:?}");
    server
        .send(display::server::Message::Mark(Empty {}))
        .unwrap();
    assert_eq!(server.statistics().sent_frames, 1);
}

/// Returns the errors of client and server for a request.
fn refusal(policy: &Policy, request: LinkRequest, password: &str) -> (Error, Error) {
    let (client, server) = tcp_pair();
    thread::scope(|scope| {
        let server = scope.spawn(|| accept(server, policy).unwrap_err());
        let client = connect::<port::Channel, _>(client, request, password).unwrap_err();
        (client, server.join().unwrap())
    })
}

#[test]
fn refused_client_learns_the_reason() {
    let policy = Policy::new(key())
        .password("secret")
        .channel(ChannelType::PORT, 0);
    let port = |session, id| LinkRequest::new(session, ChannelType::PORT, id);
    for (request, password, reason) in [
        (port(1, 1), "secret", LinkErr::CHANNEL_NOT_AVAILABLE),
        (port(1, 0), "secret", LinkErr::BAD_CONNECTION_ID),
        (port(1, 0), "wrong", LinkErr::PERMISSION_DENIED),
    ] {
        let (client, server) = refusal(&policy, request, password);
        for error in [client, server] {
            assert!(
                matches!(error, Error::Link(LinkError::Refused(found)) if found == reason),
                "{reason:?}: {error:?}"
            );
        }
    }
}

#[test]
fn connection_type_must_fit_the_request() {
    let policy: Policy = Policy::new(key());
    let (client, server) = tcp_pair();
    thread::scope(|scope| {
        scope.spawn(|| {
            let accepted = accept(server, &policy).unwrap();
            let error = accepted.into_connection::<port::Channel>().unwrap_err();
            assert!(matches!(error, Error::ChannelType { .. }), "{error:?}");
        });
        let request = LinkRequest::new(0, ChannelType::MAIN, 0);
        let error = connect::<port::Channel, _>(client, request, "").unwrap_err();
        assert!(matches!(error, Error::ChannelType { .. }), "{error:?}");
    });
}

#[test]
fn link_stage_of_a_silent_peer_ends_at_the_limit() {
    let (client, _server) = tcp_pair();
    let timeout = Some(Duration::from_millis(5));
    client.set_read_timeout(timeout).unwrap();
    let limit = Duration::from_millis(50);
    let options = Options::new().link_timeout(Some(limit));
    let request = LinkRequest::new(0, ChannelType::MAIN, 0);
    let error = connect_with::<main::Channel, _>(client, request, "", &options).unwrap_err();
    assert!(matches!(error, Error::LinkTimeout(found) if found == limit));
}

#[test]
fn link_stage_survives_a_slow_peer() {
    let (client, server) = tcp_pair();
    let timeout = Some(Duration::from_millis(1));
    client.set_read_timeout(timeout).unwrap();
    server.set_read_timeout(timeout).unwrap();
    // The link stage takes longer than the timeout, because it decrypts the ticket.
    connect_pair::<port::Channel, _>((client, server), &Options::new());
}

#[test]
fn end_within_the_link_stage_is_an_error() {
    let policy: Policy = Policy::new(key());
    let request = LinkRequest::new(0, ChannelType::MAIN, 0)
        .to_bytes()
        .unwrap();
    for length in 0..request.len() {
        let (mut client, server) = tcp_pair();
        client.write_all(&request[..length]).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let error = accept(server, &policy).unwrap_err();
        assert!(matches!(error, Error::Link(_)), "{length}: {error:?}");
        let kind = io::Error::from(error).kind();
        assert_eq!(kind, ErrorKind::UnexpectedEof, "{length}");
    }
}

/// A stream whose writing can end.
struct Breakable {
    stream: TcpStream,
    is_reset: bool,
}

impl Read for Breakable {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl Write for Breakable {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_reset {
            return Err(ErrorKind::ConnectionReset.into());
        }
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn reset_that_only_an_answer_has_seen_is_reported() {
    let (client, server) = tcp_pair();
    let [client, server] = [client, server].map(|stream| Breakable {
        stream,
        is_reset: false,
    });
    let (mut client, mut server) =
        connect_pair::<port::Channel, _>((client, server), &Options::new());
    client.stream_mut().is_reset = true;
    server.ping().unwrap();
    server.send(server::Message::Data(data(b"last"))).unwrap();
    drop(server);
    assert!(client.next().unwrap().is_some());
    let is_reset =
        |error| matches!(error, Error::Io(error) if error.kind() == ErrorKind::ConnectionReset);
    assert!(is_reset(client.next().unwrap_err()));
    assert!(is_reset(client.flush().unwrap_err()));
}

#[test]
fn receiver_does_not_wait_for_a_thread_that_sends() {
    const SIZE: usize = 32 << 20;
    let (client, mut stream) = client_and_stream();
    let (mut receiver, sender) = client.into_split().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            let bytes = vec![0; SIZE];
            sender.send(client::Message::Data(data(&bytes))).unwrap();
        });
        // Once a byte has arrived, the thread writes until somebody reads the rest.
        stream.read_exact(&mut [0]).unwrap();
        let set_ack = frame(server::id::SET_ACK, &[1, 0, 0, 0, 1, 0, 0, 0]);
        stream.write_all(&set_ack).unwrap();
        for _ in 0..500 {
            stream.write_all(&frame(server::id::DATA, b"x")).unwrap();
            assert!(receiver.next().unwrap().is_some());
        }
        let mut sent = vec![0; 5 + SIZE + 10 + 6];
        stream.read_exact(&mut sent).unwrap();
        // The thread that sends has written the answers as well.
        let answers = &sent[5 + SIZE..];
        let expected = [
            frame(client::id::ACK_SYNC, &[1, 0, 0, 0]),
            frame(client::id::ACK, &[]),
        ];
        assert_eq!(answers, expected.concat());
    });
}
