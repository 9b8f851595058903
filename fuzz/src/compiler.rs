//! Fuzzes the compiler with the text of a proto.

use spice_dynamic::{decode, encode};
use spice_proto_gen::diagnostic::{Diagnostic, Levels, Severity, Style, render, to_json_lines};
use spice_proto_gen::model::Model;
use spice_proto_gen::{Analysis, Config};

/// Compiles the input as a proto. The compiler must return Rust code that parses, or diagnostics
/// with spans in the text.
pub fn compiler(text: &[u8]) {
    match Config::new().generate("fuzzed.proto", text) {
        Ok(generated) => {
            let parsed = syn::parse_file(&generated.text);
            assert!(parsed.is_ok(), "{:?} in\n{}", parsed.err(), generated.text);
            check_reports(text, &generated.warnings);
            let analysis = Analysis::new(text, &Levels::default());
            assert_eq!(analysis.diagnostics, generated.warnings);
            analysis.model.iter().for_each(|model| check(model, text));
        }
        Err(error) => {
            let findings = error.diagnostics();
            let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
            assert!(findings.iter().any(is_error), "rejected without an error");
            check_reports(text, findings);
        }
    }
}

/// Checks that every diagnostic has spans in the text and can be rendered.
fn check_reports(text: &[u8], findings: &[Diagnostic]) {
    let source = String::from_utf8_lossy(text);
    let is_text = str::from_utf8(text).is_ok();
    for finding in findings {
        assert!(!finding.message.is_empty() && !finding.labels.is_empty());
        let edits = finding.suggestion.iter().map(|edit| edit.span);
        for span in finding.labels.iter().map(|label| label.span).chain(edits) {
            assert!(span.start <= span.end, "{finding:?}");
            assert!(span.end <= text.len(), "{finding:?}");
            let between = |at| !is_text || source.is_char_boundary(at);
            assert!(between(span.start) && between(span.end), "{finding:?}");
        }
    }
    let colored = render("fuzzed.proto", &source, findings, Style::Colored);
    assert_eq!(colored.is_empty(), findings.is_empty());
    let json = to_json_lines("fuzzed.proto", &source, findings);
    assert_eq!(json.lines().count(), findings.len());
}

/// Checks that the interpreter works with the model. Any body must be decoded or rejected.
fn check(model: &Model, text: &[u8]) {
    for channel in &model.channels {
        for message in channel.server.iter().chain(&channel.client) {
            for body in [text, &[0; 64], &[1; 64]] {
                let Ok(decoded) = decode(model, message.body, body) else {
                    continue;
                };
                let encoded = encode(model, message.body, &decoded.value);
                let Ok(encoded) = encoded else {
                    unreachable!("{}: {encoded:?}", message.name);
                };
                // Null arrays lose their count in the first round trip. The second one changes
                // nothing.
                let again = decode(model, message.body, &encoded);
                let again = again.map(|again| encode(model, message.body, &again.value));
                assert_eq!(again, Ok(Ok(encoded)), "{}", message.name);
            }
        }
    }
}
