//! Counts messages.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use spice_proto_gen::model::Side;

use super::item::{Content, Item};
use super::json_lines::{push_channel, quoted_or_null};
use super::output::StreamEvent;
use crate::catalog::{Address, Catalog};

/// The number and the bytes of each message.
///
/// Unknown messages of a channel share one entry, so that a hostile capture cannot add more.
pub struct Statistics {
    /// Whether the numbers are printed for people.
    table: bool,
    /// Known messages, by [`Address::key`].
    known: HashMap<u32, (Address, Count)>,
    /// Unknown messages, by channel and side.
    others: BTreeMap<(u8, Side), Count>,
    total: Count,
    connections: u64,
    tls: u64,
    unreadable: u64,
    unknown: u64,
    incomplete: u64,
    missing_bytes: u64,
    skipped_bytes: u64,
}

#[derive(Clone, Copy, Default)]
struct Count {
    messages: u64,
    bytes: u64,
}

impl Count {
    const fn add(&mut self, size: u64) {
        self.messages = self.messages.saturating_add(1);
        self.bytes = self.bytes.saturating_add(size);
    }
}

impl Statistics {
    pub fn new(table: bool) -> Self {
        Self {
            table,
            known: HashMap::new(),
            others: BTreeMap::new(),
            total: Count {
                messages: 0,
                bytes: 0,
            },
            connections: 0,
            tls: 0,
            unreadable: 0,
            unknown: 0,
            incomplete: 0,
            missing_bytes: 0,
            skipped_bytes: 0,
        }
    }

    /// Counts a message. Returns whether it is known and complete.
    pub fn add(&mut self, catalog: &Catalog<'_>, item: &Item<'_>) -> bool {
        let address = item.address;
        if let Content::Unknown { .. } = item.content {
            self.incomplete = self.incomplete.saturating_add(1);
            return false;
        }
        let size = item.size();
        self.total.add(size);
        if let Some((_, count)) = self.known.get_mut(&address.key()) {
            count.add(size);
            return true;
        }
        let is_known = catalog
            .message(address.channel_type, address.side, address.id)
            .is_some();
        let count = if is_known {
            let entry = self.known.entry(address.key());
            &mut entry.or_insert((address, Count::default())).1
        } else {
            self.unknown = self.unknown.saturating_add(1);
            let key = (address.channel_type, address.side);
            self.others.entry(key).or_default()
        };
        count.add(size);
        is_known
    }

    /// All counts by channel, side and id. The id of unknown messages is `None`.
    fn counts(&self) -> BTreeMap<(u8, Side, Option<u16>), Count> {
        let known = self.known.values().map(|(address, count)| {
            let key = (address.channel_type, address.side, Some(address.id));
            (key, *count)
        });
        let others = self.others.iter();
        let others =
            others.map(|(&(channel_type, side), count)| ((channel_type, side, None), *count));
        known.chain(others).collect()
    }

    /// Counts an event.
    pub const fn event(&mut self, event: &StreamEvent<'_>) {
        let (count, added) = match event {
            StreamEvent::Linked(_) | StreamEvent::Joined(_) => (&mut self.connections, 1),
            StreamEvent::Tls(_) => (&mut self.tls, 1),
            StreamEvent::Unreadable(..) => (&mut self.unreadable, 1),
            StreamEvent::Missing { length } => (&mut self.missing_bytes, *length),
            StreamEvent::Skipped { length } => (&mut self.skipped_bytes, *length),
            StreamEvent::Resumed { skipped } => (&mut self.skipped_bytes, *skipped),
            StreamEvent::SubMessages(_) | StreamEvent::AgentStream(_) => return,
        };
        *count = count.saturating_add(added);
    }

    /// Appends all numbers.
    pub fn print(&self, catalog: &Catalog<'_>, text: &mut String) {
        if self.table {
            self.print_table(catalog, text);
        } else {
            self.print_json(catalog, text);
        }
    }

    fn print_json(&self, catalog: &Catalog<'_>, text: &mut String) {
        for (&(channel_type, side, id), count) in &self.counts() {
            text.push('{');
            push_channel(catalog, channel_type, text);
            let message = id.and_then(|id| catalog.message(channel_type, side, id));
            let name = quoted_or_null(message.map(|message| message.name.as_str()));
            let id = id.map_or_else(|| "null".to_owned(), |id| id.to_string());
            let side = side.name();
            let Count { messages, bytes } = count;
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                ",\"side\":\"{side}\",\"message\":{name},\"id\":{id},\"count\":{messages},\"bytes\":{bytes}}}"
            );
        }
        let totals = self
            .totals()
            .map(|(name, number)| format!("\"{name}\":{number}"));
        let _ = writeln!(text, "{{\"total\":{{{}}}}}", totals.join(","));
    }

    fn print_table(&self, catalog: &Catalog<'_>, text: &mut String) {
        let _ = writeln!(text, "{:>10} {:>14}  message", "count", "bytes");
        for (&(channel_type, side, id), count) in &self.counts() {
            let channel = catalog.channel_name(channel_type);
            let channel = channel.map_or_else(|| channel_type.to_string(), str::to_owned);
            let message = id.and_then(|id| catalog.message(channel_type, side, id));
            let name = message.map_or("(unknown)", |message| message.name.as_str());
            let side = side.name();
            let Count { messages, bytes } = count;
            let _ = writeln!(text, "{messages:>10} {bytes:>14}  {channel}.{side}.{name}");
        }
        let _ = writeln!(
            text,
            "{:>10} {:>14}  in total",
            self.total.messages, self.total.bytes
        );
        for (name, number) in self.totals().into_iter().skip(2) {
            if number > 0 {
                let name = name.replace('_', " ");
                let _ = writeln!(text, "{number:>10} {:>14}  {name}", "");
            }
        }
    }

    const fn totals(&self) -> [(&'static str, u64); 9] {
        [
            ("messages", self.total.messages),
            ("bytes", self.total.bytes),
            ("connections", self.connections),
            ("tls_connections", self.tls),
            ("unreadable_connections", self.unreadable),
            ("unknown_messages", self.unknown),
            ("incomplete_messages", self.incomplete),
            ("missing_bytes", self.missing_bytes),
            ("skipped_bytes", self.skipped_bytes),
        ]
    }
}
