//! JSON Lines with messages: the output of `decode`, and the rows of recorded traffic.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};

use serde_json::value::RawValue;
use spice_dynamic::Value;

use crate::catalog::{Address, Catalog, side};

/// Limit on the length of a line in bytes.
const MAX_LINE: u64 = 512 << 20;

/// A JSON object.
pub struct Row<'t> {
    members: BTreeMap<Cow<'t, str>, &'t RawValue>,
}

impl<'t> Row<'t> {
    /// Parses a line.
    pub fn parse(line: &'t str) -> Result<Self, String> {
        let members = serde_json::from_str(line);
        let members = members.map_err(|error| format!("expected a JSON object: {error}"))?;
        Ok(Self { members })
    }

    /// The text of a member, unless it is absent or null.
    pub fn raw(&self, name: &str) -> Option<&'t str> {
        let text = self.members.get(name)?.get();
        (text != "null").then_some(text)
    }

    /// A member that is a string.
    pub fn text(&self, name: &str) -> Result<Option<String>, String> {
        let expected = |_| format!("`{name}` must be a string");
        let raw = self.raw(name);
        raw.map(|raw| serde_json::from_str(raw).map_err(expected))
            .transpose()
    }

    /// A member that is a string of hexadecimal digits.
    pub fn hex(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        let Some(digits) = self.text(name)? else {
            return Ok(None);
        };
        match unhex(&digits) {
            Some(bytes) => Ok(Some(bytes)),
            None => Err(format!("`{name}` must be pairs of hexadecimal digits")),
        }
    }

    fn number<T: TryFrom<u64>>(&self, name: &str) -> Result<Option<T>, String> {
        let Some(raw) = self.raw(name) else {
            return Ok(None);
        };
        let number = serde_json::from_str(raw).ok();
        match number.and_then(|number: u64| number.try_into().ok()) {
            Some(number) => Ok(Some(number)),
            None => Err(format!(
                "`{name}` must be a number in the range of its type"
            )),
        }
    }

    /// Whether the row is no message: a link stage, or an event of a capture.
    pub fn is_event(&self) -> bool {
        self.raw("link").is_some() || self.raw("event").is_some() || self.raw("total").is_some()
    }

    /// Whether the row is about an agent message, whose bytes are in rows of `agent_data`.
    pub fn is_agent_message(&self) -> bool {
        self.raw("agent").is_some()
    }

    /// The message that the row is about: `channel_type` or `channel`, `side`, `id` or `message`.
    pub fn address(&self, catalog: &Catalog<'_>) -> Result<Address, String> {
        let channel_type = match (self.number("channel_type")?, self.text("channel")?) {
            (Some(number), _) => number,
            (None, Some(name)) => catalog
                .channel_type(&name)
                .ok_or_else(|| format!("the proto has no channel `{name}`"))?,
            (None, None) => return Err("`channel` is missing".to_owned()),
        };
        let name = self.text("side")?;
        let side = name.as_deref().and_then(side);
        let side = side.ok_or("`side` must be \"server\" or \"client\"")?;
        let id = match (self.number("id")?, self.text("message")?) {
            (Some(id), _) => id,
            (None, Some(name)) => catalog
                .id(channel_type, side, &name)
                .ok_or_else(|| format!("the channel has no message `{name}`"))?,
            (None, None) => return Err("`message` is missing".to_owned()),
        };
        Ok(Address {
            channel_type,
            side,
            id,
        })
    }
}

/// Parses pairs of hexadecimal digits. Whitespace between digits is ignored.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let digits = digits.map(|byte| char::from(byte).to_digit(16).map(|digit| digit as u8));
    let digits: Vec<u8> = digits.collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// Appends bytes as hexadecimal digits.
pub fn push_hex(bytes: &[u8], text: &mut String) {
    let json = Value::Bytes(Cow::Borrowed(bytes)).to_json();
    text.push_str(json.trim_matches('"'));
}

/// Lines of a file with their numbers.
pub struct Lines<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub const fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            number: 0,
        }
    }

    /// Returns the next line that is not blank, and its number.
    pub fn next(&mut self) -> io::Result<Option<(u64, Cow<'_, str>)>> {
        loop {
            self.line.clear();
            let mut limited = self.input.by_ref().take(MAX_LINE);
            if limited.read_until(b'\n', &mut self.line)? == 0 {
                return Ok(None);
            }
            self.number = self.number.saturating_add(1);
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        let line = String::from_utf8_lossy(self.line.trim_ascii());
        Ok(Some((self.number, line)))
    }
}
