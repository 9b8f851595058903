//! The feature `serde`: decoded messages survive a round trip through JSON and a binary format.

use std::collections::BTreeSet;
use std::fmt::Debug;

use crate::common::assert_none;
use crate::common::rows::{Row, recorded, reference, verdicts};
use crate::prng::Prng;
use crate::protos::{Address, Proto, all_protos};
use crate::{binary, mutate, values};
use serde::Serialize;
use serde::de::DeserializeOwned;
use spice_wire::Encode;

/// Decodes a body and tests the message. Returns `None` if the body is rejected.
type Try = fn(Address, &[u8]) -> Option<Result<(), String>>;

macro_rules! try_message {
    ($module:path) => {{
        use $module as module;
        let run: Try = |(channel, side, id), body| {
            let fds = spice_wire::Fds::none();
            let message = module::Message::decode(channel.into(), side, id, body, fds).ok()?;
            let owned = spice_wire::IntoOwned::into_owned(message);
            Some(check(&owned))
        };
        run
    }};
}

/// Checks that a message survives a round trip through each format.
fn check<T>(message: &T) -> Result<(), String>
where
    T: Serialize + DeserializeOwned + PartialEq + Debug + Encode,
{
    let encoded = message.encode_to_vec();
    let same = |form: &dyn Debug, back: Result<T, String>| {
        let back = back.map_err(|error| format!("{form:?}: {error}"))?;
        if back != *message || back.encode_to_vec() != encoded {
            return Err(format!("{message:?} as {form:?} came back as {back:?}"));
        }
        Ok(())
    };
    let text = serde_json::to_string(message).map_err(|error| error.to_string())?;
    let back = serde_json::from_str(&text);
    same(&text, back.map_err(|error| error.to_string()))?;
    // A `serde_json::Value` passes strings and lists to the deserializer in different ways.
    let tree: serde_json::Value = serde_json::from_str(&text).unwrap();
    let back = serde_json::from_value(tree.clone());
    same(&tree, back.map_err(|error| error.to_string()))?;
    let bytes = binary::to_bytes(message).map_err(|error| error.to_string())?;
    let back = binary::from_bytes(&bytes);
    same(&bytes, back.map_err(|error| error.to_string()))
}

#[test]
fn recorded_and_reference_messages_survive_serde() {
    let mut rows: Vec<Row> = reference();
    rows.extend(verdicts().into_iter().filter(|row| row.accept));
    rows.extend(recorded());
    assert_eq!(rows.len(), 1092 + 2919 + 314);
    let run = try_message!(spice_messages);
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for row in &rows {
        let address = (row.channel_type.0, row.side, row.id);
        seen.insert(address);
        if let Err(problem) = run(address, &row.body).unwrap() {
            problems.push(format!("{}: {problem}", row.label()));
        }
    }
    assert_none(&problems);
    let all = all_protos!(try_message).remove(0);
    let defined = all.messages().into_iter().map(|(_, body)| body);
    let defined: BTreeSet<_> = defined.collect();
    let tried = all.messages().into_iter();
    let tried = tried.filter(|(address, _)| seen.contains(address));
    let tried: BTreeSet<_> = tried.map(|(_, body)| body).collect();
    assert_eq!(tried, defined, "the test data does not cover all bodies");
}

/// Returns bodies of random values and mutations of them.
fn bodies(proto: &Proto<Try>, id: spice_proto_gen::model::TypeId, prng: &mut Prng) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    for _ in 0..6 {
        let value = values::random(&proto.model, id, prng);
        let body = spice_dynamic::encode(&proto.model, id, &value).unwrap();
        bodies.extend((0..4).map(|_| mutate::mutated(&body, &body, prng)));
        bodies.push(body);
    }
    bodies
}

#[test]
fn random_messages_of_all_protos_survive_serde() {
    let mut problems = Vec::new();
    let mut prng = Prng::new(3);
    let (mut tried, mut messages) = (0, 0);
    for proto in all_protos!(try_message) {
        for (address, id) in proto.messages() {
            messages += 1;
            let before = tried;
            for body in bodies(&proto, id, &mut prng) {
                let outcome = (proto.run)(address, &body);
                tried += u32::from(outcome.is_some());
                if let Some(Err(problem)) = outcome {
                    problems.push(format!("{} {address:?}: {problem}", proto.name));
                }
            }
            assert!(
                tried > before,
                "{} {address:?}: all bodies are rejected",
                proto.name
            );
        }
        // An unknown message, on a channel of the protocol and on an unknown channel.
        for channel in [1, 254] {
            let address = (channel, spice_wire::Side::Client, 60_000);
            let outcome = (proto.run)(address, &[1, 2, 0xff]).unwrap();
            problems.extend(outcome.err());
        }
    }
    println!("{tried} bodies of {messages} messages were tried");
    assert_none(&problems);
}

#[cfg(feature = "arbitrary")]
#[test]
fn arbitrary_values_survive_serde() {
    macro_rules! random_message {
        ($module:path) => {{
            use $module as module;
            let run: fn(&[u8]) -> Result<(), String> = |data| {
                let message = arbitrary::Unstructured::new(data).arbitrary();
                let message: module::Message<'_> = message.unwrap();
                check(&spice_wire::IntoOwned::into_owned(message))
            };
            run
        }};
    }
    let mut problems = Vec::new();
    let mut prng = Prng::new(8);
    for proto in all_protos!(random_message) {
        for _ in 0..1000 {
            let length = prng.below(600);
            let data: Vec<u8> = (0..length).map(|_| prng.next().to_le_bytes()[0]).collect();
            problems.extend((proto.run)(&data).err());
        }
    }
    assert_none(&problems);
}
