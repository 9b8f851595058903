//! A client of our own that says what it is told to say.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use spice_link::ticket::{self, OsRng};
use spice_link::{
    Capabilities, ClientLink, ClientStep, Frame, FrameReader, HeaderFormat, LinkRequest,
};
use spice_messages::wire::Side;

const SILENCE: Duration = Duration::from_secs(60);

/// A channel of a client, its link stage over.
pub struct Visitor {
    pub stream: TcpStream,
    pub format: HeaderFormat,
    pub reader: FrameReader,
}

/// A connection on which nothing was said.
pub fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("somebody listens");
    let limit = stream.set_read_timeout(Some(SILENCE));
    limit.expect("a limit can be set");
    stream
}

impl Visitor {
    /// Goes through the link stage of a channel.
    pub fn enter(address: &str, channel_type: u8) -> Self {
        let request = LinkRequest {
            connection_id: 1,
            channel_type,
            channel_id: 0,
            capabilities: Capabilities::usual(),
        };
        let mut stream = connect(address);
        let mut link = ClientLink::new(request).expect("the request is small");
        loop {
            match link.step().expect("the server lets us in") {
                ClientStep::Send(bytes) => stream.write_all(&bytes).expect("the server reads"),
                ClientStep::Receive(missing) => {
                    let mut bytes = vec![0; missing];
                    stream.read_exact(&mut bytes).expect("the server answers");
                    link.receive(&bytes).expect("the server lets us in");
                }
                ClientStep::Ticket(key) => {
                    let ticket = ticket::encrypt("", key, &mut OsRng).expect("a key");
                    link.ticket(&ticket).expect("the ticket is due");
                }
                ClientStep::Done(established) => {
                    let format = established.header();
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
        self.stream.write_all(bytes).expect("the server reads");
    }

    /// Waits for the next message.
    pub fn receive(&mut self) -> Frame<'_> {
        let mut bytes = [0; 4096];
        while self.reader.missing() > 0 {
            let length = self.stream.read(&mut bytes).expect("the server says more");
            assert_ne!(length, 0, "the server says more");
            self.reader.push(&bytes[..length]);
        }
        let frame = self.reader.next_frame().expect("within the limit");
        frame.expect("it is there")
    }
}
