//! The Linux agent (`spice-vdagentd` and `spice-vdagent`) on a virtual display, with our relay and our
//! client's end at its virtio port.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use spice_agent::proto::agent::client::MonitorsConfig;
use spice_agent::proto::types::ReplyError;
use spice_agent::{
    AgentCapability, AgentEvent, AgentRelay, CapabilitySet, ClientAgent, ClipboardSelection,
    ClipboardType, Dialect, FileInfo, FileXferResult, MonitorConfig, PhysicalSize,
    usual_capabilities,
};
use spice_link::MainCapability;
use spice_messages::main::server::Init;

use super::process::{self, Process};
use super::programs::require;
use super::screen::Screen;
use super::temp_dir::TempDir;

const PROGRAMS: [&str; 6] = [
    "Xvfb",
    "xdotool",
    "xclip",
    "dbus-daemon",
    "spice-vdagent",
    "/usr/sbin/spice-vdagentd",
];

/// Folder in which the daemon keeps its files.
const RUN: &str = "/run/spice-vdagentd";

const LIMIT: Duration = Duration::from_secs(60);

/// How long a read waits before the conditions are checked again.
const TICK: Duration = Duration::from_millis(50);

/// A display with an agent, and both ends of the protocol. Programs are killed in this order.
struct Guest {
    agent: Process,
    daemon: Process,
    _bus: Process,
    screen: Screen,
    port: UnixStream,
    relay: AgentRelay,
    client: ClientAgent,
    /// Events that no call has waited for.
    events: Vec<AgentEvent>,
    files: TempDir,
}

impl Guest {
    /// Starts the programs, and waits for the agent's capabilities.
    fn start(capabilities: CapabilitySet) -> Self {
        require(&PROGRAMS);
        // Only root can create it.
        let _ = fs::create_dir_all(RUN);
        require(&[RUN]);
        let screen = Screen::start();
        let files = TempDir::new();
        let file = |name: &str| files.file(name).display().to_string();
        fs::write(file("uinput"), "").expect("write a file");
        let listener = UnixListener::bind(file("port")).expect("listen on a socket");
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(listener.accept()));

        let mut bus = process::command("dbus-daemon");
        let bus = bus.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        let bus = Process::start("the session bus", bus);
        bus.wait_for_output(LIMIT);
        let address = bus.output();

        let port = file("port");
        let socket = file("agent");
        let mut daemon = process::command("/usr/sbin/spice-vdagentd");
        daemon.args(["-x", "-d", "-d", "-X", "-f", "-u", &file("uinput")]);
        let daemon = Process::start("the daemon", daemon.args(["-s", &port, "-S", &socket]));
        wait_until("the daemon's socket", || files.file("agent").exists());
        let mut agent = process::command("spice-vdagent");
        screen.attach(agent.args(["-x", "-d", "-s", &port, "-S", &socket]));
        agent.args(["-f", &file("."), "-o", "0"]);
        agent.env("DBUS_SESSION_BUS_ADDRESS", &address);
        let agent = Process::start("the agent", &mut agent);
        let Ok(accepted) = receiver.recv_timeout(LIMIT) else {
            panic!("no connection:\n{}\n{}", daemon.all(), agent.all());
        };
        let (port, _) = accepted.expect("accept the daemon");
        port.set_read_timeout(Some(TICK)).expect("set a time limit");

        let mut guest = Self {
            agent,
            daemon,
            _bus: bus,
            screen,
            port,
            relay: AgentRelay::new(8),
            client: ClientAgent::new(capabilities).with_window(8),
            events: Vec::new(),
            files,
        };
        guest.relay.connect_guest();
        let mut init = Init::default();
        let tokens = CapabilitySet::new().with(MainCapability::AGENT_CONNECTED_TOKENS);
        guest.relay.connect_client(&tokens, &mut init);
        guest.client.handle(&init.into());
        guest.wait_for("connected", |event| {
            matches!(event, AgentEvent::Connected).then_some(())
        });
        guest.wait_for("capabilities", |event| {
            matches!(event, AgentEvent::Capabilities(_)).then_some(())
        });
        guest
    }

    /// Moves messages between the client, the relay and the guest.
    fn pump(&mut self) {
        loop {
            let mut idle = true;
            while let Some(message) = self.client.next_message() {
                self.relay.handle(&message).expect("a valid client");
                idle = false;
            }
            while let Some(message) = self.relay.next_message() {
                self.client.handle(&message);
                idle = false;
            }
            if let Some(bytes) = self.relay.next_guest_bytes() {
                self.port.write_all(&bytes).expect("write to the guest");
                idle = false;
            }
            while let Some(event) = self.client.next_event().expect("a valid agent") {
                self.events.push(event);
            }
            if idle {
                return;
            }
        }
    }

    /// Moves messages, and waits a moment for bytes of the guest.
    fn turn(&mut self) {
        self.pump();
        assert!(self.relay.accepts_guest_bytes());
        let mut bytes = [0; 65536];
        match self.port.read(&mut bytes) {
            Ok(0) => panic!("the daemon has ended:\n{}", self.daemon.all()),
            Ok(length) => {
                let received = self.relay.receive_from_guest(&bytes[..length]);
                received.expect("valid chunks");
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => panic!("{error}"),
        }
        self.pump();
    }

    /// Waits for an event, and returns what the function makes of it. Removes it and the events before
    /// it.
    fn wait_for<T>(&mut self, what: &str, find: impl Fn(&AgentEvent) -> Option<T>) -> T {
        let deadline = Instant::now() + LIMIT;
        loop {
            let found = self.events.iter().enumerate();
            let found = found.filter_map(|(index, event)| Some((index, find(event)?)));
            if let Some((index, found)) = { found }.next() {
                self.events.drain(..=index);
                return found;
            }
            let is_late = Instant::now() >= deadline;
            assert!(
                !is_late,
                "no event: {what}; {:?}\n{}\n{}",
                self.events,
                self.daemon.all(),
                self.agent.all()
            );
            self.turn();
        }
    }

    /// Moves messages until a condition holds.
    fn run_until(&mut self, what: &str, mut done: impl FnMut(&mut Self) -> bool) {
        let deadline = Instant::now() + LIMIT;
        while !done(self) {
            let is_late = Instant::now() >= deadline;
            assert!(
                !is_late,
                "{what}; {:?}\n{}\n{}",
                self.events,
                self.daemon.all(),
                self.agent.all()
            );
            self.turn();
        }
    }

    /// Copies a text in the guest. The program runs until another one copies.
    fn copy(&self, selection: &str, text: &str) -> Process {
        let file = self.files.file("copied");
        fs::write(&file, text).expect("write the text");
        let file = file.display().to_string();
        self.screen
            .xclip(&["-quiet", "-selection", selection, "-i", &file])
    }

    /// Waits until the guest has copied text in this selection.
    fn wait_for_grab(&mut self, expected: ClipboardSelection) {
        self.wait_for("grab", |event| match event {
            AgentEvent::ClipboardGrab { selection, types } => {
                (*selection == expected && types.contains(&ClipboardType::UTF8_TEXT)).then_some(())
            }
            _ => None,
        });
    }

    /// Requests the guest's text.
    fn paste(&mut self, selection: ClipboardSelection) -> Vec<u8> {
        let requested = self
            .client
            .clipboard_request(selection, ClipboardType::UTF8_TEXT);
        requested.expect("request the text");
        self.wait_for("data", |event| match event {
            AgentEvent::ClipboardData {
                selection: found,
                r#type,
                data,
            } => {
                assert_eq!((*found, *r#type), (selection, ClipboardType::UTF8_TEXT));
                Some(data.clone())
            }
            _ => None,
        })
    }

    /// Copies this text in the client and pastes it in the guest, where `owner` has copied before.
    fn paste_in_guest(
        &mut self,
        mut owner: Process,
        selection: ClipboardSelection,
        name: &str,
        text: &str,
    ) -> String {
        let grabbed = self
            .client
            .clipboard_grab(selection, &[ClipboardType::UTF8_TEXT]);
        grabbed.expect("grab");
        // xclip ends when the agent becomes the owner.
        self.run_until("the grab has arrived", |_| owner.has_ended());
        let arguments = ["-o", "-selection", name, "-target", "UTF8_STRING"];
        let mut pasted = self.screen.xclip(&arguments);
        let wanted = self.wait_for("request", |event| match event {
            AgentEvent::ClipboardRequest { selection, r#type } => Some((*selection, *r#type)),
            _ => None,
        });
        assert_eq!(wanted, (selection, ClipboardType::UTF8_TEXT));
        let sent = self
            .client
            .clipboard_data(selection, ClipboardType::UTF8_TEXT, text.as_bytes());
        sent.expect("send the text");
        self.run_until("xclip has the text", |_| pasted.has_ended());
        assert!(pasted.wait_for_end(LIMIT).success(), "{}", pasted.all());
        pasted.output()
    }
}

/// Waits until a condition holds.
fn wait_until(what: &str, done: impl Fn() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !done() {
        assert!(Instant::now() < deadline, "{what}");
        thread::yield_now();
    }
}

/// A text of this length, without a line end at the end.
fn text(length: usize) -> String {
    let lines = (0..).map(|line| format!("line {line} of the text\n"));
    let mut text: String = lines.take(length / 10 + 1).collect();
    text.truncate(length - 1);
    text.push('.');
    text
}

/// The usual capabilities without these.
fn without(capabilities: &[AgentCapability]) -> CapabilitySet {
    let mut ours = usual_capabilities();
    for capability in capabilities {
        ours.remove(*capability);
    }
    ours
}

pub fn agent_announces_capabilities_and_applies_the_monitor_layout() {
    let mut guest = Guest::start(usual_capabilities());
    assert_eq!(guest.client.dialect(), Dialect::SelectionSerial);
    let theirs = guest.client.capabilities().expect("announced");
    for capability in [
        AgentCapability::MOUSE_STATE,
        AgentCapability::MONITORS_CONFIG,
        AgentCapability::REPLY,
        AgentCapability::GRAPHICS_DEVICE_INFO,
    ] {
        assert!(theirs.contains(capability), "{capability}");
    }
    assert!(!theirs.contains(AgentCapability::DISPLAY_CONFIG));
    let monitor = MonitorConfig {
        width: 800,
        height: 600,
        depth: 32,
        x: 0,
        y: 0,
    };
    let size = PhysicalSize {
        width: 300,
        height: 200,
    };
    let config = MonitorsConfig::new([monitor]);
    guest.client.send(config.clone()).expect("send the layout");
    let reply = guest.wait_for("reply", |event| match event {
        AgentEvent::Reply(reply) => Some(*reply),
        _ => None,
    });
    assert_eq!((reply.r#type, reply.error), (2, ReplyError::SUCCESS));
    guest.run_until("the screen has the size", |guest| {
        guest.screen.size() == "800 600"
    });
    // This agent does not know physical sizes.
    let sized = config.with_physical_sizes([size]);
    guest.client.send(sized).expect("send the layout");
    guest.pump();
    let rejected = "invalid message size for VDAgentMonitorsConfig";
    guest.daemon.wait_for(rejected, LIMIT);
}

fn check_clipboard(capabilities: CapabilitySet, dialect: Dialect) {
    let mut guest = Guest::start(capabilities);
    assert_eq!(guest.client.dialect(), dialect);
    let selection = ClipboardSelection::CLIPBOARD;
    for length in [10, 1 << 20] {
        let text = text(length);
        let copied = guest.copy("clipboard", &text);
        guest.wait_for_grab(selection);
        assert!(guest.paste(selection) == text.as_bytes(), "{length} bytes");
        let text = text.to_uppercase();
        let pasted = guest.paste_in_guest(copied, selection, "clipboard", &text);
        assert!(pasted == text, "{length} bytes");
    }
    // The client withdraws its grab.
    guest.client.clipboard_release(selection).expect("release");
    guest.run_until("the guest's clipboard is empty", |guest| {
        guest.screen.formats("clipboard").is_empty()
    });
    // The guest withdraws its grab.
    let copied = guest.copy("clipboard", "again");
    guest.wait_for_grab(selection);
    drop(copied);
    // The daemon sends no release without a selection.
    if dialect.has_selections() {
        guest.wait_for("release", |event| {
            let release = AgentEvent::ClipboardRelease { selection };
            (*event == release).then_some(())
        });
    }
}

pub fn clipboard_passes_in_both_directions_in_the_serial_dialect() {
    check_clipboard(usual_capabilities(), Dialect::SelectionSerial);
}

pub fn clipboard_passes_in_both_directions_in_the_selection_dialect() {
    let serial = AgentCapability::CLIPBOARD_GRAB_SERIAL;
    check_clipboard(without(&[serial]), Dialect::Selection);
}

pub fn clipboard_passes_in_both_directions_without_selections() {
    let selection = AgentCapability::CLIPBOARD_SELECTION;
    check_clipboard(without(&[selection]), Dialect::PlainSerial);
}

pub fn clipboard_passes_in_both_directions_in_the_plain_dialect() {
    let selection = AgentCapability::CLIPBOARD_SELECTION;
    let serial = AgentCapability::CLIPBOARD_GRAB_SERIAL;
    check_clipboard(without(&[selection, serial]), Dialect::Plain);
}

pub fn primary_selection_passes_in_both_directions() {
    let mut guest = Guest::start(usual_capabilities());
    let selection = ClipboardSelection::PRIMARY;
    let copied = guest.copy("primary", "selected");
    guest.wait_for_grab(selection);
    assert_eq!(guest.paste(selection), b"selected");
    let pasted = guest.paste_in_guest(copied, selection, "primary", "by the client");
    assert_eq!(pasted, "by the client");
}

pub fn files_are_transferred() {
    let mut guest = Guest::start(usual_capabilities());
    let status = |guest: &mut Guest| {
        guest.wait_for("status", |event| match event {
            AgentEvent::FileStatus(status) => Some((status.id, status.result())),
            _ => None,
        })
    };
    let content = text(100_000);
    let file = FileInfo::new("a file.txt", content.len() as u64);
    guest.client.start_file(7, &file).expect("start");
    assert_eq!(status(&mut guest), (7, FileXferResult::CAN_SEND_DATA));
    for part in content.as_bytes().chunks(40_000) {
        guest.client.file_data(7, part).expect("send a part");
    }
    assert_eq!(status(&mut guest), (7, FileXferResult::SUCCESS));
    let path = guest.files.file("a file.txt");
    assert!(fs::read_to_string(path).expect("read the file") == content);
    // A file that is larger than the disk.
    let file = FileInfo::new("large", 1 << 60);
    guest.client.start_file(8, &file).expect("start");
    let free = guest.wait_for("status", |event| match event {
        AgentEvent::FileStatus(status) => Some(status.free_space()),
        _ => None,
    });
    assert!(free.is_some_and(|free| free > 0), "{free:?}");
}

pub fn agent_hears_that_the_client_disconnects_and_answers_the_next_one() {
    let mut guest = Guest::start(usual_capabilities());
    guest.relay.disconnect_client();
    guest.pump();
    guest.daemon.wait_for("client disconnected", LIMIT);
    // Nothing of the old client's stream reaches the new one.
    guest.client = ClientAgent::new(usual_capabilities());
    guest.events.clear();
    let mut init = Init::default();
    guest.relay.connect_client(&CapabilitySet::new(), &mut init);
    guest.client.handle(&init.into());
    guest.wait_for("capabilities", |event| {
        matches!(event, AgentEvent::Capabilities(_)).then_some(())
    });
}
