//! `channels.proto`: inheritance, sections, message ids and the protocol's channel list.

use spice_proto::channels::types::{Note, Tick, Unsent, Unused};
use spice_proto::channels::{
    ChannelType, ClientMessage, Message, PROTOCOL, ServerMessage, ancestor, last, quiet, second,
    tenth, third,
};
use spice_wire::{
    Channel, ChannelMessage, DerivedFrom, Encode, ErrorKind, Fds, IntoOwned, Named, Side, Text,
};

use crate::support::{at, check, decode_error};

const TICK: Tick = Tick { time: 7 };

#[test]
fn ids_count_up_from_the_previous_message() {
    use ancestor::{client, server};
    use server::id::{MORE, NOTE, OWN, TICK, TOCK};
    assert_eq!([TICK, OWN, NOTE, TOCK, MORE], [1, 2, 10, 11, 12]);
    use client::id::{AFTER_FIRST, ANSWER, BYE, FIRST};
    assert_eq!([ANSWER, BYE, FIRST, AFTER_FIRST], [1, 65_535, 0, 5]);
    assert_eq!(
        (second::server::id::DATA, second::server::id::PARTING),
        (101, 102)
    );
    assert_eq!(
        (third::server::id::INIT, third::client::id::EVENT),
        (201, 201)
    );
    assert_eq!((server::Own::ID, server::More::ID), (2, 12));
    assert_eq!(
        (second::client::Data::ID, third::server::Init::ID),
        (101, 201)
    );
}

#[test]
fn protocol_lists_channel_numbers() {
    assert_eq!(PROTOCOL, "Channels");
    let channels = [
        ("second", ChannelType(2)),
        ("third", ChannelType(3)),
        ("tenth", ChannelType(10)),
        ("left", ChannelType(11)),
        ("right", ChannelType(12)),
        ("last", ChannelType(255)),
    ];
    assert_eq!(ChannelType::ITEMS, channels);
    assert_eq!(
        [
            second::CHANNEL_TYPE,
            third::CHANNEL_TYPE,
            tenth::CHANNEL_TYPE,
            last::CHANNEL_TYPE
        ],
        [2, 3, 10, 255].map(ChannelType)
    );
    assert_eq!(second::Channel::CHANNEL_TYPE, Some(2));
    // A channel has no number if the protocol does not list it, or lists it twice.
    assert_eq!(ancestor::Channel::CHANNEL_TYPE, None);
    assert_eq!(quiet::Channel::CHANNEL_TYPE, None);
    assert_eq!(ancestor::Channel::NAME, "ancestor");
}

#[test]
fn inherited_messages_keep_their_ids() {
    let body = [7, 0, 0, 0];
    let inherited = ancestor::server::Message::decode(1, &body).unwrap();
    assert_eq!(inherited, ancestor::server::Message::Tick(TICK));
    assert_eq!(
        tenth::server::Message::decode(1, &body),
        Ok(tenth::server::Message::Tick(TICK))
    );
    // Three messages share this body.
    assert_eq!(
        tenth::server::Message::decode(11, &body),
        Ok(tenth::server::Message::Tock(TICK))
    );
    assert_eq!(
        tenth::client::Message::decode(1, &body),
        Ok(tenth::client::Message::Answer(TICK))
    );
    let more = tenth::server::Message::More(ancestor::server::More { n: 5 });
    assert_eq!(
        (more.id(), more.name(), more.path()),
        (12, Some("more"), Some("tenth.server.more"))
    );
    assert_eq!(more.encode_to_vec(), Ok(vec![5, 0, 0, 0, 0, 0, 0, 0]));
    let init = tenth::server::Message::decode(201, &[1]).unwrap();
    assert_eq!(
        init,
        tenth::server::Message::Init(third::server::Init { opened: 1 })
    );
    let names = |id| tenth::client::Message::decode(id, &[0; 8]).unwrap().name();
    assert_eq!(
        [0, 1, 5, 101, 201, 65_535, 2].map(names),
        [
            Some("first"),
            Some("answer"),
            Some("after_first"),
            Some("data"),
            Some("event"),
            Some("bye"),
            None
        ]
    );
}

#[test]
fn unknown_messages_keep_their_body() {
    let unknown = third::client::Message::decode(77, &[1, 2]).unwrap();
    assert_eq!(
        (unknown.id(), unknown.name(), unknown.path()),
        (77, None, None)
    );
    assert_eq!(unknown.encode_to_vec(), Ok(vec![1, 2]));
    let last = last::server::Message::decode(1, &[3]).unwrap();
    assert_eq!((last.id(), last.encode_to_vec()), (1, Ok(vec![3])));
    let owned = last.into_owned();
    assert_eq!(owned.encode_to_vec(), Ok(vec![3]));
}

/// Generic over all channels derived from `ancestor`.
fn ticks<C>(id: u16, body: &[u8]) -> Option<u32>
where
    C: DerivedFrom<ancestor::Channel>,
{
    let message = C::Server::decode(id, body).ok()?;
    match C::server_into(message).ok()? {
        ancestor::server::Message::Tick(tick) => Some(tick.time),
        _ => None,
    }
}

#[test]
fn generic_code_accepts_all_derived_channels() {
    let body = [7, 0, 0, 0];
    let all = [
        ticks::<ancestor::Channel>,
        ticks::<second::Channel>,
        ticks::<third::Channel>,
        ticks::<tenth::Channel>,
    ];
    for ticks in all {
        assert_eq!(ticks(1, &body), Some(7));
        assert_eq!(
            (ticks(11, &body), ticks(101, &body), ticks(1, &[])),
            (None, None, None)
        );
    }
}

#[test]
fn messages_convert_to_derived_channels_and_back() {
    let tick = ancestor::server::Message::Tick(TICK);
    let derived = second::server::Message::from(tick.clone());
    assert_eq!(derived, second::server::Message::Tick(TICK));
    assert_eq!(ancestor::server::Message::try_from(derived), Ok(tick));
    let data = second::server::Message::Data(second::server::Data {
        data: vec![1].into(),
    });
    assert_eq!(
        ancestor::server::Message::try_from(data.clone()),
        Err(data.clone())
    );
    // Conversions also skip levels, in both directions.
    type Tenth = tenth::Channel;
    let bye = ancestor::client::Message::Bye(ancestor::client::Bye {});
    let derived = <Tenth as DerivedFrom<ancestor::Channel>>::client_from(bye.clone());
    assert_eq!(derived.name(), Some("bye"));
    let back = <Tenth as DerivedFrom<ancestor::Channel>>::client_into(derived);
    assert_eq!(back, Ok(bye));
    let derived = <Tenth as DerivedFrom<second::Channel>>::server_from(data.clone());
    assert_eq!(derived.id(), 101);
    let decode_error = <Tenth as DerivedFrom<ancestor::Channel>>::server_into(derived.clone());
    assert_eq!(decode_error, Err(derived));
    let unknown = ancestor::server::Message::Unknown {
        id: 999,
        body: vec![4].into(),
    };
    let derived = <Tenth as DerivedFrom<ancestor::Channel>>::server_from(unknown.clone());
    assert_eq!((derived.id(), derived.encode_to_vec()), (999, Ok(vec![4])));
    let itself = <Tenth as DerivedFrom<Tenth>>::server_into(derived.clone());
    assert_eq!(itself, Ok(derived));
}

#[test]
fn a_body_with_one_message_converts_to_all_enums_around_it() {
    let more = tenth::server::Message::from(ancestor::server::More { n: 5 });
    assert_eq!(more.path(), Some("tenth.server.more"));
    let more = ServerMessage::from(more);
    assert_eq!(more.channel_type(), ChannelType::TENTH);
    let more = Message::from(more);
    assert_eq!(
        (more.side(), more.path()),
        (Side::Server, Some("tenth.server.more"))
    );
    let event = ClientMessage::from(third::client::Message::from(third::client::Event {
        event: 1,
    }));
    assert_eq!(event.path(), Some("third.client.event"));
    // A body that several channels share.
    let text = Text::from("a");
    let note = ancestor::server::Message::from(Note { text });
    assert_eq!(note.path(), Some("ancestor.server.note"));
    let answer = tenth::client::Message::from(TICK);
    assert_eq!(answer.path(), Some("tenth.client.answer"));
}

/// Each line compiles only if both paths are one type.
#[test]
fn module_of_a_side_has_the_bodies_of_all_its_messages() {
    let _: [Tick; 2] = [ancestor::server::Tick { time: 7 }, TICK];
    let _: [Tick; 2] = [tenth::client::Tick { time: 7 }, TICK];
    let more: ancestor::server::More = tenth::server::More { n: 1 };
    let init: third::server::Init = tenth::server::Init { opened: 1 };
    let data: second::client::Data<'_> = tenth::client::Data::default();
    assert_eq!((more.n, init.opened, data.data.len()), (1, 1, 0));
}

#[test]
fn messages_are_dispatched_by_channel_side_and_id() {
    let body = [7, 0, 0, 0];
    let decode =
        |channel, side, id| Message::decode(ChannelType(channel), side, id, &body, Fds::none());
    let left = decode(11, Side::Client, 1).unwrap();
    assert_eq!(
        left,
        Message::Client(ClientMessage::Left(quiet::client::Message::Only(TICK)))
    );
    let right = decode(12, Side::Client, 1).unwrap();
    assert_eq!(
        (right.channel_type(), right.side(), right.id()),
        (ChannelType::RIGHT, Side::Client, 1)
    );
    assert_eq!(right.path(), Some("quiet.client.only"));
    assert_ne!(left, right);
    assert_eq!(left.encode_to_vec(), right.encode_to_vec());
    let third = decode(3, Side::Server, 11).unwrap();
    let expected = ServerMessage::Third(third::server::Message::Tock(TICK));
    assert_eq!(third, Message::Server(expected));
    assert_eq!(third.path(), Some("third.server.tock"));
    let unknown = decode(1, Side::Server, 11).unwrap();
    assert_eq!(
        (unknown.channel_type(), unknown.id(), unknown.path()),
        (ChannelType(1), 11, None)
    );
    assert_eq!(unknown.encode_to_vec(), Ok(Vec::from(body)));
    let owned = third.into_owned();
    assert_eq!(owned.encode_to_vec(), Ok(vec![7, 0, 0, 0]));
    let error =
        Message::decode(ChannelType::THIRD, Side::Server, 1, &[7], Fds::none()).unwrap_err();
    assert_eq!(error.message(), Some("third.server.tick"));
}

#[test]
fn message_bodies_outside_of_channels_are_types() {
    check(&Unsent { n: 3 }, &[3]);
    check(&Unused { n: 4 }, &[4]);
    let note = Note {
        text: Text::from("a"),
    };
    check(&note, &[2, 0, b'a', 0]);
    let truncated = ErrorKind::Truncated {
        needed: 2,
        available: 1,
    };
    assert_eq!(
        decode_error::<Note>(&[2, 0, b'a']),
        at("text", 2, truncated)
    );
}
