//! Renders diagnostics as JSON Lines.

use super::line_index::LineIndex;
use super::{Diagnostic, Span, Suggestion};
use crate::json_text::quoted;

/// Renders each diagnostic as one line of JSON. `path` is the file name to report.
///
/// The keys are `code`, `severity`, `message`, `path`, `spans` (each with `byte_start`, `byte_end`,
/// `line_start`, `column_start`, `line_end`, `column_end`, `primary`, `label`), `notes`, `help` and
/// `suggestion` (`byte_start`, `byte_end`, `replacement`). `help` and `suggestion` may be null.
/// Lines and columns count from 1, columns in characters.
#[must_use]
pub fn to_json_lines(path: &str, source: &str, diagnostics: &[Diagnostic]) -> String {
    let lines = LineIndex::new(source);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&object(path, &lines, diagnostic));
        text.push('\n');
    }
    text
}

fn object(path: &str, lines: &LineIndex<'_>, diagnostic: &Diagnostic) -> String {
    let labels = diagnostic.labels.iter().enumerate();
    let spans =
        labels.map(|(index, label)| span_object(lines, label.span, index == 0, &label.text));
    let null = || "null".to_owned();
    format!(
        r#"{{"code":{},"severity":"{}","message":{},"path":{},"spans":[{}],"notes":[{}],"help":{},"suggestion":{}}}"#,
        quoted(diagnostic.code.as_str()),
        diagnostic.severity,
        quoted(&diagnostic.message),
        quoted(path),
        separated(spans),
        separated(diagnostic.notes.iter().map(|note| quoted(note))),
        diagnostic.help.as_deref().map_or_else(null, quoted),
        diagnostic
            .suggestion
            .as_ref()
            .map_or_else(null, suggestion_object),
    )
}

fn span_object(lines: &LineIndex<'_>, span: Span, primary: bool, label: &str) -> String {
    let position = position(lines, span);
    let label = quoted(label);
    format!(r#"{{{position},"primary":{primary},"label":{label}}}"#)
}

/// The members of an object that locate a span.
pub(crate) fn position(lines: &LineIndex<'_>, span: Span) -> String {
    let (line_start, column_start) = lines.position(span.start);
    let (line_end, column_end) = lines.position(span.end);
    format!(
        r#""byte_start":{},"byte_end":{},"line_start":{line_start},"column_start":{column_start},"line_end":{line_end},"column_end":{column_end}"#,
        span.start, span.end,
    )
}

fn suggestion_object(suggestion: &Suggestion) -> String {
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

#[cfg(test)]
mod tests {
    use super::super::{Code, Diagnostic, Span};
    use super::to_json_lines;

    #[test]
    fn json_has_every_key() {
        let source = "struct A {\n  Rekt r;\n};\n";
        let span = Span::new(13, 17);
        let diagnostic = Diagnostic::new(Code::UnknownType, span, "`Rekt` is not defined")
            .label("not defined")
            .also(Span::new(7, 8), "in this struct")
            .note("a note")
            .suggest("did you mean `Rect`?", span, "Rect");
        assert_eq!(
            to_json_lines("a \"b\".proto", source, &[diagnostic]),
            concat!(
                r#"{"code":"E0102","severity":"error","message":"`Rekt` is not defined","#,
                r#""path":"a \"b\".proto","spans":["#,
                r#"{"byte_start":13,"byte_end":17,"line_start":2,"column_start":3,"line_end":2,"#,
                r#""column_end":7,"primary":true,"label":"not defined"},"#,
                r#"{"byte_start":7,"byte_end":8,"line_start":1,"column_start":8,"line_end":1,"#,
                r#""column_end":9,"primary":false,"label":"in this struct"}],"#,
                r#""notes":["a note"],"help":"did you mean `Rect`?","#,
                r#""suggestion":{"byte_start":13,"byte_end":17,"replacement":"Rect"}}"#,
                "\n",
            )
        );
    }

    #[test]
    fn each_diagnostic_is_one_line() {
        let message = "a\\b\n\r\t\u{1}\u{7f}\u{2028}é";
        let diagnostic = Diagnostic::new(Code::Syntax, Span::new(0, 0), message);
        let json = to_json_lines("p", "", std::slice::from_ref(&diagnostic));
        assert!(
            json.contains(r#""message":"a\\b\n\r\t\u0001\u007f\u2028é""#),
            "{json}"
        );
        assert!(
            json.ends_with("\"notes\":[],\"help\":null,\"suggestion\":null}\n"),
            "{json}"
        );
        let both = to_json_lines("p", "", &[diagnostic.clone(), diagnostic]);
        assert_eq!(both, format!("{json}{json}"));
    }

    #[test]
    fn columns_count_characters_without_the_byte_order_mark() {
        let source = "\u{feff}/*é*/ x";
        let at = source.find('x').unwrap_or_default();
        let diagnostic = Diagnostic::new(Code::Syntax, Span::new(at, at + 1), "x");
        let json = to_json_lines("p", source, &[diagnostic]);
        assert!(
            json.contains(r#""line_start":1,"column_start":7,"line_end":1,"column_end":8"#),
            "{json}"
        );
    }
}
