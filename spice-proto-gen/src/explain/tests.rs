//! The examples do what is said of them.

use crate::analysis::Analysis;
use crate::codes::Code;
use crate::levels::{Level, Levels};
use crate::syntax::MAX_FILE_SIZE;

/// The example below a heading, as the bytes of a file.
fn example(code: Code, heading: &str) -> Vec<u8> {
    let page = code.explanation();
    let (_, rest) = page
        .split_once(&format!("\n## {heading}\n\n```proto"))
        .unwrap_or_else(|| panic!("{code} has no example `{heading}`"));
    let (mark, rest) = rest.split_once('\n').expect("a line end");
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
        _ => panic!("{code}: an example cannot be `{mark}`"),
    }
}

/// Puts bytes in the place of `\xE9`.
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

/// What is found in a text if nothing that can be asked for is silent.
fn found(code: Code, text: &[u8]) -> Vec<Code> {
    let mut levels = Levels::default();
    if Levels::can_be_lowered(code) {
        levels.set(code, Level::Deny);
    }
    let findings = Analysis::new(text, &levels).diagnostics;
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn every_wrong_example_gives_its_code_and_nothing_else() {
    for code in Code::ALL.iter().copied() {
        let found = found(code, &example(code, "Wrong"));
        assert!(!found.is_empty(), "{code}: nothing is wrong");
        assert!(
            found.iter().all(|other| *other == code),
            "{code}: {found:?}"
        );
    }
}

#[test]
fn every_right_example_gives_nothing() {
    for code in Code::ALL.iter().copied() {
        let found = found(code, &example(code, "Right"));
        assert_eq!(found, [], "{code}");
    }
}

#[test]
fn the_index_has_every_code() {
    let index = super::index();
    assert_eq!(index.lines().count(), Code::ALL.len());
    assert!(
        index.contains("E0101  a name is defined twice\n"),
        "{index}"
    );
}
