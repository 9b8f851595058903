//! Decoding takes memory in proportion to the message's length, whatever its counts are.

use allocation_counter::measure;
use spice_dynamic::decode;
use spice_messages::Message;
use spice_messages::wire::{Fds, IntoOwned};

use crate::common::assert_none;
use crate::common::rows::hex;
use crate::differential::{Kind, bodies, spice};
use crate::mutate::mutated;
use crate::prng::Prng;

/// Maximum memory of the interpreter per byte of the message. Two bytes can be an element of a
/// list.
const INTERPRETED: u64 = 64;

/// Maximum memory of an owned message of generated code per byte of the message.
const OWNED: u64 = 8;

/// Constant overhead of any message: its fixed part and the path of an error.
const FIXED: u64 = 4 << 10;

/// Returns the peak memory of the interpreter, and of generated code with an owned value.
fn held(model: &spice_proto_gen::model::Model, kind: Kind, body: &[u8]) -> [u64; 2] {
    let interpreted = measure(|| drop(decode(model, kind.body, body)));
    let owned = measure(|| {
        let decoded = Message::decode(kind.channel.into(), kind.side, kind.id, body, Fds::none());
        drop(decoded.map(IntoOwned::into_owned));
    });
    [interpreted.bytes_max, owned.bytes_max]
}

#[test]
fn memory_of_mutated_messages_is_bounded_by_their_length() {
    let spice = spice();
    let (kinds, rows) = (spice.kinds(), bodies());
    let mut problems = Vec::new();
    for seed in 0..20_000 {
        let mut prng = Prng::new(seed);
        let (address, body) = prng.pick(&rows);
        let (_, other) = prng.pick(&rows);
        let body = mutated(body, other, &mut prng);
        let mut kinds = kinds.iter();
        let kind = kinds.find(|kind| (kind.channel, kind.side, kind.id) == *address);
        let length = body.len() as u64;
        let held = held(&spice.model, *kind.unwrap(), &body);
        let allowed = [INTERPRETED, OWNED].map(|factor| FIXED + factor * length);
        if held[0] > allowed[0] || held[1] > allowed[1] {
            let what = format!("seed {seed}: {held:?} of {allowed:?} for {}", hex(&body));
            problems.push(what);
        }
    }
    assert_none(&problems);
}

#[test]
fn memory_does_not_depend_on_counts() {
    let spice = spice();
    // Every word of every message is a count that is too large.
    for kind in spice.kinds() {
        for length in [4, 64, 4096] {
            for word in [[0xff; 4], [0xff, 0xff, 0xff, 0x7f], [0, 0, 1, 0], [1; 4]] {
                let body = word.repeat(length / 4);
                let held = held(&spice.model, kind, &body);
                let allowed = [INTERPRETED, OWNED].map(|factor| FIXED + factor * length as u64);
                let body = spice.model.body(kind.body).unwrap();
                let name = &body.name;
                assert!(held[0] <= allowed[0], "{name}: {held:?} for {length} bytes");
                assert!(held[1] <= allowed[1], "{name}: {held:?} for {length} bytes");
            }
        }
    }
}
