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

mod port;

use std::error::Error;
use std::fs;
use std::io;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Parser;
use spice_link::blocking::{Events, Session, tcp_stream};
use spice_messages::main::server::Message;
use spice_messages::port::CHANNEL_TYPE;

use port::Port;

/// Any error.
type AnyError = Box<dyn Error + Send + Sync>;

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
    let session = open_session(arguments.server.clone(), &password)?;
    let ids = session.info().channel_ids(CHANNEL_TYPE);
    let ports = ids.map(|id| Port::open(session.channel(id)?));
    let ports = ports.collect::<Result<Vec<_>, AnyError>>()?;
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

/// Opens a session, and prints its notices while it lasts.
fn open_session(server: String, password: &str) -> Result<Session<TcpStream>, AnyError> {
    let connect = move || {
        tcp_stream(&server).map_err(|error| {
            io::Error::new(error.kind(), format!("cannot connect to {server}: {error}"))
        })
    };
    let (session, events) = Session::open(connect, password)?;
    thread::spawn(move || print_notices(events));
    Ok(session)
}

fn print_notices(mut events: Events) {
    loop {
        match events.next() {
            Ok(Some(Message::Notify(notify))) => {
                let text = notify.message.to_string_lossy();
                eprintln!("port-console: notice from the server: {text}");
            }
            Ok(None) => return,
            Ok(Some(_)) | Err(_) => {}
        }
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
