//! Text: glyphs with 1, 4 and 8 bits per pixel.

use spice_messages::display::server;
use spice_messages::types::{self, StringFlags, StringU};

use crate::values::bytes::bytes;
use crate::values::drawing::{
    BASE, assert_base, assert_color, assert_quic, assert_rect, base, quic, rect,
};
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[("display.server.draw_text", draw_text)];

/// A text with a solid brush and no background. Its string is at offset 51.
fn text(str: types::SpiceString<'_>) -> server::DrawText<'_> {
    server::DrawText {
        base: base(),
        data: types::SpiceText {
            str,
            back_area: rect(1, 2, 3, 4),
            fore_brush: types::Brush {
                u: types::BrushU::Solid(0x0080_8080),
            },
            back_brush: types::Brush {
                u: types::BrushU::Other {
                    r#type: types::BrushType::NONE,
                },
            },
            fore_mode: 8,
            back_mode: 9,
        },
    }
}

fn text_bytes(string: &str) -> Vec<u8> {
    bytes(&format!(
        "{BASE} 51u32 1i32 2i32 3i32 4i32
         @41 01 80808000            # fore_brush: SOLID
         @46 00                     # back_brush: NONE
         @47 0800 0900
         @51 {string}"
    ))
}

/// Checks a text and passes its decoded string to `read`.
#[track_caller]
fn check(value: &server::DrawText<'_>, string: &str, read: fn(&types::SpiceString<'_>)) {
    let bytes = text_bytes(string);
    assert_encodes(value, &bytes);
    let got = received!(
        "display.server.draw_text",
        311,
        display::server::DrawText,
        &bytes
    );
    assert_base(&got.base);
    assert_rect(&got.data.back_area, [1, 2, 3, 4]);
    assert_color(&got.data.fore_brush, 0x0080_8080);
    let types::BrushU::Other { r#type } = got.data.back_brush.u else {
        panic!("unexpected back brush");
    };
    assert_eq!(r#type, types::BrushType::NONE);
    assert_eq!((got.data.fore_mode, got.data.back_mode), (8, 9));
    read(&got.data.str);
    assert_eq!(got, *value);
}

fn point(x: i32, y: i32) -> types::Point {
    types::Point { x, y }
}

/// The widths are odd, so rows end within a byte: 9 bits take two bytes.
#[test]
fn draw_text() {
    let glyphs = vec![
        types::RasterGlyphA1 {
            render_pos: point(10, 20),
            glyph_origin: point(-1, 12),
            width: 9,
            height: 2,
            data: (&[0xff, 0x80, 0x01, 0x00]).into(),
        },
        types::RasterGlyphA1 {
            render_pos: point(30, 40),
            glyph_origin: point(0, -7),
            width: 0,
            height: 5,
            data: (&[]).into(),
        },
        types::RasterGlyphA1 {
            render_pos: point(50, 60),
            glyph_origin: point(1, 1),
            width: 1,
            height: 1,
            data: vec![0x80].into(),
        },
    ];
    let value = text(types::SpiceString {
        flags: StringFlags::RASTER_A1,
        u: StringU::RasterA1(glyphs.into()),
    });
    let string = "03 00 01
        @54  10i32 20i32 -1i32 12i32 0900 0200 ff80 0100
        @78  30i32 40i32  0i32 -7i32 0000 0500
        @98  50i32 60i32  1i32  1i32 0100 0100 80 @119";
    check(&value, string, |string| {
        assert_eq!(string.flags, StringFlags::RASTER_A1);
        let StringU::RasterA1(glyphs) = &string.u else {
            panic!("{string:?}");
        };
        let glyphs: Vec<_> = glyphs.iter().collect();
        assert_eq!(glyphs.len(), 3);
        assert_eq!((glyphs[0].render_pos.x, glyphs[0].render_pos.y), (10, 20));
        let origin = glyphs[0].glyph_origin;
        assert_eq!((origin.x, origin.y), (-1, 12));
        assert_eq!((glyphs[0].width, glyphs[0].height), (9, 2));
        assert_eq!(*glyphs[0].data, [0xff, 0x80, 0x01, 0x00]);
        assert_eq!((glyphs[1].render_pos.x, glyphs[1].render_pos.y), (30, 40));
        let origin = glyphs[1].glyph_origin;
        assert_eq!((origin.x, origin.y), (0, -7));
        assert_eq!((glyphs[1].width, glyphs[1].height), (0, 5));
        assert!(glyphs[1].data.is_empty());
        assert_eq!((glyphs[2].render_pos.x, glyphs[2].render_pos.y), (50, 60));
        assert_eq!((glyphs[2].width, glyphs[2].height), (1, 1));
        assert_eq!(*glyphs[2].data, [0x80]);
    });
}

/// Nine pixels of 4 bits take five bytes.
#[test]
fn draw_text_a4() {
    let value = text(types::SpiceString {
        flags: StringFlags::RASTER_A4 | StringFlags::RASTER_TOP_DOWN,
        u: StringU::RasterA4(
            vec![types::RasterGlyphA4 {
                render_pos: point(1, 2),
                glyph_origin: point(3, 4),
                width: 9,
                height: 2,
                data: (&[0x12, 0x34, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xef, 0x01, 0x20]).into(),
            }]
            .into(),
        ),
    });
    let string = "01 00 0a
        1i32 2i32 3i32 4i32 0900 0200
        1234567890 abcdef0120 @84";
    check(&value, string, |string| {
        assert_eq!(string.flags.bits(), 0x0a);
        let StringU::RasterA4(glyphs) = &string.u else {
            panic!("{string:?}");
        };
        assert_eq!(glyphs.len(), 1);
        let glyph = glyphs.get(0).unwrap();
        assert_eq!((glyph.render_pos.x, glyph.render_pos.y), (1, 2));
        assert_eq!((glyph.glyph_origin.x, glyph.glyph_origin.y), (3, 4));
        assert_eq!((glyph.width, glyph.height), (9, 2));
        assert_eq!(glyph.data.len(), 10);
        assert_eq!(glyph.data[..5], [0x12, 0x34, 0x56, 0x78, 0x90]);
        assert_eq!(glyph.data[5..], [0xab, 0xcd, 0xef, 0x01, 0x20]);
    });
}

#[test]
fn draw_text_a8() {
    let glyph = |x, data| types::RasterGlyphA8 {
        render_pos: point(x, 0),
        glyph_origin: point(0, 0),
        width: 3,
        height: 1,
        data,
    };
    let value = text(types::SpiceString {
        flags: StringFlags::RASTER_A8,
        u: StringU::RasterA8(
            vec![
                glyph(1, (&[1, 2, 3]).into()),
                glyph(2, (&[0xff, 0xfe, 0xfd]).into()),
            ]
            .into(),
        ),
    });
    let string = "02 00 04
        1i32 0i32 0i32 0i32 0300 0100 010203
        2i32 0i32 0i32 0i32 0300 0100 fffefd";
    check(&value, string, |string| {
        assert_eq!(string.flags, StringFlags::RASTER_A8);
        let StringU::RasterA8(glyphs) = &string.u else {
            panic!("{string:?}");
        };
        assert_eq!(glyphs.len(), 2);
        let (first, second) = (glyphs.get(0).unwrap(), glyphs.get(1).unwrap());
        assert_eq!((first.render_pos.x, second.render_pos.x), (1, 2));
        assert_eq!((first.width, first.height), (3, 1));
        assert_eq!(*first.data, [1, 2, 3]);
        assert_eq!(*second.data, [0xff, 0xfe, 0xfd]);
    });
}

/// If two flags are set, the first case is chosen.
#[test]
fn draw_text_with_two_glyph_flags() {
    let value = text(types::SpiceString {
        flags: StringFlags::RASTER_A4 | StringFlags::RASTER_A8,
        u: StringU::RasterA4(vec![].into()),
    });
    check(&value, "00 00 06", |string| {
        assert_eq!(string.flags.bits(), 6);
        assert_eq!(string.u, StringU::RasterA4(vec![].into()));
    });
}

/// Without a glyph flag there are no glyphs, but the length is kept.
#[test]
fn draw_text_without_glyphs() {
    let value = text(types::SpiceString {
        flags: StringFlags::RASTER_TOP_DOWN,
        u: StringU::Absent { length: 40 },
    });
    check(&value, "28 00 08", |string| {
        assert_eq!(string.flags, StringFlags::RASTER_TOP_DOWN);
        let StringU::Absent { length } = string.u else {
            panic!("{string:?}");
        };
        assert_eq!(length, 40);
    });
}

/// The string is depth-first, the images of both brushes are breadth-first.
#[test]
fn draw_text_with_patterns() {
    let pattern = |id, data| types::Brush {
        u: types::BrushU::Pattern(types::Pattern {
            pat: quic(id, data),
            pos: point(id as i32, -1),
        }),
    };
    let mut value = text(types::SpiceString {
        flags: StringFlags::RASTER_A8,
        u: StringU::RasterA8(vec![].into()),
    });
    value.data.fore_brush = pattern(11, b"fore");
    value.data.back_brush = pattern(12, b"back");
    let bytes = bytes(&format!(
        "{BASE} 71u32 1i32 2i32 3i32 4i32
         @41 02 74u32 11i32 -1i32
         @54 02 100u32 12i32 -1i32
         @67 0800 0900
         @71 00 00 04
         @74  11u64 01 01 2u32 1u32 4u32 \"fore\"
         @100 12u64 01 01 2u32 1u32 4u32 \"back\" @126"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_text",
        311,
        display::server::DrawText,
        &bytes
    );
    let types::BrushU::Pattern(fore) = &got.data.fore_brush.u else {
        panic!("expected a pattern");
    };
    assert_quic(&fore.pat, 11, b"fore");
    assert_eq!((fore.pos.x, fore.pos.y), (11, -1));
    let types::BrushU::Pattern(back) = &got.data.back_brush.u else {
        panic!("expected a pattern");
    };
    assert_quic(&back.pat, 12, b"back");
    assert_eq!((back.pos.x, back.pos.y), (12, -1));
    assert_eq!(got, value);
}
