//! Compares the interpreter with generated code: verdict, error kind, field, offset, re-encoded
//! bytes and trailing bytes must be the same.

use spice_dynamic::{Error, ErrorKind, decode, encode};
use spice_messages::wire::{self, Encode, Reader, Side};
use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{Model, Side as ModelSide, TypeId};

use crate::common::rows::{hex, recorded, reference, verdicts};
use crate::common::{assert_none, read};
use crate::model;
use crate::mutate::mutated;
use crate::prng::Prng;
use crate::values::random;

/// A proto with its model and its generated decoder.
pub struct Subject {
    name: &'static str,
    pub model: Model,
    generated: fn(Kind, &[u8]) -> Outcome,
}

/// Returns a function that decodes and encodes with the generated code of a module.
macro_rules! generated {
    ($($module:ident)::+) => {
        |kind, body| {
            let mut reader = Reader::new(body);
            let message = $($module)::+::Message::decode_from(
                kind.channel.into(),
                kind.side,
                kind.id,
                &mut reader,
            );
            outcome(message, reader.trailing().len())
        }
    };
}

/// Returns the conformance protos with these names.
macro_rules! conformance {
    ($($name:ident)*) => {
        [$(Subject {
            name: stringify!($name),
            model: {
                let text = read(concat!("proto/conformance/", stringify!($name), ".proto"));
                let analysis = Analysis::new(text.as_bytes(), &Levels::default());
                analysis.model.expect("the proto compiles")
            },
            generated: generated!(spice_proto::$name),
        }),*]
    };
}

pub fn spice() -> Subject {
    Subject {
        name: "spice",
        model: model(),
        generated: generated!(spice_messages),
    }
}

fn conformance_protos() -> Vec<Subject> {
    let subjects = conformance! {
        attributes bare bounds channels comments counts descriptors images names numbers pointers
        switches tails text
    };
    let names: Vec<_> = subjects.iter().map(|subject| subject.name).collect();
    assert_eq!(names, spice_proto::PROTOS);
    subjects.into()
}

/// A message of a proto.
#[derive(Clone, Copy)]
pub struct Kind {
    pub channel: u8,
    pub side: Side,
    pub id: u16,
    pub body: TypeId,
}

/// Reads a number from the environment.
fn number(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is not a number: {text}")),
        Err(_) => otherwise,
    }
}

/// The result of decoding and encoding a body.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// The encoded bytes and the number of trailing bytes.
    Accepted(Vec<u8>, usize),
    /// Error kind, field and offset.
    Rejected(String, String, usize),
    /// The decoded value cannot be encoded.
    NotEncoded(String),
}

fn outcome(message: wire::Result<impl Encode>, trailing: usize) -> Outcome {
    match message {
        Ok(message) => match message.encode_to_vec() {
            // The writer takes different paths for a full buffer and for one with room.
            Ok(bytes) if encode_with_room(&message).as_ref() != Ok(&bytes) => {
                Outcome::NotEncoded("the encoding into a buffer with room differs".to_owned())
            }
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

fn encode_with_room(message: &impl Encode) -> wire::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(1024);
    message.encode(&mut out)?;
    Ok(out)
}

fn interpreted(model: &Model, kind: Kind, body: &[u8]) -> Outcome {
    match decode(model, kind.body, body) {
        Ok(decoded) => match encode(model, kind.body, &decoded.value) {
            Ok(bytes) => Outcome::Accepted(bytes, decoded.trailing.len()),
            Err(error) => Outcome::NotEncoded(error.to_string()),
        },
        Err(error) => rejected(&error),
    }
}

fn rejected(error: &Error) -> Outcome {
    let kind = match error.kind() {
        ErrorKind::Wire(kind) => format!("{kind:?}"),
        other => format!("{other:?}"),
    };
    Outcome::Rejected(kind, error.field().to_owned(), error.offset())
}

impl Subject {
    /// Returns all messages of the proto.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds = Vec::new();
        for entry in &self.model.protocol.channels {
            let channel = &self.model.channels[entry.channel.0];
            for (side, model_side) in [
                (Side::Server, ModelSide::Server),
                (Side::Client, ModelSide::Client),
            ] {
                kinds.extend(channel.messages(model_side).iter().map(|message| Kind {
                    channel: entry.number,
                    side,
                    id: message.id,
                    body: message.body,
                }));
            }
        }
        kinds
    }

    /// Compares both implementations on one body. Returns whether they accept it.
    fn compare(&self, kind: Kind, body: &[u8]) -> Result<bool, String> {
        let generated = (self.generated)(kind, body);
        let interpreted = interpreted(&self.model, kind, body);
        if generated == interpreted && !matches!(generated, Outcome::NotEncoded(_)) {
            return Ok(matches!(generated, Outcome::Accepted(..)));
        }
        let Kind {
            channel, side, id, ..
        } = kind;
        Err(format!(
            "{} channel {channel}, {} {id}: {}\n  generated:   {generated:?}\n  interpreted: {interpreted:?}",
            self.name,
            side.name(),
            hex(body)
        ))
    }

    /// Makes a random value and compares both implementations on its bytes and on a mutation of
    /// them.
    fn compare_random(&self, kind: Kind, seed: u64, tally: &mut Tally) {
        let mut prng = Prng::new(seed);
        let value = random(&self.model, kind.body, &mut prng);
        let body = encode(&self.model, kind.body, &value);
        let body = body.unwrap_or_else(|error| panic!("seed {seed}: {error}: {value:?}"));
        tally.count(seed, self.compare(kind, &body));
        let other = mutated(&body, &body, &mut prng);
        tally.count(seed, self.compare(kind, &other));
    }
}

/// Results of a test run.
#[derive(Default)]
struct Tally {
    accepted: u64,
    rejected: u64,
    problems: Vec<String>,
}

impl Tally {
    fn count(&mut self, seed: u64, result: Result<bool, String>) {
        match result {
            Ok(true) => self.accepted += 1,
            Ok(false) => self.rejected += 1,
            Err(problem) => self.problems.push(format!("seed {seed}: {problem}")),
        }
    }

    /// Fails if there were problems, or if one of the verdicts is too rare for a meaningful test.
    fn finish(self) {
        assert_none(&self.problems);
        let (accepted, rejected) = (self.accepted, self.rejected);
        println!("{accepted} accepted, {rejected} rejected");
        let cases = accepted + rejected;
        assert!(accepted > cases / 8 && rejected > cases / 8);
    }
}

/// Returns the number of cases of a test that runs `percent` of all cases, and its first seed.
fn share(percent: u64) -> (u64, u64) {
    let cases = number("DYNAMIC_CASES", 50_000).saturating_mul(percent) / 100;
    (cases, number("DYNAMIC_SEED", 1).wrapping_mul(1 << 32))
}

#[test]
fn mutated_messages_match_the_interpreter() {
    let (spice, (cases, first)) = (spice(), share(50));
    let kinds = spice.kinds();
    let rows = bodies();
    let mut tally = Tally::default();
    for case in 0..cases {
        let seed = first.wrapping_add(case);
        let mut prng = Prng::new(seed);
        let (address, body) = prng.pick(&rows);
        let kind = kinds
            .iter()
            .find(|kind| (kind.channel, kind.side, kind.id) == *address);
        let (_, other) = prng.pick(&rows);
        let body = mutated(body, other, &mut prng);
        tally.count(seed, spice.compare(*kind.unwrap(), &body));
    }
    tally.finish();
}

#[test]
fn random_values_match_the_interpreter() {
    let (spice, (cases, first)) = (spice(), share(30));
    let kinds = spice.kinds();
    assert_eq!(kinds.len(), 273);
    let mut tally = Tally::default();
    for (case, kind) in (0..cases / 2).zip(kinds.iter().cycle()) {
        spice.compare_random(*kind, (!first).wrapping_add(case), &mut tally);
    }
    // Bodies of random values are never rejected.
    assert!(tally.accepted >= cases / 2);
    tally.finish();
}

#[test]
fn random_conformance_values_match_the_interpreter() {
    let (subjects, (cases, first)) = (conformance_protos(), share(20));
    let kinds = subjects
        .iter()
        .flat_map(|subject| subject.kinds().into_iter().map(move |kind| (subject, kind)));
    let kinds: Vec<_> = kinds.collect();
    assert!(kinds.len() > 50, "{} messages", kinds.len());
    let mut tally = Tally::default();
    for (case, (subject, kind)) in (0..cases / 2).zip(kinds.iter().cycle()) {
        subject.compare_random(*kind, first.wrapping_sub(case), &mut tally);
    }
    tally.finish();
}

/// Returns the addresses and bodies of all test data.
pub fn bodies() -> Vec<((u8, Side, u16), Vec<u8>)> {
    let rows = [reference(), verdicts(), recorded()].into_iter().flatten();
    rows.map(|row| ((row.channel_type.0, row.side, row.id), row.body))
        .collect()
}
