//! Runs the command `spice-proto`.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{self, Ran};

const RIGHT: &str = "channel Echo { server: message { uint32 n; } tick; client: message { uint32 n; } tock; };\nprotocol P { Echo echo = 7; };\n";
const WRONG: &str = "struct Point {\n    int33 x;\n};\n\nprotocol P {};\n";
const WARNED: &str = "message M {\n    uint8 data[0x10];\n};\n\nprotocol P {};\n";

/// Creates a folder with the protos for one test.
fn folder(test: &str) -> PathBuf {
    let folder = support::folder(test);
    for (name, text) in [
        ("right.proto", RIGHT),
        ("wrong.proto", WRONG),
        ("warned.proto", WARNED),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spice-proto"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("NO_COLOR");
    command
}

fn run(test: &str, arguments: &[&str]) -> Ran {
    command(&folder(test), arguments).output().unwrap().into()
}

#[test]
fn rust_prints_to_standard_output() {
    let ran = run("stdout", &["rust", "right.proto"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.contains("pub struct Tick"), "{}", ran.stdout);
    assert!(ran.stdout.contains("pub struct Tock"), "{}", ran.stdout);
}

#[test]
fn rust_writes_a_file_only_if_it_changes() {
    let folder = folder("file");
    let path = folder.join("new/echo.rs");
    let arguments = ["rust", "right.proto", "-o", "new/echo.rs"];
    let first: Ran = command(&folder, &arguments).output().unwrap().into();
    assert_eq!((first.status, first.stdout.as_str()), (0, ""));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("pub struct Tick"));
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(time).unwrap();
    let again: Ran = command(&folder, &arguments).output().unwrap().into();
    assert_eq!(again.status, 0);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), time);
    fs::write(&path, "old").unwrap();
    let changed: Ran = command(&folder, &arguments).output().unwrap().into();
    assert_eq!(changed.status, 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn invalid_proto_generates_no_rust() {
    let folder = folder("no_rust");
    let arguments = ["rust", "wrong.proto", "-o", "wrong.rs"];
    let ran: Ran = command(&folder, &arguments).output().unwrap().into();
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("error[E0102]"), "{}", ran.stderr);
    assert!(!folder.join("wrong.rs").exists());
}

#[test]
fn rust_accepts_the_settings_of_the_compiler() {
    let only = run("only", &["rust", "right.proto", "--side", "server"]);
    assert_eq!(only.status, 0);
    assert!(only.stdout.contains("pub struct Tick"));
    assert!(!only.stdout.contains("pub struct Tock"), "{}", only.stdout);
    let arguments = [
        "rust",
        "right.proto",
        "--channel",
        "echo",
        "--derive",
        "echo.server.tick=PartialOrd",
        "--type-attribute",
        "echo.client.tock=#[must_use = \"=\"]",
        "--message-attribute",
        ".=#[doc(alias = \"struct\")]",
        "--enum-attribute",
        ".=#[doc(alias = \"enum\")]",
        "--field-attribute",
        ".echo.server=#[doc(alias = \"field\")]",
        "--runtime-path",
        "crate::runtime",
        "--serde",
        "--arbitrary",
        "--feature-gated",
    ];
    let more = run("more", &arguments);
    assert_eq!((more.status, more.stderr.as_str()), (0, ""));
    for implemented in [
        "::serde::Serialize",
        "::Arbitrary<'a> for Tick",
        "#[cfg(feature = \"arbitrary\")]",
    ] {
        assert!(more.stdout.contains(implemented), "{}", more.stdout);
        assert!(!only.stdout.contains(implemented), "{}", only.stdout);
    }
    assert!(more.stdout.contains("PartialOrd"), "{}", more.stdout);
    for attribute in [
        "#[must_use = \"=\"]",
        "#[doc(alias = \"struct\")]",
        "#[doc(alias = \"enum\")]",
        "#[doc(alias = \"field\")]",
        "use crate::runtime as __runtime;",
    ] {
        assert!(more.stdout.contains(attribute), "{}", more.stdout);
    }
}

#[test]
fn check_reports_all_files() {
    let ran = run(
        "check",
        &["check", "wrong.proto", "right.proto", "warned.proto"],
    );
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr.contains(" --> wrong.proto:2:5\n"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains(" --> warned.proto:2:16\n"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.ends_with("spice-proto: 1 error, 1 warning\n"),
        "{}",
        ran.stderr
    );
    let fine = run("check_fine", &["check", "right.proto"]);
    assert_eq!((fine.status, fine.stderr.as_str()), (0, ""));
}

#[test]
fn json_has_one_line_per_diagnostic() {
    let json = ["--message-format", "json"];
    let ran = run(
        "json",
        &["check", json[0], json[1], "wrong.proto", "warned.proto"],
    );
    assert_eq!((ran.status, ran.stderr.as_str()), (1, ""));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.stdout);
    assert!(
        lines[0].starts_with(r#"{"code":"E0102","severity":"error","#),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with(r#"{"code":"W0004","severity":"warning","#),
        "{}",
        lines[1]
    );
    assert!(
        lines[1].contains(r#""path":"warned.proto""#),
        "{}",
        lines[1]
    );
    // Standard output receives the Rust text.
    let rust = run("json_rust", &["rust", json[0], json[1], "warned.proto"]);
    assert_eq!(rust.status, 0);
    assert!(
        rust.stderr.starts_with(r#"{"code":"W0004""#),
        "{}",
        rust.stderr
    );
    assert!(rust.stdout.starts_with("//"), "{}", rust.stdout);
}

#[test]
fn check_reports_names_that_collide_in_rust() {
    let folder = folder("collision");
    let text = "struct a_b {}; struct aB {};\nprotocol P { };\n";
    fs::write(folder.join("names.proto"), text).unwrap();
    for subcommand in ["check", "rust"] {
        let arguments = [subcommand, "names.proto"];
        let ran: Ran = command(&folder, &arguments).output().unwrap().into();
        assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
        assert!(ran.stderr.contains("error[E0801]"), "{}", ran.stderr);
    }
}

#[test]
fn last_level_of_a_code_wins() {
    let status = |test: &str, options: &[&str]| {
        let mut arguments = vec!["check", "warned.proto"];
        arguments.extend(options);
        let ran = run(test, &arguments);
        (ran.status, ran.stderr.contains("W0004"))
    };
    assert_eq!(status("level_none", &[]), (0, true));
    assert_eq!(status("level_deny", &["-D", "W0004"]), (1, true));
    assert_eq!(status("level_allow", &["--allow", "w0004"]), (0, false));
    assert_eq!(
        status("level_last", &["-D", "W0004", "-A", "W0004"]),
        (0, false)
    );
    assert_eq!(
        status("level_first", &["-A", "W0004", "-D", "W0004"]),
        (1, true)
    );
    let asked = run("level_asked", &["check", "-W", "W0005", "right.proto"]);
    assert_eq!(asked.status, 0);
    assert!(asked.stderr.contains("warning[W0005]"), "{}", asked.stderr);
}

#[test]
fn duplicate_message_id_can_be_lowered_to_a_warning() {
    let folder = folder("published");
    let text = "message M {}; channel C { client: M a = 101; M b = 101; };\nprotocol P { C c; };\n";
    fs::write(folder.join("old.proto"), text).unwrap();
    let ran: Ran = command(&folder, &["rust", "old.proto"])
        .output()
        .unwrap()
        .into();
    assert_eq!(ran.status, 1);
    let lowered = ["rust", "--warn", "E0204", "old.proto"];
    let ran: Ran = command(&folder, &lowered).output().unwrap().into();
    assert_eq!(ran.status, 0);
    assert!(ran.stderr.contains("warning[E0204]"), "{}", ran.stderr);
}

#[test]
fn unusable_arguments_and_files_exit_with_status_2() {
    for (test, arguments, expected) in [
        ("use_none", &[][..], "Usage"),
        ("use_file", &["check"], "<FILE>"),
        (
            "use_code",
            &["check", "-D", "E9999", "right.proto"],
            "unknown code `E9999`",
        ),
        (
            "use_fixed",
            &["check", "-W", "E0102", "right.proto"],
            "E0102 (unknown type) is always an error",
        ),
        ("use_near", &["explain", "E012"], "did you mean E010"),
        (
            "use_derive",
            &["rust", "--derive", "Tick", "right.proto"],
            "expected PATH=VALUE",
        ),
        (
            "use_only",
            &["rust", "--side", "both", "right.proto"],
            "both",
        ),
        (
            "use_channel",
            &["rust", "--channel", "ecoh", "right.proto"],
            "spice-proto: the protocol has no channel `ecoh`; did you mean `echo`?",
        ),
        (
            "use_type",
            &["rust", "--derive", ".echo.server.tikc=Eq", "right.proto"],
            "spice-proto: no generated type has the path `.echo.server.tikc`; \
             did you mean `.echo.server.tick`?",
        ),
        (
            "use_extern",
            &["rust", "--extern-path", ".Nope=::a::B", "right.proto"],
            "spice-proto: no definition has the path `.Nope`",
        ),
        (
            "use_missing",
            &["check", "missing.proto"],
            "spice-proto: cannot read missing.proto: ",
        ),
        ("use_folder", &["rust", "."], "spice-proto: cannot read .: "),
        (
            "use_output",
            &["rust", "right.proto", "-o", "right.proto/x.rs"],
            "spice-proto: cannot create right.proto: ",
        ),
    ] {
        let ran = run(test, arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(
            ran.stderr.contains(expected),
            "{arguments:?}: {}",
            ran.stderr
        );
    }
}

#[test]
fn unreadable_file_does_not_hide_the_others() {
    let ran = run("missing", &["check", "missing.proto", "wrong.proto"]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.stderr.contains("cannot read missing.proto"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("error[E0102]"), "{}", ran.stderr);
}

#[test]
fn dash_reads_standard_input() {
    let folder = folder("stdin");
    let mut child = command(&folder, &["check", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(WRONG.as_bytes())
        .unwrap();
    let ran: Ran = child.wait_with_output().unwrap().into();
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains(" --> <stdin>:2:5\n"), "{}", ran.stderr);
}

#[test]
fn color_can_be_forced_or_disabled() {
    let colored = |test: &str, arguments: &[&str]| {
        let ran = run(test, arguments);
        ran.stderr.contains('\u{1b}')
    };
    assert!(colored(
        "color_always",
        &["check", "--color", "always", "wrong.proto"]
    ));
    assert!(!colored(
        "color_never",
        &["check", "--color", "never", "wrong.proto"]
    ));
    // Standard error is not a terminal here.
    assert!(!colored("color_auto", &["check", "wrong.proto"]));
}

#[test]
fn explain_prints_one_code_or_the_list() {
    let ran = run("explain", &["explain", "e0101"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert!(
        ran.stdout.starts_with("# E0101: duplicate definition\n"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("## Wrong"), "{}", ran.stdout);
    let all = run("explain_all", &["explain"]);
    assert_eq!(all.status, 0);
    assert!(
        all.stdout.contains("\nW0001  unreachable case\n"),
        "{}",
        all.stdout
    );
}

/// `spice-proto rust … | head -1` closes the pipe early.
#[test]
fn closed_pipe_is_not_an_error() {
    let folder = folder("pipe");
    let many: String = (0..3000)
        .map(|number| format!("struct S{number} {{ int33 x; }};\n"))
        .collect();
    fs::write(
        folder.join("many.proto"),
        format!("{many}protocol P {{}};\n"),
    )
    .unwrap();
    let json = ["check", "--message-format", "json", "many.proto"];
    for (arguments, expected) in [
        (&["rust", "right.proto"][..], 0),
        (&json[..], 1),
        (&["explain"][..], 0),
    ] {
        let mut child = command(&folder, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        assert_eq!(
            child.wait().unwrap().code(),
            Some(expected),
            "{arguments:?}"
        );
        assert_eq!(stderr, "", "{arguments:?}");
    }
    let mut child = command(&folder, &["check", "many.proto"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}
