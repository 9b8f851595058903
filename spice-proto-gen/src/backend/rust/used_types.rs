//! The types that a selection of channels and sides uses.

use std::collections::BTreeSet;

use crate::model::{Channel, Member, Model, Side, TypeDef, TypeId, TypeRef};

/// The bodies of the messages that these sides send on these channels, and all types in the bodies.
pub(super) fn used_types<'m>(
    model: &'m Model,
    channels: impl Iterator<Item = &'m Channel>,
    sides: &[Side],
) -> BTreeSet<TypeId> {
    let mut used = BTreeSet::new();
    let mut pending = Vec::new();
    for channel in channels {
        let messages = sides.iter().flat_map(|side| channel.messages(*side));
        pending.extend(messages.map(|message| message.body));
    }
    while let Some(id) = pending.pop() {
        if used.insert(id) {
            push_parts(model, id, &mut pending);
        }
    }
    used
}

/// The types that a definition names.
fn push_parts(model: &Model, id: TypeId, parts: &mut Vec<TypeId>) {
    match model.types.get(id.0) {
        Some(TypeDef::Alias(alias)) => push_reference(alias.target, parts),
        Some(TypeDef::Enum(_)) => {}
        Some(TypeDef::Struct(body)) => {
            for member in &body.members {
                for field in member.fields() {
                    push_reference(field.ty, parts);
                }
                if let Member::Switch(switch) = member {
                    parts.push(switch.discriminant.ty);
                }
            }
        }
        None => unreachable!("a type id is an index of the model's types"),
    }
}

fn push_reference(reference: TypeRef, parts: &mut Vec<TypeId>) {
    parts.extend(reference.alias);
    parts.extend(reference.ty.definition());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analysis;
    use crate::backend::rust::names::name_in_proto;
    use crate::diagnostic::Levels;

    const PROTO: &str = "enum8 inner { A, B }; typedef Inner inner; typedef Outer Inner;
        enum8 kind { ONE, TWO }; enum8 shape { ROUND };
        struct InCase { uint8 n; }; struct Pointed { Outer o; }; struct Element { shape s; };
        struct Unused { kind k; };
        struct Holder { kind kind; };
        message Shared { Holder holder; switch (holder.kind) { case ONE: InCase in_case; } u; };
        channel Base { server: message { Pointed *p; } far; client: message { uint8 n; } ack; };
        channel Left : Base { server: Shared shared = 11; };
        channel Right : Base { client: message { uint8 n; Element elements[n]; } many = 2; };
        protocol P { Left left; Right right; };";

    fn names(channels: &[&str], sides: &[Side]) -> String {
        let analysis = Analysis::new(PROTO.as_bytes(), &Levels::default());
        let model = analysis.model.unwrap();
        let selected = model.channels.iter();
        let selected = selected.filter(|channel| channels.contains(&&*channel.name));
        let used = used_types(&model, selected, sides);
        let names = used
            .iter()
            .map(|id| name_in_proto(model.types.get(id.0).unwrap()));
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn types_of_fields_cases_pointees_elements_and_aliases_are_used() {
        let both = [Side::Server, Side::Client];
        assert_eq!(
            names(&["Left"], &both),
            "inner Inner Outer kind InCase Pointed Holder Shared far ack"
        );
        assert_eq!(
            names(&["Right"], &both),
            "inner Inner Outer shape Pointed Element far ack many"
        );
    }

    #[test]
    fn only_the_messages_of_the_sides_count() {
        assert_eq!(names(&["Right"], &[Side::Client]), "shape Element ack many");
        assert_eq!(names(&["Base"], &[Side::Client]), "ack");
    }
}
