//! Framing: recorded messages, limits, sub-messages, descriptors, and the codec.

use crate::recorded_traffic::{Recorded, messages};
use bytes::BytesMut;
use spice_link::codec::{CodecError, FrameCodec};
use spice_link::{
    Frame, FrameError, FrameReader, FrameWriter, HeaderFormat, MAX_AGENT_DATA, RawMessage,
};
use spice_messages::base::server::id::{LIST, NOTIFY, PING, SET_ACK};
use spice_messages::types::{Data, Empty};
use spice_messages::wire::{Encode, Side, WithTrailing};
use spice_messages::{ChannelType, ClientMessage, Message, ServerMessage, base, main};
use tokio_util::codec::Decoder;

const FORMATS: [HeaderFormat; 2] = [HeaderFormat::Full, HeaderFormat::Mini];

/// Frames of the recorded messages of the server.
fn stream(format: HeaderFormat) -> Vec<u8> {
    let mut writer = FrameWriter::new(format);
    let mut out = Vec::new();
    for message in messages().iter().filter(|row| row.side == Side::Server) {
        writer.raw(message.id, &message.body, &mut out).unwrap();
    }
    out
}

#[test]
fn recorded_messages_pass_in_chunks_of_any_size() {
    let recorded = messages();
    let expected: Vec<_> = recorded
        .iter()
        .filter(|row| row.side == Side::Server)
        .collect();
    assert!(expected.len() > 100);
    for format in FORMATS {
        let stream = stream(format);
        for size in [1, 5, 6, 7, 100, 4096, stream.len()] {
            let mut reader = FrameReader::new(Side::Server, format);
            let mut found = 0;
            for chunk in stream.chunks(size) {
                reader.push(chunk);
                while let Some(frame) = reader.next_frame().unwrap() {
                    let row = expected[found];
                    assert_eq!((frame.id, frame.body()), (row.id, &*row.body));
                    assert_eq!(frame.serial, found as u64 + 1);
                    found += 1;
                }
                assert!(reader.missing() > 0);
            }
            assert_eq!(found, expected.len());
            assert!(reader.unread().is_empty());
        }
    }
}

#[test]
fn encoded_messages_give_the_same_frames_as_their_bodies() {
    for format in FORMATS {
        let mut writer = FrameWriter::new(format);
        let mut raw = FrameWriter::new(format);
        let on_main = |row: &&Recorded| row.channel_type == ChannelType::MAIN;
        for row in messages().iter().filter(on_main) {
            let (mut encoded, mut expected) = (Vec::new(), Vec::new());
            let decoded = RawMessage::new(row.id, &row.body);
            if row.side == Side::Server {
                let message: WithTrailing<main::server::Message> = decoded.decode().unwrap();
                writer.message(&message, &mut encoded).unwrap();
            } else {
                let message: WithTrailing<main::client::Message> = decoded.decode().unwrap();
                writer.message(&message, &mut encoded).unwrap();
            }
            raw.raw(row.id, &row.body, &mut expected).unwrap();
            assert_eq!(encoded, expected);
        }
        assert!(writer.serial() > 20);
        assert_eq!(writer.serial(), raw.serial());
    }
}

/// Returns the body of the recorded `notify`, with the NUL that `message_len` does not count.
fn recorded_notify() -> Vec<u8> {
    let notify = messages().into_iter().find(|row| row.id == NOTIFY);
    let body = notify.expect("a recorded notify").body;
    assert_eq!((body.len(), body.last()), (53, Some(&0)));
    body
}

#[test]
fn forwarded_notify_keeps_its_trailing_nul() {
    let body = recorded_notify();
    for format in FORMATS {
        let mut received = Vec::new();
        let mut server = FrameWriter::new(format);
        server.raw(NOTIFY, &body, &mut received).unwrap();
        let mut reader = FrameReader::new(Side::Server, format);
        reader.push(&received);
        let frame = reader.next_frame().unwrap().unwrap();
        let message: main::server::Message = frame.decode().unwrap();
        assert_eq!(message.encode_to_vec().unwrap().len(), 52);
        let mut sent = Vec::new();
        FrameWriter::new(format).forward(&frame, &mut sent).unwrap();
        assert_eq!((&sent, &sent[format.size()..]), (&received, &*body));
        assert_eq!(frame.bytes(), &received[..]);
    }
}

#[test]
fn server_writes_notify_as_the_c_server_does() {
    let body = recorded_notify();
    let recorded = RawMessage::new(NOTIFY, &body);
    let main::server::Message::Notify(notify) = recorded.decode().unwrap() else {
        panic!("expected a notify");
    };
    let notify = main::server::Message::Notify(base::server::Notify {
        time_stamp: notify.time_stamp,
        severity: notify.severity,
        visibilty: notify.visibilty,
        what: notify.what,
        message: b"keyboard channel is insecure"[..].into(),
    });
    let message = WithTrailing {
        message: notify,
        trailing: b"\0"[..].into(),
    };
    let mut out = Vec::new();
    FrameWriter::new(HeaderFormat::Mini)
        .message(&message, &mut out)
        .unwrap();
    assert_eq!(out[6..], body);
    assert_eq!(recorded.decode(), Ok(message));
}

#[test]
fn frames_change_the_header_format_when_forwarded() {
    for (from, to) in [
        (HeaderFormat::Full, HeaderFormat::Mini),
        (HeaderFormat::Mini, HeaderFormat::Full),
    ] {
        let mut reader = FrameReader::new(Side::Server, from);
        reader.push(&stream(from));
        let (mut writer, mut out) = (FrameWriter::new(to), Vec::new());
        while let Some(frame) = reader.next_frame().unwrap() {
            writer.forward(&frame, &mut out).unwrap();
        }
        assert_eq!(out, stream(to));
    }
}

#[test]
fn sub_messages_are_not_lost_in_a_mini_header() {
    let sub = [RawMessage::new(SET_ACK, &[1, 2, 3])];
    let notify = base::server::Message::Notify(base::server::Notify::default());
    let mut out = Vec::new();
    let mut writer = FrameWriter::new(HeaderFormat::Full);
    writer.message_with(&sub, &notify, &mut out).unwrap();
    // A client's number does not locate anything.
    for (sender, expected) in [
        (Side::Server, Err(FrameError::ShortHeader)),
        (Side::Client, Ok(())),
    ] {
        let mut reader = FrameReader::new(sender, HeaderFormat::Full);
        reader.push(&out);
        let frame = reader.next_frame().unwrap().unwrap();
        let mut mini = FrameWriter::new(HeaderFormat::Mini);
        let forwarded = mini.forward(&frame, &mut Vec::new());
        assert_eq!(forwarded, expected);
    }
}

#[test]
fn agent_data_that_spice_server_refuses_is_an_error() {
    for format in FORMATS {
        let mut writer = FrameWriter::new(format);
        let mut out = Vec::new();
        let data = |length| Data {
            data: vec![7; length].into(),
        };
        let from_client = |length| main::client::Message::AgentData(data(length));
        let error = writer.message(&from_client(MAX_AGENT_DATA + 1), &mut out);
        let expected = FrameError::PeerLimit {
            message: "main.client.agent_data",
            size: 2049,
            limit: 2048,
        };
        assert_eq!(error, Err(expected));
        assert_eq!((out.len(), writer.serial()), (0, 0));
        writer.message(&from_client(2048), &mut out).unwrap();
        // The server's parts are not limited, and neither are bytes that are already encoded.
        let from_server = main::server::Message::AgentData(data(5000));
        writer.message(&from_server, &mut out).unwrap();
        writer.raw(107, &[7; 5000], &mut out).unwrap();
    }
}

#[test]
fn limit_is_checked_at_the_header_before_memory_is_allocated() {
    for format in FORMATS {
        let mut frame = Vec::new();
        FrameWriter::new(format).raw(7, &[], &mut frame).unwrap();
        let size_at = match format {
            HeaderFormat::Full => 10,
            HeaderFormat::Mini => 2,
        };
        let with_size = |size: u32| {
            let mut frame = frame.clone();
            frame[size_at..size_at + 4].copy_from_slice(&size.to_le_bytes());
            frame
        };
        let too_large = |size: u32| FrameError::TooLarge {
            id: 7,
            size: size.into(),
            limit: 1000,
        };
        for size in [1001, u32::MAX] {
            let mut reader = FrameReader::new(Side::Server, format).with_limit(1000);
            reader.push(&with_size(size));
            assert_eq!(reader.next_frame().unwrap_err(), too_large(size));
            assert_eq!(reader.next_frame().unwrap_err(), too_large(size));
            let mut codec = FrameCodec::new(Side::Server, format).with_limit(1000);
            let error = codec.decode(&mut BytesMut::from(&*with_size(size)));
            assert!(matches!(error, Err(CodecError::Frame(error)) if error == too_large(size)));
        }
        let used = allocation_counter::measure(|| {
            let mut reader = FrameReader::new(Side::Server, format).with_limit(u32::MAX);
            reader.push(&with_size(u32::MAX));
            assert!(reader.next_frame().unwrap().is_none());
            assert!(reader.missing() > 4_000_000_000);
        });
        assert!(used.bytes_max < 200, "{used:?}");
    }
}

/// Ids and bodies of the messages of a frame, in order.
fn contents(frame: &Frame) -> Result<Vec<(u16, &[u8])>, FrameError> {
    let messages = frame.messages()?;
    let expected = messages.len();
    let found: Vec<_> = messages.map(|message| (message.id, message.body)).collect();
    assert_eq!(found.len(), expected);
    Ok(found)
}

#[test]
fn sub_messages_come_before_their_carrier() {
    let first = RawMessage::new(SET_ACK, &[1, 0, 0, 0, 2, 0, 0, 0]);
    let second = RawMessage::new(103, &[]);
    let notify = base::server::Message::Notify(base::server::Notify::default());
    let mut out = Vec::new();
    let mut writer = FrameWriter::new(HeaderFormat::Full);
    writer
        .message_with(&[first, second], &notify, &mut out)
        .unwrap();
    let mut reader = FrameReader::new(Side::Server, HeaderFormat::Full);
    reader.push(&out);
    let frame = reader.next_frame().unwrap().unwrap();
    assert_ne!(frame.sub_list, 0);
    let found = contents(&frame).unwrap();
    let ids: Vec<u16> = found.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [SET_ACK, 103, 7]);
    assert_eq!(found[0].1, first.body);
    assert_eq!(found[2].1, frame.body());
    let message = frame.messages().unwrap().next_back().unwrap();
    let message: base::server::Message = message.decode().unwrap();
    assert_eq!(message, notify);

    let mut mini = FrameWriter::new(HeaderFormat::Mini);
    let mut out = vec![9];
    let error = mini.message_with(&[first], &notify, &mut out).unwrap_err();
    assert_eq!(error, FrameError::ShortHeader);
    assert_eq!((out, mini.serial()), (vec![9], 0));
}

#[test]
fn list_yields_only_its_sub_messages_with_both_headers() {
    let first = RawMessage::new(SET_ACK, &[1, 2, 3]);
    let second = RawMessage::new(PING, &[4]);
    for format in FORMATS {
        let mut out = Vec::new();
        let mut writer = FrameWriter::new(format);
        writer.list(&[first, second], &mut out).unwrap();
        let mut reader = FrameReader::new(Side::Server, format);
        reader.push(&out);
        let frame = reader.next_frame().unwrap().unwrap();
        assert_eq!(frame.id, LIST);
        let expected: [(u16, &[u8]); 2] = [(SET_ACK, &[1, 2, 3]), (PING, &[4])];
        assert_eq!(contents(&frame).unwrap(), expected);
        // The client's message with this id is not a list.
        let mut reader = FrameReader::new(Side::Client, format);
        reader.push(&out);
        let frame = reader.next_frame().unwrap().unwrap();
        assert_eq!(contents(&frame).unwrap(), [(LIST, frame.body())]);
    }
}

/// A `list` message of the server.
fn list_frame(body: &[u8]) -> Frame {
    let mut bytes = Vec::new();
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    writer.raw(LIST, body, &mut bytes).unwrap();
    let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini);
    reader.push(&bytes);
    reader.next_frame().unwrap().unwrap()
}

/// Builds the body of a `list`: the offsets, then sub-messages with these ids and data.
fn list_body(offsets: &[u32], parts: &[(u16, &[u8])]) -> Vec<u8> {
    let mut body = u16::try_from(offsets.len()).unwrap().to_le_bytes().to_vec();
    body.extend(offsets.iter().flat_map(|offset| offset.to_le_bytes()));
    for (id, data) in parts {
        body.extend(id.to_le_bytes());
        body.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        body.extend_from_slice(data);
    }
    body
}

#[test]
fn list_of_65535_sub_messages_takes_less_memory_than_its_bytes() {
    let count = 65_535_u32;
    let first = 2 + 4 * count;
    let parts = vec![(3, &[][..]); count as usize];
    let ascending: Vec<u32> = (0..count).map(|index| first + 6 * index).collect();
    let descending: Vec<u32> = ascending.iter().rev().copied().collect();
    for offsets in [&ascending, &descending] {
        let body = list_body(offsets, &parts);
        let frame = list_frame(&body);
        let used = allocation_counter::measure(|| {
            let messages = frame.messages().unwrap();
            assert_eq!(messages.len(), count as usize);
            assert!(messages.into_iter().all(|message| message.id == 3));
        });
        assert!(used.bytes_max < body.len() as u64 / 2, "{used:?}");
    }
    // 65,535 references to one sub-message would expand to 65,535 copies of it.
    let same = list_body(&vec![first; count as usize], &[(3, &[0; 1000])]);
    let error = contents(&list_frame(&same)).unwrap_err();
    let expected = FrameError::Overlap {
        index: 1,
        other: Some(0),
    };
    assert_eq!(error, expected);
}

#[test]
fn damaged_streams_never_panic() {
    for format in FORMATS {
        let stream = stream(format);
        let start = &stream[..stream.len().min(2000)];
        for at in 0..start.len() {
            let mut bytes = start.to_vec();
            bytes[at] ^= 0xff;
            let mut reader = FrameReader::new(Side::Server, format).with_limit(10_000);
            reader.push(&bytes);
            while let Ok(Some(frame)) = reader.next_frame() {
                let Ok(messages) = frame.messages() else {
                    continue;
                };
                for message in messages {
                    let side = frame.sender;
                    let _ = Message::decode(
                        ChannelType::MAIN,
                        side,
                        message.id,
                        message.body,
                        message.fds,
                    );
                }
            }
        }
    }
}

#[test]
fn forwarded_frames_keep_serial_and_sub_messages() {
    let mut out = Vec::new();
    let mut writer = FrameWriter::new(HeaderFormat::Full);
    writer.raw(1, &[1], &mut out).unwrap();
    let sub = [RawMessage::new(9, &[5])];
    let notify = base::server::Message::Notify(base::server::Notify::default());
    writer.message_with(&sub, &notify, &mut out).unwrap();
    // The serials of a peer may start at any number.
    out[0] = 40;
    let mut reader = FrameReader::new(Side::Server, HeaderFormat::Full);
    reader.push(&out);
    let mut proxy = FrameWriter::new(HeaderFormat::Full);
    let mut again = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        proxy.forward(&frame, &mut again).unwrap();
    }
    assert_eq!(again, out);
}

#[test]
fn codec_reads_the_same_frames_as_the_reader() {
    for format in FORMATS {
        let stream = stream(format);
        let mut reader = FrameReader::new(Side::Server, format);
        reader.push(&stream);
        let mut codec = FrameCodec::new(Side::Server, format);
        let mut bytes = BytesMut::new();
        let mut found = 0;
        for chunk in stream.chunks(13) {
            bytes.extend_from_slice(chunk);
            while let Some(owned) = codec.decode(&mut bytes).unwrap() {
                let frame = reader.next_frame().unwrap().unwrap();
                assert_eq!(owned, frame);
                found += 1;
            }
        }
        assert!(bytes.is_empty() && found > 100);
    }
}

#[test]
fn message_of_one_side_is_a_message_of_the_protocol() {
    let name = main::server::Message::from(main::server::Name::default());
    let message = Message::from(ServerMessage::Main(name));
    assert_eq!(message.path(), Some("main.server.name"));
    let init = main::client::Message::AttachChannels(Empty {});
    let message = Message::from(ClientMessage::Main(init));
    assert_eq!(message.path(), Some("main.client.attach_channels"));
}
