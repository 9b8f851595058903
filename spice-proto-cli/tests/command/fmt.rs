//! `spice-proto fmt`: layout, options, and what stays the same.
//!
//! `UPDATE_GOLDEN=1 cargo test -p spice-proto-cli --test command fmt` rewrites the golden files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::prng::Prng;
use crate::random;
use crate::support::{
    Ran, assert_golden, assert_page, command, folder, repository, run_with_input, size,
};
use spice_proto_gen::Analysis;
use spice_proto_gen::backend::format::format;
use spice_proto_gen::diagnostic::{Code, Level, Levels};

/// A proto that is not in the canonical layout.
const MESSY: &str = include_str!("../golden/fmt/messy.proto");
/// A proto that is.
const NEAT: &str = "// The protocol.\nprotocol P {\n};\n";
const BROKEN: &str = "struct S { uint8 };\nprotocol P {};\n";

/// A folder with a messy, a neat and a broken proto.
fn protos(test: &str) -> PathBuf {
    let folder = folder(test);
    for (name, text) in [("messy", MESSY), ("neat", NEAT), ("broken", BROKEN)] {
        fs::write(folder.join(name).with_extension("proto"), text).unwrap();
    }
    folder
}

fn fmt(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = command(&[&["fmt"], arguments].concat());
    command.current_dir(folder).output().unwrap().into()
}

fn formatted(text: &str) -> String {
    format(text.as_bytes()).unwrap()
}

#[test]
fn files_are_rewritten() {
    let folder = protos("fmt_files");
    let ran = fmt(&folder, &["messy.proto", "neat.proto"]);
    assert_eq!(
        (ran.status, ran.stdout, ran.stderr),
        (0, String::new(), String::new())
    );
    let text = fs::read_to_string(folder.join("messy.proto")).unwrap();
    assert_golden("fmt/formatted.proto", &text);
    assert_eq!(fs::read_to_string(folder.join("neat.proto")).unwrap(), NEAT);
    let again = fmt(&folder, &["--check", "messy.proto", "neat.proto"]);
    assert_eq!((again.status, again.stdout.as_str()), (0, ""));
}

#[test]
fn check_and_diff_write_nothing() {
    let folder = protos("fmt_check");
    let check = fmt(&folder, &["--check", "messy.proto", "neat.proto"]);
    assert_eq!(
        (check.status, check.stdout.as_str()),
        (1, "would reformat messy.proto\n")
    );
    let diff = fmt(&folder, &["--diff", "messy.proto", "neat.proto"]);
    assert_eq!(diff.status, 1);
    assert_golden("fmt/messy.diff", &diff.stdout);
    let both = fmt(&folder, &["--check", "--diff", "messy.proto"]);
    assert_eq!((both.status, both.stdout), (1, check.stdout + &diff.stdout));
    let neat = fmt(&folder, &["--diff", "neat.proto"]);
    assert_eq!((neat.status, neat.stdout.as_str()), (0, ""));
    assert_eq!(
        fs::read_to_string(folder.join("messy.proto")).unwrap(),
        MESSY
    );
}

#[test]
fn diff_is_colored_on_demand() {
    let folder = protos("fmt_color");
    let plain = fmt(&folder, &["--diff", "messy.proto"]).stdout;
    let colored = fmt(&folder, &["--diff", "--color", "always", "messy.proto"]).stdout;
    assert!(colored.contains("\u{1b}[31m-protocol House { LampChannel lamps = 7; };\u{1b}[0m\n"));
    let mut uncolored = colored;
    for escape in ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[36m", "\u{1b}[0m"] {
        uncolored = uncolored.replace(escape, "");
    }
    assert_eq!(uncolored, plain);
}

#[test]
fn diff_is_a_patch() {
    let folder = protos("fmt_patch");
    let diff = fmt(&folder, &["--diff", "messy.proto"]).stdout;
    fs::write(folder.join("patch"), diff).unwrap();
    let mut git = std::process::Command::new("git");
    let status = git
        .args(["apply", "-p0", "patch"])
        .current_dir(&folder)
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(
        fs::read_to_string(folder.join("messy.proto")).unwrap(),
        formatted(MESSY)
    );
}

#[test]
fn file_with_a_syntax_error_is_left_alone() {
    let folder = protos("fmt_broken");
    let ran = fmt(&folder, &["broken.proto", "missing.proto", "messy.proto"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("error[E0003]"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains(" --> broken.proto:1:18\n"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("cannot read missing.proto"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        fs::read_to_string(folder.join("broken.proto")).unwrap(),
        BROKEN
    );
    assert_eq!(
        fs::read_to_string(folder.join("messy.proto")).unwrap(),
        formatted(MESSY)
    );
    let json = fmt(
        &folder,
        &["--check", "--message-format", "json", "broken.proto"],
    );
    assert_eq!((json.status, json.stdout.as_str()), (1, ""));
    assert!(
        json.stderr.starts_with(r#"{"code":"E0003""#),
        "{}",
        json.stderr
    );
}

#[test]
fn standard_input_is_formatted_to_standard_output() {
    let ran = run_with_input(&["fmt", "-"], MESSY.as_bytes());
    assert_eq!((ran.status, ran.stdout), (0, formatted(MESSY)));
    let check = run_with_input(&["fmt", "--check", "-"], MESSY.as_bytes());
    assert_eq!(
        (check.status, check.stdout.as_str()),
        (1, "would reformat <stdin>\n")
    );
    let broken = run_with_input(&["fmt", "-"], BROKEN.as_bytes());
    assert_eq!((broken.status, broken.stdout.as_str()), (1, ""));
}

#[test]
fn output_replaces_the_file_or_standard_output() {
    let folder = protos("fmt_output");
    let ran = fmt(&folder, &["messy.proto", "-o", "new/out.proto"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
    assert_eq!(
        fs::read_to_string(folder.join("new/out.proto")).unwrap(),
        formatted(MESSY)
    );
    let ran = fmt(&folder, &["messy.proto", "-o", "-"]);
    assert_eq!((ran.status, ran.stdout), (0, formatted(MESSY)));
    assert_eq!(
        fs::read_to_string(folder.join("messy.proto")).unwrap(),
        MESSY
    );
    for arguments in [
        &["neat.proto", "messy.proto", "-o", "x"][..],
        &["neat.proto", "--check", "-o", "x"],
    ] {
        let ran = fmt(&folder, arguments);
        assert_eq!(ran.status, 2, "{arguments:?}");
        assert!(ran.stderr.contains("--output"), "{}", ran.stderr);
    }
}

/// The meaning of a proto with its documentation, as text.
fn model(text: &str) -> String {
    let mut levels = Levels::default();
    levels.set(Code::DuplicateMessageId, Level::Warn);
    let analysis = Analysis::new(text.as_bytes(), &levels);
    // The model is absent if a name has no definition. Such protos are formatted too.
    let codes: Vec<Code> = analysis
        .diagnostics
        .iter()
        .map(|found| found.code)
        .collect();
    format!("{codes:?} {:?}", analysis.model)
}

/// The comments of a proto without whitespace, in order.
fn comments(text: &str) -> Vec<String> {
    let (file, _) = spice_proto_gen::syntax::parse(text);
    let texts = file
        .comments
        .iter()
        .map(|comment| &text[comment.span.start..comment.span.end]);
    texts
        .map(|text| text.split_whitespace().collect())
        .collect()
}

/// Checks what formatting keeps.
#[track_caller]
fn check(name: &str, text: &str) {
    let formatted = formatted(text);
    let again = format(formatted.as_bytes());
    assert_eq!(again.as_ref(), Ok(&formatted), "{name}:\n{text}");
    assert_eq!(
        model(text),
        model(&formatted),
        "{name}:\n{text}\n{formatted}"
    );
    assert_eq!(comments(text), comments(&formatted), "{name}:\n{text}");
}

fn protos_in(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            protos_in(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            found.push(path);
        }
    }
}

#[test]
fn protos_of_the_repository_keep_their_meaning() {
    let mut paths = Vec::new();
    for folder in ["proto", "docs", "tests", "spice-proto-cli/tests"] {
        protos_in(&repository().join(folder), &mut paths);
    }
    let mut checked = 0;
    for path in &paths {
        let text = fs::read(path).unwrap();
        if format(&text).is_ok() {
            check(
                &path.display().to_string(),
                std::str::from_utf8(&text).unwrap(),
            );
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked} of {}", paths.len());
}

#[test]
fn published_protos_are_in_the_canonical_layout() {
    for name in ["proto/spice.proto", "proto/link.proto"] {
        let text = fs::read_to_string(repository().join(name)).unwrap();
        assert!(formatted(&text) == text, "run `spice-proto fmt {name}`");
    }
}

/// Whitespace and comments between two tokens.
const GAPS: &[&str] = &[
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\n\n\n\n",
    "\t",
    "\r\n",
    " /* N */ ",
    " /* N\n   N */ ",
    " // N\n",
    "\n// N\n",
    "\n// N\n\n",
    "\n/* N */\n",
    "\n/* N */ ",
    " /* N */ // N\n",
    "\n\t/* N\n\n\t * N\n\t */\n",
    "/**/",
];

/// Replaces some of the whitespace of a proto.
fn disordered(text: &str, prng: &mut Prng) -> String {
    let mut result = String::new();
    let mut rest = text;
    let mut number = 0;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("/*") {
            rest.find("*/").unwrap() + 2
        } else if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len())
        } else {
            1
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        if !token.trim().is_empty() {
            result.push_str(token);
        } else if !prng.chance(50) {
            result.push_str(token);
            continue;
        }
        let separates = token.trim().is_empty() || ";{},:=@*[](".contains(token);
        if separates && prng.chance(if token.trim().is_empty() { 100 } else { 25 }) {
            number += 1;
            let gap = prng.pick(GAPS);
            result.push_str(&gap.replace('N', &format!("comment {number}")));
            if token.trim().is_empty() {
                result.push(' ');
            }
        }
    }
    result
}

#[test]
fn random_protos_keep_their_meaning() {
    let mut prng = Prng::new(1);
    let (mut valid, seeds) = (0, size(15, 50) as u64);
    for seed in 0..seeds {
        let text = random::proto::proto(&mut Prng::new(seed));
        valid += u64::from(model(&text).contains("Some(Model"));
        check(&format!("seed {seed}"), &text);
        for round in 0..3 {
            let text = disordered(&text, &mut prng);
            check(&format!("seed {seed}, round {round}"), &text);
        }
    }
    assert!(valid > seeds / 2, "{valid}");
}

#[test]
fn manual_shows_real_output() {
    assert_page("docs/command/fmt.md");
}
