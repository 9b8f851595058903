//! Decodes a capture.

use std::time::Duration;

use spice_capture::{
    Candidate, Connections, Event, EventKind, FileError, Limits, Message, Notice, Packets,
    Side as Sender,
};
use spice_dynamic::decode;
use spice_proto_gen::model::Side;

use super::input::Stream;
use super::item::{Content, Item, Place};
use super::output::{Output, StreamEvent};
use super::progress::Progress;
use crate::catalog::{Address, Catalog};

/// A capture that is open.
pub struct Capture {
    name: String,
    packets: Packets<Stream>,
    /// Length of the file in bytes; `None` for a pipe.
    length: Option<u64>,
}

impl Capture {
    pub fn new(name: String, stream: Stream, length: Option<u64>) -> Self {
        Self {
            name,
            packets: Packets::new(stream),
            length,
        }
    }

    /// Passes the messages and events of the capture to the output.
    pub fn decode(mut self, catalog: &Catalog<'_>, output: &mut Output<'_>) -> Result<(), String> {
        let is_message = |candidate: &Candidate<'_>| is_message(catalog, candidate);
        let mut connections = Connections::new(Limits::default(), &is_message)
            .with_channel_types(catalog.channel_types());
        let mut progress = Progress::new(self.length.filter(|_| output.allows_progress()));
        let mut start = None;
        let result = loop {
            if output.is_done() {
                break Ok(());
            }
            progress.update(self.packets.position());
            let packet = match self.packets.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            };
            let start = *start.get_or_insert(packet.time);
            let notice = connections.packet(&packet, &mut |event| {
                pass_on(&event, start, catalog, output);
            });
            if let Some(Notice::UnknownLinkType(link_type)) = notice {
                output.problem(&format!(
                    "{}: packets of link type {link_type} are skipped",
                    self.name
                ));
            }
            if self.length.is_none() {
                // The packets can come from a live capture.
                output.flush();
            }
        };
        let start = start.unwrap_or_default();
        connections.finish(&mut |event| pass_on(&event, start, catalog, output));
        progress.finish();
        match result {
            Err(FileError::Io(error)) => Err(format!("cannot read {}: {error}", self.name)),
            Err(error) => {
                output.problem(&format!("{}: {error}", self.name));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}

/// Whether a message can be genuine: its id is known and its body decodes without trailing bytes.
fn is_message(catalog: &Catalog<'_>, candidate: &Candidate<'_>) -> bool {
    let side = side(candidate.sender);
    let Some(message) = catalog.message(candidate.channel_type, side, candidate.id) else {
        return false;
    };
    let Some(body) = catalog.model.body(message.body) else {
        return false;
    };
    if u64::from(candidate.size) < body.size.min() {
        return false;
    }
    candidate.body.is_none_or(|bytes| {
        decode(catalog.model, message.body, bytes).is_ok_and(|decoded| decoded.trailing.is_empty())
    })
}

const fn side(sender: Sender) -> Side {
    match sender {
        Sender::Server => Side::Server,
        Sender::Client => Side::Client,
    }
}

/// Passes on an event.
fn pass_on(event: &Event<'_>, start: Duration, catalog: &Catalog<'_>, output: &mut Output<'_>) {
    if output.is_done() {
        return;
    }
    let channel_type = event.connection.channel_type;
    let session = event.connection.session.as_ref();
    let mut place = Place {
        time: event.time,
        start,
        connection: event.connection.number,
        channel_id: session.map(|session| session.request.channel_id),
        offset: 0,
        is_sub_message: false,
    };
    let address = |sender, id| Address {
        channel_type: channel_type.unwrap_or(0),
        side: side(sender),
        id,
    };
    match event.kind {
        EventKind::Message(message) => {
            let address = address(message.sender, message.id);
            place.offset = message.offset;
            pass_on_message(place, address, &message, catalog, output);
        }
        EventKind::Incomplete(found) => {
            place.offset = found.offset;
            output.message(&Item {
                place: Some(place),
                address: address(found.sender, found.id),
                content: Content::Unknown {
                    size: found.size,
                    reason: found.reason.text(),
                },
                is_agent: false,
            });
        }
        kind => {
            let side = |sender| Some(side(sender));
            let (side, event) = match kind {
                EventKind::Linked => (None, StreamEvent::Linked(event.connection)),
                EventKind::Tls => (None, StreamEvent::Tls(event.connection)),
                EventKind::Joined => (None, StreamEvent::Joined(event.connection)),
                EventKind::Unreadable(reason) => {
                    (None, StreamEvent::Unreadable(event.connection, reason))
                }
                EventKind::Missing {
                    sender,
                    offset,
                    length,
                } => {
                    place.offset = offset;
                    (side(sender), StreamEvent::Missing { length })
                }
                EventKind::Resumed {
                    sender,
                    offset,
                    skipped,
                } => {
                    place.offset = offset;
                    (side(sender), StreamEvent::Resumed { skipped })
                }
                EventKind::Skipped {
                    sender,
                    offset,
                    length,
                } => {
                    place.offset = offset;
                    (side(sender), StreamEvent::Skipped { length })
                }
                _ => return,
            };
            output.event(place, channel_type, side, &event);
        }
    }
}

/// Passes on a message after its sub-messages.
fn pass_on_message(
    mut place: Place,
    address: Address,
    message: &Message<'_>,
    catalog: &Catalog<'_>,
    output: &mut Output<'_>,
) {
    if message.sub_list != 0 || is_list(address, catalog) {
        place.is_sub_message = true;
        match message.messages() {
            Ok(messages) => {
                for part in messages.filter(|part| part.is_sub_message) {
                    output.message(&Item {
                        place: Some(place),
                        address: Address {
                            id: part.id,
                            ..address
                        },
                        content: Content::Body(part.body),
                        is_agent: false,
                    });
                }
            }
            Err(error) => {
                let reason = error.to_string();
                let side = Some(address.side);
                let event = StreamEvent::SubMessages(&reason);
                output.event(place, Some(address.channel_type), side, &event);
            }
        }
        place.is_sub_message = false;
    }
    output.message(&Item {
        place: Some(place),
        address,
        content: Content::Body(message.body),
        is_agent: false,
    });
}

/// Id of SPICE's message `list`, whose body is a list of sub-messages.
const LIST: u16 = 8;

/// Whether a message is a list of sub-messages. In another protocol the id can have another meaning.
fn is_list(address: Address, catalog: &Catalog<'_>) -> bool {
    if address.side != Side::Server || address.id != LIST {
        return false;
    }
    let known = catalog.message(address.channel_type, address.side, address.id);
    known.is_some_and(|known| known.name == "list")
}
