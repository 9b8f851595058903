//! Connections and sessions over blocking streams.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;

use spice_link::blocking::{Connection, Session, Transport, accept, accept_with, connect_with};
use spice_link::ticket::{ServerKey, os_random};
use spice_link::{Error, LinkRequest, Options, Policy, Server};
use spice_messages::types::{Data, Empty, NotifySeverity};
use spice_messages::wire::Channel;
use spice_messages::{ChannelType, base, main, port};

/// Returns the key of all servers, because generating one is slow.
pub fn key() -> ServerKey {
    static KEY: OnceLock<ServerKey> = OnceLock::new();
    KEY.get_or_init(|| ServerKey::generate(os_random).unwrap())
        .clone()
}

/// Returns the two ends of a TCP connection.
pub fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    (client, server)
}

/// Connects a channel over a pair of streams, in a session of its own.
pub fn connect_pair<C: Channel + Send, S: Transport + Send>(
    (client, server): (S, S),
    options: &Options,
) -> (Connection<C, S>, Connection<C, S, Server>) {
    let channel_type = ChannelType(C::CHANNEL_TYPE.unwrap());
    let policy: Policy = Policy::new(key()).channel(channel_type, 0);
    let (main_client, main_server) = tcp_pair();
    thread::scope(|scope| {
        let admitted = scope.spawn(|| accept(main_server, &policy).unwrap().session());
        let request = LinkRequest::new(0, ChannelType::MAIN, 0);
        connect_with::<main::Channel, _>(main_client, request, "", options).unwrap();
        let session = admitted.join().unwrap();
        let request = LinkRequest::new(session.id, channel_type, 0);
        let accepted = scope.spawn(|| accept_with(server, &policy, options).unwrap());
        let client = connect_with(client, request, "", options).unwrap();
        let server = accepted.join().unwrap().into_connection().unwrap();
        (client, server)
    })
}

/// Returns a data message of a port.
pub fn data(bytes: &[u8]) -> Data<'_> {
    Data { data: bytes.into() }
}

/// Serves main, or a port that echoes.
fn serve(stream: TcpStream, policy: &Policy) -> Result<(), Error> {
    let accepted = accept(stream, policy)?;
    let session = accepted.session();
    if accepted.request().channel_type == main::CHANNEL_TYPE {
        let mut main = accepted.into_connection::<main::Channel>()?;
        let notify = base::server::Notify {
            severity: NotifySeverity::WARN,
            ..Default::default()
        };
        main.send(main::server::Message::Notify(notify))?;
        let init = main::server::Init {
            session_id: session.id,
            ..Default::default()
        };
        main.send(init)?;
        let sender = main.sender()?;
        while let Some(message) = main.next()? {
            if let main::client::Message::AttachChannels(Empty {}) = message {
                sender.send(policy.channels_list())?;
            }
        }
    } else {
        let mut port = accepted.into_connection::<port::Channel>()?;
        let sender = port.sender()?;
        sender.ping()?;
        while let Some(message) = port.next()? {
            if let port::client::Message::Data(data) = message {
                sender.send(port::server::Message::Data(data))?;
            }
        }
        assert!(port.statistics().round_trip.is_some());
    }
    Ok(())
}

#[test]
fn session_connects_a_port_that_echoes() {
    let policy = Policy::new(key())
        .password("secret")
        .channel(ChannelType::PORT, 3);
    let policy = Arc::new(policy);
    let (threads, results) = mpsc::channel();
    let connect = move || {
        let (client, server) = tcp_pair();
        let policy = Arc::clone(&policy);
        let thread = thread::spawn(move || serve(server, &policy));
        threads.send(thread).unwrap();
        Ok(client)
    };
    let (session, mut events) = Session::open(connect, "secret").unwrap();
    let ids: Vec<u8> = session.info().channel_ids(ChannelType::PORT).collect();
    assert_eq!(ids, [3]);
    let mut port = session.channel::<port::Channel>(3).unwrap();
    for length in [1, 10, 5000] {
        let bytes = vec![7; length];
        port.send(port::client::Message::Data(data(&bytes)))
            .unwrap();
        let Some(port::server::Message::Data(data)) = port.next().unwrap() else {
            panic!("expected data");
        };
        assert_eq!(*data.data, bytes);
    }
    drop((session, port));
    // The events from before the end are still there.
    let event = events.next().unwrap();
    assert!(matches!(event, Some(main::server::Message::Notify(_))));
    assert_eq!(events.next().unwrap(), None);
    for thread in results {
        thread.join().unwrap().unwrap();
    }
}

#[test]
fn halves_are_used_from_two_threads() {
    const COUNT: u32 = 2000;
    let (client, server) = connect_pair::<port::Channel, _>(tcp_pair(), &Options::new());
    let (mut receiver, sender) = client.into_split().unwrap();
    let (mut echo_receiver, echo_sender) = server.into_split().unwrap();
    thread::scope(|scope| {
        // Both directions are full of data, and acknowledgements travel between it.
        scope.spawn(move || {
            echo_sender.set_window(3).unwrap();
            for number in 0..COUNT {
                echo_sender.ready();
                let bytes = vec![number as u8; 2000];
                echo_sender
                    .send(port::server::Message::Data(data(&bytes)))
                    .unwrap();
            }
            echo_sender.shutdown().unwrap();
        });
        scope.spawn(|| {
            for number in 0..COUNT {
                let bytes = vec![number as u8; 2000];
                sender
                    .send(port::client::Message::Data(data(&bytes)))
                    .unwrap();
            }
        });
        scope.spawn(move || {
            for number in 0..COUNT {
                let Some(port::client::Message::Data(data)) = echo_receiver.next().unwrap() else {
                    panic!("expected data");
                };
                assert_eq!(*data.data, [number as u8; 2000]);
            }
            assert!(echo_receiver.next().unwrap().is_none());
        });
        for number in 0..COUNT {
            let Some(port::server::Message::Data(data)) = receiver.next().unwrap() else {
                panic!("expected data");
            };
            assert_eq!(*data.data, [number as u8; 2000]);
        }
        assert!(receiver.next().unwrap().is_none());
        sender.shutdown().unwrap();
    });
}

#[test]
fn sender_waits_for_acknowledgements() {
    const COUNT: u32 = 1000;
    let (mut client, server) = connect_pair::<port::Channel, _>(tcp_pair(), &Options::new());
    let (mut receiver, sender) = server.into_split().unwrap();
    sender.set_window(2).unwrap();
    let received = AtomicU32::new(0);
    let (start, started) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| while receiver.next().unwrap().is_some() {});
        scope.spawn(|| {
            for sent in 1..=COUNT {
                sender.ready();
                // Two windows, and `set_ack` may be one of the messages.
                assert!(sent <= received.load(Ordering::SeqCst) + 5, "{sent}");
                sender
                    .send(port::server::Message::Data(data(b"x")))
                    .unwrap();
                if sent == 3 {
                    start.send(()).unwrap();
                }
            }
        });
        started.recv().unwrap();
        for _ in 0..COUNT {
            received.fetch_add(1, Ordering::SeqCst);
            assert!(client.next().unwrap().is_some());
        }
        client.shutdown().unwrap();
    });
}

#[test]
fn waiting_for_acknowledgements_ends_with_the_receiver() {
    let (_client, server) = connect_pair::<port::Channel, _>(tcp_pair(), &Options::new());
    let (receiver, sender) = server.into_split().unwrap();
    sender.set_window(1).unwrap();
    for _ in 0..10 {
        sender
            .send(port::server::Message::Data(data(b"x")))
            .unwrap();
    }
    let waiting = thread::spawn(move || sender.ready());
    drop(receiver);
    waiting.join().unwrap();
}

/// A stream that cannot be cloned, and sends only when it is flushed, as TLS may.
pub struct Buffered {
    stream: TcpStream,
    unsent: Vec<u8>,
}

impl Read for Buffered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl Write for Buffered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unsent.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.unsent)?;
        self.unsent.clear();
        Ok(())
    }
}

#[test]
fn stream_without_clone_is_used_from_one_thread() {
    let (client, server) = tcp_pair();
    let [client, server] = [client, server].map(|stream| Buffered {
        stream,
        unsent: Vec::new(),
    });
    let (mut client, mut server) =
        connect_pair::<port::Channel, _>((client, server), &Options::new());
    server.set_window(1).unwrap();
    server.ping().unwrap();
    server
        .send(port::server::Message::Data(data(b"question")))
        .unwrap();
    let message = client.next().unwrap();
    assert!(matches!(message, Some(port::server::Message::Data(_))));
    client
        .send(port::client::Message::Data(data(b"answer")))
        .unwrap();
    let Some(port::client::Message::Data(answer)) = server.next().unwrap() else {
        panic!("expected data");
    };
    assert_eq!(*answer.data, *b"answer");
    assert!(server.statistics().round_trip.is_some());
    drop(client);
    assert!(server.next().unwrap().is_none());
}

#[test]
fn frames_are_forwarded_unchanged() {
    let options = Options::new().flow_control(false).pings(false);
    let (mut client, mut near) = connect_pair::<port::Channel, _>(tcp_pair(), &options);
    let (mut far, mut server) = connect_pair::<port::Channel, _>(tcp_pair(), &options);
    client.send_raw(999, b"unknown").unwrap();
    client
        .send(port::client::Message::Data(data(b"known")))
        .unwrap();
    for _ in 0..2 {
        let frame = near.next_frame().unwrap().unwrap();
        far.forward(&frame).unwrap();
    }
    let frame = server.next_frame().unwrap().unwrap();
    assert_eq!((frame.id, frame.body()), (999, &b"unknown"[..]));
    let Some(port::client::Message::Data(data)) = server.next().unwrap() else {
        panic!("expected data");
    };
    assert_eq!(*data.data, *b"known");
}

#[cfg(unix)]
#[test]
fn descriptors_travel_over_unix_sockets() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    use spice_link::blocking::UnixSocket;
    use spice_messages::display;
    use spice_messages::wire::Fd;

    let (client, server) = UnixStream::pair().unwrap();
    let pair = (UnixSocket::new(client), UnixSocket::new(server));
    let (mut client, mut server) = connect_pair::<display::Channel, _>(pair, &Options::new());
    let (sent, mut other) = UnixStream::pair().unwrap();
    for _ in 0..3 {
        let scanout = display::server::GlScanoutUnix {
            drm_dma_buf_fd: Fd::from(OwnedFd::from(sent.try_clone().unwrap())),
            drm_fourcc_format: 1,
            ..Default::default()
        };
        server
            .send(display::server::Message::GlScanoutUnix(scanout))
            .unwrap();
        server
            .send(display::server::Message::Mark(Empty {}))
            .unwrap();
    }
    for number in 0..3 {
        let Some(display::server::Message::GlScanoutUnix(scanout)) = client.next().unwrap() else {
            panic!("expected a scanout");
        };
        let fd = scanout.drm_dma_buf_fd.into_owned_fd().unwrap();
        UnixStream::from(fd).write_all(&[number]).unwrap();
        let mut received = [9];
        other.read_exact(&mut received).unwrap();
        assert_eq!(received, [number]);
        let mark = client.next().unwrap();
        assert!(matches!(mark, Some(display::server::Message::Mark(_))));
    }
}
