//! How messages, enums and errors print, and what users read from them.

use std::collections::HashSet;
use std::io;

use crate::common::sample_messages::{bitmap, draw_copy};
use spice_messages::base::server::Notify;
use spice_messages::display::server::{DrawCopy, StreamData, StreamDestroy};
use spice_messages::main::server::{MigrateSwitchHost, Name};
use spice_messages::types::{ClipRects, ImageType, MouseButtonMask, Rect};
use spice_messages::wire::{Bytes, Decode, Encode, ErrorKind, Fds, List, Side, Step};
use spice_messages::{ChannelType, Message, display};

/// The length of the `Debug` output of a value, checked in both forms.
#[track_caller]
fn assert_bounded(value: &impl std::fmt::Debug) {
    let (line, lines) = (format!("{value:?}"), format!("{value:#?}"));
    assert!(line.len() < 800, "{} bytes: {line}", line.len());
    assert!(lines.len() < 4000, "{} bytes: {lines}", lines.len());
}

#[test]
fn debug_output_of_large_messages_is_bounded() {
    let data = vec![0xa5; 65_536];
    let stream = StreamData {
        data: (&*data).into(),
        ..StreamData::default()
    };
    assert_bounded(&stream);
    assert!(format!("{stream:?}").contains("a5 … 65536 bytes]"));
    let message = Message::decode(
        ChannelType::DISPLAY,
        Side::Server,
        60_000,
        &data,
        Fds::none(),
    )
    .unwrap();
    assert_bounded(&message);
    let message = display::server::Message::decode(60_000, &data).unwrap();
    assert_bounded(&message);

    let mut image = bitmap();
    let spice_messages::types::ImageU::Bitmap(pixels) = &mut image.u else {
        panic!("the image is a bitmap");
    };
    pixels.y = 1 << 14;
    pixels.data = data.into();
    let mut copy = draw_copy();
    copy.data.src_bitmap = Some(image.into());
    assert_bounded(&copy);
    let body = copy.encode_to_vec().unwrap();
    assert!(body.len() > 65_536);
    assert_bounded(&DrawCopy::decode(&body).unwrap());

    let rects = List::from(vec![Rect::default(); 10_000]);
    let rects = format!("{:?}", ClipRects { rects });
    assert!(rects.len() < 1200, "{rects}");
    assert!(rects.ends_with("… 10000 elements] }"));
}

#[test]
fn bytes_that_are_text_read_as_text() {
    let notify = Notify {
        message: "no agent".as_bytes().into(),
        ..Notify::default()
    };
    assert!(format!("{notify:?}").ends_with(r#"message: "no agent" }"#));
    let body = Name {
        name: b"Fedora \xc3\xa9\0".into(),
    };
    let body = body.encode_to_vec().unwrap();
    let name = Name::decode(&body).unwrap().name;
    assert_eq!(name.to_string_lossy(), "Fedora é");
    assert_eq!(format!("{name:?}"), r#""Fedora é\0""#);
    let host = MigrateSwitchHost {
        host_data: "::1".into(),
        cert_subject_data: "CN=x".into(),
        ..MigrateSwitchHost::default()
    };
    let host = format!("{host:?}");
    assert!(
        host.ends_with(r#"host_data: "::1", cert_subject_data: "CN=x" }"#),
        "{host}"
    );
}

#[test]
fn enums_and_flags_survive_their_text() {
    assert_eq!("LZ_PLT".parse(), Ok(ImageType::LZ_PLT));
    assert_eq!(ImageType(77).to_string(), "77");
    assert!(ImageType::all().contains(&ImageType::QUIC));
    for number in 0..=u8::MAX {
        let image_type = ImageType(number);
        assert_eq!(image_type.to_string().parse(), Ok(image_type));
    }
    let buttons = MouseButtonMask::LEFT | MouseButtonMask::RIGHT | MouseButtonMask(0x8000);
    assert_eq!(buttons.to_string(), "LEFT | RIGHT | 0x8000");
    assert_eq!("LEFT|RIGHT|32768".parse(), Ok(buttons));
    assert_eq!((buttons ^ MouseButtonMask::all()).iter().count(), 6);
    assert_eq!(HashSet::from([buttons, buttons]).len(), 1);
    let error = "lEFT".parse::<MouseButtonMask>().unwrap_err();
    let reason = "`lEFT` is neither a name of `MouseButtonMask` nor a number up to 65535";
    assert_eq!(error.to_string(), reason);
}

#[test]
fn fields_of_a_message_are_hashed_by_value() {
    let built: List<'_, Rect> = vec![Rect::default(); 2].into();
    let body = built.encode_to_vec().unwrap();
    let decoded: Vec<Rect> = ClipRects::decode(&[&[2, 0, 0, 0][..], &body].concat())
        .unwrap()
        .rects
        .into_iter()
        .rev()
        .collect();
    assert_eq!(HashSet::from([built, decoded.into()]).len(), 1);
    let bytes = [Bytes::from(vec![1, 2]), Bytes::new(&[1, 2])];
    assert_eq!(HashSet::from(bytes).len(), 1);
}

/// Decodes each prefix of a message that is too short, and returns the paths of the errors.
fn errors_of_prefixes() -> Vec<spice_messages::wire::Error> {
    let body = draw_copy().encode_to_vec().unwrap();
    let errors = (0..body.len()).map(|length| DrawCopy::decode(&body[..length]).unwrap_err());
    errors.collect()
}

#[test]
fn path_of_an_error_decides_what_is_skipped() {
    let errors = errors_of_prefixes();
    let of_image =
        |error: &&spice_messages::wire::Error| error.field().starts_with(["data", "src_bitmap"]);
    let of_base =
        |error: &&spice_messages::wire::Error| error.field().first() == Some(Step::Field("base"));
    let (image, base) = (
        errors.iter().filter(of_image).count(),
        errors.iter().filter(of_base).count(),
    );
    assert!(image > 20 && base > 20, "{image} {base}");
    let palette = errors.iter().find(|error| {
        let path = error.field();
        path.steps().any(|step| step == Step::Field("palette"))
    });
    assert!(palette.unwrap().field().starts_with(["data"]));
    // A path of names and a path of steps are the same.
    for error in &errors {
        let joined = error.field().to_string();
        let last = error.field().last().unwrap().to_string();
        assert!(joined.ends_with(&last), "{joined}: {last}");
        let names = error
            .field()
            .steps()
            .filter(|step| matches!(step, Step::Field(_)));
        assert!(names.clone().all(|name| !name.to_string().contains('.')));
        assert_eq!(names.count(), joined.split('.').count());
    }
}

#[test]
fn errors_convert_to_io_errors() {
    fn decode(body: &[u8]) -> io::Result<StreamDestroy> {
        Ok(StreamDestroy::decode(body)?)
    }
    let error = decode(&[1]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert_eq!(
        error.to_string(),
        "id (byte 0): needs 4 bytes where 1 are left"
    );
    let mut copy = draw_copy();
    let mut image = bitmap();
    image.descriptor.r#type = ImageType::QUIC;
    copy.data.src_bitmap = Some(image.into());
    let error = copy.encode_to_vec().unwrap_err();
    assert!(error.kind().is_encoding());
    assert_eq!(io::Error::from(error).kind(), io::ErrorKind::InvalidInput);
    assert!(!ErrorKind::Unterminated.is_encoding());
}
