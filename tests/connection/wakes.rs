//! A task with several futures on one connection is woken for each of them.

use std::future::pending;
use std::time::Duration;

use spice_link::Options;
use spice_messages::main::client::{Message, MouseModeRequest};
use spice_messages::main::server;
use spice_messages::types::MouseMode;
use spice_messages::wire::IntoOwned;
use tokio::io::duplex;
use tokio::time::timeout;

use super::support::connect_pair;

/// Limit on the time until a task is woken.
const LIMIT: Duration = Duration::from_secs(10);

fn request() -> Message<'static> {
    Message::MouseModeRequest(MouseModeRequest {
        mode: MouseMode::CLIENT,
    })
}

/// The branches of `join!` and `select!` share the waker of their task.
#[tokio::test]
async fn receiving_continues_after_another_branch_has_sent() {
    let (mut client, mut server) = connect_pair(duplex(100), &Options::new()).await;
    let answer = tokio::spawn(async move {
        assert_eq!(server.next().await.unwrap(), Some(request()));
        server
            .send(server::MultiMediaTime { time: 7 })
            .await
            .unwrap();
        server
    });
    // In a task of its own, because the wakers of the runtime's own task can differ from their clones.
    let receive = tokio::spawn(async move {
        let sender = client.sender();
        let send = async {
            sender.send(request()).await.unwrap();
            pending::<()>().await;
        };
        tokio::select! {
            biased;
            message = client.next() => message.map(|message| message.map(IntoOwned::into_owned)),
            () = send => unreachable!("it waits forever"),
        }
    });
    let message = timeout(LIMIT, receive).await.expect("the task is woken");
    let message = message.unwrap();
    let expected = server::Message::MultiMediaTime(server::MultiMediaTime { time: 7 });
    assert_eq!(message.unwrap(), Some(expected));
    drop(answer.await.unwrap());
}

/// Waiting for an acknowledgement does not stop a branch that receives the acknowledgement.
#[tokio::test]
async fn receiving_continues_while_another_branch_waits_for_acknowledgements() {
    let (mut client, mut server) = connect_pair(duplex(100), &Options::new()).await;
    let client = tokio::spawn(async move {
        let mut received = 0;
        while client.next().await.unwrap().is_some() {
            received += 1;
        }
        received
    });
    let send = tokio::spawn(async move {
        let sender = server.sender();
        sender.set_window(2).await.unwrap();
        let send = async {
            for time in 0..20 {
                sender.ready().await;
                let time = server::MultiMediaTime { time };
                sender.send(time).await.unwrap();
            }
        };
        tokio::select! {
            biased;
            message = server.next() => panic!("{message:?}"),
            () = send => {}
        }
        sender.shutdown().await.unwrap();
    });
    timeout(LIMIT, send)
        .await
        .expect("the task is woken")
        .unwrap();
    assert_eq!(client.await.unwrap(), 20);
}
