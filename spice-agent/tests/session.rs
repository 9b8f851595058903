//! Sessions between a client, a relay and a guest.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use spice_agent::proto::agent::client::{Message as ToAgent, MonitorsConfig};
use spice_agent::proto::agent::server as from_agent;
use spice_agent::proto::types::{
    AnnounceCapabilities, Clipboard, ReplyError, SelectionClipboard, SelectionSerialClipboardGrab,
};
use spice_agent::proto::{plain, selection_serial, server_port};
use spice_agent::{
    AgentCapability, AgentError, AgentEvent, AgentRelay, CapabilitySet, ChunkPort, ChunkReader,
    ClientAgent, ClipboardSelection, ClipboardType, Dialect, FileInfo, MessageReader,
    MonitorConfig, RawMessage, StreamError, usual_capabilities, write_chunks, write_message,
};
use spice_link::MainCapability;
use spice_messages::main::{client, server};
use spice_messages::types::{Data, LinkErr};
use spice_messages::wire::ChannelMessage;

const CLIPBOARD: ClipboardSelection = ClipboardSelection::CLIPBOARD;
const TEXT: ClipboardType = ClipboardType::UTF8_TEXT;

/// Both ends, and a guest that only counts.
struct Session {
    client: ClientAgent,
    relay: AgentRelay,
    chunks: ChunkReader,
    reader: MessageReader,
    /// The guest takes no bytes.
    guest_is_busy: bool,
    /// Messages between client and relay, by name.
    log: Vec<&'static str>,
}

impl Session {
    fn new(capabilities: CapabilitySet, main: &CapabilitySet, window: u32) -> Self {
        let mut session = Self {
            client: ClientAgent::new(capabilities).with_window(window),
            relay: AgentRelay::new(window),
            chunks: ChunkReader::new(),
            reader: MessageReader::new(),
            guest_is_busy: false,
            log: Vec::new(),
        };
        let mut init = server::Init::default();
        session.relay.connect_client(main, &mut init);
        session.client.handle(&init.into());
        session
    }

    /// A session whose agent has these capabilities. Each window has two parts.
    fn connected(agent: &CapabilitySet) -> Self {
        let main = CapabilitySet::new().with(MainCapability::AGENT_CONNECTED_TOKENS);
        let mut session = Self::new(usual_capabilities(), &main, 2);
        session.relay.connect_guest();
        session.pump();
        session.announce(agent);
        assert_eq!(session.event(), AgentEvent::Connected);
        assert_eq!(session.event(), AgentEvent::Capabilities(agent.clone()));
        session.messages();
        session
    }

    fn announce(&mut self, agent: &CapabilitySet) {
        let announced = AnnounceCapabilities {
            request: 0,
            caps: agent.words().to_vec().into(),
        };
        self.answer(&from_agent::Message::from(announced));
    }

    /// Moves messages until nothing moves.
    fn pump(&mut self) {
        loop {
            let before = self.log.len();
            while let Some(message) = self.client.next_message() {
                self.log.push(message.name().unwrap());
                self.relay.handle(&message).unwrap();
            }
            while let Some(message) = self.relay.next_message() {
                self.log.push(message.name().unwrap());
                self.client.handle(&message);
            }
            if !self.guest_is_busy
                && let Some(bytes) = self.relay.next_guest_bytes()
            {
                self.chunks.push(&bytes);
            } else if self.log.len() == before {
                return;
            }
        }
    }

    /// Sends a message of the agent.
    fn answer<'m>(&mut self, message: &impl ChannelMessage<'m>) {
        let (mut stream, mut chunks) = (Vec::new(), Vec::new());
        write_message(message, &mut stream).unwrap();
        write_chunks(ChunkPort::CLIENT, &stream, &mut chunks);
        self.relay.receive_from_guest(&chunks).unwrap();
        self.pump();
    }

    fn event(&mut self) -> AgentEvent {
        let event = self.client.next_event().unwrap();
        event.expect("an event")
    }

    /// Returns the messages of the client that have reached the guest.
    fn messages(&mut self) -> Vec<RawMessage> {
        self.pump();
        while let Some(part) = self.chunks.next_part().unwrap() {
            if part.port == ChunkPort::CLIENT {
                self.reader.push(&part.data);
            }
        }
        let messages = std::iter::from_fn(|| self.reader.next_message().unwrap());
        messages.collect()
    }
}

fn all_capabilities() -> CapabilitySet {
    (0..18).map(AgentCapability).collect()
}

#[test]
fn connecting_starts_the_stream_and_exchanges_capabilities() {
    let main = CapabilitySet::new().with(MainCapability::AGENT_CONNECTED_TOKENS);
    let mut session = Session::new(usual_capabilities(), &main, 10);
    session.pump();
    assert!(session.log.is_empty());
    assert!(!session.client.is_connected());
    let error = session.client.clipboard_request(CLIPBOARD, TEXT);
    assert_eq!(error, Err(AgentError::NotConnected));

    session.relay.connect_guest();
    session.pump();
    assert_eq!(session.event(), AgentEvent::Connected);
    assert_eq!(
        session.log,
        ["agent_connected_tokens", "agent_start", "agent_data"]
    );
    let messages = session.messages();
    let [message] = &messages[..] else {
        panic!("{messages:?}");
    };
    let announced = AnnounceCapabilities {
        request: 1,
        caps: usual_capabilities().words().to_vec().into(),
    };
    assert_eq!(message.decode::<ToAgent<'_>>(), Ok(announced.into()));
    // The capabilities are not known yet.
    let error = session.client.clipboard_request(CLIPBOARD, TEXT);
    let lacks = AgentError::Unsupported(AgentCapability::CLIPBOARD_BY_DEMAND);
    assert_eq!(error, Err(lacks));
    assert_eq!(session.client.capabilities(), None);

    let request = AnnounceCapabilities {
        request: 1,
        caps: vec![0x20].into(),
    };
    session.answer(&from_agent::Message::from(request));
    assert!(matches!(session.event(), AgentEvent::Capabilities(_)));
    let messages = session.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].data[..4], [0; 4]);
}

#[test]
fn messages_need_the_capability_of_the_agent() {
    let clipboard = CapabilitySet::new().with(AgentCapability::CLIPBOARD_BY_DEMAND);
    let mut session = Session::connected(&clipboard);
    let agent = &mut session.client;
    assert_eq!(agent.dialect(), Dialect::Plain);
    let error = agent.send(MonitorsConfig::default());
    let lacks = AgentError::Unsupported(AgentCapability::MONITORS_CONFIG);
    assert_eq!(error, Err(lacks));
    let error = agent.clipboard_grab(ClipboardSelection::PRIMARY, &[TEXT]);
    let lacks = AgentError::Unsupported(AgentCapability::CLIPBOARD_SELECTION);
    assert_eq!(error, Err(lacks));
    assert_eq!(agent.queued(), 0);
    agent.clipboard_grab(CLIPBOARD, &[TEXT]).unwrap();
    agent.clipboard_release(CLIPBOARD).unwrap();
    let messages = session.messages();
    assert_eq!(messages[0].data[..], [1, 0, 0, 0]);
    assert_eq!((messages[1].r#type, messages[1].data.len()), (9, 0));
}

#[test]
fn layout_that_cannot_be_encoded_is_an_error_and_sends_nothing() {
    let mut session = Session::connected(&all_capabilities());
    let config = MonitorsConfig::new([MonitorConfig::default()]).with_physical_sizes([]);
    let error = session.client.send(config).unwrap_err();
    assert!(matches!(error, AgentError::Encode(_)), "{error:?}");
    assert_eq!(session.client.queued(), 0);
}

#[test]
fn large_clipboard_flows_as_far_as_tokens_allow() {
    let mut session = Session::connected(&all_capabilities());
    let data: Vec<u8> = (0..1 << 20).map(|index| (index % 251) as u8).collect();
    session.guest_is_busy = true;
    session
        .client
        .clipboard_data(CLIPBOARD, TEXT, &data)
        .unwrap();
    let all = session.client.queued();
    assert_eq!(all, 20 + 8 + data.len());
    session.pump();
    // Two parts wait for the guest.
    assert_eq!(session.client.queued(), all - 2 * 2048);
    session.guest_is_busy = false;
    let messages = session.messages();
    assert_eq!(session.client.queued(), 0);
    let expected = SelectionClipboard {
        selection: CLIPBOARD,
        r#type: TEXT,
        data: data.as_slice().into(),
    };
    let message: selection_serial::client::Message<'_> = messages[0].decode().unwrap();
    assert!(message == expected.clone().into());

    // The other direction.
    session.answer(&selection_serial::server::Message::from(expected));
    let AgentEvent::ClipboardData { data: found, .. } = session.event() else {
        panic!();
    };
    assert!(found == data);
    let parts = session.log.iter().filter(|name| **name == "agent_data");
    assert!(parts.count() > 1024);
}

#[test]
fn guest_waits_while_the_client_returns_no_tokens() {
    let mut session = Session::connected(&all_capabilities());
    let part = vec![0; 2048];
    let mut chunks = Vec::new();
    write_chunks(ChunkPort::CLIENT, &part, &mut chunks);
    let mut received = 0;
    while session.relay.accepts_guest_bytes() {
        session.relay.receive_from_guest(&chunks).unwrap();
        received += 1;
    }
    assert_eq!(received, 128);
    let parts = std::iter::from_fn(|| session.relay.next_message().map(|_| ())).count();
    assert_eq!(parts, 2);
    assert!(session.relay.accepts_guest_bytes());
}

#[test]
fn grabs_of_both_sides_count_serials_together() {
    let mut session = Session::connected(&all_capabilities());
    let serials = |session: &mut Session| -> Vec<u32> {
        let messages = session.messages();
        let grabs = messages.iter().map(|message| match message.decode() {
            Ok(selection_serial::client::Message::ClipboardGrab(grab)) => grab.serial,
            other => panic!("{other:?}"),
        });
        grabs.collect()
    };
    for _ in 0..2 {
        session.client.clipboard_grab(CLIPBOARD, &[TEXT]).unwrap();
    }
    let primary = ClipboardSelection::PRIMARY;
    session.client.clipboard_grab(primary, &[TEXT]).unwrap();
    assert_eq!(serials(&mut session), [0, 1, 0]);
    session.answer(&selection_serial::server::Message::from(
        SelectionSerialClipboardGrab {
            selection: CLIPBOARD,
            serial: 7,
            types: [TEXT].into(),
        },
    ));
    let grab = AgentEvent::ClipboardGrab {
        selection: CLIPBOARD,
        types: vec![TEXT],
    };
    assert_eq!(session.event(), grab);
    session.client.clipboard_grab(CLIPBOARD, &[TEXT]).unwrap();
    session.client.clipboard_grab(primary, &[TEXT]).unwrap();
    assert_eq!(serials(&mut session), [8, 1]);
}

#[test]
fn invalid_message_is_an_error_and_the_next_one_is_read() {
    let mut session = Session::connected(&CapabilitySet::new());
    // A clipboard request without its type, then a reply.
    let mut chunks = Vec::new();
    let mut request = vec![1, 0, 0, 0, 8, 0, 0, 0];
    request.extend([0; 12]);
    write_chunks(ChunkPort::CLIENT, &request, &mut chunks);
    session.relay.receive_from_guest(&chunks).unwrap();
    let reply = from_agent::Reply {
        r#type: 2,
        error: ReplyError::SUCCESS,
    };
    session.answer(&from_agent::Message::from(reply));
    let error = session.client.next_event().unwrap_err();
    assert!(matches!(error, AgentError::Decode { r#type: 8, .. }));
    assert!(
        error.to_string().starts_with("agent message 8: "),
        "{error}"
    );
    assert_eq!(session.event(), AgentEvent::Reply(reply));
    // A message that only clients send.
    let data = Clipboard::default();
    session.answer(&plain::server::Message::from(data));
    assert!(matches!(session.event(), AgentEvent::ClipboardData { .. }));
    session.answer(&server_port::client::Message::from(
        server_port::client::MouseState::default(),
    ));
    let AgentEvent::Unknown(raw) = session.event() else {
        panic!();
    };
    assert_eq!(raw.r#type, 1);
}

#[test]
fn broken_stream_is_ignored_until_the_agent_connects_again() {
    let mut session = Session::connected(&all_capabilities());
    let mut chunks = Vec::new();
    write_chunks(ChunkPort::CLIENT, &[9; 20], &mut chunks);
    session.relay.receive_from_guest(&chunks).unwrap();
    session.pump();
    let error = session.client.next_event().unwrap_err();
    let protocol = StreamError::Protocol {
        protocol: 0x0909_0909,
        offset: 28,
    };
    assert_eq!(error, AgentError::Stream(protocol));
    session.announce(&all_capabilities());
    assert_eq!(session.client.next_event(), Ok(None));
    session.relay.disconnect_guest();
    session.relay.connect_guest();
    session.pump();
    session.announce(&all_capabilities());
    assert_eq!(session.event(), AgentEvent::Disconnected(LinkErr::OK));
    assert_eq!(session.event(), AgentEvent::Connected);
    assert!(matches!(session.event(), AgentEvent::Capabilities(_)));
}

#[test]
fn both_sides_forget_half_messages_when_the_agent_disconnects() {
    let mut session = Session::connected(&all_capabilities());
    // Half a message in each direction.
    session.guest_is_busy = true;
    session
        .client
        .clipboard_data(CLIPBOARD, TEXT, &[7; 100_000])
        .unwrap();
    session.pump();
    let mut chunks = Vec::new();
    write_chunks(ChunkPort::CLIENT, &[1, 0, 0, 0, 4], &mut chunks);
    session.relay.receive_from_guest(&chunks).unwrap();
    session.pump();
    assert!(session.client.queued() > 90_000);

    session.relay.disconnect_guest();
    session.pump();
    assert_eq!(session.event(), AgentEvent::Disconnected(LinkErr::OK));
    assert_eq!(session.client.queued(), 0);
    assert_eq!(
        session.client.start_file(1, &FileInfo::default()),
        Err(AgentError::NotConnected)
    );

    session.guest_is_busy = false;
    (session.chunks, session.reader) = (ChunkReader::new(), MessageReader::new());
    session.relay.connect_guest();
    session.pump();
    session.announce(&all_capabilities());
    assert_eq!(session.event(), AgentEvent::Connected);
    assert!(matches!(session.event(), AgentEvent::Capabilities(_)));
    let messages = session.messages();
    assert_eq!((messages.len(), messages[0].r#type), (1, 6));
    // The tokens of both directions are whole again.
    let data = vec![1; 100_000];
    session
        .client
        .clipboard_data(CLIPBOARD, TEXT, &data)
        .unwrap();
    assert_eq!(session.messages().len(), 1);
}

#[test]
fn tokens_of_an_old_client_survive_reconnects_of_the_agent() {
    // Without the capability, the client keeps the tokens of `init`.
    let mut session = Session::new(usual_capabilities(), &CapabilitySet::new(), 3);
    for _ in 0..5 {
        session.relay.connect_guest();
        session.pump();
        session.announce(&all_capabilities());
        session
            .client
            .clipboard_data(CLIPBOARD, TEXT, &[7; 100_000])
            .unwrap();
        session.guest_is_busy = true;
        session.pump();
        session.relay.disconnect_guest();
        session.pump();
        session.guest_is_busy = false;
    }
    session.relay.connect_guest();
    session.pump();
    (session.chunks, session.reader) = (ChunkReader::new(), MessageReader::new());
    session.announce(&all_capabilities());
    session
        .client
        .clipboard_data(CLIPBOARD, TEXT, &[7; 100_000])
        .unwrap();
    assert_eq!(session.messages().len(), 1);
}

#[test]
fn next_client_does_not_receive_the_rest_of_a_message() {
    let mut session = Session::connected(&all_capabilities());
    let data = SelectionClipboard {
        selection: CLIPBOARD,
        r#type: TEXT,
        data: vec![7; 5000].into(),
    };
    let (mut stream, mut chunks) = (Vec::new(), Vec::new());
    let message = selection_serial::server::Message::from(data);
    write_message(&message, &mut stream).unwrap();
    write_chunks(ChunkPort::CLIENT, &stream, &mut chunks);
    let (start, rest) = chunks.split_at(1000);
    session.relay.receive_from_guest(start).unwrap();
    session.pump();
    session.relay.disconnect_client();
    let left = session.relay.next_guest_bytes().unwrap();
    assert_eq!((left[0], left[12]), (2, 13));

    session.client = ClientAgent::default();
    let mut init = server::Init::default();
    session
        .relay
        .connect_client(&CapabilitySet::new(), &mut init);
    session.client.handle(&init.into());
    session.pump();
    assert_eq!(session.event(), AgentEvent::Connected);
    session.relay.receive_from_guest(rest).unwrap();
    session.pump();
    assert_eq!(session.client.next_event(), Ok(None));
    session.announce(&all_capabilities());
    assert!(matches!(session.event(), AgentEvent::Capabilities(_)));
}

#[test]
fn clients_that_break_the_rules_are_reported() {
    let mut relay = AgentRelay::new(2);
    relay.connect_guest();
    let mut init = server::Init::default();
    relay.connect_client(&CapabilitySet::new(), &mut init);
    assert_eq!((init.agent_connected, init.agent_tokens), (1, 2));
    let start = client::AgentStart { num_tokens: 1 };
    relay.handle(&start.into()).unwrap();
    let part = |length: usize| {
        client::Message::AgentData(Data {
            data: vec![0; length].into(),
        })
    };
    let size = 2049;
    assert_eq!(
        relay.handle(&part(size)),
        Err(AgentError::PartTooLarge { size })
    );
    relay.handle(&part(2048)).unwrap();
    relay.handle(&part(1)).unwrap();
    assert_eq!(relay.handle(&part(1)), Err(AgentError::NoToken));
    assert_eq!(relay.next_message(), None);
    assert_eq!(relay.next_guest_bytes().unwrap().len(), 8 + 2048 + 8 + 1);
    let tokens = server::AgentToken { num_tokens: 2 };
    assert_eq!(relay.next_message(), Some(tokens.into()));
    relay.handle(&part(1)).unwrap();
}
