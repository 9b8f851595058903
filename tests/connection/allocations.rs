//! A connection allocates nothing for a message once its buffers have grown.

use allocation_counter::measure;
use spice_link::tokio::Connection;
use spice_link::{Client, HeaderFormat, Server};
use spice_messages::port;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

use super::support::{answer, data, options, pair};

/// Lengths of the messages of a server, below the size of the buffers that a connection keeps.
const LENGTHS: [usize; 4] = [0, 100, 5000, 60_000];

type Port<R> = Connection<port::Channel, TcpStream, R>;

/// Creates both ends of a connection over TCP.
fn connect(runtime: &Runtime) -> (Port<Client>, Port<Server>) {
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (client, server) = tokio::join!(TcpStream::connect(address), listener.accept());
        let options = options();
        pair(
            client.unwrap(),
            server.unwrap().0,
            HeaderFormat::Mini,
            [&options; 2],
        )
        .await
    })
}

/// Sends a message in both directions, for each length.
async fn exchange(client: &mut Port<Client>, server: &mut Port<Server>, bytes: &[u8]) {
    for length in LENGTHS {
        let message = answer(&bytes[..length]);
        let sent = server.send(message.clone());
        let (sent, received) = tokio::join!(sent, client.next());
        sent.unwrap();
        assert_eq!(received.unwrap(), Some(message));
        client.send(data(b"next")).await.unwrap();
        assert_eq!(server.next().await.unwrap(), Some(data(b"next")));
    }
}

#[test]
fn messages_are_sent_and_received_without_allocations() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (mut client, mut server) = connect(&runtime);
    // Acknowledgements are part of the steady state.
    runtime.block_on(server.sender().set_window(3)).unwrap();
    let bytes = vec![7; 60_000];
    let mut exchange_often = |times| {
        runtime.block_on(async {
            for _ in 0..times {
                exchange(&mut client, &mut server, &bytes).await;
            }
        });
    };
    exchange_often(20);
    let used = measure(|| exchange_often(20));
    assert_eq!(used.count_total, 0, "{used:?}");
}
