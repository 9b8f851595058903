//! Tasks that share a connection wake each other, and only if they must.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use std::{future::Future, pin::Pin};

use spice_link::tokio::Connection;
use spice_link::{HeaderFormat, Server};
use spice_messages::types::{Data, Empty};
use spice_messages::wire::IntoOwned;
use spice_messages::{main, port};
use tokio::io::{DuplexStream, duplex};
use tokio::time::timeout;

use crate::support::{
    End, Flaky, Script, WakeCount, answer, data, options, pair, poll_once, scripted_client,
};

type Ends = (
    Connection<port::Channel, DuplexStream>,
    Connection<port::Channel, DuplexStream, Server>,
);

async fn ends(capacity: usize) -> Ends {
    let (near, far) = duplex(capacity);
    let options = options();
    pair(near, far, HeaderFormat::Mini, [&options, &options]).await
}

/// Polls a future once. Returns whether it is ready.
fn poll_with<F: Future>(future: &mut Pin<Box<F>>, task: &Arc<WakeCount>) -> bool {
    let waker = Waker::from(Arc::clone(task));
    future
        .as_mut()
        .poll(&mut Context::from_waker(&waker))
        .is_ready()
}

#[tokio::test]
async fn task_that_receives_is_woken_although_its_send_was_ready_later() {
    let (mut client, server) = ends(1000).await;
    let sender = client.sender();
    let task: Arc<WakeCount> = Arc::default();
    let mut next = Box::pin(client.next());
    assert!(!poll_with(&mut next, &task));
    let mut sent = Box::pin(sender.send(data(&[1])));
    assert!(poll_with(&mut sent, &task));
    let woken = task.get();
    server.send(answer(&[2])).await.unwrap();
    assert!(task.get() > woken);
    assert!(poll_with(&mut next, &task));
}

#[tokio::test]
async fn task_that_sends_twice_is_woken_for_both() {
    let (client, mut server) = ends(10).await;
    let sender = client.sender();
    let task: Arc<WakeCount> = Arc::default();
    let mut first = Box::pin(sender.send(data(&[1; 20])));
    let mut second = Box::pin(sender.send(data(&[2; 20])));
    loop {
        let woken = task.get();
        let is_first_ready = poll_with(&mut first, &task);
        if is_first_ready && poll_with(&mut second, &task) {
            break;
        }
        let mut received = Box::pin(server.next());
        let _ = poll_once(&mut received);
        assert!(task.get() > woken);
    }
}

#[tokio::test]
async fn sending_does_not_wake_the_task_that_receives() {
    let (mut client, _server) = ends(1000).await;
    let sender = client.sender();
    let task: Arc<WakeCount> = Arc::default();
    let mut next = Box::pin(client.next());
    assert!(!poll_with(&mut next, &task));
    for _ in 0..10 {
        sender.send(data(&[1])).await.unwrap();
    }
    assert_eq!(task.get(), 0);
}

#[tokio::test]
async fn send_that_was_never_polled_is_written_by_the_task_that_receives() {
    let (mut client, mut server) = ends(1000).await;
    let sender = client.sender();
    let task: Arc<WakeCount> = Arc::default();
    let mut next = Box::pin(client.next());
    assert!(!poll_with(&mut next, &task));
    drop(sender.send(data(&[1])));
    assert_eq!(task.get(), 1);
    assert!(!poll_with(&mut next, &task));
    assert_eq!(server.next().await.unwrap(), Some(data(&[1])));
}

#[tokio::test]
async fn send_that_was_never_polled_is_written_by_the_next_flush() {
    let (client, mut server) = ends(1000).await;
    drop(client.send(data(&[1])));
    drop(client.send(data(&[2])));
    client.sender().flush().await.unwrap();
    for byte in [1, 2] {
        assert_eq!(server.next().await.unwrap(), Some(data(&[byte])));
    }
}

#[tokio::test]
async fn dropped_send_leaves_its_work_to_the_others() {
    let (client, mut server) = ends(10).await;
    let sender = client.sender();
    let tasks: [Arc<WakeCount>; 2] = Default::default();
    let mut first = Box::pin(sender.send(data(&[1; 20])));
    let mut second = Box::pin(sender.send(data(&[2; 20])));
    assert!(!poll_with(&mut second, &tasks[1]));
    // The stream remembers only the task that has polled it last.
    assert!(!poll_with(&mut first, &tasks[0]));
    drop(first);
    let mut count = 0;
    let mut received = Vec::new();
    while received.len() < 2 {
        let mut next = Box::pin(server.next());
        if let Poll::Ready(message) = poll_once(&mut next) {
            received.push(message.unwrap().unwrap().into_owned());
            continue;
        }
        drop(next);
        let woken = tasks[1].get();
        assert!(woken > count, "nobody woke the other task");
        count = woken;
        let _ = poll_with(&mut second, &tasks[1]);
    }
    assert_eq!(received, [data(&[1; 20]), data(&[2; 20])]);
}

#[tokio::test]
async fn acknowledgements_wake_tasks_that_wait_for_the_window() {
    let (mut client, mut server) = ends(1000).await;
    let sender = server.sender();
    sender.set_window(2).await.unwrap();
    for _ in 0..4 {
        sender.ready().await;
        sender.send(answer(&[1])).await.unwrap();
    }
    let task: Arc<WakeCount> = Arc::default();
    let mut ready = Box::pin(sender.ready());
    assert!(!poll_with(&mut ready, &task));
    for _ in 0..2 {
        assert!(client.next().await.unwrap().is_some());
    }
    assert!(poll_once(&mut Box::pin(client.next())).is_ready());
    assert!(poll_once(&mut Box::pin(server.next())).is_pending());
    assert!(task.get() > 0 && poll_with(&mut ready, &task));
}

/// Without one of these nobody would ever wake the task.
#[tokio::test]
async fn tasks_stop_waiting_for_a_window_that_no_acknowledgement_can_open() {
    for case in 0..4 {
        let (client, server) = ends(1000).await;
        let (mut receiver, sender) = server.into_split();
        sender.set_window(1).await.unwrap();
        for _ in 0..2 {
            sender.send(answer(&[1])).await.unwrap();
        }
        let task: Arc<WakeCount> = Arc::default();
        let mut ready = Box::pin(sender.ready());
        assert!(!poll_with(&mut ready, &task));
        match case {
            0 => {
                drop(client);
                assert!(receiver.next().await.unwrap().is_none());
            }
            1 => {
                drop(client);
                sender.send(answer(&[1])).await.unwrap_err();
            }
            2 => drop(receiver),
            _ => drop(sender.set_window(0)),
        }
        assert!(task.get() > 0 && poll_with(&mut ready, &task), "{case}");
    }
}

async fn scripted() -> (Connection<main::Channel, Script>, Script) {
    scripted_client(HeaderFormat::Mini, &[], End::Stall, &options()).await
}

#[tokio::test]
async fn send_and_flush_wait_until_the_stream_has_sent_what_it_buffers() {
    let (main, stream) = scripted().await;
    stream.state().is_buffering = true;
    let sender = main.sender();
    let task: Arc<WakeCount> = Arc::default();
    let attach = main::client::Message::AttachChannels(Empty {});
    let mut sent = Box::pin(sender.send(attach));
    assert!(!poll_with(&mut sent, &task));
    let mut flushed = Box::pin(sender.flush());
    assert!(!poll_with(&mut flushed, &task));
    stream.change(|state| state.is_buffering = false);
    assert!(task.get() > 0);
    assert!(poll_with(&mut flushed, &task) && poll_with(&mut sent, &task));
}

/// The stream remembers only the task that has polled it last.
#[tokio::test]
async fn tasks_that_receive_and_send_are_woken_whoever_polled_last() {
    for receives_last in [false, true] {
        let (mut main, stream) = scripted().await;
        stream.state().is_buffering = true;
        let sender = main.sender();
        let [receiving, sending]: [Arc<WakeCount>; 2] = Default::default();
        let attach = main::client::Message::AttachChannels(Empty {});
        let mut next = Box::pin(main.next());
        assert!(!poll_with(&mut next, &receiving));
        let mut sent = Box::pin(sender.send(attach));
        assert!(!poll_with(&mut sent, &sending));
        if receives_last {
            assert!(!poll_with(&mut next, &receiving));
        }
        stream.change(|state| state.is_buffering = false);
        assert!(receiving.get() > 0 && sending.get() > 0);
        assert!(poll_with(&mut sent, &sending));
    }
}

#[tokio::test]
async fn many_answers_are_written_at_once() {
    let (mut main, stream) = scripted().await;
    let mut writer = spice_link::FrameWriter::new(HeaderFormat::Mini);
    let mut pings = Vec::new();
    for id in 0..200 {
        let ping = main::server::Message::Ping(spice_messages::base::server::Ping {
            id,
            ..Default::default()
        });
        writer.message(&ping, &mut pings).unwrap();
    }
    let writes = stream.state().writes;
    stream.change(|state| state.input.extend(pings));
    assert!(poll_once(&mut Box::pin(main.next())).is_pending());
    assert_eq!(main.statistics().sent_frames, 200);
    assert_eq!(stream.state().writes, writes + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn halves_of_many_tasks_lose_nothing_on_several_threads() {
    const MESSAGES: u32 = 2000;
    let (near, far) = duplex(64);
    let options = options();
    let ends = pair::<port::Channel, _, _>(
        Flaky::new(near, 50),
        far,
        HeaderFormat::Mini,
        [&options, &options],
    );
    let (client, server) = ends.await;
    let (mut receiver, sender) = client.into_split();
    let (mut requests, answers) = server.into_split();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..3_u8 {
        let sender = sender.clone();
        tasks.spawn(async move {
            for number in 0..MESSAGES {
                let mut body = vec![task];
                body.extend(number.to_le_bytes());
                let message = data(&body);
                // One task drops some futures after one poll, or before.
                match (task, number % 3) {
                    (0, 0) => drop(sender.send(message)),
                    (0, 1) => drop(poll_once(&mut sender.send(message))),
                    _ => sender.send(message).await.unwrap(),
                }
            }
        });
    }
    tasks.spawn(async move {
        for _ in 0..MESSAGES {
            answers.ping().await.unwrap();
            answers.send(answer(&[9])).await.unwrap();
        }
    });
    tasks.spawn(async move {
        for _ in 0..MESSAGES {
            assert_eq!(receiver.next().await.unwrap(), Some(answer(&[9])));
        }
        // Answers pings, and writes what the other tasks have left.
        let _ = receiver.next().await;
    });
    let received = async {
        let mut next = [0; 3];
        while next.iter().any(|number| *number < MESSAGES) {
            let Some(port::client::Message::Data(Data { data })) = requests.next().await.unwrap()
            else {
                panic!("expected data");
            };
            let (task, number) = data.split_first().unwrap();
            let expected = &mut next[usize::from(*task)];
            assert_eq!(*number, expected.to_le_bytes());
            *expected += 1;
        }
    };
    let limit = Duration::from_secs(120);
    timeout(limit, received).await.expect("nobody hangs");
    drop((requests, sender));
    let ended = async { while tasks.join_next().await.is_some_and(|task| task.is_ok()) {} };
    timeout(limit, ended).await.expect("all tasks end");
    assert!(tasks.is_empty());
}
