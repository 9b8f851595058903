//! The messages of a proto by number and by name.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use spice_proto_gen::model::{Message, Model, ProtocolChannel, Side};

/// Finds the channels and messages of a model.
pub struct Catalog<'m> {
    /// The model.
    pub model: &'m Model,
    channels: HashMap<u8, &'m ProtocolChannel>,
    messages: HashMap<u32, (Address, &'m Message)>,
}

impl<'m> Catalog<'m> {
    /// Creates an index of a model.
    pub fn new(model: &'m Model) -> Self {
        let mut channels = HashMap::new();
        let mut messages = HashMap::new();
        for entry in &model.protocol.channels {
            channels.insert(entry.number, entry);
            let channel = model.channel(entry.channel);
            for side in Side::ALL {
                for message in channel.messages(side) {
                    let address = Address {
                        channel_type: entry.number,
                        side,
                        id: message.id,
                    };
                    messages.insert(address.key(), (address, message));
                }
            }
        }
        Self {
            model,
            channels,
            messages,
        }
    }

    /// The name of a channel.
    pub fn channel_name(&self, channel_type: u8) -> Option<&'m str> {
        let found = self.channels.get(&channel_type)?;
        Some(&found.name)
    }

    /// The types of all channels, in ascending order.
    pub fn channel_types(&self) -> Vec<u8> {
        let mut types: Vec<u8> = self.channels.keys().copied().collect();
        types.sort_unstable();
        types
    }

    /// The type of the channel with this name or number.
    pub fn channel_type(&self, text: &str) -> Option<u8> {
        let mut channels = self.channels.values();
        let named = channels.find(|channel| channel.name == text);
        named.map_or_else(|| text.parse().ok(), |channel| Some(channel.number))
    }

    /// The message with this id.
    pub fn message(&self, channel_type: u8, side: Side, id: u16) -> Option<&'m Message> {
        let address = Address {
            channel_type,
            side,
            id,
        };
        let (_, message) = self.messages.get(&address.key())?;
        Some(message)
    }

    /// The id of the message with this name.
    pub fn id(&self, channel_type: u8, side: Side, name: &str) -> Option<u16> {
        let entry = self.channels.get(&channel_type)?;
        let mut messages = self.model.channel(entry.channel).messages(side).iter();
        let found = messages.find(|message| message.name == name)?;
        Some(found.id)
    }

    /// The only message that a pattern matches.
    ///
    /// # Errors
    ///
    /// Returns a text for the user if the pattern matches none or several.
    pub fn only(&self, pattern: &Pattern) -> Result<Address, String> {
        let mut found = self.matching(pattern);
        found.sort_unstable_by_key(|address| (address.channel_type, address.id));
        match found.as_slice() {
            [address] => Ok(*address),
            [] => Err(format!("the proto has no message `{pattern}`")),
            [first, ..] => Err(format!(
                "`{pattern}` names {} messages, such as `{}`: name one of them",
                found.len(),
                self.path(*first)
            )),
        }
    }

    /// Checks that a pattern of a filter can match a message.
    ///
    /// # Errors
    ///
    /// Returns a text for the user if it cannot.
    pub fn check(&self, pattern: &Pattern) -> Result<(), String> {
        if pattern.id.is_none() && self.matching(pattern).is_empty() {
            return Err(format!("the proto has no message `{pattern}`"));
        }
        Ok(())
    }

    fn matching(&self, pattern: &Pattern) -> Vec<Address> {
        let addresses = self.messages.values().map(|(address, _)| *address);
        let matching = addresses.filter(|address| pattern.matches(self, *address));
        matching.collect()
    }

    fn path(&self, address: Address) -> String {
        let channel = self.channel_name(address.channel_type).unwrap_or_default();
        let message = self.message(address.channel_type, address.side, address.id);
        let message = message.map_or("", |message| message.name.as_str());
        format!("{channel}.{}.{message}", address.side.name())
    }
}

/// The numbers of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// Type of the channel.
    pub channel_type: u8,
    /// The sender.
    pub side: Side,
    /// Id of the message.
    pub id: u16,
}

impl Address {
    /// All three numbers in one, which is hashed faster.
    pub const fn key(self) -> u32 {
        let side = match self.side {
            Side::Server => 0,
            Side::Client => 1,
        };
        (self.channel_type as u32) << 17 | side << 16 | self.id as u32
    }
}

/// The side with this name.
pub fn side(name: &str) -> Option<Side> {
    match name {
        "server" => Some(Side::Server),
        "client" => Some(Side::Client),
        _ => None,
    }
}

/// One or several messages: `init`, `304`, `display.draw_copy` or `port.server.init`.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    channel: Option<String>,
    side: Option<Side>,
    name: String,
    id: Option<u16>,
}

impl Pattern {
    /// Whether the pattern matches a message.
    pub fn matches(&self, catalog: &Catalog<'_>, address: Address) -> bool {
        let Address {
            channel_type,
            side,
            id,
        } = address;
        let channel = self.channel.as_deref();
        let is_channel =
            channel.is_none_or(|text| catalog.channel_type(text) == Some(channel_type));
        let is_side = self.side.is_none_or(|wanted| wanted == side);
        let message = catalog.message(channel_type, side, id);
        let is_named = message.is_some_and(|message| message.name == self.name);
        is_channel && is_side && (is_named || self.id == Some(id))
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('.').collect();
        let (channel, sender, name) = match parts.as_slice() {
            [name] => (None, None, *name),
            [channel, name] => (Some(*channel), None, *name),
            [channel, sender, name] => (Some(*channel), Some(*sender), *name),
            _ => return Err("expected a message, such as `port.server.init`".to_owned()),
        };
        let sender = match sender {
            Some(name) => {
                Some(side(name).ok_or_else(|| format!("`{name}` is not `server` or `client`"))?)
            }
            None => None,
        };
        Ok(Self {
            text: text.to_owned(),
            channel: channel.map(str::to_owned),
            side: sender,
            name: name.to_owned(),
            id: name.parse().ok(),
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
