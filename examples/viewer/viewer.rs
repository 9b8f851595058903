//! A client with all its channels in one struct, without I/O.

use std::collections::BTreeMap;
use std::error::Error;

use spice_link::{
    Capabilities, ClientFlowControl, Frame, FrameReader, FrameWriter, LinkRequest, LinkSession,
    MainCapability, RawMessage,
};
use spice_messages::types::{DisplayBase, Empty, KeyboardModifierFlags, Point16, SurfaceFlags};
use spice_messages::wire::{self, ChannelMessage, Side};
use spice_messages::{ChannelType, ServerMessage, cursor, display, inputs, main};

/// Any error.
pub type AnyError = Box<dyn Error + Send + Sync>;

/// A client with a display, inputs and a cursor.
#[derive(Default)]
pub struct Viewer {
    channels: BTreeMap<ChannelType, Channel>,
    session_id: u32,
    surfaces: BTreeMap<u32, Surface>,
    cursor: Option<Point16>,
    modifiers: Option<KeyboardModifierFlags>,
    skipped: usize,
    log: Vec<String>,
    requests: Vec<LinkRequest>,
}

/// A connected channel.
struct Channel {
    reader: FrameReader,
    writer: FrameWriter,
    flow: ClientFlowControl,
    output: Vec<u8>,
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
    /// Creates a client that wants to connect main.
    pub fn new() -> Self {
        let capabilities = Capabilities::usual().with_channel(MainCapability::NAME_AND_UUID);
        Self {
            requests: vec![LinkRequest::main(capabilities)],
            ..Self::default()
        }
    }

    /// Takes the requests for channels to connect.
    pub fn take_requests(&mut self) -> Vec<LinkRequest> {
        std::mem::take(&mut self.requests)
    }

    /// Takes the lines of the log: the names of the received messages.
    pub fn take_log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log)
    }

    /// Takes the bytes to send on a channel.
    pub fn take_output(&mut self, channel_type: ChannelType) -> Vec<u8> {
        let channel = self.channels.get_mut(&channel_type);
        channel.map_or_else(Vec::new, |channel| std::mem::take(&mut channel.output))
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

    /// Adds a channel whose link stage is complete.
    pub fn connected(&mut self, session: &LinkSession) -> Result<(), AnyError> {
        let format = session.header();
        let channel = Channel {
            reader: FrameReader::new(Side::Server, format),
            writer: FrameWriter::new(format),
            flow: ClientFlowControl::default(),
            output: Vec::new(),
        };
        let channel_type = session.request.channel_type;
        self.channels.insert(channel_type, channel);
        if channel_type == display::CHANNEL_TYPE {
            let init = display::client::Init {
                pixmap_cache_id: 1,
                glz_dictionary_id: 1,
                ..display::client::Init::default()
            };
            self.send(channel_type, &display::client::Message::Init(init))?;
        }
        Ok(())
    }

    /// Handles received bytes of a channel.
    pub fn receive(&mut self, channel_type: ChannelType, bytes: &[u8]) -> Result<(), AnyError> {
        self.channel(channel_type)?.reader.push(bytes);
        while let Some(frame) = self.channel(channel_type)?.reader.next_frame()? {
            self.receive_frame(channel_type, &frame)?;
        }
        Ok(())
    }

    fn receive_frame(&mut self, channel_type: ChannelType, frame: &Frame) -> Result<(), AnyError> {
        if let Some(ack) = self.channel(channel_type)?.flow.received() {
            self.send(channel_type, &ack)?;
        }
        for message in frame.messages()? {
            match self.channel(channel_type)?.flow.answer(&message)? {
                Some(answer) => self.send(channel_type, &answer)?,
                None => self.receive_message(channel_type, message)?,
            }
        }
        Ok(())
    }

    fn receive_message(
        &mut self,
        channel_type: ChannelType,
        message: RawMessage<'_>,
    ) -> Result<(), AnyError> {
        let RawMessage { id, body, fds, .. } = message;
        match ServerMessage::decode(channel_type, id, body, fds) {
            Ok(message) => {
                let name = message.path().map(str::to_owned);
                let name = name.unwrap_or_else(|| format!("message {id}"));
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
            ServerMessage::Main(message) => self.handle_main(message),
            ServerMessage::Display(message) => self.handle_display(message),
            ServerMessage::Inputs(message) => self.handle_inputs(message),
            ServerMessage::Cursor(message) => self.handle_cursor(message),
            _ => Ok(()),
        }
    }

    fn handle_main(&mut self, message: main::server::Message<'_>) -> Result<(), AnyError> {
        match message {
            main::server::Message::Init(init) => {
                self.session_id = init.session_id;
                let attach = main::client::Message::AttachChannels(Empty {});
                self.send(main::CHANNEL_TYPE, &attach)?;
            }
            main::server::Message::ChannelsList(list) => {
                let known = [
                    display::CHANNEL_TYPE,
                    inputs::CHANNEL_TYPE,
                    cursor::CHANNEL_TYPE,
                ];
                for channel in list.channels.iter().filter(|channel| channel.id == 0) {
                    let channel_type = ChannelType(channel.r#type);
                    if known.contains(&channel_type) {
                        self.requests.push(LinkRequest {
                            connection_id: self.session_id,
                            channel_type,
                            channel_id: channel.id,
                            capabilities: Capabilities::usual(),
                        });
                    }
                }
            }
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

    fn handle_inputs(&mut self, message: inputs::server::Message<'_>) -> Result<(), AnyError> {
        match message {
            inputs::server::Message::Init(init) => self.modifiers = Some(init.keyboard_modifiers),
            inputs::server::Message::KeyModifiers(keys) => self.modifiers = Some(keys.modifiers),
            _ => {}
        }
        Ok(())
    }

    fn handle_cursor(&mut self, message: cursor::server::Message<'_>) -> Result<(), AnyError> {
        use cursor::server::Message;
        match message {
            Message::Init(init) => self.cursor = (init.visible != 0).then_some(init.position),
            Message::Set(set) => self.cursor = (set.visible != 0).then_some(set.position),
            Message::Move(to) => self.cursor = Some(to.position),
            Message::Hide(_) | Message::Reset(_) => self.cursor = None,
            _ => {}
        }
        Ok(())
    }

    fn channel(&mut self, channel_type: ChannelType) -> Result<&mut Channel, AnyError> {
        let channel = self.channels.get_mut(&channel_type);
        channel.ok_or_else(|| format!("channel {channel_type} is not connected").into())
    }

    fn send<'m>(
        &mut self,
        channel_type: ChannelType,
        message: &impl ChannelMessage<'m>,
    ) -> Result<(), AnyError> {
        let Channel { writer, output, .. } = self.channel(channel_type)?;
        writer.message(message, output)?;
        Ok(())
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
