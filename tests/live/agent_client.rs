//! spicy against our own server, which says that an agent is connected and answers as one.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use spice_agent::proto::agent::client::MonitorsConfig;
use spice_agent::proto::agent::server::{Message as Common, Reply};
use spice_agent::proto::selection_serial;
use spice_agent::proto::types::{
    AnnounceCapabilities, ReplyError, SelectionClipboard, SelectionClipboardRequest,
    SelectionSerialClipboardGrab,
};
use spice_agent::{
    AgentCapability, AgentRelay, CapabilitySet, ChunkPort, ChunkReader, ClipboardSelection,
    ClipboardType, MessageReader, write_chunks, write_message,
};
use spice_link::{Capabilities, FrameWriter, MainCapability};
use spice_messages::types::{ChannelId, Empty, MouseMode, SurfaceFlags, SurfaceFmt};
use spice_messages::wire::{ChannelMessage, IntoOwned};
use spice_messages::{display, main};

use super::process::{self, Process};
use super::programs::require;
use super::screen::{self, Screen};
use super::spy::Spy;
use super::temp_dir::TempDir;
use super::test_server::{Channel, Server};

const CLIENT: &str = "spicy";
const LIMIT: Duration = Duration::from_secs(60);

/// A message of the client, in the dialect that both sides announce.
type FromClient = selection_serial::client::Message<'static>;

/// The agent's side of a session: a relay, and the stream of a guest.
struct Agent {
    relay: AgentRelay,
    chunks: ChunkReader,
    reader: MessageReader,
    writer: FrameWriter,
    stream: TcpStream,
    received: mpsc::Sender<FromClient>,
}

impl Agent {
    /// Handles a message of the client on the main channel.
    fn handle(&mut self, message: &main::client::Message<'_>) {
        self.relay.handle(message).expect("a valid client");
        while let Some(bytes) = self.relay.next_guest_bytes() {
            self.chunks.push(&bytes);
        }
        while let Some(part) = self.chunks.next_part().expect("valid chunks") {
            assert_eq!(part.port, ChunkPort::CLIENT);
            self.reader.push(&part.data);
        }
        while let Some(raw) = self.reader.next_message().expect("a valid stream") {
            let message: selection_serial::client::Message<'_> =
                raw.decode().expect("a valid message");
            let _ = self.received.send(message.into_owned());
        }
        self.flush();
    }

    /// Sends a message of the agent.
    fn send<'m>(&mut self, message: &impl ChannelMessage<'m>) {
        let (mut stream, mut chunks) = (Vec::new(), Vec::new());
        write_message(message, &mut stream).expect("write the message");
        write_chunks(ChunkPort::CLIENT, &stream, &mut chunks);
        self.relay
            .receive_from_guest(&chunks)
            .expect("valid chunks");
        self.flush();
    }

    /// Sends what waits, as far as the client's tokens allow it.
    fn flush(&mut self) {
        let mut bytes = Vec::new();
        while let Some(message) = self.relay.next_message() {
            let written = self.writer.message(&message, &mut bytes);
            written.expect("write the message");
        }
        let _ = self.stream.write_all(&bytes);
    }
}

/// A session with spicy.
struct Session {
    client: Process,
    screen: Screen,
    agent: Arc<Mutex<Option<Agent>>>,
    received: mpsc::Receiver<FromClient>,
    _server: Server,
    home: TempDir,
}

impl Session {
    /// Starts a server and spicy.
    fn start() -> Self {
        Self::start_through(|server| server.to_owned())
    }

    /// Like [`Session::start`], but spicy connects to the address that `connect` returns.
    fn start_through(connect: impl FnOnce(&str) -> String) -> Self {
        let [display, input] = screen::PROGRAMS;
        require(&[CLIENT, display, input, "xclip"]);
        let home = TempDir::new();
        let settings = home.file(".config/spicy");
        fs::create_dir_all(&settings).expect("create a folder");
        let options = "[general]\nresize-guest=true\nauto-clipboard=true\n";
        fs::write(settings.join("settings"), options).expect("write the settings");

        let agent = Arc::new(Mutex::new(None));
        let (sender, received) = mpsc::channel();
        let served = Arc::clone(&agent);
        let capabilities =
            Capabilities::usual().with_channel(MainCapability::AGENT_CONNECTED_TOKENS);
        let server = Server::start("", capabilities, move |channel| {
            match channel.channel_type() {
                main::CHANNEL_TYPE => serve_main(channel, &served, sender.clone()),
                display::CHANNEL_TYPE => serve_display(channel),
                _ => {}
            }
        });
        let screen = Screen::start();
        let address = connect(&server.address.to_string());
        let (_, port) = address.rsplit_once(':').expect("an address with a port");
        let mut command = process::command(CLIENT);
        command
            .args(["--host", "127.0.0.1"])
            .args(["--port", port])
            .env("HOME", home.path())
            .env_remove("XDG_CONFIG_HOME")
            .env("SPICE_DEBUG", "1")
            .env("G_MESSAGES_DEBUG", "all");
        screen.attach(&mut command);
        let client = Process::start(CLIENT, &mut command);
        screen.wait_for_window("spice display");
        Self {
            client,
            screen,
            agent,
            received,
            _server: server,
            home,
        }
    }

    fn agent(&self) -> MutexGuard<'_, Option<Agent>> {
        self.agent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a message of the agent.
    fn send<'m>(&self, message: &impl ChannelMessage<'m>) {
        let mut agent = self.agent();
        agent.as_mut().expect("a connected client").send(message);
    }

    /// Waits for a message, and drops those before it.
    fn wait_for<T>(&self, what: &str, find: impl Fn(&FromClient) -> Option<T>) -> T {
        let deadline = Instant::now() + LIMIT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(message) = self.received.recv_timeout(left) else {
                panic!("no message: {what}\n{}", self.client.all());
            };
            if let Some(found) = find(&message) {
                return found;
            }
        }
    }

    /// Waits for the client's capabilities, and announces the agent's.
    fn exchange_capabilities(&self) -> CapabilitySet {
        let theirs = self.wait_for("capabilities", |message| match message {
            FromClient::AnnounceCapabilities(announced) => {
                assert_eq!(announced.request, 1);
                Some(CapabilitySet::from_words(announced.caps.iter().collect()))
            }
            _ => None,
        });
        let ours = CapabilitySet::from_iter([
            AgentCapability::MONITORS_CONFIG,
            AgentCapability::REPLY,
            AgentCapability::CLIPBOARD_BY_DEMAND,
            AgentCapability::CLIPBOARD_SELECTION,
            AgentCapability::CLIPBOARD_GRAB_SERIAL,
        ]);
        self.send(&Common::from(AnnounceCapabilities {
            request: 0,
            caps: ours.words().to_vec().into(),
        }));
        theirs
    }
}

/// Serves main: a session with one display channel and a connected agent.
fn serve_main(
    mut channel: Channel,
    shared: &Mutex<Option<Agent>>,
    received: mpsc::Sender<FromClient>,
) {
    let mut relay = AgentRelay::new(4);
    relay.connect_guest();
    let mut init = main::server::Init {
        session_id: 7,
        supported_mouse_modes: MouseMode::SERVER.0.into(),
        current_mouse_mode: MouseMode::SERVER.0.into(),
        ..main::server::Init::default()
    };
    relay.connect_client(&channel.session.request.capabilities.channel, &mut init);
    channel.send(&main::server::Message::Init(init));
    let agent = Agent {
        relay,
        chunks: ChunkReader::new(),
        reader: MessageReader::new(),
        writer: FrameWriter::new(channel.session.header()),
        stream: channel.stream.try_clone().expect("share the socket"),
        received,
    };
    let lock = || shared.lock().unwrap_or_else(PoisonError::into_inner);
    *lock() = Some(agent);
    while let Some(frame) = channel.receive() {
        let message: main::client::Message<'_> = frame.decode().expect("a valid message");
        let mut agent = lock();
        let agent = agent.as_mut().expect("an agent");
        if let main::client::Message::AttachChannels(_) = message {
            let display = ChannelId {
                r#type: display::CHANNEL_TYPE.0,
                id: 0,
            };
            let list = main::server::ChannelsList {
                channels: vec![display].into(),
            };
            let mut bytes = Vec::new();
            let written = agent
                .writer
                .message(&main::server::Message::from(list), &mut bytes);
            written.expect("write the list");
            let _ = agent.stream.write_all(&bytes);
        }
        agent.handle(&message);
    }
}

/// Serves a display with a black surface.
fn serve_display(mut channel: Channel) {
    channel.send(&display::server::Message::SurfaceCreate(
        display::server::SurfaceCreate {
            surface_id: 0,
            width: 640,
            height: 480,
            format: SurfaceFmt::_32_XRGB,
            flags: SurfaceFlags::PRIMARY,
        },
    ));
    channel.send(&display::server::Message::Mark(Empty {}));
    while channel.receive().is_some() {}
}

pub fn spicy_announces_capabilities_and_sends_the_size_of_its_window() {
    let session = Session::start();
    let theirs = session.exchange_capabilities();
    for capability in [
        AgentCapability::MONITORS_CONFIG,
        AgentCapability::REPLY,
        AgentCapability::CLIPBOARD_BY_DEMAND,
        AgentCapability::CLIPBOARD_SELECTION,
        AgentCapability::CLIPBOARD_GRAB_SERIAL,
    ] {
        assert!(theirs.contains(capability), "{capability}");
    }
    let layout = |what: &str, accept: &dyn Fn(u32, u32) -> bool| {
        session.wait_for(what, |message| match message {
            FromClient::MonitorsConfig(config) => {
                let monitor = config.monitors.iter().next()?;
                accept(monitor.width, monitor.height).then_some((monitor.width, monitor.height))
            }
            _ => None,
        })
    };
    let reply = Reply {
        r#type: MonitorsConfig::ID.into(),
        error: ReplyError::SUCCESS,
    };
    let before = layout("the first layout", &|_, _| true);
    session.send(&Common::from(reply));
    session.screen.xdotool(&[
        "search",
        "--name",
        "spice display",
        "windowsize",
        "700",
        "550",
    ]);
    let after = layout("the new layout", &|width, height| (width, height) != before);
    assert!(after.0 <= 700 && after.1 <= 550, "{after:?}");
}

pub fn spicy_pastes_and_copies_text() {
    let session = Session::start();
    session.exchange_capabilities();
    // The guest copies, a program beside spicy pastes.
    let selection = ClipboardSelection::CLIPBOARD;
    let types = [ClipboardType::UTF8_TEXT];
    session.send(&selection_serial::server::Message::from(
        SelectionSerialClipboardGrab {
            selection,
            serial: 0,
            types: types.into(),
        },
    ));
    let text = "copied in the guest".repeat(1000);
    let deadline = Instant::now() + LIMIT;
    while !session.screen.formats("clipboard").contains("UTF8_STRING") {
        assert!(Instant::now() < deadline, "{}", session.client.all());
    }
    let mut pasted = session.screen.xclip(&["-o", "-selection", "clipboard"]);
    session.wait_for("request", |message| {
        let request = SelectionClipboardRequest {
            selection,
            r#type: ClipboardType::UTF8_TEXT,
        };
        (*message == FromClient::from(request)).then_some(())
    });
    session.send(&selection_serial::server::Message::from(
        SelectionClipboard {
            selection,
            r#type: ClipboardType::UTF8_TEXT,
            data: text.as_bytes().into(),
        },
    ));
    assert!(pasted.wait_for_end(LIMIT).success(), "{}", pasted.all());
    assert_eq!(pasted.output(), text);

    // A program beside spicy copies, the guest pastes.
    let file = session.home.file("text");
    let text = "copied beside the client".repeat(1000);
    fs::write(&file, &text).expect("write the text");
    let file = file.display().to_string();
    let _copied = session
        .screen
        .xclip(&["-quiet", "-selection", "clipboard", "-i", &file]);
    let serial = session.wait_for("grab", |message| match message {
        FromClient::ClipboardGrab(grab) => (grab.selection == selection
            && grab
                .types
                .iter()
                .any(|found| found == ClipboardType::UTF8_TEXT))
        .then_some(grab.serial),
        _ => None,
    });
    assert_eq!(serial, 1);
    session.send(&selection_serial::server::Message::from(
        SelectionClipboardRequest {
            selection,
            r#type: ClipboardType::UTF8_TEXT,
        },
    ));
    let data = session.wait_for("data", |message| match message {
        FromClient::Clipboard(clipboard) => Some(clipboard.data.to_vec()),
        _ => None,
    });
    assert!(data == text.as_bytes(), "{} bytes", data.len());
}

pub fn spy_prints_agent_messages() {
    let mut spy = None;
    let session = Session::start_through(|server| {
        let started = Spy::start(server, &["-v"]);
        let address = started.address.clone();
        spy = Some(started);
        address
    });
    let spy = spy.expect("a proxy");
    session.exchange_capabilities();
    let line = spy.wait_for("client→server agent.announce_capabilities");
    assert!(line.contains("request: 1"), "{line}");
    spy.wait_for("server→client agent.announce_capabilities");
    // Physical sizes are in the message, so the dialect's fields are right.
    let line = spy.wait_for("client→server agent.monitors_config");
    assert!(line.contains("USE_POS | PHYSICAL_SIZE"), "{line}");
}
