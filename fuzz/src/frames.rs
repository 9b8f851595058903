//! Fuzzes framing and the link stage with a byte stream.

use bytes::BytesMut;
use spice_link::codec::{CodecError, FrameCodec};
use spice_link::{
    Frame, FrameError, FrameReader, FrameWriter, HeaderFormat, RawMessage, display_descriptors,
};
use spice_messages::{base, display};
use spice_wire::Side;
use tokio_util::codec::Decoder;

use crate::input::{Input, side};
use crate::link;

/// Bits of the first byte.
mod bit {
    /// The stream starts with the link stage instead of messages.
    pub const LINK: u8 = 1;
    /// The client sends the stream.
    pub const CLIENT: u8 = 2;
    /// Messages have mini headers.
    pub const MINI: u8 = 4;
    /// The reader expects descriptors.
    pub const DESCRIPTORS: u8 = 8;
    /// The server refuses the client, or rejects its ticket.
    pub const REFUSE: u8 = 16;
    /// The server lets the client choose the authentication method.
    pub const SELECTION: u8 = 32;
}

/// Maximum body length. Some inputs exceed it, most do not.
const LIMIT: u32 = 2000;

/// Reads a stream from a peer. The second byte is the length of the chunks in which it arrives.
pub fn frames(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (Some(bits), Some(piece)) = (input.byte(), input.byte()) else {
        return;
    };
    let sender = side(bits & bit::CLIENT != 0);
    if bits & bit::LINK != 0 {
        let options = link::LinkOptions {
            refuse: bits & bit::REFUSE != 0,
            selection: bits & bit::SELECTION != 0,
        };
        link::check(sender, options, input, piece);
        return;
    }
    let format = match bits & bit::MINI {
        0 => HeaderFormat::Full,
        _ => HeaderFormat::Mini,
    };
    let stream = Stream {
        sender,
        format,
        descriptors: bits & bit::DESCRIPTORS != 0,
    };
    let found = stream.read(input, piece);
    assert_eq!(found, stream.read(input, 0));
    if !stream.descriptors {
        assert_eq!(found, stream.read_with_codec(input, piece));
        let written = stream.write(&found.frames);
        assert_eq!(input.0.strip_prefix(&*written), Some(&*found.left));
    }
    for frame in &found.frames {
        check(format, frame);
    }
}

/// Properties of a stream.
struct Stream {
    sender: Side,
    format: HeaderFormat,
    descriptors: bool,
}

/// Result of reading a stream.
#[derive(Debug, PartialEq)]
struct Found {
    frames: Vec<Frame>,
    left: Vec<u8>,
    error: Option<FrameError>,
}

impl Stream {
    fn read(&self, input: Input<'_>, piece: u8) -> Found {
        let mut reader = FrameReader::new(self.sender, self.format).with_limit(LIMIT);
        if self.descriptors {
            reader = reader.with_descriptors(display_descriptors);
        }
        let mut frames = Vec::new();
        let mut error = None;
        for piece in input.pieces(piece) {
            reader.push(piece);
            while error.is_none() {
                let missing = reader.missing();
                match reader.next_frame() {
                    Ok(Some(frame)) => {
                        assert_eq!(missing, 0);
                        frames.push(frame);
                    }
                    Ok(None) => {
                        assert!(missing > 0);
                        break;
                    }
                    Err(found) => error = Some(found),
                }
            }
        }
        if let Some(error) = &error {
            assert_eq!(reader.next_frame().err().as_ref(), Some(error));
        }
        Found {
            frames,
            left: reader.unread().to_vec(),
            error,
        }
    }

    fn read_with_codec(&self, input: Input<'_>, piece: u8) -> Found {
        let mut codec = FrameCodec::new(self.sender, self.format).with_limit(LIMIT);
        let mut source = BytesMut::new();
        let mut frames = Vec::new();
        let mut error = None;
        for piece in input.pieces(piece) {
            source.extend_from_slice(piece);
            while error.is_none() {
                match codec.decode(&mut source) {
                    Ok(Some(frame)) => frames.push(frame),
                    Ok(None) => break,
                    Err(CodecError::Frame(found)) => error = Some(found),
                    Err(other) => unreachable!("{other}"),
                }
            }
        }
        Found {
            frames,
            left: source.to_vec(),
            error,
        }
    }

    fn write(&self, frames: &[Frame]) -> Vec<u8> {
        let mut writer = FrameWriter::new(self.format);
        let mut out = Vec::new();
        for frame in frames {
            let written = writer.forward(frame, &mut out);
            assert_eq!(written, Ok(()));
        }
        out
    }
}

/// Checks that the messages of a frame are within its bounds and can be framed again.
fn check(format: HeaderFormat, frame: &Frame) {
    let Ok(found) = frame.messages() else {
        return;
    };
    let announced = found.len();
    let found: Vec<_> = found.collect();
    assert_eq!(found.len(), announced);
    let subs = found.iter().copied();
    let subs: Vec<RawMessage<'_>> = subs.filter(|message| message.is_sub_message).collect();
    let taken: usize = subs.iter().map(|sub| 4 + 6 + sub.body.len()).sum();
    assert!(
        taken <= frame.body().len(),
        "the sub-messages are longer than the body"
    );
    for message in &found {
        // The result does not matter, only that decoding does not panic.
        drop(message.decode::<display::server::Message<'_>>());
        drop(message.decode::<display::client::Message<'_>>());
    }
    let mut out = Vec::new();
    let mut writer = FrameWriter::new(format);
    assert_eq!(writer.list(&subs, &mut out), Ok(()));
    let again = read_one(format, &out);
    assert_eq!(contents(&again), plain(&subs));

    let carrier = base::server::Message::Unknown {
        id: frame.id,
        body: frame.body().into(),
    };
    let mut out = vec![7];
    let written = writer.message_with(&subs, &carrier, &mut out);
    if format == HeaderFormat::Mini && !subs.is_empty() {
        assert_eq!((written, &*out), (Err(FrameError::ShortHeader), &[7][..]));
        return;
    }
    assert_eq!(written, Ok(()));
    let again = read_one(format, out.get(1..).unwrap_or_default());
    let body = frame.body();
    assert_eq!(again.body().get(..body.len()), Some(body));
    let is_list = frame.id == base::server::id::LIST;
    if !is_list {
        let mut expected = plain(&subs);
        expected.push((frame.id, again.body()));
        assert_eq!(contents(&again), expected);
    }
}

/// Reads the only frame of a server's stream.
fn read_one(format: HeaderFormat, bytes: &[u8]) -> Frame {
    let mut reader = FrameReader::new(Side::Server, format);
    reader.push(bytes);
    let frame = match reader.next_frame() {
        Ok(Some(frame)) => frame,
        other => unreachable!("{other:?}"),
    };
    assert_eq!(reader.unread(), b"");
    frame
}

fn contents(frame: &Frame) -> Vec<(u16, &[u8])> {
    match frame.messages() {
        Ok(messages) => plain(&messages.collect::<Vec<_>>()),
        Err(error) => unreachable!("{error}"),
    }
}

/// Returns the ids and bodies of messages.
fn plain<'a>(messages: &[RawMessage<'a>]) -> Vec<(u16, &'a [u8])> {
    let plain = messages.iter().map(|message| (message.id, message.body));
    plain.collect()
}
