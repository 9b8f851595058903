//! `docs/client.md` and `docs/server.md`: their code equals two examples, which run here.

use std::fs;
use std::time::Duration;

use super::examples::example;
use super::process::{self, Process};
use super::programs::require;
use super::qemu::{self, MONITOR, Machine};
use super::temp_dir::TempDir;

const LIMIT: Duration = Duration::from_secs(60);

fn read(path: &str) -> String {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Checks that the code blocks of a page, joined, are the programs, each from its first `use` declaration on.
pub fn assert_quoted(page: &str, programs: &[&str]) {
    let text = read(page);
    let code: Vec<_> = programs.iter().map(|program| read(program)).collect();
    let code = code.iter().map(|code| {
        let start = code.find("\nuse ").expect("a `use` declaration");
        &code[start..]
    });
    let code = code.collect::<String>();
    let mut rest = code.as_str();
    for block in text.split("```rust\n").skip(1) {
        let (block, _) = block.split_once("```").expect("the end of a code block");
        let found = rest.trim_start().strip_prefix(block.trim());
        rest =
            found.unwrap_or_else(|| panic!("{page} has\n{block}\nwhere {programs:?} have\n{rest}"));
    }
    assert_eq!(rest.trim(), "", "{page} lacks a part of {programs:?}");
}

pub fn pages_quote_the_examples() {
    assert_quoted("docs/client.md", &["examples/hello-client/main.rs"]);
    assert_quoted("docs/server.md", &["examples/hello-server/main.rs"]);
}

/// Starts `hello-server` and returns its port.
fn start_hello_server(password: &str) -> (Process, String) {
    let mut command = example("hello-server");
    let server = Process::start("hello-server", command.args(["127.0.0.1:0", password]));
    let line = server.wait_for("listening on ", LIMIT);
    let (_, port) = line.rsplit_once(':').expect("an address with a port");
    (server, port.to_owned())
}

pub fn hello_client_reads_hello_server() {
    let (server, port) = start_hello_server("secret");
    let address = format!("127.0.0.1:{port}");
    let mut command = example("hello-client");
    let mut client = Process::start("hello-client", command.args([&address, "secret"]));
    assert!(client.wait_for_end(LIMIT).success(), "{}", client.all());
    assert_eq!(
        client.output(),
        "channel port 0\nport 0 is org.example.hello\nnotice the connection is not encrypted"
    );

    let mut command = example("hello-client");
    let mut client = Process::start("hello-client", command.args([&address, "wrong"]));
    assert!(!client.wait_for_end(LIMIT).success());
    server.wait_for("permission denied", LIMIT);
}

pub fn hello_client_reads_qemu() {
    require(&[qemu::PROGRAM]);
    let machine = Machine::default().start();
    let mut client = Process::start(
        "hello-client",
        example("hello-client").arg(&machine.address),
    );
    assert!(client.wait_for_end(LIMIT).success(), "{}", client.all());
    let output = client.output();
    assert!(output.starts_with("machine QEMU "), "{output}");
    assert!(output.contains("\nchannel display 0"), "{output}");
    assert!(output.contains("\nchannel port 0"), "{output}");
    let port = format!("\nport 0 is {MONITOR}");
    assert!(output.contains(&port), "{output}");
}

pub fn hello_server_serves_a_client_of_spice_gtk() {
    const CLIENT: &str = "spicy-stats";
    require(&[CLIENT]);
    let home = TempDir::new();
    let (_server, port) = start_hello_server("secret");
    let mut command = process::command(CLIENT);
    command
        .args([
            "--host",
            "127.0.0.1",
            "--port",
            &port,
            "--password",
            "secret",
        ])
        .env("HOME", home.path())
        .env("SPICE_DEBUG", "1")
        .env("G_MESSAGES_DEBUG", "all");
    let client = Process::start(CLIENT, &mut command);
    client.wait_for("init: org.example.hello 1", LIMIT);
    client.wait_for("got 6 ", LIMIT);
}
