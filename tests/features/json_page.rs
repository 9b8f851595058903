//! The examples of `docs/json.md` are what both dialects print and read.

use serde_json::{Value, from_str, from_value, json, to_value};
use spice_dynamic::Value as WireValue;
use spice_messages::Message;
use spice_messages::wire::{Encode, Fds, Side};
use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{self, Model, TypeId};

use crate::common::read;
use crate::fences::{Fence, bytes, fences};

/// Channel, side and name of a message.
fn parts(path: &str) -> [&str; 3] {
    let parts: Vec<_> = path.split('.').collect();
    parts.try_into().expect("a path has three parts")
}

/// The channel, side, id and body of a message.
fn find(model: &Model, path: &str) -> (u8, Side, u16, TypeId) {
    let [channel, side, name] = parts(path);
    let mut entries = model.protocol.channels.iter();
    let entry = entries.find(|entry| entry.name == channel).unwrap();
    let (side, sender) = match side {
        "server" => (Side::Server, model::Side::Server),
        _ => (Side::Client, model::Side::Client),
    };
    let mut messages = model.channels[entry.channel.0].messages(sender).iter();
    let message = messages.find(|message| message.name == name).unwrap();
    (entry.number, side, message.id, message.body)
}

/// An example: a body and its forms.
struct Example<'f> {
    path: &'f str,
    body: Vec<u8>,
    forms: &'f [Fence],
}

impl Example<'_> {
    fn check(&self, model: &Model) {
        let (channel, side, id, type_id) = find(model, self.path);
        let message = Message::decode(channel.into(), side, id, &self.body, Fds::none()).unwrap();
        let full = to_value(&message).unwrap();
        let [channel, side, name] = parts(self.path);
        let value = &full[side][channel][name];
        let decoded = spice_dynamic::decode(model, type_id, &self.body).unwrap();
        assert!(decoded.trailing.is_empty(), "{}", self.path);
        for form in self.forms {
            let shown: Value = from_str(&form.text).unwrap();
            if form.has("wire") {
                let printed: Value = from_str(&decoded.value.to_json()).unwrap();
                assert_eq!(printed, shown, "{}", self.path);
                let parsed = WireValue::from_json(&form.text).unwrap();
                let encoded = spice_dynamic::encode(model, type_id, &parsed).unwrap();
                assert_eq!(encoded, self.body, "{}", self.path);
                continue;
            }
            let tagged = match form.has("message") {
                true => shown,
                false => {
                    assert_eq!(*value, shown, "{}", self.path);
                    json!({ side: { channel: { name: shown } } })
                }
            };
            assert_eq!(full, tagged, "{}", self.path);
            let parsed: Message<'_> = from_value(tagged).unwrap();
            assert_eq!(parsed.encode_to_vec().unwrap(), self.body, "{}", self.path);
        }
    }
}

#[test]
fn examples_of_the_page_are_printed_and_read() {
    let model = Analysis::new(read("proto/spice.proto").as_bytes(), &Levels::default()).model;
    let model = model.unwrap();
    let fences = fences(&read("docs/json.md"));
    let mut examples = 0;
    for chunk in fences.chunk_by(|_, next| next.language == "json") {
        let [body, forms @ ..] = chunk else {
            panic!("an example has a body");
        };
        let path = body.get("message").unwrap();
        let dialects = ["serde", "wire"].map(|dialect| forms.iter().any(|form| form.has(dialect)));
        assert_eq!(dialects, [true; 2], "{path} has both dialects");
        let body = bytes(&body.text);
        Example { path, body, forms }.check(&model);
        examples += 1;
    }
    assert_eq!(examples, 9);
}

#[test]
fn dialects_do_not_read_each_other() {
    let serde = r#"{"name":"org.qemu.0","opened":1}"#;
    assert!(WireValue::from_json(serde).is_err());
    let wire = r#"{"name_size":1,"name":"00","opened":1}"#;
    let init: spice_messages::port::server::Init<'_> = from_str(wire).unwrap();
    // The digits are text there.
    assert_eq!(init.name, "00");
}
