//! The channels and messages that the user selected.

use super::Arguments;
use crate::catalog::{Address, Catalog, Pattern};

/// A filter. Empty lists select everything.
pub struct Selection<'m> {
    catalog: &'m Catalog<'m>,
    channels: Vec<u8>,
    messages: Vec<Pattern>,
}

impl<'m> Selection<'m> {
    /// Creates the filter, and checks that its names exist.
    pub fn new(arguments: &Arguments, catalog: &'m Catalog<'m>) -> Result<Self, String> {
        let channels = arguments.channels.iter().map(|name| {
            let found = catalog.channel_type(name);
            found.ok_or_else(|| format!("the proto has no channel `{name}`"))
        });
        for pattern in &arguments.messages {
            catalog.check(pattern)?;
        }
        Ok(Self {
            catalog,
            channels: channels.collect::<Result<_, _>>()?,
            messages: arguments.messages.clone(),
        })
    }

    /// Whether a message is selected.
    pub fn has_message(&self, address: Address) -> bool {
        let matches = |pattern: &Pattern| pattern.matches(self.catalog, address);
        self.has_channel(Some(address.channel_type))
            && (self.messages.is_empty() || self.messages.iter().any(matches))
    }

    /// Whether events of a channel are selected. `None` is a connection whose channel is unknown.
    pub fn has_channel(&self, channel_type: Option<u8>) -> bool {
        let is_wanted = |channel_type| self.channels.contains(&channel_type);
        self.channels.is_empty() || channel_type.is_some_and(is_wanted)
    }

    /// Whether all messages of a channel are selected.
    pub fn has_all_messages(&self) -> bool {
        self.messages.is_empty()
    }
}
