//! Differences between two texts, line by line.

use similar::TextDiff;

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const CYAN: &str = "\u{1b}[36m";
const RESET: &str = "\u{1b}[0m";

/// A unified diff from the present to the new text of a file.
pub fn unified(name: &str, present: &str, new: &str, colored: bool) -> String {
    let diff = TextDiff::from_lines(present, new);
    let mut diff = diff.unified_diff();
    let text = diff.header(name, name).to_string();
    if !colored {
        return text;
    }
    let lines = text.split_inclusive('\n').map(|line| {
        let color = match line.as_bytes().first() {
            Some(b'-') => RED,
            Some(b'+') => GREEN,
            Some(b'@') => CYAN,
            _ => return line.to_owned(),
        };
        let content = line.strip_suffix('\n').unwrap_or(line);
        format!("{color}{content}{RESET}\n")
    });
    lines.collect()
}
