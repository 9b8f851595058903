//! A channel of a SPICE client over a blocking TCP socket.

mod link;

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use spice_link::{ClientFlowControl, FrameReader, FrameWriter, LinkRequest};
use spice_messages::wire::{Channel, ChannelMessage, Side};

use link::link;

pub use link::AnyError;

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
    let (stream, session) = link(address, request, password)?;
    let format = session.header();
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
        C: Channel,
    {
        loop {
            while let Some(frame) = self.reader.next_frame()? {
                if let Some(ack) = self.flow.received() {
                    self.sender.send(&ack)?;
                }
                for message in frame.messages()? {
                    if let Some(answer) = self.flow.answer(&message)? {
                        self.sender.send(&answer)?;
                    } else if let ControlFlow::Break(value) = handle(message.decode()?)? {
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
