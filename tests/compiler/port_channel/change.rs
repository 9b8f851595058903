//! Compares the proto and the generated code before and after the change.

use std::path::{Path, PathBuf};
use std::{env, fs};

use spice_proto_gen::Config;
use spice_proto_gen::backend::c::{self, Options, Structs};
use spice_proto_gen::model::Side;

use crate::c::{model, parsers};

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/port_channel")
}

fn proto(name: &str) -> String {
    fs::read_to_string(folder().join("protos").join(format!("{name}.proto"))).unwrap()
}

/// Returns the generated code of a proto.
pub fn generated(name: &str) -> String {
    let generated = Config::new()
        .generate(&format!("{name}.proto"), proto(name).as_bytes())
        .unwrap();
    assert!(generated.warnings.is_empty(), "{:?}", generated.warnings);
    generated.text
}

/// A line of a diff.
#[derive(Debug, PartialEq)]
enum Line<'t> {
    Same(&'t str),
    Removed(&'t str),
    Added(&'t str),
}

/// Returns the shortest line diff.
fn diff<'t>(before: &'t str, after: &'t str) -> Vec<Line<'t>> {
    let (a, b): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    // `common[i][j]` is the number of common lines of `a[i..]` and `b[j..]`.
    let mut common = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = match a[i] == b[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            lines.push(Line::Same(a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push(Line::Removed(a[i]));
            i += 1;
        } else {
            lines.push(Line::Added(b[j]));
            j += 1;
        }
    }
    lines
}

#[test]
fn diff_of_lines() {
    use Line::{Added, Removed, Same};
    let expected = [Same("a"), Removed("b"), Added("x"), Added("y"), Same("c")];
    assert_eq!(diff("a\nb\nc", "a\nx\ny\nc"), expected);
}

/// Number of unchanged lines around changed lines in the golden file.
const CONTEXT: usize = 2;

/// Returns the changed lines and their context. A line `@@` replaces unchanged lines.
fn to_text(lines: &[Line<'_>]) -> String {
    let mut text = String::new();
    let mut end = 0;
    for (index, line) in lines.iter().enumerate() {
        let near = &lines[index.saturating_sub(CONTEXT)..lines.len().min(index + CONTEXT + 1)];
        if near.iter().all(|line| matches!(line, Line::Same(_))) {
            continue;
        }
        if index > end {
            text += "@@\n";
        }
        end = index + 1;
        let (mark, line) = match line {
            Line::Same(line) => (' ', line),
            Line::Removed(line) => ('-', line),
            Line::Added(line) => ('+', line),
        };
        text += format!("{mark}{line}").trim_end();
        text += "\n";
    }
    text
}

#[test]
fn diff_has_context() {
    let lines = diff("a\nb\nc\nd\ne\nf\ng", "a\nb\nc\nD\ne\nf\ng");
    assert_eq!(to_text(&lines), "@@\n b\n c\n-d\n+D\n e\n f\n");
}

/// The golden file is the diff of the generated code. `UPDATE_GOLDEN=1` rewrites it.
#[test]
fn generated_code_changes_as_in_the_golden_file() {
    let text = to_text(&diff(&generated("before"), &generated("after")));
    assert!(text.lines().count() <= 300, "the diff is too long to read");
    assert_golden(&folder().join("golden/generated.diff"), &text);
}

/// The C that is generated for a proto: structs, parsers, and marshallers of the server.
fn generated_c(name: &str) -> String {
    let model = model(&proto(name));
    let structs = c::declarations(&model, Structs::Marked, "messages");
    let (server, client) = (parsers(&model, Side::Server), parsers(&model, Side::Client));
    let marshallers = c::marshallers(&model, &[Side::Server], "marshallers", &Options::default());
    format!("{structs}{server}{client}{}", marshallers.source)
}

/// The page shows what changes in the proto, in C and in Rust.
#[test]
fn page_shows_the_change_in_c_and_rust() {
    let changes = |before: &str, after: &str| to_text(&diff(before, after));
    let proto = changes(&proto("before"), &proto("after"));
    let c = changes(&generated_c("before"), &generated_c("after"));
    let rust = changes(&generated("before"), &generated("after"));
    assert!(c.lines().count() <= 300, "the diff is too long to read");
    assert!(!c.contains("\n-"), "C loses lines: {c}");
    let page = format!(
        "# A change of a proto in C and Rust\n\n\
         In 2012, SPICE got a channel for named byte streams. The patch added 17 lines to `spice.proto`, and 15 lines of C by\n\
         hand: structs, and a function that marshalls an event. Today the proto is the whole change. This page shows it for a\n\
         small proto with a few messages of that time. `UPDATE_GOLDEN=1 cargo test --all-features --test compiler port_channel`\n\
         writes the page.\n\n\
         ## The proto\n\n```diff\n{proto}```\n\n\
         ## Generated code\n\n\
         <table>\n<tr><th>C</th><th>Rust</th></tr>\n<tr><td valign=\"top\">\n\n\
         ```diff\n{c}```\n\n</td><td valign=\"top\">\n\n```diff\n{rust}```\n\n</td></tr>\n</table>\n"
    );
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/port-channel.md");
    assert_golden(&path, &page);
}

fn assert_golden(path: &Path, text: &str) {
    if env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let update =
        "`UPDATE_GOLDEN=1 cargo test --all-features --test compiler port_channel` rewrites it";
    let golden = fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{}: {error}; {update}", path.display()));
    let differs = golden.lines().zip(text.lines()).position(|(a, b)| a != b);
    let shorter = golden.lines().count().min(text.lines().count());
    assert!(
        golden == text,
        "{} differs in line {}; {update}",
        path.display(),
        differs.unwrap_or(shorter) + 1
    );
}

/// The proto gains the channel definition and its entry in the protocol.
#[test]
fn proto_gains_only_the_channel() {
    let (before, after) = (proto("before"), proto("after"));
    let lines = diff(&before, &after);
    let count = |matches: fn(&Line<'_>) -> bool| lines.iter().filter(|line| matches(line)).count();
    assert_eq!(count(|line| matches!(line, Line::Removed(_))), 0);
    assert_eq!(count(|line| matches!(line, Line::Added(_))), 18);
}

/// Returns the generated code without the module of the port channel, and the number of removed
/// lines.
fn without_port_module(text: &str) -> (String, usize) {
    let lines: Vec<&str> = text.lines().collect();
    let is_module = |line: &&str| line.trim_start() == "pub mod port {";
    let Some(place) = lines.iter().position(is_module) else {
        return (text.to_owned(), 0);
    };
    let indent = lines[place].len() - lines[place].trim_start().len();
    let is_end = |line: &&str| line.trim_start() == "}" && line.len() == indent + 1;
    let before = lines[..place].iter().rposition(is_end).unwrap();
    let end = place + lines[place..].iter().position(is_end).unwrap();
    let kept = lines[..=before].iter().chain(&lines[end + 1..]);
    let kept = kept.map(|line| format!("{line}\n")).collect();
    (kept, end - before)
}

/// Apart from the module `port`, the generated code only gains lines that name the channel.
#[test]
fn generated_code_gains_only_the_channel() {
    let (before, none) = without_port_module(&generated("before"));
    let (after, module) = without_port_module(&generated("after"));
    assert_eq!(none, 0);
    assert!(module > 150, "the module has only {module} lines");
    let lines = diff(&before, &after);
    let mut naming = 0;
    for line in &lines {
        match line {
            Line::Same(_) => {}
            Line::Removed(text) => panic!("removed: {text}"),
            Line::Added(text) => {
                let names = ["port::", " PORT:", "`port`", "_CHANNEL_PORT\""];
                let names_port = names.iter().any(|name| text.contains(name));
                assert!(
                    names_port,
                    "an added line does not name the channel: {text}"
                );
                naming += 1;
            }
        }
    }
    // A constant of the channel's type, its documentation, its name in C and its row among the types. For each side, a
    // variant, its documentation, its row among the channels, and its conversion.
    assert_eq!(naming, 12);
}
