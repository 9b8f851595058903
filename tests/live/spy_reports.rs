//! Reports of `spice-spy` about invalid messages, which it forwards.

use std::io::{Read, Write};
use std::net::Shutdown;

use spice_link::proto::types::DataHeader;
use spice_link::{Capabilities, CommonCapability, DEFAULT_LIMIT};
use spice_messages::main;
use spice_messages::main::server::id::{INIT, MIGRATE_SWITCH_HOST, NAME};
use spice_messages::wire::Encode;

use super::spy::Spy;
use super::test_client::{self, TestClient};
use super::test_server::{Channel, Server};

/// Starts a server that sends these bytes on each channel and waits until the client disconnects.
///
/// The connection uses full headers.
fn start_server(bytes: Vec<u8>) -> Server {
    let mut capabilities = Capabilities::usual();
    capabilities.common.remove(CommonCapability::MINI_HEADER);
    Server::start("", capabilities, move |mut channel: Channel| {
        channel.send_bytes(&bytes);
        while channel.receive().is_some() {}
    })
}

fn frame(serial: u64, id: u16, sub_list: u32, body: &[u8]) -> Vec<u8> {
    let header = DataHeader {
        serial,
        r#type: id,
        size: u32::try_from(body.len()).expect("a short body"),
        sub_list,
    };
    let mut frame = Vec::new();
    header.encode(&mut frame).expect("a header");
    frame.extend_from_slice(body);
    frame
}

/// Sends bytes from a server through the proxy.
///
/// Returns the bytes that the client receives, and the output of the proxy.
fn send_through_spy(bytes: &[u8], options: &[&str]) -> (Vec<u8>, String) {
    let server = start_server(bytes.to_vec());
    let mut spy = Spy::start(&server.address.to_string(), options);
    let mut client = TestClient::connect(&spy.address, 1, main::CHANNEL_TYPE);
    let mut received = vec![0; bytes.len()];
    client
        .stream
        .read_exact(&mut received)
        .expect("receive all bytes");
    drop(client);
    assert!(!spy.wait_for_end(), "expected the proxy to find problems");
    (received, spy.output())
}

/// Returns the lines that report problems, without their times.
fn problems(output: &str) -> Vec<&str> {
    let lines = output.lines().filter_map(|line| line.split_once("main/0 "));
    let lines = lines.map(|(_, line)| line);
    let is_problem = |line: &&str| line.contains("UNDECODED") || line.contains("DIFFERENT");
    lines.filter(is_problem).collect()
}

pub fn undecodable_messages_are_reported_and_forwarded() {
    let bytes = [
        frame(1, INIT, 0, &[1, 2, 3]),
        frame(2, 999, 0, &[4; 5]),
        frame(3, NAME, 0, &[1, 0, 0, 0, 0]),
    ]
    .concat();
    let (received, output) = send_through_spy(&bytes, &["--quiet"]);
    assert_eq!(received, bytes);
    assert_eq!(
        problems(&output),
        [
            "server→client UNDECODED main.server.init: session_id (byte 0): \
             needs 4 bytes where 3 are left",
            "server→client UNDECODED message 999 is unknown",
        ]
    );
    let counts = "3 messages of 13 bytes, 2 undecoded, 0 different";
    assert!(output.ends_with(counts), "{output}");
}

pub fn differences_are_reported_with_their_field() {
    // A null pointer to a host name of 4 bytes. Encoding it gives a size of 0.
    let body = [1, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let (received, output) = send_through_spy(&frame(1, MIGRATE_SWITCH_HOST, 0, &body), &["-v"]);
    let mut again = body;
    again[4] = 0;
    assert_eq!(received, frame(1, MIGRATE_SWITCH_HOST, 0, &again));
    assert_eq!(
        problems(&output),
        [
            "server→client DIFFERENT migrate_switch_host: first difference at byte 4, \
          in host_size (byte 4): 0x04 became 0x00; 20 bytes became 20"
        ]
    );
    assert!(output.contains("migrate_switch_host 20 "), "{output}");
    assert!(output.contains("sport: 2"), "{output}");
}

pub fn sub_messages_are_printed_and_invalid_lists_forwarded() {
    // A `name`, then a list of one sub-message (its count and one offset), then another `name`.
    let name = [2, 0, 0, 0, b'a', 0];
    let mut body = name.to_vec();
    body.extend([1, 0, 12, 0, 0, 0]);
    body.extend([NAME.to_le_bytes()[0], 0, 6, 0, 0, 0]);
    body.extend(name);
    let valid = frame(1, NAME, 6, &body);
    let invalid = frame(2, NAME, 60, &body);
    let bytes = [valid, invalid].concat();
    let (received, output) = send_through_spy(&bytes, &[]);
    assert_eq!(received, bytes);
    assert!(
        output.contains("name 6 (inside the next message)"),
        "{output}"
    );
    assert_eq!(
        problems(&output),
        [
            "server→client UNDECODED the sub-message list starts at byte 60, beyond the body of 24 bytes"
        ]
    );
}

pub fn message_above_the_limit_is_forwarded_unread() {
    let header = DataHeader {
        serial: 1,
        r#type: NAME,
        size: DEFAULT_LIMIT + 1,
        sub_list: 0,
    };
    let mut bytes = Vec::new();
    header.encode(&mut bytes).expect("a header");
    bytes.extend([7; 100]);
    let (received, output) =
        send_through_spy(&[frame(1, NAME, 0, &[0; 4]), bytes.clone()].concat(), &[]);
    assert!(received.ends_with(&bytes));
    assert_eq!(
        problems(&output),
        [
            "server→client UNDECODED message 113 has 67108865 bytes, more than the limit of 67108864; \
          the rest of the stream is forwarded unread"
        ]
    );
}

pub fn stream_that_is_not_spice_is_forwarded_unread() {
    let server = start_server(Vec::new());
    let spy = Spy::start(&server.address.to_string(), &[]);
    let mut stream = test_client::connect(&spy.address);
    stream
        .write_all(b"GET / HTTP/1.1\r\n\r\n")
        .expect("send a request");
    stream.shutdown(Shutdown::Write).expect("close the stream");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    // The server refuses.
    assert_eq!(answer.get(..4), Some(&b"REDQ"[..]));
    let line = spy.wait_for("the client's link message: ");
    assert!(line.ends_with("it starts with `GET `"), "{line}");
}
