//! Capabilities in link messages.

use alloc::vec::Vec;
use core::fmt;

use spice_messages::ChannelType;

use crate::proto::types::{
    CommonCapability, DisplayCapability, InputsCapability, MainCapability, PlaybackCapability,
    RecordCapability, SpicevmcCapability,
};

/// A capability: a bit in the capability words of a link message.
///
/// Implement it for capabilities that `link.proto` does not name.
pub trait Capability: Copy {
    /// Returns the index of the bit. Word 0 has the bits 0 to 31, word 1 the bits 32 to 63.
    fn index(self) -> u32;
}

macro_rules! impl_capability {
    ($($name:ident)*) => { $(
        impl Capability for $name {
            fn index(self) -> u32 {
                self.0
            }
        }
    )* };
}

impl_capability!(CommonCapability MainCapability DisplayCapability InputsCapability);
impl_capability!(PlaybackCapability RecordCapability SpicevmcCapability);

/// Returns the name of a capability that any channel can have.
#[must_use]
pub fn common_capability_name(index: u32) -> Option<&'static str> {
    CommonCapability(index).name()
}

/// Returns the name of a capability that channels of this type can have.
///
/// ```
/// use spice_messages::ChannelType;
/// let name = spice_link::channel_capability_name(ChannelType::DISPLAY, 5);
/// assert_eq!(name, Some("LZ4_COMPRESSION"));
/// ```
#[must_use]
pub fn channel_capability_name(channel_type: ChannelType, index: u32) -> Option<&'static str> {
    match channel_type {
        ChannelType::MAIN => MainCapability(index).name(),
        ChannelType::DISPLAY => DisplayCapability(index).name(),
        ChannelType::INPUTS => InputsCapability(index).name(),
        ChannelType::PLAYBACK => PlaybackCapability(index).name(),
        ChannelType::RECORD => RecordCapability(index).name(),
        ChannelType::USBREDIR | ChannelType::PORT | ChannelType::WEBDAV => {
            SpicevmcCapability(index).name()
        }
        _ => None,
    }
}

/// A set of capabilities, stored as the words of a link message.
///
/// ```
/// use spice_link::{CapabilitySet, CommonCapability};
/// let set = CapabilitySet::new()
///     .with(CommonCapability::AUTH_SELECTION)
///     .with(CommonCapability::MINI_HEADER);
/// assert_eq!(set.words(), [0b1001]);
/// assert!(!set.contains(CommonCapability::AUTH_SASL));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CapabilitySet(Vec<u32>);

impl CapabilitySet {
    /// Creates an empty set, of no words.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Creates a set from its words. Trailing zero words are kept.
    #[must_use]
    pub const fn from_words(words: Vec<u32>) -> Self {
        Self(words)
    }

    /// Returns the words.
    #[must_use]
    pub fn words(&self) -> &[u32] {
        &self.0
    }

    /// Adds a capability and returns the set.
    #[must_use]
    pub fn with(mut self, capability: impl Capability) -> Self {
        self.insert(capability);
        self
    }

    /// Adds a capability, and words up to the one that holds it.
    pub fn insert(&mut self, capability: impl Capability) {
        let (word, bit) = word_and_bit(capability.index());
        if word >= self.0.len() {
            self.0.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    /// Removes a capability. The number of words stays the same.
    pub fn remove(&mut self, capability: impl Capability) {
        let (word, bit) = word_and_bit(capability.index());
        if let Some(word) = self.0.get_mut(word) {
            *word &= !bit;
        }
    }

    /// Returns whether the set has the capability.
    #[must_use]
    pub fn contains(&self, capability: impl Capability) -> bool {
        let (word, bit) = word_and_bit(capability.index());
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Returns the indexes of the capabilities in the set, in ascending order.
    pub fn indexes(&self) -> impl Iterator<Item = u32> + '_ {
        let words = (0..=u32::MAX).step_by(32).zip(&self.0);
        words.flat_map(|(first, word)| {
            let bits = (0..32).filter(move |bit| word & (1 << bit) != 0);
            bits.map(move |bit| first + bit)
        })
    }
}

impl AsRef<[u32]> for CapabilitySet {
    fn as_ref(&self) -> &[u32] {
        &self.0
    }
}

impl<C: Capability> Extend<C> for CapabilitySet {
    fn extend<I: IntoIterator<Item = C>>(&mut self, capabilities: I) {
        for capability in capabilities {
            self.insert(capability);
        }
    }
}

impl<C: Capability> FromIterator<C> for CapabilitySet {
    fn from_iter<I: IntoIterator<Item = C>>(capabilities: I) -> Self {
        let mut set = Self::new();
        set.extend(capabilities);
        set
    }
}

/// Returns the index of a capability's word, and its bit in that word.
const fn word_and_bit(index: u32) -> (usize, u32) {
    ((index / 32) as usize, 1 << (index % 32))
}

/// The capabilities of one side on one channel.
///
/// ```
/// use spice_link::{Capabilities, MainCapability};
/// use spice_messages::ChannelType;
/// let capabilities = Capabilities::usual().with_channel(MainCapability::NAME_AND_UUID);
/// let text = capabilities.names(ChannelType::MAIN).to_string();
/// assert_eq!(text, "AUTH_SELECTION AUTH_SPICE MINI_HEADER main: NAME_AND_UUID");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Capabilities {
    /// Capabilities that any channel can have.
    pub common: CapabilitySet,
    /// Capabilities of this type of channel.
    pub channel: CapabilitySet,
}

impl Capabilities {
    /// Returns the common capabilities that all current peers have: `AUTH_SELECTION`, `AUTH_SPICE`
    /// (passwords) and `MINI_HEADER`.
    #[must_use]
    pub fn usual() -> Self {
        Self {
            common: CapabilitySet::new()
                .with(CommonCapability::AUTH_SELECTION)
                .with(CommonCapability::AUTH_SPICE)
                .with(CommonCapability::MINI_HEADER),
            channel: CapabilitySet::new(),
        }
    }

    /// Returns the capabilities of a client that handles all messages of a channel, but decodes
    /// only the formats of images, video and sound that every client needs.
    #[must_use]
    pub fn client(channel_type: ChannelType) -> Self {
        let usual = Self::usual();
        match channel_type {
            ChannelType::MAIN => usual
                .with_channel(MainCapability::NAME_AND_UUID)
                .with_channel(MainCapability::AGENT_CONNECTED_TOKENS),
            ChannelType::DISPLAY => usual
                .with_channel(DisplayCapability::SIZED_STREAM)
                .with_channel(DisplayCapability::MONITORS_CONFIG)
                .with_channel(DisplayCapability::COMPOSITE)
                .with_channel(DisplayCapability::A8_SURFACE),
            ChannelType::PLAYBACK => usual.with_channel(PlaybackCapability::VOLUME),
            ChannelType::RECORD => usual.with_channel(RecordCapability::VOLUME),
            _ => usual,
        }
    }

    /// Returns the capabilities of a server that handles all messages of a channel, but decodes
    /// only the formats of video and sound that every server needs.
    #[must_use]
    pub fn server(channel_type: ChannelType) -> Self {
        let usual = Self::usual();
        match channel_type {
            ChannelType::MAIN => usual.with_channel(MainCapability::AGENT_CONNECTED_TOKENS),
            ChannelType::INPUTS => usual.with_channel(InputsCapability::KEY_SCANCODE),
            ChannelType::PLAYBACK => usual.with_channel(PlaybackCapability::VOLUME),
            ChannelType::RECORD => usual.with_channel(RecordCapability::VOLUME),
            _ => usual,
        }
    }

    /// Adds a capability of this type of channel and returns the capabilities.
    #[must_use]
    pub fn with_channel(mut self, capability: impl Capability) -> Self {
        self.channel.insert(capability);
        self
    }

    /// Returns a value that displays the names. Capabilities without a name are displayed as their
    /// index.
    pub fn names(&self, channel_type: ChannelType) -> impl fmt::Display + '_ {
        Names {
            capabilities: self,
            channel_type,
        }
    }
}

struct Names<'c> {
    capabilities: &'c Capabilities,
    channel_type: ChannelType,
}

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for index in self.capabilities.common.indexes() {
            f.write_str(separator)?;
            write_name(f, index, common_capability_name(index))?;
            separator = " ";
        }
        let mut channel = self.capabilities.channel.indexes().peekable();
        if channel.peek().is_some() {
            let name = self.channel_type.name().unwrap_or("channel");
            write!(f, "{separator}{name}:")?;
        }
        for index in channel {
            f.write_str(" ")?;
            write_name(f, index, channel_capability_name(self.channel_type, index))?;
        }
        Ok(())
    }
}

fn write_name(f: &mut fmt::Formatter<'_>, index: u32, name: Option<&str>) -> fmt::Result {
    match name {
        Some(name) => f.write_str(name),
        None => write!(f, "{index}"),
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;

    use super::*;

    #[test]
    fn insert_adds_words_and_remove_keeps_them() {
        let mut set = CapabilitySet::new();
        set.insert(DisplayCapability(33));
        assert_eq!(set.words(), [0, 2]);
        assert!(set.contains(DisplayCapability(33)));
        assert!(!set.contains(DisplayCapability(1)));
        assert!(!set.contains(DisplayCapability(64)));
        set.remove(DisplayCapability(33));
        set.remove(DisplayCapability(64));
        assert_eq!(set.words(), [0, 0]);
    }

    #[test]
    fn indexes_ascend_over_all_words() {
        let set = CapabilitySet::from_words(vec![0x8000_0001, 0, 0b100]);
        let indexes: Vec<u32> = set.indexes().collect();
        assert_eq!(indexes, [0, 31, 66]);
        let collected: CapabilitySet = indexes.into_iter().map(DisplayCapability).collect();
        assert_eq!(collected, set);
    }

    #[test]
    fn capabilities_without_a_name_display_as_their_index() {
        let capabilities = Capabilities {
            common: CapabilitySet::from_words(vec![0b11 << 3]),
            channel: CapabilitySet::from_words(vec![1 << 31]),
        };
        let text = |channel_type| capabilities.names(channel_type).to_string();
        assert_eq!(text(ChannelType::INPUTS), "MINI_HEADER 4 inputs: 31");
        assert_eq!(text(ChannelType(99)), "MINI_HEADER 4 channel: 31");
        assert_eq!(
            Capabilities::default().names(ChannelType::MAIN).to_string(),
            ""
        );
    }
}
