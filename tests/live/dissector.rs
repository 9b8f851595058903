//! Comparison of the generated dissector with the interpreter: `tshark` shows the same fields of all messages that
//! the proxy saw.

use std::collections::BTreeMap;
use std::fs;

use spice_proto_gen::Analysis;
use spice_proto_gen::backend::lua::{self, Options};
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{Model, Side};

use super::programs::require;
use super::recorded_traffic::Recorded;
use super::spy::Spy;
use super::temp_dir::TempDir;

use self::pdml::Element;
use self::rows::Row;
use self::tshark::Tshark;

#[path = "../../spice-proto-cli/tests/dissector/fields.rs"]
mod fields;
#[path = "../../spice-proto-cli/tests/dissector/pdml.rs"]
mod pdml;
#[path = "../../spice-proto-cli/tests/dissector/rows.rs"]
#[allow(dead_code)]
mod rows;
#[path = "../../spice-proto-cli/tests/dissector/tshark.rs"]
mod tshark;

/// Messages of one side of a channel.
type Streams<T> = BTreeMap<(u8, &'static str), Vec<T>>;

fn spice() -> Model {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/proto/spice.proto");
    let text = fs::read(path).expect("read the proto");
    Analysis::new(&text, &Levels::default())
        .model
        .expect("a valid proto")
}

fn row(recorded: &Recorded) -> Row {
    Row {
        channel_type: recorded.channel_type.0,
        side: match recorded.side.name() {
            "server" => Side::Server,
            _ => Side::Client,
        },
        id: recorded.id,
        body: recorded.body.clone(),
    }
}

/// The channel and the side of a message that `tshark` shows.
fn stream(tshark: &Tshark, shown: &Element) -> (u8, &'static str) {
    let channel = shown.text(&tshark.name("channel")).expect("a channel");
    let path = shown
        .text(&tshark.name("message"))
        .expect("a known message");
    let side = match path.split('.').nth(1) {
        Some("server") => "server",
        _ => "client",
    };
    (channel.parse().expect("a number"), side)
}

/// Checks that `tshark` shows the messages of the proxy's capture with the fields of the interpreter.
pub fn assert_same_fields(spy: &Spy, messages: &[Recorded]) {
    require(&[tshark::PROGRAM]);
    let model = spice();
    let options = Options::default();
    let folder = TempDir::new();
    let text = lua::generate(&model, &options);
    let tshark = Tshark::new(folder.path().to_owned(), &options.prefix, &text);
    let (mut expected, mut shown) = (Streams::<Row>::new(), Streams::<Element>::new());
    for message in messages {
        let row = row(message);
        let stream = (row.channel_type, fields::side_name(row.side));
        expected.entry(stream).or_default().push(row);
    }
    for message in tshark.messages(&spy.packets(), &[]) {
        let stream = stream(&tshark, &message);
        shown.entry(stream).or_default().push(message);
    }
    let count = |streams: Vec<(&(u8, &'static str), usize)>| format!("{streams:?}");
    let expected_counts = expected.iter().map(|(stream, rows)| (stream, rows.len()));
    let shown_counts = shown.iter().map(|(stream, rows)| (stream, rows.len()));
    assert_eq!(
        count(shown_counts.collect()),
        count(expected_counts.collect())
    );
    for (row, shown) in expected.values().flatten().zip(shown.values().flatten()) {
        if let Err(problem) = fields::compare(&tshark, &model, row, shown) {
            panic!("{row:?}: {problem}");
        }
    }
}
