//! `examples/viewer`, the client with all channels in one struct, against a server in memory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../examples/viewer/viewer.rs"]
mod viewer;

use spice_link::{
    Capabilities, EncryptedTicket, FrameReader, FrameWriter, HeaderFormat, LinkRequest,
    LinkSession, ServerLink, ServerStep,
};
use spice_messages::types::{
    BinaryData, ChannelId, DisplayBase, Image, ImageDescriptor, ImageType, ImageU,
    KeyboardModifierFlags, Point16, Rect, SurfaceFlags,
};
use spice_messages::wire::{self, ChannelMessage, Encode, Side};
use spice_messages::{ChannelType, ClientMessage, base, cursor, display, inputs, main};
use viewer::{Surface, Viewer};

const SESSION_ID: u32 = 77;
const FORMAT: HeaderFormat = HeaderFormat::Mini;

/// A client whose channels are connected, and the server's side of them.
struct Session {
    viewer: Viewer,
    writer: FrameWriter,
}

/// Runs the link stage for a request.
fn link(request: &LinkRequest) -> LinkSession {
    let mut server = ServerLink::new();
    server.receive(&request.to_bytes().unwrap());
    let ticket = EncryptedTicket::default().encode_to_vec().unwrap();
    loop {
        match server.step().unwrap() {
            ServerStep::Send(_) => {}
            ServerStep::Request(_) => server.accept([0; 162], Capabilities::usual()).unwrap(),
            ServerStep::Receive(4) => assert_eq!(server.receive(&[1, 0, 0, 0]), 4),
            ServerStep::Receive(_) => assert_eq!(server.receive(&ticket), 128),
            ServerStep::Ticket(_) => server.admit().unwrap(),
            ServerStep::Done(session) => return session,
        }
    }
}

impl Session {
    /// Connects all channels.
    fn start() -> Self {
        let mut session = Self {
            viewer: Viewer::new(),
            writer: FrameWriter::new(FORMAT),
        };
        assert_eq!(session.connect_requested(), [main::CHANNEL_TYPE]);
        let init = main::server::Init {
            session_id: SESSION_ID,
            ..main::server::Init::default()
        };
        session
            .send(main::CHANNEL_TYPE, &main::server::Message::Init(init))
            .unwrap();
        assert_eq!(
            session.sent(main::CHANNEL_TYPE),
            ["main.client.attach_channels"]
        );
        let types = [
            display::CHANNEL_TYPE,
            inputs::CHANNEL_TYPE,
            cursor::CHANNEL_TYPE,
            ChannelType(99),
        ];
        let channels = types.map(|r#type| ChannelId {
            r#type: r#type.0,
            id: 0,
        });
        let list = main::server::ChannelsList {
            channels: channels.to_vec().into(),
        };
        session
            .send(
                main::CHANNEL_TYPE,
                &main::server::Message::ChannelsList(list),
            )
            .unwrap();
        assert_eq!(session.connect_requested(), types[..3]);
        session
    }

    /// Connects the channels that the client requests, and returns their types.
    fn connect_requested(&mut self) -> Vec<ChannelType> {
        let requests = self.viewer.take_requests();
        for request in &requests {
            assert!(
                request.connection_id == SESSION_ID || request.channel_type == ChannelType::MAIN
            );
            self.viewer.connected(&link(request)).unwrap();
        }
        let types = requests.iter().map(|request| request.channel_type);
        types.collect()
    }

    /// Sends a message in two parts.
    fn send<'m>(
        &mut self,
        channel_type: ChannelType,
        message: &impl ChannelMessage<'m>,
    ) -> Result<(), viewer::AnyError> {
        let mut bytes = Vec::new();
        self.writer.message(message, &mut bytes).unwrap();
        let (start, end) = bytes.split_at(bytes.len() / 2);
        self.viewer.receive(channel_type, start)?;
        self.viewer.receive(channel_type, end)
    }

    /// Sends a message whose body is changed.
    fn send_damaged<'m>(
        &mut self,
        channel_type: ChannelType,
        message: &impl ChannelMessage<'m>,
        damage: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), viewer::AnyError> {
        let mut body = message.encode_to_vec().unwrap();
        damage(&mut body);
        let mut bytes = Vec::new();
        self.writer.raw(message.id(), &body, &mut bytes).unwrap();
        self.viewer.receive(channel_type, &bytes)
    }

    /// Returns the paths of the messages that the client has sent on a channel.
    fn sent(&mut self, channel_type: ChannelType) -> Vec<String> {
        let mut reader = FrameReader::new(Side::Client, FORMAT);
        reader.push(&self.viewer.take_output(channel_type));
        let mut paths = Vec::new();
        while let Some(frame) = reader.next_frame().unwrap() {
            let message =
                ClientMessage::decode(channel_type, frame.id, frame.body(), frame.fds()).unwrap();
            paths.push(message.path().unwrap().to_owned());
        }
        paths
    }

    /// Creates the screen.
    fn create_screen(&mut self) {
        let create = display::server::SurfaceCreate {
            surface_id: 0,
            width: 640,
            height: 480,
            flags: SurfaceFlags::PRIMARY,
            ..display::server::SurfaceCreate::default()
        };
        let create = display::server::Message::SurfaceCreate(create);
        self.send(display::CHANNEL_TYPE, &create).unwrap();
    }
}

/// A `draw_copy` with an image.
fn draw_copy() -> display::server::Message<'static> {
    let image = Image {
        u: ImageU::Quic(BinaryData {
            data: vec![7; 30].into(),
        }),
        descriptor: ImageDescriptor {
            r#type: ImageType::QUIC,
            ..ImageDescriptor::default()
        },
    };
    let mut copy = display::server::DrawCopy {
        base: DisplayBase {
            r#box: Rect {
                right: 10,
                bottom: 10,
                ..Rect::default()
            },
            ..DisplayBase::default()
        },
        ..display::server::DrawCopy::default()
    };
    copy.data.src_bitmap = Some(image.into());
    display::server::Message::DrawCopy(copy)
}

#[test]
fn one_struct_handles_all_channels() {
    let mut session = Session::start();
    session.create_screen();
    session.send(display::CHANNEL_TYPE, &draw_copy()).unwrap();
    let modifiers = KeyboardModifierFlags::CAPS_LOCK;
    let keys = inputs::server::KeyModifiers { modifiers };
    session
        .send(
            inputs::CHANNEL_TYPE,
            &inputs::server::Message::KeyModifiers(keys),
        )
        .unwrap();
    let position = Point16 { x: 3, y: 4 };
    let to = cursor::server::Move { position };
    session
        .send(cursor::CHANNEL_TYPE, &cursor::server::Message::Move(to))
        .unwrap();
    let screen = Surface {
        size: (640, 480),
        is_primary: true,
        drawn: 1,
    };
    assert_eq!(session.viewer.surface(0), Some(screen));
    assert_eq!(session.viewer.cursor(), Some(position));
    assert_eq!(session.viewer.modifiers(), Some(modifiers));
    assert_eq!(
        session.viewer.take_log(),
        [
            "main.server.init",
            "main.server.channels_list",
            "display.server.surface_create",
            "display.server.draw_copy",
            "inputs.server.key_modifiers",
            "cursor.server.move",
        ]
    );
    assert_eq!(session.sent(display::CHANNEL_TYPE), ["display.client.init"]);
}

#[test]
fn every_channel_answers_acknowledgement_requests() {
    let mut session = Session::start();
    let set_ack = base::server::SetAck {
        generation: 1,
        window: 2,
    };
    for (channel_type, name) in [
        (inputs::CHANNEL_TYPE, "inputs"),
        (cursor::CHANNEL_TYPE, "cursor"),
    ] {
        session
            .send(channel_type, &base::server::Message::SetAck(set_ack))
            .unwrap();
        for _ in 0..2 {
            let ping = base::server::Ping::default();
            session
                .send(channel_type, &base::server::Message::Ping(ping))
                .unwrap();
        }
        let expected = ["ack_sync", "pong", "ack", "pong"];
        assert_eq!(
            session.sent(channel_type),
            expected.map(|message| format!("{name}.client.{message}"))
        );
    }
}

#[test]
fn message_with_a_damaged_image_is_skipped() {
    let mut session = Session::start();
    session.create_screen();
    let cut_off = |body: &mut Vec<u8>| body.truncate(body.len() - 1);
    session
        .send_damaged(display::CHANNEL_TYPE, &draw_copy(), cut_off)
        .unwrap();
    session.send(display::CHANNEL_TYPE, &draw_copy()).unwrap();
    assert_eq!(session.viewer.skipped(), 1);
    assert_eq!(session.viewer.surface(0).unwrap().drawn, 1);
    let log = session.viewer.take_log();
    let skipped = "skipped display.server.draw_copy: data.src_bitmap.";
    assert!(log[log.len() - 2].starts_with(skipped), "{log:?}");
    assert_eq!(log[log.len() - 1], "display.server.draw_copy");
}

#[test]
fn message_with_a_damaged_base_ends_the_session() {
    let mut session = Session::start();
    session.create_screen();
    let cut_off = |body: &mut Vec<u8>| body.truncate(10);
    let error = session.send_damaged(display::CHANNEL_TYPE, &draw_copy(), cut_off);
    let error = error.unwrap_err();
    let error: &wire::Error = error.downcast_ref().unwrap();
    assert!(error.field().starts_with(["base"]), "{error}");
    assert_eq!(session.viewer.skipped(), 0);
}
