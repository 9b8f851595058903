//! Compares generated code with the interpreter.

use std::sync::LazyLock;

use spice_dynamic::{ErrorKind, decode, encode};
use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{Model, Side as ModelSide, TypeId};
use spice_wire::{Encode, Reader, Result, Side};

use crate::input::{Address, Input};

/// Decodes a body with generated code and with the interpreter. Verdict, error kind, field, offset,
/// re-encoded bytes and trailing bytes must be the same.
///
/// The first byte selects the proto. For `spice.proto`, an address follows; for a conformance
/// proto, the index of a message.
pub fn interpreter(bytes: &[u8]) {
    let mut input = Input(bytes);
    let Some((subject, kind)) = choose(&mut input) else {
        return;
    };
    let body = input.0;
    let generated = (subject.generated)(kind.address, body);
    let interpreted = interpreted(&subject.model, kind.body, body);
    let place = (subject.name, kind.address);
    assert_eq!(generated, interpreted, "{place:?}");
    assert!(
        !matches!(generated, Outcome::NotEncoded(_)),
        "{place:?}: {generated:?}"
    );
}

/// A proto with its model and its generated decoder.
struct Subject {
    name: &'static str,
    model: Model,
    kinds: Vec<Kind>,
    generated: fn(Address, &[u8]) -> Outcome,
}

/// A message of a proto.
#[derive(Clone, Copy)]
struct Kind {
    address: Address,
    body: TypeId,
}

/// The result of decoding and encoding a body.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// The encoded bytes and the number of trailing bytes.
    Accepted(Vec<u8>, usize),
    /// Error kind, field and offset.
    Rejected(String, String, usize),
    /// The decoded value cannot be encoded.
    NotEncoded(String),
}

/// Returns a [`Subject`] for a proto and the module with its generated code.
macro_rules! subject {
    ($name:expr, $path:expr, $($module:ident)::+) => {
        Subject::new($name, include_bytes!(concat!("../../proto/", $path)), |address, body| {
            let Address { channel, side, id } = address;
            let mut reader = Reader::new(body);
            let message = $($module)::+::Message::decode_from(channel.into(), side, id, &mut reader);
            outcome(message, reader.trailing().len())
        })
    };
}

/// Returns the conformance protos with these names.
macro_rules! conformance {
    ($($name:ident)*) => {
        [$(subject!(
            stringify!($name),
            concat!("conformance/", stringify!($name), ".proto"),
            spice_proto::$name
        )),*]
    };
}

static SPICE: LazyLock<Subject> =
    LazyLock::new(|| subject!("spice", "spice.proto", spice_messages));

/// All conformance protos with messages.
static CONFORMANCE: LazyLock<Vec<Subject>> = LazyLock::new(|| {
    let subjects = Vec::from(with_conformance_protos!(conformance));
    let is_there = |name: &str| subjects.iter().any(|subject| subject.name == name);
    let names = spice_proto::PROTOS.iter();
    let missing: Vec<_> = names
        .filter(|name| **name != "bare" && !is_there(name))
        .collect();
    assert!(
        missing.is_empty(),
        "add to the protos in lib.rs: {missing:?}"
    );
    subjects
});

fn choose(input: &mut Input<'_>) -> Option<(&'static Subject, Kind)> {
    let Some(number) = input.byte()?.checked_sub(1) else {
        let Address { channel, side, id } = input.address()?;
        let mut kinds = SPICE.kinds.iter();
        let kind = kinds.find(|kind| {
            let found = kind.address;
            (found.channel, found.side, found.id) == (channel, side, id)
        })?;
        return Some((&SPICE, *kind));
    };
    let subjects = CONFORMANCE.len();
    let subject = CONFORMANCE.get(usize::from(number) % subjects)?;
    let kind = usize::from(input.byte()?) % subject.kinds.len();
    Some((subject, *subject.kinds.get(kind)?))
}

impl Subject {
    fn new(name: &'static str, text: &[u8], generated: fn(Address, &[u8]) -> Outcome) -> Self {
        let model = Analysis::new(text, &Levels::default()).model;
        let Some(model) = model else {
            unreachable!("{name} does not compile");
        };
        let kinds = kinds(&model);
        assert!(!kinds.is_empty(), "{name} has no messages");
        Self {
            name,
            model,
            kinds,
            generated,
        }
    }
}

/// Returns all messages of a protocol.
fn kinds(model: &Model) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for entry in &model.protocol.channels {
        let Some(channel) = model.channels.get(entry.channel.0) else {
            unreachable!("no channel {}", entry.name);
        };
        for (side, model_side) in [
            (Side::Server, ModelSide::Server),
            (Side::Client, ModelSide::Client),
        ] {
            kinds.extend(channel.messages(model_side).iter().map(|message| Kind {
                address: Address {
                    channel: entry.number,
                    side,
                    id: message.id,
                },
                body: message.body,
            }));
        }
    }
    kinds
}

fn outcome(message: Result<impl Encode>, trailing: usize) -> Outcome {
    match message {
        Ok(message) => match message.encode_to_vec() {
            Ok(bytes) => Outcome::Accepted(bytes, trailing),
            Err(error) => Outcome::NotEncoded(error.to_string()),
        },
        Err(error) => Outcome::Rejected(
            format!("{:?}", error.kind()),
            error.field().to_string(),
            error.offset(),
        ),
    }
}

fn interpreted(model: &Model, kind: TypeId, body: &[u8]) -> Outcome {
    match decode(model, kind, body) {
        Ok(decoded) => match encode(model, kind, &decoded.value) {
            Ok(bytes) => Outcome::Accepted(bytes, decoded.trailing.len()),
            Err(error) => Outcome::NotEncoded(error.to_string()),
        },
        Err(error) => {
            let kind = match error.kind() {
                ErrorKind::Wire(kind) => format!("{kind:?}"),
                other => format!("{other:?}"),
            };
            Outcome::Rejected(kind, error.field().to_owned(), error.offset())
        }
    }
}
