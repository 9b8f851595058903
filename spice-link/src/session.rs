//! Result of a link stage.

use crate::header::HeaderFormat;
use crate::link_answer::LinkAnswer;
use crate::link_request::LinkRequest;
use crate::proto::types::CommonCapability;

/// A channel whose link stage is complete: both link messages, and what follows from them.
///
/// [`ClientStep::Done`](crate::ClientStep::Done) and [`ServerStep::Done`](crate::ServerStep::Done)
/// hold it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LinkSession {
    /// The client's link message.
    pub request: LinkRequest,
    /// The server's link message.
    pub answer: LinkAnswer,
}

impl LinkSession {
    /// Returns the header format of all messages on this channel, in both directions.
    #[must_use]
    pub fn header(&self) -> HeaderFormat {
        if self.both_have(CommonCapability::MINI_HEADER) {
            HeaderFormat::Mini
        } else {
            HeaderFormat::Full
        }
    }

    /// Returns whether both sides have a common capability.
    #[must_use]
    pub fn both_have(&self, capability: CommonCapability) -> bool {
        self.request.capabilities.common.contains(capability)
            && self.answer.capabilities.common.contains(capability)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::Capabilities;
    use spice_messages::types::LinkErr;

    #[test]
    fn mini_header_needs_the_capability_on_both_sides() {
        let without = Capabilities::default();
        let with = Capabilities::usual();
        for (client, server, expected) in [
            (&with, &with, HeaderFormat::Mini),
            (&with, &without, HeaderFormat::Full),
            (&without, &with, HeaderFormat::Full),
            (&without, &without, HeaderFormat::Full),
        ] {
            let session = LinkSession {
                request: LinkRequest::main(client.clone()),
                answer: LinkAnswer {
                    error: LinkErr::OK,
                    public_key: [0; 162],
                    capabilities: server.clone(),
                },
            };
            assert_eq!(session.header(), expected);
        }
    }
}
