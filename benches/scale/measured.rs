//! The operations on a message whose instructions are counted.

use std::hint::black_box;

use spice_messages::wire::{Encode, Fds, IntoOwned};
use spice_proto_gen::model::{Model, TypeId};

use crate::bodies::{Case, Proto, SENDER};

/// Callgrind counts the instructions of each call of this function.
#[inline(never)]
pub fn measured_operation(operation: &mut dyn FnMut()) {
    operation();
}

/// Makes a call and records its name.
fn measure(done: &mut Vec<&'static str>, operation: &'static str, mut action: impl FnMut()) {
    measured_operation(&mut action);
    done.push(operation);
}

/// Makes each call once with a body. Returns the names of the calls in order.
///
/// # Errors
/// A call accepts a body that it must refuse, or the reverse, or encoding does not restore the message.
pub fn run(case: &Case, body: &[u8], model: &Model) -> Result<Vec<&'static str>, String> {
    let mut done = Vec::new();
    let result = match case.proto {
        Proto::Spice => generated_spice(case, body, &mut done),
        Proto::Bounds => generated_bounds(case, body, &mut done),
    };
    let accepted = result.and_then(|accepted| {
        let same = interpreted(case, body, model, &mut done)? == accepted;
        same.then_some(accepted)
            .ok_or("the interpreter disagrees with the generated code")
    });
    match accepted {
        Ok(accepted) if accepted == case.accepted => Ok(done),
        Ok(accepted) => Err(format!("{}: accepted is {accepted}", case.name)),
        Err(problem) => Err(format!("{}: {problem}", case.name)),
    }
}

type Accepted = Result<bool, &'static str>;

macro_rules! generated {
    ($name:ident, $($message:ident)::+) => {
        fn $name(case: &Case, body: &[u8], done: &mut Vec<&'static str>) -> Accepted {
            let (channel, id) = (case.channel, case.id);
            let decode = || $($message)::+::decode(channel.into(), SENDER, id, black_box(body), Fds::none());
            measure(done, "decode", || {
                black_box(&decode());
            });
            let (Ok(message), Ok(other)) = (decode(), decode()) else {
                return Ok(false);
            };
            let mut equal = false;
            // A comparison reads all elements of both messages.
            measure(done, "compare", || equal = black_box(&message) == black_box(&other));
            let mut borrowed = Some(message.clone());
            measure(done, "into_owned", || {
                black_box(&borrowed.take().map(IntoOwned::into_owned));
            });
            let (mut encoded, mut again) = (None, None);
            measure(done, "encode", || encoded = Some(black_box(&message).encode_to_vec()));
            let owned = message.clone().into_owned();
            measure(done, "encode owned", || {
                again = Some(black_box(&owned).encode_to_vec());
            });
            if equal && encoded == again && matches!(encoded, Some(Ok(_))) {
                Ok(true)
            } else {
                Err("encoding does not restore the message")
            }
        }
    };
}

generated!(generated_spice, spice_messages::Message);
generated!(generated_bounds, spice_proto::bounds::Message);

fn body_type(case: &Case, model: &Model) -> Option<TypeId> {
    let side = spice_proto_gen::model::Side::Server;
    spice_dynamic::message(model, case.channel, side, case.id).map(|message| message.body)
}

fn interpreted(case: &Case, body: &[u8], model: &Model, done: &mut Vec<&'static str>) -> Accepted {
    let body_type = body_type(case, model).ok_or("the proto has no such message")?;
    measure(done, "interpret", || {
        black_box(&spice_dynamic::decode(model, body_type, black_box(body)));
    });
    let Ok(decoded) = spice_dynamic::decode(model, body_type, body) else {
        return Ok(false);
    };
    let mut encoded = None;
    measure(done, "encode interpreted", || {
        encoded = Some(spice_dynamic::encode(
            model,
            body_type,
            black_box(&decoded.value),
        ));
    });
    match encoded {
        Some(Ok(_)) => Ok(true),
        _ => Err("the interpreter does not encode the message"),
    }
}
