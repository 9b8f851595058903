//! The link stage, on recorded exchanges: the same bytes again, in pieces, cut, damaged, absurd.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod link_support;

use link_support::{Exchange, exchanges};
use spice_link::ticket::{self, OsRng, ServerKey, TicketError};
use spice_link::{
    Capabilities, CapabilitySet, ClientLink, ClientStep, CommonCapability, EncryptedTicket,
    Established, HeaderFormat, LinkAnswer, LinkErr, LinkError, LinkRequest, MAX_LINK_SIZE,
    MainCapability, PublicKey, ServerLink, ServerStep,
};
use spice_messages::CHANNELS;

#[test]
fn recorded_link_messages_are_the_same_bytes_again() {
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
        let number = (request.channel_type, channel.as_str());
        assert!(CHANNELS.contains(&number), "{number:?}");

        let (answer, rest) = LinkAnswer::split_from(server).unwrap();
        assert!(rest.is_empty());
        assert_eq!(answer.to_bytes().unwrap(), *server, "{channel}");
        assert_eq!(answer.error, LinkErr::OK);
    }
}

#[test]
fn recorded_capabilities_have_their_names() {
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
        answer.capabilities.names(2).to_string(),
        "AUTH_SELECTION AUTH_SPICE MINI_HEADER display: \
         MONITORS_CONFIG STREAM_REPORT PREF_COMPRESSION PREF_VIDEO_CODEC_TYPE",
    );
}

/// The recorded bytes in pieces of `size` bytes, through both state machines.
fn replay(exchange: &Exchange, size: usize) -> (Established, Established) {
    let (request, _) = LinkRequest::split_from(&exchange.client).unwrap();
    let (answer, _) = LinkAnswer::split_from(&exchange.server).unwrap();
    let mut client = ClientLink::new(request).unwrap();
    assert_eq!(client.step(), Ok(ClientStep::Send(exchange.client.clone())));
    let mut server = ServerLink::new();
    for piece in exchange.client.chunks(size) {
        assert!(matches!(server.step(), Ok(ServerStep::Receive(_))));
        assert_eq!(server.receive(piece), piece.len());
    }
    server
        .accept(answer.public_key, answer.capabilities.clone())
        .unwrap();
    assert_eq!(server.step(), Ok(ServerStep::Send(exchange.server.clone())));
    for piece in exchange.server.chunks(size) {
        assert!(matches!(client.step(), Ok(ClientStep::Receive(_))));
        assert_eq!(client.receive(piece), Ok(piece.len()));
    }
    assert_eq!(client.step(), Ok(ClientStep::Ticket(&answer.public_key)));
    let ticket = EncryptedTicket {
        encrypted_data: [7; 128],
    };
    client.ticket(&ticket).unwrap();
    let Ok(ClientStep::Send(bytes)) = client.step() else {
        panic!("the ticket is to be sent");
    };
    assert_eq!(bytes.len(), 4 + 128);
    assert_eq!(bytes[..4], [1, 0, 0, 0]);
    for piece in bytes.chunks(size) {
        assert_eq!(server.receive(piece), piece.len());
    }
    assert_eq!(server.step(), Ok(ServerStep::Ticket(&ticket)));
    server.admit().unwrap();
    assert_eq!(server.step(), Ok(ServerStep::Send(vec![0; 4])));
    // What follows the link stage stays with the caller.
    assert_eq!(client.receive(&[0, 0, 0, 0, 103, 0]), Ok(4));
    assert_eq!(server.receive(&[101, 0]), 0);
    let Ok(ClientStep::Done(ours)) = client.step() else {
        panic!("the client is done");
    };
    let Ok(ServerStep::Done(theirs)) = server.step() else {
        panic!("the server is done");
    };
    (ours.clone(), theirs.clone())
}

#[test]
fn recorded_exchanges_pass_through_both_sides_in_pieces_of_any_size() {
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
fn a_link_message_cut_at_any_byte_is_an_error() {
    for exchange in exchanges() {
        for length in 0..exchange.client.len() {
            let cut = &exchange.client[..length];
            let error = LinkRequest::split_from(cut).unwrap_err();
            assert!(matches!(error, LinkError::Truncated(_)), "{error}");
            // With the size made to fit, it is the capabilities or the fixed part that lacks bytes.
            let error = LinkRequest::from_body(cut.get(16..).unwrap_or_default()).unwrap_err();
            assert!(
                matches!(
                    error,
                    LinkError::Truncated(_) | LinkError::CapsOutside { .. }
                ),
                "{error}"
            );
            let mut link = ServerLink::new();
            assert_eq!(link.receive(cut), length);
            assert!(matches!(link.step(), Ok(ServerStep::Receive(1..))));
            assert!(matches!(link.ended(), LinkError::Ended { awaited: 1.. }));
        }
        for length in 0..exchange.server.len() {
            let cut = &exchange.server[..length];
            let error = LinkAnswer::split_from(cut).unwrap_err();
            assert!(matches!(error, LinkError::Truncated(_)), "{error}");
            let error = LinkAnswer::from_body(cut.get(16..).unwrap_or_default()).unwrap_err();
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
        "the link message ends early: channel_id (byte 5): needs 1 bytes where 0 are left"
    );
}

#[test]
fn damaged_link_messages_are_read_or_refused_and_never_change_on_the_way() {
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

/// A request's body with these counts and this offset, and 8 bytes of capabilities.
fn body(common: u32, channel: u32, offset: u32) -> Vec<u8> {
    let mut body = vec![0, 0, 0, 0, 1, 0];
    for number in [common, channel, offset, 0xd, 0xf] {
        body.extend(number.to_le_bytes());
    }
    body
}

#[test]
fn absurd_counts_and_offsets_are_named() {
    let words = |body: &[u8]| {
        let request = LinkRequest::from_body(body)?;
        let Capabilities { common, channel } = request.capabilities;
        Ok((common.words().to_vec(), channel.words().to_vec()))
    };
    let outside = |words, offset| {
        Err(LinkError::CapsOutside {
            words,
            offset,
            length: 26,
        })
    };
    assert_eq!(words(&body(1, 1, 18)), Ok((vec![0xd], vec![0xf])));
    assert_eq!(words(&body(2, 0, 18)), Ok((vec![0xd, 0xf], vec![])));
    assert_eq!(words(&body(0, 1, 22)), Ok((vec![], vec![0xf])));
    assert_eq!(words(&body(0, 0, u32::MAX)), Ok((vec![], vec![])));
    assert_eq!(words(&body(2, 1, 18)), outside(3, 18));
    assert_eq!(words(&body(1, 1, 19)), outside(2, 19));
    assert_eq!(words(&body(1, 0, 23)), outside(1, 23));
    assert_eq!(words(&body(1, 0, u32::MAX)), outside(1, u32::MAX));
    assert_eq!(
        words(&body(u32::MAX, u32::MAX, 18)),
        outside(2 * u64::from(u32::MAX), 18)
    );
    // A sum that is small again in 32 bits.
    assert_eq!(words(&body(0x4000_0000, 0, 18)), outside(0x4000_0000, 18));
    let inside = LinkError::CapsInside {
        offset: 17,
        fixed: 18,
    };
    assert_eq!(words(&body(1, 1, 17)), Err(inside.clone()));
    assert_eq!(
        inside.to_string(),
        "the capabilities begin at byte 17, inside of the fixed 18 bytes of the link message"
    );
    let error = words(&body(u32::MAX, 1, 18)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "4294967296 capability words from byte 18 on do not fit in a link message of 26 bytes"
    );
}

/// A link header with this size.
fn header(magic: &[u8; 4], major: u32, size: u32) -> Vec<u8> {
    let mut header = magic.to_vec();
    for number in [major, 2, size] {
        header.extend(number.to_le_bytes());
    }
    header
}

#[test]
fn a_client_that_breaks_the_rules_is_told_so() {
    let too_large = LinkError::TooLarge {
        size: 4_000_000_000,
        limit: MAX_LINK_SIZE,
    };
    let cases = [
        (header(b"HTTP", 2, 18), LinkErr::INVALID_MAGIC),
        (header(b"REDQ", 1, 18), LinkErr::VERSION_MISMATCH),
        (header(b"REDQ", 2, 4_000_000_000), LinkErr::INVALID_DATA),
        (header(b"REDQ", 2, 0), LinkErr::INVALID_DATA),
    ];
    for (bytes, reason) in cases {
        let mut link = ServerLink::new();
        // The error is there with the last byte of the header; nothing more is awaited.
        assert_eq!(link.receive(&bytes[..15]), 15);
        assert_eq!(link.step(), Ok(ServerStep::Receive(1)));
        assert_eq!(link.receive(&[bytes[15], 1, 2, 3]), 1);
        let Ok(ServerStep::Send(refusal)) = link.step() else {
            panic!("the refusal is to be sent");
        };
        let (refusal, _) = LinkAnswer::split_from(&refusal).unwrap();
        assert_eq!(refusal.error, reason);
        let error = link.step().unwrap_err();
        assert_eq!(error.reason(), reason);
    }
    assert_eq!(
        too_large.to_string(),
        "a link message of 4000000000 bytes is larger than the limit of 4096"
    );
    let html = LinkRequest::split_from(&header(b"HTTP", 2, 18)).unwrap_err();
    let text = "the peer does not speak SPICE: it begins with `HTTP`";
    assert_eq!(html.to_string(), text);
}

#[test]
fn an_unknown_way_to_authenticate_is_refused() {
    let exchange = &exchanges()[0];
    let mut link = ServerLink::new();
    link.receive(&exchange.client);
    link.accept([0; 162], Capabilities::usual()).unwrap();
    assert!(matches!(link.step(), Ok(ServerStep::Send(_))));
    assert_eq!(link.receive(&[2, 0, 0, 0, 9, 9]), 4);
    let invalid: u32 = LinkErr::INVALID_DATA.into();
    let bytes = invalid.to_le_bytes().to_vec();
    assert_eq!(link.step(), Ok(ServerStep::Send(bytes)));
    let error = link.step().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the client wants to authenticate by SASL"
    );
}

/// Both sides against each other, until both are done or one has failed.
fn meet(
    mut client: ClientLink,
    common: CapabilitySet,
    decide: impl Fn(&EncryptedTicket) -> LinkErr,
) -> (
    Result<Established, LinkError>,
    Result<Established, LinkError>,
) {
    let mut server = ServerLink::new();
    let (mut ours, mut theirs) = (None, None);
    while ours.is_none() || theirs.is_none() {
        match client.step() {
            Ok(ClientStep::Send(bytes)) => assert_eq!(server.receive(&bytes), bytes.len()),
            Ok(ClientStep::Ticket(_)) => client
                .ticket(&EncryptedTicket {
                    encrypted_data: [1; 128],
                })
                .unwrap(),
            Ok(ClientStep::Receive(_)) => {}
            Ok(ClientStep::Done(established)) => ours = Some(Ok(established.clone())),
            Err(error) => ours = Some(Err(error)),
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
            Ok(ServerStep::Ticket(ticket)) => match decide(ticket) {
                LinkErr::OK => server.admit().unwrap(),
                error => server.refuse(error).unwrap(),
            },
            Ok(ServerStep::Receive(_)) => {}
            Ok(ServerStep::Done(established)) => theirs = Some(Ok(established.clone())),
            Err(error) => theirs = Some(Err(error)),
        }
    }
    (ours.unwrap(), theirs.unwrap())
}

#[test]
fn the_two_sides_agree_whatever_each_of_them_can_do() {
    let sets = [0b0000, 0b0011, 0b1000, 0b1011, 0b1111];
    for ours in sets {
        for theirs in sets {
            let request = LinkRequest::main(Capabilities {
                common: CapabilitySet::from_words(vec![ours]),
                channel: CapabilitySet::new().with(MainCapability::SEAMLESS_MIGRATE),
            });
            let client = ClientLink::new(request).unwrap();
            let common = CapabilitySet::from_words(vec![theirs]);
            let (client, server) = meet(client, common, |_| LinkErr::OK);
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
fn a_refused_ticket_is_a_clear_error_on_both_sides() {
    let client = ClientLink::new(LinkRequest::main(Capabilities::usual())).unwrap();
    let common = Capabilities::usual().common;
    let (client, server) = meet(client, common, |_| LinkErr::PERMISSION_DENIED);
    let refused = Err(LinkError::Refused(LinkErr::PERMISSION_DENIED));
    assert_eq!(client, refused);
    assert_eq!(server, refused);
    assert_eq!(
        client.unwrap_err().to_string(),
        "permission denied: the password is wrong or missing"
    );
}

#[test]
fn a_server_without_passwords_is_a_clear_error() {
    let mut client = ClientLink::new(LinkRequest::main(Capabilities::usual())).unwrap();
    let answer = LinkAnswer {
        error: LinkErr::OK,
        public_key: [0; 162],
        capabilities: Capabilities {
            common: CapabilitySet::new()
                .with(CommonCapability::AUTH_SELECTION)
                .with(CommonCapability::AUTH_SASL),
            channel: CapabilitySet::new(),
        },
    };
    let bytes = answer.to_bytes().unwrap();
    assert_eq!(client.receive(&bytes), Err(LinkError::NoMethod));
}

#[test]
fn steps_out_of_turn_change_nothing() {
    let mut server = ServerLink::new();
    assert_eq!(server.admit(), Err(LinkError::OutOfTurn));
    assert_eq!(server.refuse(LinkErr::ERROR), Err(LinkError::OutOfTurn));
    let mut client = ClientLink::new(LinkRequest::main(Capabilities::usual())).unwrap();
    let ticket = EncryptedTicket::default();
    assert_eq!(client.ticket(&ticket), Err(LinkError::OutOfTurn));
    let sent = client.step().unwrap();
    let ClientStep::Send(bytes) = sent else {
        panic!("the request is to be sent");
    };
    server.receive(&bytes);
    assert!(matches!(server.step(), Ok(ServerStep::Request(_))));
    server.refuse(LinkErr::CHANNEL_NOT_AVAILABLE).unwrap();
    let Ok(ServerStep::Send(bytes)) = server.step() else {
        panic!("the refusal is to be sent");
    };
    let refused = LinkError::Refused(LinkErr::CHANNEL_NOT_AVAILABLE);
    assert_eq!(client.receive(&bytes), Err(refused.clone()));
    assert_eq!(client.step(), Err(refused.clone()));
    assert_eq!(server.step(), Err(refused));
}

#[test]
fn more_capabilities_than_a_link_message_holds_are_an_error() {
    let set = |words| {
        LinkRequest::main(Capabilities {
            common: CapabilitySet::from_words(vec![u32::MAX; words]),
            channel: CapabilitySet::new(),
        })
    };
    let most = (4096 - 18) / 4;
    let bytes = set(most).to_bytes().unwrap();
    assert_eq!(LinkRequest::split_from(&bytes).unwrap().0, set(most));
    let too_large = LinkError::TooLarge {
        size: 4098,
        limit: 4096,
    };
    assert_eq!(set(most + 1).to_bytes(), Err(too_large));
}

#[test]
fn a_ticket_holds_the_password() {
    let key = ServerKey::generate(&mut OsRng).unwrap();
    let other = ServerKey::generate(&mut OsRng).unwrap();
    let longest = "ä".repeat(30);
    for password in ["", "secret", &longest] {
        let ticket = ticket::encrypt(password, key.public(), &mut OsRng).unwrap();
        assert_eq!(key.decrypt(&ticket, &mut OsRng).as_deref(), Ok(password));
        assert!(key.check(&ticket, password, &mut OsRng));
        assert!(!key.check(&ticket, "Secret", &mut OsRng));
        assert!(!key.check(&ticket, "secrets", &mut OsRng));
        let wrong = other.decrypt(&ticket, &mut OsRng);
        assert_eq!(wrong, Err(TicketError::Ticket));
        let mut damaged = ticket;
        damaged.encrypted_data[64] ^= 1;
        assert!(!key.check(&damaged, password, &mut OsRng));
    }
    let encrypt = |password: &str, key: &PublicKey| ticket::encrypt(password, key, &mut OsRng);
    let too_long = encrypt(&"x".repeat(61), key.public()).unwrap_err();
    assert_eq!(too_long, TicketError::TooLong { length: 61 });
    assert_eq!(encrypt("a\0b", key.public()), Err(TicketError::InteriorNul));
    assert_eq!(encrypt("", &[0x30; 162]), Err(TicketError::Key));
}

#[test]
fn recorded_keys_encrypt_tickets() {
    for exchange in exchanges() {
        let (answer, _) = LinkAnswer::split_from(&exchange.server).unwrap();
        let first = ticket::encrypt("secret", &answer.public_key, &mut OsRng).unwrap();
        let second = ticket::encrypt("secret", &answer.public_key, &mut OsRng).unwrap();
        assert_ne!(first, second, "the padding is random");
    }
}
