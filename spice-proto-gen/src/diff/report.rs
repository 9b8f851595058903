//! Prints changes as text and as JSON Lines.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::{Break, Change, Impact, Peer};
use crate::diagnostic::json::position;
use crate::diagnostic::line_index::LineIndex;
use crate::diagnostic::{Span, Style};
use crate::json_text::quoted;
use crate::model::Side;

/// Maximum length of a source line that is shown, in bytes.
const MAX_SHOWN: usize = 2048;

/// The text of a version and its name in reports.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t> {
    /// The name, such as the path of the file.
    pub name: &'t str,
    /// The contents.
    pub source: &'t str,
}

/// Renders each change with its place in both versions and the peers that it breaks.
#[must_use]
pub fn render(changes: &[Change], old: Text<'_>, new: Text<'_>, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colored => Renderer::styled(),
    };
    let (old_lines, new_lines) = (LineIndex::new(old.source), LineIndex::new(new.source));
    let mut text = String::new();
    for change in changes {
        let level = match change.code.impact() {
            Impact::Breaking => Level::ERROR.with_name("breaking"),
            Impact::Compatible => Level::INFO.with_name("compatible"),
            Impact::Source => Level::NOTE.with_name("source-only"),
        };
        let title = format!("{} ({})", change.message, change.code);
        let mut report = Group::with_title(level.primary_title(title));
        if let Some(span) = change.old {
            report = report.element(place(old.name, &old_lines, span, "old"));
        }
        if let Some(span) = change.new {
            report = report.element(place(new.name, &new_lines, span, "new"));
        }
        if !change.breaks.is_empty() {
            report = report.element(Level::NOTE.message(describe(change)));
        }
        text.push_str(&renderer.render(&[report]));
        text.push_str("\n\n");
    }
    text
}

fn place<'t>(name: &'t str, lines: &LineIndex<'t>, span: Span, label: &'t str) -> Element<'t> {
    let range = lines.range(span);
    let (number, start, line) = lines.lines_of(std::iter::once(&range));
    if line.len() > MAX_SHOWN {
        let (line, column) = lines.position(span.start);
        return Origin::path(name).line(line).char_column(column).into();
    }
    let range = range.start.saturating_sub(start)..range.end.saturating_sub(start);
    let annotation = AnnotationKind::Primary.span(range).label(label);
    Snippet::source(line)
        .line_start(number)
        .path(name)
        .annotation(annotation)
        .into()
}

/// The peers that a change breaks, and a message with the change.
fn describe(change: &Change) -> String {
    let peers: Vec<String> = change.breaks.iter().map(|found| peers(*found)).collect();
    let peers = match peers.len() {
        4 => "all peers with the other version".to_owned(),
        _ => peers.join(" and "),
    };
    let example = change
        .example
        .iter()
        .map(|name| format!(", such as in `{name}`"));
    format!("breaks {peers}{}", example.collect::<String>())
}

fn peers(found: Break) -> String {
    let (sender, reader) = match found.sender {
        Side::Server => ("servers", "clients"),
        Side::Client => ("clients", "servers"),
    };
    match found.reader {
        Peer::Old => format!("old {reader} of new {sender}"),
        Peer::New => format!("new {reader} of old {sender}"),
    }
}

/// Renders each change as one line of JSON.
///
/// - `code`, `impact` (`breaking`, `compatible` or `source-only`) and `message`.
/// - `old` and `new`: the place in that version, or null. Its keys are `path`, `byte_start`, `byte_end`,
///   `line_start`, `column_start`, `line_end` and `column_end`. Lines and columns count from 1, columns in
///   characters.
/// - `breaks`: each with `reader` (`old` or `new`) and `sender` (`server` or `client`).
/// - `example`: a message with the change, or null.
#[must_use]
pub fn to_json_lines(changes: &[Change], old: Text<'_>, new: Text<'_>) -> String {
    let (old_lines, new_lines) = (LineIndex::new(old.source), LineIndex::new(new.source));
    let place = |text: Text<'_>, lines: &LineIndex<'_>, span: Option<Span>| match span {
        None => "null".to_owned(),
        Some(span) => format!(
            r#"{{"path":{},{}}}"#,
            quoted(text.name),
            position(lines, span)
        ),
    };
    let lines = changes.iter().map(|change| {
        let breaks: Vec<String> = change.breaks.iter().map(|found| break_object(*found)).collect();
        format!(
            "{{\"code\":\"{}\",\"impact\":\"{}\",\"message\":{},\"old\":{},\"new\":{},\"breaks\":[{}],\"example\":{}}}\n",
            change.code,
            change.code.impact(),
            quoted(&change.message),
            place(old, &old_lines, change.old),
            place(new, &new_lines, change.new),
            breaks.join(","),
            change.example.as_deref().map_or_else(|| "null".to_owned(), quoted),
        )
    });
    lines.collect()
}

fn break_object(found: Break) -> String {
    let reader = match found.reader {
        Peer::Old => "old",
        Peer::New => "new",
    };
    let sender = found.sender.name();
    format!(r#"{{"reader":"{reader}","sender":"{sender}"}}"#)
}
