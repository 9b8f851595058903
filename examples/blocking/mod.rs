//! A channel of a SPICE client over a blocking TCP socket.

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use spice_link::ticket::{self, OsRng};
use spice_link::{
    ClientFlowControl, ClientLink, ClientStep, FrameReader, FrameWriter, LinkRequest,
};
use spice_messages::base;
use spice_messages::wire::{ChannelMessage, DerivedFrom, Side};

/// Any error.
pub type AnyError = Box<dyn Error + Send + Sync>;

/// A connected channel.
pub struct Connection {
    stream: TcpStream,
    reader: FrameReader,
    flow: ClientFlowControl,
    sender: Sender,
}

/// Sends messages on a channel. All clones send on the same channel.
#[derive(Clone)]
pub struct Sender(Arc<Mutex<Output>>);

struct Output {
    stream: TcpStream,
    writer: FrameWriter,
}

/// Connects a channel and completes its link stage.
pub fn connect(
    address: &str,
    request: LinkRequest,
    password: &str,
) -> Result<Connection, AnyError> {
    let mut stream = TcpStream::connect(address)
        .map_err(|error| format!("cannot connect to {address}: {error}"))?;
    stream.set_nodelay(true)?;
    let mut link = ClientLink::new(request)?;
    let format = loop {
        match link.step()? {
            ClientStep::Send(bytes) => stream.write_all(&bytes)?,
            ClientStep::Receive(missing) => {
                let mut bytes = vec![0; missing];
                match stream.read(&mut bytes)? {
                    0 => return Err(link.ended().into()),
                    length => link.receive(bytes.get(..length).unwrap_or_default())?,
                };
            }
            ClientStep::Ticket(public_key) => {
                let ticket = ticket::encrypt(password, public_key, &mut OsRng)?;
                link.ticket(&ticket)?;
            }
            ClientStep::Done(session) => break session.header(),
        }
    };
    let output = Output {
        stream: stream.try_clone()?,
        writer: FrameWriter::new(format),
    };
    Ok(Connection {
        stream,
        reader: FrameReader::new(Side::Server, format),
        flow: ClientFlowControl::default(),
        sender: Sender(Arc::new(Mutex::new(output))),
    })
}

impl Connection {
    /// Returns a handle that sends messages on this channel.
    pub fn sender(&self) -> Sender {
        self.sender.clone()
    }

    /// Receives messages until `handle` breaks with a value, and returns that value.
    ///
    /// Answers acknowledgement requests and pings itself, and passes all other messages to `handle`.
    /// Returns `None` if the server closes the connection.
    pub fn run<C, T>(
        &mut self,
        mut handle: impl FnMut(C::Server<'_>) -> Result<ControlFlow<T>, AnyError>,
    ) -> Result<Option<T>, AnyError>
    where
        C: DerivedFrom<base::Channel>,
    {
        loop {
            while let Some(frame) = self.reader.next_frame()? {
                if let Some(ack) = self.flow.received() {
                    self.sender.send(&C::client_from(ack))?;
                }
                for message in frame.messages()? {
                    let message = match C::server_into(message.decode()?) {
                        Err(message) => message,
                        Ok(message) => match self.flow.answer(&message) {
                            None => C::server_from(message),
                            Some(answer) => {
                                self.sender.send(&C::client_from(answer))?;
                                continue;
                            }
                        },
                    };
                    if let ControlFlow::Break(value) = handle(message)? {
                        return Ok(Some(value));
                    }
                }
            }
            let mut bytes = [0; 16 * 1024];
            match self.stream.read(&mut bytes) {
                Ok(0) => return self.check_end(),
                Ok(length) => self.reader.push(bytes.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A server that is killed resets its connections.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Returns an error if the connection was closed within a message.
    fn check_end<T>(&self) -> Result<Option<T>, AnyError> {
        match self.reader.unread().len() {
            0 => Ok(None),
            left => {
                Err(format!("the server closed the connection {left} bytes into a message").into())
            }
        }
    }
}

impl Sender {
    /// Sends a message.
    pub fn send<'m>(&self, message: &impl ChannelMessage<'m>) -> Result<(), AnyError> {
        let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = Vec::new();
        output.writer.message(message, &mut bytes)?;
        output.stream.write_all(&bytes)?;
        Ok(())
    }
}
