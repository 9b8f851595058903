//! A display without a monitor, and somebody at its mouse and keyboard.

use std::process::Command;
use std::time::Duration;

use super::process::{self, Process};

/// The programs.
pub const PROGRAMS: [&str; 2] = ["Xvfb", "xdotool"];

const LIMIT: Duration = Duration::from_secs(60);

/// A display.
pub struct Screen {
    _server: Process,
    name: String,
}

impl Screen {
    pub fn start() -> Self {
        let mut command = process::command("Xvfb");
        command
            .args(["-displayfd", "1", "-nolisten", "tcp"])
            .args(["-screen", "0", "1024x768x24"]);
        let server = Process::start("the display", &mut command);
        // The number is the only line that Xvfb writes to its output.
        server.wait_for_output(LIMIT);
        let name = format!(":{}", server.output());
        Self {
            _server: server,
            name,
        }
    }

    /// Lets a program use the display.
    pub fn show(&self, command: &mut Command) {
        command.env("DISPLAY", &self.name);
    }

    /// Waits for a window with this name.
    pub fn wait_for_window(&self, name: &str) {
        self.act(&["search", "--sync", "--onlyvisible", "--name", name]);
    }

    /// Moves the mouse, types.
    pub fn act(&self, arguments: &[&str]) {
        let mut command = process::command("xdotool");
        self.show(command.args(arguments));
        let mut act = Process::start("xdotool", &mut command);
        let ended = act.wait_for_end(LIMIT);
        assert!(ended.success(), "{arguments:?}: {}", act.all());
    }
}
