//! Bodies of messages that grow: honest ones, and those of a peer who wants to keep a receiver busy
//! or to fill its memory.

use spice_messages::wire::{Encode, List, Side};
use spice_messages::{display, main, port, types};
use spice_proto::bounds::bounds as hostile;

/// A message that grows.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What it is, for tables.
    pub name: &'static str,
    /// What it has more and more of.
    pub unit: &'static str,
    /// Which proto it is from.
    pub proto: Proto,
    /// The number of its channel.
    pub channel: u8,
    /// Its id; all are messages of a server.
    pub id: u16,
    /// The body with so many units.
    pub build: fn(usize) -> Vec<u8>,
    /// How many units, rising.
    pub sizes: [usize; 3],
    /// Whether it is a message at all.
    pub accepted: bool,
}

/// A proto and what it became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proto {
    /// `proto/spice.proto`
    Spice,
    /// `proto/conformance/bounds.proto`
    Bounds,
}

/// Who sends all of them.
pub const SENDER: Side = Side::Server;

const ELEMENTS: [usize; 3] = [1, 100, 10_000];
const PAYLOADS: [usize; 3] = [100, 10_000, 1_000_000];
const HOSTILE: [usize; 3] = [1 << 10, 1 << 12, 1 << 15];

/// Messages as peers mean them.
#[must_use]
pub fn honest() -> Vec<Case> {
    let case = |name, unit, id, build| Case {
        name,
        unit,
        proto: Proto::Spice,
        channel: display::CHANNEL_TYPE,
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
            channel: main::CHANNEL_TYPE,
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
            channel: port::CHANNEL_TYPE,
            id: port::server::id::INIT,
            sizes: PAYLOADS,
            ..case("port.init, name", "byte", 0, name)
        },
    ]
}

/// Messages as no peer means them.
#[must_use]
pub fn hostile() -> Vec<Case> {
    let mut cases = hostile_spice();
    cases.extend(hostile_bounds());
    cases
}

fn hostile_spice() -> Vec<Case> {
    let case = |name, id, build| Case {
        name,
        unit: "byte",
        proto: Proto::Spice,
        channel: display::CHANNEL_TYPE,
        id,
        build,
        sizes: HOSTILE,
        accepted: true,
    };
    let refused = |name, id, build| Case {
        accepted: false,
        ..case(name, id, build)
    };
    use display::server::id;
    vec![
        case(
            "3 images and palettes in one place",
            id::DRAW_ROP3,
            one_image,
        ),
        case(
            "empty segments under a pattern",
            id::DRAW_STROKE,
            empty_segments,
        ),
        case(
            "empty glyphs under two patterns",
            id::DRAW_TEXT,
            empty_glyphs,
        ),
        case("images that lead to themselves", id::DRAW_ROP3, self_images),
        refused("2^32 segments", id::DRAW_STROKE, endless_segments),
        refused("2^32 rectangles", id::DRAW_COPY, endless_clip),
        refused("a bitmap of 2^64 bytes", id::DRAW_ROP3, endless_bitmap),
    ]
}

fn hostile_bounds() -> Vec<Case> {
    let case = |name, id, build| Case {
        name,
        unit: "byte",
        proto: Proto::Bounds,
        channel: hostile::CHANNEL_TYPE,
        id,
        build,
        sizes: HOSTILE,
        accepted: true,
    };
    let refused = |name, id, build| Case {
        accepted: false,
        ..case(name, id, build)
    };
    use hostile::server::id;
    vec![
        case("empty elements of one byte", id::ITEMS, items),
        case("the same to the end", id::ALL_ITEMS, |size| vec![0; size]),
        case("empty lines", id::LINES, items),
        case("lists in lists in lists", id::SHEET, sheet),
        case("eight lists in one another", id::LISTS, lists),
        case("elements large in memory", id::WIDE, wide),
        case("16 pointers to one list", id::TREE, tree),
        case("20 pointers to themselves", id::POINTERS, pointers),
        refused("2^64 elements", id::ITEMS, |size| vec![0xff; 8 + size]),
        refused("2^64 numbers", id::WORDS, |size| vec![0xff; 8 + size]),
        refused("lists of 1024 empty elements", id::HOLLOW, hollow),
        refused("lists of 1024 descriptors", id::HANDLES, hollow),
    ]
}

/// The body of a message; one that cannot be encoded has none, which fails the first check.
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
    let str = types::String {
        flags: types::StringFlags::RASTER_A8,
        u: types::StringU::RasterA8(vec![glyph; count].into()),
    };
    let data = types::Text {
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
    let path = types::Path {
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
    let data = types::Copy {
        src_bitmap: Some(image),
        ..Default::default()
    };
    let mut base = types::DisplayBase::default();
    let rects = List::from(vec![types::Rect::default(); rects]);
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

/// Bytes one behind the other, filled up with zeros to `size`.
fn filled(parts: &[&[u8]], size: usize) -> Vec<u8> {
    let mut body = parts.concat();
    body.resize(size.max(body.len()), 0);
    body
}

fn u32s(value: usize) -> [u8; 4] {
    u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes()
}

fn u16s(value: usize) -> [u8; 2] {
    u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes()
}

/// Surface, box and no clip.
const BASE: &[u8] = &[0; 21];
const RECT: &[u8] = &[0; 16];
const POINT: &[u8] = &[0; 8];
const PATTERN: &[u8] = &[2];

/// A bitmap that takes `length` bytes behind its 36, which are at the same time its palette if that
/// is where `palette` leads.
fn bitmap_head(palette: usize, length: [u8; 8]) -> Vec<u8> {
    filled(&[&[0; 18 + 6], &length, &u32s(palette)], 36)
}

/// One row that is so long.
fn row(length: usize) -> [u8; 8] {
    let mut row = [1, 0, 0, 0, 0, 0, 0, 0];
    for (place, byte) in row.iter_mut().skip(4).zip(u32s(length)) {
        *place = byte;
    }
    row
}

const ROP3: usize = 69;

/// A source, a pattern and a mask that are the same image.
fn rop3(image: &[u8], size: usize) -> Vec<u8> {
    let place = u32s(ROP3);
    let head = [
        BASE, &place, RECT, PATTERN, &place, POINT, &[0; 2], &[0; 9], &place,
    ];
    filled(&[&head.concat(), image], size)
}

fn one_image(size: usize) -> Vec<u8> {
    let data = ROP3 + 36;
    let length = size.saturating_sub(data);
    let image = bitmap_head(data, row(length));
    let colours = u16s(length.saturating_sub(10) / 4);
    rop3(&[&image, POINT, &colours].concat(), size)
}

/// The palette of the image is the image.
fn self_images(size: usize) -> Vec<u8> {
    let length = row(size.saturating_sub(ROP3 + 36));
    rop3(&bitmap_head(ROP3, length), size)
}

fn endless_bitmap(size: usize) -> Vec<u8> {
    rop3(&bitmap_head(0, [0xff; 8]), size)
}

/// A path of segments without points. The bytes are at the same time the lengths of dashes, and the
/// pixels of a pattern.
fn path(size: usize, segments: usize) -> Vec<u8> {
    let (image, path) = (48, 48 + 36);
    let rest = size.saturating_sub(path);
    let dashes = [8, u8::try_from(rest / 4).unwrap_or(u8::MAX)];
    let head = [
        BASE,
        &u32s(path),
        &dashes,
        &u32s(path),
        PATTERN,
        &u32s(image),
        POINT,
        &[0; 4],
    ];
    let bitmap = bitmap_head(0, row(rest));
    filled(&[&head.concat(), &bitmap, &u32s(segments)], size)
}

fn empty_segments(size: usize) -> Vec<u8> {
    path(size, size.saturating_sub(88) / 5)
}

fn endless_segments(size: usize) -> Vec<u8> {
    path(size, usize::MAX)
}

/// A text of glyphs without pixels. The bytes are at the same time the pixels and palettes of two
/// patterns.
fn empty_glyphs(size: usize) -> Vec<u8> {
    let (image, string) = (67, 67 + 36);
    let brush = [PATTERN, &u32s(image), POINT].concat();
    let head = [BASE, &u32s(string), RECT, &brush, &brush].concat();
    let rest = size.saturating_sub(string);
    let bitmap = bitmap_head(string, row(rest));
    // The two bytes behind the unique number of the palette are in the first glyph, which has a place.
    let colours = u16s(rest.saturating_sub(10) / 4);
    let string = [
        &u16s(rest.saturating_sub(3) / 20)[..],
        &[4],
        &[0; 5],
        &colours,
    ]
    .concat();
    filled(&[&head, &[0; 0], &bitmap, &string], size)
}

fn endless_clip(size: usize) -> Vec<u8> {
    let mut base = BASE.to_vec();
    if let Some(clip) = base.last_mut() {
        *clip = 1;
    }
    filled(&[&base, &[0xff; 4]], size)
}

/// A count of 64 bits, and as many elements of one zero.
fn items(size: usize) -> Vec<u8> {
    let count = size.saturating_sub(8) as u64;
    filled(&[&count.to_le_bytes()], size)
}

/// Tables of ten rows of twenty cells of a byte.
fn sheet(size: usize) -> Vec<u8> {
    let row = [&[20][..], &[0; 20]].concat();
    let table = [&u16s(10)[..], &row.repeat(10)].concat();
    let count = size.saturating_sub(4) / table.len();
    [&u32s(count)[..], &table.repeat(count)].concat()
}

/// As many lists of eight levels as bytes allow, of which all but the innermost are one element long.
fn lists(size: usize) -> Vec<u8> {
    let mut body = vec![1];
    let mut level = vec![0];
    // Each level has as many elements of the one below as there is room for.
    for _ in 0..6 {
        let count = (size / 2 / level.len()).clamp(1, 255);
        let element = level.clone();
        level = vec![u8::try_from(count).unwrap_or(1)];
        level.extend(element.repeat(count));
    }
    body.extend(level);
    body
}

fn wide(size: usize) -> Vec<u8> {
    filled(&[&u32s(size.saturating_sub(4) / 2)], size)
}

/// Four pointers to one twig, all of whose pointers lead to one list, which is also a text and bytes.
fn tree(size: usize) -> Vec<u8> {
    let (twig, list) = (u32s(16), u32s(36));
    let rest = u32s(size.saturating_sub(40));
    let head = [twig, twig, twig, twig, list, list, list, rest, list, rest];
    filled(&[&head.concat()], size)
}

/// The first pointer leads to a pointer that leads to itself.
fn pointers(size: usize) -> Vec<u8> {
    filled(&[&u32s(4), &u32s(4)], size)
}

fn hollow(size: usize) -> Vec<u8> {
    let count = size.saturating_sub(4) / 2;
    [&u32s(count)[..], &1024_u16.to_le_bytes().repeat(count)].concat()
}
