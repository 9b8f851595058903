//! Link stages that the peer breaks off, delays or damages.

use std::io;
use std::time::Duration;

use spice_link::tokio::{accept, accept_with, connect, connect_with};
use spice_link::{Error, LinkAnswer, LinkErr, LinkError, LinkRequest, Policy};
use spice_messages::{ChannelType, main};
use tokio::time::Instant;

use crate::support::{End, KEY, POLICY, Script, options, recorded_link};

fn request() -> LinkRequest {
    LinkRequest::new(0, ChannelType::MAIN, 0)
}

async fn connect_to(stream: Script) -> Result<(), Error> {
    let options = options();
    let main = connect_with::<main::Channel, _>(stream, request(), "", &options);
    main.await.map(drop)
}

async fn accept_from(stream: Script, policy: &Policy) -> Result<(), Error> {
    accept_with(stream, policy, &options()).await.map(drop)
}

#[tokio::test]
async fn peer_that_closes_at_any_byte_is_reported() {
    let [client, server] = recorded_link().await;
    for length in 0..server.len() {
        let result = connect_to(Script::new(&server[..length], End::Close)).await;
        let Err(Error::Link(LinkError::Ended { awaited })) = result else {
            panic!("{length}: {result:?}");
        };
        assert!(awaited > 0 && length + awaited <= server.len(), "{length}");
    }
    for length in 0..client.len() {
        let stream = Script::new(&client[..length], End::Close);
        let result = accept_from(stream, &POLICY).await;
        let Err(Error::Link(LinkError::Ended { awaited })) = result else {
            panic!("{length}: {result:?}");
        };
        assert!(awaited > 0 && length + awaited <= client.len(), "{length}");
    }
    connect_to(Script::new(&server, End::Close)).await.unwrap();
    accept_from(Script::new(&client, End::Close), &POLICY)
        .await
        .unwrap();
}

#[tokio::test]
async fn peer_that_resets_at_any_byte_is_reported() {
    let [client, server] = recorded_link().await;
    let is_reset = |result: Result<(), Error>| match result {
        Err(Error::Io(error)) => error.kind() == io::ErrorKind::ConnectionReset,
        _ => false,
    };
    for length in 0..server.len() {
        let stream = Script::new(&server[..length], End::Reset);
        assert!(is_reset(connect_to(stream).await), "{length}");
    }
    for length in 0..client.len() {
        let stream = Script::new(&client[..length], End::Reset);
        assert!(is_reset(accept_from(stream, &POLICY).await), "{length}");
    }
}

#[tokio::test(start_paused = true)]
async fn peer_that_stalls_at_any_byte_is_timed_out() {
    let [client, server] = recorded_link().await;
    let limit = Duration::from_secs(30);
    for length in 0..server.len() {
        let start = Instant::now();
        let stream = Script::new(&server[..length], End::Stall);
        let error = connect::<main::Channel, _>(stream, request(), "").await;
        assert!(matches!(error, Err(Error::LinkTimeout(found)) if found == limit));
        assert_eq!(start.elapsed().as_secs(), 30);
    }
    for length in 0..client.len() {
        let stream = Script::new(&client[..length], End::Stall);
        let error = accept(stream, &*POLICY).await;
        assert!(matches!(error, Err(Error::LinkTimeout(found)) if found == limit));
    }
}

#[tokio::test(start_paused = true)]
async fn peer_that_does_not_read_is_timed_out() {
    let [client, server] = recorded_link().await;
    let stalled = |input: &[u8]| {
        let stream = Script::new(input, End::Stall);
        stream.state().is_full = true;
        stream
    };
    let error = connect::<main::Channel, _>(stalled(&server), request(), "").await;
    assert!(matches!(error, Err(Error::LinkTimeout(_))));
    let error = accept(stalled(&client), &*POLICY).await;
    assert!(matches!(error, Err(Error::LinkTimeout(_))));
}

#[tokio::test(start_paused = true)]
async fn time_limit_holds_for_the_whole_link_stage() {
    let [_, server] = recorded_link().await;
    let stream = Script::new(&[], End::Stall);
    let slow_server = async {
        // One byte a second, so that no single read takes long.
        for byte in server {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stream.change(|state| state.input.push_back(byte));
        }
    };
    let start = Instant::now();
    tokio::select! {
        () = slow_server => panic!("the client waited for all bytes"),
        result = connect::<main::Channel, _>(stream.clone(), request(), "") => {
            assert!(matches!(result, Err(Error::LinkTimeout(_))));
        }
    }
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test]
async fn damaged_bytes_are_an_error_or_another_valid_link_stage() {
    let [client, server] = recorded_link().await;
    let mut accepted = [0, 0];
    for at in 0..server.len() {
        for change in [1, 0x80, 0xff] {
            let mut bytes = server.clone();
            bytes[at] ^= change;
            let result = connect_to(Script::new(&bytes, End::Close)).await;
            accepted[0] += usize::from(result.is_ok());
            assert!(!matches!(result, Err(Error::Io(_))), "{at}: {result:?}");
        }
    }
    for at in 0..client.len() {
        for change in [1, 0x80, 0xff] {
            let mut bytes = client.clone();
            bytes[at] ^= change;
            let result = accept_from(Script::new(&bytes, End::Close), &POLICY).await;
            accepted[1] += usize::from(result.is_ok());
            assert!(!matches!(result, Err(Error::Io(_))), "{at}: {result:?}");
        }
    }
    // A change of the key or of the ticket goes unnoticed without a password.
    assert!(accepted[0] > 100 && accepted[1] > 3 * 128, "{accepted:?}");
}

#[tokio::test]
async fn damaged_ticket_is_refused() {
    let policy = Policy::new(KEY.clone()).password("secret");
    let [client, _] = recorded_link().await;
    for at in (client.len() - 128..client.len()).step_by(16) {
        let mut bytes = client.clone();
        bytes[at] ^= 1;
        let stream = Script::new(&bytes, End::Close);
        let result = accept_from(stream.clone(), &policy).await;
        let denied = LinkErr::PERMISSION_DENIED;
        assert!(matches!(result, Err(Error::Link(LinkError::Refused(reason))) if reason == denied));
        assert!(stream.state().output.ends_with(&7_u32.to_le_bytes()));
    }
}

/// A server that refuses early closes the connection while the client still writes.
#[tokio::test]
async fn refusal_is_reported_although_writing_fails() {
    let refusal = LinkAnswer::refusal(LinkErr::NEED_SECURED);
    for end in [End::Close, End::Reset] {
        for kind in [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset] {
            let stream = Script::new(&refusal.to_bytes().unwrap(), end);
            stream.state().write_error = Some(kind);
            let result = connect_to(stream).await;
            assert!(
                matches!(
                    result,
                    Err(Error::Link(LinkError::Refused(LinkErr::NEED_SECURED)))
                ),
                "{result:?}"
            );
            let stream = Script::new(&[], end);
            stream.state().write_error = Some(kind);
            let result = connect_to(stream).await;
            assert!(matches!(result, Err(Error::Io(error)) if error.kind() == kind));
        }
    }
}

#[tokio::test]
async fn failure_to_write_is_reported_at_once() {
    let stream = Script::new(&[], End::Stall);
    stream.state().write_error = Some(io::ErrorKind::TimedOut);
    let result = connect_to(stream).await;
    assert!(matches!(result, Err(Error::Io(error)) if error.kind() == io::ErrorKind::TimedOut));
}
