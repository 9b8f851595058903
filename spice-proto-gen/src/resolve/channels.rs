//! Pass: channels. Numbers their messages and flattens inheritance.

use std::collections::{BTreeMap, HashMap};

use super::Resolver;
use super::attributes;
use super::bodies::Heading;
use super::fault::{Checked, Fault};
use super::names::{Target, Wanted};
use super::numbering::{Counter, Free};
use crate::ast::{self, ChannelEntry, ChannelMessage, MessageBody};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{Channel, ChannelId, Message, Origin, Side, TypeId};
use crate::span::Span;

/// The most ancestors that a channel has.
const MOST_ANCESTORS: usize = 64;

/// The most memory that all inherited messages of a file take together: every channel has its
/// own copy of them, so a small file could otherwise ask for any amount.
const MOST_INHERITED: usize = 64 << 20;

/// What a message counts there beside its texts.
const MESSAGE_WEIGHT: usize = 80;

/// What a line of documentation counts beside its text.
const LINE_WEIGHT: usize = 24;

/// A channel while the file is resolved.
pub(super) struct Draft<'a> {
    channel: Channel,
    server: Listing<'a>,
    client: Listing<'a>,
}

/// The messages of one direction by id. Where an id is defined several times, the last stays.
type Listing<'a> = BTreeMap<u16, Listed<'a>>;

#[derive(Clone)]
struct Listed<'a> {
    message: Message,
    name: &'a ast::Name<'a>,
}

impl Draft<'_> {
    /// Notes an entry of the protocol that uses this channel.
    pub(super) fn add_entry(&mut self, entry: usize) {
        self.channel.entries.push(entry);
    }

    /// The channel as the model keeps it.
    pub(super) fn finish(self) -> Channel {
        let messages =
            |listing: Listing<'_>| listing.into_values().map(|listed| listed.message).collect();
        Channel {
            server: messages(self.server),
            client: messages(self.client),
            ..self.channel
        }
    }

    /// What its messages take in memory, roughly.
    fn weight(&self) -> usize {
        let listed = self.server.values().chain(self.client.values());
        listed.fold(0, |sum, listed| {
            let lines = listed.message.docs.lines();
            lines
                .map(|line| line.len().saturating_add(LINE_WEIGHT))
                .fold(sum, usize::saturating_add)
                .saturating_add(listed.message.name.len())
                .saturating_add(MESSAGE_WEIGHT)
        })
    }
}

/// One direction of a channel while its messages are numbered.
struct Direction<'a> {
    side: Side,
    counter: Counter,
    listing: Listing<'a>,
    names: HashMap<&'a str, (Span, ChannelId)>,
    /// Ids above all that are in use.
    free: Free,
}

impl<'a> Direction<'a> {
    fn new(side: Side, source: &ast::Channel, listing: Listing<'a>) -> Self {
        let inherited = listing.keys().next_back().map(|id| i128::from(*id));
        let mut counter = first_id();
        let own = messages(source)
            .filter(|(own, _)| *own == side)
            .map(|(_, message)| counter.take(message.id.as_ref()));
        let free = Free::above(own.chain(inherited), 1, i128::from(u16::MAX));
        let names = listing
            .values()
            .map(|listed| {
                let place = (listed.name.span, listed.message.owner);
                (listed.name.text, place)
            })
            .collect();
        Self {
            side,
            counter: first_id(),
            listing,
            names,
            free,
        }
    }
}

const fn first_id() -> Counter {
    Counter::starting_at(1)
}

/// The messages of a channel with their directions.
fn messages<'a>(
    source: &'a ast::Channel<'a>,
) -> impl Iterator<Item = (Side, &'a ChannelMessage<'a>)> {
    let mut side = Side::Server;
    source.entries.iter().filter_map(move |entry| {
        match entry {
            ChannelEntry::Server(_) => side = Side::Server,
            ChannelEntry::Client(_) => side = Side::Client,
            ChannelEntry::Message(message) => return Some((side, message)),
        }
        None
    })
}

impl<'a> Resolver<'a> {
    /// Resolves a channel.
    pub(super) fn channel(&mut self, source: &'a ast::Channel<'a>) {
        let id = ChannelId(self.channels.len());
        let parent = source.parent.as_ref().and_then(|name| {
            let parent = self.parent(name);
            self.settle(parent)
        });
        let parent =
            parent.and_then(|parent| self.channels.get(parent.0).map(|from| (parent, from)));
        let ancestors = parent.map_or_else(Vec::new, |(parent, from)| {
            let further = from.channel.ancestors.iter().copied();
            std::iter::once(parent).chain(further).collect()
        });
        let (server, client) = parent.map_or_else(Default::default, |(_, from)| {
            (from.server.clone(), from.client.clone())
        });
        let parent = parent.map(|(parent, _)| parent);
        let mut server = Direction::new(Side::Server, source, server);
        let mut client = Direction::new(Side::Client, source, client);
        for (side, message) in messages(source) {
            let direction = match side {
                Side::Server => &mut server,
                Side::Client => &mut client,
            };
            self.message(id, direction, message);
        }
        self.channels.push(Draft {
            channel: Channel {
                name: source.name.text.to_owned(),
                docs: source.docs.clone(),
                attributes: attributes::model(&source.attributes),
                parent,
                ancestors,
                server: Vec::new(),
                client: Vec::new(),
                entries: Vec::new(),
            },
            server: server.listing,
            client: client.listing,
        });
        self.names.define(&source.name, Target::Channel(id));
    }

    /// The channel from which one is derived, if that is possible.
    fn parent(&mut self, name: &ast::Name) -> Checked<ChannelId> {
        let Target::Channel(id) = self.names.find(name, Wanted::Channel, &self.nearest)? else {
            return Err(Fault::REPORTED);
        };
        let parent = self.channels.get(id.0).ok_or(Fault::REPORTED)?;
        if self.inherited <= MOST_INHERITED {
            self.inherited = self.inherited.saturating_add(parent.weight());
        }
        let why = if parent.channel.ancestors.len() >= MOST_ANCESTORS {
            format!("it has {MOST_ANCESTORS} ancestors already")
        } else if self.inherited > MOST_INHERITED {
            "the inherited messages of this file are too many".to_owned()
        } else {
            return Ok(id);
        };
        Err(Diagnostic::new(
            Code::InheritsTooMuch,
            name.span,
            format!("nothing more can be derived from `{}`: {why}", name.text),
        )
        .label("one too many")
        .into())
    }

    /// Numbers a message, resolves its body and lists it.
    fn message(
        &mut self,
        channel: ChannelId,
        direction: &mut Direction<'a>,
        source: &'a ChannelMessage<'a>,
    ) {
        let number = direction.counter.take(source.id.as_ref());
        let id = self.message_id(channel, direction, source, number);
        self.check_name(channel, direction, source);
        let body = self.message_body(channel, direction.side, id.unwrap_or(0), source);
        let (Some(id), Some(body)) = (id, body) else {
            return;
        };
        let message = Message {
            name: source.name.text.to_owned(),
            id,
            body,
            owner: channel,
            docs: source.docs.clone(),
        };
        let name = &source.name;
        direction.listing.insert(id, Listed { message, name });
    }

    fn message_id(
        &mut self,
        channel: ChannelId,
        direction: &mut Direction<'a>,
        source: &ChannelMessage,
        number: i128,
    ) -> Option<u16> {
        let span = source
            .id
            .as_ref()
            .map_or(source.name.span, |written| written.span);
        let name = &source.name.text;
        let Ok(id) = u16::try_from(number) else {
            if direction.counter.report() {
                let finding = Diagnostic::new(
                    Code::MessageIdRange,
                    span,
                    format!("`{name}` has the id {number}, which does not fit in 16 bits"),
                )
                .label(format!("must be 0 to {}", u16::MAX));
                let written = source.id.as_ref();
                let finding = direction.free.suggest(finding, "id", &source.name, written);
                self.findings.push(finding);
            }
            return None;
        };
        if let Some(first) = direction.listing.get(&id)
            && direction.counter.report()
        {
            let message = format!("`{name}` has the same id as `{}`: {id}", first.name.text);
            let finding = Diagnostic::new(Code::DuplicateMessageId, span, message)
                .label(format!("{id} once more"))
                .also(first.name.span, self.origin(channel, first.message.owner, "defined here"))
                .note("where this is lowered to a warning, the last message with an id is the one that is decoded");
            let written = source.id.as_ref();
            let finding = direction.free.suggest(finding, "id", &source.name, written);
            self.findings.push(finding);
        }
        Some(id)
    }

    fn check_name(
        &mut self,
        channel: ChannelId,
        direction: &mut Direction<'a>,
        source: &'a ChannelMessage<'a>,
    ) {
        let name = &source.name;
        if let Some((first, owner)) = direction.names.get(name.text) {
            self.findings.push(
                Diagnostic::new(
                    Code::DuplicateMessageName,
                    name.span,
                    format!("there are two messages `{}` in this direction", name.text),
                )
                .label("once more here")
                .also(*first, self.origin(channel, *owner, "first defined here"))
                .help("rename one of the two"),
            );
        } else {
            direction.names.insert(name.text, (name.span, channel));
        }
    }

    /// What to say at the first definition of a message.
    fn origin(&self, channel: ChannelId, owner: ChannelId, own: &str) -> String {
        match self.channels.get(owner.0) {
            Some(ancestor) if owner != channel => {
                format!("inherited from `{}`, defined here", ancestor.channel.name)
            }
            _ => own.to_owned(),
        }
    }

    fn message_body(
        &mut self,
        channel: ChannelId,
        side: Side,
        id: u16,
        source: &'a ChannelMessage<'a>,
    ) -> Option<TypeId> {
        match &source.body {
            MessageBody::Inline {
                members,
                attributes,
            } => {
                let heading = Heading {
                    name: &source.name,
                    docs: &source.docs,
                    attributes,
                    origin: Origin::Body { channel, side, id },
                };
                Some(self.body(heading, members))
            }
            MessageBody::Named(name) => {
                let found = self.names.find(name, Wanted::Message, &self.nearest);
                match self.settle(found)? {
                    Target::Type(body) => Some(body),
                    Target::Channel(_) => None,
                }
            }
        }
    }
}
