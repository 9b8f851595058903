//! The paths of a proto's parts, for options: `Rect`, `Rect.left`, `port.server.init`.

use std::fmt::Display;

use super::body::{Body, case_of};
use super::channel_type;
use super::context::Context;
use super::names::Module;
use super::options::Target;
use super::variants::Parts;
use crate::model::{
    ChannelId, Member, Origin, Side, Struct, Switch, TypeDef, TypeId, Variant, VariantName,
};

/// The kind of a part that can have attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Struct,
    Enum,
    /// A field, item or variant.
    Field,
}

/// A part that can have attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) path: String,
}

impl Part {
    pub(super) fn is(&self, target: Target) -> bool {
        target_includes(target, self.kind)
    }
}

const fn target_includes(target: Target, kind: Kind) -> bool {
    match target {
        Target::Types => matches!(kind, Kind::Struct | Kind::Enum),
        Target::Messages => matches!(kind, Kind::Struct),
        Target::Enums => matches!(kind, Kind::Enum),
        Target::Fields => matches!(kind, Kind::Field),
    }
}

/// Whether a pattern matches a path. A pattern that starts with `.` matches the path and everything below
/// it, any other pattern the end of the path.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let rest = match pattern.strip_prefix('.') {
        Some("") => return true,
        Some(pattern) => path.strip_prefix(pattern),
        None => path.strip_suffix(pattern),
    };
    match (rest, pattern.starts_with('.')) {
        (Some(rest), true) => rest.is_empty() || rest.starts_with('.'),
        (Some(rest), false) => rest.is_empty() || rest.ends_with('.'),
        (None, _) => false,
    }
}

/// The pattern of the same form as `pattern` that matches a path.
pub(super) fn like(pattern: &str, path: &str) -> String {
    match pattern.strip_prefix('.') {
        Some(rest) => {
            let names = path.split('.').take(rest.split('.').count());
            format!(".{}", names.collect::<Vec<_>>().join("."))
        }
        None => {
            let names: Vec<_> = path.split('.').collect();
            let skipped = names.len().saturating_sub(pattern.split('.').count());
            names.get(skipped..).unwrap_or_default().join(".")
        }
    }
}

pub(super) const fn is_message_body(body: &Struct) -> bool {
    matches!(body.origin, Origin::Body { .. })
}

/// The name of a switch's variant in the proto.
pub(super) fn variant_name<'m>(
    context: &Context<'m>,
    switch: &'m Switch,
    variant: &Variant,
) -> &'m str {
    match (variant.name, case_of(switch, variant)) {
        (VariantName::Item(item), _) => &context.model.item(switch, item).name,
        (VariantName::Field, Some((_, case))) => &case.field.name,
        (VariantName::Field | VariantName::NoCase, _) if switch.discriminant.implied => "other",
        (VariantName::Field | VariantName::NoCase, _) => "absent",
    }
}

impl Context<'_> {
    /// The path of a type: `Rect`, or `port.server.init` for the body of a message.
    pub(super) fn type_part(&self, id: TypeId) -> String {
        let name = self.model.definition(id).name();
        match self.names.module_of(id) {
            Module::Types => name.to_owned(),
            Module::Side(channel, side) => format!("{}.{name}", self.side_part(channel, side)),
        }
    }

    /// The path of the messages of a side: `port.server`.
    pub(super) fn side_part(&self, channel: ChannelId, side: Side) -> String {
        format!("{}.{}", self.names.module(channel), side.name())
    }

    /// The user's attributes for a part.
    pub(super) fn attributes(&self, kind: Kind, path: impl Display) -> Vec<&str> {
        if self.options.attributes.is_empty() {
            return Vec::new();
        }
        let path = path.to_string();
        let attributes = self.options.attributes.iter();
        let attributes = attributes.filter(|attribute| {
            target_includes(attribute.target, kind) && matches(&attribute.path, &path)
        });
        attributes.map(|attribute| &*attribute.text).collect()
    }
}

/// All parts of the generated code that can have attributes.
pub(super) fn all(context: &Context<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    let protocol = &context.model.protocol.name;
    let entries = context.entries();
    let names = entries.iter().map(|entry| &*entry.name);
    push_enum(&mut parts, &channel_type::path(context), names);
    if context.has_both_sides() {
        push(&mut parts, Kind::Enum, protocol.clone());
    }
    for side in context.sides().map(Side::name) {
        let path = format!("{protocol}.{side}");
        if context.has_both_sides() {
            push(&mut parts, Kind::Field, path.clone());
        }
        let variants = entries.iter().map(|entry| &*entry.name);
        push_enum(&mut parts, &path, variants.chain(["unknown"]));
    }
    push_types(context, Module::Types, &mut parts);
    for channel in context.channels() {
        for side in context.sides() {
            let messages = context.model.channel(channel).messages(side).iter();
            let variants = messages.map(|message| &*message.name).chain(["unknown"]);
            push_enum(&mut parts, &context.side_part(channel, side), variants);
            push_types(context, Module::Side(channel, side), &mut parts);
        }
    }
    parts
}

fn push(parts: &mut Vec<Part>, kind: Kind, path: String) {
    parts.push(Part { kind, path });
}

fn push_enum<'v>(parts: &mut Vec<Part>, path: &str, variants: impl Iterator<Item = &'v str>) {
    push(parts, Kind::Enum, path.to_owned());
    for variant in variants {
        push(parts, Kind::Field, format!("{path}.{variant}"));
    }
}

fn push_types(context: &Context<'_>, module: Module, parts: &mut Vec<Part>) {
    for id in context.types_in(module) {
        let path = context.type_part(id);
        match context.model.definition(id) {
            TypeDef::Alias(_) => {}
            TypeDef::Enum(found) => {
                push_enum(parts, &path, found.items.iter().map(|item| &*item.name));
            }
            TypeDef::Struct(_) => push_struct(context, Body::new(context, id), &path, parts),
        }
    }
}

fn push_struct<'m>(context: &Context<'m>, body: Body<'m>, path: &str, parts: &mut Vec<Part>) {
    push(parts, Kind::Struct, path.to_owned());
    for (_, member) in body.stored() {
        let path = format!("{path}.{}", member.name());
        push(parts, Kind::Field, path.clone());
        let Member::Switch(switch) = member else {
            continue;
        };
        push(parts, Kind::Enum, path.clone());
        for variant in &switch.variants {
            let path = format!("{path}.{}", variant_name(context, switch, variant));
            push(parts, Kind::Field, path.clone());
            for field in Parts::of(body, switch, variant).carried {
                push(parts, Kind::Field, format!("{path}.{}", field.name));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analysis;
    use crate::backend::rust::{Attribute, Options, generate};
    use crate::diagnostic::Levels;
    use crate::model::Model;

    const PROTO: &str = "enum8 kind { NONE, SOME, MORE }; flags8 bits { ONE, TWO };
        typedef number uint16;
        struct Point { number x; uint8 y @virtual(1); uint8 z @zero; };
        struct Data { kind kind; uint8 num; switch (kind) {
            case SOME: uint8 data[num] @end; case MORE: Point at; } u; };
        channel First { server: message { Data data; } m; client: message { bits bits; } m; };
        message Named { uint8 a; };
        channel Second : First { server: Named n = 2; };
        protocol P { First first; Second second; };";

    fn model() -> Model {
        let analysis = Analysis::new(PROTO.as_bytes(), &Levels::default());
        match analysis.model {
            Some(model) => model,
            None => panic!("{:?}", analysis.diagnostics),
        }
    }

    #[test]
    fn patterns_match_a_part_and_below_or_the_end_of_a_path() {
        for (pattern, path, expected) in [
            (".", "Point.x", true),
            (".Point", "Point", true),
            (".Point", "Point.x", true),
            (".Point", "Points", false),
            (".x", "Point.x", false),
            ("Point.x", "Point.x", true),
            ("x", "Point.x", true),
            ("x", "Point.ax", false),
            ("Point", "Point.x", false),
            (".port.server", "port.server.init", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    /// The number of times that an attribute is in the generated code.
    fn added(model: &Model, target: Target, path: &str) -> usize {
        let attribute = Attribute {
            target,
            path: path.to_owned(),
            text: "#[probe]".to_owned(),
        };
        let attributes = vec![attribute];
        let options = Options {
            attributes,
            ..Options::default()
        };
        generate(model, &options).matches("#[probe]").count()
    }

    #[test]
    fn attributes_are_added_to_every_part_once() {
        let model = model();
        let parts = all(&Context::new(&model, &Options::default()));
        for target in [
            Target::Types,
            Target::Messages,
            Target::Enums,
            Target::Fields,
        ] {
            let expected = parts.iter().filter(|part| part.is(target)).count();
            assert!(expected > 0, "{target:?}");
            assert_eq!(added(&model, target, "."), expected, "{target:?}");
        }
        for part in &parts {
            let target = match part.kind {
                Kind::Struct => Target::Messages,
                Kind::Enum => Target::Enums,
                Kind::Field => Target::Fields,
            };
            let path = format!(".{}", part.path);
            let of_kind = parts.iter().filter(|other| other.kind == part.kind);
            let expected = of_kind.filter(|other| matches(&path, &other.path)).count();
            assert_eq!(added(&model, target, &path), expected, "{path}");
        }
    }

    #[test]
    fn parts_have_the_names_of_the_proto() {
        let model = model();
        let parts = all(&Context::new(&model, &Options::default()));
        let paths: Vec<_> = parts.iter().map(|part| &*part.path).collect();
        let expected = "P.channel_type P.channel_type.first P.channel_type.second P P.server P.server P.server.first P.server.second P.server.unknown \
            P.client P.client P.client.first P.client.second P.client.unknown \
            kind kind.NONE kind.SOME kind.MORE bits bits.ONE bits.TWO Point Point.x \
            Data Data.u Data.u Data.u.SOME Data.u.MORE Data.u.MORE.num Data.u.other \
            Data.u.other.kind Data.u.other.num Named Named.a \
            first.server first.server.m first.server.unknown first.server.m first.server.m.data \
            first.client first.client.m first.client.unknown first.client.m first.client.m.bits \
            second.server second.server.m second.server.n second.server.unknown \
            second.client second.client.m second.client.unknown";
        assert_eq!(paths.join(" "), expected);
    }
}
