//! A session: the main channel, and the list of the other channels.

use std::ops::ControlFlow;
use std::thread;

use spice_link::{Capabilities, LinkRequest};
use spice_messages::main::{client, server};
use spice_messages::types::{ChannelId, Empty};
use spice_messages::{main, port};

use super::blocking::{self, AnyError, Connection};
use super::port::Port;

/// A session with a server.
pub struct Session {
    server: String,
    password: String,
    id: u32,
    channels: Vec<ChannelId>,
}

impl Session {
    /// Connects the main channel and keeps it connected while the program runs.
    pub fn open(server: &str, password: &str) -> Result<Self, AnyError> {
        let request = LinkRequest::main(Capabilities::usual());
        let mut connection = blocking::connect(server, request, password)?;
        let (id, channels) = attach(&mut connection)?;
        thread::spawn(move || {
            let _ = connection.run::<main::Channel, ()>(|message| {
                if let server::Message::Notify(notify) = message {
                    let text = notify.message.to_string_lossy().into_owned();
                    eprintln!("port-console: notice from the server: {text}");
                }
                Ok(ControlFlow::Continue(()))
            });
        });
        Ok(Self {
            server: server.to_owned(),
            password: password.to_owned(),
            id,
            channels,
        })
    }

    /// Connects all ports.
    pub fn ports(&self) -> Result<Vec<Port>, AnyError> {
        let channels = self.channels.iter();
        let ports = channels.filter(|channel| channel.r#type == port::CHANNEL_TYPE.0);
        ports.map(|channel| self.port(channel.id)).collect()
    }

    fn port(&self, channel_id: u8) -> Result<Port, AnyError> {
        let request = LinkRequest {
            connection_id: self.id,
            channel_type: port::CHANNEL_TYPE,
            channel_id,
            capabilities: Capabilities::usual(),
        };
        Port::open(blocking::connect(&self.server, request, &self.password)?)
    }
}

/// Asks for the channels, and returns the session id and the list of channels.
fn attach(connection: &mut Connection) -> Result<(u32, Vec<ChannelId>), AnyError> {
    let sender = connection.sender();
    let mut session = None;
    let channels = connection.run::<main::Channel, _>(|message| {
        match message {
            server::Message::Init(init) => {
                session = Some(init.session_id);
                sender.send(&client::Message::AttachChannels(Empty {}))?;
            }
            server::Message::ChannelsList(list) => {
                return Ok(ControlFlow::Break(list.channels.iter().collect()));
            }
            _ => {}
        }
        Ok(ControlFlow::Continue(()))
    })?;
    match (session, channels) {
        (Some(session), Some(channels)) => Ok((session, channels)),
        _ => Err("the server closed the connection before it listed its channels".into()),
    }
}
