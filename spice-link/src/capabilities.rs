//! What a side can do, as the link messages tell it.

use alloc::vec::Vec;
use core::fmt;

use spice_messages::{display, inputs, main, playback, port, record, usbredir, webdav};

use crate::proto::types::{
    CommonCapability, DisplayCapability, InputsCapability, MainCapability, PlaybackCapability,
    RecordCapability, SpicevmcCapability,
};

/// Something that a side can do: a bit of the capability words.
pub trait Capability: Copy {
    /// The number of the bit, counted through all words.
    fn index(self) -> u32;
}

macro_rules! capabilities {
    ($($name:ident)*) => { $(
        impl Capability for $name {
            fn index(self) -> u32 {
                self.0
            }
        }
    )* };
}

capabilities!(CommonCapability MainCapability DisplayCapability InputsCapability);
capabilities!(PlaybackCapability RecordCapability SpicevmcCapability);

/// The name of a capability that any channel can have.
#[must_use]
pub fn common_capability_name(index: u32) -> Option<&'static str> {
    CommonCapability(index).name()
}

/// The name of a capability that channels of this kind can have.
///
/// ```
/// use spice_messages::display;
/// let name = spice_link::channel_capability_name(display::CHANNEL_TYPE, 5);
/// assert_eq!(name, Some("LZ4_COMPRESSION"));
/// ```
#[must_use]
pub fn channel_capability_name(channel_type: u8, index: u32) -> Option<&'static str> {
    match channel_type {
        main::CHANNEL_TYPE => MainCapability(index).name(),
        display::CHANNEL_TYPE => DisplayCapability(index).name(),
        inputs::CHANNEL_TYPE => InputsCapability(index).name(),
        playback::CHANNEL_TYPE => PlaybackCapability(index).name(),
        record::CHANNEL_TYPE => RecordCapability(index).name(),
        usbredir::CHANNEL_TYPE | port::CHANNEL_TYPE | webdav::CHANNEL_TYPE => {
            SpicevmcCapability(index).name()
        }
        _ => None,
    }
}

/// A set of capabilities, in as many words as it takes.
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
    /// No capability, in no word.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The set with these words; also those with no bit set are kept.
    #[must_use]
    pub const fn from_words(words: Vec<u32>) -> Self {
        Self(words)
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> &[u32] {
        &self.0
    }

    /// The set with one capability more.
    #[must_use]
    pub fn with(mut self, capability: impl Capability) -> Self {
        self.insert(capability);
        self
    }

    /// Adds a capability.
    pub fn insert(&mut self, capability: impl Capability) {
        let (word, bit) = place(capability.index());
        if word >= self.0.len() {
            self.0.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    /// Takes a capability away. The number of words stays.
    pub fn remove(&mut self, capability: impl Capability) {
        let (word, bit) = place(capability.index());
        if let Some(word) = self.0.get_mut(word) {
            *word &= !bit;
        }
    }

    /// Whether the capability is there.
    #[must_use]
    pub fn contains(&self, capability: impl Capability) -> bool {
        let (word, bit) = place(capability.index());
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// The numbers of the capabilities that are there.
    pub fn indexes(&self) -> impl Iterator<Item = u32> + '_ {
        let words = (0..=u32::MAX).step_by(32).zip(&self.0);
        words.flat_map(|(first, word)| {
            let bits = (0..32).filter(move |bit| word & (1 << bit) != 0);
            bits.map(move |bit| first + bit)
        })
    }
}

/// The index of a capability's word, and its bit there.
const fn place(index: u32) -> (usize, u32) {
    ((index / 32) as usize, 1 << (index % 32))
}

/// All that one side can do on a channel.
///
/// ```
/// use spice_link::{Capabilities, MainCapability};
/// use spice_messages::main;
/// let ours = Capabilities::usual().with_channel(MainCapability::NAME_AND_UUID);
/// let text = ours.names(main::CHANNEL_TYPE).to_string();
/// assert_eq!(text, "AUTH_SELECTION AUTH_SPICE MINI_HEADER main: NAME_AND_UUID");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Capabilities {
    /// Those that any channel can have.
    pub common: CapabilitySet,
    /// Those of this kind of channel.
    pub channel: CapabilitySet,
}

impl Capabilities {
    /// What every peer of today can do: choose how to authenticate, passwords, short headers.
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

    /// With one capability more of this kind of channel.
    #[must_use]
    pub fn with_channel(mut self, capability: impl Capability) -> Self {
        self.channel.insert(capability);
        self
    }

    /// The names, for printing; a number where there is no name.
    pub fn names(&self, channel_type: u8) -> impl fmt::Display + '_ {
        Names {
            capabilities: self,
            channel_type,
        }
    }
}

struct Names<'c> {
    capabilities: &'c Capabilities,
    channel_type: u8,
}

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        let mut write = |index: u32, name: Option<&str>| {
            let text = core::mem::replace(&mut separator, " ");
            match name {
                Some(name) => write!(f, "{text}{name}"),
                None => write!(f, "{text}{index}"),
            }
        };
        for index in self.capabilities.common.indexes() {
            write(index, common_capability_name(index))?;
        }
        let channels = spice_messages::CHANNELS;
        let mut channel = self.capabilities.channel.indexes().peekable();
        if channel.peek().is_some() {
            let found = channels.iter().find(|(id, _)| *id == self.channel_type);
            let name = found.map_or("channel", |(_, name)| *name);
            write!(f, "{separator}{name}:")?;
        }
        for index in channel {
            match channel_capability_name(self.channel_type, index) {
                Some(name) => write!(f, " {name}")?,
                None => write!(f, " {index}")?,
            }
        }
        Ok(())
    }
}
