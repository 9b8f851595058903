//! Compares the report of each proto in `tests/diagnostics/` with a golden file.
//!
//! `UPDATE_GOLDEN=1 cargo test --test compiler diagnostics` updates the golden files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use spice_proto_gen::diagnostic::{
    Code, Diagnostic, Level, Levels, Severity, Style, Tally, explain, render, to_json_lines,
};
use spice_proto_gen::{Analysis, Config, MAX_FILE_SIZE};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// A proto with an error or a warning.
struct Fixture {
    name: String,
    text: Vec<u8>,
    levels: Levels,
}

impl Fixture {
    fn all() -> Vec<Self> {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "proto"))
            .collect();
        paths.sort();
        let mut all: Vec<Self> = paths.iter().map(|path| Self::read(path)).collect();
        // This file is too large for the repository.
        all.push(Self {
            name: "E0007-file-too-large".to_owned(),
            text: vec![b' '; MAX_FILE_SIZE + 1],
            levels: Levels::default(),
        });
        all
    }

    /// Reads a file. Its first line may set a lint level: `// warn: W0002`.
    fn read(path: &Path) -> Self {
        let text = fs::read(path).unwrap();
        let mut levels = Levels::default();
        let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        for (word, level) in [("warn", Level::Warn), ("deny", Level::Deny)] {
            let setting = format!("// {word}: ");
            if let Some(code) = first.strip_prefix(setting.as_bytes()) {
                let code = str::from_utf8(code).unwrap();
                levels.set(code.parse().unwrap(), level);
            }
        }
        Self {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            text,
            levels,
        }
    }

    /// The code at the start of the name. The proto must report it.
    fn code(&self) -> Code {
        self.name[..5].parse().expect("a file is named by its code")
    }

    fn check(&self) -> Analysis {
        match self.code() {
            Code::NotInC => Analysis::for_c(&self.text, &self.levels),
            _ => check(&self.text, &self.levels),
        }
    }

    fn report(&self, findings: &[Diagnostic]) -> String {
        let path = format!("{}.proto", self.name);
        let text = String::from_utf8_lossy(&self.text);
        let mut tally = Tally::default();
        tally.add(findings);
        format!(
            "{}{tally}\n\n{}",
            render(&path, &text, findings, Style::Plain),
            to_json_lines(&path, &text, findings),
        )
    }
}

/// Runs the front end and the checks of the Rust backend.
fn check(text: &[u8], levels: &Levels) -> Analysis {
    Config::new().levels(levels.clone()).check(text)
}

#[test]
fn reports_match_golden_files() {
    let mut different = Vec::new();
    for fixture in Fixture::all() {
        let report = fixture.report(&fixture.check().diagnostics);
        let path = folder().join(format!("{}.txt", fixture.name));
        if updating() {
            fs::write(&path, &report).unwrap();
        } else if fs::read_to_string(&path).ok().as_deref() != Some(report.as_str()) {
            different.push(format!(
                "{} is missing or differs:\n{report}",
                path.display()
            ));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn every_golden_file_has_a_proto() {
    let fixtures: BTreeSet<String> = Fixture::all()
        .into_iter()
        .map(|fixture| fixture.name)
        .collect();
    assert!(fixtures.len() >= 70, "only {} fixtures", fixtures.len());
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(fixtures.contains(name), "no proto for {}", path.display());
    }
}

#[test]
fn every_fixture_reports_the_code_in_its_name() {
    for fixture in Fixture::all() {
        let analysis = fixture.check();
        let code = fixture.code();
        let name = &fixture.name;
        assert!(
            analysis
                .diagnostics
                .iter()
                .any(|finding| finding.code == code),
            "{name}: {:#?}",
            analysis.diagnostics
        );
        let is_error = fixture.levels.of(code) == Level::Deny;
        assert_eq!(analysis.failed(), is_error, "{name}");
        for finding in &analysis.diagnostics {
            let warning = finding.severity == Severity::Warning;
            assert_eq!(
                warning,
                fixture.levels.of(finding.code) == Level::Warn,
                "{name}"
            );
        }
    }
}

#[test]
fn every_code_has_a_fixture() {
    let covered: BTreeSet<Code> = Fixture::all().iter().map(Fixture::code).collect();
    for code in Code::ALL {
        assert!(covered.contains(code), "no fixture for {code}");
    }
}

#[test]
fn spans_are_inside_the_file() {
    for fixture in Fixture::all() {
        for finding in fixture.check().diagnostics {
            let edits = finding.suggestion.iter().map(|edit| edit.span);
            assert!(!finding.labels.is_empty(), "{}", fixture.name);
            for span in finding.labels.iter().map(|label| label.span).chain(edits) {
                assert!(span.start <= span.end, "{}: {finding:?}", fixture.name);
                assert!(
                    span.end <= fixture.text.len(),
                    "{}: {finding:?}",
                    fixture.name
                );
            }
        }
    }
}

/// Tools apply suggestions without review, so a suggestion must remove its diagnostic.
#[test]
fn suggestions_fix_their_diagnostic() {
    for fixture in Fixture::all() {
        let analysis = fixture.check();
        for finding in &analysis.diagnostics {
            let Some(edit) = &finding.suggestion else {
                continue;
            };
            let mut text = fixture.text.clone();
            text.splice(edit.span.start..edit.span.end, edit.replacement.bytes());
            let after = check(&text, &fixture.levels).diagnostics;
            let same = after
                .iter()
                .filter(|other| other.code == finding.code && other.message == finding.message);
            let before = analysis
                .diagnostics
                .iter()
                .filter(|other| other.code == finding.code && other.message == finding.message);
            assert!(
                same.count() < before.count(),
                "{}: {finding:?} stays after its suggestion",
                fixture.name
            );
        }
    }
}

#[test]
fn docs_diagnostics_md_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics.md");
    let page = explain::page();
    if updating() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/diagnostics.md is outdated: run the tests with UPDATE_GOLDEN=1"
    );
}

fn codes(text: &str, levels: &Levels) -> Vec<&'static str> {
    let findings = check(text.as_bytes(), levels).diagnostics;
    findings.iter().map(|found| found.code.as_str()).collect()
}

#[test]
fn consequences_of_an_error_are_not_reported() {
    let none = Levels::default();
    for (text, expected) in [
        // Uses of malformed definitions.
        ("struct A { int32 x }; message M { A a; A *b; };", "E0003"),
        (
            "enum8 E { A B }; message M { E e; switch (e) { case A: uint8 x; } u; };",
            "E0003",
        ),
        ("channel B { M m }; channel C : B { };", "E0003"),
        (
            "message M { struct In { int8 }; } m; struct S { In i; };",
            "E0003",
        ),
        ("strukt A {}; message M { A a; };", "E0003"),
        ("message M { uint9 n; uint8 d[n]; };", "E0102"),
        (
            "typedef t nothing; message M { t n; uint8 d[n]; switch (n) { case A: t x; } u; };",
            "E0102",
        ),
        (
            "typedef uint32 name; message M { name n; uint8 d[n]; };",
            "E0107",
        ),
        // Values counted from an invalid value.
        ("enum8 E { A = 300, B, C };", "E0203"),
        ("flags8 F { A = 8, B };", "E0203"),
        (
            "message M {}; channel C { M a = 70000; M b; M c; };",
            "E0206",
        ),
        // Numbers that do not fit in 64 bits.
        ("enum8 E { A = 0xfffffffffffffffffffffff, B };", "E0005"),
        ("message M { uint8 a[99999999999999999999999]; };", "E0005"),
        (
            "message M { uint8 a @virtual(99999999999999999999999); };",
            "E0005",
        ),
        (
            "message M {}; channel C { M a = 99999999999999999999999; };",
            "E0005",
        ),
    ] {
        let text = format!("{text}\nprotocol P {{}};\n");
        assert_eq!(codes(&text, &none), [expected], "{text}");
    }
}

#[test]
fn malformed_definition_does_not_hide_other_errors() {
    let text = "struct A { int32 x };\nmessage M { A a; B b; };\nprotocol P {};\n";
    assert_eq!(codes(text, &Levels::default()), ["E0003", "E0102"]);
}

#[test]
fn every_warning_can_be_allowed_and_denied() {
    for fixture in Fixture::all() {
        let code = fixture.code();
        if code.severity() == Severity::Error && !Levels::can_be_lowered(code) {
            continue;
        }
        for (level, expected) in [
            (Level::Deny, true),
            (Level::Warn, false),
            (Level::Allow, false),
        ] {
            let mut levels = Levels::default();
            levels.set(code, level);
            let analysis = check(&fixture.text, &levels);
            assert_eq!(analysis.failed(), expected, "{} {level:?}", fixture.name);
            let silent = analysis.diagnostics.iter().all(|found| found.code != code);
            assert_eq!(silent, level == Level::Allow, "{} {level:?}", fixture.name);
        }
    }
}

#[test]
fn only_duplicate_message_id_can_be_lowered() {
    let text = "struct A { B b; };\nprotocol P {};\n";
    let mut levels = Levels::default();
    levels.set(Code::UnknownType, Level::Allow);
    assert!(check(text.as_bytes(), &levels).failed());
    assert!(Levels::check(Code::UnknownType, Level::Warn).is_err());
    assert!(Levels::check(Code::UnknownType, Level::Deny).is_ok());
    assert!(Levels::check(Code::DuplicateMessageId, Level::Warn).is_ok());
}

/// Protos published from 2011 to 2018 have four messages with the id 101.
#[test]
fn duplicate_id_last_wins_and_others_become_types() {
    let text = fs::read(folder().join("E0204-smartcard.proto")).unwrap();
    let config = Config::new();
    let error = config.generate("smartcard.proto", &text).unwrap_err();
    let codes: BTreeSet<Code> = error.diagnostics().iter().map(|found| found.code).collect();
    assert_eq!(codes, BTreeSet::from([Code::DuplicateMessageId]));
    let lowered = config
        .level(Code::DuplicateMessageId, Level::Warn)
        .level(Code::NotPortable, Level::Allow);
    let generated = lowered.generate("smartcard.proto", &text).unwrap();
    assert_eq!(generated.warnings.len(), 3);
    let channel = generated.text.split("pub mod smartcard").nth(1).unwrap();
    let client = channel.split("pub mod client").nth(1).unwrap();
    for body in ["Header", "SpiceError", "Atr<", "ReaderAdd<"] {
        assert!(
            client.contains(&format!("pub struct {body}")),
            "{body} in {client}"
        );
    }
    let messages = client.split("pub enum Message").nth(1).unwrap();
    let variants = messages.split("\n        }").next().unwrap();
    assert!(variants.contains("ReaderAdd("), "{variants}");
    for replaced in ["Header(", "Error(", "Atr("] {
        assert!(!variants.contains(replaced), "{variants}");
    }
    let (_, table) = client.split_once("impl_messages!").unwrap();
    let (table, _) = table.split_once('}').unwrap();
    let words: Vec<&str> = table.split_whitespace().collect();
    let with_id = words.windows(2).filter(|pair| pair[0] == "101");
    let constants: Vec<&str> = with_id.map(|pair| pair[1]).collect();
    assert_eq!(constants, ["READER_ADD"]);
}

/// Set in the process that acts as a build script.
const BUILD_SCRIPT: &str = "SPICE_PROTO_TEST_BUILD_SCRIPT";

/// Acts as a build script with an invalid proto when the next test runs it.
#[test]
fn as_a_build_script() {
    if std::env::var_os(BUILD_SCRIPT).is_some() {
        spice_proto_gen::compile("tests/diagnostics/E0102-unknown-type.proto");
        unreachable!("the build continues after an error");
    }
}

#[test]
fn build_script_prints_errors_for_cargo_and_exits() {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "diagnostics::as_a_build_script", "--nocapture"])
        .env(BUILD_SCRIPT, "1")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let (stdout, stderr) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    let path = "tests/diagnostics/E0102-unknown-type.proto";
    for line in [
        format!("cargo::rerun-if-changed={path}"),
        format!("cargo::error={path}:6:5: there is no type `Rekt` (E0102); did you mean `Rect`?"),
    ] {
        // The test harness may print before the first line.
        assert!(
            stdout.lines().any(|found| found.ends_with(&line)),
            "{stdout}"
        );
    }
    assert!(
        stderr.contains("error[E0102]: there is no type `Rekt`\n"),
        "{stderr}"
    );
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let tally = format!("4 errors in {}\n", file.display());
    assert!(stderr.ends_with(&tally), "{stderr}");
}
