//! Dissectors of other protos: the conformance protos, which use the whole language, on random bodies.

use std::path::Path;

use spice_proto_gen::model::{Model, Side};

use super::capture::Header;
use super::generated::dissector;
use super::prng::Prng;
use super::recorded::{check, model, wrap};
use super::rows::{Row, read};

/// Bodies for each message.
const BODIES: usize = 20;

/// Random bodies of all messages. Small numbers are frequent, so that counts and pointers are often valid.
fn random_rows(model: &Model, random: &mut Prng) -> Vec<Row> {
    let mut rows = Vec::new();
    for entry in &model.protocol.channels {
        let channel = &model.channels[entry.channel.0];
        for side in [Side::Server, Side::Client] {
            for message in channel.messages(side) {
                let bodies = (0..BODIES).map(|_| random_body(random));
                rows.extend(bodies.map(|body| Row {
                    channel_type: entry.number,
                    side,
                    id: message.id,
                    body,
                }));
            }
        }
    }
    rows
}

fn random_body(random: &mut Prng) -> Vec<u8> {
    let length = random.below(80);
    let zeros = random.below(100);
    let byte = |random: &mut Prng| match random.below(100) {
        percent if percent < zeros => 0,
        percent if percent % 8 == 0 => 0xff - random.below(3) as u8,
        percent if percent % 4 == 0 => random.below(256) as u8,
        _ => random.below(40) as u8,
    };
    (0..length).map(|_| byte(random)).collect()
}

pub fn random_bodies_of_the_conformance_protos_have_the_fields_of_the_interpreter() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = root.join("proto/conformance");
    let mut random = Prng::new(13);
    let mut messages = 0;
    let files = std::fs::read_dir(&folder).expect("the folder of the conformance protos");
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    names.sort();
    for name in names {
        let name = name.into_string().unwrap();
        let path = folder.join(&name);
        let arguments = [path.to_str().unwrap()];
        let tshark = dissector(&name, "own_1", &arguments);
        let model = model(&read(&format!("proto/conformance/{name}")));
        let (capture, rows) = wrap(random_rows(&model, &mut random), Header::Mini, 1460);
        check(&tshark, &model, &capture, &rows, &[]);
        messages += rows.len();
    }
    assert!(messages > 3000, "{messages} messages");
}
