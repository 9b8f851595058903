//! A proxy passes all frames on without changes.

#[path = "../link/recorded_traffic.rs"]
mod recorded_traffic;

use spice_link::tokio::{Connection, Transport};
use spice_link::{FrameWriter, HeaderFormat, Options, RawMessage, Role};
use spice_messages::types::Data;
use spice_messages::wire::Side;
use spice_messages::{base, main};

use crate::support::{End, options, scripted_client, scripted_server};

async fn forward<A: Transport, B: Transport, R: Role, Q: Role>(
    from: &mut Connection<main::Channel, A, R>,
    to: &Connection<main::Channel, B, Q>,
) -> usize {
    let sender = to.sender();
    let mut count = 0;
    while let Some(frame) = from.next_frame().await.unwrap() {
        sender.forward(&frame).await.unwrap();
        count += 1;
    }
    count
}

/// Returns what a proxy sends, by side, when it receives these bytes.
async fn forwarded(
    format: HeaderFormat,
    options: &Options,
    server: &[u8],
    client: &[u8],
) -> ([Vec<u8>; 2], usize) {
    let (mut from_server, to_server) = scripted_client(format, server, End::Close, options).await;
    let (mut from_client, to_client) = scripted_server(format, client, End::Close, options).await;
    let count = forward(&mut from_server, &from_client).await
        + forward(&mut from_client, &from_server).await;
    let sent = [to_client, to_server].map(|stream| stream.state().output.clone());
    (sent, count)
}

/// Writes the recorded messages of a side.
fn recorded(format: HeaderFormat, side: Side) -> (Vec<u8>, usize) {
    let mut writer = FrameWriter::new(format);
    let mut bytes = Vec::new();
    let messages = recorded_traffic::messages();
    let messages = messages.iter().filter(|message| message.side == side);
    let mut count = 0;
    for message in messages {
        writer.raw(message.id, &message.body, &mut bytes).unwrap();
        count += 1;
    }
    if side == Side::Server {
        let parts = [
            RawMessage::new(main::server::id::AGENT_DATA, &[1; 3]),
            RawMessage::new(base::server::id::PING, &[2; 12]),
        ];
        writer.list(&parts, &mut bytes).unwrap();
        count += 1;
        if format == HeaderFormat::Full {
            let data = Data {
                data: (&[3; 5]).into(),
            };
            let carrier = main::server::Message::AgentData(data);
            writer.message_with(&parts, &carrier, &mut bytes).unwrap();
            count += 1;
        }
    }
    (bytes, count)
}

fn proxy_options() -> Options {
    options().flow_control(false).pings(false)
}

#[tokio::test]
async fn recorded_traffic_passes_byte_for_byte() {
    for format in [HeaderFormat::Mini, HeaderFormat::Full] {
        let (server, of_server) = recorded(format, Side::Server);
        let (client, of_client) = recorded(format, Side::Client);
        assert!(
            of_server > 150 && of_client > 100,
            "{of_server} {of_client}"
        );
        for options in [proxy_options(), proxy_options().sub_messages(false)] {
            let (sent, count) = forwarded(format, &options, &server, &client).await;
            assert_eq!(count, of_server + of_client);
            assert!(sent == [server.clone(), client.clone()]);
        }
    }
}

#[tokio::test]
async fn serials_and_damaged_lists_pass_unchanged() {
    let format = HeaderFormat::Full;
    let mut writer = FrameWriter::new(format);
    let mut bytes = Vec::new();
    for _ in 0..3 {
        writer
            .raw(base::server::id::LIST, &[9, 0, 1], &mut bytes)
            .unwrap();
    }
    // Serials with gaps, and a list of sub-messages that does not exist.
    for (at, serial) in [(0, 7), (21, 3), (42, 0xff)] {
        bytes[at] = serial;
        bytes[at + 14] = serial;
    }
    let options = proxy_options().sub_messages(false);
    let (sent, count) = forwarded(format, &options, &bytes, &bytes).await;
    assert_eq!(count, 6);
    assert_eq!(sent, [bytes.clone(), bytes]);
}

#[tokio::test]
async fn frame_with_sub_messages_does_not_fit_a_mini_header_and_the_proxy_continues() {
    let (bytes, count) = recorded(HeaderFormat::Full, Side::Server);
    let options = proxy_options();
    let full = scripted_client(HeaderFormat::Full, &bytes, End::Close, &options);
    let (mut from_server, _) = full.await;
    let mini = scripted_server(HeaderFormat::Mini, &[], End::Close, &options);
    let (to_client, stream) = mini.await;
    let sender = to_client.sender();
    let mut errors = Vec::new();
    while let Some(frame) = from_server.next_frame().await.unwrap() {
        errors.extend(sender.forward(&frame).await.err());
    }
    assert_eq!(errors.len(), 1);
    assert!(errors[0].is_recoverable());
    let expected = usize::try_from(to_client.statistics().sent_frames).unwrap();
    assert_eq!(expected, count - 1);
    assert_eq!(
        stream.state().output.len(),
        bytes_without_last(&bytes, count)
    );
}

/// Returns the length of the mini frames of all messages but the last, whose parts take 5 + 9 + 18 + 10 bytes.
fn bytes_without_last(full: &[u8], count: usize) -> usize {
    let last = 18 + 5 + 9 + 18 + 10;
    full.len() - last - (count - 1) * (18 - 6)
}
