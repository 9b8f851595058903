//! Compares protocols, channels and messages.

use super::bodies::has_name;
use super::comparison::{Comparison, Path, Places, Readers, inside};
use super::pairs::pair;
use super::{Break, ChangeCode, Peer};
use crate::model::{Channel, ChannelId, Message, Model, ProtocolChannel, Side, struct_of};

impl Comparison<'_> {
    pub(super) fn compare_protocols(&mut self) {
        let (old_model, new_model) = (self.old.model, self.new.model);
        let (old, new) = (&old_model.protocol, &new_model.protocol);
        self.compare_names("protocol", &old.name, &new.name);
        let path = |entry: &ProtocolChannel| vec!["protocol".to_owned(), entry.name.clone()];
        let number = |entry: &ProtocolChannel| u32::from(entry.number);
        let pairs = pair(&old.channels, &new.channels, |entry| &entry.name, number);
        for entry in pairs.removed {
            let message = format!("channel {} ({}) is removed", entry.name, entry.number);
            let places = Places::removed(path(entry));
            let channel = old_model.channel(entry.channel);
            let sends = |side| !channel.messages(side).is_empty();
            let breaks = breaks(&[Peer::New], sends);
            self.push(ChangeCode::ChannelRemoved, message, places, breaks, None);
        }
        for entry in pairs.added {
            let own = own_messages(new_model.channel(entry.channel), entry.channel);
            let message = format!("channel {} ({}), {own}", entry.name, entry.number);
            let places = Places::added(path(entry));
            self.report(ChangeCode::ChannelAdded, message, places);
        }
        for (a, b) in pairs.both {
            let places = Places::both(path(a), path(b));
            if a.name != b.name {
                let message = format!("channel {} ({}) is renamed to {}", a.name, a.number, b.name);
                self.report(ChangeCode::ChannelRenamed, message, places.clone());
            }
            if a.number != b.number {
                let (name, old, new) = (&b.name, a.number, b.number);
                let message = format!("channel {name} has number {new} instead of {old}");
                let breaks = breaks(&[Peer::Old, Peer::New], |_| true);
                self.push(ChangeCode::ChannelNumber, message, places, breaks, None);
            }
            if self.channels.insert((a.channel.0, b.channel.0)) {
                self.compare_channels(a.channel, b.channel);
            }
        }
    }

    fn compare_channels(&mut self, old: ChannelId, new: ChannelId) {
        let (old_model, new_model) = (self.old.model, self.new.model);
        let (old, new) = (old_model.channel(old), new_model.channel(new));
        self.compare_names("channel definition", &old.name, &new.name);
        let parents = (parent(old_model, old), parent(new_model, new));
        if parents.0 != parents.1 {
            let describe = |parent: Option<&str>| parent.map_or("none".to_owned(), quoted);
            let (was, is) = (describe(parents.0), describe(parents.1));
            let message = format!(
                "channel `{}` has the parent {is} instead of {was}",
                new.name
            );
            let places = Places::both(vec![old.name.clone()], vec![new.name.clone()]);
            self.report(ChangeCode::Parent, message, places);
        }
        for side in Side::ALL {
            self.compare_messages(side, old.messages(side), new.messages(side));
        }
    }

    fn compare_messages(&mut self, side: Side, old: &[Message], new: &[Message]) {
        let (old_model, new_model) = (self.old.model, self.new.model);
        let pairs = pair(
            old,
            new,
            |message| &message.name,
            |message| message.id.into(),
        );
        for message in pairs.removed {
            let (path, id) = (message_path(old_model, side, message), message.id);
            let text = format!("message `{}` ({id}) is removed", path.join("."));
            let places = Places::removed(path);
            let breaks = breaks(&[Peer::New], |sender| sender == side);
            self.push(ChangeCode::MessageRemoved, text, places, breaks, None);
        }
        for message in pairs.added {
            let (path, id) = (message_path(new_model, side, message), message.id);
            let text = format!("message `{}` ({id}) is added", path.join("."));
            let places = Places::added(path);
            self.report(ChangeCode::MessageAdded, text, places);
        }
        for (a, b) in pairs.both {
            let path = message_path(new_model, side, b);
            let (name, was) = (path.join("."), message_path(old_model, side, a));
            let places = Places::both(was.clone(), path);
            if a.name != b.name {
                let text = format!(
                    "message `{}` ({}) is renamed to `{name}`",
                    was.join("."),
                    a.id
                );
                self.report(ChangeCode::MessageRenamed, text, places.clone());
            }
            if a.id != b.id {
                let text = format!("message `{name}` has id {} instead of {}", b.id, a.id);
                let breaks = breaks(&[Peer::Old, Peer::New], |sender| sender == side);
                self.push(ChangeCode::MessageId, text, places.clone(), breaks, None);
            }
            self.compare_message_bodies(a, b, &name, places);
        }
    }

    fn compare_message_bodies(&mut self, old: &Message, new: &Message, name: &str, places: Places) {
        let types = (old.body, new.body);
        let (old_types, new_types) = (&self.old.model.types, &self.new.model.types);
        let (a, b) = (struct_of(old_types, types.0), struct_of(new_types, types.1));
        let both_named = has_name(a) && has_name(b);
        if !both_named || a.name == b.name || self.is_renamed(&a.name, &b.name) {
            return self.enqueue(types.0, types.1);
        }
        let message = format!(
            "message `{name}` has the body `{}` instead of `{}`",
            b.name, a.name
        );
        if self.same_bytes.bodies(types.0, types.1) {
            self.report(ChangeCode::SameBytes, message, places);
        } else {
            self.report_in(types, Readers::Both, ChangeCode::FieldType, message, places);
        }
    }

    /// Reports another name of a definition at the top of the file.
    pub(super) fn compare_names(&mut self, kind: &str, old: &str, new: &str) {
        if old != new {
            let message = format!("{kind} `{old}` is renamed to `{new}`");
            // The index of spans has the protocol under its keyword.
            let path = |name: &str| match kind {
                "protocol" => vec![kind.to_owned()],
                _ => vec![name.to_owned()],
            };
            let places = Places::both(path(old), path(new));
            self.report(ChangeCode::DefinitionRenamed, message, places);
        }
    }
}

fn breaks(readers: &[Peer], sends: impl Fn(Side) -> bool) -> Vec<Break> {
    let sides = Side::ALL.into_iter().filter(|side| sends(*side));
    let pairs = sides.flat_map(|sender| readers.iter().map(move |reader| (*reader, sender)));
    pairs
        .map(|(reader, sender)| Break { reader, sender })
        .collect()
}

fn parent<'m>(model: &'m Model, channel: &Channel) -> Option<&'m str> {
    channel.parent.map(|id| &*model.channel(id).name)
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}

pub(super) fn message_path(model: &Model, side: Side, message: &Message) -> Path {
    let owner = model.channel(message.owner).name.clone();
    let path = vec![owner, side.name().to_owned()];
    inside(&path, &message.name)
}

/// The number of messages that a channel does not inherit.
fn own_messages(channel: &Channel, id: ChannelId) -> String {
    let count = |side| {
        let messages = channel.messages(side).iter();
        messages.filter(|message| message.owner == id).count()
    };
    let plural = |count: usize| if count == 1 { "message" } else { "messages" };
    match (count(Side::Client), count(Side::Server)) {
        (0, 0) => "no messages of its own".to_owned(),
        (0, server) => format!("{server} server {}", plural(server)),
        (client, 0) => format!("{client} client {}", plural(client)),
        (client, server) => format!("{client} client and {server} server {}", plural(server)),
    }
}
