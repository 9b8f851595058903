//! Size computations are exact up to 64 bits, also on 32-bit machines.

use spice_dynamic::{decode, message};
use spice_messages::wire::{Decode, Encode, ErrorKind, Fds, IoBody};
use spice_proto::bounds::bounds::server::{Handles, Hollow, Items, Tree, Words};
use spice_proto::bounds::types::{Branch, Twig};
use spice_proto::images::images::server::{Far, Huge};
use spice_proto_gen::model::{Model, Side};

use crate::model;

/// Whether generated code accepts a body, given its channel, side and id.
type Accepts = fn(u8, Side, u16, &[u8]) -> bool;

/// Returns an [`Accepts`] function for the generated code in a module.
macro_rules! accepted {
    ($($module:ident)::+) => {
        |channel, side, id, body| {
            let side = match side {
                Side::Server => spice_messages::wire::Side::Server,
                Side::Client => spice_messages::wire::Side::Client,
            };
            $($module)::+::Message::decode(channel.into(), side, id, body, Fds::none()).is_ok()
        }
    };
}

/// Numbers at which 32-bit or 64-bit arithmetic overflows.
fn limits() -> Vec<u64> {
    let mut limits = vec![0, 1, u64::MAX];
    for bits in [16, 29, 30, 31, 32, 33, 60, 61, 62, 63] {
        let power = 1_u64 << bits;
        limits.extend([power - 1, power, power + 1]);
    }
    limits
}

/// Returns the kind and offset of the interpreter's error.
fn interpreted(model: &Model, channel: u8, id: u16, body: &[u8]) -> Option<(ErrorKind, usize)> {
    let message = message(model, channel, Side::Server, id).unwrap();
    let error = decode(model, message.body, body).err()?;
    match error.kind() {
        spice_dynamic::ErrorKind::Wire(kind) => Some((kind, error.offset())),
        other => panic!("{other:?}"),
    }
}

#[test]
fn counts_of_64_bits_do_not_overflow() {
    let model = model("proto/conformance/bounds.proto");
    let channel = spice_proto::bounds::bounds::CHANNEL_TYPE.0;
    for count in limits() {
        let body = [&count.to_le_bytes()[..], &[0; 16]].concat();
        let size = u128::from(count) * 4;
        let found = Words::decode(&body)
            .err()
            .map(|error| (error.kind(), error.offset()));
        assert_eq!(found, interpreted(&model, channel, Words::ID, &body));
        if size <= 8 {
            assert_eq!(found, None);
            continue;
        }
        let kind = ErrorKind::Truncated {
            needed: u64::try_from(size).unwrap_or(u64::MAX),
            available: 16,
        };
        // If the whole list is present, the count of the next list is missing.
        let all_there = size <= 16;
        let missing_count = ErrorKind::Truncated {
            needed: 8,
            available: 16_u64.saturating_sub(size as u64),
        };
        let expected = match all_there {
            true => (missing_count, 8 + size as usize),
            false => (kind, 8),
        };
        assert_eq!(found, Some(expected), "{count}");
    }
}

#[test]
fn counts_of_64_bits_end_with_the_body() {
    let model = model("proto/conformance/bounds.proto");
    let channel = spice_proto::bounds::bounds::CHANNEL_TYPE.0;
    for count in limits() {
        let body = [&count.to_le_bytes()[..], &[0; 3]].concat();
        let found = Items::decode(&body)
            .err()
            .map(|error| (error.kind(), error.offset()));
        assert_eq!(found, interpreted(&model, channel, Items::ID, &body));
        let kind = ErrorKind::Truncated {
            needed: 1,
            available: 0,
        };
        assert_eq!(found, (count > 3).then_some((kind, 11)), "{count}");
    }
}

#[test]
fn image_sizes_do_not_overflow() {
    let model = model("proto/conformance/images.proto");
    let channel = spice_proto::images::images::CHANNEL_TYPE.0;
    for width in limits() {
        for rows in limits() {
            let body = [width.to_le_bytes(), rows.to_le_bytes()].concat();
            // 4 bytes per pixel. The product can be up to 2^130, which overflows 128 bits.
            let size = (u128::from(width) * 4).checked_mul(u128::from(rows));
            let needed = size.and_then(|size| u64::try_from(size).ok());
            let kind = ErrorKind::Truncated {
                needed: needed.unwrap_or(u64::MAX),
                available: 0,
            };
            let expected = (needed != Some(0)).then_some((kind, 16));
            let found = Huge::decode(&body)
                .err()
                .map(|error| (error.kind(), error.offset()));
            assert_eq!(found, expected, "{width} x {rows}");
            assert_eq!(found, interpreted(&model, channel, Huge::ID, &body));
        }
    }
}

/// A null array is accepted if an array of that size would fit in the message.
#[test]
fn null_arrays_must_fit_in_the_body() {
    let model = model("proto/conformance/images.proto");
    let channel = spice_proto::images::images::CHANNEL_TYPE.0;
    for (width, rows) in [
        (u16::MAX, u32::MAX),
        (1 << 15, 1 << 17),
        (1, 15),
        (1, 14),
        (2, 7),
        (5, 3),
    ] {
        let head = [&width.to_le_bytes()[..], &rows.to_le_bytes()].concat();
        // The other pointer points at the fields.
        let body = [&head[..], &[0; 4], &[1, 0, 0, 0]].concat();
        let count = u64::from(width) * u64::from(rows);
        let expected = match (count, count <= body.len() as u64) {
            (_, false) => Some((ErrorKind::NullArray { count }, 6)),
            (_, true) => {
                let fits = count <= 13;
                let kind = ErrorKind::Truncated {
                    needed: count,
                    available: 13,
                };
                (!fits).then_some((kind, 1))
            }
        };
        let found = Far::decode(&body)
            .err()
            .map(|error| (error.kind(), error.offset()));
        assert_eq!(found, expected, "{width} x {rows}");
        assert_eq!(found, interpreted(&model, channel, Far::ID, &body));
    }
}

/// Returns a message that contains `bytes` four times.
fn four_times(bytes: &[u8]) -> Tree<'_> {
    let twig = || Twig {
        bytes: bytes.into(),
        ..Twig::default()
    };
    let branch = || Branch {
        left: twig().into(),
        right: twig().into(),
    };
    Tree {
        left: branch(),
        right: branch(),
    }
}

/// Length of the encoded message without the four copies.
const BRANCHES: u64 = 16 + 4 * 20;

#[test]
fn encoded_body_contains_all_pointees() {
    for length in [0, 1, 1000] {
        let bytes = vec![7; length];
        let message = four_times(&bytes);
        let expected = BRANCHES as usize + 4 * length;
        assert_eq!(message.encode_to_vec().unwrap().len(), expected);
    }
}

#[cfg(target_pointer_width = "64")]
#[test]
fn bodies_over_32_bits_are_rejected_before_allocating() {
    let bytes = vec![0; 1 << 30];
    let message = four_times(&bytes);
    // The length up to the first bytes beyond 4 GiB.
    let lengths = 1 + u32::MAX as usize..=BRANCHES as usize + 4 * bytes.len();
    let mut body = IoBody::default();
    let used =
        allocation_counter::measure(|| match message.encode_io(&mut body).unwrap_err().kind() {
            ErrorKind::MessageTooLarge { length } => assert!(lengths.contains(&length), "{length}"),
            other => panic!("{other:?}"),
        });
    assert!(used.bytes_max < 1000, "{used:?}");
    assert!(body.is_empty());
}

/// Tries all lengths shorter than the fixed part, for every message of each proto.
#[test]
fn messages_shorter_than_their_fixed_part_are_rejected() {
    let mut tried = 0;
    let protos: [(Model, Accepts); 3] = [
        (model("proto/spice.proto"), accepted!(spice_messages)),
        (
            model("proto/conformance/tails.proto"),
            accepted!(spice_proto::tails),
        ),
        (
            model("proto/conformance/bounds.proto"),
            accepted!(spice_proto::bounds),
        ),
    ];
    for (model, accepted) in protos {
        for entry in &model.protocol.channels {
            let channel = &model.channels[entry.channel.0];
            for side in [Side::Server, Side::Client] {
                for message in channel.messages(side) {
                    let least = model.body(message.body).unwrap().size.min();
                    for length in 0..usize::try_from(least).unwrap() {
                        let body = vec![0; length];
                        let (name, id) = (&message.name, message.id);
                        assert!(!accepted(entry.number, side, id, &body), "{name}: {length}");
                        assert!(
                            decode(&model, message.body, &body).is_err(),
                            "{name}: {length}"
                        );
                        tried += 1;
                    }
                }
            }
        }
    }
    assert!(tried > 2_000, "{tried}");
}

/// The limit on zero-sized elements applies to all lists of a message together.
#[test]
fn zero_sized_elements_are_counted_across_lists() {
    let model = model("proto/conformance/bounds.proto");
    let channel = spice_proto::bounds::bounds::CHANNEL_TYPE.0;
    for (counts, accepted) in [
        (&[1024][..], true),
        (&[1025], false),
        (&[u16::MAX], false),
        (&[1000, 24, 0], true),
        (&[1000, 24, 1], false),
        (&[512, 512, 512], false),
    ] {
        let count = u32::try_from(counts.len()).unwrap();
        let counts = counts.iter().flat_map(|count: &u16| count.to_le_bytes());
        let body: Vec<u8> = count.to_le_bytes().into_iter().chain(counts).collect();
        let hollow = Hollow::decode(&body).err();
        let handles = Handles::decode(&body).err();
        for (error, id) in [(hollow, Hollow::ID), (handles, Handles::ID)] {
            let found = error.map(|error| (error.kind(), error.offset()));
            assert_eq!(found.is_none(), accepted, "{found:?}");
            assert_eq!(found, interpreted(&model, channel, id, &body));
        }
    }
}
