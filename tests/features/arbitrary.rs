//! The feature `arbitrary`: random values of all messages. Most of them can be encoded and survive
//! a round trip.

use std::collections::BTreeMap;

use crate::common::assert_none;
use crate::prng::Prng;
use crate::protos::{self, Address, Proto, all_protos};
use spice_wire::IoBody;

/// The result of encoding and decoding a random value.
struct Random {
    address: Address,
    /// Whether the protocol has the message.
    known: bool,
    value: String,
    /// Length of the body, or the encoding error.
    encoded: Result<usize, String>,
    /// The decoded value, if it differs.
    decoded: Result<(), String>,
}

/// Returns a function that makes a random `Message` of a module and tests it.
macro_rules! random_message {
    ($module:path) => {{
        use $module as module;
        let run: fn(&[u8]) -> Random = |data| {
            use spice_wire::{Encode, Fds};
            let mut input = arbitrary::Unstructured::new(data);
            let message: module::Message<'_> = input.arbitrary().unwrap();
            let address = (message.channel_type().0, message.side(), message.id());
            let (channel, side, id) = address;
            let encoded = message.encode_to_vec().map_err(|error| error.to_string());
            let decoded = encoded.as_ref().map_or(Ok(()), |bytes| {
                match module::Message::decode(channel.into(), side, id, bytes, Fds::none()) {
                    Ok(decoded) if decoded == message => Ok(()),
                    other => Err(format!("{other:?}")),
                }
            });
            Random {
                address,
                known: message.path().is_some(),
                value: format!("{message:?}"),
                encoded: encoded.map(|bytes| bytes.len()),
                decoded,
            }
        };
        run
    }};
}

/// Statistics on the random values of one message.
#[derive(Default)]
struct Tally {
    made: usize,
    encoded: usize,
    largest: usize,
    /// Encoding errors and how often they occurred.
    refused: BTreeMap<String, usize>,
}

/// Minimum number of values for each message.
const VALUES: usize = 50;
/// Minimum percentage of values that can be encoded.
const ENCODED: usize = 95;

/// Returns random bytes. A short input ends in the middle of a value.
fn input(prng: &mut Prng) -> Vec<u8> {
    let longest = if prng.chance(20) { 40 } else { 1200 };
    let length = prng.below(longest);
    (0..length).map(|_| prng.next().to_le_bytes()[0]).collect()
}

/// Tests random values of all messages of a proto.
fn try_values(
    proto: &Proto<fn(&[u8]) -> Random>,
    problems: &mut Vec<String>,
) -> BTreeMap<Address, Tally> {
    let model = &proto.model;
    let messages: BTreeMap<Address, _> = proto.messages().into_iter().collect();
    let empty = messages.keys().map(|address| (*address, Tally::default()));
    let mut tallies: BTreeMap<Address, Tally> = empty.collect();
    let mut prng = Prng::new(5);
    let mut missing = messages.len();
    let mut made = 0;
    while missing > 0 || made < 4 * VALUES {
        made += 1;
        assert!(
            made < 1_000_000,
            "{}: {missing} messages are still missing",
            proto.name
        );
        let random = (proto.run)(&input(&mut prng));
        let (name, value) = (proto.name, &random.value);
        let body = messages.get(&random.address).and_then(|id| model.body(*id));
        if body.is_some() != random.known {
            problems.push(format!("{name}: {value} has the wrong channel, side or id"));
        }
        let comparable =
            body.is_none_or(|body| !protos::remaining_array_includes_pointees(model, body));
        if let (true, Err(decoded)) = (comparable, &random.decoded) {
            problems.push(format!("{name}: {value} came back as {decoded}"));
        }
        let Some(tally) = tallies.get_mut(&random.address) else {
            continue;
        };
        tally.made += 1;
        missing -= usize::from(tally.made == VALUES);
        match random.encoded {
            Ok(length) => {
                tally.encoded += 1;
                tally.largest = tally.largest.max(length);
            }
            Err(error) => *tally.refused.entry(error).or_default() += 1,
        }
    }
    tallies
}

#[test]
fn random_values_survive_a_round_trip() {
    let mut problems = Vec::new();
    let (mut made, mut encoded, mut messages) = (0, 0, 0);
    let (mut least, mut largest) = ((100, String::new()), 0);
    for proto in all_protos!(random_message) {
        for (address, tally) in try_values(&proto, &mut problems) {
            let message = format!("{} {address:?}", proto.name);
            let percent = tally.encoded * 100 / tally.made;
            if percent < ENCODED {
                let refused = &tally.refused;
                problems.push(format!("{message}: {percent} %: {refused:?}"));
            }
            if percent < least.0 {
                least = (percent, message);
            }
            messages += 1;
            made += tally.made;
            encoded += tally.encoded;
            largest = largest.max(tally.largest);
        }
    }
    let (percent, message) = least;
    println!("{encoded} of {made} values of {messages} messages can be encoded");
    println!("least of {message}: {percent} %; the largest body has {largest} bytes");
    assert_none(&problems);
    // Some payloads are large enough to be borrowed by I/O slices.
    assert!(largest > IoBody::MIN_PAYLOAD);
}

#[test]
fn random_values_cover_all_variants_and_unknown_values() {
    let mut prng = Prng::new(9);
    let mut missing = vec![
        "ImageU::Absent",
        "Bitmap(",
        "Quic(",
        "LzPlt(",
        "PalFromCache(",
        "Palette(Some",
        "Palette(None",
        "Rects(",
        "Other {",
        "Solid(",
        "Pattern(",
        "Styled(",
        "RasterA1(",
        "RasterA4(",
        "RasterA8(",
        "Unknown {",
        "ImageType(",
        "RASTER_TOP_DOWN | 0x",
    ];
    let proto = &all_protos!(random_message)[0];
    for _ in 0..20_000 {
        let value = (proto.run)(&input(&mut prng)).value;
        let value = value.replace("u: Absent", "ImageU::Absent");
        missing.retain(|part| !value.contains(part));
    }
    assert_eq!(missing, [""; 0]);
}
