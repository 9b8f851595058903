//! Everything but I/O of the connections in [`blocking`](crate::blocking) and [`tokio`](crate::tokio).

#[cfg(all(unix, feature = "descriptors"))]
pub(crate) mod ancillary;
mod control;
mod error;
mod input;
mod link_stage;
mod options;
mod output;
mod policy;
mod role;
mod session_info;
mod statistics;

use std::any::Any;
use std::sync::Arc;
use std::vec::Vec;

use spice_messages::{ChannelType, display};
use spice_wire::{Channel, Encode};

use crate::session::LinkSession;

pub(crate) use input::{Advance, Input};
pub(crate) use link_stage::{LinkStage, LinkStep, Login};
pub(crate) use output::Output;
pub(crate) use policy::Admission;
pub(crate) use session_info::{EVENT_QUEUE, SessionStart, Start};

pub use error::Error;
pub(crate) use error::is_closed;
#[cfg(feature = "blocking")]
pub(crate) use error::is_timeout;
pub use options::Options;
pub use policy::{Policy, ServerSession};
pub use role::{Client, Role, Server};
pub use session_info::SessionInfo;
pub use statistics::Statistics;

/// Keeps the session of a server while one of its connections exists.
pub(crate) type SessionGuard = Arc<dyn Any + Send + Sync>;

/// Creates both directions of the connection of a completed link stage.
///
/// Fails if the link stage was for another type of channel than `C`.
pub(crate) fn directions<C: Channel, R: Role>(
    link: &LinkSession,
    carries_descriptors: bool,
    options: &Options,
) -> Result<(Input, Output), Error> {
    let requested = link.request.channel_type;
    if let Some(expected) = C::CHANNEL_TYPE.map(ChannelType)
        && expected != requested
    {
        return Err(Error::ChannelType {
            requested,
            expected,
        });
    }
    let input = Input::new(R::PEER, link, options);
    let output = Output::new(R::OWN, link, carries_descriptors, options);
    Ok((input, output))
}

/// Returns id and body of the message that a client has to send first on a channel.
///
/// A display sends nothing before `init`. This one has no caches.
pub(crate) fn first_message(channel_type: ChannelType) -> Result<Option<(u16, Vec<u8>)>, Error> {
    if channel_type != display::CHANNEL_TYPE {
        return Ok(None);
    }
    let init = display::client::Init {
        pixmap_cache_id: 1,
        glz_dictionary_id: 1,
        ..display::client::Init::default()
    };
    Ok(Some((display::client::id::INIT, init.encode_to_vec()?)))
}

/// Returns the counters of a connection.
pub(crate) fn statistics(input: &Input, output: &Output) -> Statistics {
    Statistics {
        received_frames: input.frames,
        received_bytes: input.bytes,
        sent_frames: output.frames,
        sent_bytes: output.written,
        round_trip: output.round_trip,
    }
}
