//! `tshark` on what the proxy passes on: nothing malformed, and the same names of messages.

use std::collections::BTreeMap;
use std::time::Duration;

use spice_messages::wire::{Fds, Side};
use spice_messages::{CHANNELS, Message, inputs};

use super::link_support::Recorded;
use super::process::{self, Process};
use super::programs::available;
use super::spy::Spy;

const DECODER: &str = "tshark";
const LIMIT: Duration = Duration::from_secs(60);

/// Names of messages, by channel and sender.
type Names = BTreeMap<(String, &'static str), Vec<String>>;

/// What tshark does not know.
const UNKNOWN: [&str; 3] = ["port", "webdav", "usbredir"];

/// Has tshark read a capture; the result is one line for each packet.
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

/// The names that tshark gives to the messages.
fn their_names(spy: &Spy) -> Names {
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

/// Messages are written in capitals, the parts of the link stage are not.
fn is_message(name: &str) -> bool {
    !name.chars().any(char::is_lowercase)
}

/// The names that we give to them.
fn our_names(messages: &[Recorded]) -> Names {
    let mut names = Names::new();
    for row in messages {
        let known = CHANNELS
            .iter()
            .find(|(number, _)| *number == row.channel_type);
        let (_, channel) = known.expect("a channel of the protocol");
        if UNKNOWN.contains(channel) {
            continue;
        }
        let message = Message::decode(row.channel_type, row.side, row.id, &row.body, Fds::none());
        let path = message
            .expect("the message decodes")
            .path()
            .expect("a name");
        let name = path.rsplit('.').next().expect("a path has parts");
        let key = ((*channel).to_owned(), row.side.name());
        names.entry(key).or_default().push(name.to_owned());
    }
    names
}

/// Nothing is malformed, and tshark finds the messages that were recorded.
pub fn assert_same_names(spy: &Spy, messages: &[Recorded]) {
    if !available(&[DECODER]) {
        return;
    }
    assert_eq!(read(spy, &["-Y", "_ws.malformed"]), "");
    let mut theirs = their_names(spy);
    theirs.retain(|(channel, _), _| !UNKNOWN.contains(&channel.as_str()));
    let ours = our_names(messages);
    assert!(!ours.is_empty());
    for (key, ours) in &ours {
        assert_eq!(theirs.get(key), Some(ours), "{key:?}");
    }
    assert_eq!(theirs.len(), ours.len());
}

/// Whether tshark does not know how long a message is, and takes its body for the next header: true
/// of `key_scancode`.
pub fn loses_place(row: &Recorded) -> bool {
    let place = (row.channel_type, row.side, row.id);
    let scancode = inputs::client::id::KEY_SCANCODE;
    place == (inputs::CHANNEL_TYPE, Side::Client, scancode)
}
