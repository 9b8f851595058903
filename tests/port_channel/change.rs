//! Compares the proto and the generated code before and after the change.

use std::path::PathBuf;
use std::{env, fs};

use spice_proto_gen::Config;

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

/// Compares the generated code with the file in `golden/`. `UPDATE_GOLDEN=1` rewrites the file.
fn check_golden(name: &str) {
    let text = generated(name);
    let path = folder().join("golden").join(format!("{name}.rs"));
    if env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; UPDATE_GOLDEN=1 writes it", path.display());
    });
    let differs = golden.lines().zip(text.lines()).position(|(a, b)| a != b);
    assert!(
        golden == text,
        "{} differs in line {}; UPDATE_GOLDEN=1 rewrites it",
        path.display(),
        differs.map_or(golden.lines().count().min(text.lines().count()), |n| n + 1)
    );
}

#[test]
fn golden_before() {
    check_golden("before");
}

#[test]
fn golden_after() {
    check_golden("after");
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
    let Some(place) = lines.iter().position(|line| *line == "pub mod port {") else {
        return (text.to_owned(), 0);
    };
    let before = lines[..place]
        .iter()
        .rposition(|line| *line == "}")
        .unwrap();
    let end = place + lines[place..].iter().position(|line| *line == "}").unwrap();
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
    assert!(module > 200, "the module has only {module} lines");
    let lines = diff(&before, &after);
    let mut naming = 0;
    for line in lines.iter().filter(|line| !matches!(line, Line::Same(_))) {
        let Line::Added(text) = line else {
            panic!("not an added line: {line:?}");
        };
        let names = ["port::", " Port,", "\"port\"", "`port`"];
        let names_port = names.iter().any(|name| text.contains(name));
        assert!(
            names_port,
            "an added line does not name the channel: {text}"
        );
        naming += 1;
    }
    // One row of the channel table. For each side, a variant, its documentation, and its row among
    // the channels.
    assert_eq!(naming, 7);
}
