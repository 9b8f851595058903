//! A virtual X display with mouse and keyboard input.

use std::process::Command;
use std::time::Duration;

use super::process::{self, Process};

/// Names of the programs.
pub const PROGRAMS: [&str; 2] = ["Xvfb", "xdotool"];

const LIMIT: Duration = Duration::from_secs(60);

/// A running display.
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
        // Xvfb writes only the number of the display to standard output.
        server.wait_for_output(LIMIT);
        let name = format!(":{}", server.output());
        Self {
            _server: server,
            name,
        }
    }

    /// Makes a command use the display.
    pub fn attach(&self, command: &mut Command) {
        command.env("DISPLAY", &self.name);
    }

    /// Starts xclip with these arguments.
    pub fn xclip(&self, arguments: &[&str]) -> Process {
        let mut command = process::command("xclip");
        self.attach(command.args(arguments));
        Process::start("xclip", &mut command)
    }

    /// Returns the formats of a selection; nothing if no program owns it.
    pub fn formats(&self, selection: &str) -> String {
        let mut xclip = self.xclip(&["-o", "-selection", selection, "-target", "TARGETS"]);
        xclip.wait_for_end(LIMIT);
        xclip.output()
    }

    /// Waits for a window with this name.
    pub fn wait_for_window(&self, name: &str) {
        self.xdotool(&["search", "--sync", "--onlyvisible", "--name", name]);
    }

    /// Returns width and height, separated by a space.
    pub fn size(&self) -> String {
        self.xdotool(&["getdisplaygeometry"])
    }

    /// Runs xdotool with these arguments, and returns its output.
    pub fn xdotool(&self, arguments: &[&str]) -> String {
        let mut command = process::command("xdotool");
        self.attach(command.args(arguments));
        let mut process = Process::start("xdotool", &mut command);
        let ended = process.wait_for_end(LIMIT);
        assert!(ended.success(), "{arguments:?}: {}", process.all());
        process.output()
    }
}
