//! Findings as text for people and as JSON for tools.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

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

/// A source text and where its lines begin.
struct Lines<'s> {
    source: &'s str,
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    fn new(source: &'s str) -> Self {
        let behind_ends = source
            .match_indices('\n')
            .map(|(at, end)| at.saturating_add(end.len()));
        Self {
            source,
            starts: std::iter::once(0).chain(behind_ends).collect(),
        }
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
        let before = self.source.get(start..offset).unwrap_or("");
        let before = match number {
            1 => before.strip_prefix('\u{feff}').unwrap_or(before),
            _ => before,
        };
        (number, before.chars().count().saturating_add(1))
    }

    /// The whole lines that hold all of the ranges: the number of the first, where it begins, and the text.
    fn window(&self, ranges: &[Range<usize>]) -> (usize, usize, &'s str) {
        let first = ranges.iter().map(|range| range.start).min().unwrap_or(0);
        let last = ranges.iter().map(|range| range.end).max().unwrap_or(0);
        let (number, start) = self.line(first);
        let rest = self.source.get(last..).unwrap_or("");
        let end = last.saturating_add(rest.find('\n').unwrap_or(rest.len()));
        (number, start, self.source.get(start..end).unwrap_or(""))
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
    let mut main = Group::with_title(title).element(annotated(path, lines, diagnostic));
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(note.as_str()));
    }
    match (&diagnostic.suggestion, &diagnostic.help) {
        (Some(suggestion), help) => {
            let title = help.as_deref().unwrap_or("try this");
            let title = Level::HELP.secondary_title(title);
            vec![main, title.element(patched(path, lines, suggestion))]
        }
        (None, Some(help)) => vec![main.element(Level::HELP.message(help.as_str()))],
        (None, None) => vec![main],
    }
}

/// The lines of the labels. Only they are handed over, so that a large file costs no more than a small one.
fn annotated<'a>(
    path: &'a str,
    lines: &Lines<'a>,
    diagnostic: &'a Diagnostic,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let ranges: Vec<Range<usize>> = diagnostic
        .labels
        .iter()
        .map(|label| lines.fit(label.span))
        .collect();
    let (number, start, text) = lines.window(&ranges);
    let mut snippet = Snippet::source(text).line_start(number).path(path);
    let mut kind = AnnotationKind::Primary;
    for (label, range) in diagnostic.labels.iter().zip(ranges) {
        let annotation = kind.span(relative(range, start));
        snippet = snippet.annotation(match label.text.as_str() {
            "" => annotation,
            text => annotation.label(text),
        });
        kind = AnnotationKind::Context;
    }
    snippet
}

fn patched<'a>(
    path: &'a str,
    lines: &Lines<'a>,
    suggestion: &'a Suggestion,
) -> Snippet<'a, Patch<'a>> {
    let range = lines.fit(suggestion.span);
    let (number, start, text) = lines.window(std::slice::from_ref(&range));
    let patch = Patch::new(relative(range, start), suggestion.replacement.as_str());
    Snippet::source(text)
        .line_start(number)
        .path(path)
        .patch(patch)
}

fn relative(range: Range<usize>, start: usize) -> Range<usize> {
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
