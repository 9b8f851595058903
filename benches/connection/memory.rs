//! A thread that serves 1,000 clients.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use allocation_counter::measure;
use spice_link::ticket::{ServerKey, os_random};
use spice_link::tokio::{accept, connect};
use spice_link::{LinkRequest, Policy};
use spice_messages::types::Data;
use spice_messages::{ChannelType, main};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::{self, JoinSet};

use crate::AnyError;

/// Number of connections.
const CONNECTIONS: usize = 1000;

/// Length of the message that each client sends.
const LENGTH: usize = 2000;

/// Prints the table of memory.
pub fn print() -> Result<(), AnyError> {
    let policy = Arc::new(Policy::new(ServerKey::generate(os_random)?));
    let runtime = runtime()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let (start, started) = oneshot::channel();
    let (done, seconds) = oneshot::channel();
    let clients = thread::spawn(move || send(address, started, done));

    let mut tasks = JoinSet::new();
    let mut accepted = Ok(());
    // The counted thread is this one, which runs the server.
    let idle = measure(|| accepted = runtime.block_on(serve(&listener, &policy, &mut tasks)));
    accepted?;
    let mut exchanged = Ok(0.0);
    let grown = measure(|| {
        let _ = start.send(());
        exchanged = runtime.block_on(seconds);
    });
    let seconds = exchanged?;
    clients.join().map_err(|_| "the clients have failed")??;

    let each = |bytes: i64| bytes / CONNECTIONS as i64;
    println!();
    println!("| {CONNECTIONS} connections in one thread | |");
    println!("|---|---|");
    let idle = idle.bytes_current;
    println!(
        "| heap of a connection that waits for its first message, with its task | {} bytes |",
        each(idle)
    );
    println!(
        "| after a message of {LENGTH} bytes and its answer | {} bytes |",
        each(idle + grown.bytes_current)
    );
    println!(
        "| a message and an answer on every connection | {:.1} ms |",
        seconds * 1e3
    );
    Ok(())
}

fn runtime() -> Result<Runtime, AnyError> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

/// Accepts all clients, and runs a task for each.
async fn serve(
    listener: &TcpListener,
    policy: &Arc<Policy>,
    tasks: &mut JoinSet<Result<(), AnyError>>,
) -> Result<(), AnyError> {
    for _ in 0..CONNECTIONS {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let main = accept(stream, policy)
            .await?
            .into_connection::<main::Channel>()?;
        tasks.spawn(async move {
            let mut main = main;
            let sender = main.sender();
            while let Some(message) = main.next().await? {
                if let main::client::Message::AgentData(data) = message {
                    sender.send(main::server::Message::AgentData(data)).await?;
                }
            }
            Ok(())
        });
    }
    // Each task runs until it waits for a message.
    for _ in 0..CONNECTIONS {
        task::yield_now().await;
    }
    Ok(())
}

/// Connects all clients. When told so, sends a message on each connection, and returns the seconds until all are answered.
fn send(
    address: SocketAddr,
    start: oneshot::Receiver<()>,
    done: oneshot::Sender<f64>,
) -> Result<(), AnyError> {
    runtime()?.block_on(async {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let request = LinkRequest::new(0, ChannelType::MAIN, 0);
            connections.push(connect::<main::Channel, _>(stream, request, "").await?);
        }
        start.await?;
        let bytes = vec![7; LENGTH];
        let begin = Instant::now();
        for connection in &connections {
            let data = Data {
                data: bytes.as_slice().into(),
            };
            connection
                .send(main::client::Message::AgentData(data))
                .await?;
        }
        for connection in &mut connections {
            connection
                .next()
                .await?
                .ok_or("the server has closed a connection")?;
        }
        let _ = done.send(begin.elapsed().as_secs_f64());
        Ok(())
    })
}
