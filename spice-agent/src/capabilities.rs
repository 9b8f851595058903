//! Capabilities of the agent and of its peer.

use spice_link::{Capability, CapabilitySet};

use crate::proto::ChannelType;
use crate::proto::types::AgentCapability;

impl Capability for AgentCapability {
    fn index(self) -> u32 {
        self.0
    }
}

/// Returns the capabilities of a client that handles all events of this crate.
///
/// ```
/// use spice_agent::{AgentCapability, usual_capabilities};
/// assert!(usual_capabilities().contains(AgentCapability::CLIPBOARD_SELECTION));
/// ```
#[must_use]
pub fn usual_capabilities() -> CapabilitySet {
    CapabilitySet::from_iter([
        AgentCapability::MONITORS_CONFIG,
        AgentCapability::REPLY,
        AgentCapability::DISPLAY_CONFIG,
        AgentCapability::CLIPBOARD_BY_DEMAND,
        AgentCapability::CLIPBOARD_SELECTION,
        AgentCapability::MONITORS_CONFIG_POSITION,
        AgentCapability::FILE_XFER_DETAILED_ERRORS,
        AgentCapability::CLIPBOARD_NO_RELEASE_ON_REGRAB,
        AgentCapability::CLIPBOARD_GRAB_SERIAL,
    ])
}

/// Form of the clipboard messages. The capabilities of both sides determine it.
///
/// Each dialect is a channel of `agent.proto`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// Messages do not name a selection. Module [`plain`](crate::proto::plain).
    #[default]
    Plain,
    /// Messages do not name a selection, and grabs have a serial. Module
    /// [`plain_serial`](crate::proto::plain_serial).
    PlainSerial,
    /// Messages name their selection. Module [`selection`](crate::proto::selection).
    Selection,
    /// Messages name their selection, and grabs have a serial. Module
    /// [`selection_serial`](crate::proto::selection_serial).
    SelectionSerial,
}

impl Dialect {
    /// Returns the dialect of two sides with these capabilities.
    ///
    /// ```
    /// use spice_agent::{AgentCapability, CapabilitySet, Dialect};
    /// let old = CapabilitySet::new().with(AgentCapability::CLIPBOARD_SELECTION);
    /// let new = old.clone().with(AgentCapability::CLIPBOARD_GRAB_SERIAL);
    /// assert_eq!(Dialect::negotiate(&new, &new), Dialect::SelectionSerial);
    /// assert_eq!(Dialect::negotiate(&new, &old), Dialect::Selection);
    /// ```
    #[must_use]
    pub fn negotiate(ours: &CapabilitySet, theirs: &CapabilitySet) -> Self {
        let both =
            |capability: AgentCapability| ours.contains(capability) && theirs.contains(capability);
        let selection = both(AgentCapability::CLIPBOARD_SELECTION);
        match (selection, both(AgentCapability::CLIPBOARD_GRAB_SERIAL)) {
            (false, false) => Self::Plain,
            (false, true) => Self::PlainSerial,
            (true, false) => Self::Selection,
            (true, true) => Self::SelectionSerial,
        }
    }

    /// Returns whether messages name their selection.
    #[must_use]
    pub const fn has_selections(self) -> bool {
        matches!(self, Self::Selection | Self::SelectionSerial)
    }

    /// Returns the channel of the dialect in `agent.proto`.
    #[must_use]
    pub const fn channel_type(self) -> ChannelType {
        match self {
            Self::Plain => ChannelType::PLAIN,
            Self::PlainSerial => ChannelType::PLAIN_SERIAL,
            Self::Selection => ChannelType::SELECTION,
            Self::SelectionSerial => ChannelType::SELECTION_SERIAL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_without_a_capability_determines_the_dialect() {
        let all = usual_capabilities();
        let mut plain = all.clone();
        plain.remove(AgentCapability::CLIPBOARD_SELECTION);
        let dialects = [
            (&all, Dialect::SelectionSerial),
            (&plain, Dialect::PlainSerial),
            (&CapabilitySet::new(), Dialect::Plain),
        ];
        for (theirs, dialect) in dialects {
            assert_eq!(Dialect::negotiate(&all, theirs), dialect);
            assert_eq!(Dialect::negotiate(theirs, &all), dialect);
        }
    }
}
