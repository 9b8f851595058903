//! Link stages: recognition, authentication, TLS.

use super::command::decode;
use super::recorded::{Channel, capture_of, channel};
use super::support::From;
use super::support::session::{Authentication, Session};
use super::support::tcp::Connection;

fn connection() -> Connection {
    Connection::new(false, 50_000, 443, [1, 1])
}

fn open(channel: &Channel, mini_header: bool, authentication: Authentication) -> Session {
    Session::open(
        connection(),
        &channel.client,
        &channel.server,
        mini_header,
        authentication,
    )
}

#[test]
fn sasl_is_skipped() {
    let channel = channel("inputs");
    for exchanges in [1, 2, 5] {
        for mini_header in [true, false] {
            let mut session = open(&channel, mini_header, Authentication::Sasl(exchanges));
            for row in &channel.rows {
                session.message(row.from, row.id, &row.body);
            }
            let ran = decode(&[], &capture_of(&session.connection));
            assert_eq!(ran.status, 0);
            assert_eq!(ran.messages().len(), channel.rows.len());
        }
    }
}

#[test]
fn refused_ticket_is_reported() {
    let channel = channel("main");
    let mut connection = connection();
    connection.open();
    connection.data(From::Client, &channel.client);
    connection.data(From::Server, &channel.server);
    connection.data(From::Client, &[1, 0, 0, 0]);
    connection.data(From::Client, &[7; 128]);
    connection.data(From::Server, &[7, 0, 0, 0]);
    let ran = decode(&[], &capture_of(&connection));
    let [event] = &ran.events()[..] else {
        panic!("{}", ran.stdout)
    };
    assert_eq!(event["event"], "unreadable");
    assert_eq!(
        event["reason"],
        "permission denied: the password is wrong or missing"
    );
    assert_eq!(event["client"], "10.0.0.1:50000");
    assert_eq!(event["server"], "10.0.0.2:443");
    assert_eq!((ran.status, ran.messages().len()), (1, 0));
}

#[test]
fn tls_is_named() {
    let mut connection = connection();
    connection.open();
    connection.data(From::Client, &[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);
    connection.data(From::Server, &[0x16, 3, 3, 0, 0x7a]);
    let ran = decode(&[], &capture_of(&connection));
    assert_eq!(ran.status, 0);
    let [event] = &ran.events()[..] else {
        panic!("{}", ran.stdout)
    };
    assert_eq!(event["event"], "tls");
    assert_eq!(event["server"], "10.0.0.2:443");
    let ran = decode(&["--table"], &capture_of(&connection));
    assert!(
        ran.stdout
            .ends_with("10.0.0.1:50000 to 10.0.0.2:443: encrypted with TLS\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn other_connections_are_ignored() {
    for first in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"R", b"REDX", b"\0"] {
        let mut connection = connection();
        connection.open();
        connection.data(From::Client, first);
        connection.data(From::Server, b"HTTP/1.1 200 OK\r\n\r\nREDQ");
        connection.close();
        let ran = decode(&[], &capture_of(&connection));
        assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
    }
}

#[test]
fn sub_messages_precede_their_message() {
    let channel = channel("main");
    let mini = |id: u16, body: &[u8]| {
        let size = body.len() as u32;
        [&id.to_le_bytes()[..], &size.to_le_bytes(), body].concat()
    };
    let ping = [&[1, 0, 0, 0][..], &[0; 8]].concat();
    let set_ack = [2, 0, 0, 0, 20, 0, 0, 0];
    // Two sub-messages in a ping, located by the full header.
    let mut body = ping.clone();
    let first = body.len() as u32;
    body.extend(mini(3, &set_ack));
    let second = body.len() as u32;
    body.extend(mini(4, &ping));
    let list = body.len() as u32;
    body.extend([2, 0]);
    body.extend(first.to_le_bytes());
    body.extend(second.to_le_bytes());
    let mut session = open(&channel, false, Authentication::Ticket);
    session.carrier(From::Server, 4, &body, list);
    // Servers ignore the sub-message list of a client.
    session.carrier(From::Client, 3, &ping, 0xffff);
    // A list that points outside of the body.
    session.carrier(From::Server, 4, &ping, 100);
    let ran = decode(&[], &capture_of(&session.connection));
    let found: Vec<_> = ran
        .messages()
        .iter()
        .map(|row| {
            let name = row["message"].as_str().unwrap().to_owned();
            (name, row["sub_message"] == true)
        })
        .collect();
    let found: Vec<_> = found
        .iter()
        .map(|(name, sub)| (name.as_str(), *sub))
        .collect();
    assert_eq!(
        found,
        [
            ("set_ack", true),
            ("ping", true),
            ("ping", false),
            ("pong", false),
            ("ping", false)
        ]
    );
    assert_eq!(ran.events()[1]["event"], "invalid_sub_messages");
    assert_eq!(ran.status, 1);

    // `list` with mini headers.
    let parts = [mini(3, &set_ack), mini(4, &ping)];
    let mut body = vec![2, 0];
    body.extend(10_u32.to_le_bytes());
    body.extend((10 + parts[0].len() as u32).to_le_bytes());
    body.extend(parts.concat());
    let mut session = open(&channel, true, Authentication::Ticket);
    session.message(From::Server, 8, &body);
    let ran = decode(&[], &capture_of(&session.connection));
    assert_eq!(ran.status, 0);
    let names: Vec<_> = ran
        .messages()
        .iter()
        .map(|row| row["message"].clone())
        .collect();
    assert_eq!(names, ["set_ack", "ping", "list"]);
}
