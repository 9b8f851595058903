//! A minimal SPICE server. `docs/server.md` explains it.
//!
//! It has one port, `org.example.hello`, which sends a greeting and then echoes its input.
//!
//! ```console
//! $ cargo run --example hello-server -- 127.0.0.1:5930 [PASSWORD]
//! ```

use std::env;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use spice_link::blocking::{Connection, accept};
use spice_link::ticket::{ServerKey, os_random};
use spice_link::{Error, Policy, Server};
use spice_messages::types::{NotifySeverity, NotifyVisibility};
use spice_messages::wire::{ChannelMessage, Encode, Text, WithTrailing};
use spice_messages::{ChannelType, base, main, port};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let address = arguments
        .next()
        .ok_or("usage: hello-server HOST:PORT [PASSWORD]")?;
    let key = ServerKey::generate(os_random)?;
    let mut policy = Policy::new(key).channel(ChannelType::PORT, 0);
    if let Some(password) = arguments.next() {
        policy = policy.password(password);
    }

    let policy = Arc::new(policy);
    let listener = TcpListener::bind(address)?;
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        let (stream, policy) = (stream?, Arc::clone(&policy));
        thread::spawn(move || {
            if let Err(error) = serve(stream, &policy) {
                eprintln!("{error}");
            }
        });
    }
    Ok(())
}

fn serve(stream: TcpStream, policy: &Policy) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let accepted = accept(stream, policy)?;
    let session = accepted.session();
    match accepted.request().channel_type {
        ChannelType::MAIN => serve_main(accepted.into_connection()?, session.id, policy),
        _ => serve_port(accepted.into_connection()?),
    }
}

fn serve_main(
    mut main: Connection<main::Channel, TcpStream, Server>,
    session_id: u32,
    policy: &Policy,
) -> Result<(), Error> {
    main.send(main::server::Init {
        session_id,
        ..Default::default()
    })?;
    let notify = WithTrailing {
        message: base::server::Message::Notify(base::server::Notify {
            severity: NotifySeverity::WARN,
            visibilty: NotifyVisibility::HIGH,
            message: b"the connection is not encrypted"[..].into(),
            ..Default::default()
        }),
        trailing: b"\0"[..].into(),
    };
    main.send_raw(notify.id(), &notify.encode_to_vec()?)?;

    let (mut receiver, sender) = main.into_split()?;
    while let Some(message) = receiver.next()? {
        if let main::client::Message::AttachChannels(_) = message {
            sender.send(policy.channels_list())?;
        }
    }
    Ok(())
}

fn serve_port(mut port: Connection<port::Channel, TcpStream, Server>) -> Result<(), Error> {
    port.send(port::server::Init {
        name: Text::from("org.example.hello"),
        opened: 1,
    })?;
    let (mut receiver, sender) = port.into_split()?;
    sender.set_window(20)?;
    let data = b"hello\n"[..].into();
    sender.send(port::server::Message::Data(port::server::Data { data }))?;
    while let Some(message) = receiver.next()? {
        if let port::client::Message::Data(input) = message {
            sender.send(port::server::Message::Data(input))?;
        }
    }
    Ok(())
}
