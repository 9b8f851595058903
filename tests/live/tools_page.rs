//! The readmes of the repository and of `spice-tools`: their commands for a real server run here, and print what the
//! pages show.

use std::env;
use std::fs;
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use super::examples;
use super::process::{self, Process};
use super::programs::require;
use super::qemu;
use super::temp_dir::TempDir;

const LIMIT: Duration = Duration::from_secs(60);
const RETRY_INTERVAL: Duration = Duration::from_millis(50);

/// The addresses on the page.
const SERVER: &str = "127.0.0.1:5930";
const PROXY: &str = "127.0.0.1:5999";

/// A command of the page, and the lines that it prints.
struct Shown {
    command: String,
    lines: Vec<String>,
}

/// Returns the commands in the `console` blocks of a page that follow a heading.
fn commands(page: &str, heading: &str) -> Vec<Shown> {
    let path = format!("{}/{page}", env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(path).expect("read the page");
    let page = page.replace("\\\n", "");
    let (_, page) = page.split_once(heading).expect("the heading");
    let mut commands: Vec<Shown> = Vec::new();
    for block in page.split("```console\n").skip(1) {
        let (block, _) = block.split_once("```").expect("the end of a block");
        for line in block.lines() {
            match line.strip_prefix("$ ") {
                Some(command) => commands.push(Shown {
                    command: command.to_owned(),
                    lines: Vec::new(),
                }),
                None => commands
                    .last_mut()
                    .expect("a command")
                    .lines
                    .push(line.to_owned()),
            }
        }
    }
    commands
}

/// Returns a shell that runs a command with these programs, in a folder of the test.
fn shell(command: &str, folder: &TempDir) -> Command {
    let mut shell = process::command("sh");
    let own = [examples::folder().to_owned()].into_iter();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(own.chain(env::split_paths(&path))).expect("a search path");
    shell.args(["-c", command]).env("PATH", path);
    shell.current_dir(folder.path());
    shell
}

/// Starts the server of the page and returns its address.
fn start_server(command: &str, folder: &TempDir) -> (Process, String) {
    // Builds the programs, which can take longer than the limit.
    examples::folder();
    let deadline = Instant::now() + LIMIT;
    assert!(command.contains("port=5930,"), "{command}");
    loop {
        let port = qemu::free_port();
        let command = command.replace("port=5930,", &format!("port={port},"));
        let mut server =
            Process::start("the server", &mut shell(&format!("exec {command}"), folder));
        let address = format!("127.0.0.1:{port}");
        while Instant::now() < deadline && !server.has_ended() {
            if TcpStream::connect(&address).is_ok() {
                return (server, address);
            }
            server.find(qemu::PORT_TAKEN, RETRY_INTERVAL);
        }
        let output = server.all();
        let is_port_taken = output.contains(qemu::PORT_TAKEN) && Instant::now() < deadline;
        assert!(is_port_taken, "the server does not start:\n{output}");
    }
}

/// Returns a line of the proxy without its time.
fn without_time(line: &str) -> &str {
    match line.trim_start().split_once(' ') {
        Some((time, rest)) if time.contains('.') && time.parse::<f64>().is_ok() => rest,
        _ => line,
    }
}

/// Whether a line equals a line of the page, where `…` matches any text.
fn is_as_shown(line: &str, shown: &str) -> bool {
    let (line, shown) = (without_time(line), without_time(shown));
    let Some((start, rest)) = shown.split_once('…') else {
        return line == shown;
    };
    let (middle, end) = rest.rsplit_once('…').unwrap_or(("", rest));
    let middle = middle.split('…');
    let Some(mut left) = line
        .strip_prefix(start)
        .and_then(|left| left.strip_suffix(end))
    else {
        return false;
    };
    for part in middle {
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    true
}

fn assert_printed(process: &Process, shown: &[String]) {
    let output = process.all();
    for shown in shown {
        let mut lines = output.lines();
        let found = lines.any(|line| is_as_shown(line, shown));
        assert!(found, "no `{shown}` in\n{output}");
    }
}

/// Runs a command to its end.
fn assert_runs(shown: &Shown, from: &str, to: &str, folder: &TempDir) {
    assert!(shown.command.contains(from), "{}", shown.command);
    let mut command = shell(&shown.command.replace(from, to), folder);
    let mut process = Process::start(&shown.command, &mut command);
    let status = process.wait_for_end(LIMIT);
    assert!(status.success(), "{}", process.all());
    assert_printed(&process, &shown.lines);
}

/// Runs the commands of a page: a server, two clients, a proxy and its client. Returns the commands that follow.
fn assert_page(page: &str, heading: &str, folder: &TempDir) -> Vec<Shown> {
    let mut commands = commands(page, heading);
    let rest = commands.split_off(5);
    let [server, list, exchange, proxy, client] = commands.as_slice() else {
        panic!("{page} has too few commands");
    };
    let (_server, server) = start_server(&server.command, folder);
    assert_runs(list, SERVER, &server, folder);
    assert_runs(exchange, SERVER, &server, folder);

    let command = proxy.command.replace(SERVER, &server);
    let command = format!("exec {}", command.replace(PROXY, "127.0.0.1:0"));
    let mut spy = Process::start("the proxy", &mut shell(&command, folder));
    let line = spy.wait_for("listening on ", LIMIT);
    let address = line.trim_start_matches("listening on ");
    assert_runs(client, PROXY, address, folder);
    assert!(spy.wait_for_end(LIMIT).success(), "{}", spy.all());
    let lines = proxy.lines.iter().map(|line| line.replace(PROXY, address));
    assert_printed(&spy, &lines.collect::<Vec<_>>());
    rest
}

pub fn readme_of_the_tools_shows_what_they_print() {
    require(&[qemu::PROGRAM]);
    let folder = TempDir::new();
    let rest = assert_page("spice-tools/README.md", "\n## A server", &folder);
    assert_eq!(rest.len(), 0);
}

pub fn readme_shows_what_the_programs_print() {
    require(&[qemu::PROGRAM]);
    let folder = TempDir::new();
    let rest = assert_page("README.md", "\n## Try it", &folder);
    // Commands of other sections follow.
    let decode = rest.first().expect("a command that decodes");
    assert_runs(decode, "session.pcap", "session.pcap", &folder);
}

pub fn options_of_the_proxy_on_the_page_exist() {
    let output = examples::tool("spice-spy").arg("--help").output();
    let help = String::from_utf8(output.expect("run the proxy").stdout).expect("text");
    let path = format!("{}/spice-tools/README.md", env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(path).expect("read the page");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `-"));
    let mut count = 0;
    for row in rows {
        let option = row.split(['`', ' ']).next().expect("an option");
        assert!(help.contains(&format!("-{option}")), "-{option} in\n{help}");
        count += 1;
    }
    assert_eq!(count, 7);
}

pub fn ellipsis_stands_for_any_text() {
    for (line, shown, expected) in [
        ("  1.5 main/0 init 32", "  0.1 main/0 init 32", true),
        ("  1.5 main/0 init 32", "  0.1 main/0 init 33", false),
        ("{\"QMP\": 1}", "{\"QMP\": …", true),
        ("a 3 of 4 bytes, 0 bad", "… of … bytes, 0 bad", true),
        ("a 3 of 4 bytes, 1 bad", "… of … bytes, 0 bad", false),
        ("a 3 in 4 bytes, 0 bad", "… of … bytes, 0 bad", false),
        ("       1  0 main", "       2  0 main", false),
    ] {
        assert_eq!(is_as_shown(line, shown), expected, "{line}: {shown}");
    }
}
