//! Connects the terminal to a port of a SPICE server: the QEMU monitor, a serial console, or any other
//! `spiceport` device.
//!
//! ```console
//! $ port-console 127.0.0.1:5930
//! org.qemu.monitor.qmp.0  open
//! $ echo '{"execute":"qmp_capabilities"}' | port-console 127.0.0.1:5930 org.qemu.monitor.qmp.0
//! {"QMP": {"version": {"qemu": …
//! {"return": {}}
//! ```
//!
//! Data from the port goes to standard output, everything else to standard error. After the end of
//! the input the console waits until the port is silent for a while.

#[path = "../../blocking/mod.rs"]
mod blocking;
mod port;
mod session;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use blocking::AnyError;
use session::Session;

/// Connects the terminal to a port of a SPICE server, or lists the ports
#[derive(Parser)]
struct Arguments {
    /// Address of the server, as HOST:PORT
    server: String,
    /// Name of the port. Lists the ports if absent
    name: Option<String>,
    /// Password of the server
    #[arg(long, conflicts_with = "password_file")]
    password: Option<String>,
    /// File whose first line is the password of the server
    #[arg(long)]
    password_file: Option<PathBuf>,
    /// Exits this many seconds after the last output, once the input has ended
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    wait: f64,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("port-console: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), AnyError> {
    let password = password(arguments)?;
    let wait = Duration::try_from_secs_f64(arguments.wait)
        .map_err(|error| format!("--wait {}: {error}", arguments.wait))?;
    let session = Session::open(&arguments.server, &password)?;
    let ports = session.ports()?;
    let Some(name) = &arguments.name else {
        for port in &ports {
            let state = if port.open { "open" } else { "closed" };
            println!("{}  {state}", port.name);
        }
        return Ok(());
    };
    let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
    let known = match names.as_slice() {
        [] => "it has no ports".to_owned(),
        names => format!("it has {}", names.join(", ")),
    };
    match ports.into_iter().find(|port| port.name == *name) {
        Some(port) => port.attach(wait),
        None => Err(format!("the server has no port `{name}`: {known}").into()),
    }
}

fn password(arguments: &Arguments) -> Result<String, AnyError> {
    match (&arguments.password, &arguments.password_file) {
        (Some(password), _) => Ok(password.clone()),
        (None, None) => Ok(String::new()),
        (None, Some(path)) => {
            let text =
                fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            Ok(text.lines().next().unwrap_or_default().to_owned())
        }
    }
}
