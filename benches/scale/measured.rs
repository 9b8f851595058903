//! What is done with a message while instructions are counted.

use std::hint::black_box;

use spice_messages::wire::{Encode, Fds, IntoOwned};
use spice_proto_gen::model::{Model, TypeId};

use crate::bodies::{Case, Proto, SENDER};

/// The instructions in here are counted, one call at a time.
#[inline(never)]
pub fn measured_operation(operation: &mut dyn FnMut()) {
    operation();
}

/// Does something, and adds to what was done.
fn measure(done: &mut Vec<&'static str>, operation: &'static str, mut action: impl FnMut()) {
    measured_operation(&mut action);
    done.push(operation);
}

/// Does everything once with a body. The result is what was done, in order, if the body is the
/// message that it should be.
pub fn run(case: &Case, body: &[u8], model: &Model) -> Result<Vec<&'static str>, String> {
    let mut done = Vec::new();
    let result = match case.proto {
        Proto::Spice => generated_spice(case, body, &mut done),
        Proto::Bounds => generated_bounds(case, body, &mut done),
    };
    let accepted = result.and_then(|accepted| {
        let same = interpreted(case, body, model, &mut done)? == accepted;
        same.then_some(accepted)
            .ok_or("the interpreter is of another opinion")
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
            let decode = || $($message)::+::decode(channel, SENDER, id, black_box(body), Fds::none());
            measure(done, "decode", || {
                black_box(&decode());
            });
            let (Ok(message), Ok(other)) = (decode(), decode()) else {
                return Ok(false);
            };
            let mut equal = false;
            // Comparing reads all elements of both.
            measure(done, "compare", || equal = black_box(&message) == black_box(&other));
            let mut borrowed = Some(message.clone());
            measure(done, "into_owned", || {
                black_box(&borrowed.take().map(IntoOwned::into_owned));
            });
            let (mut encoded, mut again) = (None, None);
            measure(done, "encode", || encoded = Some(black_box(&message).encode_to_vec()));
            let owned = message.clone().into_owned();
            measure(done, "encode what is owned", || {
                again = Some(black_box(&owned).encode_to_vec());
            });
            match equal && encoded == again && matches!(encoded, Some(Ok(_))) {
                true => Ok(true),
                false => Err("it does not come back"),
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
    measure(done, "encode what is interpreted", || {
        encoded = Some(spice_dynamic::encode(
            model,
            body_type,
            black_box(&decoded.value),
        ));
    });
    match encoded {
        Some(Ok(_)) => Ok(true),
        _ => Err("interpreted, it does not come back"),
    }
}
