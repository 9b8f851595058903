//! Our own client for tests.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use spice_link::ticket::{self, OsRng};
use spice_link::{
    Capabilities, ClientLink, ClientStep, Frame, FrameReader, HeaderFormat, LinkRequest,
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

impl TestClient {
    /// Connects a channel and completes its link stage.
    pub fn connect(address: &str, channel_type: ChannelType) -> Self {
        let request = LinkRequest {
            connection_id: 1,
            channel_type,
            channel_id: 0,
            capabilities: Capabilities::usual(),
        };
        let mut stream = connect(address);
        let mut link = ClientLink::new(request).expect("a request within the limit");
        loop {
            match link.step().expect("the server admits the client") {
                ClientStep::Send(bytes) => stream.write_all(&bytes).expect("send bytes"),
                ClientStep::Receive(missing) => {
                    let mut bytes = vec![0; missing];
                    stream.read_exact(&mut bytes).expect("receive an answer");
                    link.receive(&bytes).expect("the server admits the client");
                }
                ClientStep::Ticket(key) => {
                    let ticket = ticket::encrypt("", key, &mut OsRng).expect("encrypt the ticket");
                    link.ticket(&ticket).expect("send the ticket");
                }
                ClientStep::Done(session) => {
                    let format = session.header();
                    return Self {
                        stream,
                        format,
                        reader: FrameReader::new(Side::Server, format),
                    };
                }
            }
        }
    }

    /// Sends bytes.
    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("send bytes");
    }

    /// Waits for the next message.
    pub fn receive(&mut self) -> Frame<'_> {
        let mut bytes = [0; 4096];
        while self.reader.missing() > 0 {
            let length = self.stream.read(&mut bytes).expect("receive bytes");
            assert_ne!(length, 0, "the server disconnected");
            self.reader.push(&bytes[..length]);
        }
        let frame = self
            .reader
            .next_frame()
            .expect("a message within the limit");
        frame.expect("a complete message")
    }
}
