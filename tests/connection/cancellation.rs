//! Futures that are dropped at every point lose and repeat nothing.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use spice_link::HeaderFormat;
use spice_messages::port;
use tokio::io::duplex;
use tokio::task::unconstrained;

use crate::support::{Flaky, answer, data, options, pair};

/// Polls a future at most `polls` times, and drops it.
fn poll_and_drop<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = pin!(future);
    let context = &mut Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if let Poll::Ready(value) = future.as_mut().poll(context) {
            return Some(value);
        }
    }
    None
}

/// Bodies of one side: empty, short, and longer than the stream takes at once.
fn bodies(start: u8) -> Vec<Vec<u8>> {
    let lengths = [0, 1, 5, 40, 300, 2, 90, 0, 17, 64];
    (start..)
        .zip(lengths)
        .map(|(byte, length)| vec![byte; length])
        .collect()
}

/// Drives both ends in turns until each has received the end of the other.
async fn exchange(polls: usize, chunk: usize, window: u32) -> [Vec<String>; 2] {
    let (near, far) = duplex(37);
    let options = options();
    let (mut client, mut server) = pair::<port::Channel, _, _>(
        Flaky::new(near, chunk),
        Flaky::new(far, chunk),
        HeaderFormat::Full,
        [&options, &options],
    )
    .await;
    let (sender, answers) = (client.sender(), server.sender());
    // Acknowledgements and pongs are written by `next`, whose future is dropped as well.
    drop(answers.set_window(window));
    let mut unsent = [bodies(1).into_iter(), bodies(101).into_iter()];
    let mut received = [Vec::new(), Vec::new()];
    // Ten messages, ten pongs, `ack_sync`, and an acknowledgement for each window.
    let acks = 20_u64.checked_div(window.into()).unwrap_or_default();
    let frames = 21 + acks;
    let mut turns = 0;
    while received.iter().any(|received| received.len() < 10) {
        turns += 1;
        assert!(turns < 100_000, "{received:?}");
        if let Some(body) = unsent[0].next() {
            let _ = poll_and_drop(sender.send(data(&body)), polls).map(Result::unwrap);
        }
        if let Some(body) = unsent[1].next() {
            drop(answers.ping());
            let _ = poll_and_drop(answers.send(answer(&body)), polls).map(Result::unwrap);
        }
        if let Some(message) = poll_and_drop(client.next(), polls) {
            received[0].push(format!("{:?}", message.unwrap().unwrap()));
        }
        if let Some(message) = poll_and_drop(server.next(), polls) {
            received[1].push(format!("{:?}", message.unwrap().unwrap()));
        }
    }
    // Only messages of flow control follow.
    let mut is_idle = false;
    while !is_idle {
        turns += 1;
        assert!(turns < 100_000);
        assert!(poll_and_drop(client.next(), polls).is_none());
        assert!(poll_and_drop(server.next(), polls).is_none());
        let (client, server) = (client.statistics(), server.statistics());
        assert!(server.received_bytes <= client.sent_bytes);
        assert!(client.received_bytes <= server.sent_bytes);
        is_idle = server.received_frames >= frames && client.received_frames >= 21;
    }
    let (client, server) = (client.statistics(), server.statistics());
    assert_eq!(client.sent_bytes, server.received_bytes);
    assert_eq!(server.sent_bytes, client.received_bytes);
    assert_eq!(server.received_frames, frames);
    assert_eq!(client.received_frames, 21);
    assert!(server.round_trip.is_some());
    received
}

#[tokio::test]
async fn dropped_futures_lose_and_repeat_nothing() {
    let expected = [bodies(101), bodies(1)].map(|bodies| {
        let debug = |body: &Vec<u8>| format!("{:?}", data(body));
        bodies.iter().map(debug).collect::<Vec<_>>()
    });
    for chunk in [1, 2, 7, 19, 1000] {
        for window in [0, 1, 3] {
            for polls in (1..=10).chain([20, 40]) {
                // The runtime would stop the streams after some polls.
                let found = unconstrained(exchange(polls, chunk, window)).await;
                assert_eq!(found, expected, "{polls} polls, {chunk} bytes");
            }
        }
    }
}
