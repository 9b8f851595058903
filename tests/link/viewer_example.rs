//! `examples/viewer`: one struct handles the messages of all channels.

#[path = "../../examples/viewer/viewer.rs"]
mod viewer;

use spice_link::{FrameReader, FrameWriter, HeaderFormat};
use spice_messages::types::{
    BinaryData, DisplayBase, Image, ImageDescriptor, ImageType, ImageU, KeyboardModifierFlags,
    Point16, Rect, SurfaceFlags,
};
use spice_messages::wire::{self, ChannelMessage, Side};
use spice_messages::{ChannelType, cursor, display, inputs};
use viewer::{Surface, Viewer};

const FORMAT: HeaderFormat = HeaderFormat::Mini;

/// A client, and the server's side of its channels.
struct Session {
    viewer: Viewer,
    writer: FrameWriter,
}

impl Session {
    fn start() -> Self {
        Self {
            viewer: Viewer::default(),
            writer: FrameWriter::new(FORMAT),
        }
    }

    /// Sends a message.
    fn send<'m>(
        &mut self,
        channel_type: ChannelType,
        message: &impl ChannelMessage<'m>,
    ) -> Result<(), viewer::AnyError> {
        self.send_damaged(channel_type, message, |_| {})
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
        let mut reader = FrameReader::new(Side::Server, FORMAT);
        reader.push(&bytes);
        let frame = reader.next_frame().unwrap().unwrap();
        self.viewer.receive(channel_type, &frame)
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
            "display.server.surface_create",
            "display.server.draw_copy",
            "inputs.server.key_modifiers",
            "cursor.server.move",
        ]
    );
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
