//! The console blocks of `docs/command/decode.md` and `encode.md`.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::command::folder;
use super::process;
use super::recorded::{capture, connections};
use super::support::file::{Format, Link};

/// Runs the commands of a page's console blocks, and compares or replaces their output.
fn check(page: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let path = root.join("docs/command").join(page);
    let text = fs::read_to_string(&path).unwrap();
    let folder = folder(page);
    let session = capture(
        Format::PcapNg,
        Link::Ethernet,
        false,
        &connections(false, true),
    );
    fs::write(folder.join("session.pcapng"), session).unwrap();
    let mut actual = String::new();
    let mut is_output = false;
    let mut commands = 0;
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            actual += &format!("{line}\n{}", output(command, &folder));
            is_output = true;
            commands += 1;
            continue;
        }
        is_output &= line != "```";
        if !is_output {
            actual += &format!("{line}\n");
        }
    }
    assert!(commands > 0);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &actual).unwrap();
        return;
    }
    assert_eq!(actual, text, "{page}");
}

/// The output of a command line.
fn output(line: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_spice-proto"));
    let mut path = program.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &format!("{line} 2>&1")])
        .current_dir(folder)
        .env("PATH", path)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn console_blocks_of_decode_are_real() {
    check("decode.md");
}

#[test]
fn console_blocks_of_encode_are_real() {
    check("encode.md");
}

/// The first command of the readme prints what the readme shows.
#[test]
fn readme_decodes_a_recorded_session() {
    let readme = std::fs::read_to_string(process::repository().join("README.md")).unwrap();
    let (_, rest) = readme
        .split_once("$ cargo run -p spice-proto-cli -- ")
        .unwrap();
    let (command, rest) = rest.split_once('\n').unwrap();
    let (shown, _) = rest.split_once("```").unwrap();
    let ran = process::run(&command.split(' ').collect::<Vec<_>>());
    assert_eq!((ran.status, ran.stdout.as_str()), (0, shown));
}
