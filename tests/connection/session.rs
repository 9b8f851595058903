//! A client's session with a server of this crate.

use std::sync::Arc;

use spice_link::ticket::{ServerKey, os_random};
use spice_link::tokio::{Session, accept};
use spice_link::{Error, Policy};
use spice_messages::types::{Data, Empty};
use spice_messages::{ChannelType, main, port};
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;

async fn serve(stream: DuplexStream, policy: Arc<Policy>) -> Result<(), Error> {
    let accepted = accept(stream, &policy).await?;
    let session = accepted.session();
    if accepted.request().channel_type == main::CHANNEL_TYPE {
        let mut main = accepted.into_connection::<main::Channel>()?;
        let init = main::server::Init {
            session_id: session.id,
            ..Default::default()
        };
        main.send(init).await?;
        let sender = main.sender();
        while let Some(message) = main.next().await? {
            if let main::client::Message::AttachChannels(Empty {}) = message {
                sender.send(policy.channels_list()).await?;
            }
        }
    } else {
        let mut port = accepted.into_connection::<port::Channel>()?;
        let sender = port.sender();
        sender.ping().await?;
        while let Some(message) = port.next().await? {
            if let port::client::Message::Data(data) = message {
                sender.send(port::server::Message::Data(data)).await?;
            }
        }
        assert!(port.statistics().round_trip.is_some());
    }
    Ok(())
}

#[tokio::test]
async fn port_echoes() {
    let policy = Policy::new(ServerKey::generate(os_random).unwrap())
        .password("secret")
        .channel(ChannelType::PORT, 3);
    let policy = Arc::new(policy);
    let (tasks, mut results) = mpsc::unbounded_channel();
    let connect = move || {
        let (client, server) = duplex(100);
        tasks
            .send(tokio::spawn(serve(server, policy.clone())))
            .unwrap();
        async { Ok(client) }
    };
    let (session, events) = Session::open(connect, "secret").await.unwrap();
    assert_eq!(
        session
            .info()
            .channel_ids(ChannelType::PORT)
            .collect::<Vec<_>>(),
        [3]
    );
    let mut port = session.channel::<port::Channel>(3).await.unwrap();
    let sender = port.sender();
    for length in [1, 10, 5000] {
        let bytes = vec![7; length];
        let data = Data {
            data: bytes.as_slice().into(),
        };
        let sent = sender.send(port::client::Message::Data(data));
        let (sent, received) = tokio::join!(sent, port.next());
        sent.unwrap();
        let Some(port::server::Message::Data(data)) = received.unwrap() else {
            panic!("expected data");
        };
        assert_eq!(*data.data, bytes);
    }
    drop((session, events, port, sender));
    while let Some(task) = results.recv().await {
        task.await.unwrap().unwrap();
    }
}
