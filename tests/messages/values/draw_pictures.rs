//! Drawing commands with a source image.

use spice_messages::display::server;
use spice_messages::types;

use crate::values::bytes::bytes;
use crate::values::drawing::{
    BASE, NO_MASK, assert_base, assert_color, assert_no_mask, assert_quic, assert_rect, base,
    no_mask, quic, rect,
};
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("display.server.draw_opaque", draw_opaque),
    ("display.server.draw_copy", draw_copy),
    ("display.server.draw_blend", draw_blend),
    ("display.server.draw_rop3", draw_rop3),
    ("display.server.draw_transparent", draw_transparent),
    ("display.server.draw_alpha_blend", draw_alpha_blend),
];

/// Three images. The pointees are in the order of the fields.
#[test]
fn draw_opaque() {
    let value = server::DrawOpaque {
        base: base(),
        data: types::Opaque {
            src_bitmap: Some(quic(1, b"source")),
            src_area: rect(1, 2, 3, 4),
            brush: types::Brush {
                u: types::BrushU::Pattern(types::Pattern {
                    pat: quic(2, b"pattern"),
                    pos: types::Point { x: 9, y: -9 },
                }),
            },
            rop_descriptor: types::Ropd::OP_AND,
            scale_mode: types::ImageScaleMode::NEAREST,
            mask: types::QMask {
                flags: types::MaskFlags::empty(),
                pos: types::Point { x: 3, y: 4 },
                bitmap: Some(quic(3, b"")),
            },
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 70u32 1i32 2i32 3i32 4i32
         @41 02 98u32 9i32 -9i32    # brush: PATTERN, pat, pos
         @54 2000 01                # rop_descriptor, scale_mode
         @57 00 3i32 4i32 127u32    # mask
         @70  1u64 01 01 2u32 1u32 6u32 \"source\"
         @98  2u64 01 01 2u32 1u32 7u32 \"pattern\"
         @127 3u64 01 01 2u32 1u32 0u32 @149"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_opaque",
        303,
        display::server::DrawOpaque,
        &bytes
    );
    assert_base(&got.base);
    assert_quic(got.data.src_bitmap.as_ref().unwrap(), 1, b"source");
    assert_rect(&got.data.src_area, [1, 2, 3, 4]);
    let types::BrushU::Pattern(pattern) = &got.data.brush.u else {
        panic!("expected a pattern");
    };
    assert_quic(&pattern.pat, 2, b"pattern");
    assert_eq!((pattern.pos.x, pattern.pos.y), (9, -9));
    assert_eq!(got.data.rop_descriptor, types::Ropd::OP_AND);
    assert_eq!(got.data.scale_mode, types::ImageScaleMode::NEAREST);
    assert!(got.data.mask.flags.is_empty());
    assert_eq!((got.data.mask.pos.x, got.data.mask.pos.y), (3, 4));
    assert_quic(got.data.mask.bitmap.as_ref().unwrap(), 3, b"");
    assert_eq!(got, value);
}

#[test]
fn draw_copy() {
    let value = server::DrawCopy {
        base: base(),
        data: types::SpiceCopy {
            src_bitmap: Some(quic(9, &[0, 1, 2])),
            src_area: rect(0, 0, 1, 2),
            rop_descriptor: types::Ropd::OP_PUT,
            scale_mode: types::ImageScaleMode::INTERPOLATE,
            mask: no_mask(),
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 57u32 0i32 0i32 1i32 2i32
         @41 0800 00 {NO_MASK}
         @57 9u64 01 01 2u32 1u32 3u32 000102 @82"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_copy",
        304,
        display::server::DrawCopy,
        &bytes
    );
    assert_base(&got.base);
    assert_quic(got.data.src_bitmap.as_ref().unwrap(), 9, &[0, 1, 2]);
    assert_rect(&got.data.src_area, [0, 0, 1, 2]);
    assert_eq!(got.data.rop_descriptor, types::Ropd::OP_PUT);
    assert_eq!(got.data.scale_mode, types::ImageScaleMode::INTERPOLATE);
    assert_no_mask(&got.data.mask);
    assert_eq!(got, value);
}

/// Pointers can share a target or point into the fixed part.
#[test]
fn draw_copy_with_shared_pointees() {
    let bytes = bytes(&format!(
        "{BASE} 57u32 0i32 0i32 1i32 2i32
         @41 0800 00
         @44 00 0i32 0i32 57u32     # the mask is the source image
         @57 9u64 01 01 2u32 1u32 3u32 000102"
    ));
    let server::Message::DrawCopy(got) = server::Message::decode(304, &bytes).unwrap() else {
        panic!("unexpected message");
    };
    assert_quic(got.data.src_bitmap.as_ref().unwrap(), 9, &[0, 1, 2]);
    assert_quic(got.data.mask.bitmap.as_ref().unwrap(), 9, &[0, 1, 2]);
    let again = spice_messages::wire::Encode::encode_to_vec(&got).unwrap();
    assert_eq!(
        again.len(),
        bytes.len() + 25,
        "the shared image is written twice"
    );
}

#[test]
fn draw_blend() {
    let value = server::DrawBlend {
        base: base(),
        data: types::Blend {
            src_bitmap: None,
            src_area: rect(-4, -3, -2, -1),
            rop_descriptor: types::Ropd::INVERS_SRC | types::Ropd::OP_XOR,
            scale_mode: types::ImageScaleMode::NEAREST,
            mask: types::QMask {
                bitmap: Some(quic(8, &[0xee])),
                ..no_mask()
            },
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 00000000 -4i32 -3i32 -2i32 -1i32
         @41 4100 01
         @44 00 0i32 0i32 57u32
         @57 8u64 01 01 2u32 1u32 1u32 ee @80"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_blend",
        305,
        display::server::DrawBlend,
        &bytes
    );
    assert_base(&got.base);
    assert_eq!(got.data.src_bitmap, None);
    assert_rect(&got.data.src_area, [-4, -3, -2, -1]);
    assert!(got.data.rop_descriptor.contains(types::Ropd::INVERS_SRC));
    assert!(got.data.rop_descriptor.contains(types::Ropd::OP_XOR));
    assert!(!got.data.rop_descriptor.intersects(types::Ropd::OP_PUT));
    assert_eq!(got.data.scale_mode, types::ImageScaleMode::NEAREST);
    assert_quic(got.data.mask.bitmap.as_ref().unwrap(), 8, &[0xee]);
    assert_eq!(got, value);
}

#[test]
fn draw_rop3() {
    let value = server::DrawRop3 {
        base: base(),
        data: types::Rop3 {
            src_bitmap: Some(quic(5, b"s")),
            src_area: rect(5, 6, 7, 8),
            brush: types::Brush {
                u: types::BrushU::Solid(0xff00_00ff),
            },
            rop3: 0xb8,
            scale_mode: types::ImageScaleMode::NEAREST,
            mask: no_mask(),
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 61u32 5i32 6i32 7i32 8i32
         @41 01 ff0000ff            # brush: SOLID
         @46 b8 01 {NO_MASK}
         @61 5u64 01 01 2u32 1u32 1u32 \"s\" @84"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_rop3",
        309,
        display::server::DrawRop3,
        &bytes
    );
    assert_base(&got.base);
    assert_quic(got.data.src_bitmap.as_ref().unwrap(), 5, b"s");
    assert_rect(&got.data.src_area, [5, 6, 7, 8]);
    assert_color(&got.data.brush, 0xff00_00ff);
    assert_eq!(got.data.rop3, 0xb8);
    assert_eq!(got.data.scale_mode, types::ImageScaleMode::NEAREST);
    assert_no_mask(&got.data.mask);
    assert_eq!(got, value);
}

#[test]
fn draw_transparent() {
    let value = server::DrawTransparent {
        base: base(),
        data: types::Transparent {
            src_bitmap: Some(quic(6, b"tt")),
            src_area: rect(0, 1, 2, 3),
            src_color: 0x00aa_bbcc,
            true_color: 0x0001_0203,
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 49u32 0i32 1i32 2i32 3i32
         @41 ccbbaa00 03020100
         @49 6u64 01 01 2u32 1u32 2u32 \"tt\" @73"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_transparent",
        312,
        display::server::DrawTransparent,
        &bytes
    );
    assert_base(&got.base);
    assert_quic(got.data.src_bitmap.as_ref().unwrap(), 6, b"tt");
    assert_rect(&got.data.src_area, [0, 1, 2, 3]);
    assert_eq!(got.data.src_color, 0x00aa_bbcc);
    assert_eq!(got.data.true_color, 0x0001_0203);
    assert_eq!(got, value);
}

#[test]
fn draw_alpha_blend() {
    let value = server::DrawAlphaBlend {
        base: base(),
        data: types::AlphaBlend {
            alpha_flags: types::AlphaFlags::SRC_SURFACE_HAS_ALPHA,
            alpha: 128,
            src_bitmap: Some(quic(7, b"a")),
            src_area: rect(3, 2, 1, 0),
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 02 80 43u32 3i32 2i32 1i32 0i32
         @43 7u64 01 01 2u32 1u32 1u32 \"a\" @66"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_alpha_blend",
        313,
        display::server::DrawAlphaBlend,
        &bytes
    );
    assert_base(&got.base);
    let data = &got.data;
    assert_eq!(data.alpha_flags, types::AlphaFlags::SRC_SURFACE_HAS_ALPHA);
    assert_eq!(data.alpha, 128);
    assert_quic(data.src_bitmap.as_ref().unwrap(), 7, b"a");
    assert_rect(&data.src_area, [3, 2, 1, 0]);
    assert_eq!(got, value);
}
