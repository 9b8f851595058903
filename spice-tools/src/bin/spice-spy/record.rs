//! A file of link messages and messages as JSON Lines.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use spice_link::{Frame, HeaderFormat};

use super::AnyError;
use super::connection::Channel;
use super::link::LinkRecord;

/// The file, with one row per message.
pub struct Record(Mutex<BufWriter<File>>);

impl Record {
    pub fn create(path: &Path) -> Result<Self, AnyError> {
        let file = File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(Mutex::new(BufWriter::new(file))))
    }

    /// Adds the link messages of a channel.
    pub fn link(&self, channel: &Channel, link: &LinkRecord) -> Result<(), AnyError> {
        let format = link.session.header();
        let mut messages = link.messages.iter().map(|(_, bytes)| hex(bytes));
        self.row(&json!({
            "link": true,
            "channel": channel.name(),
            "mini_header": format == HeaderFormat::Mini,
            "client": messages.next(),
            "server": messages.next(),
        }))
    }

    /// Adds a message as it was received.
    pub fn message(&self, channel: &Channel, frame: &Frame) -> Result<(), AnyError> {
        let mut row = json!({
            "channel": channel.name(),
            "channel_type": channel.channel_type.0,
            "side": frame.sender.name(),
            "id": frame.id,
            "hex": hex(frame.body()),
        });
        if let (Value::Object(row), 1..) = (&mut row, frame.sub_list) {
            row.insert("sub_list".to_owned(), frame.sub_list.into());
        }
        self.row(&row)
    }

    fn row(&self, row: &Value) -> Result<(), AnyError> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(file, "{row}")?;
        // The program may be killed at any time.
        file.flush()?;
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let digits = [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16));
        text.extend(digits.into_iter().flatten());
    }
    text
}
