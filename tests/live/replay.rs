//! Our own client and server exchange recorded messages through the proxy, and tshark reads the
//! capture.

use spice_link::{Capabilities, CommonCapability, FrameWriter, HeaderFormat};
use spice_messages::ChannelType;
use spice_messages::wire::{Named, Side};

use super::capture;
use super::recorded_traffic::{Recorded, messages};
use super::spy::Spy;
use super::test_client::TestClient;
use super::test_server::{Channel, Server};

/// Returns the recorded messages that tshark can read.
fn readable_messages() -> Vec<Recorded> {
    let mut messages = messages();
    messages.retain(|row| !capture::confuses_tshark(row));
    messages
}

/// Returns the messages that one side sends on channels of this type.
fn sent_by(side: Side, channel_type: ChannelType) -> Vec<Recorded> {
    let mut messages = readable_messages();
    messages.retain(|row| (row.side, row.channel_type) == (side, channel_type));
    messages
}

fn frames(writer: &mut FrameWriter, messages: &[Recorded]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in messages {
        let written = writer.raw(row.id, &row.body, &mut bytes);
        written.expect("write a recorded message");
    }
    bytes
}

/// Sends the server's messages, and checks the client's until the client disconnects.
fn serve(mut channel: Channel) {
    let channel_type = channel.channel_type();
    let bytes = frames(&mut channel.writer, &sent_by(Side::Server, channel_type));
    channel.send_bytes(&bytes);
    let mut expected = sent_by(Side::Client, channel_type).into_iter();
    while let Some(frame) = channel.receive() {
        let row = expected.next().expect("a recorded message");
        assert!(
            (frame.id, frame.body()) == (row.id, &*row.body),
            "{frame:?}"
        );
    }
    assert!(
        expected.next().is_none(),
        "the client sent too few messages"
    );
}

/// Sends the client's messages, checks the server's, and stays connected.
fn run_client(address: &str, channel_type: ChannelType, format: HeaderFormat) -> TestClient {
    let mut client = TestClient::connect(address, 1, channel_type);
    assert_eq!(client.connection.link().header(), format);
    client.send(&frames(
        &mut FrameWriter::new(format),
        &sent_by(Side::Client, channel_type),
    ));
    for row in sent_by(Side::Server, channel_type) {
        let frame = client.receive();
        assert!(
            (frame.id, frame.body()) == (row.id, &*row.body),
            "{}",
            row.id
        );
    }
    client
}

fn replay(capabilities: Capabilities, format: HeaderFormat) {
    let server = Server::start("", capabilities, serve);
    let mut spy = Spy::start(&server.address.to_string(), &["--quiet"]);
    let messages = readable_messages();
    let clients: Vec<TestClient> = ChannelType::ITEMS
        .iter()
        .map(|(_, channel_type)| *channel_type)
        .filter(|channel_type| messages.iter().any(|row| row.channel_type == *channel_type))
        .map(|channel_type| run_client(&spy.address, channel_type, format))
        .collect();
    assert!(clients.len() > 6);
    drop(clients);
    assert!(spy.wait_for_end(), "{}", spy.output());
    let counts = spy.output();
    let total = format!("{} messages of ", messages.len());
    assert!(
        counts.lines().any(|line| line.starts_with(&total)),
        "{counts}"
    );
    capture::assert_same_names(&spy, &messages);
}

pub fn tshark_reads_recorded_messages_with_mini_headers() {
    replay(Capabilities::usual(), HeaderFormat::Mini);
}

pub fn tshark_reads_recorded_messages_with_full_headers() {
    let mut capabilities = Capabilities::usual();
    capabilities.common.remove(CommonCapability::MINI_HEADER);
    replay(capabilities, HeaderFormat::Full);
}
