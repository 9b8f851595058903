//! `draw_composite`, with three optional parts.

use spice_messages::display::server;
use spice_messages::types::{self, CompositeA, CompositeB, CompositeC, CompositeFlags};

use crate::values::bytes::bytes;
use crate::values::drawing::{BASE, assert_base, assert_quic, base, quic};
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[("display.server.draw_composite", draw_composite)];

fn transform(first: u32) -> types::Transform {
    types::Transform {
        t00: first,
        t01: first + 1,
        t02: first + 2,
        t10: first + 3,
        t11: first + 4,
        t12: 0xffff_0000,
    }
}

#[track_caller]
fn assert_transform(transform: &types::Transform, first: u32) {
    let row = [transform.t00, transform.t01, transform.t02];
    assert_eq!(row, [first, first + 1, first + 2]);
    let row = [transform.t10, transform.t11, transform.t12];
    assert_eq!(row, [first + 3, first + 4, 0xffff_0000]);
}

#[test]
fn draw_composite() {
    let value = server::DrawComposite {
        base: base(),
        data: types::Composite {
            flags: CompositeFlags::OP0
                | CompositeFlags::HAS_MASK
                | CompositeFlags::HAS_SRC_TRANSFORM
                | CompositeFlags::HAS_MASK_TRANSFORM,
            src_bitmap: Some(quic(1, b"src")),
            a: CompositeA::HasMask(Some(quic(2, b"mask"))),
            b: CompositeB::HasSrcTransform(transform(10)),
            c: CompositeC::HasMaskTransform(transform(20)),
            src_origin: types::Point16 { x: 1, y: -2 },
            mask_origin: types::Point16 { x: -3, y: 4 },
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 01003800 89u32 114u32   # flags, src_bitmap, mask_bitmap
         @33 10u32 11u32 12u32 13u32 14u32 0000ffff
         @57 20u32 21u32 22u32 23u32 24u32 0000ffff
         @81 1i16 -2i16 -3i16 4i16
         @89  1u64 01 01 2u32 1u32 3u32 \"src\"
         @114 2u64 01 01 2u32 1u32 4u32 \"mask\" @140"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_composite",
        318,
        display::server::DrawComposite,
        &bytes
    );
    assert_base(&got.base);
    let data = &got.data;
    assert_eq!(data.flags.bits(), 0x0038_0001);
    assert!(data.flags.contains(CompositeFlags::HAS_MASK));
    assert_quic(data.src_bitmap.as_ref().unwrap(), 1, b"src");
    let CompositeA::HasMask(Some(mask)) = &data.a else {
        panic!("expected a mask");
    };
    assert_quic(mask, 2, b"mask");
    let CompositeB::HasSrcTransform(source) = &data.b else {
        panic!("expected a transform of the source");
    };
    assert_transform(source, 10);
    let CompositeC::HasMaskTransform(mask) = &data.c else {
        panic!("expected a transform of the mask");
    };
    assert_transform(mask, 20);
    assert_eq!((data.src_origin.x, data.src_origin.y), (1, -2));
    assert_eq!((data.mask_origin.x, data.mask_origin.y), (-3, 4));
    assert_eq!(got, value);
}

#[test]
fn draw_composite_with_one_transform() {
    let value = server::DrawComposite {
        base: base(),
        data: types::Composite {
            flags: CompositeFlags::HAS_MASK_TRANSFORM | CompositeFlags::DEST_OPAQUE,
            src_bitmap: None,
            a: CompositeA::Absent,
            b: CompositeB::Absent,
            c: CompositeC::HasMaskTransform(transform(0)),
            src_origin: types::Point16::default(),
            mask_origin: types::Point16 { x: 7, y: 8 },
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 00002001 00000000
         @29 0u32 1u32 2u32 3u32 4u32 0000ffff
         0000 0000 0700 0800 @61"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_composite",
        318,
        display::server::DrawComposite,
        &bytes
    );
    assert!(got.data.flags.contains(CompositeFlags::DEST_OPAQUE));
    assert_eq!(got.data.src_bitmap, None);
    assert_eq!(got.data.a, CompositeA::Absent);
    assert_eq!(got.data.b, CompositeB::Absent);
    let CompositeC::HasMaskTransform(mask) = &got.data.c else {
        panic!("expected a transform of the mask");
    };
    assert_transform(mask, 0);
    assert_eq!((got.data.mask_origin.x, got.data.mask_origin.y), (7, 8));
    assert_eq!(got, value);
}

/// The mask's flag is set, but its pointer is null.
#[test]
fn draw_composite_with_a_null_mask() {
    let value = server::DrawComposite {
        base: base(),
        data: types::Composite {
            flags: CompositeFlags::HAS_MASK,
            a: CompositeA::HasMask(None),
            ..Default::default()
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 00000800 00000000 00000000 0000 0000 0000 0000 @41"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_composite",
        318,
        display::server::DrawComposite,
        &bytes
    );
    assert_eq!(got.data.a, CompositeA::HasMask(None));
    assert_eq!(got.data.flags, CompositeFlags::HAS_MASK);
    assert_eq!(got, value);
}
