//! Our own client for tests.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use spice_link::blocking::{self, Connection};
use spice_link::ticket::{self, os_random};
use spice_link::{
    Capabilities, ClientLink, ClientStep, Error, Frame, LinkError, LinkRequest, LinkSession,
    Options,
};
use spice_messages::{ChannelType, base};

/// Limit on the time between messages of a server.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// A channel after its link stage.
pub struct TestClient {
    pub stream: TcpStream,
    pub connection: Connection<base::Channel, TcpStream>,
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
        let stream = connect(address);
        // Tests send and see all messages of flow control.
        let options = Options::new().flow_control(false).pings(false);
        let connection = blocking::connect_with(
            stream.try_clone().expect("clone the stream"),
            request,
            "",
            &options,
        );
        Self {
            stream,
            connection: connection.expect("the server admits the client"),
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
        match self.connection.next_frame() {
            Err(Error::Io(error)) if error.kind() == ErrorKind::ConnectionReset => None,
            frame => frame.expect("a message within the limit"),
        }
    }
}
