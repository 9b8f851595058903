//! Hostile texts: parsing never panics, never overflows the stack and takes linear time.

use std::time::{Duration, Instant};

use super::PROTOCOL;
use crate::diagnostic::{Code, Style, render};
use crate::syntax::parse;

/// Much longer than linear time for the texts below, much shorter than quadratic time.
const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn parse_time_is_linear() {
    let texts = [
        format!("{}{PROTOCOL}", "struct A { uint8 x; };\n".repeat(5_000)),
        "struct A {\n  uint8 x;\n".repeat(5_000),
        "struct A { x }; ".repeat(5_000),
        "struct A {\nstruct B {\n}; ".repeat(3_000),
        "struct A {\nuint8 x;\n}\n".repeat(5_000),
        "{".repeat(300_000),
        "struct A { ".repeat(5_000),
        "} ; ".repeat(50_000),
        "a b { ".repeat(30_000),
        "struct\n".repeat(10_000),
        "/* a */ ".repeat(50_000) + "struct A { };",
        format!(
            "{}{}",
            "// a\n".repeat(50_000),
            "struct A { };".repeat(1000)
        ),
        format!(
            "enum8 E {{ /* c */{}A{} }};",
            " ".repeat(50_000),
            ", A".repeat(5_000)
        ),
    ];
    for text in texts {
        let start = Instant::now();
        let _ = parse(&text);
        let name: String = text.chars().take(30).collect();
        assert!(start.elapsed() < LIMIT, "{:?} for {name}", start.elapsed());
    }
}

#[test]
fn stack_of_one_mebibyte_suffices() {
    let nested = "struct A { switch (a) { case B: ".repeat(16);
    let thread = std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(move || parse(&nested).1);
    let diagnostics = thread.unwrap().join().unwrap();
    assert_eq!(diagnostics.len(), 1, "{diagnostics:#?}");
    assert_eq!(diagnostics[0].code, Code::Syntax);
}

/// Edits part of `spice.proto` at pseudorandom places.
#[test]
fn damaged_protos_do_not_panic() {
    let source = include_str!("../../../../proto/spice.proto");
    let start = source.find("channel").unwrap_or(0);
    let part = source.get(start..).unwrap_or("");
    let part = part.get(..4000).unwrap_or(part);
    let inserts = [
        "", "{", "}", ";", "/*", "*/", "\"", "\0", "é", "struct", "\n", "@", "(", "case", "9",
    ];
    let mut state = 1_u64;
    let mut pick = |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % limit
    };
    for _ in 0..300 {
        let mut text = part.to_owned();
        for _ in 0..3 {
            let from = pick(text.len());
            let to = (from + pick(20)).min(text.len());
            if text.is_char_boundary(from) && text.is_char_boundary(to) {
                text.replace_range(from..to, inserts[pick(inserts.len())]);
            }
        }
        let (_, diagnostics) = parse(&text);
        for diagnostic in &diagnostics {
            let span = diagnostic.labels[0].span;
            assert!(text.get(span.start..span.end).is_some(), "{diagnostic:?}");
        }
        let _ = render("p", &text, &diagnostics, Style::Plain);
    }
}
