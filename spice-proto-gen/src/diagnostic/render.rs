//! Renders diagnostics as annotated source text.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};

use super::line_index::LineIndex;
use super::{Diagnostic, Severity, Suggestion};

/// Maximum number of bytes of source text shown in one piece.
const MAX_SHOWN: usize = 2048;

/// The style of rendered text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Style {
    /// Without escape sequences.
    #[default]
    Plain,
    /// With ANSI colors.
    Colored,
}

/// Renders diagnostics as annotated source text. `path` is the file name to print.
#[must_use]
pub fn render(path: &str, source: &str, diagnostics: &[Diagnostic], style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colored => Renderer::styled(),
    };
    let lines = LineIndex::new(source);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&report(path, &lines, diagnostic)));
        text.push_str("\n\n");
    }
    text
}

/// Renders each diagnostic on one line: `a.proto:2:5: there is no type (E0102)`.
pub(crate) fn to_lines(path: &str, source: &str, diagnostics: &[Diagnostic]) -> Vec<String> {
    let lines = LineIndex::new(source);
    let line = |diagnostic: &Diagnostic| {
        let span = diagnostic.primary_span().unwrap_or_default();
        let (line, column) = lines.position(span.start);
        let Diagnostic { code, message, .. } = diagnostic;
        let help = diagnostic.help.iter().map(|help| format!("; {help}"));
        let help: String = help.collect();
        format!("{path}:{line}:{column}: {message} ({code}){help}")
    };
    diagnostics.iter().map(line).collect()
}

fn report<'a>(path: &'a str, lines: &LineIndex<'a>, diagnostic: &'a Diagnostic) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.as_str());
    let mut main = Group::with_title(title).elements(snippets(path, lines, diagnostic));
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(note.as_str()));
    }
    let suggestion = diagnostic.suggestion.as_ref();
    let patch = suggestion.and_then(|suggestion| patch(path, lines, suggestion));
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

/// The source lines of the labels. Distant labels become separate snippets, so the cost does not
/// depend on the size of the file.
fn snippets<'a>(
    path: &'a str,
    lines: &LineIndex<'a>,
    diagnostic: &'a Diagnostic,
) -> Vec<Element<'a>> {
    let labels: Vec<(Range<usize>, &str)> = diagnostic
        .labels
        .iter()
        .map(|label| (lines.range(label.span), label.text.as_str()))
        .collect();
    let primary = std::iter::once(AnnotationKind::Primary);
    let kinds = primary.chain(std::iter::repeat(AnnotationKind::Context));
    let (number, start, text) = lines.lines_of(labels.iter().map(|(range, _)| range));
    if text.len() <= MAX_SHOWN {
        let mut snippet = Snippet::source(text).line_start(number).path(path);
        for ((range, label), kind) in labels.into_iter().zip(kinds) {
            snippet = snippet.annotation(annotation(kind, relative(&range, start), label));
        }
        return vec![snippet.into()];
    }
    let mut elements = Vec::new();
    for ((range, label), kind) in labels.into_iter().zip(kinds) {
        let (line, column) = lines.position(range.start);
        let (start, text) = lines.excerpt(range.start);
        let mut snippet = Snippet::source(text).line_start(line);
        if lines.line(range.start).1 == start {
            snippet = snippet.path(path);
        } else {
            // The excerpt starts inside the line, so its own columns would be wrong.
            let origin = Origin::path(path).line(line).char_column(column);
            elements.push(origin.into());
        }
        let range = relative(&range, start);
        let range = range.start..range.end.min(text.len());
        elements.push(snippet.annotation(annotation(kind, range, label)).into());
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

fn patch<'a>(
    path: &'a str,
    lines: &LineIndex<'a>,
    suggestion: &'a Suggestion,
) -> Option<Snippet<'a, Patch<'a>>> {
    let range = lines.range(suggestion.span);
    let (number, start, text) = lines.lines_of(std::iter::once(&range));
    if text.len() > MAX_SHOWN {
        return None;
    }
    let patch = Patch::new(relative(&range, start), suggestion.replacement.as_str());
    let snippet = Snippet::source(text).line_start(number).path(path);
    Some(snippet.patch(patch))
}

fn relative(range: &Range<usize>, start: usize) -> Range<usize> {
    range.start.saturating_sub(start)..range.end.saturating_sub(start)
}

#[cfg(test)]
mod tests;
