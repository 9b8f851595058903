//! One connection: the link stage, then messages in both directions.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;

use spice_link::{Frame, FrameError, FrameReader, FrameWriter, HeaderFormat};
use spice_messages::CHANNELS;
use spice_messages::wire::Side;

use super::check::{self, Checked};
use super::link::{self, Linked, Outcome};
use super::packets::Flow;
use super::{Failure, Spy};

/// A channel between a client and the server.
pub struct Connection<'s> {
    spy: &'s Spy,
    channel: Channel,
    format: HeaderFormat,
    flow: Option<Flow<'s>>,
}

/// Which channel.
pub struct Channel {
    /// The number of its kind.
    pub kind: u8,
    /// Which one of its kind.
    pub id: u8,
}

impl Channel {
    /// The name of its kind, or the number of one that the protocol does not have.
    pub fn name(&self) -> String {
        let known = CHANNELS.iter().find(|(number, _)| *number == self.kind);
        known.map_or_else(|| self.kind.to_string(), |(_, name)| (*name).to_owned())
    }
}

impl<'s> Connection<'s> {
    /// Serves a client until it or the server closes the connection.
    pub fn serve(spy: &'s Spy, mut client: TcpStream) -> Result<(), Failure> {
        let mut server = TcpStream::connect(&spy.server)
            .map_err(|error| format!("no connection to {}: {error}", spy.server))?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let peer = client.peer_addr()?;
        match link::relay(&mut client, &mut server, spy.full_header) {
            Ok(Outcome::Linked(linked)) => {
                let connection = Self::new(spy, &linked, peer)?;
                both_ways(client, server, |side, from, to| {
                    connection.pass_messages(side, from, to)
                })
            }
            Ok(Outcome::Lost(text)) => {
                spy.report.note(&format!("{peer}: {text}"));
                both_ways(client, server, |_, mut from, mut to| {
                    io::copy(&mut from, &mut to)?;
                    Ok(())
                })
            }
            Err(error) => Err(format!("{peer}: the link stage ended early: {error}").into()),
        }
    }

    fn new(spy: &'s Spy, linked: &Linked, client: SocketAddr) -> Result<Self, Failure> {
        let request = &linked.established.request;
        let answer = &linked.established.answer;
        let channel = Channel {
            kind: request.channel_type,
            id: request.channel_id,
        };
        let format = linked.established.header();
        let text = format!(
            "client {}; server {}; {} header",
            request.capabilities.names(channel.kind),
            answer.capabilities.names(channel.kind),
            match format {
                HeaderFormat::Full => "long",
                HeaderFormat::Mini => "short",
            }
        );
        spy.report.link(&channel, &text);
        if let Some(record) = &spy.record {
            record.link(&channel, linked)?;
        }
        let flow = match &spy.packets {
            Some(packets) => Some(packets.flow(client.port(), linked)?),
            None => None,
        };
        Ok(Self {
            spy,
            channel,
            format,
            flow,
        })
    }

    /// Passes on what one side sends.
    fn pass_messages(
        &self,
        side: Side,
        mut from: TcpStream,
        mut to: TcpStream,
    ) -> Result<(), Failure> {
        let mut reader = FrameReader::new(side, self.format);
        let mut writer = FrameWriter::new(self.format);
        let mut bytes = vec![0; 64 * 1024];
        let mut out = Vec::new();
        loop {
            let length = match from.read(&mut bytes) {
                Ok(0) => return self.finish(side, &reader, &mut to),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // How some clients and servers end.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            reader.push(bytes.get(..length).unwrap_or_default());
            out.clear();
            let lost = loop {
                match reader.next_frame() {
                    Ok(Some(frame)) => self.pass(&frame, &mut writer, &mut out)?,
                    Ok(None) => break None,
                    Err(error) => break Some(error),
                }
            };
            if let Some(error) = lost {
                out.extend_from_slice(reader.unread());
                self.send(side, &out, &mut to)?;
                return self.pass_the_rest(side, &error, from, to);
            }
            self.send(side, &out, &mut to)?;
        }
    }

    /// Shows and records a message and appends it to what is to be sent, encoded again if it can be.
    fn pass(
        &self,
        frame: &Frame<'_>,
        writer: &mut FrameWriter,
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        if let Some(record) = &self.spy.record {
            record.message(&self.channel, frame)?;
        }
        let checked = check::check(self.channel.kind, frame.sender, frame.id, frame.body);
        match frame.messages() {
            Ok(messages) => {
                for part in messages.filter(|message| message.is_sub_message) {
                    let kind = self.channel.kind;
                    let inner = check::check(kind, frame.sender, part.id, part.body);
                    self.show(frame.sender, &inner, part.body, true);
                }
            }
            Err(error) => {
                let report = &self.spy.report;
                report.undecoded(&self.channel, frame.sender, &error.to_string());
            }
        }
        self.show(frame.sender, &checked, frame.body, false);
        let body = match &checked.encoded {
            // The list of sub-messages holds places in the body.
            Some(encoded) if frame.sub_list == 0 || encoded.len() == frame.body.len() => encoded,
            _ => frame.body,
        };
        writer.forward(frame, body, out)?;
        Ok(())
    }

    fn show(&self, side: Side, checked: &Checked<'_>, body: &[u8], inner: bool) {
        let report = &self.spy.report;
        report.message(&self.channel, side, checked, body.len(), inner);
        if let Some(problem) = &checked.problem {
            report.undecoded(&self.channel, side, problem);
        }
        if self.spy.verify
            && let Some(encoded) = &checked.encoded
            && let Some(text) =
                check::difference(self.channel.kind, side, checked.id, body, encoded)
        {
            let text = format!("{}: {text}", checked.name());
            report.different(&self.channel, side, &text);
        }
    }

    fn send(&self, from: Side, bytes: &[u8], to: &mut TcpStream) -> Result<(), Failure> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Some(flow) = &self.flow {
            flow.data(from, bytes)?;
        }
        to.write_all(bytes)?;
        Ok(())
    }

    /// A stream whose frames cannot be told apart any more goes on as it comes.
    fn pass_the_rest(
        &self,
        side: Side,
        error: &FrameError,
        mut from: TcpStream,
        mut to: TcpStream,
    ) -> Result<(), Failure> {
        let text = format!("{error}; what follows is passed on unread");
        self.spy.report.undecoded(&self.channel, side, &text);
        io::copy(&mut from, &mut to)?;
        Ok(())
    }

    fn finish(&self, side: Side, reader: &FrameReader, to: &mut TcpStream) -> Result<(), Failure> {
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

/// Runs both directions until both have ended. When one ends, its receiver learns it.
fn both_ways(
    client: TcpStream,
    server: TcpStream,
    pass: impl Fn(Side, TcpStream, TcpStream) -> Result<(), Failure> + Sync,
) -> Result<(), Failure> {
    let one_way = |side, from: &TcpStream, to: &TcpStream| {
        let result = match (from.try_clone(), to.try_clone()) {
            (Ok(from), Ok(to)) => pass(side, from, to),
            (Err(error), _) | (_, Err(error)) => Err(error.into()),
        };
        // After an error neither side can go on; both may have gone already.
        if result.is_err() {
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
        } else {
            let _ = to.shutdown(Shutdown::Write);
        }
        result
    };
    thread::scope(|scope| {
        let upward = scope.spawn(|| one_way(Side::Client, &client, &server));
        let downward = one_way(Side::Server, &server, &client);
        let upward = upward
            .join()
            .unwrap_or_else(|_| Err("a thread failed".into()));
        let quiet = |result: Result<(), Failure>| match result {
            Err(error) if !is_end(&error) => Err(error),
            _ => Ok(()),
        };
        quiet(upward).and(quiet(downward))
    })
}

/// Whether an error only says that the other side has gone.
fn is_end(error: &Failure) -> bool {
    let Some(error) = error.downcast_ref::<io::Error>() else {
        return false;
    };
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::NotConnected
    )
}
