//! Streams of frames, and the sub-messages of a frame.

use std::hint::black_box;

use spice_link::{FrameReader, FrameWriter, HeaderFormat};
use spice_messages::base::server::id::LIST;
use spice_messages::wire::Side;

use crate::measured::measured_operation;

/// A stream that grows, and an operation on it.
pub struct Stream {
    /// Name in tables.
    pub name: &'static str,
    /// Operation in tables.
    pub operation: &'static str,
    build: fn(usize) -> Vec<u8>,
    /// Returns the number of messages.
    read: fn(&[u8]) -> usize,
    /// Returns the number of messages in a stream of this size.
    expected: fn(usize) -> usize,
    /// Approximate lengths in bytes, rising.
    pub sizes: [usize; 3],
}

const SIZES: [usize; 3] = [1 << 10, 1 << 13, 1 << 16];
const HEAD: usize = 6;

/// All measured streams.
#[must_use]
pub fn streams() -> Vec<Stream> {
    vec![
        Stream {
            name: "empty frames",
            operation: "read at once",
            build: |size| vec![0; size / HEAD * HEAD],
            read: |bytes| read(bytes, bytes.len()),
            expected: |size| size / HEAD,
            sizes: SIZES,
        },
        Stream {
            name: "empty frames",
            operation: "read byte by byte",
            build: |size| vec![0; size / HEAD * HEAD],
            read: |bytes| read(bytes, 1),
            expected: |size| size / HEAD,
            sizes: SIZES,
        },
        Stream {
            name: "one frame",
            operation: "read byte by byte",
            build: one_frame,
            read: |bytes| read(bytes, 1),
            expected: |_| 1,
            sizes: SIZES,
        },
        Stream {
            name: "sub-messages in order",
            operation: "check and take out",
            build: |size| list(size, |index, _| index),
            read: sub_messages,
            expected: |size| size / (4 + HEAD),
            sizes: SIZES,
        },
        Stream {
            name: "sub-messages in falling order",
            operation: "check and take out",
            build: |size| list(size, |index, count| count - 1 - index),
            read: sub_messages,
            expected: |size| size / (4 + HEAD),
            sizes: SIZES,
        },
    ]
}

impl Stream {
    /// Makes the call once with a stream of about this size. Returns its length in bytes.
    pub fn run(&self, size: usize) -> Result<usize, String> {
        let bytes = (self.build)(size);
        let mut found = 0;
        measured_operation(&mut || found = (self.read)(black_box(&bytes)));
        if found == (self.expected)(size) {
            Ok(bytes.len())
        } else {
            Err(format!("{}: {found} messages", self.name))
        }
    }
}

fn read(bytes: &[u8], chunk: usize) -> usize {
    let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini);
    let mut found = 0;
    for chunk in bytes.chunks(chunk) {
        reader.push(chunk);
        while let Ok(Some(frame)) = reader.next_frame() {
            black_box(&frame);
            found += 1;
        }
    }
    found
}

fn one_frame(size: usize) -> Vec<u8> {
    let body = u32::try_from(size - HEAD).unwrap_or(u32::MAX);
    let mut frame = [&[0; 2][..], &body.to_le_bytes()].concat();
    frame.resize(size, 0);
    frame
}

/// A list of empty sub-messages. `order` maps the index of a sub-message and their number to its position
/// in the body.
fn list(size: usize, order: fn(usize, usize) -> usize) -> Vec<u8> {
    let count = size / (4 + HEAD);
    let mut body = u16::try_from(count)
        .unwrap_or(u16::MAX)
        .to_le_bytes()
        .to_vec();
    let first = body.len() + 4 * count;
    for index in 0..count {
        let offset = first + HEAD * order(index, count);
        body.extend(u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes());
    }
    body.resize(body.len() + HEAD * count, 0);
    let mut frame = Vec::new();
    let written = FrameWriter::new(HeaderFormat::Mini).raw(LIST, &body, &mut frame);
    debug_assert_eq!(written, Ok(()));
    frame
}

fn sub_messages(bytes: &[u8]) -> usize {
    let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini);
    reader.push(bytes);
    let Ok(Some(frame)) = reader.next_frame() else {
        return 0;
    };
    frame
        .messages()
        .map_or(0, |messages| messages.map(black_box).count())
}
