//! What `examples/spice-spy` says of messages that are not right, and that it passes them on.

use std::io::{Read, Write};
use std::net::Shutdown;

use spice_link::proto::types::DataHeader;
use spice_link::{Capabilities, CommonCapability, DEFAULT_LIMIT};
use spice_messages::main;
use spice_messages::main::server::id::{INIT, MIGRATE_SWITCH_HOST, NAME};
use spice_messages::wire::Encode;

use super::server::{Channel, Server};
use super::spy::Spy;
use super::visitor::{self, Visitor};

/// A server that says these bytes on each channel, behind long headers, and waits until the client
/// ends.
fn server(bytes: Vec<u8>) -> Server {
    let mut capabilities = Capabilities::usual();
    capabilities.common.remove(CommonCapability::MINI_HEADER);
    Server::start("", capabilities, move |mut channel: Channel| {
        channel.send_bytes(&bytes);
        while channel.receive(|_| ()).is_some() {}
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
    header.encode(&mut frame).unwrap();
    frame.extend_from_slice(body);
    frame
}

/// Has the server say these bytes through the proxy; the result is what the client hears and what
/// the proxy prints.
fn pass(bytes: &[u8], options: &[&str]) -> (Vec<u8>, String) {
    let server = server(bytes.to_vec());
    let mut spy = Spy::start(&server.address.to_string(), options);
    let mut visitor = Visitor::enter(&spy.address, main::CHANNEL_TYPE);
    let mut heard = vec![0; bytes.len()];
    visitor
        .stream
        .read_exact(&mut heard)
        .expect("the server says more");
    drop(visitor);
    assert!(!spy.wait_for_end(), "the proxy finds something wrong");
    (heard, spy.output())
}

/// The lines that say what is wrong, without their times.
fn wrong(output: &str) -> Vec<&str> {
    let lines = output.lines().filter_map(|line| line.split_once("main/0 "));
    let lines = lines.map(|(_, line)| line);
    let wrong = |line: &&str| line.contains("UNDECODED") || line.contains("DIFFERENT");
    lines.filter(wrong).collect()
}

#[test]
fn what_does_not_decode_is_passed_on_and_named() {
    let bytes = [
        frame(1, INIT, 0, &[1, 2, 3]),
        frame(2, 999, 0, &[4; 5]),
        frame(3, NAME, 0, &[1, 0, 0, 0, 0]),
    ]
    .concat();
    let (heard, output) = pass(&bytes, &["--quiet"]);
    assert_eq!(heard, bytes);
    assert_eq!(
        wrong(&output),
        [
            "server→client UNDECODED main.server.init: session_id (byte 0): \
             needs 4 bytes where 3 are left",
            "server→client UNDECODED message 999 is unknown",
        ]
    );
    let counts = "3 messages of 13 bytes, 2 undecoded, 0 different";
    assert!(output.ends_with(counts), "{output}");
}

#[test]
fn what_is_not_the_same_again_is_named_with_its_field() {
    // A null pointer to a host name of 4 bytes: encoded again, the size is 0.
    let body = [1, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let (heard, output) = pass(&frame(1, MIGRATE_SWITCH_HOST, 0, &body), &["-v"]);
    let mut again = body;
    again[4] = 0;
    assert_eq!(heard, frame(1, MIGRATE_SWITCH_HOST, 0, &again));
    assert_eq!(
        wrong(&output),
        [
            "server→client DIFFERENT migrate_switch_host: differs from byte 4 on, \
          in host_size (byte 4): 0x04 became 0x00; 20 bytes became 20"
        ]
    );
    assert!(output.contains("migrate_switch_host 20 "), "{output}");
    assert!(output.contains("sport: 2"), "{output}");
}

#[test]
fn sub_messages_are_shown_and_hostile_lists_passed_on() {
    // A `name`, and before it another one: two bytes of list, four of place, and the sub-message.
    let name = [2, 0, 0, 0, b'a', 0];
    let mut body = name.to_vec();
    body.extend([1, 0, 12, 0, 0, 0]);
    body.extend([NAME.to_le_bytes()[0], 0, 6, 0, 0, 0]);
    body.extend(name);
    let right = frame(1, NAME, 6, &body);
    let hostile = frame(2, NAME, 60, &body);
    let bytes = [right, hostile].concat();
    let (heard, output) = pass(&bytes, &[]);
    assert_eq!(heard, bytes);
    assert!(output.contains("name 6 (inside of the next)"), "{output}");
    assert_eq!(
        wrong(&output),
        [
            "server→client UNDECODED the list of sub-messages begins at byte 60 of a body of 24 bytes"
        ]
    );
}

#[test]
fn a_message_beyond_the_limit_is_passed_on_unread() {
    let header = DataHeader {
        serial: 1,
        r#type: NAME,
        size: DEFAULT_LIMIT + 1,
        sub_list: 0,
    };
    let mut bytes = Vec::new();
    header.encode(&mut bytes).unwrap();
    bytes.extend([7; 100]);
    let (heard, output) = pass(&[frame(1, NAME, 0, &[0; 4]), bytes.clone()].concat(), &[]);
    assert!(heard.ends_with(&bytes));
    assert_eq!(
        wrong(&output),
        [
            "server→client UNDECODED message 113 has 67108865 bytes, more than the limit of 67108864; \
          what follows is passed on unread"
        ]
    );
}

#[test]
fn what_is_not_spice_is_passed_on_unread() {
    let server = server(Vec::new());
    let spy = Spy::start(&server.address.to_string(), &[]);
    let mut stream = visitor::connect(&spy.address);
    stream
        .write_all(b"GET / HTTP/1.1\r\n\r\n")
        .expect("the proxy reads");
    stream
        .shutdown(Shutdown::Write)
        .expect("the stream is open");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    // The server's own refusal.
    assert_eq!(answer.get(..4), Some(&b"REDQ"[..]));
    let line = spy.wait_for("the client's link message: ");
    assert!(line.ends_with("it begins with `GET `"), "{line}");
}
