//! Prints the messages of a display, and asks the monitor of QEMU for its version. `docs/async.md` explains it.
//!
//! ```console
//! $ cargo run --example async-client -- 127.0.0.1:5930 [PASSWORD]
//! ```

use std::env;
use std::error::Error;

use spice_link::tokio::{Session, tcp_stream};
use spice_messages::{ChannelType, display, port};

const MONITOR: &str = "org.qemu.monitor.qmp.0";
const CAPABILITIES: &str = r#"{"execute": "qmp_capabilities"}"#;
const VERSION: &str = r#"{"execute": "query-version"}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let address = arguments.next().ok_or("expected HOST:PORT [PASSWORD]")?;
    let password = arguments.next().unwrap_or_default();
    let connect = move || tcp_stream(address.clone());
    let (session, _) = Session::open(connect, &password).await?;
    for channel in &session.info().channels {
        println!("channel {} {}", ChannelType(channel.r#type), channel.id);
    }
    let mut display = session.channel::<display::Channel>(0).await?;
    let id = session.info().channel_ids(ChannelType::PORT).next();
    let id = id.ok_or("the machine has no port")?;
    let mut port = session.channel::<port::Channel>(id).await?;
    let sender = port.sender();
    let mut commands = [CAPABILITIES, VERSION].into_iter();
    let mut text = String::new();
    loop {
        tokio::select! {
            message = display.next() => {
                let Some(message) = message? else { return Ok(()) };
                println!("display {}", message.name().unwrap_or("unknown"));
            }
            message = port.next() => match message? {
                Some(port::server::Message::Init(init)) if init.name.to_str() != Ok(MONITOR) => {
                    return Err(format!("the port is {}", init.name.to_string_lossy()).into());
                }
                Some(port::server::Message::Data(data)) => {
                    text.push_str(&String::from_utf8_lossy(&data.data));
                    while let Some((line, rest)) = text.split_once('\n') {
                        println!("monitor {line}");
                        text = rest.to_owned();
                        if let Some(command) = commands.next() {
                            let data = port::client::Data { data: command.as_bytes().into() };
                            sender.send(port::client::Message::Data(data)).await?;
                        }
                    }
                }
                Some(_) => {}
                None => return Ok(()),
            }
        }
    }
}
