//! The agent over a session: a client of this crate, a server that relays, and a guest that asks for the clipboard.

use std::sync::Mutex;

use spice_agent::proto::agent::server as from_agent;
use spice_agent::proto::selection_base::{client as to_guest, server as from_guest};
use spice_agent::proto::types::{AnnounceCapabilities, SelectionClipboardRequest};
use spice_agent::{
    AgentEvent, AgentRelay, ChunkPort, ChunkReader, ClientAgent, ClipboardSelection, ClipboardType,
    MessageReader, usual_capabilities, write_chunks, write_message,
};
use spice_link::Error;
use spice_link::tokio::{Events, Session, accept_with};
use spice_messages::main;
use spice_messages::types::Empty;
use spice_messages::wire::ChannelMessage;
use tokio::io::{DuplexStream, duplex};

use super::support::{POLICY, options};

const TEXT: ClipboardType = ClipboardType::UTF8_TEXT;
const SELECTION: ClipboardSelection = ClipboardSelection::CLIPBOARD;

/// A guest that asks for everything that the client grabs.
#[derive(Default)]
struct Guest {
    chunks: ChunkReader,
    reader: MessageReader,
    /// The data of the clipboard, once it is complete.
    clipboard: Option<Vec<u8>>,
}

impl Guest {
    /// Receives bytes of the virtio port, and returns the answer.
    fn receive(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut answer = Vec::new();
        self.chunks.push(bytes);
        while let Some(part) = self.chunks.next_part().unwrap() {
            assert_eq!(part.port, ChunkPort::CLIENT);
            self.reader.push(&part.data);
            while let Some(raw) = self.reader.next_message().unwrap() {
                if raw.r#type == 6 {
                    let caps = usual_capabilities().words().to_vec().into();
                    let announced = AnnounceCapabilities { request: 0, caps };
                    write(&from_agent::Message::from(announced), &mut answer);
                } else if raw.r#type == 7 {
                    let request = SelectionClipboardRequest {
                        selection: SELECTION,
                        r#type: TEXT,
                    };
                    write(&from_guest::Message::from(request), &mut answer);
                } else if let to_guest::Message::Clipboard(clipboard) = raw.decode().unwrap() {
                    self.clipboard = Some(clipboard.data.to_vec());
                }
            }
        }
        answer
    }
}

fn write<'m>(message: &impl ChannelMessage<'m>, out: &mut Vec<u8>) {
    let mut stream = Vec::new();
    write_message(message, &mut stream).unwrap();
    write_chunks(ChunkPort::CLIENT, &stream, out);
}

/// Serves main until the guest has a clipboard.
async fn serve(stream: DuplexStream) -> Result<Vec<u8>, Error> {
    let accepted = accept_with(stream, &*POLICY, &options()).await?;
    let session_id = accepted.session().id;
    let mut main = accepted.into_connection::<main::Channel>()?;
    let (mut relay, mut guest) = (AgentRelay::new(5), Guest::default());
    relay.connect_guest();
    let mut init = main::server::Init {
        session_id,
        ..Default::default()
    };
    relay.connect_client(&main.link().request.capabilities.channel, &mut init);
    let sender = main.sender();
    sender.send(init).await?;
    while let Some(message) = main.next().await? {
        if let main::client::Message::AttachChannels(Empty {}) = message {
            sender.send(POLICY.channels_list()).await?;
        }
        relay.handle(&message).unwrap();
        while let Some(bytes) = relay.next_guest_bytes() {
            let answer = guest.receive(&bytes);
            relay.receive_from_guest(&answer).unwrap();
        }
        while let Some(message) = relay.next_message() {
            sender.send(message).await?;
        }
        if let Some(clipboard) = guest.clipboard.take() {
            return Ok(clipboard);
        }
    }
    Ok(Vec::new())
}

/// Runs the loop of `docs/agent.md` until the server closes main.
async fn share(session: &Session<DuplexStream>, events: &mut Events, text: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut agent = ClientAgent::default();
    agent.handle(&session.info().init.into());
    loop {
        while let Some(event) = agent.next_event().unwrap() {
            let name = format!("{event:?}");
            names.push(name.split([' ', '(', '{']).next().unwrap().to_owned());
            match event {
                AgentEvent::Capabilities(_) => agent.clipboard_grab(SELECTION, &[TEXT]).unwrap(),
                AgentEvent::ClipboardRequest { selection, r#type } => {
                    agent.clipboard_data(selection, r#type, text).unwrap();
                }
                _ => {}
            }
        }
        while let Some(message) = agent.next_message() {
            // The server closes main after it has received the text.
            let _ = session.send(message).await;
        }
        match events.next().await {
            Ok(Some(message)) => agent.handle(&message),
            _ => return names,
        }
    }
}

#[tokio::test]
async fn guest_pastes_the_text_of_a_client() {
    let text: Vec<u8> = (0..1_000_000_u32).map(|n| b'a' + (n % 26) as u8).collect();
    let (client, server) = duplex(10_000);
    let client = Mutex::new(Some(client));
    let connect = move || {
        let stream = client.lock().unwrap().take().unwrap();
        async { Ok(stream) }
    };
    let server = tokio::spawn(serve(server));
    let opened = Session::open_with(connect, "", &options()).await;
    let (session, mut events) = opened.unwrap();
    let names = share(&session, &mut events, &text).await;
    assert_eq!(names, ["Connected", "Capabilities", "ClipboardRequest"]);
    assert_eq!(server.await.unwrap().unwrap(), text);
}
