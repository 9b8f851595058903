//! Child processes of a test.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::programs;

/// A running program, which is killed on drop.
///
/// If `setpriv` is installed, the program also ends if the test process is killed.
pub struct Process {
    name: String,
    child: Child,
    output: Arc<Output>,
}

#[derive(Default)]
struct Output {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Lines of standard output and standard error.
    lines: [Vec<String>; 2],
    /// Number of the two streams that have ended.
    ended: usize,
}

impl Output {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn collect(self: &Arc<Self>, stream: usize, source: impl Read + Send + 'static) {
        let output = Arc::clone(self);
        thread::spawn(move || {
            let mut source = BufReader::new(source);
            let mut line = Vec::new();
            while source
                .read_until(b'\n', &mut line)
                .is_ok_and(|length| length > 0)
            {
                let text = String::from_utf8_lossy(&line);
                let text = text.trim_end_matches('\n').to_owned();
                output.state().lines[stream].push(text);
                output.changed.notify_all();
                line.clear();
            }
            output.state().ended += 1;
            output.changed.notify_all();
        });
    }
}

/// Returns a command whose program ends with this process.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    match programs::find("setpriv") {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "KILL", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

impl Process {
    /// Starts a program without input.
    pub fn start(name: &str, command: &mut Command) -> Self {
        Self::spawn(name, command.stdin(Stdio::null()))
    }

    /// Starts a program with this input.
    pub fn start_with_input(name: &str, command: &mut Command, input: &str) -> Self {
        let mut process = Self::spawn(name, command.stdin(Stdio::piped()));
        let mut stdin = process.child.stdin.take().expect("a piped input");
        let input = input.to_owned();
        // Fails if the program ends without reading its input.
        thread::spawn(move || stdin.write_all(input.as_bytes()));
        process
    }

    /// Starts a program whose input stays open.
    pub fn start_interactive(name: &str, command: &mut Command) -> Self {
        Self::spawn(name, command.stdin(Stdio::piped()))
    }

    fn spawn(name: &str, command: &mut Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        let output = Arc::new(Output::default());
        output.collect(0, child.stdout.take().expect("a piped output"));
        output.collect(1, child.stderr.take().expect("a piped output"));
        Self {
            name: name.to_owned(),
            child,
            output,
        }
    }

    /// Writes to the input of an interactive program.
    pub fn type_in(&mut self, text: &str) {
        let stdin = self.child.stdin.as_mut().expect("an open input");
        stdin.write_all(text.as_bytes()).expect("write the input");
    }

    /// Waits for a line of output that contains this text, and returns the line.
    pub fn wait_for(&self, text: &str, limit: Duration) -> String {
        self.find(text, limit)
            .unwrap_or_else(|| panic!("no `{text}` from {}:\n{}", self.name, self.all()))
    }

    /// Like [`Process::wait_for`], but returns `None` at the end of the program or of the time.
    pub fn find(&self, text: &str, limit: Duration) -> Option<String> {
        let find = |state: &State| {
            let mut lines = state.lines.iter().flatten();
            lines.find(|line| line.contains(text)).cloned()
        };
        let state = self.wait(limit, |state| state.ended == 2 || find(state).is_some());
        find(&state)
    }

    /// Waits until the standard output satisfies a condition, and returns it.
    pub fn wait_until(&self, limit: Duration, done: impl Fn(&str) -> bool) -> String {
        let output = |state: &State| state.lines[0].join("\n");
        let state = self.wait(limit, |state| state.ended == 2 || done(&output(state)));
        let output = output(&state);
        drop(state);
        assert!(done(&output), "{}:\n{}", self.name, self.all());
        output
    }

    /// Waits for the first line of output.
    pub fn wait_for_output(&self, limit: Duration) {
        let state = self.wait(limit, |state| {
            !state.lines[0].is_empty() || state.ended == 2
        });
        let has_output = !state.lines[0].is_empty();
        drop(state);
        assert!(has_output, "no output from {}:\n{}", self.name, self.all());
    }

    /// Waits for the end of the program.
    pub fn wait_for_end(&mut self, limit: Duration) -> ExitStatus {
        let ended = self.wait(limit, |state| state.ended == 2).ended;
        assert_eq!(ended, 2, "{} is still running:\n{}", self.name, self.all());
        self.child.wait().expect("wait for the program")
    }

    fn wait(&self, limit: Duration, done: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let deadline = Instant::now() + limit;
        let mut state = self.output.state();
        while !done(&state) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = self.output.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    /// Returns whether the program has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Returns the standard output so far.
    pub fn output(&self) -> String {
        self.output.state().lines[0].join("\n")
    }

    /// Returns the standard error so far.
    pub fn errors(&self) -> String {
        self.output.state().lines[1].join("\n")
    }

    /// Returns all output so far.
    pub fn all(&self) -> String {
        self.output.state().lines.concat().join("\n")
    }

    /// Sends the signal of Ctrl+C.
    pub fn interrupt(&self) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-INT", &id]).status();
        assert!(status.expect("run kill").success());
    }

    /// Kills the program.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
