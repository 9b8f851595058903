//! The types that messages use.

use std::collections::BTreeSet;

use super::{ChannelId, Field, Member, Model, Side, TypeDef, TypeId, TypeRef};

impl Model {
    /// The bodies of the messages that these sides send on these channels, and all types in the bodies: of
    /// fields, elements, pointees and cases, aliases included.
    #[must_use]
    pub fn used_types(
        &self,
        channels: impl IntoIterator<Item = ChannelId>,
        sides: &[Side],
    ) -> BTreeSet<TypeId> {
        let mut used = BTreeSet::new();
        let mut pending = Vec::new();
        for id in channels {
            let messages = sides
                .iter()
                .flat_map(|side| self.channel(id).messages(*side));
            pending.extend(messages.map(|message| message.body));
        }
        while let Some(id) = pending.pop() {
            if !used.insert(id) {
                continue;
            }
            match self.definition(id) {
                TypeDef::Alias(alias) => pending.extend(named(alias.target)),
                TypeDef::Enum(_) => {}
                TypeDef::Struct(body) => {
                    let fields = body.members.iter().flat_map(all_fields);
                    pending.extend(fields.flat_map(|field| named(field.ty)));
                }
            }
        }
        used
    }

    /// The types that messages of the protocol's channels use.
    #[must_use]
    pub fn types_of_protocol(&self) -> BTreeSet<TypeId> {
        let entries = self.protocol.channels.iter();
        self.used_types(entries.map(|entry| entry.channel), &Side::ALL)
    }
}

/// The field itself, or the fields of all cases.
fn all_fields(member: &Member) -> impl Iterator<Item = &Field> {
    let (field, cases) = match member {
        Member::Field(field) => (Some(field), &[][..]),
        Member::Switch(switch) => (None, &*switch.cases),
    };
    field
        .into_iter()
        .chain(cases.iter().map(|case| &case.field))
}

fn named(reference: TypeRef) -> impl Iterator<Item = TypeId> {
    let definition = reference.ty.definition();
    reference.alias.into_iter().chain(definition)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analysis;
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
        let ids = (0..model.channels.len()).map(ChannelId);
        let selected = ids.filter(|id| channels.contains(&&*model.channel(*id).name));
        let used = model.used_types(selected, sides);
        let names = used.iter().map(|id| model.definition(*id).name());
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
