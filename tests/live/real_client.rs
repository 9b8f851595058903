//! The Debian client library against our own server: it reads our bytes.

use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use spice_link::{Capabilities, CommonCapability, Frame, HeaderFormat, RawMessage};
use spice_messages::types::{ChannelId, Data, Empty, MouseMode};
use spice_messages::wire::{Encode, IntoOwned, Text};
use spice_messages::{base, main, port};

use super::process::{self, Process};
use super::programs::available;
use super::scratch::Scratch;
use super::server::{Channel, Server};

const CLIENT: &str = "spicy-stats";
const SESSION: u32 = 0x1234_5678;
const NAME: &str = "org.example.console.0";
const LIMIT: Duration = Duration::from_secs(30);

/// What the client did.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Main(main::client::Message<'static>),
    /// The session that a port channel joins, and the header it uses.
    Port(u32, HeaderFormat),
    OnPort(port::client::Message<'static>),
}

/// Serves main: the session, and a list of one channel.
fn serve_main(mut channel: Channel, seen: &Sender<Seen>) {
    let init = main::server::Init {
        session_id: SESSION,
        supported_mouse_modes: MouseMode::SERVER.0.into(),
        current_mouse_mode: MouseMode::SERVER.0.into(),
        ..main::server::Init::default()
    };
    channel.send(&main::server::Message::Init(init));
    let decode = |frame: Frame<'_>| {
        let message = RawMessage::new(frame.id, frame.body);
        let message: main::client::Message<'_> = message.decode().expect("the client is right");
        message.into_owned()
    };
    while let Some(message) = channel.receive(decode) {
        if message == main::client::Message::AttachChannels(Empty {}) {
            let channels = vec![ChannelId {
                r#type: port::CHANNEL_TYPE,
                id: 0,
            }];
            let list = main::server::ChannelsList {
                channels: channels.into(),
            };
            channel.send(&main::server::Message::ChannelsList(list));
        }
        let _ = seen.send(Seen::Main(message));
    }
}

/// Serves a port: its name, some data, and what every channel has.
fn serve_port(mut channel: Channel, seen: &Sender<Seen>) {
    let session = channel.established.request.connection_id;
    let format = channel.established.header();
    let _ = seen.send(Seen::Port(session, format));
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
    let first = ping(1).encode_to_vec().expect("a ping is right");
    let first = RawMessage::new(base::server::id::PING, &first);
    let mut bytes = Vec::new();
    match format {
        HeaderFormat::Full => channel.writer.message_with(&[first], &event, &mut bytes),
        HeaderFormat::Mini => channel.writer.list(&[first], &mut bytes),
    }
    .expect("the message is right");
    channel.send_bytes(&bytes);
    channel.send(&port::server::Message::Ping(ping(2)));
    let decode = |frame: Frame<'_>| {
        let message = RawMessage::new(frame.id, frame.body);
        let message: port::client::Message<'_> = message.decode().expect("the client is right");
        message.into_owned()
    };
    while let Some(message) = channel.receive(decode) {
        let _ = seen.send(Seen::OnPort(message));
    }
}

fn start(capabilities: Capabilities) -> (Server, Receiver<Seen>) {
    let (sender, receiver) = mpsc::channel();
    let server = Server::start("secret", capabilities, move |channel| {
        match channel.kind() {
            main::CHANNEL_TYPE => serve_main(channel, &sender),
            port::CHANNEL_TYPE => serve_port(channel, &sender),
            other => panic!("the client asks for channel {other}"),
        }
    });
    (server, receiver)
}

fn client(server: &Server, password: &str, home: &Scratch) -> Process {
    let mut command = process::command(CLIENT);
    command
        .args(["--host", "127.0.0.1", "--password", password])
        .args(["--port", &server.address.port().to_string()])
        .env("HOME", home.path())
        .env("SPICE_DEBUG", "1")
        .env("G_MESSAGES_DEBUG", "all");
    Process::start(CLIENT, &mut command)
}

/// What the client does on the port, in this order.
fn expected() -> [port::client::Message<'static>; 5] {
    use port::client::Message::{Ack, AckSync, Pong};
    let pong = |id| {
        Pong(base::client::Pong {
            id,
            timestamp: 1000,
        })
    };
    // Two messages are a window; the second ping is the fourth message, and acknowledged before it
    // is answered.
    [
        AckSync(base::client::AckSync { generation: 5 }),
        Ack(Empty {}),
        pong(1),
        Ack(Empty {}),
        pong(2),
    ]
}

/// A real client opens our main and our port.
fn session(capabilities: Capabilities, format: HeaderFormat) {
    if !available(&[CLIENT]) {
        return;
    }
    let home = Scratch::new();
    let (server, seen) = start(capabilities);
    let client = client(&server, "secret", &home);
    let next = || {
        let seen = seen.recv_timeout(LIMIT);
        seen.unwrap_or_else(|_| panic!("the client does nothing more:\n{}", client.all()))
    };
    assert_eq!(
        next(),
        Seen::Main(main::client::Message::AttachChannels(Empty {}))
    );
    assert_eq!(next(), Seen::Port(SESSION, format));
    for message in expected() {
        assert_eq!(next(), Seen::OnPort(message));
    }
    // What the library itself says about it.
    client.wait_for(&format!("init: {NAME} 1"), LIMIT);
    client.wait_for("got 5 ", LIMIT);
}

#[test]
fn a_real_client_reads_our_short_headers() {
    session(Capabilities::usual(), HeaderFormat::Mini);
}

#[test]
fn a_real_client_reads_our_long_headers_with_sub_messages() {
    let mut capabilities = Capabilities::usual();
    capabilities.common.remove(CommonCapability::MINI_HEADER);
    session(capabilities, HeaderFormat::Full);
}

#[test]
fn a_real_client_understands_a_link_stage_without_any_capability() {
    session(Capabilities::default(), HeaderFormat::Full);
}

#[test]
fn a_real_client_is_refused_with_a_wrong_password() {
    if !available(&[CLIENT]) {
        return;
    }
    let home = Scratch::new();
    let (server, seen) = start(Capabilities::usual());
    let client = client(&server, "wrong", &home);
    client.wait_for("link result: reply 7", LIMIT);
    let nothing = seen.recv_timeout(Duration::ZERO);
    assert!(nothing.is_err(), "{nothing:?}");
}
