//! The measured messages.

use spice_messages::wire::{Encode, Side};
use spice_messages::{cursor, display, inputs, main, playback, port, types};

/// A message, its C struct, and the aims of its figures.
#[derive(Clone, Debug)]
pub struct Row {
    /// Name in tables.
    pub name: &'static str,
    /// Channel number.
    pub channel_type: u8,
    /// Sender.
    pub side: Side,
    /// Message id.
    pub id: u16,
    /// Encoded body.
    pub body: Vec<u8>,
    /// Size of the C struct with everything that the C decoder allocates together with it.
    pub c_size: usize,
    /// Length of the body without payload, which the C decoder copies.
    pub fixed: usize,
    /// The longest time of dispatch, in C floors.
    pub floors_aim: f64,
    /// The longest time of `encode_io` into a used body, in nanoseconds.
    pub encode_io_aim: Option<f64>,
}

/// The largest aim of `encode_io` for the two smallest messages.
const SMALL: Option<f64> = Some(10.0);

/// The largest aim of `encode_io` where the payload is borrowed.
const BORROWED: Option<f64> = Some(15.0);

/// All rows.
#[must_use]
pub fn rows() -> Vec<Row> {
    let init = main::server::Init::default();
    let copy_image = draw_copy(base(0), Some(bitmap()));
    let copy_clipped = draw_copy(base(16), None);
    vec![
        Row {
            encode_io_aim: SMALL,
            ..server("main.init", 1, 103, &init, (32, 32), 0.65)
        },
        channels_list(),
        port_init(),
        Row {
            encode_io_aim: BORROWED,
            ..server(
                "draw_copy, bitmap of 64 KiB",
                2,
                304,
                &copy_image,
                (312, 90),
                1.15,
            )
        },
        server(
            "draw_copy, 16 clip rects",
            2,
            304,
            &copy_clipped,
            (408, 316),
            1.1,
        ),
        draw_fill(),
        draw_text(),
        draw_stroke(),
        monitors_config(),
        playback_data(),
        stream_data(),
        cursor_set(),
        mouse_position(),
    ]
}

fn server(
    name: &'static str,
    channel_type: u8,
    id: u16,
    message: &impl Encode,
    (c_size, fixed): (usize, usize),
    floors_aim: f64,
) -> Row {
    // If encoding fails, the body is empty, and the bench fails to decode it.
    let body = message.encode_to_vec().unwrap_or_default();
    Row {
        name,
        channel_type,
        side: Side::Server,
        id,
        body,
        c_size,
        fixed,
        floors_aim,
        encode_io_aim: None,
    }
}

fn channels_list() -> Row {
    let channels = (0..20).map(|id| types::ChannelId { r#type: 2, id });
    let list = main::server::ChannelsList {
        channels: channels.collect::<Vec<_>>().into(),
    };
    server(
        "main.channels_list, 20 channels",
        1,
        104,
        &list,
        (44, 44),
        0.9,
    )
}

fn port_init() -> Row {
    let init = port::server::Init {
        name: "org.qemu.monitor.qmp.0".into(),
        opened: 1,
    };
    server("port.init", 10, 201, &init, (48, 32), 0.8)
}

fn base(clip_rects: usize) -> types::DisplayBase<'static> {
    let mut base = types::DisplayBase::default();
    if clip_rects > 0 {
        let rect = types::Rect {
            top: 1,
            left: 2,
            bottom: 3,
            right: 4,
        };
        let rects = vec![rect; clip_rects].into();
        base.clip.u = types::ClipU::Rects(types::ClipRects { rects });
    }
    base
}

fn bitmap() -> types::Image<'static> {
    types::Image {
        descriptor: types::ImageDescriptor {
            id: 7,
            r#type: types::ImageType::BITMAP,
            width: 128,
            height: 128,
            ..Default::default()
        },
        u: types::ImageU::Bitmap(types::BitmapData {
            format: types::BitmapFmt::_32BIT,
            x: 128,
            y: 128,
            stride: 512,
            data: vec![0x55; 65536].into(),
            ..Default::default()
        }),
    }
}

fn draw_copy(
    base: types::DisplayBase<'static>,
    image: Option<types::Image<'static>>,
) -> display::server::DrawCopy<'static> {
    let data = types::SpiceCopy {
        src_bitmap: image.map(Into::into),
        ..Default::default()
    };
    display::server::DrawCopy { base, data }
}

fn draw_fill() -> Row {
    let brush = types::Brush {
        u: types::BrushU::Solid(0x00ff_8000),
    };
    let data = types::Fill {
        brush,
        ..Default::default()
    };
    let fill = display::server::DrawFill {
        base: base(0),
        data,
    };
    server("draw_fill", 2, 302, &fill, (136, 41), 0.8)
}

fn draw_text() -> Row {
    const GLYPHS: usize = 40;
    let glyph = types::RasterGlyphA8 {
        width: 4,
        height: 4,
        data: vec![0x80; 16].into(),
        ..Default::default()
    };
    let str = types::SpiceString {
        flags: types::StringFlags::RASTER_A8,
        u: types::StringU::RasterA8(vec![glyph; GLYPHS].into()),
    };
    let data = types::SpiceText {
        str,
        ..Default::default()
    };
    let text = display::server::DrawText {
        base: base(0),
        data,
    };
    let sizes = (176 + GLYPHS * 48, 50 + GLYPHS * 20);
    server("draw_text, 40 glyphs", 2, 311, &text, sizes, 5.0)
}

fn draw_stroke() -> Row {
    let points = vec![types::PointFix { x: 16, y: 32 }; 4];
    let segment = types::PathSegment {
        flags: types::PathFlags::BEGIN,
        points: points.into(),
    };
    let path = types::SpicePath {
        segments: vec![segment; 8].into(),
    };
    let data = types::Stroke {
        path,
        ..Default::default()
    };
    let stroke = display::server::DrawStroke {
        base: base(0),
        data,
    };
    server("draw_stroke, 8 segments", 2, 310, &stroke, (500, 335), 2.1)
}

fn monitors_config() -> Row {
    let head = types::Head {
        width: 1920,
        height: 1080,
        ..Default::default()
    };
    let config = display::server::MonitorsConfig {
        max_allowed: 4,
        heads: vec![head; 4].into(),
    };
    server("monitors_config, 4 heads", 2, 317, &config, (116, 116), 0.8)
}

fn playback_data() -> Row {
    let sound = playback::server::Data {
        time: 5,
        data: vec![1; 1024].into(),
    };
    Row {
        encode_io_aim: BORROWED,
        ..server("playback.data of 1 KiB", 5, 101, &sound, (24, 4), 0.65)
    }
}

fn stream_data() -> Row {
    let frame = display::server::StreamData {
        data: vec![2; 20_000].into(),
        ..Default::default()
    };
    Row {
        encode_io_aim: BORROWED,
        ..server("stream_data of 20 KB", 2, 123, &frame, (24, 12), 0.65)
    }
}

fn cursor_set() -> Row {
    let cursor = types::SpiceCursor {
        u: types::CursorU::Header(types::CursorHeader::default()),
        data: vec![3; 4096].into(),
        ..Default::default()
    };
    let set = cursor::server::Set {
        visible: 1,
        cursor,
        ..Default::default()
    };
    Row {
        encode_io_aim: BORROWED,
        ..server("cursor.set of 4 KiB", 4, 103, &set, (48, 24), 0.7)
    }
}

fn mouse_position() -> Row {
    let position = inputs::client::MousePosition {
        x: 640,
        y: 480,
        ..Default::default()
    };
    Row {
        side: Side::Client,
        encode_io_aim: SMALL,
        ..server("inputs.mouse_position", 3, 112, &position, (16, 11), 0.65)
    }
}
