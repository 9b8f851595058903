//! Our own client and our own server say to each other, through the proxy, what was recorded; then
//! tshark reads the capture.

use spice_link::{Capabilities, CommonCapability, FrameWriter, HeaderFormat};
use spice_messages::CHANNELS;
use spice_messages::wire::Side;

use super::capture;
use super::link_support::{Recorded, messages};
use super::server::{Channel, Server};
use super::spy::Spy;
use super::visitor::Visitor;

/// What is said: all that was recorded, but for the messages in which tshark loses its place.
fn said() -> Vec<Recorded> {
    let mut said = messages();
    said.retain(|row| !capture::loses_place(row));
    said
}

fn by(side: Side, kind: u8) -> Vec<Recorded> {
    let mut said = said();
    said.retain(|row| (row.side, row.channel_type) == (side, kind));
    said
}

fn frames(writer: &mut FrameWriter, messages: &[Recorded]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in messages {
        let written = writer.raw(row.id, &row.body, &mut bytes);
        written.expect("a recorded message is not too large");
    }
    bytes
}

/// The server's part on a channel: says everything, hears everything, waits until the client ends.
fn serve(mut channel: Channel) {
    let kind = channel.kind();
    let bytes = frames(&mut channel.writer, &by(Side::Server, kind));
    channel.send_bytes(&bytes);
    let mut expected = by(Side::Client, kind).into_iter();
    while let Some((id, body)) = channel.receive(|frame| (frame.id, frame.body.to_vec())) {
        let row = expected.next().expect("the client says what was recorded");
        assert!((id, &body) == (row.id, &row.body), "message {id}");
    }
    assert!(expected.next().is_none(), "the client says everything");
}

/// The client's part on a channel: says everything, hears everything, and stays.
fn visit(address: &str, kind: u8, format: HeaderFormat) -> Visitor {
    let mut visitor = Visitor::enter(address, kind);
    assert_eq!(visitor.format, format);
    visitor.send(&frames(
        &mut FrameWriter::new(format),
        &by(Side::Client, kind),
    ));
    for row in by(Side::Server, kind) {
        let frame = visitor.receive();
        assert!((frame.id, frame.body) == (row.id, &*row.body), "{}", row.id);
    }
    visitor
}

fn replay(capabilities: Capabilities, format: HeaderFormat) {
    let server = Server::start("", capabilities, serve);
    let mut spy = Spy::start(&server.address.to_string(), &["--quiet"]);
    let kinds = CHANNELS.iter().map(|(kind, _)| *kind);
    let spoken = kinds.filter(|kind| said().iter().any(|row| row.channel_type == *kind));
    let visitors: Vec<Visitor> = spoken
        .map(|kind| visit(&spy.address, kind, format))
        .collect();
    assert!(visitors.len() > 6);
    drop(visitors);
    assert!(spy.wait_for_end(), "{}", spy.output());
    let counts = spy.output();
    let total = format!("{} messages of ", said().len());
    assert!(
        counts.lines().any(|line| line.starts_with(&total)),
        "{counts}"
    );
    capture::assert_same_names(&spy, &said());
}

#[test]
fn tshark_reads_recorded_messages_behind_short_headers() {
    replay(Capabilities::usual(), HeaderFormat::Mini);
}

#[test]
fn tshark_reads_recorded_messages_behind_long_headers() {
    let mut capabilities = Capabilities::usual();
    capabilities.common.remove(CommonCapability::MINI_HEADER);
    replay(capabilities, HeaderFormat::Full);
}
