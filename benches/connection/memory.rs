//! A thread that serves 1,000 clients.

use std::error::Error;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use allocation_counter::measure;
use spice_link::ticket::{ServerKey, os_random};
use spice_link::tokio::{Connection, accept, connect};
use spice_link::{Client, LinkRequest, Policy, Server};
use spice_messages::{ChannelType, main, port};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// Number of connections.
const CONNECTIONS: usize = 1000;

type ClientPort = Connection<main::Channel, TcpStream, Client>;
type ServerPort = Connection<main::Channel, TcpStream, Server>;

/// Prints the table of memory.
pub fn print() -> Result<(), Box<dyn Error>> {
    Ok(())
}
