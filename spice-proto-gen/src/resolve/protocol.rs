//! Resolves the protocol: the numbers of its channels.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Resolver;
use super::numbering::{Counter, FreeNumbers};
use super::rejection::{Checked, Rejection};
use crate::ast;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Protocol, ProtocolChannel};

impl<'a> Resolver<'a> {
    /// Resolves the protocol. Reports wrong channels and leaves them out.
    pub(super) fn protocol(&mut self, source: &'a ast::Protocol<'a>) -> Protocol {
        let mut numbers = ChannelNumbers::new(source);
        let mut names: HashMap<&str, &ast::Name> = HashMap::new();
        let mut channels = Vec::with_capacity(source.channels.len());
        for entry in &source.channels {
            let name = &entry.name;
            let number = self.accept(numbers.take(entry));
            match names.entry(name.text) {
                Entry::Occupied(first) => self.diagnostics.push(duplicate_name(name, first.get())),
                Entry::Vacant(place) => {
                    place.insert(name);
                }
            }
            let channel = self.names.find_channel(&entry.channel, &self.suggester);
            let channel = self.accept(channel);
            if let (Some(channel), Some(number)) = (channel, number) {
                self.draft_mut(channel).add_entry(channels.len());
                channels.push(ProtocolChannel {
                    name: name.text.to_owned(),
                    number,
                    channel,
                    docs: entry.docs.clone(),
                });
            }
        }
        Protocol {
            name: source.name.text.to_owned(),
            docs: source.docs.clone(),
            channels,
        }
    }
}

/// The numbers of the protocol's channels.
struct ChannelNumbers<'a> {
    counter: Counter,
    free: FreeNumbers,
    /// The first channel with each number.
    used: HashMap<u8, &'a ast::Name<'a>>,
}

impl<'a> ChannelNumbers<'a> {
    fn new(source: &ast::Protocol) -> Self {
        let mut counter = Counter::starting_at(1);
        let entries = source.channels.iter();
        let numbers = entries.map(|entry| counter.take(entry.id.as_ref()));
        Self {
            free: FreeNumbers::above(numbers, 1, i128::from(u8::MAX)),
            counter: Counter::starting_at(1),
            used: HashMap::new(),
        }
    }

    /// The number of the next channel.
    fn take(&mut self, entry: &'a ast::ProtocolChannel<'a>) -> Checked<u8> {
        let number = self.counter.take(entry.id.as_ref());
        let name = &entry.name;
        let text = name.text;
        let span = entry.id.as_ref().map_or(name.span, |written| written.span);
        let diagnostic = match u8::try_from(number) {
            Err(_) => {
                let message =
                    format!("`{text}` has the number {number}, which does not fit in 8 bits");
                Diagnostic::new(Code::ChannelIdRange, span, message)
                    .label(format!("must be 0 to {}", u8::MAX))
            }
            Ok(number) => match self.used.entry(number) {
                Entry::Vacant(place) => {
                    place.insert(name);
                    return Ok(number);
                }
                Entry::Occupied(first) => {
                    let first = first.get();
                    let message =
                        format!("`{text}` has the same number as `{}`: {number}", first.text);
                    Diagnostic::new(Code::DuplicateChannelId, span, message)
                        .label(format!("{number} is repeated"))
                        .also(first.span, "first used here")
                }
            },
        };
        if !self.counter.should_report() {
            return Err(Rejection::Reported);
        }
        let written = entry.id.as_ref();
        Err(self
            .free
            .suggest(diagnostic, "number", name, written)
            .into())
    }
}

fn duplicate_name(name: &ast::Name, first: &ast::Name) -> Diagnostic {
    let message = format!("two channels of the protocol are named `{}`", name.text);
    Diagnostic::new(Code::DuplicateChannelName, name.span, message)
        .label("repeated here")
        .also(first.span, "first used here")
        .help("rename one of the two")
}
