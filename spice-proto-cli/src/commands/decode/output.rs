//! Writes messages and events in the format that the user chose.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};

use spice_capture::ConnectionInfo;
use spice_proto_gen::model::Side;

use super::agent::{self, Agent, Found, MAIN};
use super::decoding::Decoding;
use super::item::{Item, Place};
use super::selection::Selection;
use super::statistics::Statistics;
use super::table::Table;
use super::{Arguments, json_lines};
use crate::arguments::Settings;
use crate::catalog::Catalog;
use crate::output::{Outcome, Stream, is_colored, print_error};

/// Something that happens to a connection, other than a message.
pub enum StreamEvent<'a> {
    /// The link stage is complete.
    Linked(&'a ConnectionInfo),
    /// The link stage is not in the capture.
    Joined(&'a ConnectionInfo),
    /// The connection is encrypted.
    Tls(&'a ConnectionInfo),
    /// The connection cannot be read.
    Unreadable(&'a ConnectionInfo, &'a str),
    /// Bytes are missing.
    Missing { length: u64 },
    /// Messages were found again.
    Resumed { skipped: u64 },
    /// No message was found in these bytes.
    Skipped { length: u64 },
    /// The sub-messages of the next message are invalid.
    SubMessages(&'a str),
    /// The agent's stream cannot be read.
    AgentStream(&'a str),
}

impl StreamEvent<'_> {
    /// A stable short name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Linked(_) => "linked",
            Self::Joined(_) => "joined",
            Self::Tls(_) => "tls",
            Self::Unreadable(..) => "unreadable",
            Self::Missing { .. } => "missing",
            Self::Resumed { .. } => "resumed",
            Self::Skipped { .. } => "skipped",
            Self::SubMessages(_) => "invalid_sub_messages",
            Self::AgentStream(_) => "invalid_agent_stream",
        }
    }

    /// Whether the output lacks something that was sent.
    const fn is_loss(&self) -> bool {
        match self {
            Self::Linked(_) | Self::Tls(_) | Self::Resumed { .. } => false,
            Self::Joined(_)
            | Self::Unreadable(..)
            | Self::Missing { .. }
            | Self::Skipped { .. }
            | Self::SubMessages(_)
            | Self::AgentStream(_) => true,
        }
    }
}

/// The output of `decode`.
pub struct Output<'m> {
    catalog: &'m Catalog<'m>,
    agent: Option<Agent<'m>>,
    selection: Selection<'m>,
    format: Format,
    /// Whether JSON contains the names of enums and flags.
    names: bool,
    sink: BufWriter<Box<dyn Write>>,
    /// Whether lines go to standard output.
    is_stdout: bool,
    /// Number of messages that may still be printed.
    left: u64,
    outcome: Outcome,
    /// Why nothing can be written any more. `None` inside for a closed pipe.
    failure: Option<Option<io::Error>>,
    line: String,
}

enum Format {
    Json,
    Table(Table),
    Statistics(Statistics),
}

impl<'m> Output<'m> {
    /// Opens the output.
    pub fn open(
        arguments: &Arguments,
        settings: &Settings,
        catalog: &'m Catalog<'m>,
        agent: Option<Agent<'m>>,
        selection: Selection<'m>,
    ) -> Result<Self, String> {
        let is_stdout = arguments.output.is_none();
        let sink: Box<dyn Write> = match &arguments.output {
            None => Box::new(io::stdout().lock()),
            Some(path) => {
                let file = File::create(path);
                let failed = |error| format!("cannot write {}: {error}", path.display());
                Box::new(file.map_err(failed)?)
            }
        };
        let colored = is_stdout && is_colored(settings.color, Stream::Output);
        let format = match (arguments.stats, arguments.table) {
            (true, table) => Format::Statistics(Statistics::new(table)),
            (false, true) => Format::Table(Table::new(colored)),
            (false, false) => Format::Json,
        };
        Ok(Self {
            catalog,
            agent,
            selection,
            format,
            names: arguments.names,
            sink: BufWriter::with_capacity(1 << 16, sink),
            is_stdout,
            left: arguments.limit.unwrap_or(u64::MAX),
            outcome: Outcome::Success,
            failure: None,
            line: String::new(),
        })
    }

    /// Whether no more lines are wanted.
    pub const fn is_done(&self) -> bool {
        self.left == 0 || self.failure.is_some()
    }

    /// Whether a progress bar would not be mixed with the output.
    pub fn allows_progress(&self) -> bool {
        let is_quiet = matches!(self.format, Format::Statistics(_)) || !self.is_stdout;
        is_quiet || !io::IsTerminal::is_terminal(&io::stdout())
    }

    /// Prints a message, if it is selected, and the agent messages that end with it.
    pub fn message(&mut self, item: &Item<'_>) {
        let found = self.agent.as_mut().map(|agent| agent.observe(item));
        if self.is_done() || !self.selection.has_message(item.address) {
            return;
        }
        self.left = self.left.saturating_sub(1);
        self.print(item);
        for found in found.into_iter().flatten() {
            self.agent_message(item, &found);
        }
    }

    /// Prints an agent message.
    fn agent_message(&mut self, carrier: &Item<'_>, found: &Found) {
        match (found, carrier.place) {
            (Ok(observed), _) if !matches!(self.format, Format::Statistics(_)) => {
                self.print(&agent::item(observed, carrier));
            }
            (Ok(_), _) => {}
            (Err(error), Some(place)) => {
                let reason = error.to_string();
                let side = Some(carrier.address.side);
                let event = StreamEvent::AgentStream(&reason);
                self.event(place, Some(MAIN), side, &event);
            }
            // Rows need not be one stream.
            (Err(_), None) => {}
        }
    }

    /// Prints a message.
    fn print(&mut self, item: &Item<'_>) {
        let catalog = match &self.agent {
            Some(agent) if item.is_agent => agent.catalog,
            _ => self.catalog,
        };
        if let Format::Statistics(statistics) = &mut self.format {
            if !statistics.add(catalog, item) {
                self.outcome = Outcome::Found;
            }
            return;
        }
        let decoding = Decoding::new(catalog, item);
        if decoding.is_err() {
            self.outcome = Outcome::Found;
        }
        self.line.clear();
        match &self.format {
            Format::Table(table) => table.message(catalog, item, &decoding, &mut self.line),
            _ => json_lines::message(catalog, item, &decoding, self.names, &mut self.line),
        }
        self.write_line();
    }

    /// Prints an event, if its channel is selected.
    pub fn event(
        &mut self,
        place: Place,
        channel_type: Option<u8>,
        side: Option<Side>,
        event: &StreamEvent<'_>,
    ) {
        if let (StreamEvent::Missing { .. } | StreamEvent::Skipped { .. }, Some(side)) =
            (event, side)
            && let Some(agent) = &mut self.agent
        {
            agent.lose(place.connection, side);
        }
        if self.is_done() || !self.selection.has_channel(channel_type) {
            return;
        }
        if event.is_loss() {
            self.outcome = Outcome::Found;
        }
        if matches!(event, StreamEvent::Linked(_)) && !self.selection.has_all_messages() {
            return;
        }
        self.line.clear();
        let line = &mut self.line;
        match &mut self.format {
            Format::Statistics(statistics) => statistics.event(event),
            Format::Table(table) => {
                table.event(self.catalog, &place, channel_type, side, event, line);
            }
            Format::Json => {
                json_lines::event(self.catalog, &place, channel_type, side, event, line);
            }
        }
        self.write_line();
    }

    /// Prints a row that is no message.
    pub fn event_row(&mut self, row: &str) {
        if let Format::Json = self.format
            && self.selection.has_all_messages()
        {
            self.line.clear();
            self.line.push_str(row);
            self.line.push('\n');
            self.write_line();
        }
    }

    /// Reports a problem of the input on standard error.
    pub fn problem(&mut self, text: &str) {
        print_error(&text);
        self.outcome = self.outcome.max(Outcome::Found);
    }

    /// Writes what is buffered.
    pub fn flush(&mut self) {
        if self.failure.is_none() {
            let flushed = self.sink.flush();
            self.check(flushed);
        }
    }

    /// Ends the output.
    pub fn finish(mut self) -> Result<Outcome, String> {
        if let Format::Statistics(statistics) = &self.format {
            self.line.clear();
            statistics.print(self.catalog, &mut self.line);
            self.write_line();
        }
        self.flush();
        match self.failure {
            Some(Some(error)) => Err(format!("cannot write: {error}")),
            Some(None) | None => Ok(self.outcome),
        }
    }

    fn write_line(&mut self) {
        if self.failure.is_none() {
            let written = self.sink.write_all(self.line.as_bytes());
            self.check(written);
        }
    }

    fn check(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            // The reader stopped reading, as `head` does.
            let is_closed = error.kind() == ErrorKind::BrokenPipe;
            self.failure = Some((!is_closed).then_some(error));
        }
    }
}
