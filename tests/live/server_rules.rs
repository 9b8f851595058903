//! Rules of a real server, and our own server beside it: how it judges link messages, and which
//! sizes of messages it accepts.

use std::fs;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::path::Path;
use std::process::Command;

use spice_link::{
    Capabilities, ClientLink, FrameError, FrameWriter, HeaderFormat, LinkErr, LinkError,
    LinkRequest, ServerLink, ServerStep,
};
use spice_messages::types::Data;
use spice_messages::{ChannelType, display, inputs, main};

use super::programs::require;
use super::qemu::{self, Machine, Qemu};
use super::temp_dir::TempDir;
use super::test_client::{self, TestClient};

/// Number of `mouse_motion` messages that the server acknowledges together.
const MOTIONS: usize = 4;

/// Sends bytes, and returns all that the server sends until it closes the connection.
fn answer_of_qemu(machine: &Qemu, bytes: &[u8]) -> Vec<u8> {
    let mut stream = test_client::connect(&machine.address);
    stream.write_all(bytes).expect("send a link message");
    // The server gives up on a client that sends no more. It may have refused the client and closed already.
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

/// Returns what our own server sends; nothing if it accepts the request.
fn answer_of_our_server(bytes: &[u8]) -> Vec<u8> {
    let mut link = ServerLink::new();
    link.receive(bytes);
    match link.step() {
        Ok(ServerStep::Send(bytes)) => bytes,
        Ok(ServerStep::Request(_)) => Vec::new(),
        other => panic!("{other:?}"),
    }
}

/// A link message for main with these values.
#[derive(Clone, Copy)]
struct LinkBytes {
    magic: [u8; 4],
    version: [u32; 2],
    size: u32,
    num_caps: u32,
    caps_offset: u32,
    /// Bytes after the fixed part.
    rest: &'static [u8],
}

impl LinkBytes {
    const EMPTY: Self = Self {
        magic: *b"REDQ",
        version: [2, 2],
        size: 18,
        num_caps: 0,
        caps_offset: 18,
        rest: &[],
    };

    const ONE_WORD: Self = Self {
        size: 22,
        num_caps: 1,
        rest: &[0b1001, 0, 0, 0],
        ..Self::EMPTY
    };

    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.magic.to_vec();
        for number in self.version.into_iter().chain([self.size]) {
            bytes.extend(number.to_le_bytes());
        }
        let mut body = vec![0, 0, 0, 0, main::CHANNEL_TYPE.0, 0];
        for number in [self.num_caps, 0, self.caps_offset] {
            body.extend(number.to_le_bytes());
        }
        body.extend(self.rest);
        body.truncate(self.size as usize);
        bytes.extend(body);
        bytes
    }
}

pub fn our_server_judges_link_messages_as_qemu_does() {
    require(&[qemu::PROGRAM]);
    let (empty, word) = (LinkBytes::EMPTY, LinkBytes::ONE_WORD);
    let accepted = [
        empty,
        LinkBytes {
            caps_offset: 0,
            ..empty
        },
        LinkBytes {
            caps_offset: 17,
            ..empty
        },
        LinkBytes {
            caps_offset: 9999,
            ..empty
        },
        LinkBytes {
            caps_offset: u32::MAX,
            ..empty
        },
        LinkBytes {
            version: [2, 9],
            ..empty
        },
        word,
        LinkBytes {
            size: 26,
            caps_offset: 22,
            rest: &[0; 8],
            ..word
        },
        LinkBytes {
            size: 24,
            rest: &[9; 6],
            ..word
        },
    ];
    let refused = [
        LinkBytes {
            magic: *b"HTTP",
            ..empty
        },
        LinkBytes {
            version: [1, 2],
            ..empty
        },
        LinkBytes {
            version: [3, 2],
            ..empty
        },
        LinkBytes { size: 0, ..empty },
        LinkBytes { size: 17, ..empty },
        LinkBytes {
            size: 4097,
            ..empty
        },
        LinkBytes {
            caps_offset: 17,
            ..word
        },
        LinkBytes {
            caps_offset: 19,
            ..word
        },
        LinkBytes {
            caps_offset: u32::MAX,
            ..word
        },
        LinkBytes {
            num_caps: 2,
            ..word
        },
        LinkBytes {
            num_caps: 0x4000_0000,
            ..word
        },
    ];
    let machine = Machine::default().start();
    for (messages, is_refused) in [(&accepted[..], false), (&refused, true)] {
        for message in messages {
            let bytes = message.to_bytes();
            let theirs = answer_of_qemu(&machine, &bytes);
            let ours = answer_of_our_server(&bytes);
            if is_refused {
                assert_eq!((theirs.len(), &theirs), (194, &ours), "{bytes:?}");
            } else {
                assert_eq!((theirs.len(), ours.len()), (202, 0), "{bytes:?}");
            }
        }
    }
}

/// Creates a certificate and its key, with the names that QEMU expects.
fn write_certificate(folder: &Path) {
    let certificate = folder.join("server-cert.pem");
    let created = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes"])
        .args(["-subj", "/CN=localhost", "-days", "2"])
        .arg("-keyout")
        .arg(folder.join("server-key.pem"))
        .arg("-out")
        .arg(&certificate)
        .output();
    let created = created.expect("run openssl");
    assert!(created.status.success(), "{created:?}");
    fs::copy(&certificate, folder.join("ca-cert.pem")).expect("copy the certificate");
}

/// Runs the link stage of a client until it fails.
fn link_error(address: &str, request: &LinkRequest) -> LinkError {
    let mut stream = test_client::connect(address);
    let mut link = ClientLink::new(request.clone()).expect("a request within the limit");
    loop {
        match test_client::take_step(&mut link, &mut stream) {
            Ok(None) => {}
            Ok(Some(session)) => panic!("the server admits {session:?}"),
            Err(error) => return error,
        }
    }
}

pub fn refusals_equal_those_of_qemu() {
    require(&[qemu::PROGRAM, "openssl"]);
    let folder = TempDir::new();
    write_certificate(folder.path());
    let spice = format!(
        "tls-port={},x509-dir={},tls-channel=display",
        qemu::free_port(),
        folder.path().display()
    );
    let machine = Machine {
        spice: &spice,
        ..Machine::default()
    };
    let machine = machine.start();
    let (_main, session_id) = connect_main(&machine);
    let request = |connection_id, channel_type, channel_id| LinkRequest {
        connection_id,
        channel_type,
        channel_id,
        capabilities: Capabilities::usual(),
    };

    let secured = request(session_id, display::CHANNEL_TYPE, 0);
    let theirs = answer_of_qemu(&machine, &secured.to_bytes().expect("a link message"));
    let mut server = ServerLink::new();
    server.receive(&secured.to_bytes().expect("a link message"));
    server.refuse(LinkErr::NEED_SECURED).expect("a request");
    assert_eq!(server.step(), Ok(ServerStep::Send(theirs)));
    let error = link_error(&machine.address, &secured);
    assert_eq!(error, LinkError::Refused(LinkErr::NEED_SECURED));

    // The server says nothing about a channel that it does not have.
    for (channel_type, channel_id) in [(ChannelType(99), 0), (inputs::CHANNEL_TYPE, 7)] {
        let absent = request(session_id, channel_type, channel_id);
        let theirs = answer_of_qemu(&machine, &absent.to_bytes().expect("a link message"));
        assert!(theirs.is_empty());
        let error = link_error(&machine.address, &absent);
        assert_eq!(error, LinkError::Ended { awaited: 16 });
    }

    // It refuses a session that it does not have after the ticket.
    let stranger = request(session_id ^ 1, inputs::CHANNEL_TYPE, 0);
    let error = link_error(&machine.address, &stranger);
    assert_eq!(error, LinkError::Refused(LinkErr::BAD_CONNECTION_ID));
}

/// Connects main, and returns it with the session id.
fn connect_main(machine: &Qemu) -> (TestClient, u32) {
    let mut client = TestClient::connect(&machine.address, 0, main::CHANNEL_TYPE);
    let frame = client.receive();
    match frame.decode().expect("a valid message") {
        main::server::Message::Init(init) => (client, init.session_id),
        other => panic!("{other:?}"),
    }
}

/// Returns whether the server handles a `key_scancode` of this size and what follows it.
fn accepts_scancodes(machine: &Qemu, size: usize) -> bool {
    let (_main, session_id) = connect_main(machine);
    let mut client = TestClient::connect(&machine.address, session_id, inputs::CHANNEL_TYPE);
    let mut writer = FrameWriter::new(client.connection.link().header());
    let mut bytes = Vec::new();
    let scancodes = vec![0; size];
    let written = writer.raw(inputs::client::id::KEY_SCANCODE, &scancodes, &mut bytes);
    written.expect("write scancodes");
    for _ in 0..MOTIONS {
        let motion = inputs::client::MouseMotion::default();
        let written = writer.message(&inputs::client::Message::MouseMotion(motion), &mut bytes);
        written.expect("write a motion");
    }
    client.send(&bytes);
    loop {
        match client.try_receive() {
            None => return false,
            Some(frame) if frame.id == inputs::server::id::MOUSE_MOTION_ACK => return true,
            Some(_) => {}
        }
    }
}

pub fn limit_of_scancodes_is_that_of_qemu() {
    require(&[qemu::PROGRAM]);
    let machine = Machine::default().start();
    for size in [1, 2047, 2048, 2049, 4096] {
        let message = inputs::client::Message::KeyScancode(Data {
            data: vec![0; size].into(),
        });
        let written = FrameWriter::new(HeaderFormat::Mini).message(&message, &mut Vec::new());
        assert_eq!(written.is_ok(), accepts_scancodes(&machine, size), "{size}");
        if let Err(error) = written {
            assert!(matches!(error, FrameError::PeerLimit { .. }), "{error}");
        }
    }
}
