//! Facts about the protocol, read from `tests/data/spice.json`.

use serde::Deserialize;
use serde_json::Value;
use spice_messages::wire::Side;

use super::read;
use super::rows::Row;

/// All facts.
#[derive(Deserialize)]
pub struct Facts {
    pub types: Vec<Value>,
    pub channels: Vec<Channel>,
    pub protocol: Protocol,
}

/// A channel definition with its own messages, without inherited ones.
#[derive(Deserialize)]
pub struct Channel {
    pub name: String,
    pub base: Option<String>,
    pub server: Vec<Message>,
    pub client: Vec<Message>,
}

/// A message with its body, or with the name of the shared definition that is its body.
#[derive(Deserialize)]
pub struct Message {
    pub name: String,
    pub id: u16,
    pub body: Option<Value>,
    pub message: Option<String>,
}

#[derive(Deserialize)]
pub struct Protocol {
    pub channels: Vec<ProtocolChannel>,
}

/// A channel of the protocol.
#[derive(Deserialize)]
pub struct ProtocolChannel {
    pub name: String,
    pub id: u8,
    /// The name of the channel's definition.
    pub channel: String,
}

/// Returns the facts as JSON.
pub fn json() -> Value {
    serde_json::from_str(&read("tests/data/spice.json")).expect("spice.json is valid JSON")
}

impl Facts {
    pub fn load() -> Self {
        serde_json::from_value(json()).expect("spice.json has the expected structure")
    }

    /// Returns the definition with this name.
    pub fn channel(&self, name: &str) -> &Channel {
        let found = self.channels.iter().find(|channel| channel.name == name);
        found.unwrap_or_else(|| panic!("no channel {name}"))
    }

    /// Iterates over this definition and its ancestors, nearest first.
    pub fn lineage<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f Channel> {
        let next = |channel: &&'f Channel| Some(self.channel(channel.base.as_deref()?));
        std::iter::successors(Some(self.channel(name)), next)
    }

    /// Iterates over this definition and its descendants.
    pub fn descendants<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f Channel> {
        self.channels.iter().filter(move |channel| {
            let mut lineage = self.lineage(&channel.name);
            lineage.any(|ancestor| ancestor.name == name)
        })
    }

    /// Returns the definition that a row's message belongs to, and the message.
    pub fn owner(&self, row: &Row) -> (&Channel, &Message) {
        let mut channels = self.protocol.channels.iter();
        let channel = channels.find(|channel| channel.id == row.channel_type.0);
        let channel = channel.expect("the protocol has the row's channel");
        let found = self.lineage(&channel.channel).find_map(|channel| {
            let mut messages = channel.messages(row.side).iter();
            let message = messages.find(|message| message.id == row.id)?;
            Some((channel, message))
        });
        found.unwrap_or_else(|| panic!("no message {}", row.path()))
    }

    /// Whether a row contains a null pointer to an array whose count is not zero.
    pub fn has_null_array_with_count(&self, row: &Row) -> bool {
        let (_, message) = self.owner(row);
        let body = match (&message.body, &message.message) {
            (Some(body), _) => Some(body),
            (None, Some(name)) => self.body(name),
            (None, None) => None,
        };
        let body = body.unwrap_or_else(|| panic!("{} has no body", row.path()));
        self.null_array_in(body, &row.fields)
    }

    /// Returns the definition of a struct or message.
    fn body(&self, name: &str) -> Option<&Value> {
        let mut types = self.types.iter();
        types.find(|definition| definition["name"] == name && definition["fields"].is_array())
    }

    fn null_array_in(&self, body: &Value, values: &Value) -> bool {
        elements(&body["fields"]).any(|member| {
            let name = text(&member["name"]);
            elements(&member["cases"]).any(|case| {
                let field = &case["field"];
                let value = values[name].get(text(&field["name"]));
                value.is_some_and(|value| self.null_array_at(field, value, values))
            }) || self.null_array_at(member, &values[name], values)
        })
    }

    /// Whether `value` is or contains such a pointer. `values` is the body that contains the field.
    fn null_array_at(&self, field: &Value, value: &Value, values: &Value) -> bool {
        let definition = match field.get("inline_struct") {
            Some(inline) => Some(inline),
            None => field.get("type").and_then(|name| self.body(text(name))),
        };
        match (value, definition) {
            (Value::Null, _) => field["array"].get("field").is_some_and(|count| {
                let count = find_count(values, text(count));
                field["pointer"] == true && count != 0
            }),
            (Value::Array(values), Some(body)) => {
                values.iter().any(|value| self.null_array_in(body, value))
            }
            (Value::Object(_), Some(body)) => self.null_array_in(body, value),
            _ => false,
        }
    }
}

impl Channel {
    /// Returns the definition's own messages that a side sends.
    pub fn messages(&self, side: Side) -> &[Message] {
        match side {
            Side::Server => &self.server,
            Side::Client => &self.client,
        }
    }
}

/// Returns the value of a count, which is in the body or in a case of one of its switches.
fn find_count(values: &Value, name: &str) -> u64 {
    let body = values.as_object().into_iter();
    let found = values.get(name).or_else(|| {
        let mut parts = body.flat_map(|body| body.values());
        parts.find_map(|part| part.get(name))
    });
    let count = found.and_then(Value::as_u64);
    count.unwrap_or_else(|| panic!("no count {name} in {values}"))
}

fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
