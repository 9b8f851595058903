//! A server of our own, on nothing but the library: what `docs/server.md` explains.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use spice_link::ticket::{OsRng, ServerKey};
use spice_link::{
    Capabilities, Established, Frame, FrameReader, FrameWriter, LinkErr, ServerLink, ServerStep,
};
use spice_messages::wire::{ChannelMessage, Side};

/// How long a client may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// A server that runs as long as the value exists.
pub struct Server {
    /// Where clients are to connect.
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
}

/// A channel of a client whose link stage is over.
pub struct Channel {
    pub stream: TcpStream,
    pub established: Established,
    reader: FrameReader,
    pub writer: FrameWriter,
}

impl Server {
    /// Starts a server that lets clients in with this password and then has `serve` talk to each
    /// channel, in a thread of its own.
    pub fn start(
        password: &'static str,
        capabilities: Capabilities,
        serve: impl Fn(Channel) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
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
                let stream = stream.expect("a client connects");
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
        // Wakes the thread that waits for clients.
        let _ = TcpStream::connect(self.address);
    }
}

/// One key for all: to make one takes a while.
fn key() -> &'static ServerKey {
    static KEY: OnceLock<ServerKey> = OnceLock::new();
    KEY.get_or_init(|| ServerKey::generate(&mut OsRng).expect("there is randomness"))
}

/// The link stage.
fn link(
    mut stream: TcpStream,
    key: &ServerKey,
    password: &str,
    capabilities: Capabilities,
) -> Option<Channel> {
    stream.set_read_timeout(Some(SILENCE)).ok()?;
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
                let known = key.check(ticket, password, &mut OsRng);
                match known {
                    true => link.admit().ok()?,
                    false => link.refuse(LinkErr::PERMISSION_DENIED).ok()?,
                }
            }
            ServerStep::Done(established) => {
                let established = established.clone();
                let format = established.header();
                return Some(Channel {
                    stream,
                    established,
                    reader: FrameReader::new(Side::Client, format),
                    writer: FrameWriter::new(format),
                });
            }
        }
    }
}

impl Channel {
    /// The number of its kind.
    pub fn kind(&self) -> u8 {
        self.established.request.channel_type
    }

    /// Sends a message.
    pub fn send<'m>(&mut self, message: &impl ChannelMessage<'m>) {
        let mut bytes = Vec::new();
        let written = self.writer.message(message, &mut bytes);
        written.expect("the message is right");
        self.send_bytes(&bytes);
    }

    /// Sends what the writer has written. The client may have gone.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Waits for the next message; nothing if the client is gone.
    pub fn receive<T>(&mut self, take: impl FnOnce(Frame<'_>) -> T) -> Option<T> {
        let mut bytes = [0; 4096];
        while self.reader.missing() > 0 {
            match self.stream.read(&mut bytes) {
                Ok(0) | Err(_) => return None,
                Ok(length) => self.reader.push(&bytes[..length]),
            }
        }
        let frame = self
            .reader
            .next_frame()
            .expect("the client keeps to the limit");
        frame.map(take)
    }
}
