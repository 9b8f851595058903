//! The link stage: recorded exchanges, split, truncated and damaged, and both sides against each other.

use crate::recorded_traffic::{Exchange, exchanges};
use spice_link::ticket::{self, os_random};
use spice_link::{
    Capabilities, CapabilitySet, ClientLink, ClientStep, CommonCapability, EncryptedTicket,
    HeaderFormat, LinkAnswer, LinkErr, LinkError, LinkRequest, LinkSession, MainCapability,
    ServerLink, ServerStep,
};
use spice_messages::ChannelType;

#[test]
fn recorded_link_messages_roundtrip() {
    let exchanges = exchanges();
    assert_eq!(exchanges.len(), 8);
    for Exchange {
        channel,
        client,
        server,
        ..
    } in &exchanges
    {
        let (request, rest) = LinkRequest::split_from(client).unwrap();
        assert!(rest.is_empty());
        assert_eq!(request.to_bytes().unwrap(), *client, "{channel}");
        assert_eq!(request.channel_type.name(), Some(channel.as_str()));

        let (answer, rest) = LinkAnswer::split_from(server).unwrap();
        assert!(rest.is_empty());
        assert_eq!(answer.to_bytes().unwrap(), *server, "{channel}");
        assert_eq!(answer.error, LinkErr::OK);
    }
}

#[test]
fn recorded_capabilities_have_names() {
    let main = &exchanges()[0];
    let (request, _) = LinkRequest::split_from(&main.client).unwrap();
    assert_eq!(
        request.capabilities.names(request.channel_type).to_string(),
        "AUTH_SELECTION AUTH_SASL MINI_HEADER main: \
         SEMI_SEAMLESS_MIGRATE NAME_AND_UUID AGENT_CONNECTED_TOKENS SEAMLESS_MIGRATE"
    );
    let display = exchanges();
    let display = display.iter().find(|row| row.channel == "display").unwrap();
    let (answer, _) = LinkAnswer::split_from(&display.server).unwrap();
    assert_eq!(
        answer.capabilities.names(ChannelType::DISPLAY).to_string(),
        "AUTH_SELECTION AUTH_SPICE MINI_HEADER display: \
         MONITORS_CONFIG STREAM_REPORT PREF_COMPRESSION PREF_VIDEO_CODEC_TYPE",
    );
}

/// Passes the recorded bytes to both state machines in chunks of `size` bytes, and returns the
/// client's and the server's session.
fn replay(exchange: &Exchange, size: usize) -> (LinkSession, LinkSession) {
    let (request, _) = LinkRequest::split_from(&exchange.client).unwrap();
    let (answer, _) = LinkAnswer::split_from(&exchange.server).unwrap();
    let mut client = ClientLink::new(request).unwrap();
    assert_eq!(client.step(), Ok(ClientStep::Send(exchange.client.clone())));
    let mut server = ServerLink::new();
    for chunk in exchange.client.chunks(size) {
        assert!(matches!(server.step(), Ok(ServerStep::Receive(_))));
        assert_eq!(server.receive(chunk), chunk.len());
    }
    server
        .accept(answer.public_key, answer.capabilities.clone())
        .unwrap();
    assert_eq!(server.step(), Ok(ServerStep::Send(exchange.server.clone())));
    for chunk in exchange.server.chunks(size) {
        assert!(matches!(client.step(), Ok(ClientStep::Receive(_))));
        assert_eq!(client.receive(chunk), Ok(chunk.len()));
    }
    assert_eq!(client.step(), Ok(ClientStep::Ticket(answer.public_key)));
    let ticket = EncryptedTicket {
        encrypted_data: [7; 128],
    };
    client.ticket(&ticket).unwrap();
    for expected in [&[1, 0, 0, 0][..], &[7; 128]] {
        assert_eq!(client.step(), Ok(ClientStep::Send(expected.to_vec())));
        for chunk in expected.chunks(size) {
            assert_eq!(server.receive(chunk), chunk.len());
        }
    }
    assert_eq!(server.step(), Ok(ServerStep::Ticket(ticket)));
    server.admit().unwrap();
    assert_eq!(server.step(), Ok(ServerStep::Send(vec![0; 4])));
    // Bytes after the link stage are not used.
    assert_eq!(client.receive(&[0, 0, 0, 0, 103, 0]), Ok(4));
    assert_eq!(server.receive(&[101, 0]), 0);
    let Ok(ClientStep::Done(client_session)) = client.step() else {
        panic!("expected the client to be done");
    };
    let Ok(ServerStep::Done(server_session)) = server.step() else {
        panic!("expected the server to be done");
    };
    (client_session, server_session)
}

#[test]
fn recorded_exchanges_pass_in_chunks_of_any_size() {
    for exchange in exchanges() {
        for size in [1, 3, 16, 17, 4096] {
            let (client, server) = replay(&exchange, size);
            assert_eq!(client, server);
            let mini = client.header() == HeaderFormat::Mini;
            assert_eq!(mini, exchange.mini_header);
        }
    }
}

#[test]
fn link_message_truncated_at_any_byte_is_an_error() {
    for exchange in exchanges() {
        for length in 0..exchange.client.len() {
            let truncated = &exchange.client[..length];
            let error = LinkRequest::split_from(truncated).unwrap_err();
            assert!(matches!(error, LinkError::Truncated(_)), "{error}");
            // Without the header, the fixed part or the capabilities are incomplete.
            let body = truncated.get(16..).unwrap_or_default();
            let error = LinkRequest::from_body(body).unwrap_err();
            assert!(
                matches!(
                    error,
                    LinkError::Truncated(_) | LinkError::CapsOutside { .. }
                ),
                "{error}"
            );
            let mut link = ServerLink::new();
            assert_eq!(link.receive(truncated), length);
            assert!(matches!(link.step(), Ok(ServerStep::Receive(1..))));
            assert!(matches!(link.ended(), LinkError::Ended { awaited: 1.. }));
        }
        for length in 0..exchange.server.len() {
            let truncated = &exchange.server[..length];
            let error = LinkAnswer::split_from(truncated).unwrap_err();
            assert!(matches!(error, LinkError::Truncated(_)), "{error}");
            let body = truncated.get(16..).unwrap_or_default();
            let error = LinkAnswer::from_body(body).unwrap_err();
            assert!(
                matches!(
                    error,
                    LinkError::Truncated(_) | LinkError::CapsOutside { .. }
                ),
                "{error}"
            );
        }
    }
    let (request, _) = LinkRequest::split_from(&exchanges()[0].client).unwrap();
    let error = LinkRequest::from_body(&request.to_bytes().unwrap()[16..21]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the link message is incomplete: channel_id (byte 5): needs 1 bytes where 0 are left"
    );
}

#[test]
fn damaged_link_messages_are_refused_or_roundtrip() {
    for Exchange { client, server, .. } in exchanges() {
        for at in 0..client.len() {
            for bits in [0x01, 0x10, 0x80, 0xff] {
                let mut bytes = client.clone();
                bytes[at] ^= bits;
                if let Ok((request, _)) = LinkRequest::split_from(&bytes) {
                    let again = request.to_bytes().unwrap();
                    assert_eq!(LinkRequest::split_from(&again).unwrap().0, request);
                }
                let mut link = ServerLink::new();
                assert!(link.receive(&bytes) <= bytes.len());
                let _ = link.step();
            }
        }
        for at in (0..16).chain(190..server.len()) {
            for bits in [0x01, 0x10, 0x80, 0xff] {
                let mut bytes = server.clone();
                bytes[at] ^= bits;
                if let Ok((answer, _)) = LinkAnswer::split_from(&bytes) {
                    let again = answer.to_bytes().unwrap();
                    assert_eq!(LinkAnswer::split_from(&again).unwrap().0, answer);
                }
            }
        }
    }
}

/// Runs both sides against each other until both are done or have failed.
fn negotiate(
    mut client: ClientLink,
    common: CapabilitySet,
    decide: impl Fn(&EncryptedTicket) -> LinkErr,
) -> (
    Result<LinkSession, LinkError>,
    Result<LinkSession, LinkError>,
) {
    let mut server = ServerLink::new();
    let (mut client_result, mut server_result) = (None, None);
    while client_result.is_none() || server_result.is_none() {
        match client.step() {
            Ok(ClientStep::Send(bytes)) => assert_eq!(server.receive(&bytes), bytes.len()),
            Ok(ClientStep::Ticket(_)) => client
                .ticket(&EncryptedTicket {
                    encrypted_data: [1; 128],
                })
                .unwrap(),
            Ok(ClientStep::Receive(_)) => {}
            Ok(ClientStep::Done(session)) => client_result = Some(Ok(session)),
            Err(error) => client_result = Some(Err(error)),
        }
        match server.step() {
            Ok(ServerStep::Send(bytes)) => {
                let _ = client.receive(&bytes);
            }
            Ok(ServerStep::Request(_)) => {
                let capabilities = Capabilities {
                    common: common.clone(),
                    channel: CapabilitySet::new(),
                };
                server.accept([3; 162], capabilities).unwrap();
            }
            Ok(ServerStep::Ticket(ticket)) => match decide(&ticket) {
                LinkErr::OK => server.admit().unwrap(),
                error => server.refuse(error).unwrap(),
            },
            Ok(ServerStep::Receive(_)) => {}
            Ok(ServerStep::Done(session)) => server_result = Some(Ok(session)),
            Err(error) => server_result = Some(Err(error)),
        }
    }
    (client_result.unwrap(), server_result.unwrap())
}

#[test]
fn both_sides_agree_for_all_combinations_of_capabilities() {
    let sets = [0b0000, 0b0011, 0b1000, 0b1011, 0b1111];
    for ours in sets {
        for theirs in sets {
            let request = LinkRequest::main(Capabilities {
                common: CapabilitySet::from_words(vec![ours]),
                channel: CapabilitySet::new().with(MainCapability::SEAMLESS_MIGRATE),
            });
            let client = ClientLink::new(request).unwrap();
            let common = CapabilitySet::from_words(vec![theirs]);
            let (client, server) = negotiate(client, common, |_| LinkErr::OK);
            let client = client.unwrap();
            assert_eq!(client, server.unwrap());
            let expected = match ours & theirs & 0b1000 {
                0 => HeaderFormat::Full,
                _ => HeaderFormat::Mini,
            };
            assert_eq!(client.header(), expected);
            let selection = client.both_have(CommonCapability::AUTH_SELECTION);
            assert_eq!(selection, ours & theirs & 1 != 0);
        }
    }
}

#[test]
fn refused_ticket_is_an_error_on_both_sides() {
    let client = ClientLink::new(LinkRequest::main(Capabilities::usual())).unwrap();
    let common = Capabilities::usual().common;
    let (client, server) = negotiate(client, common, |_| LinkErr::PERMISSION_DENIED);
    let refused = Err(LinkError::Refused(LinkErr::PERMISSION_DENIED));
    assert_eq!(client, refused);
    assert_eq!(server, refused);
    assert_eq!(
        client.unwrap_err().to_string(),
        "permission denied: the password is wrong or missing"
    );
}

#[test]
fn calls_out_of_turn_change_nothing() {
    let mut server = ServerLink::new();
    assert_eq!(server.admit(), Err(LinkError::OutOfTurn));
    assert_eq!(server.refuse(LinkErr::ERROR), Err(LinkError::OutOfTurn));
    let mut client = ClientLink::new(LinkRequest::main(Capabilities::usual())).unwrap();
    let ticket = EncryptedTicket::default();
    assert_eq!(client.ticket(&ticket), Err(LinkError::OutOfTurn));
    let sent = client.step().unwrap();
    let ClientStep::Send(bytes) = sent else {
        panic!("expected the request to send");
    };
    server.receive(&bytes);
    assert!(matches!(server.step(), Ok(ServerStep::Request(_))));
    server.refuse(LinkErr::CHANNEL_NOT_AVAILABLE).unwrap();
    let Ok(ServerStep::Send(bytes)) = server.step() else {
        panic!("expected the refusal to send");
    };
    let refused = LinkError::Refused(LinkErr::CHANNEL_NOT_AVAILABLE);
    assert_eq!(client.receive(&bytes), Err(refused.clone()));
    assert_eq!(client.step(), Err(refused.clone()));
    assert_eq!(server.step(), Err(refused));
}

#[test]
fn recorded_keys_encrypt_tickets_with_random_padding() {
    for exchange in exchanges() {
        let (answer, _) = LinkAnswer::split_from(&exchange.server).unwrap();
        let first = ticket::encrypt("secret", &answer.public_key, os_random).unwrap();
        let second = ticket::encrypt("secret", &answer.public_key, os_random).unwrap();
        assert_ne!(first, second);
    }
}
