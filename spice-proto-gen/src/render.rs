//! Findings as text for people and as JSON for tools.

use std::fmt::{self, Write as _};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity, Suggestion};
use crate::span::Span;

/// How text for people looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without escape sequences.
    Plain,
    /// With ANSI colors.
    Colored,
}

/// How many findings there are: `2 errors, 1 warning`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many errors.
    pub errors: usize,
    /// How many warnings.
    pub warnings: usize,
}

impl Tally {
    /// Counts these too.
    pub fn add(&mut self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            let count = match diagnostic.severity {
                Severity::Error => &mut self.errors,
                Severity::Warning => &mut self.warnings,
            };
            *count = count.saturating_add(1);
        }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.errors == 0 && self.warnings == 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count| if count == 1 { "" } else { "s" };
        let (errors, warnings) = (self.errors, self.warnings);
        if errors > 0 || warnings == 0 {
            write!(f, "{errors} error{}", plural(errors))?;
        }
        if warnings > 0 {
            let comma = if errors > 0 { ", " } else { "" };
            write!(f, "{comma}{warnings} warning{}", plural(warnings))?;
        }
        Ok(())
    }
}

/// How many characters begin in some bytes of a text.
fn count_characters(bytes: &[u8]) -> usize {
    let begins = |byte: &&u8| !matches!(byte, 0x80..=0xbf);
    bytes.iter().filter(begins).count()
}

/// The findings as annotated source text. `path` is what the file is called.
#[must_use]
pub fn render(path: &str, source: &str, diagnostics: &[Diagnostic], style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colored => Renderer::styled(),
    };
    let lines = Lines::new(source);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&report(path, &lines, diagnostic)));
        text.push_str("\n\n");
    }
    text
}

/// A finding as one line of JSON, without a line end.
///
/// The keys: `code`, `severity`, `message`, `path`, `spans` (each with `byte_start`, `byte_end`,
/// `line_start`, `column_start`, `line_end`, `column_end`, `primary`, `label`), `notes`, `help` and
/// `suggestion` (`byte_start`, `byte_end`, `replacement`), the last two null where there is none.
/// Lines and columns count from 1, columns in characters.
#[must_use]
pub fn to_json(path: &str, source: &str, diagnostic: &Diagnostic) -> String {
    json_object(path, &Lines::new(source), diagnostic)
}

/// All findings, each as [`to_json`] writes it and on a line of its own.
#[must_use]
pub fn to_json_lines(path: &str, source: &str, diagnostics: &[Diagnostic]) -> String {
    let lines = Lines::new(source);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&json_object(path, &lines, diagnostic));
        text.push('\n');
    }
    text
}

/// The most bytes of source text that are shown for one finding.
const MOST_SHOWN: usize = 2048;

/// How many bytes before a label are shown of a long line; twice as many behind.
const AROUND: usize = 60;

/// How many bytes are counted as one block.
const BLOCK: usize = 1024;

/// The findings, each on one line with its place: `a.proto:2:5: there is no type (E0102)`.
pub(crate) fn to_lines(path: &str, source: &str, diagnostics: &[Diagnostic]) -> Vec<String> {
    let lines = Lines::new(source);
    let line = |diagnostic: &Diagnostic| {
        let place = diagnostic.labels.first();
        let (line, column) = lines.position(place.map_or(0, |label| label.span.start));
        let Diagnostic { code, message, .. } = diagnostic;
        let help = diagnostic.help.iter().map(|help| format!("; {help}"));
        let help: String = help.collect();
        format!("{path}:{line}:{column}: {message} ({code}){help}")
    };
    diagnostics.iter().map(line).collect()
}

/// A source text and where its lines begin.
struct Lines<'s> {
    source: &'s str,
    starts: Vec<usize>,
    /// How many characters begin before each block, so that a column costs the same in a line of any length.
    characters: Vec<usize>,
}

impl<'s> Lines<'s> {
    fn new(source: &'s str) -> Self {
        let behind_ends = source
            .match_indices('\n')
            .map(|(at, end)| at.saturating_add(end.len()));
        let mut before = 0_usize;
        let blocks = source.as_bytes().chunks(BLOCK).map(|block| {
            let count = before;
            before = before.saturating_add(count_characters(block));
            count
        });
        let characters = blocks.collect();
        Self {
            source,
            starts: std::iter::once(0).chain(behind_ends).collect(),
            characters,
        }
    }

    /// How many characters begin before `offset`.
    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let start = block.saturating_mul(BLOCK);
        let rest = self.source.as_bytes().get(start..offset);
        let before = self.characters.get(block).copied();
        before
            .unwrap_or_else(|| self.source.chars().count())
            .saturating_add(rest.map_or(0, count_characters))
    }

    /// The nearest place at or before `offset` that is in the text and between two characters.
    fn clamp(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.source.len());
        while !self.source.is_char_boundary(offset) {
            offset = offset.saturating_sub(1);
        }
        offset
    }

    /// The span, made to fit the text.
    fn fit(&self, span: Span) -> Range<usize> {
        let start = self.clamp(span.start);
        start..self.clamp(span.end).max(start)
    }

    /// The line that holds `offset`, from 1, and where it begins.
    fn line(&self, offset: usize) -> (usize, usize) {
        let number = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(number.saturating_sub(1));
        (number, start.copied().unwrap_or(0))
    }

    /// Line and column of `offset`, both from 1. A byte order mark has no column.
    fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.clamp(offset);
        let (number, start) = self.line(offset);
        let before = self.characters_before(offset);
        let mut column = before.saturating_sub(self.characters_before(start));
        if number == 1 && offset > 0 && self.source.starts_with('\u{feff}') {
            column = column.saturating_sub(1);
        }
        (number, column.saturating_add(1))
    }

    /// The whole lines that hold all of the ranges: the number of the first, where it begins, and the text.
    fn window<'r>(
        &self,
        ranges: impl Iterator<Item = &'r Range<usize>> + Clone,
    ) -> (usize, usize, &'s str) {
        let first = ranges.clone().map(|range| range.start).min().unwrap_or(0);
        let last = ranges.map(|range| range.end).max().unwrap_or(0);
        let (number, start) = self.line(first);
        let (last_number, _) = self.line(last);
        let end = match self.starts.get(last_number) {
            Some(next) => next.saturating_sub(1),
            None => self.source.len(),
        };
        (number, start, self.source.get(start..end).unwrap_or(""))
    }

    /// What stands around the begin of a range on its line, and where that begins.
    fn surroundings(&self, range: &Range<usize>) -> (usize, &'s str) {
        let (number, line) = self.line(range.start);
        let end = self
            .starts
            .get(number)
            .map_or(self.source.len(), |next| next.saturating_sub(1));
        let start = self.clamp(range.start.saturating_sub(AROUND).max(line));
        let end = self
            .clamp(range.start.saturating_add(2 * AROUND).min(end))
            .max(start);
        (start, self.source.get(start..end).unwrap_or(""))
    }
}

fn report<'a>(path: &'a str, lines: &Lines<'a>, diagnostic: &'a Diagnostic) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.as_str());
    let mut main = Group::with_title(title).elements(annotated(path, lines, diagnostic));
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(note.as_str()));
    }
    let suggestion = diagnostic.suggestion.as_ref();
    let patch = suggestion.and_then(|suggestion| patched(path, lines, suggestion));
    match (patch, &diagnostic.help) {
        (Some(patch), help) => {
            let title = help.as_deref().unwrap_or("try this");
            let title = Level::HELP.secondary_title(title);
            vec![main, title.element(patch)]
        }
        (None, Some(help)) => vec![main.element(Level::HELP.message(help.as_str()))],
        (None, None) => vec![main],
    }
}

/// The lines of the labels. Only they are handed over, so that a large file costs no more than a
/// small one: labels that stand far apart are shown each for itself.
fn annotated<'a>(path: &'a str, lines: &Lines<'a>, diagnostic: &'a Diagnostic) -> Vec<Element<'a>> {
    let labels: Vec<(Range<usize>, &str)> = diagnostic
        .labels
        .iter()
        .map(|label| (lines.fit(label.span), label.text.as_str()))
        .collect();
    let (number, start, text) = lines.window(labels.iter().map(|(range, _)| range));
    if text.len() <= MOST_SHOWN {
        let mut snippet = Snippet::source(text).line_start(number).path(path);
        let mut kind = AnnotationKind::Primary;
        for (range, label) in labels {
            snippet = snippet.annotation(annotation(kind, relative(&range, start), label));
            kind = AnnotationKind::Context;
        }
        return vec![snippet.into()];
    }
    let mut kind = AnnotationKind::Primary;
    let mut elements = Vec::new();
    for (range, label) in labels {
        let (line, column) = lines.position(range.start);
        let (start, text) = lines.surroundings(&range);
        let whole = lines.line(range.start).1 == start;
        let range = relative(&range, start);
        let range = range.start..range.end.min(text.len());
        let mut snippet = Snippet::source(text).line_start(line);
        if whole {
            snippet = snippet.path(path);
        } else {
            // The columns of what is shown are not those of the line.
            let origin = Origin::path(path).line(line).char_column(column);
            elements.push(origin.into());
        }
        elements.push(snippet.annotation(annotation(kind, range, label)).into());
        kind = AnnotationKind::Context;
    }
    elements
}

fn annotation<'a>(
    kind: AnnotationKind,
    range: Range<usize>,
    label: &'a str,
) -> annotate_snippets::Annotation<'a> {
    let annotation = kind.span(range);
    match label {
        "" => annotation,
        text => annotation.label(text),
    }
}

fn patched<'a>(
    path: &'a str,
    lines: &Lines<'a>,
    suggestion: &'a Suggestion,
) -> Option<Snippet<'a, Patch<'a>>> {
    let range = lines.fit(suggestion.span);
    let (number, start, text) = lines.window(std::iter::once(&range));
    if text.len() > MOST_SHOWN {
        return None;
    }
    let patch = Patch::new(relative(&range, start), suggestion.replacement.as_str());
    let snippet = Snippet::source(text).line_start(number).path(path);
    Some(snippet.patch(patch))
}

fn relative(range: &Range<usize>, start: usize) -> Range<usize> {
    range.start.saturating_sub(start)..range.end.saturating_sub(start)
}

fn json_object(path: &str, lines: &Lines<'_>, diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let labels = diagnostic.labels.iter().enumerate();
    let spans = labels.map(|(index, label)| json_span(lines, label.span, index == 0, &label.text));
    let help = diagnostic.help.as_deref().map_or("null".to_owned(), quoted);
    let suggestion = diagnostic.suggestion.as_ref();
    format!(
        r#"{{"code":{},"severity":"{severity}","message":{},"path":{},"spans":[{}],"notes":[{}],"help":{help},"suggestion":{}}}"#,
        quoted(diagnostic.code.as_str()),
        quoted(&diagnostic.message),
        quoted(path),
        separated(spans),
        separated(diagnostic.notes.iter().map(|note| quoted(note))),
        suggestion.map_or("null".to_owned(), json_suggestion),
    )
}

fn json_span(lines: &Lines<'_>, span: Span, primary: bool, label: &str) -> String {
    let (line_start, column_start) = lines.position(span.start);
    let (line_end, column_end) = lines.position(span.end);
    format!(
        r#"{{"byte_start":{},"byte_end":{},"line_start":{line_start},"column_start":{column_start},"line_end":{line_end},"column_end":{column_end},"primary":{primary},"label":{}}}"#,
        span.start,
        span.end,
        quoted(label),
    )
}

fn json_suggestion(suggestion: &Suggestion) -> String {
    format!(
        r#"{{"byte_start":{},"byte_end":{},"replacement":{}}}"#,
        suggestion.span.start,
        suggestion.span.end,
        quoted(&suggestion.replacement),
    )
}

fn separated(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join(",")
}

/// A JSON string. Control characters and the two line ends of Unicode are escaped.
fn quoted(text: &str) -> String {
    let mut json = String::from('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{2028}' | '\u{2029}' => push_escape(&mut json, character),
            _ if character.is_control() => push_escape(&mut json, character),
            _ => json.push(character),
        }
    }
    json.push('"');
    json
}

fn push_escape(json: &mut String, character: char) {
    // Writing to a string cannot fail.
    let _ = write!(json, "\\u{:04x}", u32::from(character));
}

#[cfg(test)]
mod tests;
