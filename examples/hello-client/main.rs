//! A minimal SPICE client. `docs/client.md` explains it.
//!
//! ```console
//! $ cargo run --example hello-client -- 127.0.0.1:5930 [PASSWORD]
//! ```

use std::env;
use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;

use spice_link::ticket::{self, OsRng};
use spice_link::{
    Capabilities, ClientFlowControl, ClientLink, ClientStep, FrameReader, FrameWriter,
    HeaderFormat, LinkRequest, MainCapability,
};
use spice_messages::main::{client, server};
use spice_messages::types::Empty;
use spice_messages::wire::Side;
use spice_messages::{ChannelType, base};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let address = arguments
        .next()
        .ok_or("usage: hello-client HOST:PORT [PASSWORD]")?;
    let password = arguments.next().unwrap_or_default();
    let mut stream = TcpStream::connect(address)?;
    let capabilities = Capabilities::usual().with_channel(MainCapability::NAME_AND_UUID);
    let request = LinkRequest::main(capabilities);
    let format = link(&mut stream, request, &password)?;
    exchange_messages(&mut stream, format)
}

fn link(
    stream: &mut TcpStream,
    request: LinkRequest,
    password: &str,
) -> Result<HeaderFormat, Box<dyn Error>> {
    let mut link = ClientLink::new(request)?;
    loop {
        match link.step()? {
            ClientStep::Send(bytes) => stream.write_all(&bytes)?,
            ClientStep::Receive(missing) => {
                let mut bytes = vec![0; missing];
                stream.read_exact(&mut bytes)?;
                link.receive(&bytes)?;
            }
            ClientStep::Ticket(public_key) => {
                let ticket = ticket::encrypt(password, public_key, &mut OsRng)?;
                link.ticket(&ticket)?;
            }
            ClientStep::Done(session) => return Ok(session.header()),
        }
    }
}

fn exchange_messages(stream: &mut TcpStream, format: HeaderFormat) -> Result<(), Box<dyn Error>> {
    let mut reader = FrameReader::new(Side::Server, format).with_limit(1 << 20);
    let mut writer = FrameWriter::new(format);
    let mut flow = ClientFlowControl::default();
    let mut bytes = [0; 4096];
    loop {
        while let Some(frame) = reader.next_frame()? {
            let mut answers: Vec<client::Message<'_>> = Vec::new();
            answers.extend(flow.received().map(Into::into));
            for message in frame.messages()? {
                let message: server::Message<'_> = message.decode()?;
                if let server::Message::ChannelsList(list) = &message {
                    print_channels(list);
                    return Ok(());
                }
                answers.extend(answer(message, &mut flow));
            }
            let mut out = Vec::new();
            for message in &answers {
                writer.message(message, &mut out)?;
            }
            stream.write_all(&out)?;
        }
        match stream.read(&mut bytes)? {
            0 => return Err("the server closed the connection".into()),
            length => reader.push(bytes.get(..length).unwrap_or_default()),
        }
    }
}

fn answer(
    message: server::Message<'_>,
    flow: &mut ClientFlowControl,
) -> Option<client::Message<'static>> {
    match message {
        server::Message::Init(init) => {
            println!("session {}", init.session_id);
            Some(client::Message::AttachChannels(Empty {}))
        }
        server::Message::Name(name) => {
            let name = String::from_utf8_lossy(&name.name).into_owned();
            println!("machine {}", name.trim_end_matches('\0'));
            None
        }
        server::Message::Unknown { id, body } => {
            println!("unknown message {id} of {} bytes", body.len());
            None
        }
        other => {
            let message = base::server::Message::try_from(other).ok()?;
            flow.answer(&message).map(Into::into)
        }
    }
}

fn print_channels(list: &server::ChannelsList<'_>) {
    for channel in &list.channels {
        let name = ChannelType(channel.r#type).name().unwrap_or("unknown");
        println!("channel {name} {}", channel.id);
    }
}
