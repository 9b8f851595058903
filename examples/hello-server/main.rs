//! A minimal SPICE server. `docs/server.md` explains it.
//!
//! It has one port, `org.example.hello`, which sends a greeting and then echoes its input.
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

use spice_link::ticket::{ServerKey, os_random};
use spice_link::{
    AckLedger, Capabilities, FrameReader, FrameWriter, LinkErr, LinkSession, ServerLink, ServerStep,
};
use spice_messages::types::{ChannelId, NotifySeverity, NotifyVisibility};
use spice_messages::wire::{ChannelMessage, Side, Text, WithTrailing};
use spice_messages::{base, main, port};

const SESSION_ID: u32 = 1;

type AnyError = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), AnyError> {
    let mut arguments = env::args().skip(1);
    let address = arguments
        .next()
        .ok_or("usage: hello-server HOST:PORT [PASSWORD]")?;
    let password = arguments.next();
    let listener = TcpListener::bind(address)?;
    println!("listening on {}", listener.local_addr()?);
    let key = Arc::new(ServerKey::generate(os_random)?);
    for stream in listener.incoming() {
        let (mut stream, key, password) = (stream?, Arc::clone(&key), password.clone());
        thread::spawn(move || {
            let result = link(&mut stream, &key, password.as_deref())
                .and_then(|session| serve(stream, &session));
            if let Err(error) = result {
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
) -> Result<LinkSession, AnyError> {
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
                (main::CHANNEL_TYPE, 0) | (port::CHANNEL_TYPE, SESSION_ID) => {
                    link.accept(*key.public(), Capabilities::usual())?;
                }
                (main::CHANNEL_TYPE | port::CHANNEL_TYPE, _) => {
                    link.refuse(LinkErr::BAD_CONNECTION_ID)?;
                }
                _ => link.refuse(LinkErr::CHANNEL_NOT_AVAILABLE)?,
            },
            ServerStep::Ticket(ticket) => {
                if password.is_none_or(|password| key.check(&ticket, password, os_random)) {
                    link.admit()?;
                } else {
                    link.refuse(LinkErr::PERMISSION_DENIED)?;
                }
            }
            ServerStep::Done(session) => return Ok(session),
        }
    }
}

struct Channel {
    stream: TcpStream,
    writer: FrameWriter,
    acks: AckLedger,
}

impl Channel {
    fn send<'m>(&mut self, message: &impl ChannelMessage<'m>) -> Result<(), AnyError> {
        let mut bytes = Vec::new();
        self.writer.message(message, &mut bytes)?;
        self.stream.write_all(&bytes)?;
        self.acks.sent();
        Ok(())
    }
}

fn serve(mut stream: TcpStream, session: &LinkSession) -> Result<(), AnyError> {
    let format = session.header();
    let mut channel = Channel {
        stream: stream.try_clone()?,
        writer: FrameWriter::new(format),
        acks: AckLedger::new(),
    };
    let channel_type = session.request.channel_type;
    match channel_type {
        main::CHANNEL_TYPE => start_main(&mut channel)?,
        _ => start_port(&mut channel)?,
    }
    let mut reader = FrameReader::new(Side::Client, format).with_limit(1 << 20);
    let mut bytes = [0; 4096];
    loop {
        while let Some(frame) = reader.next_frame()? {
            for message in frame.messages()? {
                match channel_type {
                    main::CHANNEL_TYPE => handle_main(message.decode()?, &mut channel)?,
                    _ => handle_port(message.decode()?, &mut channel)?,
                }
            }
        }
        match stream.read(&mut bytes)? {
            0 => return Ok(()),
            length => reader.push(bytes.get(..length).unwrap_or_default()),
        }
    }
}

fn start_main(channel: &mut Channel) -> Result<(), AnyError> {
    let init = main::server::Init {
        session_id: SESSION_ID,
        ..main::server::Init::default()
    };
    channel.send(&main::server::Message::Init(init))?;
    let notify = base::server::Notify {
        severity: NotifySeverity::WARN,
        visibilty: NotifyVisibility::HIGH,
        message: b"the connection is not encrypted"[..].into(),
        ..base::server::Notify::default()
    };
    channel.send(&WithTrailing {
        message: base::server::Message::Notify(notify),
        trailing: b"\0"[..].into(),
    })
}

fn handle_main(message: main::client::Message<'_>, channel: &mut Channel) -> Result<(), AnyError> {
    if let main::client::Message::AttachChannels(_) = message {
        let port = ChannelId {
            r#type: port::CHANNEL_TYPE.0,
            id: 0,
        };
        let list = main::server::ChannelsList {
            channels: vec![port].into(),
        };
        channel.send(&main::server::Message::ChannelsList(list))?;
    }
    Ok(())
}

fn start_port(channel: &mut Channel) -> Result<(), AnyError> {
    let set_ack = channel.acks.begin(20);
    channel.send(&base::server::Message::SetAck(set_ack))?;
    let init = port::server::Init {
        name: Text::from("org.example.hello"),
        opened: 1,
    };
    channel.send(&port::server::Message::Init(init))?;
    send_data(b"hello\n", channel)
}

fn handle_port(message: port::client::Message<'_>, channel: &mut Channel) -> Result<(), AnyError> {
    match message {
        port::client::Message::AckSync(sync) => channel.acks.ack_sync(sync.generation),
        port::client::Message::Ack(_) => channel.acks.ack(),
        port::client::Message::Data(input) if channel.acks.may_send() => {
            send_data(&input.data, channel)?;
        }
        _ => {}
    }
    Ok(())
}

fn send_data(bytes: &[u8], channel: &mut Channel) -> Result<(), AnyError> {
    let data = bytes.into();
    channel.send(&port::server::Message::Data(port::server::Data { data }))
}
