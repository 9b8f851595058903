//! All compiled protos, with a test function for each.

use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{self, Array, Field, Member, Model, Struct, Type, TypeId};
use spice_wire::Side;

use crate::common::read;

/// Identifies a message: channel, sender and id.
pub type Address = (u8, Side, u16);

/// A proto and a function that tests one of its messages.
pub struct Proto<F> {
    pub name: &'static str,
    pub model: Model,
    pub run: F,
}

/// Returns all protos. `$make` is a macro that turns the module of a proto into its test function.
macro_rules! all_protos {
    ($make:ident) => {
        vec![
            $crate::protos::Proto::new("spice", "proto/spice.proto", $make!(spice_messages)),
            $crate::protos::all_protos!(@ attributes, $make),
            $crate::protos::all_protos!(@ bare, $make),
            $crate::protos::all_protos!(@ bounds, $make),
            $crate::protos::all_protos!(@ channels, $make),
            $crate::protos::all_protos!(@ comments, $make),
            $crate::protos::all_protos!(@ counts, $make),
            $crate::protos::all_protos!(@ descriptors, $make),
            $crate::protos::all_protos!(@ images, $make),
            $crate::protos::all_protos!(@ names, $make),
            $crate::protos::all_protos!(@ numbers, $make),
            $crate::protos::all_protos!(@ pointers, $make),
            $crate::protos::all_protos!(@ switches, $make),
            $crate::protos::all_protos!(@ tails, $make),
            $crate::protos::all_protos!(@ text, $make),
        ]
    };
    (@ $name:ident, $make:ident) => {
        $crate::protos::Proto::new(
            stringify!($name),
            concat!("proto/conformance/", stringify!($name), ".proto"),
            $make!(spice_proto::$name),
        )
    };
}
pub(crate) use all_protos;

impl<F> Proto<F> {
    pub fn new(name: &'static str, path: &str, run: F) -> Self {
        let analysis = Analysis::new(read(path).as_bytes(), &Levels::default());
        let model = analysis.model.unwrap_or_else(|| panic!("{path} compiles"));
        Self { name, model, run }
    }

    /// Returns the messages with their bodies.
    pub fn messages(&self) -> Vec<(Address, TypeId)> {
        let mut messages = Vec::new();
        for entry in &self.model.protocol.channels {
            let channel = &self.model.channels[entry.channel.0];
            for (side, sender) in [
                (Side::Server, model::Side::Server),
                (Side::Client, model::Side::Client),
            ] {
                for message in channel.messages(sender) {
                    messages.push(((entry.number, side, message.id), message.body));
                }
            }
        }
        messages
    }
}

/// The list in [`all_protos`] is complete.
#[test]
fn all_conformance_protos_are_listed() {
    macro_rules! nothing {
        ($module:path) => {
            ()
        };
    }
    let mut names: Vec<_> = all_protos!(nothing)
        .iter()
        .map(|proto| proto.name)
        .collect();
    names.retain(|name| *name != "spice");
    assert_eq!(names, spice_proto::PROTOS);
}

/// Whether an array to the end of the message includes the bytes of pointees, so that decoding does
/// not return what was encoded.
#[allow(dead_code)]
pub fn remaining_array_includes_pointees(model: &Model, body: &Struct) -> bool {
    body.contains.remaining && body.contains.pointers || reaches_from_pointer(model, body)
}

fn reaches_from_pointer(model: &Model, body: &Struct) -> bool {
    let reaches = |field: &Field| {
        let inner = match field.ty.ty {
            Type::Struct(id) => model.body(id),
            _ => None,
        };
        let to_end = field.array == Some(Array::Remaining)
            || inner.is_some_and(|inner| inner.contains.remaining);
        field.pointer.is_some() && to_end
            || inner.is_some_and(|inner| reaches_from_pointer(model, inner))
    };
    body.members.iter().any(|member| match member {
        Member::Field(field) => reaches(field),
        Member::Switch(switch) => switch.cases.iter().any(|case| reaches(&case.field)),
    })
}
