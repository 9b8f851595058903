//! `spice-proto decode` on the captures of live sessions.

use std::collections::BTreeMap;

use serde_json::Value;

use super::examples::tool;
use super::spy::Spy;

/// Number of messages by channel, side and name.
type Counts = BTreeMap<[String; 3], u64>;

/// Returns the lines that `decode` prints for the capture.
fn decode(spy: &Spy, options: &[&str]) -> Vec<Value> {
    let mut command = tool("spice-proto");
    command.arg("decode").arg(spy.packets()).args(options);
    let output = command.output().expect("run `spice-proto`");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let rows = text.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>().expect("JSON Lines")
}

fn text(row: &Value, member: &str) -> String {
    let text = row[member].as_str();
    text.unwrap_or_else(|| panic!("no {member} in {row}"))
        .to_owned()
}

/// Returns the numbers in the summary of the proxy.
fn counts_of_proxy(spy: &Spy) -> Counts {
    let mut counts = Counts::new();
    for line in spy.output().lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [count, bytes, channel, side, name] = words.as_slice()
            && let (Ok(count), Ok(_)) = (count.parse(), bytes.parse::<u64>())
        {
            counts.insert([channel, side, name].map(|word| (*word).to_owned()), count);
        }
    }
    counts
}

/// Checks that `decode` finds the messages that the proxy saw, and decodes all of them.
pub fn assert_same_counts(spy: &Spy) {
    let expected = counts_of_proxy(spy);
    assert!(!expected.is_empty(), "{}", spy.output());
    let key = |row: &Value| ["channel", "side", "message"].map(|member| text(row, member));
    let mut counts = Counts::new();
    for row in decode(spy, &[]) {
        if row.get("event").is_none() {
            assert!(row["fields"].is_object(), "{row}");
            *counts.entry(key(&row)).or_default() += 1;
        }
    }
    assert_eq!(counts, expected);
    let mut statistics = decode(spy, &["--stats"]);
    let total = statistics.pop().expect("a line with the total");
    assert_eq!(total["total"]["missing_bytes"], 0, "{total}");
    let count = |row: &Value| (key(row), row["count"].as_u64().expect("a count"));
    let counts: Counts = statistics.iter().map(count).collect();
    assert_eq!(counts, expected);
}
