//! The recursion depth of decoders depends on the proto and not on the message. Everything here
//! runs on a small stack that a deeper recursion would overflow.

use std::fmt::Debug;
use std::thread;

use spice_dynamic::{decode, encode};
use spice_messages::Message;
use spice_messages::wire::{Encode, Fds, IntoOwned, IoBody, Side};
use spice_proto_gen::model;

use crate::bodies::{Case, Proto, SENDER};
use crate::common::rows::reference;
use crate::{cases, model};

/// An eighth of the default thread stack. Without optimization, the decoder of one channel takes
/// half of this.
const STACK: usize = 1 << 18;

fn on_a_small_stack(action: impl FnOnce() + Send) {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn_scoped(scope, action).unwrap();
        thread.join().unwrap();
    });
}

/// Runs every operation on a message. Returns whether the body was accepted.
fn everything<M>(decode: impl Fn() -> spice_messages::wire::Result<M>) -> bool
where
    M: Encode + IntoOwned + PartialEq + Clone + Debug,
    M::Owned: Encode + Debug,
{
    let (Ok(message), Ok(other)) = (decode(), decode()) else {
        return false;
    };
    assert!(message == other);
    let owned = message.clone().into_owned();
    let encoded = message.encode_to_vec().unwrap();
    assert_eq!(owned.encode_to_vec().unwrap(), encoded);
    let mut slices = IoBody::default();
    owned.encode_io(&mut slices).unwrap();
    assert_eq!(
        slices.slices().map(<[u8]>::len).sum::<usize>(),
        encoded.len()
    );
    let mut count = 0;
    message.visit_fds(&mut |_| count += 1);
    assert!(format!("{message:?}").len() > count);
    true
}

fn accepted(case: &Case, body: &[u8]) -> bool {
    let (channel, id) = (case.channel, case.id);
    match case.proto {
        Proto::Spice => {
            everything(|| Message::decode(channel.into(), SENDER, id, body, Fds::none()))
        }
        Proto::Bounds => {
            use spice_proto::bounds::Message;
            everything(|| Message::decode(channel.into(), SENDER, id, body, Fds::none()))
        }
    }
}

#[test]
fn reference_messages_fit_on_a_small_stack() {
    let rows = reference();
    on_a_small_stack(|| {
        for row in &rows {
            assert!(everything(|| row.decode()), "{}", row.label());
        }
    });
}

#[test]
fn hostile_bodies_fit_on_a_small_stack() {
    on_a_small_stack(|| {
        for case in cases() {
            for size in case.sizes {
                let body = (case.build)(size);
                assert_eq!(accepted(&case, &body), case.accepted, "{}", case.name);
            }
        }
    });
}

#[test]
fn interpreted_bodies_fit_on_a_small_stack() {
    let models = ["proto/spice.proto", "proto/conformance/bounds.proto"].map(model);
    on_a_small_stack(|| {
        for case in cases() {
            let model = match case.proto {
                Proto::Spice => &models[0],
                Proto::Bounds => &models[1],
            };
            let side = model::Side::Server;
            let message = spice_dynamic::message(model, case.channel, side, case.id).unwrap();
            for size in case.sizes {
                let body = (case.build)(size);
                let decoded = decode(model, message.body, &body);
                assert_eq!(decoded.is_ok(), case.accepted, "{}", case.name);
                if let Ok(decoded) = decoded {
                    encode(model, message.body, &decoded.value).unwrap();
                    let json = decoded.value.to_json();
                    assert!(json.starts_with('{'));
                }
            }
        }
    });
}

/// A body in which every word is the same count or pointer does not recurse deeper than the proto.
#[test]
fn bodies_of_one_repeated_word_fit_on_a_small_stack() {
    let model = model("proto/spice.proto");
    on_a_small_stack(|| {
        for entry in &model.protocol.channels {
            let channel = &model.channels[entry.channel.0];
            let sides = [
                (Side::Server, &channel.server),
                (Side::Client, &channel.client),
            ];
            for (side, messages) in sides {
                for (message, word) in messages.iter().flat_map(|message| {
                    let words = [1, 4, 21, 57, 0x0101_0101, u32::MAX];
                    words.map(|word: u32| (message, word))
                }) {
                    let body = word.to_le_bytes().repeat(2500);
                    let decode = || {
                        Message::decode(entry.number.into(), side, message.id, &body, Fds::none())
                    };
                    let decoded = spice_dynamic::decode(&model, message.body, &body);
                    assert_eq!(everything(decode), decoded.is_ok(), "{}", message.name);
                }
            }
        }
    });
}
