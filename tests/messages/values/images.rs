//! Every type of image, as the source of a `draw_copy`.

use spice_messages::display::server;
use spice_messages::types::{self, BitmapFlags, ImageFlags, ImageType, ImageU};
use spice_messages::wire::Pointee;

use crate::values::bytes::bytes;
use crate::values::drawing::{BASE, NO_MASK, base, no_mask, rect};
use crate::values::support::assert_encodes;

/// Checks an image as the source of a `draw_copy`. `body` contains the bytes after its descriptor,
/// which ends at offset 75, including pointees. `read` checks the decoded image.
#[track_caller]
fn check(r#type: ImageType, number: &str, u: ImageU<'_>, body: &str, read: fn(&ImageU<'_>)) {
    let value = server::DrawCopy {
        base: base(),
        data: types::SpiceCopy {
            src_bitmap: Some(Pointee::from(types::Image {
                descriptor: types::ImageDescriptor {
                    id: 0x0102_0304_0506_0708,
                    r#type,
                    flags: ImageFlags::CACHE_ME | ImageFlags::CACHE_REPLACE_ME,
                    width: 640,
                    height: 2,
                },
                u,
            })),
            src_area: rect(0, 0, 2, 640),
            rop_descriptor: types::Ropd::OP_PUT,
            scale_mode: types::ImageScaleMode::INTERPOLATE,
            mask: no_mask(),
        },
    };
    let bytes = bytes(&format!(
        "{BASE} 57u32 0i32 0i32 2i32 640i32 0800 00 {NO_MASK}
         @57 0807060504030201 {number} 05 640u32 2u32
         @75 {body}"
    ));
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.draw_copy",
        304,
        display::server::DrawCopy,
        &bytes
    );
    let image = got.data.src_bitmap.as_ref().unwrap().get().unwrap();
    assert_eq!(image.descriptor.id, 0x0102_0304_0506_0708);
    assert_eq!(image.descriptor.r#type, r#type);
    assert!(image.descriptor.flags.contains(ImageFlags::CACHE_ME));
    assert!(!image.descriptor.flags.contains(ImageFlags::HIGH_BITS_SET));
    let flags = image.descriptor.flags;
    assert!(flags.contains(ImageFlags::CACHE_REPLACE_ME));
    assert_eq!(image.descriptor.width, 640);
    assert_eq!(image.descriptor.height, 2);
    read(&image.u);
    assert_eq!(got, value);
}

fn data(bytes: &[u8]) -> types::BinaryData<'_> {
    types::BinaryData { data: bytes.into() }
}

fn bitmap(flags: BitmapFlags, pal: types::BitmapDataPal<'_>) -> types::BitmapData<'_> {
    types::BitmapData {
        format: types::BitmapFmt::_8BIT,
        flags,
        x: 3,
        y: 2,
        stride: 4,
        pal,
        data: b"abc\0def\0".into(),
    }
}

#[track_caller]
fn assert_bitmap(bitmap: &types::BitmapData<'_>) {
    assert_eq!(bitmap.format, types::BitmapFmt::_8BIT);
    assert_eq!(bitmap.x, 3);
    assert_eq!(bitmap.y, 2);
    assert_eq!(bitmap.stride, 4);
    assert_eq!(*bitmap.data, *b"abc\0def\0");
}

#[test]
fn bitmap_with_a_cached_palette() {
    check(
        ImageType::BITMAP,
        "00",
        ImageU::Bitmap(bitmap(
            BitmapFlags::PAL_FROM_CACHE,
            types::BitmapDataPal::PalFromCache(0x1122),
        )),
        "05 02 3u32 2u32 4u32 2211000000000000 \"abc\" 00 \"def\" 00",
        |u| {
            let ImageU::Bitmap(bitmap) = u else {
                panic!("{u:?}");
            };
            assert_bitmap(bitmap);
            assert_eq!(bitmap.flags, BitmapFlags::PAL_FROM_CACHE);
            let types::BitmapDataPal::PalFromCache(id) = bitmap.pal else {
                panic!("{u:?}");
            };
            assert_eq!(id, 0x1122);
        },
    );
}

#[test]
fn bitmap_with_a_palette() {
    check(
        ImageType::BITMAP,
        "00",
        ImageU::Bitmap(bitmap(
            BitmapFlags::PAL_CACHE_ME | BitmapFlags::TOP_DOWN,
            types::BitmapDataPal::Palette(Some(types::Palette {
                unique: u64::MAX,
                ents: (&[1, 2, 0xff00_0000]).into(),
            })),
        )),
        "05 05 3u32 2u32 4u32 101u32 \"abc\" 00 \"def\" 00
         @101 ffffffffffffffff 0300 01000000 02000000 000000ff",
        |u| {
            let ImageU::Bitmap(bitmap) = u else {
                panic!("{u:?}");
            };
            assert_bitmap(bitmap);
            assert!(bitmap.flags.contains(BitmapFlags::PAL_CACHE_ME));
            assert!(bitmap.flags.contains(BitmapFlags::TOP_DOWN));
            let types::BitmapDataPal::Palette(Some(palette)) = &bitmap.pal else {
                panic!("{u:?}");
            };
            assert_eq!(palette.unique, u64::MAX);
            let entries: Vec<u32> = palette.ents.iter().collect();
            assert_eq!(entries, [1, 2, 0xff00_0000]);
        },
    );
}

#[test]
fn bitmap_without_a_palette() {
    check(
        ImageType::BITMAP,
        "00",
        ImageU::Bitmap(bitmap(
            BitmapFlags::empty(),
            types::BitmapDataPal::Palette(None),
        )),
        "05 00 3u32 2u32 4u32 00000000 \"abc\" 00 \"def\" 00",
        |u| {
            let ImageU::Bitmap(bitmap) = u else {
                panic!("{u:?}");
            };
            assert_bitmap(bitmap);
            assert!(bitmap.flags.is_empty());
            assert_eq!(bitmap.pal, types::BitmapDataPal::Palette(None));
        },
    );
}

#[test]
fn quic() {
    check(
        ImageType::QUIC,
        "01",
        ImageU::Quic(data(b"QUIC")),
        "04000000 \"QUIC\"",
        |u| {
            let ImageU::Quic(body) = u else {
                panic!("{u:?}");
            };
            assert_eq!(*body.data, *b"QUIC");
        },
    );
}

#[test]
fn lz_rgb() {
    check(
        ImageType::LZ_RGB,
        "65",
        ImageU::LzRgb(data(&[1])),
        "01000000 01",
        |u| {
            let ImageU::LzRgb(body) = u else {
                panic!("{u:?}");
            };
            assert_eq!(*body.data, [1]);
        },
    );
}

#[test]
fn glz_rgb() {
    check(
        ImageType::GLZ_RGB,
        "66",
        ImageU::GlzRgb(data(&[2, 3])),
        "02000000 0203",
        |u| {
            let ImageU::GlzRgb(body) = u else {
                panic!("{u:?}");
            };
            assert_eq!(*body.data, [2, 3]);
        },
    );
}

#[test]
fn jpeg() {
    check(
        ImageType::JPEG,
        "69",
        ImageU::Jpeg(data(&[0xff, 0xd8])),
        "02000000 ffd8",
        |u| {
            let ImageU::Jpeg(body) = u else {
                panic!("{u:?}");
            };
            assert_eq!(*body.data, [0xff, 0xd8]);
        },
    );
}

#[test]
fn lz4() {
    check(
        ImageType::LZ4,
        "6d",
        ImageU::Lz4(data(&[])),
        "00000000",
        |u| {
            let ImageU::Lz4(body) = u else {
                panic!("{u:?}");
            };
            assert!(body.data.is_empty());
        },
    );
}

#[test]
fn lz_plt_with_a_cached_palette() {
    check(
        ImageType::LZ_PLT,
        "64",
        ImageU::LzPlt(types::LzpltData {
            flags: BitmapFlags::PAL_FROM_CACHE | BitmapFlags::TOP_DOWN,
            pal: types::LzpltDataPal::PalFromCache(3),
            data: b"lz".into(),
        }),
        "06 02000000 0300000000000000 \"lz\"",
        |u| {
            let ImageU::LzPlt(body) = u else {
                panic!("{u:?}");
            };
            assert_eq!(body.flags.bits(), 6);
            assert_eq!(body.pal, types::LzpltDataPal::PalFromCache(3));
            assert_eq!(*body.data, *b"lz");
        },
    );
}

#[test]
fn lz_plt_with_a_palette() {
    check(
        ImageType::LZ_PLT,
        "64",
        ImageU::LzPlt(types::LzpltData {
            flags: BitmapFlags::PAL_CACHE_ME,
            pal: types::LzpltDataPal::Palette(types::Palette {
                unique: 5,
                ents: vec![0x0a0b_0c0d].into(),
            }),
            data: b"lzp".into(),
        }),
        "01 03000000 87u32 \"lzp\" @87 0500000000000000 0100 0d0c0b0a",
        |u| {
            let ImageU::LzPlt(body) = u else {
                panic!("{u:?}");
            };
            assert_eq!(body.flags, BitmapFlags::PAL_CACHE_ME);
            let types::LzpltDataPal::Palette(palette) = &body.pal else {
                panic!("{u:?}");
            };
            assert_eq!(palette.unique, 5);
            assert_eq!(palette.ents.len(), 1);
            assert_eq!(palette.ents.get(0), Some(0x0a0b_0c0d));
            assert_eq!(*body.data, *b"lzp");
        },
    );
}

#[test]
fn zlib_glz_rgb() {
    check(
        ImageType::ZLIB_GLZ_RGB,
        "6b",
        ImageU::ZlibGlzRgb(types::ZlibGlzRgbData {
            glz_data_size: 500,
            data: b"zlib".into(),
        }),
        "500u32 04000000 \"zlib\"",
        |u| {
            let ImageU::ZlibGlzRgb(body) = u else {
                panic!("{u:?}");
            };
            assert_eq!(body.glz_data_size, 500);
            assert_eq!(*body.data, *b"zlib");
        },
    );
}

#[test]
fn jpeg_alpha() {
    check(
        ImageType::JPEG_ALPHA,
        "6c",
        ImageU::JpegAlpha(types::JpegAlphaData {
            flags: types::JpegAlphaFlags::TOP_DOWN,
            jpeg_size: 2,
            data: (&[0xff, 0xd8, 0x11]).into(),
        }),
        "01 02000000 03000000 ffd811",
        |u| {
            let ImageU::JpegAlpha(body) = u else {
                panic!("{u:?}");
            };
            assert_eq!(body.flags, types::JpegAlphaFlags::TOP_DOWN);
            assert_eq!(body.jpeg_size, 2);
            assert_eq!(*body.data, [0xff, 0xd8, 0x11]);
        },
    );
}

#[test]
fn surface() {
    check(
        ImageType::SURFACE,
        "68",
        ImageU::Surface(types::Surface { surface_id: 17 }),
        "11000000",
        |u| {
            let ImageU::Surface(body) = u else {
                panic!("{u:?}");
            };
            assert_eq!(body.surface_id, 17);
        },
    );
}

/// Cached images, types without a case and unknown types have no body.
#[test]
fn images_without_a_body() {
    for (r#type, number) in [
        (ImageType::RESERVED, "02"),
        (ImageType::FROM_CACHE, "67"),
        (ImageType::FROM_CACHE_LOSSLESS, "6a"),
        (ImageType(200), "c8"),
    ] {
        check(r#type, number, ImageU::Absent, "", |u| {
            assert_eq!(*u, ImageU::Absent);
        });
    }
}
