//! Resolves channels: the ids of their messages, and the messages that they inherit.

use std::collections::{BTreeMap, HashMap};

use super::Resolver;
use super::attributes;
use super::numbering::{Counter, FreeNumbers};
use super::rejection::Checked;
use super::structs::Heading;
use crate::ast::{self, ChannelMessage, MessageBody, Name};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Channel, ChannelId, Message, Origin, Side, TypeId};
use crate::span::Span;

/// The most ancestors of a channel. Each channel lists all of them.
const MAX_ANCESTORS: usize = 64;

/// The most memory of all inherited messages of a file, in bytes. Each channel has its own copies of the messages that
/// it inherits, so a small file could exhaust the memory of the compiler.
const MAX_INHERITED_BYTES: usize = 64 << 20;

/// The memory of a message, without its texts.
const MESSAGE_BYTES: usize = 80;

/// The memory of a line of documentation, without its text.
const LINE_BYTES: usize = 24;

/// A channel while the file is being resolved.
pub(super) struct ChannelDraft<'a> {
    channel: Channel,
    server: MessagesById<'a>,
    client: MessagesById<'a>,
}

/// The messages of a side. The last message with an id replaces earlier ones.
type MessagesById<'a> = BTreeMap<u16, NamedMessage<'a>>;

#[derive(Clone)]
struct NamedMessage<'a> {
    message: Message,
    name: &'a Name<'a>,
}

impl ChannelDraft<'_> {
    /// Adds an entry of the protocol that uses this channel.
    pub(super) fn add_entry(&mut self, entry: usize) {
        self.channel.entries.push(entry);
    }

    /// Completes the channel.
    pub(super) fn finish(self) -> Channel {
        let messages =
            |by_id: MessagesById<'_>| by_id.into_values().map(|named| named.message).collect();
        Channel {
            server: messages(self.server),
            client: messages(self.client),
            ..self.channel
        }
    }

    /// The approximate memory of its messages, in bytes.
    fn message_bytes(&self) -> usize {
        let named = self.server.values().chain(self.client.values());
        let bytes = named.map(|NamedMessage { message, .. }| {
            let lines = message.docs.lines().map(|line| line.len() + LINE_BYTES);
            MESSAGE_BYTES + message.name.len() + lines.sum::<usize>()
        });
        bytes.fold(0, usize::saturating_add)
    }
}

/// The messages of one side of a channel that is being resolved.
struct SideDraft<'a> {
    side: Side,
    counter: Counter,
    by_id: MessagesById<'a>,
    by_name: HashMap<&'a str, (Span, ChannelId)>,
    free: FreeNumbers,
}

impl<'a> SideDraft<'a> {
    fn new(side: Side, source: &ast::Channel, inherited: MessagesById<'a>) -> Self {
        let mut counter = first_id();
        let own_ids = source
            .messages()
            .filter(|(own, _)| *own == side)
            .map(|(_, message)| counter.take(message.id.as_ref()));
        let last_inherited = inherited.keys().next_back().map(|id| i128::from(*id));
        let used = own_ids.chain(last_inherited);
        let by_name = inherited.values().map(|named| {
            let place = (named.name.span, named.message.owner);
            (named.name.text, place)
        });
        Self {
            side,
            counter: first_id(),
            free: FreeNumbers::above(used, 1, i128::from(u16::MAX)),
            by_name: by_name.collect(),
            by_id: inherited,
        }
    }
}

const fn first_id() -> Counter {
    Counter::starting_at(1)
}

impl<'a> Resolver<'a> {
    /// Resolves a channel.
    pub(super) fn channel(&mut self, source: &'a ast::Channel<'a>) {
        let id = ChannelId(self.channels.len());
        let parent = source.parent.as_ref().and_then(|name| {
            let parent = self.parent(name);
            self.accept(parent)
        });
        let (ancestors, server, client) = match parent {
            None => (Vec::new(), BTreeMap::new(), BTreeMap::new()),
            Some(parent) => {
                let from = self.draft(parent);
                let ancestors = [&[parent], from.channel.ancestors.as_slice()].concat();
                (ancestors, from.server.clone(), from.client.clone())
            }
        };
        let mut server = SideDraft::new(Side::Server, source, server);
        let mut client = SideDraft::new(Side::Client, source, client);
        for (side, message) in source.messages() {
            let draft = match side {
                Side::Server => &mut server,
                Side::Client => &mut client,
            };
            self.message(id, draft, message);
        }
        self.channels.push(ChannelDraft {
            channel: Channel {
                name: source.name.text.to_owned(),
                docs: source.docs.clone(),
                attributes: attributes::to_model(&source.attributes),
                parent,
                ancestors,
                server: Vec::new(),
                client: Vec::new(),
                entries: Vec::new(),
            },
            server: server.by_id,
            client: client.by_id,
        });
        self.names.define_channel(&source.name, id);
    }

    fn draft(&self, id: ChannelId) -> &ChannelDraft<'a> {
        match self.channels.get(id.0) {
            Some(draft) => draft,
            None => unreachable!("channel ids are indexes of the complete channels"),
        }
    }

    /// The channel with an id.
    pub(super) fn draft_mut(&mut self, id: ChannelId) -> &mut ChannelDraft<'a> {
        match self.channels.get_mut(id.0) {
            Some(draft) => draft,
            None => unreachable!("channel ids are indexes of the complete channels"),
        }
    }

    /// Finds the parent of a channel, and checks that it can have another descendant.
    fn parent(&mut self, name: &Name) -> Checked<ChannelId> {
        let id = self.names.find_channel(name, &self.suggester)?;
        let parent = self.draft(id);
        let ancestors = parent.channel.ancestors.len();
        if self.inherited <= MAX_INHERITED_BYTES {
            self.inherited = self.inherited.saturating_add(parent.message_bytes());
        }
        let (reason, label) = if ancestors >= MAX_ANCESTORS {
            (
                format!("it has {MAX_ANCESTORS} ancestors already"),
                "too many ancestors",
            )
        } else if self.inherited > MAX_INHERITED_BYTES {
            let mebibytes = MAX_INHERITED_BYTES >> 20;
            (
                format!("the inherited messages of this file take more than {mebibytes} MiB"),
                "too many inherited messages",
            )
        } else {
            return Ok(id);
        };
        let message = format!("cannot derive a channel from `{}`: {reason}", name.text);
        Err(Diagnostic::new(Code::InheritsTooMuch, name.span, message)
            .label(label)
            .help("derive the channel from an ancestor with fewer messages or ancestors")
            .into())
    }

    /// Resolves a message and adds it to its side.
    fn message(
        &mut self,
        channel: ChannelId,
        draft: &mut SideDraft<'a>,
        source: &'a ChannelMessage<'a>,
    ) {
        let number = draft.counter.take(source.id.as_ref());
        let id = self.message_id(channel, draft, source, number);
        self.check_name(channel, draft, source);
        let body = self.message_body(channel, draft.side, id.unwrap_or(0), source);
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
        draft.by_id.insert(id, NamedMessage { message, name });
    }

    /// Checks the id of a message. A repeated id is an error that can be lowered, so the id is returned.
    fn message_id(
        &mut self,
        channel: ChannelId,
        draft: &mut SideDraft<'a>,
        source: &ChannelMessage,
        number: i128,
    ) -> Option<u16> {
        let written = source.id.as_ref();
        let span = written.map_or(source.name.span, |written| written.span);
        let name = source.name.text;
        let id = u16::try_from(number).ok();
        let diagnostic = match id {
            None => {
                let message =
                    format!("`{name}` has the id {number}, which does not fit in 16 bits");
                Diagnostic::new(Code::MessageIdRange, span, message)
                    .label(format!("must be 0 to {}", u16::MAX))
            }
            Some(id) => {
                let Some(first) = draft.by_id.get(&id) else {
                    return Some(id);
                };
                let message = format!("`{name}` has the same id as `{}`: {id}", first.name.text);
                let defined = self.definition_label(channel, first.message.owner, "defined here");
                Diagnostic::new(Code::DuplicateMessageId, span, message)
                    .label(format!("{id} is repeated"))
                    .also(first.name.span, defined)
                    .note("if this is lowered to a warning, the last message with an id is decoded")
            }
        };
        if draft.counter.should_report() {
            let diagnostic = draft.free.suggest(diagnostic, "id", &source.name, written);
            self.diagnostics.push(diagnostic);
        }
        id
    }

    fn check_name(
        &mut self,
        channel: ChannelId,
        draft: &mut SideDraft<'a>,
        source: &'a ChannelMessage<'a>,
    ) {
        let Name { text, span } = &source.name;
        if let Some((first, owner)) = draft.by_name.get(text) {
            let message = format!("two messages of one side are named `{text}`");
            let defined = self.definition_label(channel, *owner, "first defined here");
            self.diagnostics.push(
                Diagnostic::new(Code::DuplicateMessageName, *span, message)
                    .label("repeated here")
                    .also(*first, defined)
                    .help("rename one of the two"),
            );
        } else {
            draft.by_name.insert(text, (*span, channel));
        }
    }

    /// The label of a message's definition: `own`, unless it is inherited.
    fn definition_label(&self, channel: ChannelId, owner: ChannelId, own: &str) -> String {
        if owner == channel {
            return own.to_owned();
        }
        let ancestor = &self.draft(owner).channel.name;
        format!("inherited from `{ancestor}`, defined here")
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
                Some(self.members(heading, members))
            }
            MessageBody::Named(name) => {
                let found = self.names.find_message(name, &self.suggester);
                self.accept(found)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_of_messages_includes_their_texts() {
        let source = "message M {};
            channel C {
                // Four
                // words.
                M ab;
                client: M c;
            };";
        let (file, _) = crate::syntax::parse(source);
        let mut resolver = Resolver::new(&file);
        for definition in &file.definitions {
            resolver.definition(definition);
        }
        let texts = "ab".len() + "Four".len() + "words.".len() + "c".len();
        let expected = 2 * MESSAGE_BYTES + 2 * LINE_BYTES + texts;
        assert_eq!(resolver.channels[0].message_bytes(), expected);
    }
}
