//! The state of a client with all its channels in one struct.

use std::collections::BTreeMap;
use std::error::Error;

use spice_link::{Frame, RawMessage};
use spice_messages::base::server::id;
use spice_messages::types::{DisplayBase, KeyboardModifierFlags, Point16, SurfaceFlags};
use spice_messages::wire;
use spice_messages::{ChannelType, ServerMessage, cursor, display, inputs};

/// Any error.
pub type AnyError = Box<dyn Error + Send + Sync>;

/// A client with a display, inputs and a cursor.
#[derive(Default)]
pub struct Viewer {
    surfaces: BTreeMap<u32, Surface>,
    cursor: Option<Point16>,
    modifiers: Option<KeyboardModifierFlags>,
    skipped: usize,
    log: Vec<String>,
}

/// A surface of the display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surface {
    /// Size in pixels.
    pub size: (u32, u32),
    /// Whether the surface is the screen.
    pub is_primary: bool,
    /// Number of messages that drew on it.
    pub drawn: usize,
}

impl Viewer {
    /// Takes the lines of the log: the names of the received messages.
    pub fn take_log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log)
    }

    /// Returns a surface.
    pub fn surface(&self, id: u32) -> Option<Surface> {
        self.surfaces.get(&id).copied()
    }

    /// Returns the position of the cursor if it is visible.
    pub fn cursor(&self) -> Option<Point16> {
        self.cursor
    }

    /// Returns the locks that are on in the guest.
    pub fn modifiers(&self) -> Option<KeyboardModifierFlags> {
        self.modifiers
    }

    /// Returns the number of skipped messages.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// Handles the messages of a frame.
    pub fn receive(&mut self, channel_type: ChannelType, frame: &Frame) -> Result<(), AnyError> {
        for message in frame.messages()? {
            // The connection has answered these.
            if !matches!(message.id, id::SET_ACK | id::PING) {
                self.receive_message(channel_type, message)?;
            }
        }
        Ok(())
    }

    fn receive_message(
        &mut self,
        channel_type: ChannelType,
        raw: RawMessage<'_>,
    ) -> Result<(), AnyError> {
        match ServerMessage::decode(channel_type, raw.id, raw.body, raw.fds) {
            Ok(message) => {
                let name = message.path().map(str::to_owned);
                let name = name.unwrap_or_else(|| format!("message {}", raw.id));
                self.log.push(name);
                self.handle(message)
            }
            Err(error) if is_only_the_image_damaged(&error) => {
                self.log.push(format!("skipped {error}"));
                self.skipped += 1;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn handle(&mut self, message: ServerMessage<'_>) -> Result<(), AnyError> {
        match message {
            ServerMessage::Display(message) => self.handle_display(message)?,
            ServerMessage::Inputs(message) => self.handle_inputs(message),
            ServerMessage::Cursor(message) => self.handle_cursor(message),
            _ => {}
        }
        Ok(())
    }

    fn handle_display(&mut self, message: display::server::Message<'_>) -> Result<(), AnyError> {
        use display::server::Message;
        match message {
            Message::SurfaceCreate(create) => {
                let surface = Surface {
                    size: (create.width, create.height),
                    is_primary: create.flags.contains(SurfaceFlags::PRIMARY),
                    drawn: 0,
                };
                self.surfaces.insert(create.surface_id, surface);
            }
            Message::SurfaceDestroy(destroy) => {
                self.surfaces.remove(&destroy.surface_id);
            }
            Message::DrawFill(draw) => self.draw(&draw.base)?,
            Message::DrawCopy(draw) => self.draw(&draw.base)?,
            Message::DrawBlackness(draw) => self.draw(&draw.base)?,
            _ => {}
        }
        Ok(())
    }

    fn draw(&mut self, base: &DisplayBase<'_>) -> Result<(), AnyError> {
        let id = base.surface_id;
        let surface = self.surfaces.get_mut(&id);
        let surface = surface.ok_or_else(|| format!("there is no surface {id}"))?;
        surface.drawn += 1;
        Ok(())
    }

    fn handle_inputs(&mut self, message: inputs::server::Message<'_>) {
        match message {
            inputs::server::Message::Init(init) => self.modifiers = Some(init.keyboard_modifiers),
            inputs::server::Message::KeyModifiers(keys) => self.modifiers = Some(keys.modifiers),
            _ => {}
        }
    }

    fn handle_cursor(&mut self, message: cursor::server::Message<'_>) {
        use cursor::server::Message;
        match message {
            Message::Init(init) => self.cursor = (init.visible != 0).then_some(init.position),
            Message::Set(set) => self.cursor = (set.visible != 0).then_some(set.position),
            Message::Move(to) => self.cursor = Some(to.position),
            Message::Hide(_) | Message::Reset(_) => self.cursor = None,
            _ => {}
        }
    }
}

/// Returns whether a drawing message is valid up to its image, so that skipping it is safe.
///
/// `data` says what to draw. `base` says where: if it is damaged, the stream cannot be trusted.
fn is_only_the_image_damaged(error: &wire::Error) -> bool {
    let is_drawing = error
        .message()
        .is_some_and(|message| message.starts_with("display.server.draw_"));
    is_drawing && error.field().starts_with(["data"])
}
