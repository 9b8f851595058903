//! A port channel.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use spice_link::PortEvent;
use spice_messages::port::{self, client, server};
use spice_messages::types::Data;

use super::blocking::{self, Connection, Failure};

/// A port of the server, connected.
pub struct Port {
    connection: Connection,
    /// Its name.
    pub name: String,
    /// Whether the machine's end is open.
    pub open: bool,
}

/// What happens while the terminal is attached.
enum Event {
    /// The port said something.
    Output,
    /// The input has ended.
    InputEnded,
    /// The server closed the connection, or something failed.
    Closed(Result<(), Failure>),
}

impl Port {
    /// Waits for the port's name.
    pub fn open(mut connection: Connection) -> Result<Self, Failure> {
        let init = connection.run::<port::Channel, _>(|message| {
            Ok(match message {
                server::Message::Init(init) => {
                    let name = init.name.to_string_lossy().into_owned();
                    ControlFlow::Break((name, init.opened != 0))
                }
                _ => ControlFlow::Continue(()),
            })
        })?;
        let (name, open) = init.ok_or("the server closed the connection of a port")?;
        Ok(Self {
            connection,
            name,
            open,
        })
    }

    /// Attaches input and output, until the server closes the connection, or the input ends and the
    /// port says nothing for a while.
    pub fn attach(mut self, wait: Duration) -> Result<(), Failure> {
        let (events, happened) = mpsc::channel();
        eprintln!("port-console: attached to {}", self.name);
        if !self.open {
            eprintln!("port-console: the port is closed");
        }
        let (sender, of_input) = (self.connection.sender(), events.clone());
        thread::spawn(move || {
            let event = match send_input(&sender) {
                Ok(()) => Event::InputEnded,
                Err(error) => Event::Closed(Err(error)),
            };
            let _ = of_input.send(event);
        });
        thread::spawn(move || {
            let result = self
                .connection
                .run::<port::Channel, ()>(|message| receive(message, &events));
            let _ = events.send(Event::Closed(result.map(drop)));
        });
        let mut input_ended = false;
        loop {
            let event = match input_ended {
                false => happened.recv().map_err(RecvTimeoutError::from),
                true => happened.recv_timeout(wait),
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

/// Sends the input as it comes, to its end.
fn send_input(sender: &blocking::Sender) -> Result<(), Failure> {
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
        sender.send(&client::Message::Data(Data { data }))?;
    }
}

/// Shows what the port says and what happens to it.
fn receive(
    message: server::Message<'_>,
    events: &Sender<Event>,
) -> Result<ControlFlow<()>, Failure> {
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
            other => eprintln!("port-console: something happened to the port: {other:?}"),
        },
        server::Message::CompressedData(_) => {
            return Err("the server sent compressed data, which it was not allowed to".into());
        }
        _ => {}
    }
    let _ = events.send(Event::Output);
    Ok(ControlFlow::Continue(()))
}
