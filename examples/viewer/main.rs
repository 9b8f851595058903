//! A client that follows display, inputs and cursor of a session and prints the names of all messages.
//!
//! ```console
//! $ cargo run --example viewer -- 127.0.0.1:5930 [PASSWORD]
//! ```
//!
//! One struct, `Viewer`, handles all channels. This program connects it to sockets.

#[path = "../../spice-tools/src/blocking/link.rs"]
mod link;
mod viewer;

use std::collections::BTreeMap;
use std::env;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{self, Sender};
use std::thread;

use spice_messages::ChannelType;
use viewer::{AnyError, Viewer};

/// Bytes of a channel; empty at its end.
type Received = (ChannelType, Vec<u8>);

fn main() -> Result<(), AnyError> {
    let mut arguments = env::args().skip(1);
    let address = arguments
        .next()
        .ok_or("usage: viewer HOST:PORT [PASSWORD]")?;
    let password = arguments.next().unwrap_or_default();
    let mut viewer = Viewer::new();
    let mut streams = BTreeMap::new();
    let (sender, receiver) = mpsc::channel::<Received>();
    loop {
        for request in viewer.take_requests() {
            let (stream, session) = link::link(&address, request, &password)?;
            viewer.connected(&session)?;
            let channel_type = session.request.channel_type;
            let (from, sender) = (stream.try_clone()?, sender.clone());
            thread::spawn(move || read(channel_type, from, &sender));
            streams.insert(channel_type, stream);
        }
        for (channel_type, stream) in &mut streams {
            stream.write_all(&viewer.take_output(*channel_type))?;
        }
        let (channel_type, bytes) = receiver.recv()?;
        if bytes.is_empty() {
            return report(&viewer);
        }
        let result = viewer.receive(channel_type, &bytes);
        for line in viewer.take_log() {
            println!("{line}");
        }
        result?;
    }
}

/// Reads a channel until the server closes it.
fn read(channel_type: ChannelType, mut stream: TcpStream, sender: &Sender<Received>) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let length = stream.read(&mut bytes).unwrap_or(0);
        let received = bytes.get(..length).unwrap_or_default().to_vec();
        if sender.send((channel_type, received)).is_err() || length == 0 {
            return;
        }
    }
}

/// Prints the final state.
fn report(viewer: &Viewer) -> Result<(), AnyError> {
    println!("screen {:?}", viewer.surface(0));
    println!("cursor {:?}", viewer.cursor());
    println!("modifiers {:?}", viewer.modifiers());
    println!("skipped {}", viewer.skipped());
    Ok(())
}
