//! `spice-codegen` as a meson or make file calls it: each option line of the reference's build, with all outputs compiled and
//! linked together.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use spice_proto_gen::backend::c::{self, Structs};
use spice_proto_gen::diagnostic::Levels;

use crate::common::read;
use crate::compilers::{Compiler, run, write};
use crate::program::model;
use crate::work_folder;

/// The structs whose marshallers the server calls.
const STRUCTS: [&str; 18] = [
    "String",
    "Rect",
    "Point",
    "DisplayBase",
    "Fill",
    "Opaque",
    "Copy",
    "Blend",
    "Blackness",
    "Whiteness",
    "Invers",
    "Rop3",
    "Stroke",
    "Text",
    "Transparent",
    "AlphaBlend",
    "Composite",
    "Image",
];

/// The option lines of the build, without the paths of the proto and of the output.
const LINES: [(&str, &str); 8] = [
    ("--generate-enums", "enums.h"),
    (
        "--generate-demarshallers --client --include common/messages.h \
         --generated-declaration-file generated_messages.h",
        "generated_client_demarshallers.c",
    ),
    (
        "--generate-demarshallers --server --include common/messages.h",
        "generated_server_demarshallers.c",
    ),
    (
        "--generate-marshallers --generate-header -P --client --include common/client_marshallers.h",
        "generated_client_marshallers.c",
    ),
    (
        "--generate-marshallers --generate-header --server --include common/messages.h STRUCTS",
        "generated_server_marshallers.c",
    ),
    (
        "--suffix=_test --generate-demarshallers --client --include common/messages.h",
        "test_client_demarshallers.c",
    ),
    (
        "--suffix=_test --generate-demarshallers --server --include common/messages.h",
        "test_server_demarshallers.c",
    ),
    (
        "--suffix=_test --generate-marshallers --generate-header -P --client \
         --include common/client_marshallers.h",
        "test_client_marshallers.c",
    ),
];

/// Calls a function of each output.
const MAIN: &str = r#"
#include <common/demarshallers.h>
#include <spice/protocol.h>
#include "generated_client_marshallers.h"
#include "generated_server_marshallers.h"
#include <stdlib.h>

spice_parse_channel_func_t spice_get_server_channel_parser_test(uint32_t channel, unsigned int *max);
spice_parse_channel_func_t spice_get_client_channel_parser_test(uint32_t channel, unsigned int *max);
SpiceMessageMarshallers *spice_message_marshallers_get_test(void);

int main(void)
{
    uint8_t ping[12] = { 7 };
    size_t size = 0;
    message_destructor_t release = NULL;
    unsigned int max = 0;
    unsigned int max_test = 0;
    uint8_t *parsed = spice_parse_msg(ping, ping + sizeof ping, SPICE_CHANNEL_MAIN, SPICE_MSG_PING, 0, &size, &release);
    SpiceMarshaller *m = spice_marshaller_new();
    SpiceMsgcAckSync sync = { 258 };
    SpicePoint point = { 1, 2 };
    uint8_t *bytes;
    int failed;

    spice_message_marshallers_get()->msgc_ack_sync(m, &sync);
    spice_message_marshallers_get_test()->msgc_ack_sync(m, &sync);
    spice_marshall_Point(m, &point);
    bytes = spice_marshaller_linearize(m, &size);
    failed = parsed == NULL || ((SpiceMsgPing *) (void *) parsed)->id != 7
        || spice_get_server_channel_parser(SPICE_CHANNEL_PORT, &max) == NULL || max != SPICE_MSG_END_PORT - 1
        || spice_get_server_channel_parser_test(SPICE_CHANNEL_PORT, &max_test) == NULL || max_test != max
        || spice_get_client_channel_parser(SPICE_CHANNEL_PORT, &max) == NULL || max != SPICE_MSGC_END_PORT - 1
        || spice_get_client_channel_parser_test(SPICE_CHANNEL_PORT, &max_test) == NULL || max_test != max
        || spice_get_client_channel_parser(250, &max) != NULL
        || spice_get_client_channel_parser(SPICE_CHANNEL_SMARTCARD, &max) != NULL || max != 0
        || spice_parse_reply(ping, ping + 2, SPICE_CHANNEL_MAIN, SPICE_MSGC_ACK_SYNC, 0, &size, &release) != NULL
        || size != 16 || bytes[0] != 2 || bytes[1] != 1 || bytes[4] != 2 || bytes[8] != 1 || bytes[12] != 2;
    release(parsed);
    free(bytes);
    spice_marshaller_destroy(m);
    return failed;
}
"#;

/// Builds the command once.
fn spice_codegen() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    Command::new(PROGRAM.get_or_init(|| {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.current_dir(env!("CARGO_MANIFEST_DIR")).args([
            "build",
            "--quiet",
            "--workspace",
            "--bin",
            "spice-codegen",
        ]);
        // With this program and its features, cargo has built the dependencies already.
        build.args(["--test", "c"]);
        if cfg!(all(
            feature = "serde",
            feature = "arbitrary",
            feature = "bytes"
        )) {
            build.arg("--all-features");
        }
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success());
        let tests = env::current_exe().unwrap();
        let profile = tests.parent().and_then(|deps| deps.parent());
        profile.unwrap().join("spice-codegen")
    }))
}

/// Calls the command in a folder.
fn call(folder: &Path, line: &str, files: &[&str]) -> Output {
    let mut command = spice_codegen();
    command.current_dir(folder);
    for word in line.split_whitespace() {
        match word {
            "STRUCTS" => STRUCTS.iter().for_each(|name| {
                command.args(["-M", name]);
            }),
            _ => {
                command.arg(word);
            }
        }
    }
    command.args(files).output().unwrap()
}

/// Calls the command, which succeeds without a message.
fn generate(folder: &Path, line: &str, files: &[&str]) {
    let output = call(folder, line, files);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && errors.is_empty(),
        "{line}: {errors}"
    );
}

/// A folder with the proto.
fn folder(name: &str) -> PathBuf {
    let folder = work_folder(name);
    write(&folder.join("spice.proto"), &read("proto/spice.proto"));
    folder
}

/// A folder with all outputs, for all tests.
fn outputs() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = generated("drop-in");
        write_declarations(&folder);
        write(&folder.join("main.c"), MAIN);
        folder
    })
}

/// A new folder with all outputs.
fn generated(name: &str) -> PathBuf {
    let folder = folder(name);
    for (line, output) in LINES {
        // As meson does, the line names the header too.
        let header = output.replace(".c", ".h");
        let mut files = vec!["spice.proto", output];
        files.extend(
            line.contains("--generate-header")
                .then_some(header.as_str()),
        );
        generate(&folder, line, &files);
    }
    folder
}

/// Writes `declarations.h`, as projects write such headers by hand: the structs without `@declare`, before and after the
/// generated ones.
fn write_declarations(folder: &Path) {
    let generated = fs::read_to_string(folder.join("generated_messages.h")).unwrap();
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let names = |text: &str| -> Vec<String> {
        let words = text.split(|letter| !is_name(letter));
        words.map(str::to_owned).collect()
    };
    let defined = |block: &str| {
        let first = block
            .lines()
            .find(|line| line.starts_with("typedef struct "));
        first.map(|line| names(line)[2].clone())
    };
    let mut late: Vec<String> = generated.split("\n\n").filter_map(defined).collect();
    assert!(late.len() > 50, "{late:?}");
    let model = model(&read("proto/spice.proto"), &Levels::default());
    let all = c::declarations(&model, Structs::All, "declarations");
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for block in all.split("\n\n") {
        match defined(block) {
            Some(name) if late.contains(&name) => {}
            Some(name) => {
                if names(block).iter().any(|used| late.contains(used)) {
                    late.push(name);
                    after.push(block);
                } else {
                    before.push(block);
                }
            }
            None => after.push(block),
        }
    }
    // The guard and its includes begin the file, and the functions end it.
    let start = after
        .iter()
        .position(|block| block.contains("#define"))
        .unwrap()
        + 1;
    let numbers = after
        .iter()
        .filter(|block| block.starts_with("typedef int"));
    let numbers: Vec<_> = numbers.copied().collect();
    let head = after[..start].join("\n\n");
    let tail = after[start..]
        .iter()
        .filter(|block| !block.starts_with("typedef int"));
    let tail: Vec<_> = tail.copied().collect();
    write(
        &folder.join("declarations.h"),
        &format!(
            "{head}\n\n{}\n\n{}\n\n#include \"generated_messages.h\"\n\n{}",
            numbers.join("\n\n"),
            before.join("\n\n"),
            tail.join("\n\n")
        ),
    );
}

fn check_build(compiler: Compiler) {
    compiler.require();
    let folder = outputs();
    let objects_folder = work_folder(&format!("drop-in-{compiler:?}"));
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c/runtime");
    let mut sources: Vec<PathBuf> = LINES[1..]
        .iter()
        .map(|(_, file)| folder.join(file))
        .collect();
    sources.push(folder.join("main.c"));
    sources.push(tests.join("common/marshaller.c"));
    let mut objects = Vec::new();
    for source in sources {
        let mut arguments = vec![
            format!("-I{}", folder.display()),
            format!("-I{}", tests.display()),
        ];
        let header = source.with_extension("h");
        let is_generated = header.ends_with("generated_client_marshallers.h")
            || header.ends_with("generated_server_marshallers.h");
        if is_generated && compiler.is_cpp() {
            // Headers declare functions of C.
            arguments.extend(["-include".to_owned(), header.display().to_string()]);
        }
        let name = source.file_name().unwrap();
        let object = objects_folder.join(name).with_extension("o");
        compiler.compile(&source, &object, &arguments);
        objects.push(object);
    }
    let program = objects_folder.join("program");
    compiler.link(&objects, &program, &[]);
    run(&mut Command::new(program));
}

pub fn gcc_builds_all_outputs() {
    check_build(Compiler::Gcc);
}

pub fn clang_builds_all_outputs() {
    check_build(Compiler::Clang);
}

pub fn gcc_cpp_builds_all_outputs() {
    check_build(Compiler::GccCpp);
}

pub fn clang_cpp_builds_all_outputs() {
    check_build(Compiler::ClangCpp);
}

pub fn outputs_are_deterministic() {
    let (first, second) = (outputs(), generated("again"));
    let mut files = 0;
    for entry in fs::read_dir(&second).unwrap() {
        let name = entry.unwrap().file_name();
        let text = |folder: &Path| fs::read_to_string(folder.join(&name)).unwrap();
        assert_eq!(text(first), text(&second), "{name:?}");
        files += 1;
    }
    // The proto, an output of each line, three headers of marshallers, and the declarations.
    assert_eq!(files, 1 + LINES.len() + 3 + 1);
}

pub fn short_options_are_the_long_ones() {
    let folder = folder("short");
    for (long, short) in [
        ("--generate-enums", "-e -k"),
        (
            "--generate-demarshallers --client --include common/messages.h",
            "-d -c -i common/messages.h -a -p -k",
        ),
        (
            "--generate-marshallers --server --include common/messages.h \
             --generate-struct-marshaller Point",
            "-m -s -i common/messages.h -M Point --license BSD",
        ),
        (
            "--generate-marshallers --private-marshallers --client --header",
            "-m -P -c -H --license=LGPL --keep-identical-file",
        ),
    ] {
        for (line, output) in [(long, "long/output.c"), (short, "short/output.c")] {
            fs::create_dir_all(folder.join(output).parent().unwrap()).unwrap();
            generate(&folder, line, &["spice.proto", output]);
        }
        let text = |output| fs::read_to_string(folder.join(output)).unwrap();
        assert_eq!(text("long/output.c"), text("short/output.c"), "{short}");
        assert!(!folder.join("short/output.h").exists());
    }
    let header = fs::read_to_string(folder.join("short/output.c")).unwrap();
    assert!(header.contains("SpiceMessageMarshallers *spice_message_marshallers_get(void);"));
}

pub fn unchanged_output_keeps_its_modification_time() {
    let folder = folder("unchanged");
    let output = folder.join("enums.h");
    let line = "--generate-enums";
    let generate = || generate(&folder, line, &["spice.proto", "enums.h"]);
    generate();
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let set_time = || {
        let file = File::options().write(true).open(&output).unwrap();
        file.set_modified(time).unwrap();
    };
    let modified = || fs::metadata(&output).unwrap().modified().unwrap();
    set_time();
    generate();
    assert_eq!(modified(), time);
    write(&output, "changed");
    set_time();
    generate();
    assert!(modified() > time);
}

pub fn unknown_options_are_errors() {
    let folder = folder("unknown");
    for line in [
        "--generate-enums --generate-everything",
        "--generate-enums -x",
        "--generate-demarshallers",
        "--generate-enums --generate-marshallers --server",
        "--client",
    ] {
        let output = call(&folder, line, &["spice.proto", "output.c"]);
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(!output.stderr.is_empty());
    }
    assert!(!folder.join("output.c").exists());
}

pub fn faulty_proto_is_reported_at_its_place_and_writes_nothing() {
    let folder = work_folder("faulty");
    for (text, place, code) in [
        (
            "struct S { uint8 a };\nprotocol P {};\n",
            "faulty.proto:1:19",
            "E0003",
        ),
        (
            "channel C {\n    message { uint8 n; uint8 data[n]; uint8 last; } m;\n};\nprotocol P { C c; };\n",
            "faulty.proto:2:",
            "W0004",
        ),
    ] {
        write(&folder.join("faulty.proto"), text);
        for line in [LINES[0].0, LINES[1].0, LINES[3].0] {
            let output = call(&folder, line, &["faulty.proto", "output.c"]);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{errors}");
            assert!(errors.contains(place) && errors.contains(code), "{errors}");
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }
}
