//! Connections whose peer breaks off, resets, floods or damages the stream.

use std::io::ErrorKind;

use spice_link::tokio::{Connection, accept_with, connect_with};
use spice_link::{Error, FrameWriter, HeaderFormat, LinkRequest, RawMessage};
use spice_messages::main::server::Message;
use spice_messages::types::{Data, Empty};
use spice_messages::{ChannelType, base, main, port};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{
    End, POLICY, Script, answer, data, options, pair, poll_once, scripted_client,
};

pub fn agent_data(bytes: &[u8]) -> Message<'_> {
    Message::AgentData(Data { data: bytes.into() })
}

/// Writes the messages of a server that wants an acknowledgement for each message. Returns the ends of the frames,
/// and the number of messages for the user in each.
pub fn traffic() -> (Vec<u8>, Vec<(usize, usize)>) {
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    let (mut out, mut ends) = (Vec::new(), Vec::new());
    let set_ack = base::server::SetAck {
        generation: 1,
        window: 1,
    };
    let ping = base::server::Ping {
        id: 7,
        ..base::server::Ping::default()
    };
    let messages = [
        (Message::SetAck(set_ack), 0),
        (agent_data(&[1; 9]), 1),
        (Message::Ping(ping), 0),
        (Message::AgentConnected(Empty {}), 1),
    ];
    for (message, count) in messages {
        writer.message(&message, &mut out).unwrap();
        ends.push((out.len(), count));
    }
    let parts = [
        RawMessage::new(main::server::id::AGENT_CONNECTED, &[]),
        RawMessage::new(main::server::id::AGENT_DATA, &[5; 3]),
    ];
    writer.list(&parts, &mut out).unwrap();
    ends.push((out.len(), 2));
    writer.message(&agent_data(&[2; 30]), &mut out).unwrap();
    ends.push((out.len(), 1));
    (out, ends)
}

type Main = Connection<main::Channel, Script>;

async fn connected(bytes: &[u8], end: End) -> (Main, Script) {
    scripted_client(HeaderFormat::Mini, bytes, end, &options()).await
}

/// Receives all messages. Returns their number and the end.
async fn receive_all(main: &mut Main) -> (usize, Result<(), Error>) {
    let mut count = 0;
    loop {
        match main.next().await {
            Ok(Some(_)) => count += 1,
            Ok(None) => return (count, Ok(())),
            Err(error) => return (count, Err(error)),
        }
    }
}

#[tokio::test]
async fn stream_that_ends_at_any_byte_gives_all_messages_before() {
    let (bytes, ends) = traffic();
    for length in 0..=bytes.len() {
        let complete = ends.iter().take_while(|(end, _)| *end <= length);
        let expected: usize = complete.map(|(_, count)| count).sum();
        let next_end = ends.iter().find(|(end, _)| *end > length);
        let is_whole = length == 0 || ends.iter().any(|(end, _)| *end == length);

        let (mut main, _) = connected(&bytes[..length], End::Close).await;
        for _ in 0..2 {
            let (count, end) = receive_all(&mut main).await;
            match end {
                Ok(()) => assert!(is_whole, "{length}"),
                Err(Error::Truncated { missing }) => {
                    assert!(!is_whole && missing > 0, "{length}");
                    assert!(length + missing <= next_end.unwrap().0, "{length}");
                }
                Err(error) => panic!("{length}: {error}"),
            }
            // The second call reports the same end.
            assert!([expected, 0].contains(&count), "{length}");
        }
        let (main, _) = &mut connected(&bytes[..length], End::Reset).await;
        let (count, end) = receive_all(main).await;
        assert_eq!(count, expected, "{length}");
        assert!(matches!(end, Err(Error::Io(error)) if error.kind() == ErrorKind::ConnectionReset));
    }
}

/// A write may be the only call that sees a reset: the next read then reports the end.
#[tokio::test]
async fn messages_are_given_although_acknowledgements_cannot_be_written() {
    let (bytes, ends) = traffic();
    let expected: usize = ends.iter().map(|(_, count)| count).sum();
    for kind in [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe] {
        for stream_end in [End::Close, End::Reset] {
            let (mut main, stream) = connected(&bytes, stream_end).await;
            let writes_of_link = stream.state().writes;
            stream.state().write_error = Some(kind);
            let (count, end) = receive_all(&mut main).await;
            assert_eq!(count, expected);
            let is_reset = matches!(
                &end,
                Err(Error::Io(error)) if error.kind() == ErrorKind::ConnectionReset
            );
            let is_clean = kind == ErrorKind::BrokenPipe && stream_end == End::Close;
            assert!(if is_clean { end.is_ok() } else { is_reset }, "{kind:?}");
            // Sending reports the error, and writes nothing.
            let sender = main.sender();
            let sent = sender.send(main::client::Message::AttachChannels(Empty {}));
            assert!(matches!(sent.await, Err(Error::Io(error)) if error.kind() == kind));
            assert!(matches!(sender.flush().await, Err(Error::Io(error)) if error.kind() == kind));
            assert!(sender.shutdown().await.is_err());
            assert_eq!(stream.state().writes, writes_of_link + 1);
        }
    }
}

#[tokio::test]
async fn damaged_bytes_are_an_error_or_another_message() {
    let (bytes, _) = traffic();
    let (mut recovered, mut fatal) = (0, 0);
    for at in 0..bytes.len() {
        for change in [1, 4, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            let (mut main, _) = connected(&bytes, End::Close).await;
            let mut errors = 0;
            loop {
                let (count, end) = receive_all(&mut main).await;
                assert!(count <= bytes.len());
                match end {
                    Ok(()) => break,
                    Err(error) if error.is_recoverable() => recovered += 1,
                    Err(_) => {
                        fatal += 1;
                        break;
                    }
                }
                errors += 1;
                assert!(errors < 20, "{at}");
            }
        }
    }
    assert!(recovered > 10 && fatal > 10, "{recovered} {fatal}");
}

/// Neither message is one that the user asked to handle, so both are reported.
#[tokio::test]
async fn damaged_ping_loses_none_of_the_messages_beside_it() {
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    let mut bytes = Vec::new();
    let parts = [
        RawMessage::new(main::server::id::AGENT_CONNECTED, &[]),
        RawMessage::new(base::server::id::PING, &[1]),
        RawMessage::new(base::server::id::SET_ACK, &[2]),
        RawMessage::new(main::server::id::AGENT_DATA, &[3; 5]),
    ];
    writer.list(&parts, &mut bytes).unwrap();
    writer.message(&agent_data(&[4; 6]), &mut bytes).unwrap();
    let (mut main, _) = connected(&bytes, End::Close).await;
    assert_eq!(
        main.next().await.unwrap(),
        Some(Message::AgentConnected(Empty {}))
    );
    for _ in 0..2 {
        let error = main.next().await.unwrap_err();
        assert!(matches!(error, Error::Message(_)) && error.is_recoverable());
    }
    assert_eq!(main.next().await.unwrap(), Some(agent_data(&[3; 5])));
    assert_eq!(main.next().await.unwrap(), Some(agent_data(&[4; 6])));
    assert_eq!(main.next().await.unwrap(), None);
}

#[tokio::test]
async fn peer_that_sends_faster_than_the_user_receives_waits() {
    let (mut main, stream) = connected(&[], End::Stall).await;
    let mut message = Vec::new();
    FrameWriter::new(HeaderFormat::Mini)
        .message(&agent_data(&[1; 1000]), &mut message)
        .unwrap();
    stream.state().flood = message;
    for count in 1..3000_usize {
        assert!(main.next().await.unwrap().is_some());
        let ahead = stream.state().given - count * 1006;
        assert!(ahead < (200 << 10), "{ahead}");
    }
}

/// A peer that sends pings and reads no answers must not fill the memory.
#[tokio::test]
async fn peer_that_floods_pings_and_reads_nothing_waits() {
    let (mut main, stream) = connected(&[], End::Stall).await;
    let mut ping = Vec::new();
    FrameWriter::new(HeaderFormat::Mini)
        .message(&Message::Ping(base::server::Ping::default()), &mut ping)
        .unwrap();
    stream.state().is_full = true;
    stream.state().flood = ping;
    for _ in 0..100 {
        let mut next = Box::pin(main.next());
        assert!(poll_once(&mut next).is_pending());
    }
    let given = stream.state().given;
    assert!(given < (300 << 10), "{given}");
    // It continues once the peer reads.
    stream.change(|state| state.is_full = false);
    stream.state().flood.clear();
    let mut next = Box::pin(main.next());
    assert!(poll_once(&mut next).is_pending());
    drop(next);
    let statistics = main.statistics();
    assert_eq!(statistics.received_frames, statistics.sent_frames);
    assert!(statistics.received_frames > 1000);
}

#[tokio::test]
async fn reset_of_a_socket_is_an_error_after_all_messages() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = async {
        let (stream, _) = listener.accept().await.unwrap();
        let accepted = accept_with(stream, &*POLICY, &options()).await.unwrap();
        let main = accepted.into_connection::<main::Channel>().unwrap();
        for _ in 0..3 {
            main.send(agent_data(&[1; 100])).await.unwrap();
        }
        main
    };
    let client = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let request = LinkRequest::new(0, ChannelType::MAIN, 0);
        let options = options();
        let main = connect_with::<main::Channel, _>(stream, request, "", &options);
        main.await.unwrap()
    };
    let (server, mut client) = tokio::join!(server, client);
    // The client leaves bytes unread, so the kernel of the server resets the connection.
    client
        .send(main::client::Message::AttachChannels(Empty {}))
        .await
        .unwrap();
    drop(server);
    for _ in 0..3 {
        let message = client.next().await.unwrap();
        assert_eq!(message, Some(agent_data(&[1; 100])));
    }
    let error = client.next().await.unwrap_err();
    assert!(matches!(error, Error::Io(error) if error.kind() == ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn shutdown_is_a_clean_end_for_the_peer() {
    let (near, far) = tokio::io::duplex(50);
    let options = options();
    let (mut client, mut server) =
        pair::<port::Channel, _, _>(near, far, HeaderFormat::Mini, [&options, &options]).await;
    let sender = client.sender();
    let queued = [sender.send(data(&[1; 300])), sender.send(data(&[2; 9]))];
    drop(queued);
    let (shut, received) = tokio::join!(sender.shutdown(), async {
        let mut count = 0;
        while server.next().await.unwrap().is_some() {
            count += 1;
        }
        count
    });
    shut.unwrap();
    assert_eq!(received, 2);
    // The other direction is still open.
    let reply = server.send(answer(&[3]));
    let (sent, received) = tokio::join!(reply, client.next());
    sent.unwrap();
    assert_eq!(received.unwrap(), Some(answer(&[3])));
    let error = sender.send(data(&[4])).await.unwrap_err();
    assert!(matches!(error, Error::Io(error) if error.kind() == ErrorKind::BrokenPipe));
}
