//! Memory is proportional to a message's length, whatever counts the message contains.

use std::hint::black_box;

use allocation_counter::{AllocationInfo, measure};
use spice_dynamic::{decode, encode};
use spice_messages::Message;
use spice_messages::wire::{Encode, Fds, IntoOwned, IoBody};
use spice_proto::bounds::bounds::server::id;
use spice_proto::bounds::types::{BoundsBytes, Line, Wide};
use spice_proto_gen::model::{self, Model};

use crate::bodies::{Case, Proto, SENDER};
use crate::common::assert_none;
use crate::common::rows::{hex, recorded, reference, verdicts};
use crate::{cases, model, pointees};

/// Maximum memory of an owned message of spice.proto, per byte of the body. The worst case is a
/// path of empty segments, each 5 bytes on the wire and 40 in memory, that overlaps with a pattern.
const OWNED: usize = 10;

/// Maximum memory of an interpreted message per byte of the body. In `bounds.proto` this applies to
/// each pointee separately; in spice.proto it covers all pointees of a message together.
const INTERPRETED: usize = 400;

/// Constant overhead of any message.
const FIXED: usize = 1 << 10;

/// Maximum memory of an error, including its field path.
const ERROR: u64 = 512;

/// Allocations while decoding a body.
struct Used {
    decode: AllocationInfo,
    /// `None` if the body was rejected.
    accepted: Option<Accepted>,
}

impl Used {
    /// Whether decoding allocated nothing, or only an error.
    fn decodes_within_limit(&self) -> bool {
        match self.accepted {
            Some(_) => self.decode.count_total == 0,
            None => self.decode.bytes_max <= ERROR,
        }
    }
}

struct Accepted {
    /// Allocations of `into_owned`.
    owned: AllocationInfo,
    /// Allocations of encoding the decoded and the owned message to a new buffer.
    encode: [AllocationInfo; 2],
    /// Allocations of encoding the decoded and the owned message to a buffer with room.
    encode_with_room: [AllocationInfo; 2],
    /// Allocations of encoding the decoded and the owned message to a new body of I/O slices.
    encode_io: [AllocationInfo; 2],
    /// Allocations of encoding the decoded and the owned message to a used body of I/O slices.
    encode_io_again: [AllocationInfo; 2],
    /// Length of the encoded body.
    length: usize,
}

macro_rules! used {
    ($decode:expr) => {{
        let mut message = None;
        let decode = measure(|| message = Some(black_box($decode)));
        let accepted = message.and_then(Result::ok).map(|message| {
            let (mut owned, mut borrowed) = (None, Some(message.clone()));
            let info = measure(|| owned = borrowed.take().map(IntoOwned::into_owned));
            let owned = owned.unwrap();
            let length = message.encode_to_vec().unwrap().len();
            Accepted {
                owned: info,
                encode: [encode_to_vec(&message), encode_to_vec(&owned)],
                encode_with_room: [
                    encode_with_room(&message, length),
                    encode_with_room(&owned, length),
                ],
                encode_io: [encode_io(&message)[0], encode_io(&owned)[0]],
                encode_io_again: [encode_io(&message)[1], encode_io(&owned)[1]],
                length,
            }
        });
        Used { decode, accepted }
    }};
}

fn encode_to_vec(message: &impl Encode) -> AllocationInfo {
    measure(|| drop(black_box(message.encode_to_vec().unwrap())))
}

fn encode_with_room(message: &impl Encode, length: usize) -> AllocationInfo {
    let mut out = Vec::with_capacity(length);
    measure(|| message.encode(black_box(&mut out)).unwrap())
}

/// Encodes to a new body, and to the same body again.
fn encode_io(message: &impl Encode) -> [AllocationInfo; 2] {
    let mut body = IoBody::default();
    let new = measure(|| message.encode_io(black_box(&mut body)).unwrap());
    let again = measure(|| message.encode_io(black_box(&mut body)).unwrap());
    [new, again]
}

fn used_by_case(case: &Case, body: &[u8]) -> Used {
    let (channel, id) = (case.channel, case.id);
    match case.proto {
        Proto::Spice => used!(Message::decode(
            channel.into(),
            SENDER,
            id,
            body,
            Fds::none()
        )),
        Proto::Bounds => {
            use spice_proto::bounds::Message;
            used!(Message::decode(
                channel.into(),
                SENDER,
                id,
                body,
                Fds::none()
            ))
        }
    }
}

/// Maximum memory of an owned message per byte of the body. For `bounds.proto`, this is the size of
/// its elements in memory.
fn owned_factor(case: &Case) -> usize {
    match (case.proto, case.id) {
        (Proto::Spice, _) => OWNED,
        (_, id::LINES) => size_of::<Line<'_>>() + 1,
        (_, id::WIDE) => size_of::<Wide>().div_ceil(2),
        // Four twigs, each with a list and three other copies of the bytes.
        (_, id::TREE) => 4 * (size_of::<BoundsBytes<'_>>() + 3),
        // Few rows, tables and lists surround the innermost elements.
        _ => size_of::<BoundsBytes<'_>>() + 1,
    }
}

#[test]
fn memory_is_proportional_to_body_length() {
    let protos = models();
    for case in cases() {
        for size in case.sizes {
            let (name, body) = (case.name, (case.build)(size));
            let used = used_by_case(&case, &body);
            assert!(used.decodes_within_limit(), "{name}: {:?}", used.decode);
            assert_eq!(used.accepted.is_some(), case.accepted, "{name}");
            let Some(accepted) = used.accepted else {
                continue;
            };
            let most = FIXED + owned_factor(&case) * body.len();
            let held = accepted.owned.bytes_max;
            assert!(held <= most as u64, "{name}: {held} of {most}");
            let max_pointees = max_pointees(&protos, &case);
            let most = FIXED + (max_pointees + 1) * body.len();
            assert!(accepted.length <= most, "{name}: {}", accepted.length);
            check_encoding(name, &accepted);
        }
    }
}

/// Only buffers that grow allocate. A growing buffer holds up to twice its length, and once more
/// while it moves.
fn check_encoding(name: &str, accepted: &Accepted) {
    let most = (FIXED + 3 * accepted.length) as u64;
    for info in accepted.encode.iter().chain(&accepted.encode_io) {
        assert!(info.bytes_max <= most, "{name}: {info:?} of {most}");
    }
    let with_room = accepted.encode_with_room.iter();
    for info in with_room.chain(&accepted.encode_io_again) {
        assert_eq!(info.count_total, 0, "{name}: {info:?}");
    }
}

fn models() -> [Model; 2] {
    let bounds = "proto/conformance/bounds.proto";
    [model("proto/spice.proto"), model(bounds)]
}

fn message<'m>([spice, bounds]: &'m [Model; 2], case: &Case) -> (&'m Model, model::TypeId) {
    let model = match case.proto {
        Proto::Spice => spice,
        Proto::Bounds => bounds,
    };
    let side = model::Side::Server;
    let message = spice_dynamic::message(model, case.channel, side, case.id).unwrap();
    (model, message.body)
}

/// Returns the maximum number of pointees of a case.
fn max_pointees(models: &[Model; 2], case: &Case) -> usize {
    let (model, body) = message(models, case);
    usize::try_from(pointees(model, body)).unwrap()
}

#[test]
fn interpreter_memory_is_proportional_to_body_length() {
    let models = models();
    for case in cases() {
        let (model, body_type) = message(&models, &case);
        let max_pointees = max_pointees(&models, &case) + 1;
        let read = match case.proto {
            Proto::Spice => 1,
            Proto::Bounds => max_pointees,
        };
        for size in case.sizes {
            let (name, body) = (case.name, (case.build)(size));
            let mut decoded = None;
            let info = measure(|| decoded = Some(decode(model, body_type, &body)));
            let held = info.bytes_max;
            let most = 8 * FIXED + INTERPRETED * read * body.len();
            assert!(held <= most as u64, "{name}: {held} of {most}");
            let Some(Ok(decoded)) = decoded else {
                assert!(!case.accepted, "{name}");
                continue;
            };
            assert!(case.accepted, "{name}");
            let info = measure(|| drop(encode(model, body_type, &decoded.value).unwrap()));
            // Growing blocks, the concatenated blocks, and an entry for each block.
            let most = 8 * FIXED + 3 * (max_pointees + 1) * body.len();
            let held = info.bytes_max;
            assert!(held <= most as u64, "{name}: {held} of {most}");
        }
    }
}

/// Encoding to a buffer with room for exactly the body, or to a used body of I/O slices, allocates
/// nothing.
#[test]
fn encoding_allocates_only_to_grow_the_buffer() {
    let mut encoded = 0;
    for row in reference().iter().chain(&verdicts()).chain(&recorded()) {
        let Some(accepted) = used!(row.decode()).accepted else {
            continue;
        };
        encoded += 1;
        check_encoding(&row.label(), &accepted);
    }
    assert_eq!(encoded, 1092 + 2919 + 314);
}

/// Replaces every word that could be an offset by the same offset.
#[test]
fn memory_is_proportional_when_pointers_share_a_target() {
    let mut problems = Vec::new();
    let (mut accepted_count, mut longer) = (0, 0);
    for row in reference() {
        for target in 8..row.body.len().min(150) {
            let body = with_offsets(&row.body, target);
            let used = used!(row.decode_body(&body));
            let most = |factor: usize| (FIXED + factor * body.len()) as u64;
            let too_much = used.accepted.as_ref().is_some_and(|accepted| {
                let owned = accepted.owned.bytes_max > most(OWNED);
                owned || accepted.length as u64 > most(7)
            });
            if !used.decodes_within_limit() || too_much {
                problems.push(format!("{} at {target}: {}", row.path(), hex(&body)));
            }
            if let Some(accepted) = used.accepted {
                accepted_count += 1;
                longer += usize::from(accepted.length > body.len());
            }
        }
    }
    assert_none(&problems);
    assert!(
        accepted_count > 5_000 && longer > 30,
        "{accepted_count} accepted, {longer} longer than received"
    );
}

/// Returns the body with every word that could be an offset replaced by `target`.
fn with_offsets(body: &[u8], target: usize) -> Vec<u8> {
    let mut body = body.to_vec();
    let length = body.len();
    let mut place = 0;
    while let Some(word) = body.get_mut(place..).and_then(<[u8]>::first_chunk_mut) {
        let is_offset = (8..length).contains(&(u32::from_le_bytes(*word) as usize));
        if is_offset {
            *word = u32::try_from(target).unwrap().to_le_bytes();
        }
        place += if is_offset { 4 } else { 1 };
    }
    body
}
