//! Runs the commands of `docs/command/dissector.md` and compares their output with the page.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use spice_proto_gen::model::Side;

use super::capture::{Capture, Header};
use super::generated::folder;
use super::programs::require;
use super::rows;
use super::tshark::PROGRAM;

const PAGE: &str = "docs/command/dissector.md";

/// A capture of the recorded messages, each in a segment of its own if it fits.
fn session() -> Capture {
    let mut capture = Capture::new();
    let rows = rows::rows("qemu-spicy.jsonl");
    for channel_type in 1..=11 {
        if !rows.iter().any(|row| row.channel_type == channel_type) {
            continue;
        }
        let mut connection = capture.link(channel_type, Header::Mini, 1460);
        for side in [Side::Server, Side::Client] {
            for row in &rows {
                if row.channel_type == channel_type && row.side == side {
                    let message = connection.message(side, row.id, &row.body, 0);
                    connection.send(&mut capture, side, &message);
                }
            }
        }
    }
    capture
}

/// The output of a command line of the page.
fn output(line: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_spice-proto"))
        .parent()
        .unwrap();
    let path = env::join_paths(
        [program.into()]
            .into_iter()
            .chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())),
    );
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env("HOME", folder)
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", path.unwrap())
        .output()
        .expect("run the shell");
    assert!(output.status.success(), "{line}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

pub fn commands_of_the_page_print_what_it_shows() {
    require(&[PROGRAM]);
    let folder = folder("page");
    session().save(&folder);
    let page = rows::read(PAGE);
    let mut made = String::new();
    let mut is_console = false;
    for line in page.split_inclusive('\n') {
        if line.starts_with("```") {
            is_console = line == "```console\n";
        }
        if !is_console || line.starts_with("```") {
            made.push_str(line);
        } else if let Some(command) = line.strip_prefix("$ ") {
            made.push_str(line);
            made.push_str(&output(command.trim_end(), &folder));
        }
    }
    if env::var_os("UPDATE_GOLDEN").is_some() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        fs::write(root.join(PAGE), &made).unwrap();
    }
    assert!(made.contains("$ tshark"));
    assert_eq!(made, rows::read(PAGE));
}
