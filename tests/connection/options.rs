//! Settings of connections.

use std::sync::{Arc, Mutex};

use spice_link::{Error, FrameError, FrameWriter, HeaderFormat, Options, RawMessage};
use spice_messages::types::{Data, Empty};
use spice_messages::wire::{IntoOwned, Side};
use spice_messages::{base, main, port};
use tokio::io::duplex;

use crate::support::{End, answer, data, options, pair, scripted_client};

const AGENT_DATA: u16 = main::server::id::AGENT_DATA;

fn agent_data(bytes: &[u8]) -> main::server::Message<'_> {
    main::server::Message::AgentData(Data { data: bytes.into() })
}

#[tokio::test]
async fn message_beyond_the_limit_is_an_error_before_it_is_received() {
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    let mut bytes = Vec::new();
    writer.raw(AGENT_DATA, &[1; 100], &mut bytes).unwrap();
    writer.raw(AGENT_DATA, &[2; 101], &mut bytes).unwrap();
    bytes.truncate(bytes.len() - 101);
    let options = options().limit(100);
    let (mut main, _) = scripted_client(HeaderFormat::Mini, &bytes, End::Stall, &options).await;
    assert_eq!(main.next().await.unwrap(), Some(agent_data(&[1; 100])));
    for _ in 0..2 {
        let error = main.next().await.unwrap_err();
        assert!(!error.is_recoverable());
        let Error::Frame(FrameError::TooLarge { id, size, limit }) = error else {
            panic!("{error}");
        };
        assert_eq!((id, size, limit), (AGENT_DATA, 101, 100));
    }
}

#[tokio::test]
async fn flow_control_that_is_not_handled_arrives_as_messages() {
    use port::client::Message::{Ack, AckSync};
    let (near, far) = duplex(1000);
    let manual = options().flow_control(false);
    let ends = pair::<port::Channel, _, _>(near, far, HeaderFormat::Mini, [&manual, &manual]);
    let (mut client, mut server) = ends.await;
    server.sender().set_window(1).await.unwrap();
    let Some(port::server::Message::SetAck(set_ack)) = client.next().await.unwrap() else {
        panic!("expected set_ack");
    };
    assert_eq!((set_ack.generation, set_ack.window), (1, 1));
    server.send(answer(&[1])).await.unwrap();
    assert_eq!(client.next().await.unwrap(), Some(answer(&[1])));
    assert_eq!(client.statistics().sent_frames, 0);
    let sync = base::client::AckSync { generation: 1 };
    client.send(AckSync(sync)).await.unwrap();
    client.send(Ack(Empty {})).await.unwrap();
    assert_eq!(server.next().await.unwrap(), Some(AckSync(sync)));
    assert_eq!(server.next().await.unwrap(), Some(Ack(Empty {})));
    // Pings are still handled.
    server.sender().ping().await.unwrap();
    server.send(answer(&[2])).await.unwrap();
    assert_eq!(client.next().await.unwrap(), Some(answer(&[2])));
    client.send(data(&[3])).await.unwrap();
    assert_eq!(server.next().await.unwrap(), Some(data(&[3])));
    assert!(server.statistics().round_trip.is_some());
}

#[tokio::test]
async fn pings_that_are_not_handled_arrive_as_messages() {
    let (near, far) = duplex(1000);
    let manual = options().pings(false);
    let ends = pair::<port::Channel, _, _>(near, far, HeaderFormat::Mini, [&manual, &manual]);
    let (mut client, mut server) = ends.await;
    server.sender().set_window(1).await.unwrap();
    server.sender().ping().await.unwrap();
    let Some(port::server::Message::Ping(ping)) = client.next().await.unwrap() else {
        panic!("expected a ping");
    };
    let pong = base::client::Pong {
        id: ping.id,
        timestamp: ping.timestamp,
    };
    let pong = port::client::Message::Pong(pong);
    client.send(pong.clone()).await.unwrap();
    assert_eq!(server.next().await.unwrap(), Some(pong));
    // Acknowledgements are still handled: `ack_sync` and `ack`, besides the pong.
    assert_eq!(server.statistics().received_frames, 3);
}

#[tokio::test]
async fn sub_messages_that_are_not_asked_for_stay_in_their_message() {
    let parts = [
        RawMessage::new(AGENT_DATA, &[1; 3]),
        RawMessage::new(main::server::id::AGENT_CONNECTED, &[]),
    ];
    let mut writer = FrameWriter::new(HeaderFormat::Full);
    let mut bytes = Vec::new();
    let carrier = agent_data(&[2; 4]);
    writer.message_with(&parts, &carrier, &mut bytes).unwrap();
    writer.list(&parts, &mut bytes).unwrap();
    let connected = main::server::Message::AgentConnected(Empty {});

    let off = options().sub_messages(false);
    let (mut main, _) = scripted_client(HeaderFormat::Full, &bytes, End::Close, &off).await;
    // The data extends to the end of the body, so it includes the sub-messages.
    let Some(main::server::Message::AgentData(data)) = main.next().await.unwrap() else {
        panic!("expected agent_data");
    };
    assert_eq!(data.data[..4], [2; 4]);
    let list = main.next().await.unwrap();
    assert!(matches!(list, Some(main::server::Message::List(_))));
    assert_eq!(main.next().await.unwrap(), None);

    let (mut main, _) = scripted_client(HeaderFormat::Full, &bytes, End::Close, &options()).await;
    for is_carried in [true, false] {
        assert_eq!(main.next().await.unwrap(), Some(agent_data(&[1; 3])));
        assert_eq!(main.next().await.unwrap(), Some(connected.clone()));
        if is_carried {
            let message = main.next().await.unwrap();
            assert!(matches!(message, Some(main::server::Message::AgentData(_))));
        }
    }
    assert_eq!(main.next().await.unwrap(), None);
}

#[tokio::test]
async fn messages_and_frames_can_be_mixed() {
    let parts = [
        RawMessage::new(AGENT_DATA, &[1]),
        RawMessage::new(AGENT_DATA, &[2]),
    ];
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    let mut bytes = Vec::new();
    writer.list(&parts, &mut bytes).unwrap();
    let ping = main::server::Message::Ping(base::server::Ping::default());
    writer.message(&ping, &mut bytes).unwrap();
    writer.raw(AGENT_DATA, &[3], &mut bytes).unwrap();
    writer.list(&parts, &mut bytes).unwrap();
    writer.raw(AGENT_DATA, &[4], &mut bytes).unwrap();
    let (mut main, _) = scripted_client(HeaderFormat::Mini, &bytes, End::Close, &options()).await;
    assert_eq!(main.next().await.unwrap(), Some(agent_data(&[1])));
    // The rest of the list is skipped. The ping is returned, and answered.
    let frame = main.next_frame().await.unwrap().unwrap();
    assert_eq!(frame.id, base::server::id::PING);
    assert_eq!(main.statistics().sent_frames, 1);
    assert_eq!(main.next().await.unwrap(), Some(agent_data(&[3])));
    let frame = main.next_frame().await.unwrap().unwrap();
    assert_eq!((frame.id, frame.serial), (base::server::id::LIST, 4));
    assert_eq!(frame.messages().unwrap().len(), 2);
    // The messages of a frame that was returned are not returned again.
    assert_eq!(main.next().await.unwrap(), Some(agent_data(&[4])));
    assert_eq!(main.next_frame().await.unwrap(), None);
}

#[tokio::test]
async fn damaged_list_is_one_error_and_the_next_message_follows() {
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    let mut bytes = Vec::new();
    for round in 0..2 {
        let list = base::server::id::LIST;
        writer.raw(list, &[9, 0, round], &mut bytes).unwrap();
        writer.raw(AGENT_DATA, &[round], &mut bytes).unwrap();
    }
    let (mut main, _) = scripted_client(HeaderFormat::Mini, &bytes, End::Close, &options()).await;
    let error = main.next().await.unwrap_err();
    assert!(matches!(error, Error::Frame(_)) && error.is_recoverable());
    assert_eq!(main.next().await.unwrap(), Some(agent_data(&[0])));
    let error = main.next_frame().await.unwrap_err();
    assert!(matches!(error, Error::Frame(_)) && error.is_recoverable());
    let frame = main.next_frame().await.unwrap().unwrap();
    assert_eq!((frame.id, frame.body()), (AGENT_DATA, &[1][..]));
}

/// Side, serial and bytes of the frames that a connection has seen.
type Seen = Arc<Mutex<Vec<(Side, u64, Vec<u8>)>>>;

fn inspected() -> (Options, Seen) {
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    let options = options().inspect(move |frame| {
        let row = (frame.sender, frame.serial, frame.bytes().to_vec());
        log.lock().unwrap().push(row);
    });
    (options, seen)
}

#[tokio::test]
async fn both_ends_see_the_same_frames() {
    for format in [HeaderFormat::Mini, HeaderFormat::Full] {
        let (near, far) = duplex(1000);
        let (of_client, seen_by_client) = inspected();
        let (of_server, seen_by_server) = inspected();
        let ends = pair::<port::Channel, _, _>(near, far, format, [&of_client, &of_server]);
        let (mut client, mut server) = ends.await;
        server.sender().set_window(2).await.unwrap();
        server.sender().ping().await.unwrap();
        for byte in 0..5 {
            server.send(answer(&[byte; 7])).await.unwrap();
            assert_eq!(client.next().await.unwrap(), Some(answer(&[byte; 7])));
            client.send(data(&[byte; 9])).await.unwrap();
            assert_eq!(
                server.next().await.unwrap().map(IntoOwned::into_owned),
                Some(data(&[byte; 9]))
            );
        }
        let [mut first, mut second] =
            [seen_by_client, seen_by_server].map(|seen| seen.lock().unwrap().clone());
        // `ack_sync`, `pong` and three acknowledgements besides the data.
        assert_eq!(first.len(), 7 + 5 + 5);
        first.sort();
        second.sort();
        assert_eq!(first, second);
    }
}
