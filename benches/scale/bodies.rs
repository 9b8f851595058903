//! Bodies of growing messages, honest and hostile.

// With the path, other programs can include this file too.
#[path = "hostile.rs"]
mod hostile;

use spice_messages::wire::{Encode, Side};
use spice_messages::{display, main, port, types};

pub use hostile::hostile;

/// A message that grows.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Name in tables.
    pub name: &'static str,
    /// The repeated part of the message.
    pub unit: &'static str,
    /// The proto that defines the message.
    pub proto: Proto,
    /// Channel number.
    pub channel: u8,
    /// Message id.
    pub id: u16,
    /// Builds the body from the number of units.
    pub build: fn(usize) -> Vec<u8>,
    /// Numbers of units, rising.
    pub sizes: [usize; 3],
    /// Whether decoders accept the body.
    pub accepted: bool,
}

/// A proto with generated code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proto {
    /// `proto/spice.proto`
    Spice,
    /// `proto/conformance/bounds.proto`
    Bounds,
}

/// The sender of all cases.
pub const SENDER: Side = Side::Server;

const ELEMENTS: [usize; 3] = [1, 100, 10_000];
const PAYLOADS: [usize; 3] = [100, 10_000, 1_000_000];

/// Messages of honest peers.
#[must_use]
pub fn honest() -> Vec<Case> {
    let case = |name, unit, id, build| Case {
        name,
        unit,
        proto: Proto::Spice,
        channel: display::CHANNEL_TYPE.0,
        id,
        build,
        sizes: ELEMENTS,
        accepted: true,
    };
    use display::server::id;
    vec![
        case("draw_text", "glyph", id::DRAW_TEXT, text),
        case("draw_stroke", "segment", id::DRAW_STROKE, stroke),
        case("draw_copy, palette", "colour", id::DRAW_COPY, palette),
        case("draw_copy, clip", "rectangle", id::DRAW_COPY, clip),
        case("monitors_config", "head", id::MONITORS_CONFIG, monitors),
        Case {
            channel: main::CHANNEL_TYPE.0,
            id: main::server::id::CHANNELS_LIST,
            ..case("main.channels_list", "channel", 0, channels)
        },
        Case {
            sizes: PAYLOADS,
            ..case("draw_copy, bitmap", "byte", id::DRAW_COPY, bitmap)
        },
        Case {
            sizes: PAYLOADS,
            ..case("stream_data", "byte", id::STREAM_DATA, stream)
        },
        Case {
            channel: port::CHANNEL_TYPE.0,
            id: port::server::id::INIT,
            sizes: PAYLOADS,
            ..case("port.init, name", "byte", 0, name)
        },
    ]
}

/// Encodes a message. If encoding fails, the body is empty, and the first check fails.
fn body(message: &impl Encode) -> Vec<u8> {
    message.encode_to_vec().unwrap_or_default()
}

fn text(count: usize) -> Vec<u8> {
    let glyph = types::RasterGlyphA8 {
        width: 4,
        height: 4,
        data: vec![0x80; 16].into(),
        ..Default::default()
    };
    let str = types::SpiceString {
        flags: types::StringFlags::RASTER_A8,
        u: types::StringU::RasterA8(vec![glyph; count].into()),
    };
    let data = types::SpiceText {
        str,
        ..Default::default()
    };
    let base = types::DisplayBase::default();
    body(&display::server::DrawText { base, data })
}

fn stroke(count: usize) -> Vec<u8> {
    let points = vec![types::PointFix { x: 16, y: 32 }; 4];
    let segment = types::PathSegment {
        flags: types::PathFlags::BEGIN,
        points: points.into(),
    };
    let path = types::SpicePath {
        segments: vec![segment; count].into(),
    };
    let data = types::Stroke {
        path,
        ..Default::default()
    };
    let base = types::DisplayBase::default();
    body(&display::server::DrawStroke { base, data })
}

fn copy(bytes: usize, colours: usize, rects: usize) -> Vec<u8> {
    let palette = types::Palette {
        unique: 1,
        ents: vec![7; colours].into(),
    };
    let bitmap = types::BitmapData {
        y: 1,
        stride: u32::try_from(bytes).unwrap_or(u32::MAX),
        pal: types::BitmapDataPal::Palette(Some(palette)),
        data: vec![0x55; bytes].into(),
        ..Default::default()
    };
    let descriptor = types::ImageDescriptor {
        r#type: types::ImageType::BITMAP,
        ..Default::default()
    };
    let image = types::Image {
        descriptor,
        u: types::ImageU::Bitmap(bitmap),
    };
    let data = types::SpiceCopy {
        src_bitmap: Some(image.into()),
        ..Default::default()
    };
    let mut base = types::DisplayBase::default();
    let rects = vec![types::Rect::default(); rects].into();
    base.clip.u = types::ClipU::Rects(types::ClipRects { rects });
    body(&display::server::DrawCopy { base, data })
}

fn palette(count: usize) -> Vec<u8> {
    copy(0, count, 0)
}

fn clip(count: usize) -> Vec<u8> {
    copy(0, 0, count)
}

fn bitmap(count: usize) -> Vec<u8> {
    copy(count, 0, 0)
}

fn monitors(count: usize) -> Vec<u8> {
    body(&display::server::MonitorsConfig {
        max_allowed: 1,
        heads: vec![types::Head::default(); count].into(),
    })
}

fn channels(count: usize) -> Vec<u8> {
    body(&main::server::ChannelsList {
        channels: vec![types::ChannelId::default(); count].into(),
    })
}

fn stream(count: usize) -> Vec<u8> {
    body(&display::server::StreamData {
        data: vec![2; count].into(),
        ..Default::default()
    })
}

fn name(count: usize) -> Vec<u8> {
    body(&port::server::Init {
        name: "x".repeat(count).as_str().into(),
        opened: 1,
    })
}
