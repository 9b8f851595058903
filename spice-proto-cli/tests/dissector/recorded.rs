//! All messages of `tests/data`, in captures with both headers.

use std::collections::BTreeMap;

use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{Model, Side};

use super::capture::{Capture, Header};
use super::fields::compare;
use super::generated::{BUILT_IN, dissector};
use super::rows::{self, Row, hex};
use super::tshark::Tshark;

/// The model of a proto.
pub fn model(proto: &str) -> Model {
    let analysis = Analysis::new(proto.as_bytes(), &Levels::default());
    analysis.model.expect("the proto has no errors")
}

/// A capture with a connection for each channel: first the messages of the server, then those of the client.
/// Returns the rows in the order of the capture.
pub fn wrap(rows: Vec<Row>, header: Header, segment: usize) -> (Capture, Vec<Row>) {
    let mut channels: BTreeMap<(u8, Side), Vec<Row>> = BTreeMap::new();
    for row in rows {
        channels
            .entry((row.channel_type, row.side))
            .or_default()
            .push(row);
    }
    let (mut capture, mut ordered) = (Capture::new(), Vec::new());
    let types: Vec<u8> = channels.keys().map(|(channel, _)| *channel).collect();
    for channel_type in types {
        let mut connection = capture.link(channel_type, header, segment);
        for side in [Side::Server, Side::Client] {
            let rows = channels.remove(&(channel_type, side)).unwrap_or_default();
            let messages = rows
                .iter()
                .map(|row| connection.message(side, row.id, &row.body, 0));
            let bytes = messages.collect::<Vec<_>>().concat();
            connection.send(&mut capture, side, &bytes);
            ordered.extend(rows);
        }
        if channels.is_empty() {
            break;
        }
    }
    (capture, ordered)
}

/// Fails with the first ten problems if there are any.
#[track_caller]
pub fn assert_none(problems: &[String]) {
    let shown = problems
        .iter()
        .take(10)
        .map(String::as_str)
        .collect::<Vec<_>>();
    assert!(
        problems.is_empty(),
        "{} problems:\n{}",
        problems.len(),
        shown.join("\n")
    );
}

/// Compares all messages of a capture with the interpreter.
#[track_caller]
pub fn check(tshark: &Tshark, model: &Model, capture: &Capture, rows: &[Row], options: &[&str]) {
    let shown = tshark.messages(&capture.save(&tshark.folder), options);
    assert_eq!(shown.len(), rows.len());
    let problems = rows.iter().zip(&shown).filter_map(|(row, shown)| {
        let problem = compare(tshark, model, row, shown).err()?;
        let (channel, id, body) = (row.channel_type, row.id, hex(&row.body));
        Some(format!(
            "channel {channel}, {:?}, id {id}, {body}: {problem}",
            row.side
        ))
    });
    assert_none(&problems.collect::<Vec<_>>());
}

fn check_file(name: &str, count: usize, header: Header, segment: usize, options: &[&str]) {
    let test = format!("{name}-{header:?}-{segment}");
    let tshark = dissector(&test, "spice_gen", BUILT_IN);
    let (capture, rows) = wrap(rows::rows(name), header, segment);
    assert_eq!(rows.len(), count);
    let model = model(&rows::read("proto/spice.proto"));
    check(&tshark, &model, &capture, &rows, options);
}

pub fn recorded_messages_have_the_fields_of_the_interpreter() {
    check_file("qemu-spicy.jsonl", 314, Header::Mini, 1460, &[]);
    check_file("qemu-spicy.jsonl", 314, Header::Full, 536, &["-2"]);
}

pub fn reference_messages_have_the_fields_of_the_interpreter() {
    check_file("reference.jsonl", 1092, Header::Full, 1460, &[]);
    check_file("reference.jsonl", 1092, Header::Mini, 100, &["-2"]);
}

pub fn altered_messages_have_the_fields_or_the_error_of_the_interpreter() {
    check_file("verdicts.jsonl", 4000, Header::Mini, 1460, &[]);
    check_file("verdicts.jsonl", 4000, Header::Full, 1460, &["-2"]);
}
