//! Values and bytes of parts that most drawing commands share.

use spice_messages::types;
use spice_messages::wire::Pointee;

/// The bytes of [`base`], 21 in total.
pub const BASE: &str = "01000000 0a000000 14000000 1e000000 28000000 00 @21 ";

/// The bytes of [`no_mask`], 13 in total.
pub const NO_MASK: &str = "00 00000000 00000000 00000000 ";

/// Surface 1 with a box and no clip.
pub fn base() -> types::DisplayBase<'static> {
    types::DisplayBase {
        surface_id: 1,
        r#box: types::Rect {
            top: 10,
            left: 20,
            bottom: 30,
            right: 40,
        },
        clip: types::Clip {
            u: types::ClipU::Other {
                r#type: types::ClipType::NONE,
            },
        },
    }
}

/// Checks a value made by [`base`].
#[track_caller]
pub fn assert_base(base: &types::DisplayBase<'_>) {
    assert_eq!(base.surface_id, 1);
    assert_eq!(base.r#box.top, 10);
    assert_eq!(base.r#box.left, 20);
    assert_eq!(base.r#box.bottom, 30);
    assert_eq!(base.r#box.right, 40);
    let types::ClipU::Other { r#type } = &base.clip.u else {
        panic!("unexpected clip: {:?}", base.clip);
    };
    assert_eq!(*r#type, types::ClipType::NONE);
}

/// A mask that does not restrict drawing.
pub fn no_mask() -> types::QMask<'static> {
    types::QMask {
        flags: types::MaskFlags::empty(),
        pos: types::Point { x: 0, y: 0 },
        bitmap: None,
    }
}

#[track_caller]
pub fn assert_no_mask(mask: &types::QMask<'_>) {
    assert!(mask.flags.is_empty());
    assert_eq!((mask.pos.x, mask.pos.y), (0, 0));
    assert_eq!(mask.bitmap, None);
}

/// A QUIC image of 2 by 1 pixels.
pub fn quic(id: u64, data: &[u8]) -> Pointee<'_, types::Image<'_>> {
    let image = types::Image {
        descriptor: types::ImageDescriptor {
            id,
            r#type: types::ImageType::QUIC,
            flags: types::ImageFlags::CACHE_ME,
            width: 2,
            height: 1,
        },
        u: types::ImageU::Quic(types::BinaryData { data: data.into() }),
    };
    image.into()
}

/// Checks an image made by [`quic`].
#[track_caller]
pub fn assert_quic(image: &Pointee<'_, types::Image<'_>>, id: u64, data: &[u8]) {
    let image = image.get().unwrap();
    assert_eq!(image.descriptor.id, id);
    assert_eq!(image.descriptor.r#type, types::ImageType::QUIC);
    assert_eq!(image.descriptor.flags, types::ImageFlags::CACHE_ME);
    assert_eq!(image.descriptor.width, 2);
    assert_eq!(image.descriptor.height, 1);
    let types::ImageU::Quic(body) = &image.u else {
        panic!("unexpected image: {image:?}");
    };
    assert_eq!(*body.data, *data);
}

/// Returns a rectangle. The parameters have the order of the wire.
pub fn rect(top: i32, left: i32, bottom: i32, right: i32) -> types::Rect {
    types::Rect {
        top,
        left,
        bottom,
        right,
    }
}

#[track_caller]
pub fn assert_rect(rect: &types::Rect, expected: [i32; 4]) {
    assert_eq!([rect.top, rect.left, rect.bottom, rect.right], expected);
}

#[track_caller]
pub fn assert_color(brush: &types::Brush<'_>, expected: u32) {
    let types::BrushU::Solid(color) = &brush.u else {
        panic!("unexpected brush: {brush:?}");
    };
    assert_eq!(*color, expected);
}
