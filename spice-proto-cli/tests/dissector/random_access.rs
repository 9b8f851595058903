//! Packets in any order, as Wireshark's window shows them: `sharkd` is its core without the window.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::capture::Header;
use super::generated::{BUILT_IN, dissector};
use super::prng::Prng;
use super::programs::require;
use super::recorded::wrap;
use super::rows;

const PROGRAM: &str = "sharkd";

/// The names of messages, by the number of the packet.
type Names = BTreeMap<u64, Vec<String>>;

/// Collects the names of messages in a tree of fields.
fn collect(fields: &Value, names: &mut Vec<String>) {
    for field in fields.as_array().into_iter().flatten() {
        let filter = field["f"].as_str().unwrap_or_default();
        if let Some(name) = filter.strip_prefix("spice_gen.message == ") {
            names.push(name.trim_matches('"').to_owned());
        }
        collect(&field["n"], names);
    }
}

pub fn packets_in_any_order_have_the_same_messages() {
    require(&[PROGRAM]);
    let tshark = dissector("random_access", "spice_gen", BUILT_IN);
    // The program loads dissectors from the user's folder of plugins.
    let plugins = tshark.folder.join(".local/lib/wireshark/plugins");
    fs::create_dir_all(&plugins).unwrap();
    fs::rename(
        tshark.folder.join("dissector.lua"),
        plugins.join("dissector.lua"),
    )
    .unwrap();
    let mut random = Prng::new(3);
    for (header, segment) in [(Header::Mini, 100), (Header::Full, 30)] {
        let (capture, rows) = wrap(rows::rows("qemu-spicy.jsonl"), header, segment);
        let path = capture.save(&tshark.folder);
        let mut requests = vec![json!({
            "jsonrpc": "2.0", "id": 1, "method": "load", "params": { "file": path }
        })];
        let frames = (1..=capture.packets()).chain(1..=capture.packets());
        let mut frames: Vec<_> = frames.map(|frame| (random.next(), frame)).collect();
        frames.sort_unstable();
        requests.extend(frames.iter().zip(2..).map(|((_, frame), id)| {
            json!({
                "jsonrpc": "2.0", "id": id, "method": "frame",
                "params": { "frame": frame, "proto": true }
            })
        }));
        let mut process = Command::new(PROGRAM)
            .arg("-")
            .env("HOME", &tshark.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("start the program");
        let mut input = process.stdin.take().unwrap();
        let lines: String = requests
            .iter()
            .map(|request| format!("{request}\n"))
            .collect();
        let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
        let output = process.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let replies = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("a JSON reply"));
        let mut shown = Names::new();
        for (reply, (_, frame)) in replies.skip(1).zip(&frames) {
            let reply: Value = reply;
            let mut names = Vec::new();
            collect(&reply["result"]["tree"], &mut names);
            let first = shown.entry(*frame).or_insert_with(|| names.clone());
            assert_eq!(*first, names, "packet {frame}");
        }
        assert_eq!(shown.len() as u64, capture.packets());
        assert_eq!(shown.values().flatten().count(), rows.len());
    }
}
