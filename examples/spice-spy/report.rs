//! What the proxy prints: a line for each message, and what is wrong; in the end the counts.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use spice_messages::wire::Side;

use super::check::Checked;
use super::connection::Channel;

/// The longest text of a message's fields, if they are not shown in full.
const SHORT: usize = 400;

/// How much of each message is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Only what is wrong.
    Nothing,
    /// One line.
    Lines,
    /// And the fields, shortened.
    Fields,
    /// And the fields, all of them.
    AllFields,
}

/// Prints and counts.
pub struct Report {
    show: Show,
    start: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Number and bytes of the messages, by channel, side and name.
    counts: BTreeMap<(String, &'static str, String), (u64, u64)>,
    undecoded: u64,
    different: u64,
    connections: usize,
}

impl Report {
    pub fn new(show: Show) -> Self {
        Self {
            show,
            start: Instant::now(),
            state: Mutex::default(),
        }
    }

    /// A connection begins.
    pub fn begin(&self) {
        self.state().connections += 1;
    }

    /// A connection ends; the result is whether it was the last one of a session that had messages.
    pub fn end(&self) -> bool {
        let mut state = self.state();
        state.connections = state.connections.saturating_sub(1);
        state.connections == 0 && !state.counts.is_empty()
    }

    /// Something to know.
    pub fn note(&self, text: &str) {
        self.line(format_args!("{text}"));
    }

    /// A link stage is over.
    pub fn link(&self, channel: &Channel, text: &str) {
        if self.show != Show::Nothing {
            self.line(format_args!(
                "{}/{} link: {text}",
                channel.name(),
                channel.id
            ));
        }
    }

    /// A message; `inner` if it is a sub-message of the one that follows.
    pub fn message(
        &self,
        channel: &Channel,
        side: Side,
        checked: &Checked<'_>,
        size: usize,
        inner: bool,
    ) {
        let name = checked.name();
        if self.show != Show::Nothing {
            let mut text = String::new();
            if let (Some(message), Show::Fields | Show::AllFields) = (&checked.message, self.show) {
                let room = match self.show {
                    Show::AllFields => usize::MAX,
                    _ => SHORT,
                };
                text = shortened(message, room);
            }
            let inside = if inner { " (inside of the next)" } else { "" };
            let place = (channel.name(), channel.id, direction(side));
            let (channel, id, direction) = place;
            self.line(format_args!(
                "{channel}/{id} {direction} {name} {size}{inside}{text}"
            ));
        }
        let mut state = self.state();
        let count = state.counts.entry((channel.name(), side.name(), name));
        let (messages, bytes) = count.or_default();
        *messages += 1;
        *bytes += size as u64;
    }

    /// A message did not decode.
    pub fn undecoded(&self, channel: &Channel, side: Side, text: &str) {
        let (name, id) = (channel.name(), channel.id);
        self.line(format_args!(
            "{name}/{id} {} UNDECODED {text}",
            direction(side)
        ));
        self.state().undecoded += 1;
    }

    /// A message is not the same again.
    pub fn different(&self, channel: &Channel, side: Side, text: &str) {
        let (name, id) = (channel.name(), channel.id);
        self.line(format_args!(
            "{name}/{id} {} DIFFERENT {text}",
            direction(side)
        ));
        self.state().different += 1;
    }

    /// Whether every message was decoded, and the same again where that was looked at.
    pub fn is_clean(&self) -> bool {
        let state = self.state();
        state.undecoded == 0 && state.different == 0
    }

    /// Prints the counts.
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
        // Nobody reads any more: what is passed on matters more than what is shown.
        let _ = writeln!(output, "{time:10.6} {text}").and_then(|()| output.flush());
    }
}

const fn direction(side: Side) -> &'static str {
    match side {
        Side::Server => "server→client",
        Side::Client => "client→server",
    }
}

/// The fields of a message as text of at most `room` bytes.
fn shortened(message: &impl fmt::Debug, room: usize) -> String {
    let mut text = Limited {
        text: String::from(" "),
        room,
    };
    match write!(text, "{message:?}") {
        Ok(()) => text.text,
        Err(fmt::Error) => text.text + "…",
    }
}

/// Text that ends where there is no more room.
struct Limited {
    text: String,
    room: usize,
}

impl fmt::Write for Limited {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        self.room = self.room.checked_sub(more.len()).ok_or(fmt::Error)?;
        self.text.push_str(more);
        Ok(())
    }
}
