//! Comparison with `tshark`: it decodes the proxy's capture and a capture of our own client without
//! errors, and with the same names.

use std::collections::BTreeMap;
use std::time::Duration;

use spice_messages::wire::{Fds, Side};
use spice_messages::{Message, inputs};

use super::examples::example;
use super::process::{self, Process};
use super::programs::require;
use super::qemu::{self, Machine};
use super::recorded_traffic::Recorded;
use super::spy::Spy;

const DECODER: &str = "tshark";
const LIMIT: Duration = Duration::from_secs(60);

/// Names of messages, by channel and sender.
type Names = BTreeMap<(String, &'static str), Vec<String>>;

/// Channels that tshark does not decode.
const UNSUPPORTED: [&str; 3] = ["port", "webdav", "usbredir"];

/// Options that make tshark print protocol and description of each packet.
const COLUMNS: [&str; 6] = [
    "-T",
    "fields",
    "-e",
    "_ws.col.Protocol",
    "-e",
    "_ws.col.Info",
];

/// Returns the output of tshark for the proxy's capture: one line per packet.
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

/// Returns the names that tshark gives to the messages of these packets.
fn tshark_names(packets: &str) -> Names {
    let mut names = Names::new();
    for line in packets.lines() {
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
    require(&[DECODER]);
    assert_eq!(read(spy, &["-Y", "_ws.malformed"]), "");
    let mut theirs = tshark_names(&read(spy, &COLUMNS));
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

/// The key of the messages that one side sends on a channel.
fn from(channel: &str, side: &'static str) -> (String, &'static str) {
    (channel.to_owned(), side)
}

/// Returns the names in the output of the example `viewer`, which prints the path of each message.
fn viewer_names(output: &str) -> Names {
    let mut names = Names::new();
    for path in output.lines() {
        let (channel, name) = path.split_once(".server.").expect("a path");
        let key = from(channel, "server");
        names.entry(key).or_default().push(name.to_owned());
    }
    names
}

/// tshark follows a client only if the authentication method and the ticket have TCP segments of
/// their own.
pub fn tshark_names_the_messages_of_our_own_client() {
    require(&[qemu::PROGRAM, DECODER]);
    let machine = Machine::default().start();
    let (_, port) = machine.address.rsplit_once(':').expect("a port");
    let mut command = process::command(DECODER);
    command
        .args(["-i", "lo", "-l", "-f", &format!("tcp port {port}")])
        .args(["-d", &format!("tcp.port=={port},spice")])
        .args(COLUMNS);
    let decoder = Process::start(DECODER, &mut command);
    decoder.wait_for("Capture started", LIMIT);

    let viewer = Process::start("viewer", example("viewer").arg(&machine.address));
    let channels = ["display", "inputs", "cursor"];
    // The connection answers these, and the viewer does not print them.
    let is_printed = |name: &&String| !["set_ack", "ping"].contains(&name.as_str());
    let has_all_channels = |names: &Names| {
        let mut sides = channels
            .iter()
            .map(|channel| names.get(&from(channel, "server")));
        sides.all(|names| names.is_some_and(|names| names.iter().any(|name| is_printed(&name))))
    };
    let ours = viewer.wait_until(LIMIT, |output| has_all_channels(&viewer_names(output)));
    let theirs = decoder.wait_until(LIMIT, |packets| {
        let names = tshark_names(packets);
        let others = [from("display", "client"), from("main", "server")];
        has_all_channels(&names) && others.iter().all(|key| names.contains_key(key))
    });
    let (theirs, ours) = (tshark_names(&theirs), viewer_names(&ours));
    for channel in channels {
        let key = from(channel, "server");
        let (theirs, ours) = (&theirs[&key], &ours[&key]);
        // Either program may have printed more so far.
        let mut pairs = theirs.iter().filter(is_printed).zip(ours);
        assert!(pairs.all(|(a, b)| a == b), "{channel}: {theirs:?} {ours:?}");
    }
    assert_eq!(theirs[&from("main", "server")][0], "init");
    assert_eq!(theirs[&from("main", "client")][0], "attach_channels");
    assert_eq!(theirs[&from("display", "client")][0], "init");
}
