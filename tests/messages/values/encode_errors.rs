//! Encoding inconsistent values returns an error with the field and the reason.

use spice_messages::types::{self, ImageType, ImageU};
use spice_messages::wire::{Encode, Error, ErrorKind, IoBody, Pointee};
use spice_messages::{Message, ServerMessage, base, cursor, display, playback};

use crate::values::drawing::{base as display_base, no_mask, quic, rect};

/// Returns the encoding error and checks that the buffer is unchanged.
#[track_caller]
fn error_of(value: &impl Encode) -> Error {
    let mut out = Vec::from(b"before");
    let error = value.encode(&mut out).unwrap_err();
    assert_eq!(out, b"before", "the buffer was changed");
    assert_eq!(value.encode_to_vec().unwrap_err(), error);
    let mut body = IoBody::default();
    assert_eq!(value.encode_io(&mut body).as_ref(), Err(&error));
    assert!(body.is_empty());
    error
}

#[track_caller]
fn assert_error(value: &impl Encode, kind: ErrorKind, field: &str) {
    let error = error_of(value);
    assert_eq!(error.kind(), kind);
    assert_eq!(error.field().to_string(), field);
}

fn copy<'a>(image: impl Into<Pointee<'a, types::Image<'a>>>) -> display::server::DrawCopy<'a> {
    display::server::DrawCopy {
        base: display_base(),
        data: types::SpiceCopy {
            src_bitmap: Some(image.into()),
            src_area: rect(0, 0, 1, 1),
            rop_descriptor: types::Ropd::OP_PUT,
            scale_mode: types::ImageScaleMode::INTERPOLATE,
            mask: no_mask(),
        },
    }
}

fn image(r#type: ImageType, u: ImageU<'_>) -> types::Image<'_> {
    types::Image {
        descriptor: types::ImageDescriptor {
            r#type,
            ..Default::default()
        },
        u,
    }
}

fn bitmap(data: &[u8]) -> types::BitmapData<'_> {
    types::BitmapData {
        format: types::BitmapFmt::_32BIT,
        flags: types::BitmapFlags::TOP_DOWN,
        x: 1,
        y: 2,
        stride: 4,
        pal: types::BitmapDataPal::Palette(None),
        data: data.into(),
    }
}

#[test]
fn wrong_variant_for_an_enum() {
    let value = copy(image(
        ImageType::LZ4,
        ImageU::Jpeg(types::BinaryData { data: (&[]).into() }),
    ));
    assert_error(&value, ErrorKind::VariantMismatch, "data.src_bitmap.u");
    let value = copy(image(ImageType::SURFACE, ImageU::Absent));
    assert_error(&value, ErrorKind::VariantMismatch, "data.src_bitmap.u");
    // The two image types with the same body type have different variants.
    let value = copy(image(
        ImageType::GLZ_RGB,
        ImageU::LzRgb(types::BinaryData { data: (&[]).into() }),
    ));
    assert_error(&value, ErrorKind::VariantMismatch, "data.src_bitmap.u");
}

#[test]
fn wrong_variant_for_flags() {
    let mut wrong = bitmap(&[0; 8]);
    wrong.pal = types::BitmapDataPal::PalFromCache(1);
    let value = copy(image(ImageType::BITMAP, ImageU::Bitmap(wrong)));
    let field = "data.src_bitmap.u.bitmap.pal";
    assert_error(&value, ErrorKind::VariantMismatch, field);

    let value = cursor::server::Set {
        cursor: types::SpiceCursor {
            flags: types::CursorFlags::NONE,
            u: types::CursorU::Header(types::CursorHeader::default()),
            data: (&[]).into(),
        },
        ..Default::default()
    };
    assert_error(&value, ErrorKind::VariantMismatch, "cursor.u");
    let value = cursor::server::Set {
        cursor: types::SpiceCursor {
            flags: types::CursorFlags::empty(),
            u: types::CursorU::Absent,
            data: (&[]).into(),
        },
        ..Default::default()
    };
    assert_error(&value, ErrorKind::VariantMismatch, "cursor.u");
}

#[test]
fn wrong_variant_of_one_of_several_switches() {
    let composite = |flags, a, b| display::server::DrawComposite {
        base: display_base(),
        data: types::Composite {
            flags,
            a,
            b,
            ..Default::default()
        },
    };
    use types::{CompositeA, CompositeB, CompositeFlags};
    let value = composite(
        CompositeFlags::empty(),
        CompositeA::HasMask(None),
        CompositeB::Absent,
    );
    assert_error(&value, ErrorKind::VariantMismatch, "data.a");
    let value = composite(
        CompositeFlags::HAS_SRC_TRANSFORM,
        CompositeA::Absent,
        CompositeB::Absent,
    );
    assert_error(&value, ErrorKind::VariantMismatch, "data.b");
}

/// The type of a clip, a brush or compressed data follows from the variant. The only possible
/// mistake is an `Other` variant whose type has its own variant.
#[test]
fn other_variant_with_a_known_discriminant() {
    let value = display::server::StreamClip {
        id: 1,
        clip: types::Clip {
            u: types::ClipU::Other {
                r#type: types::ClipType::RECTS,
            },
        },
    };
    assert_error(&value, ErrorKind::VariantMismatch, "clip.u");
    let value = types::CompressedData {
        u: types::CompressedDataU::UncompressedSize {
            r#type: types::DataCompressionType::NONE,
            value: 4,
        },
        compressed_data: (&[]).into(),
    };
    assert_error(&value, ErrorKind::VariantMismatch, "u");
}

#[test]
fn wrong_variant_for_text() {
    let mut value = display::server::DrawText::default();
    value.data.str.u = types::StringU::RasterA8(vec![].into());
    assert_error(&value, ErrorKind::VariantMismatch, "data.str.u");
    let mut value = display::server::DrawStroke::default();
    value.data.attr.u2 = types::LineAttrU2::Styled(vec![1].into());
    assert_error(&value, ErrorKind::VariantMismatch, "data.attr.u2");
}

#[test]
fn image_data_of_the_wrong_length() {
    for length in [0, 7, 9] {
        let data = vec![0; length];
        let value = copy(image(ImageType::BITMAP, ImageU::Bitmap(bitmap(&data))));
        let kind = ErrorKind::ImageSize {
            expected: 8,
            length: length as u64,
        };
        assert_error(&value, kind, "data.src_bitmap.u.bitmap.data");
    }
    let mut huge = bitmap(&[]);
    (huge.stride, huge.y) = (u32::MAX, u32::MAX);
    let value = copy(image(ImageType::BITMAP, ImageU::Bitmap(huge)));
    let kind = ErrorKind::ImageSize {
        expected: u64::from(u32::MAX) * u64::from(u32::MAX),
        length: 0,
    };
    assert_error(&value, kind, "data.src_bitmap.u.bitmap.data");
}

#[test]
fn glyph_data_of_the_wrong_length() {
    let glyph = |data| types::RasterGlyphA4 {
        width: 9,
        height: 1,
        data,
        ..Default::default()
    };
    let mut value = display::server::DrawText::default();
    value.data.str = types::SpiceString {
        flags: types::StringFlags::RASTER_A4,
        u: types::StringU::RasterA4(vec![glyph((&[0; 5]).into()), glyph((&[0; 4]).into())].into()),
    };
    let kind = ErrorKind::ImageSize {
        expected: 5,
        length: 4,
    };
    assert_error(&value, kind, "data.str.u.glyphs[1].data");
}

#[test]
fn mask_with_the_wrong_variant() {
    let mut value = copy(quic(1, b"fine"));
    value.data.mask.bitmap = Some(image(ImageType::QUIC, ImageU::Absent).into());
    assert_error(&value, ErrorKind::VariantMismatch, "data.mask.bitmap.u");
}

#[test]
fn too_many_elements_for_the_count() {
    let value = base::server::WaitForChannels {
        wait_list: vec![types::ChannelWait::default(); 256].into(),
    };
    let kind = ErrorKind::CountTooLarge { count: 256 };
    assert_error(&value, kind, "wait_count");

    let value = types::AudioVolume {
        volume: vec![0; 1000].into(),
    };
    let kind = ErrorKind::CountTooLarge { count: 1000 };
    assert_error(&value, kind, "nchannels");

    let value = display::server::InvalList {
        resources: vec![types::ResourceId::default(); 65_536].into(),
    };
    let kind = ErrorKind::CountTooLarge { count: 65_536 };
    assert_error(&value, kind, "count");

    let mut value = display::server::DrawStroke::default();
    value.data.attr = types::LineAttr {
        flags: types::LineFlags::STYLED,
        u2: types::LineAttrU2::Styled(vec![1; 256].into()),
    };
    let kind = ErrorKind::CountTooLarge { count: 256 };
    assert_error(&value, kind, "data.attr.u1.style_nseg");
}

/// The field path goes through the pointer.
#[test]
fn too_many_elements_in_a_pointee() {
    let mut value = bitmap(&[0; 8]);
    value.pal = types::BitmapDataPal::Palette(Some(types::Palette {
        unique: 1,
        ents: vec![0; 65_536].into(),
    }));
    let value = copy(image(ImageType::BITMAP, ImageU::Bitmap(value)));
    let kind = ErrorKind::CountTooLarge { count: 65_536 };
    let field = "data.src_bitmap.u.bitmap.pal.palette.num_ents";
    assert_error(&value, kind, field);
}

/// The maximum of the count's type is accepted.
#[test]
fn maximum_number_of_elements_is_accepted() {
    let value = types::AudioVolume {
        volume: vec![1; 255].into(),
    };
    let bytes = value.encode_to_vec().unwrap();
    assert_eq!(bytes.len(), 511);
    assert_eq!(bytes[..3], [255, 1, 0]);
}

/// Encoding a message adds its path to the error.
#[test]
fn error_has_the_message_path() {
    let message = playback::server::Message::Volume(types::AudioVolume {
        volume: vec![0; 256].into(),
    });
    let error = message.encode_to_vec().unwrap_err();
    assert_eq!(error.message(), Some("playback.server.volume"));
    assert_eq!(error.field().to_string(), "nchannels");
    assert_eq!(
        error.to_string(),
        "playback.server.volume: nchannels (byte 0): 256 elements exceed the range of the count \
         field"
    );
    let message = display::server::Message::DrawCopy(copy(image(ImageType::QUIC, ImageU::Absent)));
    let error = message.encode_to_vec().unwrap_err();
    assert_eq!(error.message(), Some("display.server.draw_copy"));
    assert_eq!(error.field().to_string(), "data.src_bitmap.u");
    assert_eq!(
        message.encode_io(&mut IoBody::default()).as_ref(),
        Err(&error)
    );
    let message = Message::Server(ServerMessage::Display(message));
    assert_eq!(message.encode(&mut Vec::new()).as_ref(), Err(&error));
    assert_eq!(
        message.encode_io(&mut IoBody::default()).as_ref(),
        Err(&error)
    );
}

/// Default values are consistent.
#[test]
fn default_values_can_be_encoded() {
    fn length(value: &impl Encode) -> usize {
        value.encode_to_vec().unwrap().len()
    }
    assert_eq!(length(&types::Image::default()), 36, "an empty bitmap");
    assert_eq!(length(&types::LzpltData::default()), 19, "an empty palette");
    assert_eq!(length(&types::CompressedData::default()), 1);
    assert_eq!(length(&cursor::server::Set::default()), 24);
    assert_eq!(length(&display::server::StreamClip::default()), 5);
    assert_eq!(length(&display::server::DrawFill::default()), 37);
    assert_eq!(length(&display::server::DrawCopy::default()), 57);
    assert_eq!(length(&display::server::DrawComposite::default()), 37);
    assert_eq!(length(&display::server::DrawStroke::default()), 35);
    assert_eq!(length(&display::server::DrawText::default()), 50);
}
