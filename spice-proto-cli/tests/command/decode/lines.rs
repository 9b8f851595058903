//! The lines of the output, and the options that select them.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use serde_json::Value;

use super::command::{assert_golden, command, decode, folder, run, run_with_input};
use super::recorded::{capture, capture_of, channel, connections, data, session};
use super::support::From;
use super::support::file::{Format, Link};

fn recorded() -> Vec<u8> {
    capture(
        Format::Pcap,
        Link::Ethernet,
        false,
        &connections(false, true),
    )
}

/// An inputs channel with a message that does not decode, an unknown one, and one with trailing bytes.
fn problems() -> Vec<u8> {
    let channel = channel("inputs");
    let mut session = session(&channel, false, 50_000, true);
    session.message(From::Server, 101, &[4, 0]);
    session.message(From::Client, 111, &[1, 0, 0]);
    session.message(From::Client, 999, &[1, 2, 3]);
    session.message(From::Client, 101, &[0x1e, 0, 0, 0, 0xee]);
    session.message(From::Client, 113, &[4, 1, 0]);
    capture_of(&session.connection)
}

#[test]
fn json_lines_have_all_members() {
    let ran = decode(&[], &problems());
    assert_eq!(ran.status, 1);
    assert_golden("problems.jsonl", &ran.stdout);
    let ran = decode(&["--names"], &problems());
    assert_golden("problems-names.jsonl", &ran.stdout);
}

#[test]
fn table_is_for_people() {
    let ran = decode(&["--table"], &problems());
    assert_eq!(ran.status, 1);
    assert_golden("problems.txt", &ran.stdout);
    let ran = decode(&["--table", "--color", "always"], &problems());
    assert_golden("problems-color.txt", &ran.stdout);
    let ran = decode(&["--table", "--limit", "60"], &recorded());
    assert_golden("recorded.txt", &ran.stdout);
}

#[test]
fn statistics_count_messages_and_bytes() {
    let ran = decode(&["--stats"], &recorded());
    assert_eq!(ran.status, 0);
    assert_golden("stats.jsonl", &ran.stdout);
    let rows = ran.rows();
    let (total, rows) = rows.split_last().unwrap();
    let sum = |name: &str| -> u64 { rows.iter().map(|row| row[name].as_u64().unwrap()).sum() };
    assert_eq!(total["total"]["messages"], 314);
    assert_eq!(sum("count"), 314);
    assert_eq!(total["total"]["bytes"], sum("bytes"));
    let ran = decode(&["--stats", "--table"], &recorded());
    assert_golden("stats.txt", &ran.stdout);
    let ran = decode(&["--stats", "--table"], &problems());
    assert_eq!(ran.status, 1);
    assert_golden("problems-stats.txt", &ran.stdout);
}

#[test]
fn channels_and_messages_are_selected() {
    let all = decode(&[], &recorded()).messages();
    let select = |arguments: &[&str]| decode(arguments, &recorded()).messages();
    let expect = |wanted: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        all.iter().filter(|row| wanted(row)).cloned().collect()
    };
    let display = expect(&|row| row["channel"] == "display");
    assert!(!display.is_empty() && display.len() < all.len());
    assert_eq!(select(&["--channel", "display"]), display);
    assert_eq!(select(&["--channel", "2"]), display);
    let both = expect(&|row| row["channel"] == "display" || row["channel"] == "port");
    assert_eq!(select(&["--channel", "display", "--channel", "port"]), both);
    let draw_copy = expect(&|row| row["message"] == "draw_copy");
    assert!(!draw_copy.is_empty());
    for pattern in [
        "draw_copy",
        "304",
        "display.draw_copy",
        "display.server.draw_copy",
    ] {
        assert_eq!(select(&["--message", pattern]), draw_copy);
    }
    let ping = expect(&|row| row["message"] == "ping" && row["channel"] == "display");
    assert_eq!(select(&["--channel", "display", "--message", "ping"]), ping);
    assert_eq!(
        select(&["--message", "draw_copy", "--limit", "2"]),
        draw_copy[..2]
    );
    for (arguments, error) in [
        (
            ["--message", "draw_cpoy"],
            "the proto has no message `draw_cpoy`",
        ),
        (
            ["--channel", "displya"],
            "the proto has no channel `displya`",
        ),
    ] {
        let ran = run_with_input(&[&["decode"][..], &arguments].concat(), &recorded());
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
        assert_eq!(ran.stderr, format!("spice-proto: {error}\n"));
    }
}

#[test]
fn output_can_be_a_file() {
    let folder = folder("output");
    let path = folder.join("lines.jsonl");
    let ran = decode(&["-o", path.to_str().unwrap()], &problems());
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, decode(&[], &problems()).stdout);
}

#[test]
fn one_body_is_decoded() {
    let init = "0400000009000000016d6f6e00";
    let expected = r#"{"channel":"port","channel_type":10,"side":"server","message":"init","id":201,"size":13,"fields":{"name_size":4,"name":"6d6f6e00","opened":1}}"#;
    let ran = run(&["decode", "--message", "port.server.init", "--hex", init]);
    assert_eq!((ran.status, ran.stdout.trim_end()), (0, expected));
    let bytes = super::recorded::unhex(init);
    let ran = decode(&["--message", "port.server.init", "--body"], &bytes);
    assert_eq!((ran.status, ran.stdout.trim_end()), (0, expected));
    let ran = run(&["decode", "--message", "port.server.init", "--hex", "04"]);
    assert_eq!(ran.status, 1);
    assert_eq!(ran.rows()[0]["error"]["field"], "name_size");
    for (message, digits, error) in [
        (
            "init",
            "00",
            "`init` names 6 messages, such as `main.server.init`: name one of them",
        ),
        (
            "port.init",
            "0",
            "`--hex` needs pairs of hexadecimal digits",
        ),
    ] {
        let ran = run(&["decode", "--message", message, "--hex", digits]);
        assert_eq!(
            (ran.status, ran.stderr),
            (2, format!("spice-proto: {error}\n"))
        );
    }
}

#[test]
fn rows_of_the_test_data_are_decoded() {
    let ran = run(&["decode", &data("reference.jsonl")]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let text = std::fs::read_to_string(data("reference.jsonl")).unwrap();
    let rows = ran.rows();
    assert_eq!(rows.len(), text.lines().count());
    for (line, row) in text.lines().zip(rows) {
        let expected: Value = serde_json::from_str(line).unwrap();
        for member in ["channel", "channel_type", "side", "message", "id", "fields"] {
            assert_eq!(row[member], expected[member], "{line}");
        }
    }
    let ran = run(&["decode", &data("verdicts.jsonl")]);
    assert_eq!(ran.status, 1);
    let text = std::fs::read_to_string(data("verdicts.jsonl")).unwrap();
    for (line, row) in text.lines().zip(ran.rows()) {
        let expected: Value = serde_json::from_str(line).unwrap();
        assert_eq!(row.get("fields"), expected.get("fields"), "{line}");
        if expected["accept"] == false {
            assert_eq!(row["hex"], expected["hex"]);
            assert!(row["error"]["text"].is_string(), "{row}");
        }
    }
}

#[test]
fn invalid_rows_are_reported_with_their_line() {
    let input = b"{\"channel\":\"port\",\"side\":\"server\",\"message\":\"init\",\"hex\":\"0g\"}\n\n{\"channel\":\"port\"}\n{]\n{\"channel_type\":300,\"side\":\"server\",\"id\":1,\"hex\":\"\"}\n";
    let ran = run_with_input(&["decode"], input);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    let errors: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(errors.len(), 4, "{}", ran.stderr);
    assert_eq!(
        errors[0],
        "spice-proto: <stdin>:1: `hex` must be pairs of hexadecimal digits"
    );
    assert!(
        errors[1].starts_with("spice-proto: <stdin>:3: "),
        "{}",
        errors[1]
    );
    assert!(errors[2].starts_with("spice-proto: <stdin>:4: expected a JSON object: "));
}

#[test]
fn own_proto_replaces_spice() {
    let folder = folder("proto");
    let proto = folder.join("echo.proto");
    let text = "channel Echo { server: message { uint8 n; } list = 8; message { uint8 a; } a = 9; };\nprotocol P { Echo echo = 3; };\n";
    std::fs::write(&proto, text).unwrap();
    let channel = channel("inputs");
    let mut session = session(&channel, false, 50_000, true);
    session.message(From::Server, 9, &[7]);
    let capture = capture_of(&session.connection);
    let ran = decode(&["--proto", proto.to_str().unwrap()], &capture);
    assert_eq!(ran.status, 0);
    assert_eq!(ran.messages()[0]["channel"], "echo");
    assert_eq!(ran.messages()[0]["fields"]["a"], 7);
}

#[test]
fn live_capture_is_printed_packet_by_packet() {
    use std::io::Write;
    let mut child = command(&["decode"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let channel = channel("inputs");
    let mut session = session(&channel, false, 50_000, true);
    session.message(From::Server, 101, &[4, 0]);
    stdin.write_all(&capture_of(&session.connection)).unwrap();
    // The input is still open.
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert!(line.contains("\"linked\""), "{line}");
    line.clear();
    lines.read_line(&mut line).unwrap();
    assert!(line.contains("\"message\":\"init\""), "{line}");
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn closed_pipe_ends_the_command_quietly() {
    let mut child = command(&["decode", &data("verdicts.jsonl")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut start = [0; 10];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut start).unwrap();
    drop(stdout);
    let ran = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(ran.stderr).unwrap(), "");
    assert!(ran.status.code().is_some_and(|code| code < 2));
}

#[test]
fn progress_is_shown_on_a_terminal_for_large_files() {
    // `script` runs a command on a terminal.
    let has_terminal = std::process::Command::new("script")
        .arg("--version")
        .output();
    if has_terminal.is_err() {
        return;
    }
    let channel = channel("display");
    let mut session = session(&channel, false, 50_000, true);
    for _ in 0..100 {
        session.message(From::Server, 304, &[0; 100_000]);
    }
    let folder = folder("progress");
    let path = folder.join("large.pcap");
    let run = |capture: &[u8]| {
        std::fs::write(&path, capture).unwrap();
        let program = env!("CARGO_BIN_EXE_spice-proto");
        let line = format!("{program} decode --stats --message ping {}", path.display());
        let output = std::process::Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .stdin(Stdio::null())
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let large = run(&capture_of(&session.connection));
    assert!(large.contains("% of 10 MB, "), "{large}");
    // The bar is removed before the output.
    let (_, end) = large.rsplit_once("MB/s").unwrap();
    assert!(end.contains("\r\x1b[K{\"total\":"), "{large}");
    assert!(!run(&recorded()).contains("MB/s"));
}
