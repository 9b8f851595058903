//! Random protos that the front end accepts. They are compiled to Rust in one crate that denies
//! warnings, and the crate is compared with the interpreter.
//!
//! `cargo test --test random_protos` tests 10 protos, and 50 with `FULL_TESTS=1`. To test others, use
//! `RANDOM_PROTOS=1000 RANDOM_PROTOS_SEED=7 cargo test --test random_protos`, which makes one crate
//! for every 200 protos. The last crate remains in `target/tmp/random_protos`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../common/mod.rs"]
mod common;
mod consumer;
mod features;
#[path = "../dynamic/mutate.rs"]
mod mutate;
mod names;
#[path = "../dynamic/prng.rs"]
mod prng;
mod proto;
#[path = "../dynamic/values.rs"]
mod values;

use std::collections::BTreeSet;

use common::rows::hex;
use common::{assert_none, size};
use consumer::Consumer;
use spice_dynamic::{ErrorKind, decode, encode};
use spice_proto_gen::Config;
use spice_proto_gen::model::{Model, Side, TypeId};

use mutate::mutated;
use prng::Prng;

/// Number of values for each message, and number of mutations for each value.
const VALUES: usize = 4;
const MUTATIONS: usize = 4;

/// Reads a number from the environment.
fn number(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is not a number: {text}")),
        Err(_) => otherwise,
    }
}

/// A proto that the front end accepts.
struct Accepted {
    seed: u64,
    text: String,
    model: Model,
}

/// Returns the first `wanted` accepted protos, starting at a seed.
fn accepted(wanted: u64, seed: u64) -> Vec<Accepted> {
    let mut protos = Vec::new();
    let (mut tried, mut refused) = (0, Vec::new());
    while (protos.len() as u64) < wanted {
        let seed = seed.wrapping_mul(1 << 32).wrapping_add(tried);
        tried += 1;
        let text = proto::proto(&mut Prng::new(seed));
        let analysis = Config::new().check(text.as_bytes());
        match analysis.model {
            Some(model) => protos.push(Accepted { seed, text, model }),
            None => refused.push(analysis.diagnostics[0].message.clone()),
        }
        // If the front end rejects most protos, the test is not meaningful.
        assert!(tried < 20 + wanted * 3, "{tried} tried: {refused:#?}");
    }
    println!("{wanted} of {tried} random protos are accepted");
    protos
}

/// A body for the compiled code to decode, with the interpreter's result.
struct Case {
    proto: usize,
    channel: u8,
    side: Side,
    id: u16,
    body: Vec<u8>,
    expected: String,
}

impl Case {
    /// Returns the line that the compiled program reads.
    fn line(&self) -> String {
        let Self {
            proto,
            channel,
            side,
            id,
            body,
            ..
        } = self;
        let side = match side {
            Side::Server => "server",
            Side::Client => "client",
        };
        format!("{proto} {channel} {side} {id} x{}", hex(body))
    }
}

/// Returns the interpreter's result in the form that the compiled program prints.
fn interpreted(model: &Model, id: TypeId, body: &[u8]) -> String {
    match decode(model, id, body) {
        Ok(decoded) => match encode(model, id, &decoded.value) {
            Ok(bytes) => format!("ok x{} {}", hex(&bytes), decoded.trailing.len()),
            Err(error) => format!("cannot be encoded: {error}"),
        },
        Err(error) => {
            let ErrorKind::Wire(kind) = error.kind() else {
                panic!("{error}");
            };
            format!("error {kind:?} in {} at {}", error.field(), error.offset())
        }
    }
}

/// Returns the cases of one message.
fn cases_of_message(proto: &Accepted, template: &Case, id: TypeId, prng: &mut Prng) -> Vec<Case> {
    let (model, mut cases) = (&proto.model, Vec::new());
    let mut add = |body: Vec<u8>| {
        let expected = interpreted(model, id, &body);
        cases.push(Case {
            body,
            expected,
            ..*template
        });
    };
    for _ in 0..VALUES {
        let value = values::random(model, id, prng);
        let body = encode(model, id, &value);
        let body = body.unwrap_or_else(|error| panic!("{error}: {value:?}\n{}", proto.text));
        check_round_trip(proto, id, &body);
        for _ in 0..MUTATIONS {
            add(mutated(&body, &body, prng));
        }
        add(body);
    }
    cases
}

/// Checks that the interpreter decodes its own encoding and encodes it to the same bytes.
fn check_round_trip(proto: &Accepted, id: TypeId, body: &[u8]) {
    let definition = proto.model.body(id).unwrap();
    if features::remaining_array_includes_pointees(&proto.model, definition) {
        return;
    }
    let outcome = interpreted(&proto.model, id, body);
    // A stored count can exceed the length of the message if its array is null.
    let null_array = outcome.starts_with("error NullArray");
    let same = format!("ok x{} 0", hex(body));
    assert!(
        null_array || outcome == same,
        "{same}\n{outcome}\n{}",
        proto.text
    );
}

/// Returns the cases of all messages of a proto.
fn cases_of_proto(index: usize, proto: &Accepted) -> Vec<Case> {
    let mut prng = Prng::new(!proto.seed);
    let mut cases = Vec::new();
    for entry in &proto.model.protocol.channels {
        let channel = &proto.model.channels[entry.channel.0];
        for side in [Side::Server, Side::Client] {
            for message in channel.messages(side) {
                let template = Case {
                    proto: index,
                    channel: entry.number,
                    side,
                    id: message.id,
                    body: Vec::new(),
                    expected: String::new(),
                };
                cases.extend(cases_of_message(proto, &template, message.body, &mut prng));
            }
        }
    }
    cases
}

/// Compiles protos in one crate and compares the crate with the interpreter.
fn check(protos: &[Accepted]) {
    let consumer = Consumer::new();
    for (index, proto) in protos.iter().enumerate() {
        let name = format!("{index}.proto");
        let generated = Config::new().generate(&name, proto.text.as_bytes());
        let generated = generated.unwrap_or_else(|error| panic!("{error}\n{}", proto.text));
        consumer.add(index, proto.seed, &proto.text, &generated.text);
    }
    consumer.build(protos.len());

    let cases = protos.iter().enumerate();
    let cases = cases.flat_map(|(index, proto)| cases_of_proto(index, proto));
    let cases: Vec<Case> = cases.collect();
    let lines: Vec<String> = cases.iter().map(Case::line).collect();
    let outcomes = consumer.run(&lines);
    assert_eq!(outcomes.len(), cases.len());
    let compared = cases.iter().zip(&outcomes);
    let different = compared.filter(|(case, outcome)| **outcome != case.expected);
    let problems = different.map(|(case, outcome)| {
        let (line, expected) = (case.line(), &case.expected);
        format!("{line}\n  compiled:    {outcome}\n  interpreted: {expected}")
    });
    assert_none(&problems.collect::<Vec<_>>());

    let mut accepted = outcomes.clone();
    accepted.retain(|outcome| outcome.starts_with("ok "));
    println!("{} cases, {} accepted", cases.len(), accepted.len());
    // Both verdicts must be frequent.
    assert!(accepted.len() > cases.len() / 4 && accepted.len() < cases.len() * 3 / 4);
}

#[test]
fn accepted_protos_compile_and_match_the_interpreter() {
    let wanted = number("RANDOM_PROTOS", size(10, 50) as u64);
    let protos = accepted(wanted, number("RANDOM_PROTOS_SEED", 1));
    // Limits the size of a crate, since the compiler's memory grows with it.
    for protos in protos.chunks(200) {
        check(protos);
    }
}

#[test]
fn random_protos_cover_the_whole_language() {
    let protos = accepted(200, 1);
    let used = protos.iter().map(|proto| features::features(&proto.model));
    let used: BTreeSet<String> = used.flatten().collect();
    let missing: Vec<_> = features::ALL
        .iter()
        .filter(|wanted| !used.contains(**wanted))
        .collect();
    assert!(
        missing.is_empty(),
        "not covered: {missing:?}\nused: {used:?}"
    );
    let attributes = protos
        .iter()
        .flat_map(|proto| proto.text.split('@').skip(1));
    let attributes = attributes.map(|text| {
        let end = text.find(|c: char| !c.is_ascii_alphabetic() && c != '_');
        &text[..end.unwrap_or(text.len())]
    });
    let attributes: BTreeSet<&str> = attributes.collect();
    assert_eq!(attributes.len(), 20, "{attributes:?}");
}
