//! Clients with all their channels, and servers that misbehave.

use std::io;
use std::sync::Mutex;
use std::time::Duration;

use spice_link::tokio::{Connection, Events, Session, accept_with};
use spice_link::{Error, LinkErr, LinkError, LinkRequest, Options, Policy, Server};
use spice_messages::main::server::Message;
use spice_messages::types::{Data, Empty};
use spice_messages::wire::IntoOwned;
use spice_messages::{ChannelType, base, display, main, port};
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;

use crate::support::{KEY, POLICY, options, poll_once};

type Main = Connection<main::Channel, DuplexStream, Server>;
type Opened = Result<(Session<DuplexStream>, Events), Error>;

/// Opens a session with a server that runs `serve` on main.
async fn open<F, T>(options: &Options, serve: F) -> (Opened, Result<T, Error>)
where
    F: AsyncFnOnce(Main) -> Result<T, Error>,
{
    let (streams, mut accepted) = mpsc::unbounded_channel();
    let connect = move || {
        let (near, far) = duplex(100);
        streams.send(far).unwrap();
        async { Ok(near) }
    };
    let serve = async {
        let stream = accepted.recv().await.unwrap();
        let accepted = accept_with(stream, &*POLICY, &Options::new().link_timeout(None)).await?;
        serve(accepted.into_connection()?).await
    };
    tokio::join!(Session::open_with(connect, "", options), serve)
}

fn init() -> Message<'static> {
    Message::Init(main::server::Init {
        session_id: 5,
        ..main::server::Init::default()
    })
}

fn agent_data(byte: u8) -> Message<'static> {
    let data = vec![byte];
    Message::AgentData(Data { data: data.into() })
}

/// Sends main's first messages, and `count` others before the list of channels.
async fn start(main: &mut Main, count: u8) -> Result<(), Error> {
    main.send(init()).await?;
    let attach = main.next().await?.map(IntoOwned::into_owned);
    assert_eq!(
        attach,
        Some(main::client::Message::AttachChannels(Empty {}))
    );
    for byte in 0..count {
        main.send(agent_data(byte)).await?;
    }
    main.send(POLICY.channels_list()).await
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::NoSession => "no session",
        Error::Truncated { .. } => "truncated",
        Error::LinkTimeout(_) => "timeout",
        Error::Message(_) => "message",
        _ => "other",
    }
}

#[tokio::test]
async fn server_that_closes_main_early_is_reported() {
    let (opened, _) = open(&options(), async |_| Ok(())).await;
    assert_eq!(kind(&opened.err().unwrap()), "no session");
    let (opened, _) = open(&options(), async |main| main.send(init()).await).await;
    assert!(opened.is_err());
    let (opened, _) = open(&options(), async |mut main| {
        main.send(init()).await?;
        main.next().await.map(drop)
    })
    .await;
    assert_eq!(kind(&opened.err().unwrap()), "no session");
}

#[tokio::test(start_paused = true)]
async fn server_that_never_lists_its_channels_is_timed_out() {
    for sends_init in [false, true] {
        let limit = Options::new().link_timeout(Some(Duration::from_secs(7)));
        let (opened, _) = open(&limit, async |mut main| {
            if sends_init {
                main.send(init()).await?;
            }
            // Keeps main open until the client gives up.
            while main.next().await?.is_some() {}
            Ok(())
        })
        .await;
        assert_eq!(kind(&opened.err().unwrap()), "timeout");
    }
}

#[tokio::test]
async fn messages_before_the_list_of_channels_are_events() {
    let (opened, served) = open(&options(), async |mut main| {
        start(&mut main, 64).await?;
        main.send(agent_data(64)).await?;
        Ok(main)
    })
    .await;
    let (session, mut events) = opened.unwrap();
    assert_eq!(session.info().init.session_id, 5);
    assert_eq!(session.info().channels.len(), 2);
    for byte in 0..65 {
        assert_eq!(events.next().await.unwrap(), Some(agent_data(byte)));
    }
    drop(served.unwrap());
    assert_eq!(events.next().await.unwrap(), None);
}

#[tokio::test]
async fn too_many_messages_before_the_list_of_channels_are_an_error() {
    let (opened, _) = open(&options(), async |mut main| start(&mut main, 65).await).await;
    assert_eq!(kind(&opened.err().unwrap()), "no session");
}

#[tokio::test]
async fn main_answers_pings_although_nobody_takes_its_messages() {
    let (opened, served) = open(&options(), async |mut main| {
        start(&mut main, 0).await?;
        Ok(main)
    })
    .await;
    let (session, events) = opened.unwrap();
    let mut main = served.unwrap();
    drop(events);
    for byte in 0..200 {
        main.send(agent_data(byte)).await.unwrap();
    }
    main.sender().ping().await.unwrap();
    session
        .send(main::client::Message::AttachChannels(Empty {}))
        .await
        .unwrap();
    while main.statistics().round_trip.is_none() {
        let mut next = Box::pin(main.next());
        let _ = poll_once(&mut next);
        drop(next);
        tokio::task::yield_now().await;
    }
}

/// Main answers pings although nobody takes its messages. The messages are counted.
#[tokio::test]
async fn user_who_takes_no_messages_is_told_how_many_were_dropped() {
    let (opened, served) = open(&options(), async |mut main| {
        start(&mut main, 0).await?;
        Ok(main)
    })
    .await;
    let (_session, mut events) = opened.unwrap();
    let mut main = served.unwrap();
    let sender = main.sender();
    for number in 0..1000_u32 {
        let data = number.to_le_bytes().to_vec();
        let message = Message::AgentData(Data { data: data.into() });
        sender.send(message).await.unwrap();
    }
    sender.ping().await.unwrap();
    while main.statistics().round_trip.is_none() {
        let mut next = Box::pin(main.next());
        assert!(poll_once(&mut next).is_pending());
        drop(next);
        tokio::task::yield_now().await;
    }
    for number in 0..256_u32 {
        let data = number.to_le_bytes().to_vec();
        let message = Message::AgentData(Data { data: data.into() });
        assert_eq!(events.next().await.unwrap(), Some(message));
    }
    let error = events.next().await.unwrap_err();
    assert!(matches!(error, Error::Missed(744)), "{error}");
    assert!(error.is_recoverable());
    sender.send(agent_data(7)).await.unwrap();
    assert_eq!(events.next().await.unwrap(), Some(agent_data(7)));
    drop((main, sender));
    assert_eq!(events.next().await.unwrap(), None);
}

#[tokio::test]
async fn damaged_message_of_main_is_an_event_and_main_continues() {
    let (opened, served) = open(&options(), async |mut main| {
        start(&mut main, 0).await?;
        main.sender()
            .send_raw(main::server::id::MOUSE_MODE, &[1])
            .await?;
        main.send(agent_data(3)).await?;
        Ok(main)
    })
    .await;
    let (_session, mut events) = opened.unwrap();
    let error = events.next().await.unwrap_err();
    assert_eq!(kind(&error), "message");
    assert!(error.is_recoverable());
    assert_eq!(events.next().await.unwrap(), Some(agent_data(3)));
    // The server breaks off.
    let main = served.unwrap();
    drop(main);
    assert_eq!(events.next().await.unwrap(), None);
}

#[tokio::test]
async fn dropped_session_closes_main() {
    let (opened, served) = open(&options(), async |mut main| {
        start(&mut main, 0).await?;
        Ok(main)
    })
    .await;
    let (session, mut events) = opened.unwrap();
    let mut main = served.unwrap();
    drop(session);
    assert_eq!(events.next().await.unwrap(), None);
    assert_eq!(main.next().await.unwrap(), None);
}

#[tokio::test]
async fn errors_of_connecting_are_reported() {
    let connect = || async { Err::<DuplexStream, _>(io::ErrorKind::ConnectionRefused.into()) };
    let opened = Session::open_with(connect, "", &options()).await;
    let Err(Error::Io(error)) = opened else {
        panic!("expected an error of the stream");
    };
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn wrong_password_is_reported() {
    let policy: Policy = Policy::new(KEY.clone()).password("secret");
    let (near, far) = duplex(100);
    let near = Mutex::new(Some(near));
    let connect = move || {
        let stream = near.lock().unwrap().take();
        async { stream.ok_or_else(|| io::ErrorKind::NotFound.into()) }
    };
    let options = options();
    let (opened, _) = tokio::join!(
        Session::open_with(connect, "wrong", &options),
        accept_with(far, &policy, &options)
    );
    let denied = LinkErr::PERMISSION_DENIED;
    assert!(matches!(opened, Err(Error::Link(LinkError::Refused(code))) if code == denied));
}

/// Serves main and one more channel, and returns the more channel's request and first message.
#[tokio::test]
async fn channels_get_the_session_id_and_their_first_message() {
    let (streams, mut accepted) = mpsc::unbounded_channel();
    let connect = move || {
        let (near, far) = duplex(1000);
        streams.send(far).unwrap();
        async { Ok(near) }
    };
    let client = async {
        let (session, _events) = Session::open_with(connect, "", &options()).await?;
        let display = session.channel::<display::Channel>(0).await?;
        let request = LinkRequest::new(99, ChannelType::PORT, 0);
        let port = session.connect::<port::Channel>(request).await?;
        let error = session.channel::<base::Channel>(0).await.err();
        assert!(matches!(error, Some(Error::NoChannelType("base"))));
        // Channels do not end with the session.
        drop(session);
        Ok::<_, Error>((display, port))
    };
    let server = async {
        let mut accept = async || {
            let stream = accepted.recv().await.unwrap();
            accept_with(stream, &*POLICY, &options()).await
        };
        let main = accept().await?;
        let session = main.session();
        let mut main = main.into_connection::<main::Channel>()?;
        let id = session.id;
        let init = main::server::Init {
            session_id: id,
            ..main::server::Init::default()
        };
        main.send(init).await?;
        main.next().await?;
        main.send(POLICY.channels_list()).await?;
        let display = accept().await?;
        let mut display = display.into_connection::<display::Channel>()?;
        let first = display.next().await?.map(IntoOwned::into_owned);
        assert!(matches!(first, Some(display::client::Message::Init(_))));
        let port = accept().await?;
        assert_eq!(port.request().connection_id, id);
        let port = port.into_connection::<port::Channel>()?;
        assert_eq!(main.next().await?, None);
        Ok::<_, Error>((display, port))
    };
    let (client, server) = tokio::join!(client, server);
    let ((mut display, _port), (of_server, _)) = (client.unwrap(), server.unwrap());
    of_server
        .send(display::server::Message::Mark(Empty {}))
        .await
        .unwrap();
    let message = display.next().await.unwrap();
    assert_eq!(message, Some(display::server::Message::Mark(Empty {})));
}
