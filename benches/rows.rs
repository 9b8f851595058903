//! The messages that are measured.

use spice_messages::wire::{Encode, List, Side};
use spice_messages::{cursor, display, inputs, main, playback, port, types};

/// A message, its bytes, and what the C implementation would allocate for it.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is, for tables.
    pub name: &'static str,
    /// The number of its channel.
    pub channel_type: u8,
    /// Who sends it.
    pub side: Side,
    /// Its id.
    pub id: u16,
    /// Its body.
    pub body: Vec<u8>,
    /// The size of the C struct, with the structs and arrays that the C decoder puts behind it.
    pub c_size: usize,
    /// Bytes of the message that are not payload: what the C decoder copies.
    pub fixed: usize,
    /// Whether it has elements of variable size, which must be looked at one by one.
    pub varies: bool,
}

/// All rows.
#[must_use]
pub fn rows() -> Vec<Row> {
    let mut rows = vec![
        server(
            "main.init",
            1,
            103,
            &main::server::Init::default(),
            (32, 32),
        ),
        channels_list(),
        port_init(),
        server(
            "draw_copy, bitmap of 64 KiB",
            2,
            304,
            &draw_copy(0, true),
            (312, 90),
        ),
        server(
            "draw_copy, 16 clip rects",
            2,
            304,
            &draw_copy(16, false),
            (408, 316),
        ),
        draw_fill(),
        draw_text(),
        draw_stroke(),
        monitors_config(),
    ];
    rows.extend(payloads());
    let position = inputs::client::MousePosition {
        x: 640,
        y: 480,
        ..Default::default()
    };
    rows.push(Row {
        side: Side::Client,
        ..server("inputs.mouse_position", 3, 112, &position, (16, 11))
    });
    rows
}

fn server(
    name: &'static str,
    channel_type: u8,
    id: u16,
    message: &impl Encode,
    (c_size, fixed): (usize, usize),
) -> Row {
    // A message that does not encode gives an empty row, which fails the first check of the run.
    let body = message.encode_to_vec().unwrap_or_default();
    Row {
        name,
        channel_type,
        side: Side::Server,
        id,
        body,
        c_size,
        fixed,
        varies: false,
    }
}

fn channels_list() -> Row {
    let channels: Vec<_> = (0..20)
        .map(|id| types::ChannelId { r#type: 2, id })
        .collect();
    let list = main::server::ChannelsList {
        channels: channels.into(),
    };
    server("main.channels_list, 20 channels", 1, 104, &list, (44, 44))
}

fn port_init() -> Row {
    let init = port::server::Init {
        name: "org.qemu.monitor.qmp.0".into(),
        opened: 1,
    };
    server("port.init", 10, 201, &init, (48, 32))
}

fn base(clip_rects: usize) -> types::DisplayBase<'static> {
    let mut base = types::DisplayBase::default();
    if clip_rects > 0 {
        let rects = vec![
            types::Rect {
                top: 1,
                left: 2,
                bottom: 3,
                right: 4
            };
            clip_rects
        ];
        base.clip.u = types::ClipU::Rects(types::ClipRects {
            rects: rects.into(),
        });
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

fn draw_copy(clip_rects: usize, image: bool) -> display::server::DrawCopy<'static> {
    let src_bitmap = image.then(bitmap);
    let data = types::Copy {
        src_bitmap,
        ..Default::default()
    };
    display::server::DrawCopy {
        base: base(clip_rects),
        data,
    }
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
    server("draw_fill", 2, 302, &fill, (136, 41))
}

/// A text of `count` glyphs of 16 bytes.
#[must_use]
pub fn text(count: usize) -> Row {
    let glyph = types::RasterGlyphA8 {
        width: 4,
        height: 4,
        data: vec![0x80; 16].into(),
        ..Default::default()
    };
    let glyphs = List::from(vec![glyph; count]);
    let str = types::String {
        flags: types::StringFlags::RASTER_A8,
        u: types::StringU::RasterA8(glyphs),
    };
    let data = types::Text {
        str,
        ..Default::default()
    };
    let text = display::server::DrawText {
        base: base(0),
        data,
    };
    let sizes = (176 + count * 48, 50 + count * 20);
    Row {
        varies: true,
        ..server("draw_text, 40 glyphs", 2, 311, &text, sizes)
    }
}

fn draw_text() -> Row {
    text(40)
}

fn draw_stroke() -> Row {
    let points = vec![types::PointFix { x: 16, y: 32 }; 4];
    let segment = types::PathSegment {
        flags: types::PathFlags::BEGIN,
        points: points.into(),
    };
    let path = types::Path {
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
    Row {
        varies: true,
        ..server("draw_stroke, 8 segments", 2, 310, &stroke, (500, 335))
    }
}

fn monitors_config() -> Row {
    let heads = vec![
        types::Head {
            width: 1920,
            height: 1080,
            ..Default::default()
        };
        4
    ];
    let config = display::server::MonitorsConfig {
        max_allowed: 4,
        heads: heads.into(),
    };
    server("monitors_config, 4 heads", 2, 317, &config, (116, 116))
}

fn payloads() -> [Row; 3] {
    let sound = playback::server::Data {
        time: 5,
        data: vec![1; 1024].into(),
    };
    let frame = display::server::StreamData {
        data: vec![2; 20_000].into(),
        ..Default::default()
    };
    let cursor = cursor::server::Set {
        visible: 1,
        cursor: types::Cursor {
            u: types::CursorU::Header(types::CursorHeader::default()),
            data: vec![3; 4096].into(),
            ..Default::default()
        },
        ..Default::default()
    };
    [
        server("playback.data of 1 KiB", 5, 101, &sound, (24, 4)),
        server("stream_data of 20 KB", 2, 123, &frame, (24, 12)),
        server("cursor.set of 4 KiB", 4, 103, &cursor, (48, 24)),
    ]
}
