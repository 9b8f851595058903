//! A client of spice-gtk against our own server.

use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use spice_link::{Capabilities, CommonCapability, HeaderFormat, RawMessage};
use spice_messages::types::{ChannelId, Data, Empty, MouseMode};
use spice_messages::wire::{Encode, IntoOwned, Text};
use spice_messages::{base, main, port};

use super::process::{self, Process};
use super::programs::require;
use super::temp_dir::TempDir;
use super::test_server::{Channel, Server};

const CLIENT: &str = "spicy-stats";
const SESSION_ID: u32 = 0x1234_5678;
const NAME: &str = "org.example.console.0";
const LIMIT: Duration = Duration::from_secs(30);

/// An action of the client.
#[derive(Debug, PartialEq, Eq)]
enum Action {
    Main(main::client::Message<'static>),
    /// Connects a port channel with this session id and header format.
    ConnectPort(u32, HeaderFormat),
    Port(port::client::Message<'static>),
}

/// Serves main: sends `init`, and a list of one channel.
fn serve_main(mut channel: Channel, actions: &Sender<Action>) {
    let init = main::server::Init {
        session_id: SESSION_ID,
        supported_mouse_modes: MouseMode::SERVER.0.into(),
        current_mouse_mode: MouseMode::SERVER.0.into(),
        ..main::server::Init::default()
    };
    channel.send(&main::server::Message::Init(init));
    while let Some(frame) = channel.receive() {
        let message: main::client::Message<'_> = frame.decode().expect("a valid message");
        let message = message.into_owned();
        if message == main::client::Message::AttachChannels(Empty {}) {
            let channels = vec![ChannelId {
                r#type: port::CHANNEL_TYPE.0,
                id: 0,
            }];
            let list = main::server::ChannelsList {
                channels: channels.into(),
            };
            channel.send(&main::server::Message::ChannelsList(list));
        }
        let _ = actions.send(Action::Main(message));
    }
}

/// Serves a port: sends `init`, data, an event, `set_ack` and pings.
fn serve_port(mut channel: Channel, actions: &Sender<Action>) {
    let session_id = channel.session.request.connection_id;
    let format = channel.session.header();
    let _ = actions.send(Action::ConnectPort(session_id, format));
    let set_ack = base::server::SetAck {
        generation: 5,
        window: 2,
    };
    channel.send(&port::server::Message::SetAck(set_ack));
    let init = port::server::Init {
        name: Text::from(NAME),
        opened: 1,
    };
    channel.send(&port::server::Message::Init(init));
    channel.send(&port::server::Message::Data(Data {
        data: (&b"hello"[..]).into(),
    }));
    let ping = |id| base::server::Ping {
        id,
        timestamp: 1000,
        data: (&[][..]).into(),
    };
    let event = port::server::Message::Event(port::server::Event { event: 2 });
    let first = ping(1).encode_to_vec().expect("encode a ping");
    let first = RawMessage::new(base::server::id::PING, &first);
    let mut bytes = Vec::new();
    match format {
        HeaderFormat::Full => channel.writer.message_with(&[first], &event, &mut bytes),
        HeaderFormat::Mini => channel.writer.list(&[first], &mut bytes),
    }
    .expect("write the message");
    channel.send_bytes(&bytes);
    channel.send(&port::server::Message::Ping(ping(2)));
    while let Some(frame) = channel.receive() {
        let message: port::client::Message<'_> = frame.decode().expect("a valid message");
        let message = message.into_owned();
        let _ = actions.send(Action::Port(message));
    }
}

fn start_server(capabilities: Capabilities) -> (Server, Receiver<Action>) {
    let (sender, receiver) = mpsc::channel();
    let server = Server::start("secret", capabilities, move |channel| {
        match channel.channel_type() {
            main::CHANNEL_TYPE => serve_main(channel, &sender),
            port::CHANNEL_TYPE => serve_port(channel, &sender),
            other => panic!("the client requests channel type {other:?}"),
        }
    });
    (server, receiver)
}

fn start_client(server: &Server, password: &str, home: &TempDir) -> Process {
    let mut command = process::command(CLIENT);
    command
        .args(["--host", "127.0.0.1", "--password", password])
        .args(["--port", &server.address.port().to_string()])
        .env("HOME", home.path())
        .env("SPICE_DEBUG", "1")
        .env("G_MESSAGES_DEBUG", "all");
    Process::start(CLIENT, &mut command)
}

/// The messages that the client sends on the port, in order.
fn expected() -> [port::client::Message<'static>; 5] {
    use port::client::Message::{Ack, AckSync, Pong};
    let pong = |id| {
        Pong(base::client::Pong {
            id,
            timestamp: 1000,
        })
    };
    // A window has two messages. The second ping is the fourth message, and the client acknowledges
    // it before it answers.
    [
        AckSync(base::client::AckSync { generation: 5 }),
        Ack(Empty {}),
        pong(1),
        Ack(Empty {}),
        pong(2),
    ]
}

/// Runs a session with main and a port.
fn check_session(capabilities: Capabilities, format: HeaderFormat) {
    require(&[CLIENT]);
    let home = TempDir::new();
    let (server, actions) = start_server(capabilities);
    let client = start_client(&server, "secret", &home);
    let next = || {
        let action = actions.recv_timeout(LIMIT);
        action.unwrap_or_else(|_| panic!("the client is silent:\n{}", client.all()))
    };
    assert_eq!(
        next(),
        Action::Main(main::client::Message::AttachChannels(Empty {}))
    );
    assert_eq!(next(), Action::ConnectPort(SESSION_ID, format));
    for message in expected() {
        assert_eq!(next(), Action::Port(message));
    }
    // The client logs the name and the data of the port.
    client.wait_for(&format!("init: {NAME} 1"), LIMIT);
    client.wait_for("got 5 ", LIMIT);
}

pub fn client_reads_mini_headers() {
    check_session(Capabilities::usual(), HeaderFormat::Mini);
}

pub fn client_reads_full_headers_with_sub_messages() {
    let mut capabilities = Capabilities::usual();
    capabilities.common.remove(CommonCapability::MINI_HEADER);
    check_session(capabilities, HeaderFormat::Full);
}

pub fn client_links_without_any_capabilities() {
    check_session(Capabilities::default(), HeaderFormat::Full);
}

pub fn client_with_a_wrong_password_is_refused() {
    require(&[CLIENT]);
    let home = TempDir::new();
    let (server, actions) = start_server(Capabilities::usual());
    let client = start_client(&server, "wrong", &home);
    client.wait_for("link result: reply 7", LIMIT);
    let action = actions.recv_timeout(Duration::ZERO);
    assert!(action.is_err(), "{action:?}");
}
