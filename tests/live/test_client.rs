//! Our own client for tests.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use spice_link::ticket::{self, os_random};
use spice_link::{
    Capabilities, ClientLink, ClientStep, Frame, FrameReader, HeaderFormat, LinkError, LinkRequest,
    LinkSession,
};
use spice_messages::ChannelType;
use spice_messages::wire::Side;

/// Limit on the time between messages of a server.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// A channel after its link stage.
pub struct TestClient {
    pub stream: TcpStream,
    pub format: HeaderFormat,
    pub reader: FrameReader,
}

/// Connects, without a link stage.
pub fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("connect to the server");
    let limit = stream.set_read_timeout(Some(READ_TIMEOUT));
    limit.expect("set a timeout");
    stream
}

/// Takes a step of the link stage, without a password.
pub fn take_step(
    link: &mut ClientLink,
    stream: &mut TcpStream,
) -> Result<Option<LinkSession>, LinkError> {
    match link.step()? {
        ClientStep::Send(bytes) => stream.write_all(&bytes).expect("send bytes"),
        ClientStep::Receive(missing) => {
            let mut bytes = vec![0; missing];
            match stream.read(&mut bytes) {
                Ok(length @ 1..) => link.receive(&bytes[..length])?,
                _ => return Err(link.ended()),
            };
        }
        ClientStep::Ticket(key) => {
            let ticket = ticket::encrypt("", &key, os_random).expect("encrypt the ticket");
            link.ticket(&ticket)?;
        }
        ClientStep::Done(session) => return Ok(Some(session)),
    }
    Ok(None)
}

impl TestClient {
    /// Connects a channel of this session and completes its link stage.
    pub fn connect(address: &str, session_id: u32, channel_type: ChannelType) -> Self {
        let request = LinkRequest {
            connection_id: session_id,
            channel_type,
            channel_id: 0,
            capabilities: Capabilities::usual(),
        };
        let mut stream = connect(address);
        let mut link = ClientLink::new(request).expect("a request within the limit");
        loop {
            let step = take_step(&mut link, &mut stream);
            if let Some(session) = step.expect("the server admits the client") {
                let format = session.header();
                return Self {
                    stream,
                    format,
                    reader: FrameReader::new(Side::Server, format),
                };
            }
        }
    }

    /// Sends bytes.
    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("send bytes");
    }

    /// Waits for the next message.
    pub fn receive(&mut self) -> Frame {
        self.try_receive().expect("the server disconnected")
    }

    /// Waits for the next message. Returns `None` if the server disconnects.
    pub fn try_receive(&mut self) -> Option<Frame> {
        let mut bytes = [0; 4096];
        while self.reader.missing() > 0 {
            match self.stream.read(&mut bytes) {
                Ok(length @ 1..) => self.reader.push(&bytes[..length]),
                Ok(0) => return None,
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("cannot receive: {error}"),
            }
        }
        self.reader
            .next_frame()
            .expect("a message within the limit")
    }
}
