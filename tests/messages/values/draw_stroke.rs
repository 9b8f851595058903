//! Lines: paths of segments, and dashes.

use spice_messages::display::server;
use spice_messages::types::{self, LineFlags, PathFlags};

use crate::values::bytes::bytes;
use crate::values::drawing::{BASE, assert_base, assert_color, assert_quic, base, quic};
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[("display.server.draw_stroke", draw_stroke)];

fn point(x: i32, y: i32) -> types::PointFix {
    types::PointFix { x, y }
}

fn path() -> types::SpicePath<'static> {
    types::SpicePath {
        segments: vec![
            types::PathSegment {
                flags: PathFlags::BEGIN | PathFlags::BEZIER,
                points: vec![point(16, -16), point(32, 0)].into(),
            },
            types::PathSegment {
                flags: PathFlags::CLOSE,
                points: vec![].into(),
            },
            types::PathSegment {
                flags: PathFlags::END,
                points: (&[types::PointFix { x: 1, y: 2 }]).into(),
            },
        ]
        .into(),
    }
}

/// The bytes of [`path`], 43 in total.
const PATH: &str = "03000000
    11 02000000 16i32 -16i32 32i32 0i32
    08 00000000
    02 01000000 1i32 2i32 ";

#[track_caller]
fn assert_path(path: &types::SpicePath<'_>) {
    assert_eq!(path.segments.len(), 3);
    let segments: Vec<_> = path.segments.iter().collect();
    assert!(segments[0].flags.contains(PathFlags::BEGIN));
    assert!(segments[0].flags.contains(PathFlags::BEZIER));
    assert_eq!(segments[0].points.len(), 2);
    let first = segments[0].points.get(0).unwrap();
    assert_eq!((first.x, first.y), (16, -16));
    let second = segments[0].points.get(1).unwrap();
    assert_eq!((second.x, second.y), (32, 0));
    assert_eq!(segments[1].flags, PathFlags::CLOSE);
    assert!(segments[1].points.is_empty());
    // Variable-size elements can be read in any order.
    let last = path.segments.get(2).unwrap();
    assert_eq!(last.flags, PathFlags::END);
    let point = last.points.get(0).unwrap();
    assert_eq!((point.x, point.y), (1, 2));
    assert_eq!(last.points.get(1), None);
}

/// The path is depth-first. The dashes and the brush's image are breadth-first.
#[test]
fn draw_stroke() {
    let value = server::DrawStroke {
        base: base(),
        data: types::Stroke {
            path: path(),
            attr: types::LineAttr {
                flags: LineFlags::STYLED | LineFlags::START_WITH_GAP,
                u2: types::LineAttrU2::Styled(vec![48, 16, -1].into()),
            },
            brush: types::Brush {
                u: types::BrushU::Pattern(types::Pattern {
                    pat: quic(6, b"pat"),
                    pos: types::Point { x: -5, y: 5 },
                }),
            },
            fore_mode: 0x0102,
            back_mode: 0x0304,
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 48u32              # path
         0c 03 91u32               # flags, style_nseg, style
         @31 02 103u32 -5i32 5i32  # brush: PATTERN, pat, pos
         @44 0201 0403
         @48 {PATH}
         @91 48i32 16i32 -1i32
         @103 6u64 01 01 2u32 1u32 3u32 \"pat\" @128"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_stroke",
        310,
        display::server::DrawStroke,
        &bytes
    );
    assert_base(&got.base);
    assert_path(&got.data.path);
    assert!(got.data.attr.flags.contains(LineFlags::STYLED));
    assert!(got.data.attr.flags.contains(LineFlags::START_WITH_GAP));
    let types::LineAttrU2::Styled(style) = &got.data.attr.u2 else {
        panic!("expected a style");
    };
    assert_eq!(style.iter().collect::<Vec<i32>>(), [48, 16, -1]);
    let types::BrushU::Pattern(pattern) = &got.data.brush.u else {
        panic!("expected a pattern");
    };
    assert_quic(&pattern.pat, 6, b"pat");
    assert_eq!((pattern.pos.x, pattern.pos.y), (-5, 5));
    assert_eq!(got.data.fore_mode, 0x0102);
    assert_eq!(got.data.back_mode, 0x0304);
    assert_eq!(got, value);
}

#[test]
fn draw_stroke_without_style() {
    let value = server::DrawStroke {
        base: base(),
        data: types::Stroke {
            path: path(),
            attr: types::LineAttr {
                flags: LineFlags::empty(),
                u2: types::LineAttrU2::Absent,
            },
            brush: types::Brush {
                u: types::BrushU::Solid(5),
            },
            fore_mode: 8,
            back_mode: 8,
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 35u32 00 01 05000000 0800 0800 @35 {PATH} @78"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_stroke",
        310,
        display::server::DrawStroke,
        &bytes
    );
    assert_path(&got.data.path);
    assert!(got.data.attr.flags.is_empty());
    assert_eq!(got.data.attr.u2, types::LineAttrU2::Absent);
    assert_color(&got.data.brush, 5);
    assert_eq!((got.data.fore_mode, got.data.back_mode), (8, 8));
    assert_eq!(got, value);
}

/// An empty style is null, but an empty path still has its own block.
#[test]
fn draw_stroke_with_an_empty_path() {
    let value = server::DrawStroke {
        base: base(),
        data: types::Stroke {
            path: types::SpicePath {
                segments: vec![].into(),
            },
            attr: types::LineAttr {
                flags: LineFlags::STYLED,
                u2: types::LineAttrU2::Styled(vec![].into()),
            },
            ..Default::default()
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 36u32 08 00 00000000 00 0000 0000 @36 00000000"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_stroke",
        310,
        display::server::DrawStroke,
        &bytes
    );
    assert!(got.data.path.segments.is_empty());
    let types::LineAttrU2::Styled(style) = &got.data.attr.u2 else {
        panic!("expected a style");
    };
    assert!(style.is_empty());
    assert_eq!(got, value);
}
