//! Structs, message bodies and their members.

use super::{Members, index, push_common, type_index, type_reference};
use crate::json_text::Json;
use crate::model::{
    Array, Case, Field, FieldRef, Label, Member, Origin, Part, PointeeOrder, Role, Segment, Size,
    Struct, Switch, Variant, VariantName, When,
};

pub(super) fn body(found: &Struct) -> Json {
    let origin = match found.origin {
        Origin::Struct => "struct",
        Origin::Inline => "inline",
        Origin::Message => "message",
        Origin::Body { .. } => "body",
    };
    let mut members = vec![
        ("kind", Json::text("struct")),
        ("name", Json::text(&found.name)),
        ("origin", Json::text(origin)),
        ("size", size(found.size)),
        (
            "members",
            Json::Array(found.members.iter().map(member).collect()),
        ),
        ("parts", Json::Array(found.parts.iter().map(part).collect())),
    ];
    push_common(&mut members, &found.docs, &found.attributes);
    Json::Object(members)
}

/// The size in bytes: exact, or a minimum.
fn size(size: Size) -> Json {
    let number = Json::Number(size.min().into());
    match size {
        Size::Static(_) => number,
        Size::AtLeast(_) => Json::Object(vec![("min", number)]),
    }
}

fn member(member: &Member) -> Json {
    match member {
        Member::Field(found) => {
            let mut members = vec![("kind", Json::text("field"))];
            push_field(&mut members, found);
            Json::Object(members)
        }
        Member::Switch(found) => switch(found),
    }
}

fn push_field(members: &mut Members, field: &Field) {
    members.push(("name", Json::text(&field.name)));
    members.push(("type", type_reference(field.ty)));
    if let Some(pointer) = field.pointer {
        let order = match pointer.order {
            PointeeOrder::DepthFirst => "depth_first",
            PointeeOrder::BreadthFirst => "breadth_first",
        };
        let pointer = vec![
            ("nonnull", Json::Bool(pointer.nonnull)),
            ("order", Json::text(order)),
        ];
        members.push(("pointer", Json::Object(pointer)));
    }
    if let Some(found) = field.array {
        members.push(("array", array(found)));
    }
    if field.role != Role::Value {
        members.push(("role", role(&field.role)));
    }
    members.push(("size", size(field.size)));
    if let Some(pointee) = field.pointee {
        members.push(("pointee_size", size(pointee)));
    }
    if field.text {
        members.push(("text", Json::Bool(true)));
    }
    push_common(members, &field.docs, &field.attributes);
}

fn array(array: Array) -> Json {
    Json::Object(match array {
        Array::Fixed(length) => vec![
            ("kind", Json::text("fixed")),
            ("length", Json::Number(length.into())),
        ],
        Array::Count(count) => vec![("kind", Json::text("count")), ("count", position(count))],
        Array::ImageSize { bits, width, rows } => vec![
            ("kind", Json::text("image_size")),
            ("bits", Json::Number(bits.into())),
            ("width", index(width)),
            ("rows", index(rows)),
        ],
        Array::CString => vec![("kind", Json::text("cstring"))],
        Array::Remaining => vec![("kind", Json::text("remaining"))],
    })
}

fn role(role: &Role) -> Json {
    let with_switch =
        |kind, switch: &usize| vec![("kind", Json::text(kind)), ("switch", index(*switch))];
    Json::Object(match role {
        Role::Value => vec![("kind", Json::text("value"))],
        Role::StoredCount => vec![("kind", Json::text("stored_count"))],
        Role::ComputedCount => vec![("kind", Json::text("computed_count"))],
        Role::CarriedCount { switch } => with_switch("carried_count", switch),
        Role::ImpliedDiscriminant { switch } => with_switch("implied_discriminant", switch),
        Role::Zero => vec![("kind", Json::text("zero"))],
        Role::Virtual(value) => vec![
            ("kind", Json::text("virtual")),
            ("value", Json::Number((*value).into())),
        ],
    })
}

fn position(position: FieldRef) -> Json {
    let mut members = vec![("member", index(position.member))];
    members.extend(position.case.map(|case| ("case", index(case))));
    Json::Object(members)
}

fn part(part: &Part) -> Json {
    match part {
        Part::Segment(found) => segment(found),
        Part::Member(member) => Json::Object(vec![("member", index(*member))]),
    }
}

fn segment(segment: &Segment) -> Json {
    let fields = segment.fields.iter().map(|field| {
        let offset = Json::Number(field.offset.into());
        Json::Object(vec![
            ("position", position(field.position)),
            ("offset", offset),
        ])
    });
    Json::Object(vec![
        ("segment", Json::Array(fields.collect())),
        ("size", Json::Number(segment.size.into())),
    ])
}

fn switch(found: &Switch) -> Json {
    let path = found.discriminant.path.iter().map(|member| index(*member));
    let mut members = vec![
        ("kind", Json::text("switch")),
        ("name", Json::text(&found.name)),
        (
            "discriminant",
            Json::Object(vec![
                ("path", Json::Array(path.collect())),
                ("type", type_index(found.discriminant.ty)),
                ("implied", Json::Bool(found.discriminant.implied)),
            ]),
        ),
        ("size", size(found.size)),
        ("stored", Json::Bool(found.stored)),
        ("cases", Json::Array(found.cases.iter().map(case).collect())),
        (
            "variants",
            Json::Array(found.variants.iter().map(variant).collect()),
        ),
    ];
    push_common(&mut members, &found.docs, &found.attributes);
    Json::Object(members)
}

fn case(case: &Case) -> Json {
    let labels = case.labels.iter().map(|label| {
        Json::Object(match label {
            Label::Default => vec![("default", Json::Bool(true))],
            Label::Item { item, negated } => {
                vec![("item", index(*item)), ("negated", Json::Bool(*negated))]
            }
        })
    });
    let mut field = Vec::new();
    push_field(&mut field, &case.field);
    Json::Object(vec![
        ("labels", Json::Array(labels.collect())),
        ("live", Json::Bool(case.live)),
        ("field", Json::Object(field)),
    ])
}

fn variant(variant: &Variant) -> Json {
    let mut members = vec![match variant.name {
        VariantName::Item(item) => ("item", index(item)),
        VariantName::Field => ("name", Json::text("field")),
        VariantName::NoCase => ("name", Json::text("no_case")),
    }];
    members.extend(variant.case.map(|case| ("case", index(case))));
    members.push((
        "when",
        Json::Object(match &variant.when {
            When::Equals(item) => vec![("equals", index(*item))],
            When::AnyBit(bits) => {
                let bits = bits.iter().map(|(item, negated)| {
                    Json::Object(vec![
                        ("item", index(*item)),
                        ("negated", Json::Bool(*negated)),
                    ])
                });
                vec![("any_bit", Json::Array(bits.collect()))]
            }
            When::Always => vec![("always", Json::Bool(true))],
        }),
    ));
    Json::Object(members)
}
