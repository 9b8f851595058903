//! Comparison with `tshark`: it decodes the proxy's capture without errors, and with the same names.

use std::collections::BTreeMap;
use std::time::Duration;

use spice_messages::wire::{Fds, Side};
use spice_messages::{Message, inputs};

use super::link_support::Recorded;
use super::process::{self, Process};
use super::programs::available;
use super::spy::Spy;

const DECODER: &str = "tshark";
const LIMIT: Duration = Duration::from_secs(60);

/// Names of messages, by channel and sender.
type Names = BTreeMap<(String, &'static str), Vec<String>>;

/// Channels that tshark does not decode.
const UNSUPPORTED: [&str; 3] = ["port", "webdav", "usbredir"];

/// Returns the output of tshark for the capture: one line per packet.
fn read(spy: &Spy, options: &[&str]) -> String {
    let mut command = process::command(DECODER);
    command
        .arg("-r")
        .arg(spy.packets())
        .args(["-d", &format!("tcp.port=={},spice", spy.port())])
        .args(options);
    let mut decoder = Process::start(DECODER, &mut command);
    let ended = decoder.wait_for_end(LIMIT);
    assert!(ended.success(), "{}", decoder.all());
    decoder.output()
}

/// Returns the names that tshark gives to the messages.
fn tshark_names(spy: &Spy) -> Names {
    let fields = [
        "-T",
        "fields",
        "-e",
        "_ws.col.Protocol",
        "-e",
        "_ws.col.Info",
    ];
    let mut names = Names::new();
    for line in read(spy, &fields).lines() {
        let Some((protocol, info)) = line.split_once('\t') else {
            continue;
        };
        let Some(channel) = protocol.strip_prefix("Spice ") else {
            continue;
        };
        for name in info.split(", ") {
            let side = match name.split_once(' ') {
                Some(("Server", name)) if is_message(name) => Some(("server", name)),
                Some(("Client", name)) if is_message(name) => Some(("client", name)),
                _ => None,
            };
            if let Some((side, name)) = side {
                let key = (channel.to_lowercase(), side);
                names.entry(key).or_default().push(name.to_lowercase());
            }
        }
    }
    names
}

/// Returns whether a name is in capitals, as tshark writes the names of messages.
fn is_message(name: &str) -> bool {
    !name.chars().any(char::is_lowercase)
}

/// Returns the names that our protocol gives to the messages.
fn our_names(messages: &[Recorded]) -> Names {
    let mut names = Names::new();
    for row in messages {
        let channel = row.channel_type.name().expect("a known channel");
        if UNSUPPORTED.contains(&channel) {
            continue;
        }
        let message = Message::decode(row.channel_type, row.side, row.id, &row.body, Fds::none());
        message.expect("a valid message");
        let name = row.channel_type.message_name(row.side, row.id);
        let name = name.expect("a known message");
        let key = (channel.to_owned(), row.side.name());
        names.entry(key).or_default().push(name.to_owned());
    }
    names
}

/// Checks that tshark finds nothing malformed, and the same messages as the proxy.
pub fn assert_same_names(spy: &Spy, messages: &[Recorded]) {
    if !available(&[DECODER]) {
        return;
    }
    assert_eq!(read(spy, &["-Y", "_ws.malformed"]), "");
    let mut theirs = tshark_names(spy);
    theirs.retain(|(channel, _), _| !UNSUPPORTED.contains(&channel.as_str()));
    let ours = our_names(messages);
    assert!(!ours.is_empty());
    for (key, ours) in &ours {
        assert_eq!(theirs.get(key), Some(ours), "{key:?}");
    }
    assert_eq!(theirs.len(), ours.len());
}

/// Returns whether tshark mistakes the body of a message for the next header.
///
/// It does so for `key_scancode`, whose length it does not know.
pub fn confuses_tshark(row: &Recorded) -> bool {
    let message = (row.channel_type, row.side, row.id);
    let key_scancode = inputs::client::id::KEY_SCANCODE;
    message == (inputs::CHANNEL_TYPE, Side::Client, key_scancode)
}
