//! The least that a SPICE server does: `docs/server.md` explains it.
//!
//! It has one port, `org.example.hello`, which greets and then repeats what it is told.
//!
//! ```console
//! $ cargo run --example hello-server -- 127.0.0.1:5930 [PASSWORD]
//! ```

use std::env;
use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use spice_link::ticket::{OsRng, ServerKey};
use spice_link::{
    AckLedger, Capabilities, Established, FrameReader, FrameWriter, LinkErr, ServerLink, ServerStep,
};
use spice_messages::types::{ChannelId, Data};
use spice_messages::wire::{ChannelMessage, Side, Text};
use spice_messages::{base, main, port};

const SESSION: u32 = 1;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut arguments = env::args().skip(1);
    let address = arguments
        .next()
        .ok_or("usage: hello-server HOST:PORT [PASSWORD]")?;
    let password = arguments.next();
    let listener = TcpListener::bind(address)?;
    println!("listening on {}", listener.local_addr()?);
    let key = Arc::new(ServerKey::generate(&mut OsRng)?);
    for stream in listener.incoming() {
        let (mut stream, key, password) = (stream?, Arc::clone(&key), password.clone());
        thread::spawn(move || {
            let served = link(&mut stream, &key, password.as_deref())
                .and_then(|established| serve(stream, &established));
            if let Err(error) = served {
                eprintln!("{error}");
            }
        });
    }
    Ok(())
}

fn link(
    stream: &mut TcpStream,
    key: &ServerKey,
    password: Option<&str>,
) -> Result<Established, Failure> {
    let mut link = ServerLink::new();
    loop {
        match link.step()? {
            ServerStep::Send(bytes) => stream.write_all(&bytes)?,
            ServerStep::Receive(missing) => {
                let mut bytes = vec![0; missing];
                stream.read_exact(&mut bytes)?;
                link.receive(&bytes);
            }
            ServerStep::Request(request) => match (request.channel_type, request.connection_id) {
                (main::CHANNEL_TYPE, 0) | (port::CHANNEL_TYPE, SESSION) => {
                    link.accept(*key.public(), Capabilities::usual())?;
                }
                (main::CHANNEL_TYPE | port::CHANNEL_TYPE, _) => {
                    link.refuse(LinkErr::BAD_CONNECTION_ID)?;
                }
                _ => link.refuse(LinkErr::CHANNEL_NOT_AVAILABLE)?,
            },
            ServerStep::Ticket(ticket) => {
                match password.is_none_or(|password| key.check(ticket, password, &mut OsRng)) {
                    true => link.admit()?,
                    false => link.refuse(LinkErr::PERMISSION_DENIED)?,
                }
            }
            ServerStep::Done(established) => return Ok(established.clone()),
        }
    }
}

struct Channel {
    stream: TcpStream,
    writer: FrameWriter,
    acks: AckLedger,
}

impl Channel {
    fn send<'m>(&mut self, message: &impl ChannelMessage<'m>) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        self.writer.message(message, &mut bytes)?;
        self.stream.write_all(&bytes)?;
        self.acks.sent();
        Ok(())
    }
}

fn serve(mut stream: TcpStream, established: &Established) -> Result<(), Failure> {
    let format = established.header();
    let mut channel = Channel {
        stream: stream.try_clone()?,
        writer: FrameWriter::new(format),
        acks: AckLedger::new(),
    };
    let kind = established.request.channel_type;
    match kind {
        main::CHANNEL_TYPE => greet_on_main(&mut channel)?,
        _ => greet_on_port(&mut channel)?,
    }
    let mut reader = FrameReader::new(Side::Client, format).with_limit(1 << 20);
    let mut bytes = [0; 4096];
    loop {
        while let Some(frame) = reader.next_frame()? {
            for message in frame.messages()? {
                match kind {
                    main::CHANNEL_TYPE => hear_on_main(message.decode()?, &mut channel)?,
                    _ => hear_on_port(message.decode()?, &mut channel)?,
                }
            }
        }
        match stream.read(&mut bytes)? {
            0 => return Ok(()),
            length => reader.push(bytes.get(..length).unwrap_or_default()),
        }
    }
}

fn greet_on_main(channel: &mut Channel) -> Result<(), Failure> {
    let init = main::server::Init {
        session_id: SESSION,
        ..main::server::Init::default()
    };
    channel.send(&main::server::Message::Init(init))
}

fn hear_on_main(message: main::client::Message<'_>, channel: &mut Channel) -> Result<(), Failure> {
    if let main::client::Message::AttachChannels(_) = message {
        let port = ChannelId {
            r#type: port::CHANNEL_TYPE,
            id: 0,
        };
        let list = main::server::ChannelsList {
            channels: vec![port].into(),
        };
        channel.send(&main::server::Message::ChannelsList(list))?;
    }
    Ok(())
}

fn greet_on_port(channel: &mut Channel) -> Result<(), Failure> {
    let set_ack = channel.acks.begin(20);
    channel.send(&base::server::Message::SetAck(set_ack))?;
    let init = port::server::Init {
        name: Text::from("org.example.hello"),
        opened: 1,
    };
    channel.send(&port::server::Message::Init(init))?;
    say(b"hello\n", channel)
}

fn hear_on_port(message: port::client::Message<'_>, channel: &mut Channel) -> Result<(), Failure> {
    match message {
        port::client::Message::AckSync(sync) => channel.acks.ack_sync(sync.generation)?,
        port::client::Message::Ack(_) => channel.acks.ack()?,
        port::client::Message::Data(said) if channel.acks.may_send() => say(&said.data, channel)?,
        _ => {}
    }
    Ok(())
}

fn say(text: &[u8], channel: &mut Channel) -> Result<(), Failure> {
    channel.send(&port::server::Message::Data(Data { data: text.into() }))
}
