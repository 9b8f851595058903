//! Memory of a connection.

use std::future::Future;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use spice_link::{FrameWriter, HeaderFormat};
use spice_messages::main::server;
use tokio::runtime::Builder;

use super::support::{End, POLICY, options, scripted_client, scripted_server};

/// The most that a connection reads at once.
const MAX_READ: i64 = 128 << 10;

#[test]
fn idle_connections_take_less_than_eight_kib() {
    const CONNECTIONS: i64 = 100;
    LazyLock::force(&POLICY);
    let runtime = Builder::new_current_thread().build().unwrap();
    let options = options();
    let mut connections = Vec::new();
    let used = measure(|| {
        for _ in 0..CONNECTIONS {
            let end = End::Stall;
            let server = scripted_server(HeaderFormat::Mini, &[], end, &options);
            let (mut server, script) = runtime.block_on(server);
            // It waits for its first message.
            let next = pin!(server.next()).poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(next, Poll::Pending));
            connections.push((server, script));
        }
    });
    let each = used.bytes_current / CONNECTIONS;
    assert!((4 << 10..8 << 10).contains(&each), "{each} bytes");
}

#[test]
fn received_messages_take_at_most_twice_their_limit() {
    let limit = 1 << 20;
    let mut input = Vec::new();
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    for _ in 0..8 {
        let body = vec![7; limit];
        writer
            .raw(server::id::AGENT_DATA, &body, &mut input)
            .unwrap();
    }
    let options = options().limit(1 << 20);
    let runtime = Builder::new_current_thread().build().unwrap();
    let client = scripted_client(HeaderFormat::Mini, &input, End::Close, &options);
    let (mut client, _script) = runtime.block_on(client);
    let mut received = 0;
    let used = measure(|| {
        runtime.block_on(async {
            while client.next().await.unwrap().is_some() {
                received += 1;
            }
        });
    });
    assert_eq!(received, 8);
    let limit = 1 << 20;
    let held = used.bytes_current;
    assert!(
        (limit..=2 * (limit + MAX_READ)).contains(&held),
        "{held} bytes"
    );
}
