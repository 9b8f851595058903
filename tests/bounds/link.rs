//! The link stage and the frame reader buffer only bytes that were received, whatever size a peer
//! announces.

use allocation_counter::measure;
use bytes::BytesMut;
use spice_link::codec::FrameCodec;
use spice_link::{
    Capabilities, ClientLink, ClientStep, FrameError, FrameReader, HeaderFormat, LinkError,
    LinkRequest, MAX_LINK_SIZE, ServerLink, ServerStep,
};
use spice_messages::wire::Side;
use tokio_util::codec::Decoder;

/// Memory of a link stage before any input, including an error reply.
const LINK: u64 = 2 << 10;

/// Returns the header of a link message with this size.
fn link_header(size: u32) -> Vec<u8> {
    let words = [u32::from_le_bytes(*b"REDQ"), 2, 2, size];
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}

fn request() -> LinkRequest {
    LinkRequest::main(Capabilities::usual())
}

#[test]
fn link_stage_rejects_large_messages_by_their_header() {
    for size in [MAX_LINK_SIZE + 1, u32::MAX] {
        let header = link_header(size);
        let expected = LinkError::TooLarge {
            size: size.into(),
            limit: MAX_LINK_SIZE,
        };
        let used = measure(|| {
            let mut server = ServerLink::new();
            assert_eq!(server.receive(&header), header.len());
            assert!(matches!(server.step(), Ok(ServerStep::Send(_))));
            assert_eq!(server.step(), Err(expected.clone()));
            // No more input is consumed.
            assert_eq!(server.receive(&[0; 100]), 0);
        });
        assert!(used.bytes_max <= LINK, "{used:?}");
        let used = measure(|| {
            let mut client = ClientLink::new(request()).unwrap();
            assert!(matches!(client.step(), Ok(ClientStep::Send(_))));
            assert_eq!(client.receive(&header), Err(expected.clone()));
            assert_eq!(client.step(), Err(expected));
        });
        assert!(used.bytes_max <= LINK, "{used:?}");
    }
}

#[test]
fn link_stage_buffers_only_received_bytes() {
    let header = link_header(MAX_LINK_SIZE);
    for came in [0, 100, 4000] {
        let used = measure(|| {
            let mut server = ServerLink::new();
            server.receive(&header);
            (0..came).for_each(|_| assert_eq!(server.receive(&[0]), 1));
            let missing = MAX_LINK_SIZE as usize - came;
            assert_eq!(server.step(), Ok(ServerStep::Receive(missing)));
        });
        // A growing buffer holds up to twice its length, and once more while it moves.
        assert!(used.bytes_max <= 3 * came as u64 + 200, "{came}: {used:?}");
    }
}

#[test]
fn capability_counts_reserve_no_memory() {
    let fixed = 18;
    for (common, channel) in [
        (u32::MAX, u32::MAX),
        (u32::MAX, 1),
        (0, 1 << 30),
        (1 << 30, 0),
    ] {
        for offset in [0, fixed, u32::MAX] {
            let mut body = [0; 18];
            body[6..10].copy_from_slice(&common.to_le_bytes());
            body[10..14].copy_from_slice(&channel.to_le_bytes());
            body[14..].copy_from_slice(&offset.to_le_bytes());
            let mut found = None;
            let used = measure(|| found = Some(LinkRequest::from_body(&body)));
            let expected = match offset {
                0 => LinkError::CapsInside { offset, fixed },
                _ => LinkError::CapsOutside {
                    words: u64::from(common) + u64::from(channel),
                    offset,
                    length: body.len(),
                },
            };
            assert_eq!(found, Some(Err(expected)));
            assert_eq!(used.count_total, 0);
        }
    }
}

/// Returns a frame that announces `size` bytes of body but contains only `came`.
fn frame(size: u32, came: usize) -> Vec<u8> {
    let mut frame = [&[1, 0][..], &size.to_le_bytes()].concat();
    frame.resize(frame.len() + came, 0);
    frame
}

#[test]
fn frame_readers_buffer_only_received_bytes() {
    let limit = 1 << 20;
    for (size, came) in [(limit, 0), (limit, 1000), (limit, 100_000), (1000, 1000)] {
        let bytes = frame(size, came);
        let most = 3 * bytes.len() as u64 + 100;
        let used = measure(|| {
            let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini).with_limit(limit);
            for piece in bytes.chunks(7) {
                reader.push(piece);
                let whole = reader.next_frame().unwrap().is_some();
                assert!(!whole || came == size as usize);
            }
        });
        assert!(used.bytes_max <= most, "{used:?}, {most}");
        let used = measure(|| {
            let mut codec = FrameCodec::new(Side::Server, HeaderFormat::Mini).with_limit(limit);
            let mut buffer = BytesMut::new();
            for piece in bytes.chunks(7) {
                buffer.extend_from_slice(piece);
                let whole = codec.decode(&mut buffer).unwrap().is_some();
                assert!(!whole || came == size as usize);
            }
        });
        assert!(used.bytes_max <= most, "{used:?}, {most}");
    }
}

/// Frames that were read are discarded, so the number of frames does not matter.
#[test]
fn long_streams_buffer_only_their_largest_frame() {
    let stream = [frame(10, 10), frame(5000, 5000), frame(0, 0)].concat();
    for piece in [1, 100, 7000] {
        let mut frames = 0;
        let used = measure(|| {
            let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini);
            for _ in 0..100 {
                for bytes in stream.chunks(piece) {
                    reader.push(bytes);
                    while reader.next_frame().unwrap().is_some() {
                        frames += 1;
                    }
                }
            }
        });
        assert_eq!(frames, 300);
        // The buffer holds up to twice a frame and the next chunk, and once more while it moves.
        let most = 6 * (5006 + piece as u64);
        assert!(used.bytes_max <= most, "{used:?}, {most}");
    }
}

#[test]
fn oversized_frames_reserve_no_memory() {
    let bytes = frame(1001, 0);
    let used = measure(|| {
        let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini).with_limit(1000);
        reader.push(&bytes);
        let error = reader.next_frame().unwrap_err();
        assert!(matches!(error, FrameError::TooLarge { size: 1001, .. }));
    });
    assert!(used.bytes_max <= 100, "{used:?}");
}
