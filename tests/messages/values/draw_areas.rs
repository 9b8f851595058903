//! Drawing commands without a source image.

use spice_messages::display::server;
use spice_messages::types;

use crate::values::bytes::bytes;
use crate::values::drawing::{
    BASE, NO_MASK, assert_base, assert_color, assert_no_mask, assert_quic, assert_rect, base,
    no_mask, quic, rect,
};
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("display.server.copy_bits", copy_bits),
    ("display.server.draw_fill", draw_fill),
    ("display.server.draw_blackness", draw_blackness),
    ("display.server.draw_whiteness", draw_whiteness),
    ("display.server.draw_invers", draw_invers),
];

#[test]
fn copy_bits() {
    let value = server::CopyBits {
        base: types::DisplayBase {
            surface_id: 3,
            r#box: rect(-1, 2, 3, 4),
            clip: types::Clip {
                u: types::ClipU::Rects(types::ClipRects {
                    rects: vec![rect(1, 2, 3, 4), rect(5, 6, 7, -8)].into(),
                }),
            },
        },
        src_pos: types::Point { x: 100, y: -100 },
    };
    let bytes = bytes(
        "03000000 -1i32 2i32 3i32 4i32
         @20 01 02000000            # clip type RECTS, num_rects
         1i32 2i32 3i32 4i32
         5i32 6i32 7i32 -8i32
         @57 100i32 -100i32",
    );
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.copy_bits",
        104,
        display::server::CopyBits,
        &bytes
    );
    assert_eq!(got.base.surface_id, 3);
    assert_rect(&got.base.r#box, [-1, 2, 3, 4]);
    let types::ClipU::Rects(clip) = &got.base.clip.u else {
        panic!("expected a clip");
    };
    assert_eq!(clip.rects.len(), 2);
    assert_rect(&clip.rects.get(0).unwrap(), [1, 2, 3, 4]);
    assert_rect(&clip.rects.get(1).unwrap(), [5, 6, 7, -8]);
    assert_eq!((got.src_pos.x, got.src_pos.y), (100, -100));
    assert_eq!(got, value);
}

/// A bitmap of three bytes with a palette.
fn with_palette<'a>(palette: Option<types::Palette<'a>>) -> types::Image<'a> {
    types::Image {
        descriptor: types::ImageDescriptor {
            id: 0xabcd,
            r#type: types::ImageType::BITMAP,
            flags: types::ImageFlags::empty(),
            width: 8,
            height: 3,
        },
        u: types::ImageU::Bitmap(types::BitmapData {
            format: types::BitmapFmt::_1BIT_BE,
            flags: types::BitmapFlags::TOP_DOWN,
            x: 8,
            y: 3,
            stride: 1,
            pal: types::BitmapDataPal::Palette(palette),
            data: (&[0xf0, 0x0f, 0xaa]).into(),
        }),
    }
}

const IMAGE_BEFORE_PALETTE: &str = "cdab0000 00000000 00 00 08000000 03000000
    02 04 08000000 03000000 01000000 ";

/// A fill with all possible pointees and a clip of one rectangle.
fn intricate_fill() -> server::DrawFill<'static> {
    let palette = types::Palette {
        unique: 77,
        ents: vec![0x0000_0000, 0x00ff_ffff].into(),
    };
    server::DrawFill {
        base: types::DisplayBase {
            clip: types::Clip {
                u: types::ClipU::Rects(types::ClipRects {
                    rects: vec![rect(11, 21, 29, 39)].into(),
                }),
            },
            ..base()
        },
        data: types::Fill {
            brush: types::Brush {
                u: types::BrushU::Pattern(types::Pattern {
                    pat: with_palette(Some(palette)).into(),
                    pos: types::Point { x: 5, y: 6 },
                }),
            },
            rop_descriptor: types::Ropd::OP_PUT | types::Ropd::INVERS_RES,
            mask: types::QMask {
                flags: types::MaskFlags::INVERS,
                pos: types::Point { x: 7, y: 8 },
                bitmap: Some(with_palette(None).into()),
            },
        },
    }
}

/// The pattern is at 69, the mask at 108 and the palette at 147.
#[test]
fn draw_fill() {
    let value = intricate_fill();
    let bytes = bytes(&format!(
        "01000000 10i32 20i32 30i32 40i32
         @20 01 01000000 11i32 21i32 29i32 39i32
         @41 02 69u32 5i32 6i32     # brush: PATTERN, pat, pos
         @54 0804                   # rop_descriptor
         @56 01 7i32 8i32 108u32    # mask
         @69  {IMAGE_BEFORE_PALETTE} 147u32   f00faa
         @108 {IMAGE_BEFORE_PALETTE} 00000000 f00faa
         @147 77u64 2u16 00000000 ffffff00"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_fill",
        302,
        display::server::DrawFill,
        &bytes
    );
    let types::ClipU::Rects(clip) = &got.base.clip.u else {
        panic!("expected a clip");
    };
    assert_rect(&clip.rects.iter().next().unwrap(), [11, 21, 29, 39]);
    assert!(got.data.rop_descriptor.contains(types::Ropd::OP_PUT));
    assert!(got.data.rop_descriptor.contains(types::Ropd::INVERS_RES));
    assert_eq!(got.data.rop_descriptor.bits(), 0x0408);
    let types::BrushU::Pattern(pattern) = &got.data.brush.u else {
        panic!("expected a pattern");
    };
    assert_eq!((pattern.pos.x, pattern.pos.y), (5, 6));
    let pattern = pattern.pat.get().unwrap();
    let palette = assert_bitmap(&pattern).unwrap();
    assert_eq!(palette.unique, 77);
    assert_eq!(palette.ents.len(), 2);
    assert_eq!(palette.ents.get(0), Some(0));
    assert_eq!(palette.ents.get(1), Some(0x00ff_ffff));
    let mask = &got.data.mask;
    assert!(mask.flags.contains(types::MaskFlags::INVERS));
    assert_eq!((mask.pos.x, mask.pos.y), (7, 8));
    assert_eq!(
        assert_bitmap(&mask.bitmap.as_ref().unwrap().get().unwrap()),
        None
    );
    assert_eq!(got, value);
}

/// Checks an image made by [`with_palette`] and returns its palette.
#[track_caller]
fn assert_bitmap<'i, 'a>(image: &'i types::Image<'a>) -> Option<&'i types::Palette<'a>> {
    assert_eq!(image.descriptor.id, 0xabcd);
    assert_eq!(image.descriptor.r#type, types::ImageType::BITMAP);
    assert!(image.descriptor.flags.is_empty());
    assert_eq!(image.descriptor.width, 8);
    assert_eq!(image.descriptor.height, 3);
    let types::ImageU::Bitmap(bitmap) = &image.u else {
        panic!("expected a bitmap: {image:?}");
    };
    assert_eq!(bitmap.format, types::BitmapFmt::_1BIT_BE);
    assert_eq!(bitmap.flags, types::BitmapFlags::TOP_DOWN);
    assert_eq!((bitmap.x, bitmap.y, bitmap.stride), (8, 3, 1));
    assert_eq!(*bitmap.data, [0xf0, 0x0f, 0xaa]);
    let types::BitmapDataPal::Palette(palette) = &bitmap.pal else {
        panic!("unexpected cached palette: {image:?}");
    };
    palette.as_ref()
}

#[test]
fn draw_fill_with_a_color() {
    let value = server::DrawFill {
        base: base(),
        data: types::Fill {
            brush: types::Brush {
                u: types::BrushU::Solid(0x0011_2233),
            },
            rop_descriptor: types::Ropd::OP_PUT,
            mask: no_mask(),
        },
    };
    let bytes = bytes(&format!("{BASE} 01 33221100 0800 {NO_MASK} @41"));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_fill",
        302,
        display::server::DrawFill,
        &bytes
    );
    assert_base(&got.base);
    assert_color(&got.data.brush, 0x0011_2233);
    assert_eq!(got.data.rop_descriptor, types::Ropd::OP_PUT);
    assert_no_mask(&got.data.mask);
    assert_eq!(got, value);
}

#[test]
fn draw_fill_without_a_brush() {
    let value = server::DrawFill {
        base: base(),
        data: types::Fill {
            brush: types::Brush {
                u: types::BrushU::Other {
                    r#type: types::BrushType::NONE,
                },
            },
            rop_descriptor: types::Ropd::OP_INVERS,
            mask: no_mask(),
        },
    };
    let bytes = bytes(&format!("{BASE} 00 0002 {NO_MASK} @37"));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_fill",
        302,
        display::server::DrawFill,
        &bytes
    );
    let types::BrushU::Other { r#type } = got.data.brush.u else {
        panic!("unexpected brush");
    };
    assert_eq!(r#type, types::BrushType::NONE);
    assert_eq!(got.data.rop_descriptor, types::Ropd::OP_INVERS);
    assert_eq!(got, value);
}

/// A mask with an image.
fn mask() -> types::QMask<'static> {
    types::QMask {
        flags: types::MaskFlags::INVERS,
        pos: types::Point { x: 1, y: -2 },
        bitmap: Some(quic(4, b"mask")),
    }
}

const MASK: &str = "01 1i32 -2i32 34u32 @34 4u64 01 01 2u32 1u32 4u32 \"mask\" @60";

#[track_caller]
fn assert_mask(mask: &types::QMask<'_>) {
    assert_eq!(mask.flags, types::MaskFlags::INVERS);
    assert_eq!((mask.pos.x, mask.pos.y), (1, -2));
    assert_quic(mask.bitmap.as_ref().unwrap(), 4, b"mask");
}

#[test]
fn draw_blackness() {
    let value = server::DrawBlackness {
        base: base(),
        data: types::Blackness { mask: mask() },
    };
    let bytes = bytes(&format!("{BASE} {MASK}"));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_blackness",
        306,
        display::server::DrawBlackness,
        &bytes
    );
    assert_base(&got.base);
    assert_mask(&got.data.mask);
    assert_eq!(got, value);
}

#[test]
fn draw_whiteness() {
    let value = server::DrawWhiteness {
        base: base(),
        data: types::Whiteness { mask: mask() },
    };
    let bytes = bytes(&format!("{BASE} {MASK}"));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_whiteness",
        307,
        display::server::DrawWhiteness,
        &bytes
    );
    assert_base(&got.base);
    assert_mask(&got.data.mask);
    assert_eq!(got, value);
}

#[test]
fn draw_invers() {
    let value = server::DrawInvers {
        base: base(),
        data: types::Invers { mask: no_mask() },
    };
    let bytes = bytes(&format!("{BASE} {NO_MASK} @34"));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_invers",
        308,
        display::server::DrawInvers,
        &bytes
    );
    assert_base(&got.base);
    assert_no_mask(&got.data.mask);
    assert_eq!(got, value);
}
