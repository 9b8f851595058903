//! A proxy between a SPICE client and a SPICE server that shows what they say.
//!
//! It decodes every message of every channel in both directions and passes on what it encodes again.
//!
//! ```console
//! $ cargo run --example spice-spy -- --listen 127.0.0.1:5999 127.0.0.1:5930
//! listening on 127.0.0.1:5999
//!   0.003310 main/0 link: client AUTH_SELECTION …; server AUTH_SELECTION …; short header
//!   0.004518 main/0 server→client init 32
//!   0.004571 main/0 server→client name 16
//! ```
//!
//! A message that does not decode is passed on as it is, and reported. When the last connection of a
//! session ends, the messages are counted.

mod check;
mod connection;
mod link;
mod packets;
mod record;
mod report;

use std::error::Error;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::thread;

use clap::{ArgAction, Parser};

use connection::Connection;
use packets::Packets;
use record::Record;
use report::{Report, Show};

/// Whatever goes wrong.
type Failure = Box<dyn Error + Send + Sync>;

/// Shows what a SPICE client and a SPICE server say to each other.
#[derive(Parser)]
struct Arguments {
    /// Address of the server, as HOST:PORT
    server: String,
    /// Address to wait for clients at; port 0 is a free one
    #[arg(long, default_value = "127.0.0.1:5999")]
    listen: String,
    /// Show the fields of messages, shortened; twice: in full
    #[arg(short, long, action = ArgAction::Count)]
    verbose: u8,
    /// Show no lines, only what is wrong, and the counts
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Compare each message that was encoded again with the original
    #[arg(long)]
    verify: bool,
    /// Make client and server use the long header
    #[arg(long)]
    full_header: bool,
    /// Write link messages and messages to this file, as JSON Lines
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Write what is passed on to this file, as packets for Wireshark
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// End after the first session; fail if a message was not decoded or not the same again
    #[arg(long)]
    once: bool,
}

/// What all connections share.
struct Spy {
    server: String,
    verify: bool,
    full_header: bool,
    report: Report,
    record: Option<Record>,
    packets: Option<Packets>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("spice-spy: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let listener = TcpListener::bind(&arguments.listen)
        .map_err(|error| format!("cannot listen on {}: {error}", arguments.listen))?;
    let address = listener.local_addr()?;
    let spy = Arc::new(spy(arguments, address)?);
    let mut output = std::io::stdout();
    writeln!(output, "listening on {address}")?;
    output.flush()?;

    let (ended, endings) = mpsc::channel();
    let session = Arc::clone(&spy);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(client) = stream else {
                continue;
            };
            session.report.begin();
            let (spy, ended) = (Arc::clone(&session), ended.clone());
            thread::spawn(move || {
                if let Err(error) = Connection::serve(&spy, client) {
                    spy.report.note(&error.to_string());
                }
                let _ = ended.send(spy.report.end());
            });
        }
    });
    for last_of_session in endings {
        if !last_of_session {
            continue;
        }
        spy.report.summary();
        if arguments.once {
            break;
        }
    }
    Ok(match spy.report.is_clean() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn spy(arguments: &Arguments, address: SocketAddr) -> Result<Spy, Failure> {
    let show = match (arguments.quiet, arguments.verbose) {
        (true, _) => Show::Nothing,
        (false, 0) => Show::Lines,
        (false, 1) => Show::Fields,
        (false, _) => Show::AllFields,
    };
    Ok(Spy {
        server: arguments.server.clone(),
        verify: arguments.verify,
        full_header: arguments.full_header,
        report: Report::new(show),
        record: match &arguments.record {
            Some(path) => Some(Record::create(path)?),
            None => None,
        },
        packets: match &arguments.pcap {
            Some(path) => Some(Packets::create(path, address.port())?),
            None => None,
        },
    })
}
