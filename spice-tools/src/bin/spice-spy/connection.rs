//! A connection: its link stage, then messages in both directions.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::thread;

use spice_agent::AgentObserver;
use spice_link::{Frame, FrameError, FrameReader, FrameWriter, HeaderFormat};
use spice_messages::ChannelType;
use spice_messages::wire::Side;

use super::check::{self, Checked};
use super::link::{self, LinkRecord, Outcome};
use super::pcap::PcapConnection;
use super::{AnyError, Spy};

/// A channel between a client and the server.
pub struct Connection<'s> {
    spy: &'s Spy,
    channel: Channel,
    format: HeaderFormat,
    pcap: Option<PcapConnection<'s>>,
    /// Puts the agent's messages of a main channel together.
    agent: Mutex<AgentObserver>,
}

/// Type and id of a channel.
pub struct Channel {
    /// Type of the channel.
    pub channel_type: ChannelType,
    /// Number of the channel among those of its type.
    pub id: u8,
}

impl Channel {
    /// Returns the name of the type, or its number if it is unknown.
    pub fn name(&self) -> String {
        let name = self.channel_type.name();
        name.map_or_else(|| self.channel_type.0.to_string(), ToOwned::to_owned)
    }
}

impl<'s> Connection<'s> {
    /// Connects a client to the server and forwards messages until either closes the connection.
    pub fn serve(spy: &'s Spy, mut client: TcpStream) -> Result<(), AnyError> {
        let mut server = TcpStream::connect(&spy.server)
            .map_err(|error| format!("cannot connect to {}: {error}", spy.server))?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let peer = client.peer_addr()?;
        match link::relay(&mut client, &mut server, spy.full_header) {
            Ok(Outcome::Done(record)) => {
                let connection = Self::new(spy, &record, peer)?;
                run_both_directions(client, server, |side, from, to| {
                    connection.forward_messages(side, from, to)
                })
            }
            Ok(Outcome::Unreadable(text)) => {
                spy.report.note(&format!("{peer}: {text}"));
                run_both_directions(client, server, |_, mut from, mut to| {
                    io::copy(&mut from, &mut to)?;
                    Ok(())
                })
            }
            Err(error) => Err(format!("{peer}: the link stage failed: {error}").into()),
        }
    }

    fn new(spy: &'s Spy, link: &LinkRecord, client: SocketAddr) -> Result<Self, AnyError> {
        let request = &link.session.request;
        let answer = &link.session.answer;
        let channel = Channel {
            channel_type: request.channel_type,
            id: request.channel_id,
        };
        let format = link.session.header();
        let text = format!(
            "client {}; server {}; {} header",
            request.capabilities.names(channel.channel_type),
            answer.capabilities.names(channel.channel_type),
            match format {
                HeaderFormat::Full => "full",
                HeaderFormat::Mini => "mini",
            }
        );
        spy.report.link(&channel, &text);
        if let Some(record) = &spy.record {
            record.link(&channel, link)?;
        }
        let pcap = match &spy.pcap {
            Some(file) => Some(file.connection(client.port(), link)?),
            None => None,
        };
        Ok(Self {
            spy,
            channel,
            format,
            pcap,
            agent: Mutex::default(),
        })
    }

    /// Forwards the messages that one side sends.
    fn forward_messages(
        &self,
        side: Side,
        mut from: TcpStream,
        mut to: TcpStream,
    ) -> Result<(), AnyError> {
        let mut reader = FrameReader::new(side, self.format);
        let mut writer = FrameWriter::new(self.format);
        let mut bytes = vec![0; 64 * 1024];
        let mut out = Vec::new();
        loop {
            let length = match from.read(&mut bytes) {
                Ok(0) => return self.finish(side, &reader, &mut to),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // Some clients and servers end a session this way.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            reader.push(bytes.get(..length).unwrap_or_default());
            out.clear();
            let failure = loop {
                match reader.next_frame() {
                    Ok(Some(frame)) => self.forward(&frame, &mut writer, &mut out)?,
                    Ok(None) => break None,
                    Err(error) => break Some(error),
                }
            };
            if let Some(error) = failure {
                out.extend_from_slice(reader.unread());
                self.send(side, &out, &mut to)?;
                return self.copy_rest(side, &error, from, to);
            }
            self.send(side, &out, &mut to)?;
        }
    }

    /// Prints and records a message, and appends it to `out`, encoded again if possible.
    fn forward(
        &self,
        frame: &Frame,
        writer: &mut FrameWriter,
        out: &mut Vec<u8>,
    ) -> Result<(), AnyError> {
        if let Some(record) = &self.spy.record {
            record.message(&self.channel, frame)?;
        }
        let checked = check::check(
            self.channel.channel_type,
            frame.sender,
            frame.id,
            frame.body(),
        );
        match frame.messages() {
            Ok(messages) => {
                for part in messages.filter(|message| message.is_sub_message) {
                    let channel_type = self.channel.channel_type;
                    let checked = check::check(channel_type, frame.sender, part.id, part.body);
                    self.print(frame.sender, &checked, part.body, true);
                    self.print_agent_messages(frame.sender, part.id, part.body);
                }
            }
            Err(error) => {
                let report = &self.spy.report;
                report.undecoded(&self.channel, frame.sender, &error.to_string());
            }
        }
        self.print(frame.sender, &checked, frame.body(), false);
        self.print_agent_messages(frame.sender, frame.id, frame.body());
        let body = match &checked.encoded {
            // The sub-message list contains offsets, which are valid only if the length is unchanged.
            Some(encoded) if frame.sub_list == 0 || encoded.len() == frame.body().len() => encoded,
            _ => frame.body(),
        };
        writer.forward_with(frame, body, out)?;
        Ok(())
    }

    fn print(&self, side: Side, checked: &Checked<'_>, body: &[u8], is_sub_message: bool) {
        let report = &self.spy.report;
        report.message(&self.channel, side, checked, body.len(), is_sub_message);
        if let Some(problem) = &checked.problem {
            report.undecoded(&self.channel, side, problem);
        }
        if self.spy.verify
            && let Some(encoded) = &checked.encoded
            && let Some(text) =
                check::difference(self.channel.channel_type, side, checked.id, body, encoded)
        {
            let text = format!("{}: {text}", checked.name());
            report.different(&self.channel, side, &text);
        }
    }

    /// Prints the agent messages that end with a message of a main channel.
    fn print_agent_messages(&self, side: Side, id: u16, body: &[u8]) {
        if self.channel.channel_type != ChannelType::MAIN {
            return;
        }
        // Both directions determine the dialect.
        let mut agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        agent.observe(side, id, body);
        while let Some(observed) = agent.next_message() {
            let report = &self.spy.report;
            match observed {
                Ok(observed) => match observed.decode() {
                    Ok(message) => {
                        let size = observed.message.data.len();
                        report.agent_message(&self.channel, side, &message, size);
                    }
                    Err(error) => {
                        let text = format!("agent message {}: {error}", observed.message.r#type);
                        report.undecoded(&self.channel, side, &text);
                    }
                },
                Err(error) => report.undecoded(&self.channel, side, &error.to_string()),
            }
        }
    }

    fn send(&self, from: Side, bytes: &[u8], to: &mut TcpStream) -> Result<(), AnyError> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Some(pcap) = &self.pcap {
            pcap.data(from, bytes)?;
        }
        to.write_all(bytes)?;
        Ok(())
    }

    /// Copies a stream unread after `error`, when its frames are no longer known.
    fn copy_rest(
        &self,
        side: Side,
        error: &FrameError,
        mut from: TcpStream,
        mut to: TcpStream,
    ) -> Result<(), AnyError> {
        let text = format!("{error}; the rest of the stream is forwarded unread");
        self.spy.report.undecoded(&self.channel, side, &text);
        io::copy(&mut from, &mut to)?;
        Ok(())
    }

    fn finish(&self, side: Side, reader: &FrameReader, to: &mut TcpStream) -> Result<(), AnyError> {
        let rest = reader.unread();
        if !rest.is_empty() {
            let text = format!("the connection ended {} bytes into a message", rest.len());
            self.spy
                .report
                .note(&format!("{}: {text}", self.channel.name()));
            self.send(side, rest, to)?;
        }
        Ok(())
    }
}

/// Runs both directions until both have ended.
///
/// When one side ends its stream, the other side is told.
fn run_both_directions(
    client: TcpStream,
    server: TcpStream,
    run: impl Fn(Side, TcpStream, TcpStream) -> Result<(), AnyError> + Sync,
) -> Result<(), AnyError> {
    let run_direction = |side, from: &TcpStream, to: &TcpStream| {
        let result = match (from.try_clone(), to.try_clone()) {
            (Ok(from), Ok(to)) => run(side, from, to),
            (Err(error), _) | (_, Err(error)) => Err(error.into()),
        };
        // After an error neither direction can continue.
        if result.is_err() {
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
        } else {
            let _ = to.shutdown(Shutdown::Write);
        }
        result
    };
    thread::scope(|scope| {
        let to_server = scope.spawn(|| run_direction(Side::Client, &client, &server));
        let to_client = run_direction(Side::Server, &server, &client);
        let to_server = to_server
            .join()
            .unwrap_or_else(|_| Err("a thread panicked".into()));
        let ignore_closed = |result: Result<(), AnyError>| match result {
            Err(error) if !is_closed(&error) => Err(error),
            _ => Ok(()),
        };
        ignore_closed(to_server).and(ignore_closed(to_client))
    })
}

/// Returns whether an error only means that the connection is closed.
fn is_closed(error: &AnyError) -> bool {
    let Some(error) = error.downcast_ref::<io::Error>() else {
        return false;
    };
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::NotConnected
    )
}
