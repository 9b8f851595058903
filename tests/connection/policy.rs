//! Servers that accept and refuse link stages.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use spice_link::tokio::{accept_with, connect_with};
use spice_link::{
    Capabilities, Error, LinkAnswer, LinkErr, LinkError, LinkRequest, Policy, ServerSession,
};
use spice_messages::wire::Channel;
use spice_messages::{ChannelType, display, main, port};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use crate::support::{KEY, Recorder, options};

fn policy() -> Policy<AtomicUsize> {
    Policy::new(KEY.clone())
        .password("secret")
        .channel(ChannelType::PORT, 0)
        .channel(ChannelType::PORT, 7)
        .channel(ChannelType::DISPLAY, 0)
}

type Session = Arc<ServerSession<AtomicUsize>>;

/// Runs a link stage. Returns the results of both ends, and the bytes that the client has received.
async fn link<C: Channel>(
    policy: &Policy<AtomicUsize>,
    request: LinkRequest,
    password: &str,
) -> (Result<(), Error>, Result<Session, Error>, Vec<u8>) {
    let (near, far) = duplex(4096);
    let (near, received) = Recorder::new(near);
    let options = options();
    let (connected, accepted) = tokio::join!(
        connect_with::<C, _>(near, request, password, &options),
        accept_with(far, policy, &options)
    );
    let session = accepted.map(|accepted| accepted.session());
    let received = received.lock().unwrap().clone();
    (connected.map(drop), session, received)
}

async fn session(policy: &Policy<AtomicUsize>) -> Session {
    let request = LinkRequest::new(0, ChannelType::MAIN, 0);
    let (connected, session, _) = link::<main::Channel>(policy, request, "secret").await;
    connected.unwrap();
    session.unwrap()
}

#[tokio::test]
async fn channels_find_their_session_in_any_order_at_the_same_time() {
    let policy = policy();
    let sessions = [session(&policy).await, session(&policy).await];
    assert_ne!(sessions[0].id, sessions[1].id);
    let connect = async |session: &Session, channel_type, id| {
        let request = LinkRequest::new(session.id, channel_type, id);
        let found = match channel_type {
            ChannelType::DISPLAY => link::<display::Channel>(&policy, request, "secret").await,
            _ => link::<port::Channel>(&policy, request, "secret").await,
        };
        found.0.unwrap();
        let found = found.1.unwrap();
        assert!(Arc::ptr_eq(&found, session));
        found.data.fetch_add(1, Ordering::Relaxed);
    };
    tokio::join!(
        connect(&sessions[1], ChannelType::PORT, 7),
        connect(&sessions[0], ChannelType::PORT, 0),
        connect(&sessions[0], ChannelType::DISPLAY, 0),
        connect(&sessions[1], ChannelType::PORT, 0),
        connect(&sessions[0], ChannelType::PORT, 7),
    );
    let counts = sessions.map(|session| session.data.load(Ordering::Relaxed));
    assert_eq!(counts, [3, 2]);
}

/// Checks that both ends report the code, and the bytes of the refusal.
async fn check_refusal(
    policy: &Policy<AtomicUsize>,
    request: LinkRequest,
    password: &str,
    code: LinkErr,
    is_after_ticket: bool,
) {
    let found = link::<port::Channel>(policy, request, password).await;
    let (connected, accepted, received) = found;
    for error in [connected.unwrap_err(), accepted.unwrap_err()] {
        assert!(
            matches!(&error, Error::Link(LinkError::Refused(found)) if *found == code),
            "{error:?}"
        );
    }
    if is_after_ticket {
        let (answer, result) = LinkAnswer::split_from(&received).unwrap();
        assert_eq!(answer.error, LinkErr::OK);
        assert_eq!(result, u32::from(code).to_le_bytes());
    } else {
        assert_eq!(received, LinkAnswer::refusal(code).to_bytes().unwrap());
    }
}

#[tokio::test]
async fn refused_clients_are_told_the_reason() {
    let policy = policy().capabilities(|request| match request.channel_id {
        7 => Err(LinkErr::NEED_SECURED),
        _ => Ok(Capabilities::server(request.channel_type)),
    });
    let first = session(&policy).await;
    let ended = session(&policy).await.id;
    let port = |session, id| LinkRequest::new(session, ChannelType::PORT, id);
    for (request, password, code, is_after_ticket) in [
        (
            port(first.id, 1),
            "secret",
            LinkErr::CHANNEL_NOT_AVAILABLE,
            false,
        ),
        (
            LinkRequest::new(first.id, ChannelType::CURSOR, 0),
            "secret",
            LinkErr::CHANNEL_NOT_AVAILABLE,
            false,
        ),
        (
            LinkRequest::new(first.id, ChannelType(200), 0),
            "secret",
            LinkErr::CHANNEL_NOT_AVAILABLE,
            false,
        ),
        (port(first.id, 7), "secret", LinkErr::NEED_SECURED, false),
        (
            port(first.id, 0),
            "Secret",
            LinkErr::PERMISSION_DENIED,
            true,
        ),
        (port(first.id, 0), "", LinkErr::PERMISSION_DENIED, true),
        (port(0, 0), "secret", LinkErr::BAD_CONNECTION_ID, true),
        (
            port(!first.id, 0),
            "secret",
            LinkErr::BAD_CONNECTION_ID,
            true,
        ),
        (port(ended, 0), "secret", LinkErr::BAD_CONNECTION_ID, true),
        (
            LinkRequest::new(first.id, ChannelType::MAIN, 0),
            "secret",
            LinkErr::BAD_CONNECTION_ID,
            true,
        ),
        // Without the password a client does not learn which sessions exist.
        (port(ended, 0), "wrong", LinkErr::PERMISSION_DENIED, true),
    ] {
        check_refusal(&policy, request, password, code, is_after_ticket).await;
    }
    // The session has survived all that.
    let request = port(first.id, 0);
    let (connected, found, _) = link::<port::Channel>(&policy, request, "secret").await;
    connected.unwrap();
    assert!(Arc::ptr_eq(&found.unwrap(), &first));
}

/// No client of this crate sends these requests.
#[tokio::test]
async fn clients_that_violate_the_protocol_are_told_the_reason() {
    let policy = policy();
    let request = LinkRequest::new(0, ChannelType::MAIN, 0);
    let bytes = request.to_bytes().unwrap();
    let changed = |at: usize, byte| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        bytes
    };
    for (bytes, code) in [
        (changed(0, b'X'), LinkErr::INVALID_MAGIC),
        (changed(4, 9), LinkErr::VERSION_MISMATCH),
        (changed(12, 3), LinkErr::INVALID_DATA),
        (changed(15, 0xff), LinkErr::INVALID_DATA),
        (changed(16 + 6, 200), LinkErr::INVALID_DATA),
    ] {
        let (mut near, far) = duplex(4096);
        near.write_all(&bytes).await.unwrap();
        let error = accept_with(far, &policy, &options()).await.unwrap_err();
        let Error::Link(error) = error else {
            panic!("{error:?}");
        };
        assert_eq!(error.reason(), code);
        let mut received = Vec::new();
        near.read_to_end(&mut received).await.unwrap();
        assert_eq!(received, LinkAnswer::refusal(code).to_bytes().unwrap());
    }
}

#[tokio::test]
async fn connection_of_another_type_is_an_error_on_both_ends() {
    let policy = policy();
    let (near, far) = duplex(4096);
    let request = LinkRequest::new(0, ChannelType::MAIN, 0);
    let options = options();
    let (connected, accepted) = tokio::join!(
        connect_with::<port::Channel, _>(near, request, "secret", &options),
        accept_with(far, &policy, &options)
    );
    let errors = [
        connected.map(drop).unwrap_err(),
        accepted
            .unwrap()
            .into_connection::<port::Channel>()
            .map(drop)
            .unwrap_err(),
    ];
    for error in errors {
        let Error::ChannelType {
            requested,
            expected,
        } = error
        else {
            panic!("{error:?}");
        };
        assert_eq!(
            (requested, expected),
            (ChannelType::MAIN, ChannelType::PORT)
        );
    }
}
