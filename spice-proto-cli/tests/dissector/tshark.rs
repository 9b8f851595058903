//! Runs `tshark` with a dissector.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::pdml::{self, Element};

pub const PROGRAM: &str = "tshark";

/// A dissector, and captures to run it on.
pub struct Tshark {
    pub folder: PathBuf,
    prefix: String,
    /// The types of all filter fields.
    pub types: BTreeMap<String, String>,
}

impl Tshark {
    /// Writes a dissector to a folder.
    pub fn new(folder: PathBuf, prefix: &str, dissector: &str) -> Self {
        fs::write(folder.join("dissector.lua"), dissector).expect("write the dissector");
        let mut found = Self {
            folder,
            prefix: prefix.to_owned(),
            types: BTreeMap::new(),
        };
        let text = found.run(["-G", "fields"]);
        let rows = text
            .lines()
            .map(|line| line.split('\t').collect::<Vec<_>>());
        let own = format!("{prefix}.");
        for row in rows.filter(|row| row[0] == "F" && row[2].starts_with(&own)) {
            found.types.insert(row[2].to_owned(), row[3].to_owned());
        }
        assert!(!found.types.is_empty());
        found
    }

    fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> String {
        let output = Command::new(PROGRAM)
            .args(arguments)
            .args(["-X", "lua_script:dissector.lua"])
            .current_dir(&self.folder)
            .env("HOME", &self.folder)
            .output()
            .expect("run tshark");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        assert!(!errors.contains("Lua"), "{errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs `tshark` on a capture and returns its output.
    pub fn read(&self, capture: &Path, arguments: &[&str]) -> String {
        let path = capture.to_str().expect("a path in UTF-8");
        let text = self.run(["-r", path].iter().chain(arguments));
        assert!(!text.contains("Lua Error"), "{}", error_lines(&text));
        text
    }

    /// All units of the dissector: link messages, tickets and messages.
    pub fn units(&self, capture: &Path, arguments: &[&str]) -> Vec<Element> {
        let arguments = [&["-T", "pdml", "-J", &self.prefix], arguments].concat();
        pdml::protocols(&self.read(capture, &arguments), &self.prefix)
    }

    /// All messages of the dissector, without the link stage.
    pub fn messages(&self, capture: &Path, arguments: &[&str]) -> Vec<Element> {
        let mut units = self.units(capture, arguments);
        let header = self.name("header.type");
        units.retain(|unit| unit.children.iter().any(|child| child.name == header));
        units
    }

    /// The filter name of a path.
    pub fn name(&self, path: &str) -> String {
        format!("{}.{path}", self.prefix)
    }
}

fn error_lines(text: &str) -> String {
    let lines = text.lines().filter(|line| line.contains("Lua Error"));
    lines.take(5).collect::<Vec<_>>().join("\n")
}
