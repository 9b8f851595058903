//! `spice-proto diff`: the report of each code, the published history in small protos, and the options.
//!
//! `UPDATE_GOLDEN=1 cargo test -p spice-proto-cli --test command diff` rewrites the golden files.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{self, Ran, assert_golden, assert_page, folder, repository};
use crate::{prng, random};
use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::diff::{Change, ChangeCode, Impact, Version, compare};

/// Two versions of a proto for each code. A text without a `protocol` has the
/// members of the server message `m` of channel `c`, or a type that it uses.
const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "C0101",
        "channel C { };\nprotocol P {\n    C c;\n};\n",
        "channel C { };\nchannel D : C {\nserver:\n    message { } a;\nclient:\n    message { } b;\n};\nprotocol P {\n    C c;\n    D d = 7;\n    C e;\n};\n",
    ),
    (
        "C0102",
        "channel C { message { } m; };\nprotocol P {\n    C c;\n    C d;\n};\n",
        "channel C { message { } m; };\nprotocol P {\n    C c;\n};\n",
    ),
    (
        "C0103",
        "channel C { message { } m; };\nprotocol P {\n    C c;\n};\n",
        "channel C { message { } m; };\nprotocol P {\n    C c = 2;\n};\n",
    ),
    (
        "C0201",
        "channel C {\n    message { } a;\n};\nprotocol P { C c; };\n",
        "channel C {\n    message { } a;\nclient:\n    message { } b = 3;\n};\nprotocol P { C c; };\n",
    ),
    (
        "C0202",
        "channel C {\n    message { } a;\n    message { } b;\n};\nprotocol P { C c; };\n",
        "channel C {\n    message { } a;\n};\nprotocol P { C c; };\n",
    ),
    (
        "C0203",
        "channel C {\nclient:\n    message { } a;\n    message { } b;\n};\nprotocol P { C c; };\n",
        "channel C {\nclient:\n    message { } a;\n    message { } b = 5;\n};\nprotocol P { C c; };\n",
    ),
    (
        "C0301",
        "uint8 a;\nuint8 b;\n",
        "uint8 a;\nuint16 more;\nuint8 b;\nuint8 last;\n",
    ),
    ("C0302", "uint8 a;\nuint8 b;\nuint8 c;\n", "uint8 b;\n"),
    (
        "C0303",
        "uint8 a;\nuint16 b;\nuint8 c;\n",
        "uint8 c;\nuint16 b;\nuint8 a;\n",
    ),
    (
        "C0304",
        "uint32 a;\nuint8 n;\nuint16 list[n];\n",
        "uint16 a;\nuint8 n;\nuint8 list[n];\n",
    ),
    ("C0305", "uint32 a;\n", "int32 a;\n"),
    ("C0306", "uint32 a;\n", "struct S {\n    uint8 x;\n} a;\n"),
    (
        "C0307",
        "uint8 n;\nuint8 *data[n];\n",
        "uint8 n;\nuint8 data[n];\n",
    ),
    (
        "C0308",
        "uint8 n;\nuint8 k;\nuint8 a[4];\nuint8 b[n];\nuint8 c[cstring()];\nuint8 d;\nuint8 e[image_size(8, n, k)];\n",
        "uint8 n;\nuint8 k;\nuint8 a[5];\nuint8 b[k];\nuint8 c[n];\nuint8 d[1];\nuint8 e[image_size(4, n, k)];\n",
    ),
    (
        "C0309",
        "uint8 *a[4];\nuint8 *b[4] @nonnull;\n",
        "uint8 *a[4] @nonnull;\nuint8 *b[4];\n",
    ),
    (
        "C0310",
        "uint8 *a[4];\nuint8 *b[4] @marshall;\n",
        "uint8 *a[4] @marshall;\nuint8 *b[4] @marshall;\n",
    ),
    (
        "C0311",
        "uint8 a;\nuint8 b @zero;\n",
        "uint8 a @zero;\nuint8 b;\n",
    ),
    (
        "C0312",
        "uint8 a;\nuint16 b @virtual(1);\n",
        "uint8 a @virtual(1);\nuint16 b;\n",
    ),
    (
        "C0401",
        "kind k;\nkind l;\nswitch (k) {\ncase A:\n    uint8 a;\n} u;\n",
        "kind k;\nkind l;\nswitch (l) {\ncase A:\n    uint8 a;\n} u;\n",
    ),
    (
        "C0402",
        "kind k;\nswitch (k) {\ncase A:\n    uint8 a;\n} u;\n",
        "kind k;\nswitch (k) {\ncase A:\n    uint8 a;\ncase B:\n    uint8 b;\n} u;\n",
    ),
    (
        "C0403",
        "kind k;\nswitch (k) {\ncase A:\n    uint8 a;\ndefault:\n    uint16 b;\n} u;\n",
        "kind k;\nswitch (k) {\ncase A:\n    uint8 a;\n} u;\n",
    ),
    (
        "C0404",
        "enum8 e { A };\nchannel C {\n    message {\n        e k;\n        switch (k) {\n        case A:\n            uint8 a;\n        } u;\n    } m;\n};\nprotocol P { C c; };\n",
        "enum8 e { A, B };\nchannel C {\n    message {\n        e k;\n        switch (k) {\n        case A:\n            uint8 a;\n        case B:\n            uint16 b;\n        } u;\n    } m;\n};\nprotocol P { C c; };\n",
    ),
    (
        "C0405",
        "bits k;\nswitch (k) {\ncase X:\n    uint8 a;\ncase Y:\n    uint16 b;\n} u;\n",
        "bits k;\nswitch (k) {\ncase Y:\n    uint16 b;\ncase X:\n    uint8 a;\n} u;\n",
    ),
    (
        "C0501",
        "enum8 e { ONE, TWO };\n",
        "enum8 e { ONE, TWO, THREE };\n",
    ),
    ("C0502", "enum8 e { ONE, TWO };\n", "enum8 e { ONE };\n"),
    (
        "C0503",
        "flags8 e { ONE, TWO };\n",
        "flags8 e { ONE, TWO = 2 };\n",
    ),
    (
        "C0504",
        "enum8 e { ONE, TWO };\n",
        "enum16 e { ONE, TWO };\n",
    ),
    (
        "C0901",
        "channel C { };\nprotocol P {\n    C old = 4;\n};\n",
        "channel C { };\nprotocol P {\n    C new = 4;\n};\n",
    ),
    (
        "C0902",
        "channel C { message { } old; };\nprotocol P { C c; };\n",
        "channel C { message { } new; };\nprotocol P { C c; };\n",
    ),
    (
        "C0903",
        "uint8 n;\nuint16 list[n];\n",
        "uint8 size;\nuint16 list[size];\n",
    ),
    (
        "C0904",
        "struct Old { uint8 a; };\nchannel C { message { Old s; } m; };\nprotocol P { C c; };\n",
        "struct New { uint8 a; };\nchannel D { message { New s; } m; };\nprotocol Q { D c; };\n",
    ),
    (
        "C0905",
        "enum8 e { ONE, TWO };\n",
        "enum8 e { ONE, ZWEI };\n",
    ),
    ("C0906", "kind a;\nuint32 b;\n", "uint8 a;\nid b;\n"),
    (
        "C0907",
        "int32 x;\nint32 y;\nuint8 n;\n",
        "struct Point {\n    int32 x;\n    int32 y;\n} at;\nuint8 n;\n",
    ),
    (
        "C0908",
        "enum8 unused { A };\nchannel C { };\nprotocol P { C c; };\n",
        "channel C { };\nprotocol P { C c; };\n",
    ),
    ("C0909", "uint8 a @virtual(1);\n", "uint8 a @virtual(2);\n"),
    (
        "C0910",
        "channel B { };\nchannel C { message { } m; };\nprotocol P { C c; };\n",
        "channel B { message { } m; };\nchannel C : B { };\nprotocol P { C c; };\n",
    ),
];

/// The proto with an example of [`EXAMPLES`].
fn proto(example: &str) -> String {
    if example.contains("protocol") {
        return example.to_owned();
    }
    let (types, members) = match example.starts_with("enum") || example.starts_with("flags") {
        true => (example, "e field;\n"),
        false => ("", example),
    };
    let members = members.lines().map(|line| format!("        {line}\n"));
    format!(
        "typedef id uint32;\nenum8 kind {{ A, B }};\nflags8 bits {{ X, Y }};\n{types}\
         channel C {{\n    message {{\n{}    }} m;\n}};\nprotocol P {{ C c; }};\n",
        members.collect::<String>()
    )
}

/// A folder with two versions.
fn versions(test: &str, old: &str, new: &str) -> PathBuf {
    let folder = folder(&format!("diff_{test}"));
    fs::write(folder.join("old.proto"), old).unwrap();
    fs::write(folder.join("new.proto"), new).unwrap();
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = support::command(&[&["diff"], arguments].concat());
    command.current_dir(folder);
    command
}

/// The exit status, standard output and standard error of a run.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let ran = Ran::from(command(folder, arguments).output().unwrap());
    (ran.status, ran.stdout, ran.stderr)
}

#[test]
fn every_code_has_a_golden_report() {
    let codes: Vec<&str> = EXAMPLES.iter().map(|(code, ..)| *code).collect();
    let all: Vec<&str> = ChangeCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes, all);
    for (code, old, new) in EXAMPLES {
        let folder = versions(code, &proto(old), &proto(new));
        let (status, report, tally) = run(&folder, &["old.proto", "new.proto"]);
        assert!(
            report.contains(&format!("({code})\n")),
            "{code}: {report}{tally}"
        );
        let code: ChangeCode = code.parse().unwrap();
        if code.impact() == Impact::Breaking {
            assert_eq!(status, 1, "{code}");
        }
        assert_golden(&format!("diff/{code}.txt"), &format!("{report}{tally}"));
    }
}

#[test]
fn proto_does_not_differ_from_itself() {
    for (code, old, new) in EXAMPLES {
        for text in [old, new] {
            let folder = versions(&format!("{code}-same"), &proto(text), &proto(text));
            let ran = run(&folder, &["old.proto", "new.proto"]);
            assert_eq!(ran, (0, String::new(), String::new()), "{code}");
        }
    }
}

/// Changes of the published protocol, in small protos.
const HISTORY: &[(&str, &str, &str)] = &[
    // 2012: ports are channels of their own.
    (
        "port-channel",
        include_str!("../../../tests/port_channel/protos/before.proto"),
        include_str!("../../../tests/port_channel/protos/after.proto"),
    ),
    // The address of the target host of a migration becomes a struct that a new message shares.
    (
        "seamless-migration",
        "channel MainChannel {\nserver:\n    message {\n        uint16 port;\n        uint16 sport;\n        uint32 host_size;\n        uint8 *host_data[host_size] @zero_terminated @marshall @nonnull;\n    } migrate_begin = 101;\n    message { } migrate_cancel;\n};\nprotocol Spice {\n    MainChannel main = 1;\n};\n",
        "struct DstInfo {\n    uint16 port;\n    uint16 sport;\n    uint32 host_size;\n    uint8 *host_data[host_size] @zero_terminated @marshall @nonnull;\n};\nchannel MainChannel {\nserver:\n    message {\n        DstInfo dst_info;\n    } migrate_begin = 101;\n    message { } migrate_cancel;\n    message {\n        DstInfo dst_info;\n        uint32 src_mig_version;\n    } migrate_begin_seamless;\n};\nprotocol Spice {\n    MainChannel main = 1;\n};\n",
    ),
    // Images compressed with LZ4.
    (
        "lz4-images",
        "enum8 image_type { BITMAP, LZ = 100 };\nstruct Data { uint32 size; uint8 data[size]; };\nstruct Image {\n    image_type type;\n    switch (type) {\n    case BITMAP:\n    case LZ:\n        Data data;\n    } u;\n};\nchannel DisplayChannel {\n    message { Image *image; } draw = 302;\n};\nprotocol Spice {\n    DisplayChannel display = 2;\n};\n",
        "enum8 image_type { BITMAP, LZ = 100, LZ4 };\nstruct Data { uint32 size; uint8 data[size]; };\nstruct Image {\n    image_type type;\n    switch (type) {\n    case BITMAP:\n    case LZ:\n        Data data;\n    case LZ4:\n        Data lz4;\n    } u;\n};\nchannel DisplayChannel {\n    message { Image *image; } draw = 302;\n};\nprotocol Spice {\n    DisplayChannel display = 2;\n};\n",
    ),
    // The messages of the smart card channel, which had one id until 2018, become one message.
    (
        "smartcard-ids",
        include_str!("../../../tests/diagnostics/E0204-smartcard.proto"),
        "channel BaseChannel {};\nchannel SmartcardChannel : BaseChannel {\nserver:\n    message {\n        uint32 type;\n        uint32 reader_id;\n        uint32 length;\n        uint8 data[length];\n    } data = 101;\nclient:\n    message {\n        uint32 type;\n        uint32 reader_id;\n        uint32 length;\n        uint8 data[length];\n    } data = 101;\n} @ifdef(USE_SMARTCARD);\nprotocol Spice {\n    SmartcardChannel smartcard = 8;\n};\n",
    ),
    // The messages of the USB channel become those of a common parent.
    (
        "usbredir-parent",
        "channel BaseChannel { message { uint8 data[]; } migrate_data = 2; };\nmessage Data { uint8 data[]; };\nchannel UsbredirChannel : BaseChannel {\nserver:\n    Data data = 101;\nclient:\n    Data data = 101;\n};\nprotocol Spice {\n    UsbredirChannel usbredir = 9;\n};\n",
        "channel BaseChannel { message { uint8 data[]; } migrate_data = 2; };\nmessage Data { uint8 data[]; };\nchannel SpicevmcChannel : BaseChannel {\nserver:\n    Data data = 101;\nclient:\n    Data data = 101;\n};\nchannel UsbredirChannel : SpicevmcChannel {};\nprotocol Spice {\n    UsbredirChannel usbredir = 9;\n};\n",
    ),
];

#[test]
fn published_changes_are_judged() {
    for (name, old, new) in HISTORY {
        let folder = versions(name, old, new);
        let arguments = ["old.proto", "new.proto", "--warn", "E0204"];
        let (status, report, tally) = run(&folder, &arguments);
        let golden = format!("{report}{tally}exit status {status}\n");
        assert_golden(&format!("diff/history/{name}.txt"), &golden);
    }
}

#[test]
fn port_channel_is_a_compatible_change() {
    let (_, old, new) = HISTORY[0];
    let folder = versions("port", old, new);
    let (status, report, tally) = run(&folder, &["old.proto", "new.proto"]);
    assert_eq!(status, 0);
    let change = "compatible: channel port (10), 1 client and 2 server messages (C0101)\n";
    assert!(report.starts_with(change), "{report}");
    assert_eq!(tally, "spice-proto: 1 compatible change\n");
    let (status, report, _) = run(&folder, &["new.proto", "old.proto"]);
    assert_eq!(status, 1);
    assert!(
        report.contains("breaking: channel port (10) is removed (C0102)\n"),
        "{report}"
    );
}

/// A proto with a breaking, a compatible and a source-only change to [`NEW`].
const OLD: &str =
    "enum8 e { A };\nchannel C {\n    message { e k; uint32 n; } m;\n};\nprotocol P { C c; };\n";
const NEW: &str = "enum8 e { A, B };\nchannel C {\n    message { e k; uint16 n; } renamed;\n};\nprotocol P { C c; };\n";

#[test]
fn levels_select_what_is_shown_and_what_fails() {
    let folder = versions("levels", OLD, NEW);
    let run = |options: &[&str]| {
        let arguments = [&["old.proto", "new.proto"], options].concat();
        let (status, report, tally) = run(&folder, &arguments);
        let codes = report
            .lines()
            .filter_map(|line| line.strip_suffix(')')?.rsplit_once(" ("));
        let codes: Vec<String> = codes.map(|(_, code)| code.to_owned()).collect();
        (status, codes.join(" "), tally)
    };
    let tally = "spice-proto: 1 breaking change, 1 compatible change, 1 source-only change\n";
    assert_eq!(run(&[]), (1, "C0304 C0501 C0902".into(), tally.into()));
    let tally = "spice-proto: 1 breaking change\n";
    assert_eq!(
        run(&["--level", "breaking"]),
        (1, "C0304".into(), tally.into())
    );
    let ignored = ["--ignore", "c0304", "--level", "compatible"];
    let tally = "spice-proto: 1 compatible change\n";
    assert_eq!(run(&ignored), (0, "C0501".into(), tally.into()));
    let (status, ..) = run(&["--ignore", "C0304", "--fail", "compatible"]);
    assert_eq!(status, 1);
    let (status, ..) = run(&[
        "--ignore",
        "C0304",
        "--ignore",
        "C0501",
        "--fail",
        "source-only",
    ]);
    assert_eq!(status, 1);
}

#[test]
fn json_has_one_line_per_change() {
    let folder = versions("json", OLD, NEW);
    let arguments = ["old.proto", "new.proto", "--message-format", "json"];
    let (status, report, errors) = run(&folder, &arguments);
    assert_eq!((status, errors.as_str()), (1, ""));
    assert_golden("diff/changes.jsonl", &report);
}

#[test]
fn versions_come_from_git_and_standard_input() {
    let folder = versions("git", OLD, NEW);
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"];
        let mut git = Command::new("git");
        git.args(identity)
            .args(["-c", "commit.gpgsign=false"])
            .args(arguments);
        let output = git.current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    fs::create_dir(folder.join("inner")).unwrap();
    fs::rename(folder.join("old.proto"), folder.join("inner/p.proto")).unwrap();
    git(&["init", "-q"]);
    git(&["add", "inner/p.proto"]);
    git(&["commit", "-q", "-m", "old"]);
    fs::write(folder.join("inner/p.proto"), NEW).unwrap();
    let (status, report, _) = run(&folder, &["git:HEAD:inner/p.proto", "inner/p.proto"]);
    assert_eq!(status, 1);
    assert!(
        report.contains(" --> git:HEAD:inner/p.proto:3:27\n"),
        "{report}"
    );
    assert!(report.contains(" ::: inner/p.proto:3:27\n"), "{report}");
    let inner = run(&folder.join("inner"), &["git:HEAD:./p.proto", "p.proto"]);
    assert_eq!(inner.0, 1);

    let mut child = command(&folder, &["-", "new.proto"]);
    let child = child
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(OLD.as_bytes())
        .unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.contains(" --> <stdin>:3:27\n"), "{}", ran.stdout);
}

#[test]
fn unusable_versions_are_reported() {
    let folder = versions(
        "unusable",
        "struct S { Unknown x; };\nprotocol P {};\n",
        NEW,
    );
    let (status, report, errors) = run(&folder, &["old.proto", "new.proto"]);
    assert_eq!((status, report.as_str()), (1, ""));
    assert!(errors.contains("error[E0102]"), "{errors}");
    for (arguments, expected) in [
        (
            ["missing.proto", "new.proto"],
            "cannot read missing.proto: ",
        ),
        (
            ["git:no-such-revision:x", "new.proto"],
            "cannot read git:no-such-revision:x: fatal: ",
        ),
        (
            ["git:--output=x:y", "new.proto"],
            "cannot read git:--output=x:y: fatal: ",
        ),
        (["-", "-"], "only one version can be standard input"),
    ] {
        let (status, report, errors) = run(&folder, &arguments);
        assert_eq!((status, report.as_str()), (2, ""), "{arguments:?}");
        assert!(errors.contains(expected), "{arguments:?}: {errors}");
    }
    let (status, _, errors) = run(&folder, &["new.proto", "new.proto", "--ignore", "E0101"]);
    assert_eq!(status, 2);
    assert!(
        errors.contains("unknown code `E0101`; codes of changes look like C0101"),
        "{errors}"
    );
    assert!(!folder.join("x").exists() && !folder.join("x:y").exists());
}

/// The comparison takes neither exponential time nor a deep stack.
#[test]
fn hostile_protos_are_compared() {
    let mut old = String::from("struct S0 { uint8 a; uint8 b; };\n");
    for level in 1..24 {
        let inner = level - 1;
        old += &format!("struct S{level} {{ S{inner} a; S{inner} b; }};\n");
    }
    for level in 24..3000 {
        old += &format!("struct S{level} {{ S{} a; }};\n", level - 1);
    }
    for fields in ["S2999 s; uint8 x;", "S23 s; uint8 x;"] {
        let rest = format!("channel C {{ message {{ {fields} }} m; }};\nprotocol P {{ C c; }};\n");
        let old = format!("{old}{rest}");
        let new = old.replace("uint8 a; uint8 b;", "uint8 a; int8 b;");
        let folder = versions("hostile", &old, &new);
        let (status, report, _) = run(&folder, &["old.proto", "new.proto"]);
        assert_eq!(status, 1);
        assert!(
            report.contains("field `S0.b` is `int8` instead of `uint8` (C0305)"),
            "{report}"
        );
    }
}

#[test]
fn changes_are_colored_on_demand() {
    let folder = versions("color", OLD, NEW);
    let (_, plain, _) = run(&folder, &["old.proto", "new.proto"]);
    let (_, colored, _) = run(&folder, &["old.proto", "new.proto", "--color", "always"]);
    assert!(!plain.contains('\u{1b}') && colored.contains('\u{1b}'));
}

#[test]
fn documentation_lists_every_code() {
    let page = fs::read_to_string(repository().join("docs/command/diff.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| C"));
    let row = |line: &str| -> Vec<String> {
        line.split('|')
            .map(|cell| cell.trim().to_owned())
            .skip(1)
            .take(3)
            .collect()
    };
    let rows: BTreeSet<Vec<String>> = rows.map(row).collect();
    let expected = ChangeCode::ALL.iter().map(|code| {
        vec![
            code.to_string(),
            code.impact().to_string(),
            code.title().to_owned(),
        ]
    });
    assert_eq!(rows, expected.collect());
}

#[test]
fn manual_shows_real_output() {
    assert_page("docs/command/diff.md");
}

/// The changes between two protos, or `None` if one of them is invalid.
fn changes(old: &str, new: &str) -> Option<Vec<Change>> {
    let analyses = [old, new].map(|text| Analysis::new(text.as_bytes(), &Levels::default()));
    let [old, new] = &analyses;
    let [old, new] = [
        (old.model.as_ref()?, &old.spans),
        (new.model.as_ref()?, &new.spans),
    ]
    .map(|(model, spans)| Version { model, spans });
    Some(compare(old, new))
}

/// In random protos, another width of any field breaks readers, and another name breaks none.
#[test]
fn changed_fields_of_random_protos_are_judged() {
    let (mut widths, mut renames) = (0, 0);
    for seed in 0..60 {
        let mut text = random::proto::proto(&mut prng::Prng::new(seed));
        // A protocol that lists all channels, so that every message is sent.
        let names = text.split("\nchannel ").skip(1).enumerate();
        let entries = names.map(|(index, rest)| {
            let name = rest.split_whitespace().next().unwrap();
            format!("    {name} every_{index} = {};\n", 200 + index)
        });
        let entries: String = entries.collect();
        text.insert_str(text.rfind("};").unwrap(), &entries);
        let Some(same) = changes(&text, &text) else {
            continue;
        };
        assert_eq!(same, [], "{text}");
        let lines = text.match_indices("\n    uint16 ").map(|(at, _)| at);
        for at in lines.take(3) {
            let (before, line) = text.split_at(at);
            let member = line[1..].lines().next().unwrap();
            if member.contains("@virtual") || member.contains("[0]") {
                continue;
            }
            let wider = format!("{before}{}", line.replacen("uint16", "uint32", 1));
            if let Some(found) = changes(&text, &wider) {
                assert_eq!(found.len(), 1, "{found:?}\n{text}\n{wider}");
                assert_eq!(found[0].code, ChangeCode::Width, "{found:?}");
                assert!(!found[0].breaks.is_empty(), "{found:?}");
                widths += 1;
            }
            let name = line.split_whitespace().nth(1).unwrap();
            if let Some(rest) = line.strip_prefix(&format!("\n    uint16 {name}"))
                && name.ends_with(';')
            {
                let name = name.trim_end_matches(';');
                let renamed = format!("{before}\n    uint16 {name}_renamed;{rest}");
                if let Some(found) = changes(&text, &renamed) {
                    assert_eq!(found.len(), 1, "{found:?}\n{text}\n{renamed}");
                    assert_eq!(found[0].code, ChangeCode::FieldRenamed, "{found:?}");
                    renames += 1;
                }
            }
        }
    }
    assert!(
        widths > 10 && renames > 3,
        "{widths} widths, {renames} renames"
    );
}
