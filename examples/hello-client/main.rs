//! A minimal SPICE client. `docs/client.md` explains it.
//!
//! It prints the session id, the name of the machine and the channels.
//!
//! ```console
//! $ cargo run --example hello-client -- 127.0.0.1:5930 [PASSWORD]
//! ```

use std::env;
use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;

use spice_link::ticket::{self, os_random};
use spice_link::{
    Capabilities, ClientFlowControl, ClientLink, ClientStep, Frame, FrameReader, FrameWriter,
    HeaderFormat, LinkRequest, MainCapability,
};
use spice_messages::ChannelType;
use spice_messages::main::{client, server};
use spice_messages::wire::{ChannelMessage, Side};

type AnyError = Box<dyn Error>;

fn main() -> Result<(), AnyError> {
    let mut arguments = env::args().skip(1);
    let address = arguments
        .next()
        .ok_or("usage: hello-client HOST:PORT [PASSWORD]")?;
    let password = arguments.next().unwrap_or_default();
    let mut stream = TcpStream::connect(address)?;
    let capabilities = Capabilities::usual().with_channel(MainCapability::NAME_AND_UUID);
    let request = LinkRequest::main(capabilities);
    let format = link(&mut stream, request, &password)?;
    Client::new(stream, format).run()
}

fn link(
    stream: &mut TcpStream,
    request: LinkRequest,
    password: &str,
) -> Result<HeaderFormat, AnyError> {
    stream.set_nodelay(true)?;
    let mut link = ClientLink::new(request)?;
    loop {
        match link.step()? {
            ClientStep::Send(bytes) => stream.write_all(&bytes)?,
            ClientStep::Receive(missing) => {
                let mut bytes = vec![0; missing];
                match stream.read(&mut bytes)? {
                    0 => return Err(link.ended().into()),
                    length => link.receive(bytes.get(..length).unwrap_or_default())?,
                };
            }
            ClientStep::Ticket(public_key) => {
                link.ticket(&ticket::encrypt(password, &public_key, os_random)?)?;
            }
            ClientStep::Done(session) => return Ok(session.header()),
        }
    }
}

struct Client {
    stream: TcpStream,
    reader: FrameReader,
    writer: FrameWriter,
    flow: ClientFlowControl,
    has_channels: bool,
}

impl Client {
    fn new(stream: TcpStream, format: HeaderFormat) -> Self {
        Self {
            stream,
            reader: FrameReader::new(Side::Server, format).with_limit(1 << 20),
            writer: FrameWriter::new(format),
            flow: ClientFlowControl::default(),
            has_channels: false,
        }
    }

    fn run(&mut self) -> Result<(), AnyError> {
        let mut bytes = [0; 4096];
        while !self.has_channels {
            match self.stream.read(&mut bytes)? {
                0 => return Err("the server closed the connection".into()),
                length => self.reader.push(bytes.get(..length).unwrap_or_default()),
            }
            while let Some(frame) = self.reader.next_frame()? {
                self.receive(&frame)?;
            }
        }
        Ok(())
    }

    fn receive(&mut self, frame: &Frame) -> Result<(), AnyError> {
        if let Some(ack) = self.flow.received() {
            self.send(&ack)?;
        }
        for message in frame.messages()? {
            match self.flow.answer(&message)? {
                Some(answer) => self.send(&answer)?,
                None => self.handle(message.decode()?)?,
            }
        }
        Ok(())
    }

    fn send<'m>(&mut self, message: &impl ChannelMessage<'m>) -> Result<(), AnyError> {
        let mut bytes = Vec::new();
        self.writer.message(message, &mut bytes)?;
        self.stream.write_all(&bytes)?;
        Ok(())
    }

    fn handle(&mut self, message: server::Message<'_>) -> Result<(), AnyError> {
        match message {
            server::Message::Init(init) => {
                println!("session {}", init.session_id);
                self.send(&client::Message::AttachChannels(client::Empty {}))?;
            }
            server::Message::Name(name) => {
                println!("machine {}", name.name.to_string_lossy());
            }
            server::Message::Notify(notify) => {
                println!("notice {}", notify.message.to_string_lossy());
            }
            server::Message::ChannelsList(list) => {
                print_channels(&list);
                self.has_channels = true;
            }
            server::Message::Unknown { id, body } => {
                println!("unknown message {id} of {} bytes", body.len());
            }
            _ => {}
        }
        Ok(())
    }
}

fn print_channels(list: &server::ChannelsList<'_>) {
    for channel in &list.channels {
        let name = ChannelType(channel.r#type).name().unwrap_or("unknown");
        println!("channel {name} {}", channel.id);
    }
}
