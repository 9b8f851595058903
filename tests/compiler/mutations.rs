//! Compiles damaged protos: the compiler never panics and reports every error with its place.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use spice_proto_gen::Config;
use spice_proto_gen::diagnostic::{Severity, Style, render, to_json_lines};

use crate::common::size;

/// The number of damaged protos in each of the four tests.
fn cases() -> usize {
    size(600, 5_050)
}

/// Upper bound on the length of a damaged text. Longer protos are split between definitions.
const LONGEST: usize = 1_200;

/// A deterministic random number generator (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}

/// All protos of the repository.
fn protos() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting = vec![root.join("proto"), root.join("tests"), root.join("docs")];
    let mut paths = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "proto") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    assert!(paths.len() > 70, "only {} protos", paths.len());
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// All protos, split into chunks of at most about [`LONGEST`] bytes.
fn chunks() -> Vec<Vec<u8>> {
    let mut chunks = Vec::new();
    for proto in protos() {
        if proto.len() <= LONGEST {
            chunks.push(proto);
            continue;
        }
        let text = String::from_utf8_lossy(&proto).into_owned();
        let mut chunk = String::new();
        for definition in text.split_inclusive("\n};\n") {
            if chunk.len() + definition.len() > LONGEST && !chunk.is_empty() {
                chunks.push(ended(&chunk));
                chunk.clear();
            }
            chunk.push_str(definition);
        }
        chunks.push(ended(&chunk));
    }
    chunks
}

/// Appends a protocol to a chunk that has none.
fn ended(chunk: &str) -> Vec<u8> {
    let protocol = match chunk.contains("\nprotocol ") {
        true => "",
        false => "\nprotocol P {};\n",
    };
    format!("{chunk}{protocol}").into_bytes()
}

/// Texts to insert: keywords, attributes, punctuation, numbers and unusual characters.
const TOKENS: &[&str] = &[
    "typedef",
    "struct",
    "message",
    "channel",
    "protocol",
    "switch",
    "case",
    "default",
    "enum8",
    "enum32",
    "flags8",
    "flags16",
    "server:",
    "client:",
    "int8",
    "uint8",
    "uint32",
    "uint64",
    "unix_fd",
    "image_size",
    "cstring()",
    "bytes(a, b)",
    "@nonnull",
    "@marshall",
    "@zero",
    "@virtual(1)",
    "@zero_terminated",
    "@end",
    "@to_ptr",
    "@chunk",
    "@ptr32",
    "@deprecated",
    "@ctype(T)",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "[]",
    ";",
    ":",
    ",",
    "=",
    "*",
    "!",
    ".",
    "@",
    "0",
    "1",
    "-1",
    "255",
    "256",
    "65535",
    "65536",
    "4294967296",
    "99999999999999999999999",
    "0x10",
    "0xffffffffffffffff",
    "x",
    "type",
    "Self",
    "self",
    "_",
    "r#",
    "/*",
    "*/",
    "//",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "\u{1f600}",
    "\"",
    "'",
    "\\",
];

/// Edits a text in one place.
fn damage(text: &mut Vec<u8>, random: &mut Random) {
    let tokens = token_ranges(text);
    let at = random.below(text.len() + 1);
    match random.below(10) {
        0 => text.truncate(at),
        1 => {
            let length = random.below(40);
            text.drain(at..(at + length).min(text.len()));
        }
        2 => {
            let end = (at + random.below(200)).min(text.len());
            let copy = text[at..end].to_vec();
            let to = random.below(text.len() + 1);
            text.splice(to..to, copy);
        }
        3 => text.insert(at, random.next() as u8),
        4 => drop(text.splice(at..at, random.pick(TOKENS).bytes())),
        _ if tokens.is_empty() => {}
        5 => drop(text.drain(random.pick(&tokens).clone())),
        6 | 7 => {
            // Replaces a token with another one of the text, which often leaves the proto valid.
            let copy = text[random.pick(&tokens).clone()].to_vec();
            text.splice(random.pick(&tokens).clone(), copy);
        }
        8 => drop(text.splice(random.pick(&tokens).clone(), random.pick(TOKENS).bytes())),
        _ => {
            let token = random.pick(&tokens).clone();
            let copy = text[token.clone()].to_vec();
            text.splice(token.end..token.end, copy);
        }
    }
}

/// The ranges of the words and punctuation marks of a text.
fn token_ranges(text: &[u8]) -> Vec<std::ops::Range<usize>> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, byte) in text.iter().copied().enumerate() {
        match ranges.last_mut() {
            Some(last) if last.end == at && is_word(byte) && is_word(text[at - 1]) => {
                last.end = at + 1;
            }
            _ if byte.is_ascii_whitespace() => {}
            _ => ranges.push(at..at + 1),
        }
    }
    ranges
}

/// Compiles a text and checks the diagnostics. Returns whether it is valid.
fn compile(text: &[u8], case: usize) -> bool {
    let error = match Config::new().generate("damaged.proto", text) {
        Ok(generated) => {
            assert!(generated.text.contains("pub mod types"));
            return true;
        }
        Err(error) => error,
    };
    let diagnostics = error.diagnostics();
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error);
    assert!(errors.count() > 0, "invalid without an error: {error}");
    for diagnostic in diagnostics {
        let edit = diagnostic.suggestion.iter().map(|edit| edit.span);
        for span in diagnostic.labels.iter().map(|label| label.span).chain(edit) {
            assert!(
                span.start <= span.end && span.end <= text.len(),
                "{diagnostic:?}"
            );
        }
        assert!(!diagnostic.labels.is_empty(), "{diagnostic:?}");
    }
    // The error already contains the plain report.
    if case.is_multiple_of(16) {
        let source = String::from_utf8_lossy(text);
        assert!(!render("damaged.proto", &source, diagnostics, Style::Colored).is_empty());
        let json = to_json_lines("damaged.proto", &source, diagnostics);
        assert_eq!(json.lines().count(), diagnostics.len());
    }
    false
}

fn run(seed: u64) {
    let chunks = chunks();
    let mut random = Random(seed);
    let mut valid = 0;
    let cases = cases();
    for case in 0..cases {
        let mut text = random.pick(&chunks).clone();
        for _ in 0..=random.below(3) {
            damage(&mut text, &mut random);
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| compile(&text, case)));
        match outcome {
            Ok(true) => valid += 1,
            Ok(false) => {}
            Err(_) => panic!(
                "seed {seed}, case {case}:\n{}\n({text:?})",
                String::from_utf8_lossy(&text)
            ),
        }
    }
    // Valid protos test more than the parser.
    assert!(valid > cases / 50, "only {valid} are valid");
    assert!(valid < cases / 2, "{valid} are valid");
}

#[test]
fn damaged_protos_1() {
    run(1);
}

#[test]
fn damaged_protos_2() {
    run(2);
}

#[test]
fn damaged_protos_3() {
    run(3);
}

#[test]
fn damaged_protos_4() {
    run(4);
}

#[test]
fn some_undamaged_chunks_compile() {
    let valid = chunks().iter().filter(|chunk| compile(chunk, 0)).count();
    assert!(valid > 10, "only {valid}");
}
