//! A minimal SPICE client. `docs/client.md` explains it.
//!
//! It prints the name of the machine, the channels, the names of the ports, and notices of the server.
//!
//! ```console
//! $ cargo run --example hello-client -- 127.0.0.1:5930 [PASSWORD]
//! ```

use std::env;
use std::error::Error;
use std::net::TcpStream;

use spice_link::blocking::{Session, tcp_stream};
use spice_messages::types::MouseMode;
use spice_messages::{ChannelType, main, port};

type AnyError = Box<dyn Error>;

fn main() -> Result<(), AnyError> {
    let mut arguments = env::args().skip(1);
    let address = arguments
        .next()
        .ok_or("usage: hello-client HOST:PORT [PASSWORD]")?;
    let password = arguments.next().unwrap_or_default();
    let (session, mut events) = Session::open(move || tcp_stream(&address), &password)?;

    let info = session.info();
    if let Some(name) = &info.name {
        println!("machine {name}");
    }
    for channel in &info.channels {
        let name = ChannelType(channel.r#type).name().unwrap_or("unknown");
        println!("channel {name} {}", channel.id);
    }
    for id in info.channel_ids(ChannelType::PORT) {
        print_port(&session, id)?;
    }

    session.send(main::client::MouseModeRequest {
        mode: MouseMode::CLIENT,
    })?;

    drop(session);
    while let Some(event) = events.next()? {
        if let main::server::Message::Notify(notify) = event {
            println!("notice {}", notify.message.to_string_lossy());
        }
    }
    Ok(())
}

fn print_port(session: &Session<TcpStream>, id: u8) -> Result<(), AnyError> {
    let mut port = session.channel::<port::Channel>(id)?;
    while let Some(message) = port.next()? {
        match message {
            port::server::Message::Init(init) => {
                println!("port {id} is {}", init.name.to_string_lossy());
                return Ok(());
            }
            port::server::Message::Unknown { id, body } => {
                println!("unknown message {id} of {} bytes", body.len());
            }
            _ => {}
        }
    }
    Err("the server closed the port".into())
}
