//! Name and size of a file, as the text in `file_xfer_start`.

use alloc::string::{String, ToString};
use core::fmt::Write as _;

/// Group of the key file.
const GROUP: &str = "vdagent-file-xfer";

/// Name and size of a file to transfer.
///
/// ```
/// use spice_agent::FileInfo;
/// let file = FileInfo::new("notes.txt", 1200);
/// assert_eq!(file.to_string(), "[vdagent-file-xfer]\nname=notes.txt\nsize=1200\n");
/// assert_eq!(FileInfo::parse(&file.to_string()), Some(file));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FileInfo {
    /// Name without a folder.
    pub name: String,
    /// Length in bytes.
    pub size: u64,
}

impl FileInfo {
    /// Creates a description of a file.
    #[must_use]
    pub fn new(name: impl Into<String>, size: u64) -> Self {
        Self {
            name: name.into(),
            size,
        }
    }

    /// Reads the text of a `file_xfer_start`: a key file of GLib. Returns `None` if name or size is
    /// missing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lines = text.lines().map(str::trim);
        let group = lines
            .skip_while(|line| {
                line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) != Some(GROUP)
            })
            .skip(1)
            .take_while(|line| !line.starts_with('['));
        let entries = group.filter_map(|line| line.split_once('='));
        let (mut name, mut size) = (None, None);
        for (key, value) in entries {
            match key.trim_end() {
                "name" => name = Some(unescape(value.trim_start())),
                "size" => size = value.trim_start().parse().ok(),
                _ => {}
            }
        }
        Some(Self {
            name: name?,
            size: size?,
        })
    }
}

/// The text of a `file_xfer_start`.
impl core::fmt::Display for FileInfo {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "[{GROUP}]\nname=")?;
        let mut at_start = true;
        for character in self.name.chars() {
            match character {
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                '\\' => f.write_str("\\\\")?,
                // A key file drops spaces before a value.
                ' ' if at_start => f.write_str("\\s")?,
                _ => f.write_char(character)?,
            }
            at_start &= character == ' ';
        }
        writeln!(f, "\nsize={}", self.size)
    }
}

/// Replaces the escapes of a key file.
fn unescape(value: &str) -> String {
    let mut text = String::new();
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        let character = match character {
            '\\' => match characters.next() {
                Some('s') => ' ',
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        };
        text.push(character);
    }
    text
}

impl From<&FileInfo> for String {
    fn from(file: &FileInfo) -> Self {
        file.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_escapes_survive() {
        for name in [
            "a b",
            "  a",
            "line\nbreak\r\ttab",
            "back\\slash\\n",
            "ä=[x]",
            "#",
        ] {
            let file = FileInfo::new(name, u64::MAX);
            assert_eq!(FileInfo::parse(&file.to_string()), Some(file));
        }
    }

    #[test]
    fn other_groups_and_comments_are_ignored() {
        let text = "# x\r\n[other]\nname=no\n\n[vdagent-file-xfer]\n#name=no\nsize = 7\r\n name = yes\n[more]\nsize=8\n";
        assert_eq!(FileInfo::parse(text), Some(FileInfo::new("yes", 7)));
        assert_eq!(FileInfo::parse("[vdagent-file-xfer]\nname=a\n"), None);
        assert_eq!(FileInfo::parse("name=a\nsize=7\n"), None);
        assert_eq!(
            FileInfo::parse("[vdagent-file-xfer]\nname=a\nsize=-1\n"),
            None
        );
    }
}
