//! A proxy between SPICE clients and a SPICE server that prints their messages.
//!
//! It decodes every message of every channel in both directions, encodes it again, and forwards the
//! result.
//!
//! ```console
//! $ spice-spy --listen 127.0.0.1:5999 127.0.0.1:5930
//! listening on 127.0.0.1:5999
//!   0.003310 main/0 link: client AUTH_SELECTION …; server AUTH_SELECTION …; mini header
//!   0.004518 main/0 server→client init 32
//!   0.004571 main/0 server→client name 16
//! ```
//!
//! A message that cannot be decoded is reported and forwarded unchanged. When the last connection of
//! a session ends, the proxy prints how many messages there were of each kind.

mod check;
mod connection;
mod link;
mod pcap;
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
use pcap::PcapFile;
use record::Record;
use report::{Detail, Report};

/// Any error.
type AnyError = Box<dyn Error + Send + Sync>;

/// Prints the messages between SPICE clients and a SPICE server
#[derive(Parser)]
struct Arguments {
    /// Address of the server, as HOST:PORT
    server: String,
    /// Address to listen on for clients. Port 0 selects a free port
    #[arg(long, default_value = "127.0.0.1:5999")]
    listen: String,
    /// Print the fields of messages, shortened. Twice: in full
    #[arg(short, long, action = ArgAction::Count)]
    verbose: u8,
    /// Print only problems and the summary
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Compare each message with its original after encoding it again
    #[arg(long)]
    verify: bool,
    /// Make client and server use full headers
    #[arg(long)]
    full_header: bool,
    /// Write link messages and messages to this file as JSON Lines
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Write the forwarded bytes to this file as packets for Wireshark
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// Exit after the first session. Fails if there were problems
    #[arg(long)]
    once: bool,
}

/// State that all connections share.
struct Spy {
    server: String,
    verify: bool,
    full_header: bool,
    report: Report,
    record: Option<Record>,
    pcap: Option<PcapFile>,
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

fn run(arguments: &Arguments) -> Result<ExitCode, AnyError> {
    let listener = TcpListener::bind(&arguments.listen)
        .map_err(|error| format!("cannot listen on {}: {error}", arguments.listen))?;
    let address = listener.local_addr()?;
    let spy = Arc::new(create_spy(arguments, address)?);
    let mut output = std::io::stdout();
    writeln!(output, "listening on {address}")?;
    output.flush()?;

    let (sender, ends) = mpsc::channel();
    let session = Arc::clone(&spy);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(client) = stream else {
                continue;
            };
            session.report.connection_opened();
            let (spy, sender) = (Arc::clone(&session), sender.clone());
            thread::spawn(move || {
                if let Err(error) = Connection::serve(&spy, client) {
                    spy.report.note(&error.to_string());
                }
                let _ = sender.send(spy.report.connection_closed());
            });
        }
    });
    for is_session_over in ends {
        if !is_session_over {
            continue;
        }
        spy.report.summary();
        if arguments.once {
            break;
        }
    }
    Ok(if spy.report.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn create_spy(arguments: &Arguments, address: SocketAddr) -> Result<Spy, AnyError> {
    let detail = match arguments.verbose {
        _ if arguments.quiet => Detail::Problems,
        0 => Detail::Lines,
        1 => Detail::Fields,
        _ => Detail::AllFields,
    };
    Ok(Spy {
        server: arguments.server.clone(),
        verify: arguments.verify,
        full_header: arguments.full_header,
        report: Report::new(detail),
        record: match &arguments.record {
            Some(path) => Some(Record::create(path)?),
            None => None,
        },
        pcap: match &arguments.pcap {
            Some(path) => Some(PcapFile::create(path, address.port())?),
            None => None,
        },
    })
}
