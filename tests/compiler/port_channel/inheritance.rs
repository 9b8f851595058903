//! Messages that the port channel and its descendant `WebDAV` inherit.

use spice_messages::wire::{Channel, ChannelMessage, DerivedFrom, Encode as _};
use spice_messages::{ChannelType, base, port, spicevmc, types, usbredir, webdav};

/// Messages that a server sends on all these channels: id, name and an example body.
const FROM_SERVER: &[(u16, &str, &[u8])] = &[
    (1, "migrate", &[3, 0, 0, 0]),
    (2, "migrate_data", &[1, 2]),
    (3, "set_ack", &[1, 0, 0, 0, 20, 0, 0, 0]),
    (4, "ping", &[1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 9]),
    (5, "wait_for_channels", &[0]),
    (6, "disconnecting", &[0; 12]),
    (7, "notify", &[0; 24]),
    (8, "list", &[7]),
    (100, "base_last", &[]),
    (101, "data", b"bytes"),
    (102, "compressed_data", b"\x01\x05\0\0\0lz4"),
];

/// Messages that a client sends on all these channels.
const FROM_CLIENT: &[(u16, &str, &[u8])] = &[
    (1, "ack_sync", &[1, 0, 0, 0]),
    (2, "ack", &[]),
    (3, "pong", &[1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]),
    (4, "migrate_flush_mark", &[]),
    (5, "migrate_data", &[1, 2]),
    (6, "disconnecting", &[0; 12]),
    (101, "data", b"bytes"),
    (102, "compressed_data", b"\0plain"),
];

/// Messages that only the port channel and its descendants have.
const OF_PORT: &[(u16, &str, &[u8])] = &[
    (201, "init", b"\x02\0\0\0\x09\0\0\0\x01a\0"),
    (202, "event", &[1]),
];

fn from_server<C: Channel>(id: u16, body: &[u8]) -> C::Server<'_> {
    ChannelMessage::decode(id, body).unwrap()
}

fn from_client<C: Channel>(id: u16, body: &[u8]) -> C::Client<'_> {
    ChannelMessage::decode(id, body).unwrap()
}

/// Checks that a channel has exactly these messages among the ids up to 300.
fn assert_messages<'b, M: ChannelMessage<'b>>(
    channel: &str,
    expected: &[&[(u16, &'static str, &'b [u8])]],
    decode: fn(u16, &'b [u8]) -> M,
) {
    let mut known = 0;
    for (id, name, body) in expected.concat() {
        let message = decode(id, body);
        assert_eq!(message.name(), Some(name), "{channel} {id}");
        assert_eq!(message.id(), id);
        assert_eq!(message.encode_to_vec().unwrap(), body, "{channel} {name}");
        known += 1;
    }
    let any: &[u8] = b"\x01\0\0\0\x09\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let names = (0..=300).filter(|id| decode(*id, any).name().is_some());
    assert_eq!(names.count(), known, "{channel}");
}

#[test]
fn port_and_webdav_inherit_all_messages() {
    let server: &[&[_]] = &[FROM_SERVER, OF_PORT];
    assert_messages("port", server, from_server::<port::Channel>);
    assert_messages("webdav", server, from_server::<webdav::Channel>);
    let client: &[&[_]] = &[FROM_CLIENT, &[(201, "event", &[2])]];
    assert_messages("port", client, from_client::<port::Channel>);
    assert_messages("webdav", client, from_client::<webdav::Channel>);
}

#[test]
fn spicevmc_and_usbredir_lack_messages_of_the_port() {
    assert_messages("spicevmc", &[FROM_SERVER], from_server::<spicevmc::Channel>);
    assert_messages("usbredir", &[FROM_SERVER], from_server::<usbredir::Channel>);
    assert_messages("usbredir", &[FROM_CLIENT], from_client::<usbredir::Channel>);
}

#[test]
fn message_ids_are_constants() {
    assert_eq!(port::server::id::MIGRATE, 1);
    assert_eq!(webdav::server::id::PING, base::server::id::PING);
    assert_eq!(webdav::client::id::DATA, spicevmc::client::id::DATA);
    assert_eq!(webdav::server::id::INIT, port::server::Init::ID);
    assert_eq!(
        (port::server::id::INIT, port::server::id::EVENT),
        (201, 202)
    );
    assert_eq!(port::client::id::EVENT, 201);
    assert_eq!(
        (port::CHANNEL_TYPE, webdav::CHANNEL_TYPE),
        (ChannelType(10), ChannelType(11))
    );
    assert_eq!(port::Channel::CHANNEL_TYPE, Some(10));
    assert_eq!(spicevmc::Channel::CHANNEL_TYPE, None);
    assert_eq!(webdav::Channel::NAME, "webdav");
}

/// Generic over all channels that carry byte streams. Answers data with the same text in answer_in_capitals
/// and returns other messages.
fn answer_in_capitals<C: DerivedFrom<spicevmc::Channel>>(
    message: C::Server<'_>,
) -> Result<(u16, Vec<u8>), C::Server<'_>> {
    match C::server_into(message)? {
        spicevmc::server::Message::Data(piece) => {
            let answer = types::Data {
                data: piece.data.to_ascii_uppercase().into(),
            };
            let answer = C::client_from(spicevmc::client::Message::Data(answer));
            Ok((answer.id(), answer.encode_to_vec().unwrap()))
        }
        other => Err(C::server_from(other)),
    }
}

/// Generic over the same channels, for messages of the client. Sends data back unchanged.
fn echo<C: DerivedFrom<spicevmc::Channel>>(message: C::Client<'_>) -> Option<Vec<u8>> {
    match C::client_into(message).ok()? {
        spicevmc::client::Message::Data(piece) => {
            let answer = C::server_from(spicevmc::server::Message::Data(piece));
            Some(answer.encode_to_vec().unwrap())
        }
        _ => None,
    }
}

fn assert_streams<C: DerivedFrom<spicevmc::Channel>>() {
    let answer = answer_in_capitals::<C>(from_server::<C>(101, b"quiet")).ok();
    assert_eq!(answer, Some((101, Vec::from(b"QUIET"))), "{}", C::NAME);
    let answer = echo::<C>(from_client::<C>(101, b"hello"));
    assert_eq!(answer, Some(Vec::from(b"hello")), "{}", C::NAME);

    let ping = &[1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0];
    let Err(ping) = answer_in_capitals::<C>(from_server::<C>(4, ping)) else {
        panic!("{}: the ping was answered", C::NAME);
    };
    assert_eq!((ping.id(), ping.name()), (4, Some("ping")), "{}", C::NAME);
    assert_eq!(echo::<C>(from_client::<C>(2, &[])), None);
}

#[test]
fn generic_code_handles_all_byte_stream_channels() {
    assert_streams::<spicevmc::Channel>();
    assert_streams::<usbredir::Channel>();
    assert_streams::<port::Channel>();
    assert_streams::<webdav::Channel>();
}

/// Generic code for byte streams returns messages that only the port channel has unchanged.
#[test]
fn generic_code_returns_other_messages() {
    let Err(event) =
        answer_in_capitals::<webdav::Channel>(from_server::<webdav::Channel>(202, &[2]))
    else {
        panic!("the event was answered");
    };
    let expected = webdav::server::Message::Event(port::server::Event { event: 2 });
    assert_eq!(event, expected);
    let answer = echo::<port::Channel>(from_client::<port::Channel>(201, &[1]));
    assert_eq!(answer, None);
}

/// Generic over all channels, since all of them derive from `base`.
fn pong<C: DerivedFrom<base::Channel>>(message: C::Server<'_>) -> Option<C::Client<'static>> {
    let base::server::Message::Ping(ping) = C::server_into(message).ok()? else {
        return None;
    };
    let pong = base::client::Pong {
        id: ping.id,
        timestamp: ping.timestamp,
    };
    Some(C::client_from(base::client::Message::Pong(pong)))
}

#[test]
fn generic_code_handles_all_channels() {
    let ping = [5, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0xaa];
    let answer = pong::<webdav::Channel>(from_server::<webdav::Channel>(4, &ping)).unwrap();
    assert_eq!(answer.id(), webdav::client::id::PONG);
    assert_eq!(answer.path(), Some("webdav.client.pong"));
    assert_eq!(answer.encode_to_vec().unwrap(), ping[..12]);
    let answer = pong::<port::Channel>(from_server::<port::Channel>(202, &[0]));
    assert_eq!(answer, None);
}

#[test]
fn messages_convert_with_from_and_try_from() {
    let data = spicevmc::server::Message::Data(types::Data { data: b"x".into() });
    let at_port = port::server::Message::from(data.clone());
    let at_webdav = webdav::server::Message::from(at_port.clone());
    assert_eq!(at_webdav.path(), Some("webdav.server.data"));
    assert_eq!(
        port::server::Message::try_from(at_webdav),
        Ok(at_port.clone())
    );
    assert_eq!(spicevmc::server::Message::try_from(at_port), Ok(data));
    let event = port::server::Message::Event(port::server::Event { event: 1 });
    let back = spicevmc::server::Message::try_from(event.clone());
    assert_eq!(back, Err(event));
}
