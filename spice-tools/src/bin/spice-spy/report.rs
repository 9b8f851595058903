//! The output of the proxy: messages, problems, and a summary.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use spice_agent::proto::Message as AgentMessage;
use spice_messages::wire::Side;

use super::check::Checked;
use super::connection::Channel;

/// Maximum length of the shortened fields of a message, in bytes.
const MAX_FIELDS: usize = 400;

/// How much to print.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Problems only.
    Problems,
    /// One line per message.
    Lines,
    /// Messages with their fields, shortened.
    Fields,
    /// Messages with all their fields.
    AllFields,
}

/// Prints and counts messages.
pub struct Report {
    detail: Detail,
    start: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Number and total size of the messages, by channel, side and name.
    counts: BTreeMap<(String, &'static str, String), (u64, u64)>,
    undecoded: u64,
    different: u64,
    connections: usize,
}

impl Report {
    pub fn new(detail: Detail) -> Self {
        Self {
            detail,
            start: Instant::now(),
            state: Mutex::default(),
        }
    }

    /// Counts a new connection.
    pub fn connection_opened(&self) {
        self.state().connections += 1;
    }

    /// Counts the end of a connection.
    ///
    /// Returns whether a session is over: no connection is left, and there were messages.
    pub fn connection_closed(&self) -> bool {
        let mut state = self.state();
        state.connections = state.connections.saturating_sub(1);
        state.connections == 0 && !state.counts.is_empty()
    }

    /// Prints a note.
    pub fn note(&self, text: &str) {
        self.line(format_args!("{text}"));
    }

    /// Prints a complete link stage.
    pub fn link(&self, channel: &Channel, text: &str) {
        if self.detail != Detail::Problems {
            self.line(format_args!(
                "{}/{} link: {text}",
                channel.name(),
                channel.id
            ));
        }
    }

    /// Prints and counts a message. The carrier of a sub-message follows it.
    pub fn message(
        &self,
        channel: &Channel,
        side: Side,
        checked: &Checked<'_>,
        size: usize,
        is_sub_message: bool,
    ) {
        let name = checked.name();
        if self.detail != Detail::Problems {
            let fields = match (&checked.message, self.detail) {
                (Some(message), Detail::Fields) => fields(message, MAX_FIELDS),
                (Some(message), Detail::AllFields) => fields(message, usize::MAX),
                _ => String::new(),
            };
            let note = if is_sub_message {
                " (inside the next message)"
            } else {
                ""
            };
            self.line(format_args!(
                "{}/{} {} {name} {size}{note}{fields}",
                channel.name(),
                channel.id,
                direction(side)
            ));
        }
        let mut state = self.state();
        let count = state.counts.entry((channel.name(), side.name(), name));
        let (messages, bytes) = count.or_default();
        *messages += 1;
        *bytes += size as u64;
    }

    /// Prints an agent message, which follows the message that ends it.
    pub fn agent_message(
        &self,
        channel: &Channel,
        side: Side,
        message: &AgentMessage<'_>,
        size: usize,
    ) {
        let fields = match self.detail {
            Detail::Problems => return,
            Detail::Lines => String::new(),
            Detail::Fields => fields(message, MAX_FIELDS),
            Detail::AllFields => fields(message, usize::MAX),
        };
        let name = message.path().map_or_else(
            || message.id().to_string(),
            |path| path.rsplit('.').next().unwrap_or(path).to_owned(),
        );
        self.line(format_args!(
            "{}/{} {} agent.{name} {size}{fields}",
            channel.name(),
            channel.id,
            direction(side)
        ));
    }

    /// Prints and counts a message that cannot be decoded or encoded.
    pub fn undecoded(&self, channel: &Channel, side: Side, text: &str) {
        let (name, id) = (channel.name(), channel.id);
        self.line(format_args!(
            "{name}/{id} {} UNDECODED {text}",
            direction(side)
        ));
        self.state().undecoded += 1;
    }

    /// Prints and counts a message that differs from its original after encoding.
    pub fn different(&self, channel: &Channel, side: Side, text: &str) {
        let (name, id) = (channel.name(), channel.id);
        self.line(format_args!(
            "{name}/{id} {} DIFFERENT {text}",
            direction(side)
        ));
        self.state().different += 1;
    }

    /// Returns whether there were no problems.
    pub fn is_clean(&self) -> bool {
        let state = self.state();
        state.undecoded == 0 && state.different == 0
    }

    /// Prints the number and size of the messages of each kind.
    pub fn summary(&self) {
        let state = self.state();
        let mut text = String::new();
        let mut total = (0, 0);
        for ((channel, side, name), (messages, bytes)) in &state.counts {
            total = (total.0 + messages, total.1 + bytes);
            let _ = writeln!(text, "{messages:8} {bytes:12} {channel} {side} {name}");
        }
        let (undecoded, different) = (state.undecoded, state.different);
        let _ = writeln!(
            text,
            "{} messages of {} bytes, {undecoded} undecoded, {different} different",
            total.0, total.1
        );
        let mut output = io::stdout().lock();
        let _ = output
            .write_all(text.as_bytes())
            .and_then(|()| output.flush());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, text: fmt::Arguments<'_>) {
        let time = self.start.elapsed().as_secs_f64();
        let mut output = io::stdout().lock();
        // Forwarding continues if the output is closed.
        let _ = writeln!(output, "{time:10.6} {text}").and_then(|()| output.flush());
    }
}

const fn direction(side: Side) -> &'static str {
    match side {
        Side::Server => "server→client",
        Side::Client => "client→server",
    }
}

/// Returns the fields of a message as text of at most `limit` bytes.
fn fields(message: &impl fmt::Debug, limit: usize) -> String {
    let mut text = Limited {
        text: String::from(" "),
        left: limit,
    };
    match write!(text, "{message:?}") {
        Ok(()) => text.text,
        Err(fmt::Error) => text.text + "…",
    }
}

/// Text of limited length.
struct Limited {
    text: String,
    /// Number of bytes left.
    left: usize,
}

impl fmt::Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.left = self.left.checked_sub(text.len()).ok_or(fmt::Error)?;
        self.text.push_str(text);
        Ok(())
    }
}
