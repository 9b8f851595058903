//! The model as JSON, for tools in other languages. `schema/model.schema.json` describes the form.

mod bodies;

use crate::json_text::Json;
use crate::model::{
    Alias, Attributes, Channel, Docs, Enum, Message, Model, Side, TypeDef, TypeId, TypeRef,
};

/// Version of the JSON form. It changes if a key changes its meaning or goes; keys may be added.
pub const SCHEMA_VERSION: u32 = 1;

/// The model as JSON. Types and channels refer to each other by index.
#[must_use]
pub fn generate(model: &Model) -> String {
    let types = model.types.iter().map(type_definition).collect();
    let channels = model.channels.iter().map(channel).collect();
    Json::Object(vec![
        ("schema_version", Json::Number(SCHEMA_VERSION.into())),
        ("protocol", protocol(model)),
        ("channels", Json::Array(channels)),
        ("types", Json::Array(types)),
    ])
    .pretty()
}

fn protocol(model: &Model) -> Json {
    let entries = model.protocol.channels.iter().map(|entry| {
        let mut members = vec![
            ("name", Json::text(&entry.name)),
            ("number", Json::Number(entry.number.into())),
            ("channel", index(entry.channel.0)),
        ];
        push_docs(&mut members, &entry.docs);
        Json::Object(members)
    });
    let mut members = vec![
        ("name", Json::text(&model.protocol.name)),
        ("channels", Json::Array(entries.collect())),
    ];
    push_docs(&mut members, &model.protocol.docs);
    Json::Object(members)
}

fn channel(channel: &Channel) -> Json {
    let mut members = vec![("name", Json::text(&channel.name))];
    if let Some(parent) = channel.parent {
        members.push(("parent", index(parent.0)));
    }
    for (key, side) in [("server", Side::Server), ("client", Side::Client)] {
        let messages = channel.messages(side).iter().map(message).collect();
        members.push((key, Json::Array(messages)));
    }
    push_common(&mut members, &channel.docs, &channel.attributes);
    Json::Object(members)
}

fn message(message: &Message) -> Json {
    let mut members = vec![
        ("name", Json::text(&message.name)),
        ("id", Json::Number(message.id.into())),
        ("body", type_index(message.body)),
        ("owner", index(message.owner.0)),
    ];
    push_docs(&mut members, &message.docs);
    Json::Object(members)
}

fn type_definition(definition: &TypeDef) -> Json {
    match definition {
        TypeDef::Alias(found) => alias(found),
        TypeDef::Enum(found) => enumeration(found),
        TypeDef::Struct(found) => bodies::body(found),
    }
}

fn alias(found: &Alias) -> Json {
    let mut members = vec![
        ("kind", Json::text("alias")),
        ("name", Json::text(&found.name)),
        ("type", type_reference(found.target)),
    ];
    push_common(&mut members, &found.docs, &found.attributes);
    Json::Object(members)
}

fn enumeration(found: &Enum) -> Json {
    let items = found.items.iter().map(|item| {
        let mut members = vec![
            ("name", Json::text(&item.name)),
            ("value", Json::Number(item.value.into())),
        ];
        if item.deprecated {
            members.push(("deprecated", Json::Bool(true)));
        }
        push_docs(&mut members, &item.docs);
        Json::Object(members)
    });
    let kind = if found.flags { "flags" } else { "enum" };
    let mut members = vec![
        ("kind", Json::text(kind)),
        ("name", Json::text(&found.name)),
        ("bytes", Json::Number(found.bytes.into())),
        ("items", Json::Array(items.collect())),
    ];
    push_common(&mut members, &found.docs, &found.attributes);
    Json::Object(members)
}

/// A type: an integer, a descriptor, or the index of an enum or struct, and the alias that names it.
fn type_reference(reference: TypeRef) -> Json {
    use crate::model::Type;
    let mut members = match reference.ty {
        Type::Int(int) => vec![
            ("kind", Json::text("int")),
            ("bytes", Json::Number(int.bytes.into())),
            ("signed", Json::Bool(int.signed)),
        ],
        Type::Fd => vec![("kind", Json::text("fd"))],
        Type::Enum(id) => vec![("kind", Json::text("enum")), ("index", type_index(id))],
        Type::Struct(id) => vec![("kind", Json::text("struct")), ("index", type_index(id))],
    };
    if let Some(alias) = reference.alias {
        members.push(("alias", type_index(alias)));
    }
    Json::Object(members)
}

type Members = Vec<(&'static str, Json)>;

fn push_common(members: &mut Members, docs: &Docs, attributes: &Attributes) {
    if !attributes.0.is_empty() {
        let attributes = attributes.0.iter().map(|attribute| {
            let mut members = vec![("name", Json::text(&attribute.name))];
            if let Some(argument) = &attribute.argument {
                members.push(("argument", Json::text(argument)));
            }
            Json::Object(members)
        });
        members.push(("attributes", Json::Array(attributes.collect())));
    }
    push_docs(members, docs);
}

fn push_docs(members: &mut Members, docs: &Docs) {
    if !docs.is_empty() {
        let lines: Vec<_> = docs.lines().collect();
        members.push(("docs", Json::Text(lines.join("\n"))));
    }
}

fn type_index(id: TypeId) -> Json {
    index(id.0)
}

fn index(index: usize) -> Json {
    Json::Number(i128::try_from(index).unwrap_or(i128::MAX))
}
