//! A server with one port, on `tokio`: a chat. `docs/async.md` explains it.
//!
//! A client receives each line that another client types. Ctrl+C ends the server.
//!
//! ```console
//! $ cargo run --example port-server -- 127.0.0.1:5930 [PASSWORD]
//! ```

use std::env;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use spice_link::ticket::{ServerKey, os_random};
use spice_link::tokio::{Accepted, Sender, accept};
use spice_link::{LinkErr, Policy, Server};
use spice_messages::{ChannelType, main, port};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::task::JoinSet;
use tokio::time;

type AnyError = Box<dyn Error + Send + Sync>;

/// An event that all channels handle.
#[derive(Clone)]
enum Event {
    /// A session has sent a line.
    Line(u32, Arc<[u8]>),
    /// The server ends.
    End,
}

struct Chat {
    policy: Policy,
    events: broadcast::Sender<Event>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), AnyError> {
    let mut arguments = env::args().skip(1);
    let address = arguments.next().ok_or("expected HOST:PORT [PASSWORD]")?;
    let key = ServerKey::generate(os_random)?;
    let mut policy = Policy::new(key).channel(ChannelType::PORT, 0);
    if let Some(password) = arguments.next() {
        policy = policy.password(password);
    }
    let events = broadcast::Sender::new(16);
    let chat = Arc::new(Chat { policy, events });
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);

    let mut channels = JoinSet::new();
    loop {
        tokio::select! {
            stream = listener.accept() => {
                let (stream, _) = stream?;
                stream.set_nodelay(true)?;
                channels.spawn(serve(stream, Arc::clone(&chat)));
            }
            Some(ended) = channels.join_next() => match ended? {
                Ok(()) => {}
                Err(error) => println!("a channel has failed: {error}"),
            },
            pressed = tokio::signal::ctrl_c() => {
                pressed?;
                break;
            }
        }
    }
    let _ = chat.events.send(Event::End);
    // A client that stops reading delays the end no longer.
    let _ = time::timeout(Duration::from_secs(5), channels.join_all()).await;
    println!("ended");
    Ok(())
}

async fn serve(stream: TcpStream, chat: Arc<Chat>) -> Result<(), AnyError> {
    let events = chat.events.subscribe();
    let accepted = accept(stream, &chat.policy).await?;
    match accepted.request().channel_type {
        ChannelType::MAIN => serve_main(accepted, &chat, events).await,
        _ => serve_port(accepted, &chat, events).await,
    }
}

async fn serve_main(
    accepted: Accepted<TcpStream>,
    chat: &Chat,
    mut events: broadcast::Receiver<Event>,
) -> Result<(), AnyError> {
    let session = accepted.session();
    let mut main = accepted.into_connection::<main::Channel>()?;
    let sender = main.sender();
    let init = main::server::Init {
        session_id: session.id,
        ..Default::default()
    };
    sender.send(init).await?;
    loop {
        tokio::select! {
            message = main.next() => match message? {
                Some(main::client::Message::AttachChannels(_)) => {
                    sender.send(chat.policy.channels_list()).await?;
                }
                Some(_) => {}
                None => return Ok(()),
            },
            event = events.recv() => if let Ok(Event::End) = event {
                break;
            },
        }
    }
    let disconnecting = main::server::Disconnecting {
        reason: LinkErr::OK,
        ..Default::default()
    };
    let disconnecting = main::server::Message::Disconnecting(disconnecting);
    sender.send(disconnecting).await?;
    sender.shutdown().await?;
    while main.next().await?.is_some() {}
    Ok(())
}

async fn serve_port(
    accepted: Accepted<TcpStream>,
    chat: &Chat,
    mut events: broadcast::Receiver<Event>,
) -> Result<(), AnyError> {
    let session = accepted.session();
    let mut port = accepted.into_connection::<port::Channel>()?;
    let sender = port.sender();
    let init = port::server::Init {
        name: "org.example.chat".into(),
        opened: 1,
    };
    sender.send(init).await?;
    sender.set_window(20).await?;
    loop {
        tokio::select! {
            message = port.next() => match message? {
                Some(port::client::Message::Data(data)) => {
                    let _ = chat.events.send(Event::Line(session.id, data.data[..].into()));
                }
                Some(_) => {}
                None => return Ok(()),
            },
            event = next_event(&sender, &mut events) => match event {
                Ok(Event::Line(from, line)) if from != session.id => {
                    let data = port::server::Data { data: line[..].into() };
                    sender.send(port::server::Message::Data(data)).await?;
                }
                Ok(Event::Line(..)) => {}
                Err(RecvError::Lagged(lines)) => println!("a slow client has missed {lines} lines"),
                Ok(Event::End) | Err(RecvError::Closed) => break,
            },
        }
    }
    sender.shutdown().await?;
    while port.next().await?.is_some() {}
    Ok(())
}

/// Waits until the client has acknowledged enough messages, and then for an event.
async fn next_event(
    sender: &Sender<port::Channel, TcpStream, Server>,
    events: &mut broadcast::Receiver<Event>,
) -> Result<Event, RecvError> {
    sender.ready().await;
    events.recv().await
}
