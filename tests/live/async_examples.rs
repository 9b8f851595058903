//! The examples of `docs/async.md`, which run here.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::examples::{example, tool};
use super::pages::assert_quoted;
use super::process::Process;
use super::programs::require;
use super::qemu::{self, Machine};
use super::temp_dir::TempDir;

const LIMIT: Duration = Duration::from_secs(60);

/// Name of the port of `port-server`.
const CHAT: &str = "org.example.chat";

pub fn page_quotes_the_async_examples() {
    let programs = [
        "async-client/main.rs",
        "tls-client/src/main.rs",
        "port-server/main.rs",
    ];
    let programs = programs.map(|path| format!("examples/{path}"));
    assert_quoted("docs/async.md", &programs.each_ref().map(String::as_str));
}

pub fn async_client_reads_the_display_and_the_monitor_of_qemu() {
    require(&[qemu::PROGRAM]);
    let machine = Machine {
        password: Some("correct horse"),
        ..Machine::default()
    };
    let machine = machine.start();
    let mut command = example("async-client");
    let client = Process::start(
        "async-client",
        command.args([&machine.address, "correct horse"]),
    );
    client.wait_for("channel display 0", LIMIT);
    client.wait_for("display surface_create", LIMIT);
    client.wait_for("monitor {\"return\": {\"qemu\"", LIMIT);
    let output = client.output();
    assert!(output.contains("monitor {\"QMP\": "), "{output}");
    assert!(output.contains("monitor {\"return\": {}}"), "{output}");

    let mut command = example("async-client");
    let mut client = Process::start("async-client", command.args([&machine.address, "wrong"]));
    assert!(!client.wait_for_end(LIMIT).success());
    let errors = client.errors();
    assert!(errors.contains("PERMISSION_DENIED"), "{errors}");
}

/// Creates a key with a certificate of its own, or of the authority in the folder.
fn write_certificate(folder: &Path, name: &str, options: &[&str]) {
    let created = Command::new("openssl")
        .current_dir(folder)
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args(["-keyout", &format!("{name}-key.pem")])
        .args(["-out", &format!("{name}-cert.pem")])
        .args(options)
        .output();
    let created = created.expect("run openssl");
    assert!(created.status.success(), "{created:?}");
}

/// Creates the files of an authority, and of a server with the name `localhost`.
fn write_certificates(folder: &Path) {
    write_certificate(folder, "ca", &["-subj", "/CN=authority"]);
    let server = [
        &["-CA", "ca-cert.pem", "-CAkey", "ca-key.pem"][..],
        &["-subj", "/CN=localhost"],
        &["-addext", "subjectAltName=DNS:localhost"],
        &["-addext", "basicConstraints=critical,CA:FALSE"],
    ];
    write_certificate(folder, "server", &server.concat());
}

pub fn tls_client_reads_a_display_of_qemu_over_tls() {
    require(&[qemu::PROGRAM, "openssl"]);
    let folder = TempDir::new();
    write_certificates(folder.path());
    let tls_port = qemu::free_port();
    let spice = format!(
        "tls-port={tls_port},x509-dir={},tls-channel=display",
        folder.path().display()
    );
    let machine = Machine {
        spice: &spice,
        password: Some("secret"),
        ..Machine::default()
    };
    let _machine = machine.start();
    let address = format!("localhost:{tls_port}");
    let start = |ca_file: &str| {
        let mut command = tool("tls-client");
        command.arg(&address).arg(folder.path().join(ca_file));
        Process::start("tls-client", command.arg("secret"))
    };
    let client = start("ca-cert.pem");
    client.wait_for("machine QEMU", LIMIT);
    client.wait_for("display surface_create", LIMIT);

    // An authority that did not sign the certificate of the server.
    write_certificate(folder.path(), "stranger", &["-subj", "/CN=stranger"]);
    let mut client = start("stranger-cert.pem");
    assert!(!client.wait_for_end(LIMIT).success());
    let errors = client.errors();
    assert!(errors.contains("InvalidCertificate"), "{errors}");
}

/// Starts `port-server` and returns its address.
fn start_port_server() -> (Process, String) {
    let mut command = example("port-server");
    let server = Process::start("port-server", command.args(["127.0.0.1:0", "secret"]));
    let line = server.wait_for("listening on ", LIMIT);
    let (_, address) = line.rsplit_once(' ').expect("an address");
    (server, address.to_owned())
}

fn start_chatter(address: &str) -> Process {
    let mut command = tool("port-console");
    command.args(["--password", "secret", address, CHAT]);
    Process::start_interactive("port-console", &mut command)
}

pub fn port_server_passes_lines_between_clients_and_ends_clean() {
    let (mut server, address) = start_port_server();
    let mut chatters: Vec<_> = (0..3).map(|_| start_chatter(&address)).collect();
    // A client of the chat is known to listen once it has read a line of another one.
    while chatters[1..]
        .iter()
        .any(|chatter| chatter.output().is_empty())
    {
        chatters[0].type_in("hello\n");
        for chatter in &chatters[1..] {
            chatter.find("hello", Duration::from_millis(100));
        }
    }
    chatters[1].type_in("from the second\n");
    chatters[2].type_in("from the third\n");
    for (index, text) in [(0, "second"), (0, "third"), (1, "third"), (2, "second")] {
        chatters[index].wait_for(&format!("from the {text}"), LIMIT);
    }
    let own = chatters[1].output();
    assert!(!own.contains("from the second"), "{own}");

    // A client that leaves does not disturb the others.
    chatters.pop();
    chatters[0].type_in("still here\n");
    chatters[1].wait_for("still here", LIMIT);

    server.interrupt();
    assert!(server.wait_for_end(LIMIT).success(), "{}", server.all());
    assert!(server.output().ends_with("ended"), "{}", server.all());
    for chatter in &mut chatters {
        chatter.wait_for_end(LIMIT);
    }
}

pub fn port_server_refuses_a_wrong_password() {
    let (server, address) = start_port_server();
    let mut command = example("async-client");
    let mut client = Process::start("async-client", command.args([&address, "wrong"]));
    assert!(!client.wait_for_end(LIMIT).success());
    server.wait_for("a channel has failed: permission denied", LIMIT);
}
