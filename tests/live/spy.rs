//! The proxy of `examples/spice-spy`, as a program.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::examples::example;
use super::process::Process;
use super::scratch::Scratch;

const LIMIT: Duration = Duration::from_secs(30);

/// A proxy that runs.
pub struct Spy {
    process: Process,
    /// Where clients are to connect.
    pub address: String,
    scratch: Scratch,
}

impl Spy {
    /// Starts a proxy to a server for one session, which compares and records all messages.
    pub fn start(server: &str, options: &[&str]) -> Self {
        let scratch = Scratch::new();
        let mut command = example("spice-spy");
        command
            .args(["--listen", "127.0.0.1:0", "--once", "--verify"])
            .arg("--record")
            .arg(scratch.file("record.jsonl"))
            .arg("--pcap")
            .arg(scratch.file("packets.pcap"))
            .args(options)
            .arg(server);
        let process = Process::start("the proxy", &mut command);
        let line = process.wait_for("listening on ", LIMIT);
        let address = line.trim_start_matches("listening on ").to_owned();
        Self {
            process,
            address,
            scratch,
        }
    }

    /// The port where clients are to connect.
    pub fn port(&self) -> &str {
        self.address
            .rsplit(':')
            .next()
            .expect("an address has a port")
    }

    /// Waits for the end of the session; the result is whether the proxy found nothing wrong.
    pub fn wait_for_end(&mut self) -> bool {
        self.process.wait_for_end(LIMIT).success()
    }

    /// Waits for a line that has this text.
    pub fn wait_for(&self, text: &str) -> String {
        self.process.wait_for(text, LIMIT)
    }

    /// What it has printed.
    pub fn output(&self) -> String {
        self.process.all()
    }

    /// What it has recorded.
    pub fn rows(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.scratch.file("record.jsonl"));
        let text = text.expect("there is a record");
        let rows = text.lines().map(serde_json::from_str);
        rows.collect::<Result<_, _>>().expect("rows are JSON")
    }

    /// The file with the packets.
    pub fn packets(&self) -> PathBuf {
        self.scratch.file("packets.pcap")
    }
}
