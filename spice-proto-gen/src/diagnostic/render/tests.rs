use super::{Style, render};
use crate::diagnostic::{Code, Diagnostic, Span, to_json_lines};

fn sample() -> Diagnostic {
    Diagnostic::new(
        Code::UnknownType,
        Span::new(13, 17),
        "`Rekt` is not defined",
    )
    .label("not defined")
    .also(Span::new(7, 8), "in this struct")
    .note("types are defined above their use")
    .suggest("did you mean `Rect`?", Span::new(13, 17), "Rect")
}

const SOURCE: &str = "struct A {\n  Rekt r;\n};\n";

#[test]
fn text_shows_every_part_of_a_diagnostic() {
    let text = render("a.proto", SOURCE, &[sample()], Style::Plain);
    let expected = "\
error[E0102]: `Rekt` is not defined
 --> a.proto:2:3
  |
1 | struct A {
  |        - in this struct
2 |   Rekt r;
  |   ^^^^ not defined
  |
  = note: types are defined above their use
help: did you mean `Rect`?
  |
2 -   Rekt r;
2 +   Rect r;
  |

";
    assert_eq!(text, expected);
}

#[test]
fn colored_text_has_escape_sequences() {
    let text = render("a.proto", SOURCE, &[sample()], Style::Colored);
    assert!(text.contains("\u{1b}["), "{text}");
    assert!(text.contains("E0102"), "{text}");
}

#[test]
fn help_without_an_edit_is_a_message() {
    let diagnostic =
        Diagnostic::new(Code::DeadCase, Span::new(0, 6), "never reached").help("remove it");
    let text = render("a.proto", SOURCE, &[diagnostic], Style::Plain);
    assert!(
        text.starts_with("warning[W0001]: never reached\n"),
        "{text}"
    );
    assert!(text.contains("= help: remove it"), "{text}");
}

#[test]
fn lines_are_numbered_from_the_start_of_the_file() {
    let source = "\n".repeat(500) + "struct";
    let diagnostic = Diagnostic::new(Code::Syntax, Span::new(500, 506), "here");
    let text = render("a.proto", &source, &[diagnostic], Style::Plain);
    assert!(text.contains("--> a.proto:501:1\n"), "{text}");
    assert!(text.contains("501 | struct\n"), "{text}");
}

#[test]
fn invalid_spans_do_not_panic() {
    let sources = [
        "",
        "\n",
        "\r\n",
        "\r",
        "a",
        "é",
        "\u{feff}",
        "a\r\nb\n",
        "\t日本\u{0}\u{200d}👩‍👩‍👧\n\n",
        "a\u{301}\u{202e}\r\r\n",
    ];
    for source in sources {
        for start in 0..source.len() + 3 {
            for end in 0..source.len() + 3 {
                let span = Span::new(start, end);
                let edits = ["", "x", "a\nb", "é"];
                for edit in edits {
                    let diagnostic = Diagnostic::new(Code::Syntax, span, "m\nn")
                        .label("l")
                        .also(Span::new(end, start), "")
                        .suggest("s", span, edit);
                    let _ = render("", source, std::slice::from_ref(&diagnostic), Style::Plain);
                    let _ = to_json_lines("", source, &[diagnostic]);
                }
            }
        }
    }
    let mut bare = Diagnostic::new(Code::Syntax, Span::new(usize::MAX, usize::MAX), "");
    let _ = render("p", "text", &[bare.clone()], Style::Colored);
    bare.labels.clear();
    let _ = render("p", "text", &[bare], Style::Plain);
}
