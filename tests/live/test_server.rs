//! Our own server for tests, as `docs/server.md` explains it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use spice_link::ticket::{ServerKey, os_random};
use spice_link::{
    Capabilities, Frame, FrameReader, FrameWriter, LinkErr, LinkSession, ServerLink, ServerStep,
};
use spice_messages::ChannelType;
use spice_messages::wire::{ChannelMessage, Side};

/// Limit on the time between messages of a client.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// A running server, which stops on drop.
pub struct Server {
    /// Address for clients.
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
}

/// A channel of a client after its link stage.
pub struct Channel {
    pub stream: TcpStream,
    pub session: LinkSession,
    reader: FrameReader,
    pub writer: FrameWriter,
}

impl Server {
    /// Starts a server with this password, which calls `serve` for each channel in a new thread.
    pub fn start(
        password: &'static str,
        capabilities: Capabilities,
        serve: impl Fn(Channel) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("the address of the socket");
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let serve = Arc::new(serve);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let serve = Arc::clone(&serve);
                let capabilities = capabilities.clone();
                let stream = stream.expect("accept a client");
                thread::spawn(move || {
                    if let Some(channel) = link(stream, key(), password, capabilities) {
                        serve(channel);
                    }
                });
            }
        });
        Self { address, stop }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts clients.
        let _ = TcpStream::connect(self.address);
    }
}

/// Returns the key of all servers, because generating one is slow.
fn key() -> &'static ServerKey {
    static KEY: OnceLock<ServerKey> = OnceLock::new();
    KEY.get_or_init(|| ServerKey::generate(os_random).expect("generate a key"))
}

/// Runs the link stage.
fn link(
    mut stream: TcpStream,
    key: &ServerKey,
    password: &str,
    capabilities: Capabilities,
) -> Option<Channel> {
    stream.set_read_timeout(Some(READ_TIMEOUT)).ok()?;
    let mut link = ServerLink::new();
    loop {
        match link.step().ok()? {
            ServerStep::Send(bytes) => stream.write_all(&bytes).ok()?,
            ServerStep::Receive(missing) => {
                let mut bytes = vec![0; missing];
                stream.read_exact(&mut bytes).ok()?;
                link.receive(&bytes);
            }
            ServerStep::Request(_) => link.accept(*key.public(), capabilities.clone()).ok()?,
            ServerStep::Ticket(ticket) => {
                if key.check(&ticket, password, os_random) {
                    link.admit().ok()?;
                } else {
                    link.refuse(LinkErr::PERMISSION_DENIED).ok()?;
                }
            }
            ServerStep::Done(session) => {
                let format = session.header();
                return Some(Channel {
                    stream,
                    session,
                    reader: FrameReader::new(Side::Client, format),
                    writer: FrameWriter::new(format),
                });
            }
        }
    }
}

impl Channel {
    /// Returns the type of the channel.
    pub fn channel_type(&self) -> ChannelType {
        self.session.request.channel_type
    }

    /// Sends a message.
    pub fn send<'m>(&mut self, message: &impl ChannelMessage<'m>) {
        let mut bytes = Vec::new();
        let written = self.writer.message(message, &mut bytes);
        written.expect("write the message");
        self.send_bytes(&bytes);
    }

    /// Sends bytes, and ignores a disconnected client.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Waits for the next message. Returns `None` if the client has disconnected.
    pub fn receive(&mut self) -> Option<Frame> {
        let mut bytes = [0; 4096];
        while self.reader.missing() > 0 {
            match self.stream.read(&mut bytes) {
                Ok(0) | Err(_) => return None,
                Ok(length) => self.reader.push(&bytes[..length]),
            }
        }
        self.reader
            .next_frame()
            .expect("a message within the limit")
    }
}
