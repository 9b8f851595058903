//! Names of channels and messages by their numbers, compared with the facts about the protocol.

use std::collections::BTreeMap;

use crate::common::facts::{Channel, Facts};
use crate::common::rows::reference;
use spice_messages::wire::{self, ChannelMessage, Encode, Fds, Named, Reader, Side};
use spice_messages::{ChannelType, ServerMessage, base, display, spicevmc};

const SIDES: [Side; 2] = [Side::Server, Side::Client];

#[test]
fn channel_types_have_the_names_and_numbers_of_the_protocol() {
    let facts = Facts::load();
    let entries = facts.protocol.channels.iter();
    let entries: Vec<_> = entries
        .map(|entry| (entry.name.as_str(), ChannelType(entry.id)))
        .collect();
    assert_eq!(ChannelType::ITEMS, entries);
    for number in 0..=u8::MAX {
        let entry = entries.iter().find(|(_, found)| found.0 == number);
        let channel_type = ChannelType(number);
        assert_eq!(channel_type.name(), entry.map(|(name, _)| *name));
        assert_eq!(u8::from(channel_type), number);
    }
}

/// Returns the messages that one side sends on a channel, inherited messages included.
fn messages<'f>(facts: &'f Facts, channel: &str, side: Side) -> BTreeMap<u16, &'f str> {
    let lineage = facts.lineage(channel).collect::<Vec<_>>();
    let channels = lineage.into_iter().rev();
    let messages = channels.flat_map(|channel: &Channel| channel.messages(side));
    messages
        .map(|found| (found.id, found.name.as_str()))
        .collect()
}

#[test]
fn messages_have_the_names_and_ids_of_the_protocol() {
    let facts = Facts::load();
    let mut count = 0;
    for entry in &facts.protocol.channels {
        let channel_type = ChannelType(entry.id);
        for side in SIDES {
            let expected = messages(&facts, &entry.channel, side);
            let listed = channel_type.messages(side);
            assert_eq!(listed.len(), expected.len(), "{channel_type:?} {side}");
            let listed: BTreeMap<u16, &str> = listed.iter().copied().collect();
            assert_eq!(listed, expected, "{channel_type:?} {side}");
            for id in 0..=u16::MAX {
                let name = channel_type.message_name(side, id);
                assert_eq!(name, expected.get(&id).copied(), "{channel_type:?} {id}");
            }
            count += expected.len();
        }
    }
    assert_eq!(count, 273);
}

#[test]
fn unknown_channels_have_no_messages() {
    for number in [0, 12, 255] {
        for side in SIDES {
            assert_eq!(ChannelType(number).messages(side), []);
            assert_eq!(ChannelType(number).message_name(side, 1), None);
        }
    }
}

#[test]
fn decoded_messages_have_the_name_of_their_numbers() {
    let rows = reference();
    assert!(rows.len() > 200);
    for row in rows.iter().filter(|row| row.accept) {
        let message = row.decode().unwrap();
        let name = message
            .channel_type()
            .message_name(message.side(), message.id());
        assert_eq!(name, Some(row.message.as_str()), "{}", row.label());
        let channel = message.channel_type().name();
        assert_eq!(channel, Some(row.channel.as_str()), "{}", row.label());
    }
}

/// Code that is generic over channels has the same lists, also for channels without a number.
#[test]
fn channels_as_types_list_their_messages() {
    fn server<C: wire::Channel>() -> &'static [(u16, &'static str)] {
        C::Server::MESSAGES
    }
    let listed = ChannelType::DISPLAY.messages(Side::Server);
    assert_eq!(server::<display::Channel>(), listed);
    assert!(listed.starts_with(server::<base::Channel>()));
    assert!(server::<spicevmc::Channel>().contains(&(101, "data")));
}

#[test]
fn message_of_an_unknown_channel_is_kept() {
    let channel_type = ChannelType(200);
    let mut reader = Reader::new(&[1, 2, 3]);
    let message = ServerMessage::decode_from(channel_type, 7, &mut reader).unwrap();
    assert_eq!((message.channel_type(), message.id()), (channel_type, 7));
    assert_eq!(message.path(), None);
    assert_eq!(message.encode_to_vec().unwrap(), [1, 2, 3]);
    let decoded = ServerMessage::decode(channel_type, 7, &[1, 2, 3], Fds::none());
    assert_eq!(decoded.unwrap(), message);
}
