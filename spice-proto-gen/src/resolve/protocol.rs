//! Pass: the protocol. Numbers its channels.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Resolver;
use super::names::{Target, Wanted};
use super::numbering::{Counter, Free};
use crate::ast;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{ChannelId, Protocol, ProtocolChannel};

impl<'a> Resolver<'a> {
    /// Resolves the protocol. Entries that are wrong are reported and left out.
    pub(super) fn protocol(&mut self, source: &'a ast::Protocol<'a>) -> Protocol {
        let mut counter = Counter::starting_at(1);
        let mut free = free_numbers(source);
        let mut numbers: HashMap<u8, &ast::Name> = HashMap::new();
        let mut names: HashMap<&str, &ast::Name> = HashMap::new();
        let mut channels = Vec::with_capacity(source.channels.len());
        for entry in &source.channels {
            let name = &entry.name;
            let number = self.channel_number(&mut counter, &mut free, &numbers, entry);
            if let Some(number) = number {
                numbers.entry(number).or_insert(name);
            }
            match names.entry(name.text) {
                Entry::Occupied(first) => self.findings.push(repeated_name(name, first.get())),
                Entry::Vacant(place) => {
                    place.insert(name);
                }
            }
            let found = self
                .names
                .find(&entry.channel, Wanted::Channel, &self.nearest);
            let found = self.settle(found);
            if let (Some(Target::Channel(channel)), Some(number)) = (found, number) {
                self.use_channel(channel, channels.len());
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

    fn use_channel(&mut self, channel: ChannelId, entry: usize) {
        if let Some(draft) = self.channels.get_mut(channel.0) {
            draft.add_entry(entry);
        }
    }

    fn channel_number(
        &mut self,
        counter: &mut Counter,
        free: &mut Free,
        numbers: &HashMap<u8, &ast::Name>,
        entry: &ast::ProtocolChannel,
    ) -> Option<u8> {
        let number = counter.take(entry.id.as_ref());
        let name = &entry.name;
        let span = entry.id.as_ref().map_or(name.span, |written| written.span);
        let text = &name.text;
        let finding = match u8::try_from(number) {
            Err(_) => Diagnostic::new(
                Code::ChannelIdRange,
                span,
                format!("`{text}` has the number {number}, which does not fit in 8 bits"),
            )
            .label(format!("must be 0 to {}", u8::MAX)),
            Ok(number) => match numbers.get(&number) {
                None => return Some(number),
                Some(first) => Diagnostic::new(
                    Code::DuplicateChannelId,
                    span,
                    format!("`{text}` has the same number as `{}`: {number}", first.text),
                )
                .label(format!("{number} once more"))
                .also(first.span, "first here"),
            },
        };
        if counter.report() {
            let finding = free.suggest(finding, "number", name, entry.id.as_ref());
            self.findings.push(finding);
        }
        None
    }
}

/// The numbers above all that are written or counted.
fn free_numbers(source: &ast::Protocol) -> Free {
    let mut counter = Counter::starting_at(1);
    let numbers = source.channels.iter();
    let numbers = numbers.map(|entry| counter.take(entry.id.as_ref()));
    Free::above(numbers, 1, i128::from(u8::MAX))
}

fn repeated_name(name: &ast::Name, first: &ast::Name) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateChannelName,
        name.span,
        format!("the protocol has two channels `{}`", name.text),
    )
    .label("once more here")
    .also(first.span, "first here")
    .help("rename one of the two")
}
