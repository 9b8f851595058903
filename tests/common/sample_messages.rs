//! Messages built by hand with nested pointees and arrays of variable-size structs.

use spice_messages::display::server::{DrawCopy, DrawStroke, DrawText};
use spice_messages::types::{
    BitmapData, BitmapDataPal, Brush, BrushU, DisplayBase, Image, ImageDescriptor, ImageType,
    ImageU, LineAttr, LineAttrU2, LineFlags, Palette, PathSegment, Pattern, Point, PointFix,
    RasterGlyphA4, SpiceCopy, SpicePath, SpiceString, SpiceText, StringFlags, StringU, Stroke,
};
use spice_messages::wire::{Bytes, List};

/// A bitmap of 2 rows with 4 bytes each and a palette of 2 colours. It takes 44 bytes, followed by
/// 18 bytes for the palette.
pub fn bitmap() -> Image<'static> {
    Image {
        descriptor: ImageDescriptor {
            r#type: ImageType::BITMAP,
            width: 4,
            height: 2,
            ..ImageDescriptor::default()
        },
        u: ImageU::Bitmap(BitmapData {
            x: 4,
            y: 2,
            stride: 4,
            pal: BitmapDataPal::Palette(Some(Palette {
                unique: 1,
                ents: List::from(vec![0x0000_00ff, 0x00ff_0000]),
            })),
            data: Bytes::new(&[0, 1, 0, 1, 1, 0, 1, 0]),
            ..BitmapData::default()
        }),
    }
}

/// The root block takes 57 bytes; the bitmap and its palette follow.
pub fn draw_copy() -> DrawCopy<'static> {
    DrawCopy {
        base: DisplayBase::default(),
        data: SpiceCopy {
            src_bitmap: Some(bitmap().into()),
            ..SpiceCopy::default()
        },
    }
}

/// The root block takes 35 bytes, followed by a path of two segments with 2 points and 1 point.
pub fn draw_stroke() -> DrawStroke<'static> {
    let segment = |points: &[(i32, i32)]| PathSegment {
        points: points
            .iter()
            .map(|(x, y)| PointFix { x: *x, y: *y })
            .collect(),
        ..PathSegment::default()
    };
    DrawStroke {
        base: DisplayBase::default(),
        data: Stroke {
            path: SpicePath {
                segments: List::from(vec![segment(&[(16, 32), (48, 64)]), segment(&[(80, 96)])]),
            },
            brush: Brush {
                u: BrushU::Solid(0x00ff_ffff),
            },
            ..Stroke::default()
        },
    }
}

/// A stroke with dashes and a pattern brush.
pub fn draw_stroke_with_pattern() -> DrawStroke<'static> {
    let mut message = draw_stroke();
    message.data.attr = LineAttr {
        flags: LineFlags::STYLED,
        u2: LineAttrU2::Styled(List::from(vec![16, 32, 16])),
    };
    message.data.brush.u = BrushU::Pattern(Pattern {
        pat: bitmap().into(),
        pos: Point { x: 1, y: 2 },
    });
    message
}

/// The root block takes 47 bytes, followed by a string of two glyphs. The first glyph has 2 rows of
/// 2 bytes, the second 1 row of 1 byte.
pub fn draw_text() -> DrawText<'static> {
    let glyph = |width, height, data| RasterGlyphA4 {
        width,
        height,
        data: Bytes::new(data),
        ..RasterGlyphA4::default()
    };
    DrawText {
        base: DisplayBase::default(),
        data: SpiceText {
            str: SpiceString {
                flags: StringFlags::RASTER_A4,
                u: StringU::RasterA4(List::from(vec![
                    glyph(3, 2, &[0x12, 0x30, 0x45, 0x60]),
                    glyph(1, 1, &[0x70]),
                ])),
            },
            ..SpiceText::default()
        },
    }
}
