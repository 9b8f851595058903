//! A client that follows display, inputs and cursor of a session and prints the names of all messages.
//!
//! ```console
//! $ cargo run --example viewer -- 127.0.0.1:5930 [PASSWORD]
//! ```
//!
//! Each channel is received in a thread of its own. One struct, `Viewer`, handles all messages.

mod viewer;

use std::env;
use std::net::TcpStream;
use std::sync::mpsc::{self, SyncSender};
use std::thread;

use spice_link::blocking::{Connection, Session, tcp_stream};
use spice_link::{Error, Frame};
use spice_messages::wire::Channel;
use spice_messages::{ChannelType, cursor, display, inputs};
use viewer::{AnyError, Viewer};

/// A frame of a channel, or the error that ended it.
type Received = Result<(ChannelType, Frame), Error>;

fn main() -> Result<(), AnyError> {
    let mut arguments = env::args().skip(1);
    let address = arguments
        .next()
        .ok_or("usage: viewer HOST:PORT [PASSWORD]")?;
    let password = arguments.next().unwrap_or_default();
    let (session, _events) = Session::open(move || tcp_stream(&address), &password)?;
    let (sender, receiver) = mpsc::sync_channel(16);
    follow::<display::Channel>(&session, &sender)?;
    follow::<inputs::Channel>(&session, &sender)?;
    follow::<cursor::Channel>(&session, &sender)?;
    drop(sender);
    let mut viewer = Viewer::default();
    for received in receiver {
        let (channel_type, frame) = received?;
        let result = viewer.receive(channel_type, &frame);
        for line in viewer.take_log() {
            println!("{line}");
        }
        result?;
    }
    report(&viewer);
    Ok(())
}

/// Connects the first channel of type `C`, and receives from it.
fn follow<C: Channel + 'static>(
    session: &Session<TcpStream>,
    sender: &SyncSender<Received>,
) -> Result<(), Error> {
    let channel = session.channel::<C>(0)?;
    let sender = sender.clone();
    thread::spawn(move || receive(channel, &sender));
    Ok(())
}

/// Receives from a channel until the server closes it.
fn receive<C: Channel>(mut channel: Connection<C, TcpStream>, sender: &SyncSender<Received>) {
    let channel_type = channel.link().request.channel_type;
    while let Some(frame) = channel.next_frame().transpose() {
        let is_end = frame.is_err();
        let received = frame.map(|frame| (channel_type, frame));
        if sender.send(received).is_err() || is_end {
            return;
        }
    }
}

/// Prints the final state.
fn report(viewer: &Viewer) {
    println!("screen {:?}", viewer.surface(0));
    println!("cursor {:?}", viewer.cursor());
    println!("modifiers {:?}", viewer.modifiers());
    println!("skipped {}", viewer.skipped());
}
