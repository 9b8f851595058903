//! `spice-spy` as a program.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::examples::tool;
use super::process::Process;
use super::temp_dir::TempDir;

const LIMIT: Duration = Duration::from_secs(30);

/// A running proxy.
pub struct Spy {
    process: Process,
    /// Address for clients.
    pub address: String,
    folder: TempDir,
}

impl Spy {
    /// Starts a proxy to a server for one session. It compares and records all messages.
    pub fn start(server: &str, options: &[&str]) -> Self {
        let folder = TempDir::new();
        let mut command = tool("spice-spy");
        command
            .args(["--listen", "127.0.0.1:0", "--once", "--verify"])
            .arg("--record")
            .arg(folder.file("record.jsonl"))
            .arg("--pcap")
            .arg(folder.file("packets.pcap"))
            .args(options)
            .arg(server);
        let process = Process::start("the proxy", &mut command);
        let line = process.wait_for("listening on ", LIMIT);
        let address = line.trim_start_matches("listening on ").to_owned();
        Self {
            process,
            address,
            folder,
        }
    }

    /// Returns the port for clients.
    pub fn port(&self) -> &str {
        self.address
            .rsplit(':')
            .next()
            .expect("an address with a port")
    }

    /// Waits for the end of the session, and returns whether the proxy found no problems.
    pub fn wait_for_end(&mut self) -> bool {
        self.process.wait_for_end(LIMIT).success()
    }

    /// Waits for a line that contains this text, and returns the line.
    pub fn wait_for(&self, text: &str) -> String {
        self.process.wait_for(text, LIMIT)
    }

    /// Returns all output so far.
    pub fn output(&self) -> String {
        self.process.all()
    }

    /// Returns the recorded rows.
    pub fn rows(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.file("record.jsonl"));
        let text = text.expect("read the record");
        let rows = text.lines().map(serde_json::from_str);
        rows.collect::<Result<_, _>>().expect("a JSON row")
    }

    /// Returns the path of the capture file.
    pub fn packets(&self) -> PathBuf {
        self.folder.file("packets.pcap")
    }
}
