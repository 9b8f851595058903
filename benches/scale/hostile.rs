//! Bodies of a peer that wants to keep a receiver busy or to fill its memory.

use spice_messages::display;
use spice_proto::bounds::bounds;

use super::{Case, Proto};

const SIZES: [usize; 3] = [1 << 10, 1 << 12, 1 << 15];

/// All messages of hostile peers.
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
        channel: display::CHANNEL_TYPE.0,
        id,
        build,
        sizes: SIZES,
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
        channel: bounds::CHANNEL_TYPE.0,
        id,
        build,
        sizes: SIZES,
        accepted: true,
    };
    let refused = |name, id, build| Case {
        accepted: false,
        ..case(name, id, build)
    };
    use bounds::server::id;
    vec![
        case("empty elements of one byte", id::ITEMS, items),
        case("empty elements to the end", id::ALL_ITEMS, |size| {
            vec![0; size]
        }),
        case("empty lines", id::LINES, items),
        case("lists in lists in lists", id::SHEET, sheet),
        case("lists of eight levels", id::LISTS, lists),
        case("elements large in memory", id::WIDE, wide),
        case("16 pointers to one list", id::TREE, tree),
        case("20 pointers to themselves", id::POINTERS, pointers),
        refused("2^64 elements", id::ITEMS, |size| vec![0xff; 8 + size]),
        refused("2^64 numbers", id::WORDS, |size| vec![0xff; 8 + size]),
        refused("lists of 1024 empty elements", id::HOLLOW, hollow),
        refused("lists of 1024 descriptors", id::HANDLES, hollow),
    ]
}

/// Concatenates the parts and fills the body up to `size` with zeros.
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

/// The 36 bytes of a bitmap whose measures ask for `length` bytes of data. `palette` may point to the same
/// data.
fn bitmap_head(palette: usize, length: [u8; 8]) -> Vec<u8> {
    filled(&[&[0; 18 + 6], &length, &u32s(palette)], 36)
}

/// Height and stride of a bitmap of one row.
fn row(length: usize) -> [u8; 8] {
    let mut row = [1, 0, 0, 0, 0, 0, 0, 0];
    for (place, byte) in row.iter_mut().skip(4).zip(u32s(length)) {
        *place = byte;
    }
    row
}

const ROP3: usize = 69;

/// Source, pattern and mask are the same image.
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

/// The image is its own palette.
fn self_images(size: usize) -> Vec<u8> {
    let length = row(size.saturating_sub(ROP3 + 36));
    rop3(&bitmap_head(ROP3, length), size)
}

fn endless_bitmap(size: usize) -> Vec<u8> {
    rop3(&bitmap_head(0, [0xff; 8]), size)
}

/// A path of segments without points. Its bytes are also the lengths of dashes and the pixels of a pattern.
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

/// A text of glyphs without pixels. Its bytes are also the pixels and palettes of two patterns.
fn empty_glyphs(size: usize) -> Vec<u8> {
    let (image, string) = (67, 67 + 36);
    let brush = [PATTERN, &u32s(image), POINT].concat();
    let head = [BASE, &u32s(string), RECT, &brush, &brush].concat();
    let rest = size.saturating_sub(string);
    let bitmap = bitmap_head(string, row(rest));
    // The count of the palette overlaps the position of the first glyph, which may have any value.
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

/// A 64-bit count and its elements, each one zero byte.
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

/// Lists of eight levels. Inner levels get their elements first.
fn lists(size: usize) -> Vec<u8> {
    let mut body = vec![1];
    let mut level = vec![0];
    // Each level repeats the level below as often as the size allows.
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

/// Four pointers to one struct, whose pointers all lead to one list, which is also text and bytes.
fn tree(size: usize) -> Vec<u8> {
    let (node, list) = (u32s(16), u32s(36));
    let rest = u32s(size.saturating_sub(40));
    let head = [node, node, node, node, list, list, list, rest, list, rest];
    filled(&[&head.concat()], size)
}

/// The first pointer leads to a pointer to itself.
fn pointers(size: usize) -> Vec<u8> {
    filled(&[&u32s(4), &u32s(4)], size)
}

fn hollow(size: usize) -> Vec<u8> {
    let count = size.saturating_sub(4) / 2;
    [&u32s(count)[..], &1024_u16.to_le_bytes().repeat(count)].concat()
}
