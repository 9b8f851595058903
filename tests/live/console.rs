//! `port-console` against QEMU, and against our own server.

use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;
use spice_link::Capabilities;
use spice_messages::types::{ChannelId, Data, LinkErr};
use spice_messages::wire::Text;
use spice_messages::{main, port};

use super::examples::tool;
use super::process::Process;
use super::programs::require;
use super::qemu::{self, MONITOR, Machine, Qemu};
use super::test_server::{Channel, Server};

const LIMIT: Duration = Duration::from_secs(60);

/// Commands for a QEMU monitor: leave the negotiation mode, and query the version.
const COMMANDS: &str = "{\"execute\": \"qmp_capabilities\"}\n{\"execute\": \"query-version\"}\n";

/// Starts a console on the monitor with this input.
fn start_console(address: &str, options: &[&str], input: &str) -> Process {
    let mut command = tool("port-console");
    command
        .args(["--wait", "20"])
        .args(options)
        .args([address, MONITOR]);
    Process::start_with_input("the console", &mut command, input)
}

/// Checks the greeting of the monitor and its answers to the commands.
fn assert_exchange(address: &str, options: &[&str]) {
    let console = start_console(address, options, COMMANDS);
    console.wait_for("\"package\"", LIMIT);
    let version = console.wait_for("\"return\": {\"qemu\"", LIMIT);
    let version: Value = serde_json::from_str(&version).expect("a JSON answer");
    assert!(version["return"]["qemu"]["major"].is_u64(), "{version}");
    let lines = console.output();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .collect();
    assert!(lines[0]["QMP"]["version"].is_object(), "{lines:?}");
    assert_eq!(lines[1], serde_json::json!({"return": {}}));
    assert_eq!(lines[2], version);
}

fn start_machine(password: Option<&str>) -> Qemu {
    let machine = Machine {
        password,
        ..Machine::default()
    };
    require(&[qemu::PROGRAM]);
    machine.start()
}

pub fn monitor_answers_without_a_password() {
    let machine = start_machine(None);
    assert_exchange(&machine.address, &[]);
    // A server without a password accepts any.
    assert_exchange(&machine.address, &["--password", "anything"]);
}

pub fn monitor_answers_only_with_the_right_password() {
    let machine = start_machine(Some("correct horse"));
    assert_exchange(&machine.address, &["--password", "correct horse"]);
    for options in [&["--password", "wrong"][..], &[]] {
        let mut console = start_console(&machine.address, options, COMMANDS);
        assert!(!console.wait_for_end(LIMIT).success());
        assert_eq!(
            console.errors(),
            "port-console: permission denied: the password is wrong or missing"
        );
        assert_eq!(console.output(), "");
    }
    let long = "x".repeat(61);
    let mut console = start_console(&machine.address, &["--password", &long], "");
    assert!(!console.wait_for_end(LIMIT).success());
    assert_eq!(
        console.errors(),
        "port-console: a password of 61 bytes is longer than 60"
    );
}

pub fn ports_are_listed() {
    let machine = start_machine(None);
    let mut list = Process::start("the list", tool("port-console").arg(&machine.address));
    assert!(list.wait_for_end(LIMIT).success());
    assert_eq!(list.output(), format!("{MONITOR}  open"));

    let mut command = tool("port-console");
    let mut unknown = Process::start("the console", command.args([&machine.address, "no.such"]));
    assert!(!unknown.wait_for_end(LIMIT).success());
    assert_eq!(
        unknown.errors(),
        format!("port-console: the server has no port `no.such`: it has {MONITOR}")
    );
}

pub fn console_ends_with_the_server() {
    let machine = start_machine(None);
    let mut command = tool("port-console");
    command.args([&machine.address, MONITOR]);
    let mut console = Process::start_interactive("the console", &mut command);
    console.type_in("{\"execute\": \"qmp_capabilities\"}\n");
    console.wait_for("{\"return\": {}}", LIMIT);
    console.type_in("{\"execute\": \"quit\"}\n");
    assert!(console.wait_for_end(LIMIT).success());
    let closed = "port-console: the server closed the connection";
    assert!(console.errors().ends_with(closed), "{}", console.all());
}

pub fn missing_server_is_an_error() {
    let address = format!("127.0.0.1:{}", qemu::free_port());
    let mut command = tool("port-console");
    let mut console = Process::start("the console", command.arg(&address));
    assert!(!console.wait_for_end(LIMIT).success());
    let expected = format!("port-console: cannot connect to {address}: ");
    let errors = console.errors();
    assert!(errors.starts_with(&expected), "{errors}");
}

/// Serves main: lists one port.
fn serve_main(mut channel: Channel) {
    channel.send(&main::server::Message::Init(main::server::Init::default()));
    while let Some(frame) = channel.receive() {
        if frame.id == main::client::id::ATTACH_CHANNELS {
            let port = ChannelId {
                r#type: port::CHANNEL_TYPE.0,
                id: 3,
            };
            let list = main::server::ChannelsList {
                channels: vec![port].into(),
            };
            channel.send(&main::server::Message::ChannelsList(list));
        }
    }
}

/// Serves a port: sends all kinds of events, and then echoes its input in capitals.
fn serve_port(mut channel: Channel, channel_ids: &mpsc::Sender<u8>) {
    use port::server::Message::{Data as SendData, Event, Init};
    channel_ids
        .send(channel.session.request.channel_id)
        .expect("the test waits");
    channel.send(&Init(port::server::Init {
        name: Text::from("echo"),
        opened: 0,
    }));
    for event in [0, 2, 1, 9] {
        channel.send(&Event(port::server::Event { event }));
    }
    while let Some(frame) = channel.receive() {
        let input = match frame.id {
            port::client::id::DATA => frame.body(),
            _ => &[],
        };
        let is_last = input.ends_with(b"bye\n");
        channel.send(&SendData(Data {
            data: input.to_ascii_uppercase().into(),
        }));
        if is_last {
            return;
        }
    }
}

/// Starts our own server with one port.
fn start_echo_server() -> (Server, mpsc::Receiver<u8>) {
    let (sender, receiver) = mpsc::channel();
    let server = Server::start("", Capabilities::usual(), move |channel| {
        match channel.channel_type() {
            main::CHANNEL_TYPE => serve_main(channel),
            _ => serve_port(channel, &sender),
        }
    });
    (server, receiver)
}

pub fn events_of_a_port_are_printed() {
    let (server, channels) = start_echo_server();
    let mut command = tool("port-console");
    command.args([&server.address.to_string(), "echo"]);
    let mut console = Process::start_with_input("the console", &mut command, "hello\nbye\n");
    assert!(console.wait_for_end(LIMIT).success());
    assert_eq!(console.output(), "HELLO\nBYE");
    assert_eq!(
        console.errors(),
        "port-console: attached to echo\n\
         port-console: the port is closed\n\
         port-console: the port was opened\n\
         port-console: a break was sent\n\
         port-console: the port was closed\n\
         port-console: unknown event of the port: PortEvent(9)\n\
         port-console: the server closed the connection"
    );
    assert_eq!(channels.recv(), Ok(3));
}

pub fn console_ends_after_its_input_when_the_port_is_silent() {
    let (server, _channels) = start_echo_server();
    let mut command = tool("port-console");
    command.args(["--wait", "4", &server.address.to_string(), "echo"]);
    let mut console = Process::start_with_input("the console", &mut command, "hello\n");
    assert!(console.wait_for_end(LIMIT).success());
    assert_eq!(console.output(), "HELLO");
    assert!(!console.errors().contains("the server closed"));
}

pub fn refused_channel_is_an_error() {
    let server = Server::start("other", Capabilities::usual(), |_| {});
    let mut command = tool("port-console");
    let mut console = Process::start("the console", command.arg(server.address.to_string()));
    assert!(!console.wait_for_end(LIMIT).success());
    let refused = spice_link::LinkError::Refused(LinkErr::PERMISSION_DENIED);
    assert_eq!(console.errors(), format!("port-console: {refused}"));
}
