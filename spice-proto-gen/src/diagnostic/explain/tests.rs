//! Compiles the examples of all explanations.

use crate::diagnostic::{Code, Level, Levels};
use crate::{Analysis, Config, MAX_FILE_SIZE};

/// The example below a heading, as the contents of a file.
fn example(code: Code, heading: &str) -> Vec<u8> {
    let page = code.explanation();
    let (_, rest) = page
        .split_once(&format!("\n## {heading}\n\n```proto"))
        .unwrap_or_else(|| panic!("{code} has no example `{heading}`"));
    let (mark, rest) = rest.split_once('\n').expect("a line feed");
    let (text, _) = rest.split_once("\n```\n").expect("the end of an example");
    let text = format!("{text}\n");
    match mark {
        "" => text.into_bytes(),
        " escaped" => unescape(&text),
        " padded" => {
            let mut text = text.into_bytes();
            text.resize(MAX_FILE_SIZE + 1, b' ');
            text
        }
        _ => panic!("{code}: unknown mark `{mark}`"),
    }
}

/// Replaces escapes such as `\xE9` by bytes.
fn unescape(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).expect("two hexadecimal digits"));
        bytes.extend(rest.as_bytes());
    }
    bytes
}

/// The codes that a text reports if warnings that are allowed by default are enabled.
fn reported(code: Code, text: &[u8]) -> Vec<Code> {
    let analysis = match code {
        Code::NotInC => Analysis::for_c(text, &Levels::default()),
        _ => Config::new().level(code, Level::Deny).check(text),
    };
    let diagnostics = analysis.diagnostics;
    diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

#[test]
fn wrong_examples_report_only_their_code() {
    for code in Code::ALL.iter().copied() {
        let reported = reported(code, &example(code, "Wrong"));
        assert!(!reported.is_empty(), "{code}: no diagnostics");
        assert!(
            reported.iter().all(|other| *other == code),
            "{code}: {reported:?}"
        );
    }
}

#[test]
fn right_examples_report_nothing() {
    for code in Code::ALL.iter().copied() {
        assert_eq!(reported(code, &example(code, "Right")), [], "{code}");
    }
}

#[test]
fn the_index_lists_every_code() {
    let index = super::index();
    assert_eq!(index.lines().count(), Code::ALL.len());
    assert!(index.contains("E0101  duplicate definition\n"), "{index}");
}
