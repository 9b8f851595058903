//! The framing of messages: both headers, pieces, limits, sub-messages (hostile ones included),
//! descriptors, the codec.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod link_support;

use bytes::BytesMut;
use link_support::{Recorded, messages};
use spice_link::codec::{CodecError, FrameCodec, Outgoing};
use spice_link::{Frame, FrameError, FrameReader, FrameWriter, HeaderFormat, RawMessage};
use spice_messages::base::server::id::{LIST, NOTIFY, PING, SET_ACK};
use spice_messages::wire::Side;
use spice_messages::{Message, base, main};
use tokio_util::codec::{Decoder, Encoder};

const FORMATS: [HeaderFormat; 2] = [HeaderFormat::Full, HeaderFormat::Mini];

/// The recorded messages of the server, framed.
fn stream(format: HeaderFormat) -> Vec<u8> {
    let mut writer = FrameWriter::new(format);
    let mut out = Vec::new();
    for message in messages().iter().filter(|row| row.side == Side::Server) {
        writer.raw(message.id, &message.body, &mut out).unwrap();
    }
    out
}

#[test]
fn recorded_messages_pass_through_in_pieces_of_any_size() {
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
            for piece in stream.chunks(size) {
                reader.push(piece);
                while let Some(frame) = reader.next_frame().unwrap() {
                    let row = expected[found];
                    assert_eq!((frame.id, frame.body), (row.id, &*row.body));
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
fn messages_encode_into_frames_as_their_bodies_do() {
    for format in FORMATS {
        let mut writer = FrameWriter::new(format);
        let mut raw = FrameWriter::new(format);
        // Behind a `notify` there is a NUL that is no part of it.
        let whole = |row: &&Recorded| row.channel_type == 1 && row.id != NOTIFY;
        for row in messages().iter().filter(whole) {
            let (mut encoded, mut expected) = (Vec::new(), Vec::new());
            let decoded = RawMessage::new(row.id, &row.body);
            if row.side == Side::Server {
                let message: main::server::Message = decoded.decode().unwrap();
                writer.message(&message, &mut encoded).unwrap();
            } else {
                let message: main::client::Message = decoded.decode().unwrap();
                writer.message(&message, &mut encoded).unwrap();
            }
            raw.raw(row.id, &row.body, &mut expected).unwrap();
            assert_eq!(encoded, expected);
        }
        assert!(writer.serial() > 20);
        assert_eq!(writer.serial(), raw.serial());
    }
}

#[test]
fn a_frame_cut_at_any_byte_is_awaited() {
    for format in FORMATS {
        let mut frame = Vec::new();
        let mut writer = FrameWriter::new(format);
        writer.raw(7, &[1, 2, 3, 4, 5], &mut frame).unwrap();
        for length in 0..frame.len() {
            let mut reader = FrameReader::new(Side::Server, format);
            reader.push(&frame[..length]);
            assert!(reader.next_frame().unwrap().is_none());
            let missing = if length < format.size() {
                format.size() - length
            } else {
                frame.len() - length
            };
            assert_eq!(reader.missing(), missing);
            reader.push(&frame[length..]);
            assert_eq!(reader.missing(), 0);
            assert_eq!(reader.next_frame().unwrap().unwrap().id, 7);
        }
    }
}

#[test]
fn the_limit_holds_as_soon_as_the_header_is_there_and_nothing_is_reserved() {
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
    let text = "message 7 has 1001 bytes, more than the limit of 1000";
    let error = FrameError::TooLarge {
        id: 7,
        size: 1001,
        limit: 1000,
    };
    assert_eq!(error.to_string(), text);
}

/// Id and body of the messages of a frame, in order.
fn handled<'a>(frame: &Frame<'a>) -> Result<Vec<(u16, &'a [u8])>, FrameError> {
    let messages = frame.messages()?;
    let expected = messages.len();
    let found: Vec<_> = messages.map(|message| (message.id, message.body)).collect();
    assert_eq!(found.len(), expected);
    Ok(found)
}

#[test]
fn sub_messages_come_before_the_message_that_carries_them() {
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
    let found = handled(&frame).unwrap();
    let ids: Vec<u16> = found.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [SET_ACK, 103, 7]);
    assert_eq!(found[0].1, first.body);
    assert_eq!(found[2].1, frame.body);
    let message = frame.messages().unwrap().last().unwrap();
    let message: base::server::Message = message.decode().unwrap();
    assert_eq!(message, notify);

    let mut mini = FrameWriter::new(HeaderFormat::Mini);
    let mut out = vec![9];
    let error = mini.message_with(&[first], &notify, &mut out).unwrap_err();
    assert_eq!(error, FrameError::ShortHeader);
    assert_eq!((out, mini.serial()), (vec![9], 0));
}

#[test]
fn a_list_is_its_sub_messages_with_both_headers() {
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
        assert_eq!(handled(&frame).unwrap(), expected);
        // The client's message with that number is no list.
        let frame = Frame {
            sender: Side::Client,
            ..frame
        };
        assert_eq!(handled(&frame).unwrap(), [(LIST, frame.body)]);
    }
    let many = vec![RawMessage::new(1, &[]); 65_536];
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    let error = writer.list(&many, &mut Vec::new()).unwrap_err();
    assert_eq!(error, FrameError::TooManySubMessages { count: 65_536 });
    assert!(writer.list(&many[1..], &mut Vec::new()).is_ok());
}

/// A frame of the server with this body.
fn frame(id: u16, sub_list: u32, body: &[u8]) -> Frame<'_> {
    let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini);
    reader.push(&[0; 6]);
    let fds = reader.next_frame().unwrap().unwrap().fds;
    assert_eq!(format!("{fds:?}"), "Fds([])");
    Frame {
        sender: Side::Server,
        serial: 1,
        id,
        sub_list,
        body,
        fds: spice_messages::wire::Fds::none(),
    }
}

/// The body of a `list`: these offsets, then these parts.
fn list_body(offsets: &[u32], parts: &[(u16, u32, &[u8])]) -> Vec<u8> {
    let mut body = u16::try_from(offsets.len()).unwrap().to_le_bytes().to_vec();
    body.extend(offsets.iter().flat_map(|offset| offset.to_le_bytes()));
    for (id, size, data) in parts {
        body.extend(id.to_le_bytes());
        body.extend(size.to_le_bytes());
        body.extend_from_slice(data);
    }
    body
}

fn fault(offsets: &[u32], parts: &[(u16, u32, &[u8])]) -> String {
    let body = list_body(offsets, parts);
    let fault = handled(&frame(LIST, 0, &body)).unwrap_err();
    fault.to_string()
}

#[test]
fn hostile_lists_are_named() {
    assert_eq!(
        fault(&[7], &[(3, 0, &[])]),
        "sub-message 0 takes 6 bytes from byte 7 on of a body of 12 bytes"
    );
    assert_eq!(
        fault(&[u32::MAX], &[(3, 0, &[])]),
        "sub-message 0 takes 6 bytes from byte 4294967295 on of a body of 12 bytes"
    );
    assert_eq!(
        fault(&[6], &[(3, 5, &[0; 4])]),
        "sub-message 0 takes 11 bytes from byte 6 on of a body of 16 bytes"
    );
    assert_eq!(
        fault(&[6], &[(3, u32::MAX, &[0; 4])]),
        "sub-message 0 takes 4294967301 bytes from byte 6 on of a body of 16 bytes"
    );
    // Parts that lie on each other, in both orders, and the same part twice.
    let parts: [(u16, u32, &[u8]); 1] = [(3, 9, &[0; 9])];
    for (offsets, text) in [
        ([10, 13], "sub-message 1 lies on sub-message 0"),
        ([13, 10], "sub-message 0 lies on sub-message 1"),
        ([10, 10], "sub-message 1 lies on sub-message 0"),
    ] {
        assert_eq!(fault(&offsets, &parts), text);
    }
    // A cycle: the list is its own first part, or a part of itself.
    let text = "sub-message 0 lies on the list of sub-messages";
    assert_eq!(fault(&[0], &[(3, 0, &[])]), text);
    assert_eq!(fault(&[2], &[(0, 0, &[])]), text);
    assert_eq!(
        fault(&[10, 16], &[(3, 0, &[]), (LIST, 2, &[0, 0])]),
        "sub-message 1 is itself a list of sub-messages"
    );
}

#[test]
fn lists_behind_the_end_are_named() {
    let text = |sub_list, body: &[u8]| {
        let fault = handled(&frame(7, sub_list, body)).unwrap_err();
        fault.to_string()
    };
    assert_eq!(
        text(5, &[0; 4]),
        "the list of sub-messages begins at byte 5 of a body of 4 bytes"
    );
    assert_eq!(
        text(u32::MAX, &[]),
        "the list of sub-messages begins at byte 4294967295 of a body of 0 bytes"
    );
    assert_eq!(
        text(4, &[0; 4]),
        "the list of sub-messages takes 2 bytes where 0 are left"
    );
    assert_eq!(
        text(1, &[0, 0xff, 0xff, 0, 0, 0, 0]),
        "the list of sub-messages takes 262142 bytes where 6 are left"
    );
    assert_eq!(handled(&frame(7, 2, &[1, 2, 0, 0])).unwrap().len(), 1);
}

#[test]
fn lists_of_65535_parts_cost_no_more_than_their_bytes() {
    let count = 65_535_u32;
    let first = 2 + 4 * count;
    let parts = vec![(3, 0, &[][..]); count as usize];
    let ascending: Vec<u32> = (0..count).map(|index| first + 6 * index).collect();
    let descending: Vec<u32> = ascending.iter().rev().copied().collect();
    for offsets in [&ascending, &descending] {
        let body = list_body(offsets, &parts);
        let used = allocation_counter::measure(|| {
            let messages = frame(LIST, 0, &body).messages().unwrap();
            assert_eq!(messages.len(), count as usize);
            assert!(messages.into_iter().all(|message| message.id == 3));
        });
        assert!(used.bytes_max < body.len() as u64 / 2, "{used:?}");
    }
    // The same part 65,535 times: handled, it would be 65,535 times as long as its frame.
    let same = list_body(&vec![first; count as usize], &[(3, 1000, &[0; 1000])]);
    let error = handled(&frame(LIST, 0, &same)).unwrap_err();
    let expected = FrameError::Overlap {
        index: 1,
        other: Some(0),
    };
    assert_eq!(error, expected);
}

#[test]
fn damaged_lists_never_stand_for_more_than_their_bytes() {
    let parts: [(u16, u32, &[u8]); 3] = [(3, 2, &[1, 2]), (4, 0, &[]), (9, 4, &[1, 2, 3, 4])];
    let body = list_body(&[14, 22, 28], &parts);
    assert_eq!(handled(&frame(LIST, 0, &body)).unwrap().len(), 3);
    let mut accepted = 0;
    for at in 0..body.len() {
        for value in 0..=255 {
            let mut body = body.clone();
            body[at] = value;
            for length in [body.len(), at + 1] {
                let Ok(found) = handled(&frame(LIST, 0, &body[..length])) else {
                    continue;
                };
                let total: usize = found.iter().map(|(_, part)| part.len() + 6).sum();
                assert!(total + 2 + 4 * found.len() <= length);
                accepted += 1;
            }
        }
    }
    assert!(accepted > 256, "{accepted}");
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
                    let _ = Message::decode(1, side, message.id, message.body, message.fds);
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
    // A peer whose serials begin elsewhere.
    out[0] = 40;
    let mut reader = FrameReader::new(Side::Server, HeaderFormat::Full);
    reader.push(&out);
    let mut proxy = FrameWriter::new(HeaderFormat::Full);
    let mut again = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        proxy.forward(&frame, frame.body, &mut again).unwrap();
    }
    assert_eq!(again, out);
}

#[test]
fn the_codec_frames_as_reader_and_writer_do() {
    for format in FORMATS {
        let stream = stream(format);
        let mut reader = FrameReader::new(Side::Server, format);
        reader.push(&stream);
        let mut codec = FrameCodec::new(Side::Server, format);
        let mut bytes = BytesMut::new();
        let mut found = 0;
        for piece in stream.chunks(13) {
            bytes.extend_from_slice(piece);
            while let Some(owned) = codec.decode(&mut bytes).unwrap() {
                let frame = reader.next_frame().unwrap().unwrap();
                let owned = owned.as_frame();
                assert_eq!(format!("{owned:?}"), format!("{frame:?}"));
                found += 1;
            }
        }
        assert!(bytes.is_empty() && found > 100);

        let mut writer = FrameWriter::new(format);
        let (mut ours, mut theirs) = (BytesMut::new(), Vec::new());
        for generation in 0..3 {
            let message = base::client::AckSync { generation };
            let message = base::client::Message::AckSync(message);
            codec.encode(Outgoing(&message), &mut ours).unwrap();
            writer.message(&message, &mut theirs).unwrap();
        }
        assert_eq!(ours, theirs);
    }
}
