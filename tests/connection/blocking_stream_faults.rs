//! The faults of link stages and streams, for blocking connections.

use std::io::{self, ErrorKind};
use std::thread;

use spice_link::blocking::{Connection, accept_with, connect_with};
use spice_link::{
    Error, FrameWriter, HeaderFormat, LinkAnswer, LinkErr, LinkError, LinkRequest, Server,
};
use spice_messages::main::server::Message;
use spice_messages::types::{Data, Empty};
use spice_messages::{ChannelType, base, main};

use crate::stream_faults::{agent_data, traffic};
use crate::support::{End, POLICY, Script, main_request, options, recorded_link};

type Main = Connection<main::Channel, Script>;

fn connect(stream: Script) -> Result<Main, Error> {
    let request = main_request(HeaderFormat::Mini);
    connect_with(stream, request, "", &options())
}

async fn connected(bytes: &[u8], end: End) -> (Main, Script) {
    let [_, mut input] = recorded_link().await;
    input.extend(bytes);
    let stream = Script::new(&input, end);
    let main = connect(stream.clone()).unwrap();
    stream.state().writes = 0;
    (main, stream)
}

fn receive_all(main: &mut Main) -> (usize, Result<(), Error>) {
    let mut count = 0;
    loop {
        match main.next() {
            Ok(Some(_)) => count += 1,
            Ok(None) => return (count, Ok(())),
            Err(error) => return (count, Err(error)),
        }
    }
}

fn is_kind(result: &Result<(), Error>, kind: ErrorKind) -> bool {
    matches!(result, Err(Error::Io(error)) if error.kind() == kind)
}

#[tokio::test]
async fn end_at_any_byte_of_the_link_stage_is_reported() {
    let [client, server] = recorded_link().await;
    let is_ended = |result: Result<(), Error>| matches!(result, Err(Error::Link(LinkError::Ended { awaited })) if awaited > 0);
    let accept = |stream| accept_with(stream, &*POLICY, &options()).map(drop);
    for length in 0..server.len() {
        let part = &server[..length];
        assert!(is_ended(connect(Script::new(part, End::Close)).map(drop)));
        let result = connect(Script::new(part, End::Reset)).map(drop);
        assert!(is_kind(&result, ErrorKind::ConnectionReset));
    }
    for length in 0..client.len() {
        let part = &client[..length];
        assert!(is_ended(accept(Script::new(part, End::Close))));
        let result = accept(Script::new(part, End::Reset));
        assert!(is_kind(&result, ErrorKind::ConnectionReset));
    }
    accept(Script::new(&client, End::Close)).unwrap();
}

#[test]
fn refusal_is_reported_although_writing_fails() {
    let refusal = LinkAnswer::refusal(LinkErr::NEED_SECURED);
    for end in [End::Close, End::Reset] {
        let stream = Script::new(&refusal.to_bytes().unwrap(), end);
        stream.state().write_error = Some(ErrorKind::BrokenPipe);
        let result = connect(stream).map(drop);
        assert!(matches!(
            result,
            Err(Error::Link(LinkError::Refused(LinkErr::NEED_SECURED)))
        ));
        let stream = Script::new(&[], end);
        stream.state().write_error = Some(ErrorKind::BrokenPipe);
        assert!(is_kind(&connect(stream).map(drop), ErrorKind::BrokenPipe));
    }
}

#[tokio::test]
async fn stream_that_ends_at_any_byte_gives_all_messages_before() {
    let (bytes, ends) = traffic();
    for length in 0..=bytes.len() {
        let complete = ends.iter().take_while(|(end, _)| *end <= length);
        let expected: usize = complete.map(|(_, count)| count).sum();
        let is_whole = length == 0 || ends.iter().any(|(end, _)| *end == length);

        let (mut main, _) = connected(&bytes[..length], End::Close).await;
        let (count, end) = receive_all(&mut main);
        assert_eq!(count, expected, "{length}");
        match end {
            Ok(()) => assert!(is_whole, "{length}"),
            Err(Error::Truncated { missing }) => assert!(!is_whole && missing > 0),
            Err(error) => panic!("{length}: {error}"),
        }
        let (mut main, _) = connected(&bytes[..length], End::Reset).await;
        let (count, end) = receive_all(&mut main);
        assert_eq!(count, expected, "{length}");
        assert!(is_kind(&end, ErrorKind::ConnectionReset), "{length}");

        // A timeout at any byte loses nothing.
        let (mut main, stream) = connected(&bytes[..length], End::Stall).await;
        let (first, end) = receive_all(&mut main);
        assert!(is_kind(&end, ErrorKind::WouldBlock) && end.unwrap_err().is_recoverable());
        stream.change(|state| {
            state.input.extend(&bytes[length..]);
            state.end = End::Close;
        });
        let (second, end) = receive_all(&mut main);
        end.unwrap();
        let all: usize = ends.iter().map(|(_, count)| count).sum();
        assert_eq!((first, first + second), (expected, all));
    }
}

#[tokio::test]
async fn messages_are_given_although_acknowledgements_cannot_be_written() {
    let (bytes, ends) = traffic();
    let expected: usize = ends.iter().map(|(_, count)| count).sum();
    for kind in [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe] {
        let (mut main, stream) = connected(&bytes, End::Close).await;
        stream.state().write_error = Some(kind);
        let (count, end) = receive_all(&mut main);
        assert_eq!(count, expected);
        match kind {
            ErrorKind::BrokenPipe => end.unwrap(),
            _ => assert!(is_kind(&end, kind)),
        }
        let sent = main.send(main::client::Message::AttachChannels(Empty {}));
        assert!(is_kind(&sent, kind));
        assert!(is_kind(&main.flush(), kind));
        assert_eq!(stream.state().writes, 1);
    }
}

#[tokio::test]
async fn damaged_bytes_are_an_error_or_another_message() {
    let (bytes, _) = traffic();
    for at in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            let (mut main, _) = connected(&bytes, End::Close).await;
            let is_over = (0..20).any(|_| match receive_all(&mut main).1 {
                Ok(()) => true,
                Err(error) => !error.is_recoverable(),
            });
            assert!(is_over, "{at}");
        }
    }
}

#[tokio::test]
async fn flood_of_pings_that_cannot_be_answered_is_not_read() {
    let (mut main, stream) = connected(&[], End::Stall).await;
    let mut ping = Vec::new();
    FrameWriter::new(HeaderFormat::Mini)
        .message(&Message::Ping(base::server::Ping::default()), &mut ping)
        .unwrap();
    stream.state().is_full = true;
    stream.state().flood = ping;
    for _ in 0..100 {
        let error = main.next().map(drop);
        assert!(is_kind(&error, ErrorKind::WouldBlock));
    }
    let given = stream.state().given;
    assert!(given < (500 << 10), "{given}");
    stream.change(|state| state.is_full = false);
    stream.state().flood.clear();
    assert!(is_kind(&main.next().map(drop), ErrorKind::WouldBlock));
    let statistics = main.statistics();
    assert_eq!(statistics.received_frames, statistics.sent_frames);
    assert!(statistics.received_frames > 1000);
}

#[tokio::test]
async fn many_answers_are_written_at_once() {
    let (mut main, stream) = connected(&[], End::Stall).await;
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    let mut pings = Vec::new();
    for id in 0..200 {
        let ping = Message::Ping(base::server::Ping {
            id,
            ..base::server::Ping::default()
        });
        writer.message(&ping, &mut pings).unwrap();
    }
    stream.change(|state| state.input.extend(pings));
    assert!(is_kind(&main.next().map(drop), ErrorKind::WouldBlock));
    assert_eq!(main.statistics().sent_frames, 200);
    assert_eq!(stream.state().writes, 1);
}

#[cfg(unix)]
mod timeouts {
    use std::os::unix::net::UnixStream;

    use super::*;
    use crate::support::Flaky;

    type Stream = Flaky<UnixStream>;

    fn ends(
        chunk: usize,
    ) -> (
        Connection<main::Channel, Stream>,
        Connection<main::Channel, Stream, Server>,
    ) {
        let (near, far) = UnixStream::pair().unwrap();
        let [near, far] = [near, far].map(|stream| {
            stream.set_nonblocking(true).unwrap();
            Flaky::new(stream, chunk)
        });
        let server = thread::spawn(move || accept_with(far, &*POLICY, &options()));
        let request = LinkRequest::new(0, ChannelType::MAIN, 0);
        let client = connect_with(near, request, "", &options()).unwrap();
        let server = server.join().unwrap().unwrap();
        (client, server.into_connection().unwrap())
    }

    /// Returns the value, or `None` after a timeout.
    fn unless_timeout<T>(result: Result<T, Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => None,
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn timeouts_at_every_point_lose_and_repeat_nothing() {
        for chunk in [1, 2, 7, 19, 1000] {
            let (mut client, mut server) = ends(chunk);
            unless_timeout(server.set_window(1));
            let mut received = [Vec::new(), Vec::new()];
            for turn in 0..10_000_u32 {
                if let Ok(byte @ 0..10) = u8::try_from(turn) {
                    let body = vec![byte; usize::from(byte) * 30];
                    unless_timeout(server.ping());
                    unless_timeout(server.send(agent_data(&body)));
                    let data = Data { data: body.into() };
                    unless_timeout(client.send(main::client::Message::AgentData(data)));
                }
                if let Some(message) = unless_timeout(client.next()) {
                    let Some(Message::AgentData(data)) = message else {
                        panic!("expected data");
                    };
                    received[0].push(data.data.len());
                }
                if let Some(message) = unless_timeout(server.next()) {
                    let Some(main::client::Message::AgentData(data)) = message else {
                        panic!("expected data");
                    };
                    received[1].push(data.data.len());
                }
            }
            let expected: Vec<usize> = (0..10).map(|byte| byte * 30).collect();
            assert_eq!(received, [expected.clone(), expected]);
            let (client, server) = (client.statistics(), server.statistics());
            assert_eq!(client.received_bytes, server.sent_bytes);
            assert_eq!(server.received_bytes, client.sent_bytes);
            // Data, pongs, `ack_sync`, and an acknowledgement for each ping and each message with data.
            assert_eq!(server.received_frames, 10 + 10 + 1 + 20);
        }
    }
}
