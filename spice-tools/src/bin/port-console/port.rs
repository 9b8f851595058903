//! A port channel.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use spice_link::blocking::{Connection, Receiver, Sender};
use spice_link::{Error, PortEvent};
use spice_messages::port::{Channel, client, server};
use spice_messages::types::Data;

use super::AnyError;

/// A connected port of the server.
pub struct Port {
    connection: Connection<Channel, TcpStream>,
    /// Name of the port.
    pub name: String,
    /// Whether the guest side is open.
    pub open: bool,
}

/// An event while the terminal is attached.
enum Event {
    /// The port sent a message.
    Output,
    /// The input has ended.
    InputEnded,
    /// The server closed the connection, or something failed.
    Closed(Result<(), AnyError>),
}

impl Port {
    /// Waits for `init`, which contains the name of the port.
    pub fn open(mut connection: Connection<Channel, TcpStream>) -> Result<Self, AnyError> {
        loop {
            let message = connection.next()?;
            let message = message.ok_or("the server closed the connection of a port")?;
            if let server::Message::Init(init) = message {
                return Ok(Self {
                    name: init.name.to_string_lossy().into_owned(),
                    open: init.opened != 0,
                    connection,
                });
            }
        }
    }

    /// Connects the terminal to the port.
    ///
    /// Returns when the server closes the connection, or when the input has ended and the port is
    /// silent for `wait`.
    pub fn attach(self, wait: Duration) -> Result<(), AnyError> {
        let (port, sender) = self.connection.into_split()?;
        let (events, receiver) = mpsc::channel();
        eprintln!("port-console: attached to {}", self.name);
        if !self.open {
            eprintln!("port-console: the port is closed");
        }
        let input_events = events.clone();
        thread::spawn(move || {
            let event = match send_input(&sender) {
                Ok(()) => Event::InputEnded,
                Err(error) => Event::Closed(Err(error)),
            };
            let _ = input_events.send(event);
        });
        thread::spawn(move || {
            let result = receive_output(port, &events);
            let _ = events.send(Event::Closed(result));
        });
        let mut input_ended = false;
        loop {
            let event = if input_ended {
                receiver.recv_timeout(wait)
            } else {
                receiver.recv().map_err(RecvTimeoutError::from)
            };
            match event {
                Ok(Event::Output) => {}
                Ok(Event::InputEnded) => input_ended = true,
                Ok(Event::Closed(result)) => {
                    result?;
                    eprintln!("port-console: the server closed the connection");
                    return Ok(());
                }
                Err(_) => return Ok(()),
            }
        }
    }
}

/// Sends the input until its end.
fn send_input(sender: &Sender<Channel, TcpStream>) -> Result<(), AnyError> {
    let mut input = io::stdin().lock();
    let mut bytes = [0; 4096];
    loop {
        let length = match input.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(format!("cannot read the input: {error}").into()),
        };
        let data = bytes.get(..length).unwrap_or_default().into();
        sender.send(client::Message::Data(Data { data }))?;
    }
}

/// Prints what the port sends, until the server closes the connection.
fn receive_output(
    mut port: Receiver<Channel, TcpStream>,
    events: &mpsc::Sender<Event>,
) -> Result<(), AnyError> {
    loop {
        match port.next() {
            Ok(Some(message)) => print(message)?,
            Ok(None) => return Ok(()),
            // A server that is killed resets its connections.
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::ConnectionReset => {
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
        let _ = events.send(Event::Output);
    }
}

/// Prints data or an event of the port.
fn print(message: server::Message<'_>) -> Result<(), AnyError> {
    match message {
        server::Message::Data(data) => {
            let mut output = io::stdout().lock();
            output.write_all(&data.data)?;
            output.flush()?;
        }
        server::Message::Event(event) => match PortEvent(event.event) {
            PortEvent::OPENED => eprintln!("port-console: the port was opened"),
            PortEvent::CLOSED => eprintln!("port-console: the port was closed"),
            PortEvent::BREAK => eprintln!("port-console: a break was sent"),
            other => eprintln!("port-console: unknown event of the port: {other:?}"),
        },
        server::Message::CompressedData(_) => {
            return Err("the server sent compressed data, which this client did not offer".into());
        }
        _ => {}
    }
    Ok(())
}
