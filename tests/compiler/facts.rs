//! Compares the compiled model of `proto/spice.proto` with the facts about the protocol. The model
//! is converted to the form of the facts, and the two must be equal.

use crate::common::{assert_none, facts, read};
use serde_json::{Map, Value, json};
use spice_proto_gen::Analysis;
use spice_proto_gen::ast::Docs;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{
    Alias, Array, Attributes, Case, Channel, ChannelId, Discriminant, Enum, Field, FieldRef, Int,
    Label, Member, Message, Model, Origin, PointeeOrder, Side, Struct, Switch, Type, TypeDef,
    TypeId, TypeRef,
};

fn model() -> Model {
    let text = read("proto/spice.proto");
    let analysis = Analysis::new(text.as_bytes(), &Levels::default());
    assert_eq!(analysis.diagnostics, []);
    analysis.model.unwrap()
}

#[test]
fn model_matches_the_facts() {
    let expected = comparable(facts::json());
    let found = comparable(Facts(&model()).all());
    let mut problems = Vec::new();
    compare("", &expected, &found, &mut problems);
    assert_none(&problems);
}

#[test]
fn comparison_reports_missing_and_changed_facts() {
    let facts = comparable(facts::json());
    let mut places = Vec::new();
    pointers("", &facts, &mut places);
    assert!(places.len() > 3000, "only {}", places.len());
    for place in places.iter().step_by(31) {
        let mut changed = facts.clone();
        *changed.pointer_mut(place).unwrap() = Value::from("something else");
        let mut lacking = facts.clone();
        let (parent, key) = place.rsplit_once('/').unwrap();
        match lacking.pointer_mut(parent).unwrap() {
            Value::Object(object) => drop(object.remove(&key.replace("~1", "/"))),
            Value::Array(list) => drop(list.remove(key.parse().unwrap())),
            _ => panic!("{parent} is not a container"),
        }
        for (expected, found) in [(&facts, &changed), (&facts, &lacking), (&lacking, &facts)] {
            let mut problems = Vec::new();
            compare("", expected, found, &mut problems);
            assert!(
                !problems.is_empty(),
                "the difference at {place} is not reported"
            );
        }
    }
}

#[test]
fn protocol_has_the_expected_size() {
    let model = model();
    assert_eq!(model.protocol.channels.len(), 11);
    assert_eq!(model.channels.len(), 13);
    let channels = model.protocol.channels.iter();
    let channels = channels.map(|entry| &model.channels[entry.channel.0]);
    let messages = channels.map(|channel| channel.server.len() + channel.client.len());
    assert_eq!(messages.sum::<usize>(), 273);
    let display = &model.channels[model.protocol.channels[1].channel.0];
    let newest = display.server.last().unwrap();
    assert_eq!((newest.name.as_str(), newest.id), ("gl_scanout2_unix", 323));
}

/// The facts list only a channel's own messages. Inherited messages follow from the base channel.
#[test]
fn channels_inherit_messages() {
    let (model, facts) = (model(), facts::Facts::load());
    for channel in &model.channels {
        for (side, wire) in [
            (Side::Server, spice_messages::wire::Side::Server),
            (Side::Client, spice_messages::wire::Side::Client),
        ] {
            let mut expected: Vec<(u16, &str, &str)> = Vec::new();
            for ancestor in facts.lineage(&channel.name) {
                let own = ancestor.messages(wire).iter();
                expected.extend(own.map(|own| (own.id, own.name.as_str(), ancestor.name.as_str())));
            }
            expected.sort_unstable();
            let found: Vec<_> = channel
                .messages(side)
                .iter()
                .map(|message| {
                    let owner = &model.channels[message.owner.0];
                    (message.id, message.name.as_str(), owner.name.as_str())
                })
                .collect();
            assert_eq!(found, expected, "{} {side:?}", channel.name);
        }
        let ancestors = channel.ancestors.iter();
        let ancestors = ancestors.map(|ancestor| &model.channels[ancestor.0].name);
        let lineage = facts.lineage(&channel.name).skip(1);
        assert!(ancestors.eq(lineage.map(|ancestor| &ancestor.name)));
    }
}

/// Properties that the model derives from attributes must agree with the attributes.
#[test]
fn pointer_and_text_attributes_are_applied() {
    let model = model();
    let mut pointers = 0;
    for body in model.types.iter().filter_map(as_struct) {
        for field in fields(body) {
            let attributes = &field.attributes;
            assert_eq!(field.text, attributes.has("zero_terminated"), "{field:?}");
            if let Some(pointer) = field.pointer {
                pointers += 1;
                assert_eq!(pointer.nonnull, attributes.has("nonnull"), "{field:?}");
                let is_depth_first = pointer.order == PointeeOrder::DepthFirst;
                assert_eq!(is_depth_first, attributes.has("marshall"), "{field:?}");
            }
        }
    }
    assert!(pointers > 10, "only {pointers}");
}

#[test]
fn everything_is_documented() {
    let model = model();
    let mut all: Vec<(String, &Docs)> = vec![("the protocol".to_owned(), &model.protocol.docs)];
    for definition in &model.types {
        match definition {
            TypeDef::Alias(alias) => all.push((alias.name.clone(), &alias.docs)),
            TypeDef::Enum(enumeration) => all.push((enumeration.name.clone(), &enumeration.docs)),
            TypeDef::Struct(body) => all.push((body.name.clone(), &body.docs)),
        }
    }
    for channel in &model.channels {
        all.push((channel.name.clone(), &channel.docs));
        for message in channel.server.iter().chain(&channel.client) {
            all.push((format!("{}.{}", channel.name, message.name), &message.docs));
        }
    }
    let bare = all.iter().filter(|(_, docs)| {
        let mut lines = docs.lines();
        !lines.any(|line| line.chars().any(char::is_alphabetic))
    });
    let bare: Vec<_> = bare.map(|(name, _)| name.clone()).collect();
    assert_none(&bare);
}

/// Converts a model to the form of the facts.
struct Facts<'m>(&'m Model);

impl Facts<'_> {
    fn all(&self) -> Value {
        let definitions = self.0.types.iter().filter_map(|ty| self.definition(ty));
        let channels = self.0.channels.iter().enumerate();
        let channels = channels.map(|(index, channel)| self.channel(ChannelId(index), channel));
        let protocol = &self.0.protocol;
        let entries = protocol.channels.iter().map(|entry| {
            let channel = &self.0.channels[entry.channel.0].name;
            json!({"name": entry.name, "id": entry.number, "channel": channel})
        });
        json!({
            "types": definitions.collect::<Vec<_>>(),
            "channels": channels.collect::<Vec<_>>(),
            "protocol": {"name": protocol.name, "channels": entries.collect::<Vec<_>>()},
        })
    }

    /// Converts a named definition. Inline structs and message bodies are converted where they are
    /// used.
    fn definition(&self, definition: &TypeDef) -> Option<Value> {
        let (mut fact, attributes) = match definition {
            TypeDef::Alias(alias) => (self.alias(alias), &alias.attributes),
            TypeDef::Enum(enumeration) => (items(enumeration), &enumeration.attributes),
            TypeDef::Struct(body) => {
                let kind = match body.origin {
                    Origin::Struct => "struct",
                    Origin::Message => "message",
                    Origin::Inline | Origin::Body { .. } => return None,
                };
                let members = self.members(body);
                let fact = json!({"kind": kind, "name": body.name, "fields": members});
                (fact, &body.attributes)
            }
        };
        add_attributes(&mut fact, attributes);
        Some(fact)
    }

    fn alias(&self, alias: &Alias) -> Value {
        json!({"kind": "typedef", "name": alias.name, "type": self.type_name(alias.target)})
    }

    fn type_name(&self, ty: TypeRef) -> String {
        match (ty.alias, ty.ty) {
            (Some(id), _) | (None, Type::Enum(id) | Type::Struct(id)) => self.name(id).to_owned(),
            (None, Type::Fd) => "unix_fd".to_owned(),
            (None, Type::Int(Int { bytes, signed })) => {
                let sign = if signed { "" } else { "u" };
                format!("{sign}int{}", u32::from(bytes) * 8)
            }
        }
    }

    fn name(&self, id: TypeId) -> &str {
        match &self.0.types[id.0] {
            TypeDef::Alias(alias) => &alias.name,
            TypeDef::Enum(enumeration) => &enumeration.name,
            TypeDef::Struct(body) => &body.name,
        }
    }

    fn members(&self, body: &Struct) -> Vec<Value> {
        let members = body.members.iter().map(|member| match member {
            Member::Field(field) => self.field(field, body),
            Member::Switch(switch) => self.switch(switch, body),
        });
        members.collect()
    }

    fn field(&self, field: &Field, body: &Struct) -> Value {
        let mut fact = json!({"name": field.name, "type": self.type_name(field.ty)});
        if field.pointer.is_some() {
            fact["pointer"] = json!(true);
        }
        if let Some(array) = field.array {
            fact["array"] = array_rule(array, body);
        }
        if let (None, Type::Struct(id)) = (field.ty.alias, field.ty.ty) {
            let inline = self.0.body(id).unwrap();
            if inline.origin == Origin::Inline {
                fact["inline_struct"] = json!({"fields": self.members(inline)});
                add_attributes(&mut fact["inline_struct"], &inline.attributes);
            }
        }
        add_attributes(&mut fact, &field.attributes);
        fact
    }

    fn switch(&self, switch: &Switch, body: &Struct) -> Value {
        let discriminant = &switch.discriminant;
        let enumeration = self.0.enumeration(discriminant.ty).unwrap();
        assert_eq!(enumeration.flags, discriminant.flags);
        let cases = switch.cases.iter().map(|case| {
            let labels = case_labels(case, enumeration);
            json!({"when": labels, "field": self.field(&case.field, body)})
        });
        let cases: Vec<_> = cases.collect();
        let path = self.discriminant_path(discriminant, body);
        let mut fact = json!({"name": switch.name, "switch": path, "cases": cases});
        add_attributes(&mut fact, &switch.attributes);
        fact
    }

    fn discriminant_path(&self, discriminant: &Discriminant, body: &Struct) -> String {
        let mut path = Vec::new();
        let mut at = body;
        for member in &discriminant.path {
            let Member::Field(field) = &at.members[*member] else {
                panic!(
                    "the discriminant path of {} goes through a switch",
                    body.name
                );
            };
            path.push(field.name.as_str());
            if let Type::Struct(id) = field.ty.ty {
                at = self.0.body(id).unwrap();
            }
        }
        path.join(".")
    }

    fn channel(&self, id: ChannelId, channel: &Channel) -> Value {
        let parent = channel.parent.map(|parent| &self.0.channels[parent.0].name);
        let own = |messages: &[Message]| -> Vec<Value> {
            let own = messages.iter().filter(|message| message.owner == id);
            own.map(|message| self.message(message)).collect()
        };
        let mut fact = json!({
            "name": channel.name,
            "base": parent,
            "server": own(&channel.server),
            "client": own(&channel.client),
        });
        add_attributes(&mut fact, &channel.attributes);
        fact
    }

    fn message(&self, message: &Message) -> Value {
        let body = self.0.body(message.body).unwrap();
        let mut fact = json!({"name": message.name, "id": message.id});
        if let Origin::Body { id, .. } = body.origin {
            assert_eq!(id, message.id);
            fact["body"] = json!({"fields": self.members(body)});
            add_attributes(&mut fact["body"], &body.attributes);
        } else {
            fact["message"] = json!(body.name);
        }
        fact
    }
}

fn items(enumeration: &Enum) -> Value {
    let flags = enumeration.flags;
    let items = enumeration.items.iter().map(|item| {
        let mut fact = match flags {
            true => {
                assert!(item.value.is_power_of_two(), "{}", item.name);
                json!({"name": item.name, "bit": item.value.trailing_zeros()})
            }
            false => json!({"name": item.name, "value": item.value}),
        };
        if item.deprecated {
            fact["deprecated"] = json!(true);
        }
        fact
    });
    let items: Vec<_> = items.collect();
    let kind = if flags { "flags" } else { "enum" };
    let bits = u32::from(enumeration.bytes) * 8;
    json!({"kind": kind, "name": enumeration.name, "bits": bits, "items": items})
}

fn array_rule(array: Array, body: &Struct) -> Value {
    match array {
        Array::Fixed(count) => json!({"kind": "fixed", "count": count}),
        Array::Count(count) => json!({"kind": "field", "field": count_name(count, body)}),
        Array::ImageSize { bits, width, rows } => json!({
            "kind": "image_size",
            "bits_per_pixel": bits,
            "width": member_name(&body.members[width]),
            "rows": member_name(&body.members[rows]),
        }),
        Array::CString => json!({"kind": "cstring"}),
        Array::Remaining => json!({"kind": "remaining"}),
    }
}

fn count_name(count: FieldRef, body: &Struct) -> &str {
    match (&body.members[count.member], count.case) {
        (Member::Switch(switch), Some(case)) => &switch.cases[case].field.name,
        (member, None) => member_name(member),
        (Member::Field(field), Some(_)) => panic!("{} has no cases", field.name),
    }
}

fn member_name(member: &Member) -> &str {
    match member {
        Member::Field(field) => &field.name,
        Member::Switch(switch) => &switch.name,
    }
}

fn case_labels(case: &Case, enumeration: &Enum) -> Vec<String> {
    let labels = case.labels.iter().map(|label| match *label {
        Label::Default => "default".to_owned(),
        Label::Item { item, negated } => {
            let sign = if negated { "!" } else { "" };
            format!("{sign}{}", enumeration.items[item].name)
        }
    });
    labels.collect()
}

fn add_attributes(fact: &mut Value, attributes: &Attributes) {
    if attributes.0.is_empty() {
        return;
    }
    let mut facts = Map::new();
    for attribute in &attributes.0 {
        let argument = match &attribute.argument {
            None => json!(true),
            Some(argument) => json!([argument]),
        };
        let before = facts.insert(attribute.name.clone(), argument);
        assert_eq!(before, None, "duplicate attribute @{}", attribute.name);
    }
    fact["attributes"] = Value::Object(facts);
}

fn as_struct(definition: &TypeDef) -> Option<&Struct> {
    match definition {
        TypeDef::Struct(body) => Some(body),
        TypeDef::Alias(_) | TypeDef::Enum(_) => None,
    }
}

fn fields(body: &Struct) -> impl Iterator<Item = &Field> {
    body.members.iter().flat_map(|member| match member {
        Member::Field(field) => vec![field],
        Member::Switch(switch) => switch.cases.iter().map(|case| &case.field).collect(),
    })
}

/// Converts lists whose order is irrelevant (definitions, channels, messages) to objects by name.
fn comparable(mut facts: Value) -> Value {
    for channel in facts["channels"].as_array_mut().unwrap() {
        for side in ["server", "client"] {
            channel[side] = by_name(channel[side].take());
        }
    }
    for list in ["types", "channels"] {
        facts[list] = by_name(facts[list].take());
    }
    facts
}

fn by_name(list: Value) -> Value {
    let Value::Array(list) = list else {
        panic!("{list} is not a list");
    };
    let mut object = Map::new();
    for fact in list {
        let name = fact["name"].as_str().unwrap().to_owned();
        assert!(!object.contains_key(&name), "duplicate name {name}");
        object.insert(name, fact);
    }
    Value::Object(object)
}

/// Reports every difference between two values.
fn compare(place: &str, expected: &Value, found: &Value, problems: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                match found.get(key) {
                    Some(found) => compare(&format!("{place}/{key}"), value, found, problems),
                    None => problems.push(format!("{place}: the model has no {key}: {value}")),
                }
            }
            for (key, value) in found.iter().filter(|(key, _)| !expected.contains_key(*key)) {
                problems.push(format!("{place}: the facts have no {key}: {value}"));
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                compare(&format!("{place}/{index}"), expected, found, problems);
            }
        }
        _ if expected == found => {}
        _ => problems.push(format!(
            "{place}: expected {expected}, the model has {found}"
        )),
    }
}

/// Collects the JSON pointers of all nested values.
fn pointers(place: &str, value: &Value, places: &mut Vec<String>) {
    let mut add = |key: &str, value: &Value| {
        let place = format!("{place}/{key}");
        pointers(&place, value, places);
        places.push(place);
    };
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| add(key, value)),
        Value::Array(list) => {
            let list = list.iter().enumerate();
            list.for_each(|(index, value)| add(&index.to_string(), value));
        }
        _ => {}
    }
}
