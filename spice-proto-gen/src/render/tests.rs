use super::{Style, render, to_json, to_json_lines};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::span::Span;

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
fn text_shows_every_part_of_a_finding() {
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
fn color_changes_nothing_but_the_color() {
    let text = render("a.proto", SOURCE, &[sample()], Style::Colored);
    assert!(text.contains("\u{1b}["), "{text}");
    assert!(text.contains("E0102"), "{text}");
}

#[test]
fn help_without_an_edit_is_a_message() {
    let finding =
        Diagnostic::new(Code::DeadCase, Span::new(0, 6), "never reached").help("remove it");
    let text = render("a.proto", SOURCE, &[finding], Style::Plain);
    assert!(
        text.starts_with("warning[W0001]: never reached\n"),
        "{text}"
    );
    assert!(text.contains("= help: remove it"), "{text}");
}

#[test]
fn lines_are_numbered_from_the_start_of_the_file() {
    let source = "\n".repeat(500) + "struct";
    let finding = Diagnostic::new(Code::Syntax, Span::new(500, 506), "here");
    let text = render("a.proto", &source, &[finding], Style::Plain);
    assert!(text.contains("--> a.proto:501:1\n"), "{text}");
    assert!(text.contains("501 | struct\n"), "{text}");
}

#[test]
fn json_has_every_key() {
    let json = to_json("a \"b\".proto", SOURCE, &sample());
    assert_eq!(
        json,
        concat!(
            r#"{"code":"E0102","severity":"error","message":"`Rekt` is not defined","#,
            r#""path":"a \"b\".proto","spans":["#,
            r#"{"byte_start":13,"byte_end":17,"line_start":2,"column_start":3,"line_end":2,"#,
            r#""column_end":7,"primary":true,"label":"not defined"},"#,
            r#"{"byte_start":7,"byte_end":8,"line_start":1,"column_start":8,"line_end":1,"#,
            r#""column_end":9,"primary":false,"label":"in this struct"}],"#,
            r#""notes":["types are defined above their use"],"help":"did you mean `Rect`?","#,
            r#""suggestion":{"byte_start":13,"byte_end":17,"replacement":"Rect"}}"#,
        )
    );
}

#[test]
fn json_is_one_line_whatever_it_says() {
    let message = "a\\b\n\r\t\u{1}\u{7f}\u{2028}é";
    let finding = Diagnostic::new(Code::Syntax, Span::new(0, 0), message);
    let json = to_json("p", "", &finding);
    assert!(
        json.contains(r#""message":"a\\b\n\r\t\u0001\u007f\u2028é""#),
        "{json}"
    );
    assert!(
        json.ends_with(r#""notes":[],"help":null,"suggestion":null}"#),
        "{json}"
    );
    let both = to_json_lines("p", "", &[finding.clone(), finding]);
    assert_eq!(both, format!("{json}\n{json}\n"));
}

#[test]
fn columns_count_characters_and_no_byte_order_mark() {
    let source = "\u{feff}/*é*/ x";
    let at = source.find('x').unwrap_or_default();
    let finding = Diagnostic::new(Code::Syntax, Span::new(at, at + 1), "x");
    let json = to_json("p", source, &finding);
    assert!(
        json.contains(r#""line_start":1,"column_start":7,"line_end":1,"column_end":8"#),
        "{json}"
    );
}

#[test]
fn no_span_makes_it_panic() {
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
                    let finding = Diagnostic::new(Code::Syntax, span, "m\nn")
                        .label("l")
                        .also(Span::new(end, start), "")
                        .suggest("s", span, edit);
                    let _ = render("", source, std::slice::from_ref(&finding), Style::Plain);
                    let _ = to_json("", source, &finding);
                }
            }
        }
    }
    let mut bare = Diagnostic::new(Code::Syntax, Span::new(usize::MAX, usize::MAX), "");
    let _ = render("p", "text", &[bare.clone()], Style::Colored);
    bare.labels.clear();
    let _ = render("p", "text", &[bare], Style::Plain);
}
