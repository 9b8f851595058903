//! `encode`.

use super::command::{folder, run, run_with_input};
use super::recorded::data;

/// The bodies of a file in `tests/data`, one a line.
fn bodies(name: &str) -> String {
    let text = std::fs::read_to_string(data(name)).unwrap();
    let rows = text.lines().map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        row
    });
    let rows = rows.filter(|row| row.get("link").is_none());
    rows.map(|row| format!("{}\n", row["hex"].as_str().unwrap()))
        .collect()
}

#[test]
fn decoded_test_data_encodes_to_the_same_bytes() {
    for name in ["qemu-spicy.jsonl", "reference.jsonl", "verdicts.jsonl"] {
        for options in [&[][..], &["--names"]] {
            let path = data(name);
            let decoded = run(&[&["decode", &path][..], options].concat());
            let ran = run_with_input(&["encode"], decoded.stdout.as_bytes());
            assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
            assert!(ran.stdout == bodies(name), "{name} {options:?}");
        }
    }
}

#[test]
fn fields_of_the_test_data_encode_to_its_bytes() {
    let ran = run(&["encode", &data("reference.jsonl")]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout == bodies("reference.jsonl"));
}

#[test]
fn captures_encode_to_their_bodies() {
    use super::recorded::{capture, channels, connections};
    use super::support::file::{Format, Link};
    let capture = capture(
        Format::Pcap,
        Link::Ethernet,
        false,
        &connections(false, true),
    );
    let decoded = super::command::decode(&["--names"], &capture);
    let ran = run_with_input(&["encode"], decoded.stdout.as_bytes());
    assert_eq!(ran.status, 0);
    let mut found: Vec<&str> = ran.stdout.lines().collect();
    found.sort_unstable();
    let rows = channels().into_iter().flat_map(|channel| channel.rows);
    let hex = |body: Vec<u8>| {
        body.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let mut expected: Vec<String> = rows.map(|row| hex(row.body)).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn changed_fields_win_over_the_bytes() {
    let row = |fields: &str| {
        format!(
            r#"{{"channel":"port","side":"server","message":"init","hex":"040000000a00000001ee6d6f6e00","fields":{fields}}}"#
        )
    };
    let same = row(r#"{"name_size":4,"name":"6d6f6e00","opened":1}"#);
    let ran = run_with_input(&["encode"], same.as_bytes());
    assert_eq!(ran.stdout, "040000000a00000001ee6d6f6e00\n");
    let changed = row(r#"{"name_size":4,"name":"6d6f6e00","opened":0}"#);
    let ran = run_with_input(&["encode"], changed.as_bytes());
    assert_eq!(ran.stdout, "0400000009000000006d6f6e00\n");
}

#[test]
fn fields_of_one_message_need_no_row() {
    let fields = r#"{"name_size":4,"name":"6d6f6e00","opened":1}"#;
    let arguments = ["encode", "--message", "port.server.init"];
    let ran = run_with_input(&arguments, fields.as_bytes());
    assert_eq!(
        (ran.status, ran.stdout.as_str()),
        (0, "0400000009000000016d6f6e00\n")
    );
    let folder = folder("encode");
    let path = folder.join("body");
    let arguments = [&arguments[..], &["--raw", "-o", path.to_str().unwrap()]].concat();
    let ran = run_with_input(&arguments, fields.as_bytes());
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
    assert_eq!(
        std::fs::read(path).unwrap(),
        b"\x04\0\0\0\x09\0\0\0\x01mon\0"
    );
}

#[test]
fn enums_are_names_or_numbers() {
    for fields in [
        r#"{"modifiers":["NUM_LOCK"]}"#,
        r#"{"modifiers":"NUM_LOCK"}"#,
        r#"{"modifiers":[2]}"#,
        r#"{"modifiers":2}"#,
    ] {
        let arguments = ["encode", "--message", "inputs.client.key_modifiers"];
        let ran = run_with_input(&arguments, fields.as_bytes());
        assert_eq!(
            (ran.status, ran.stdout.as_str()),
            (0, "0200\n"),
            "{fields} {}",
            ran.stderr
        );
    }
}

#[test]
fn lines_that_cannot_be_encoded_are_reported() {
    let input = "{\"name_size\":4}\n{\"name_size\":4,\"name\":\"6d6f6e00\",\"opened\":1}\n{\"name_size\":\"x\"}\n";
    let arguments = ["encode", "--message", "port.server.init"];
    let ran = run_with_input(&arguments, input.as_bytes());
    assert_eq!(
        (ran.status, ran.stdout.as_str()),
        (1, "0400000009000000016d6f6e00\n")
    );
    assert_eq!(
        ran.stderr,
        "spice-proto: <stdin>:1: name (byte 0): the field is missing\n\
         spice-proto: <stdin>:3: the fields: byte 13: expected pairs of hexadecimal digits\n"
    );
}
