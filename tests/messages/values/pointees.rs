//! Structs behind pointers that are decoded on demand.

use std::borrow::Cow;
use std::thread;

use spice_messages::display::server::DrawCopy;
use spice_messages::types::{self, Image};
use spice_messages::wire::{Decode, Encode, IntoOwned, Pointee};

use crate::values::drawing::{base, no_mask, quic, rect};
use crate::values::support::assert_encodes;

fn copy<'a>(image: Pointee<'a, Image<'a>>) -> DrawCopy<'a> {
    DrawCopy {
        base: base(),
        data: types::SpiceCopy {
            src_bitmap: Some(image),
            src_area: rect(0, 0, 1, 2),
            mask: no_mask(),
            ..types::SpiceCopy::default()
        },
    }
}

fn image<'m, 'a>(message: &'m DrawCopy<'a>) -> &'m Pointee<'a, Image<'a>> {
    message.data.src_bitmap.as_ref().unwrap()
}

#[test]
fn default_pointee_is_the_default_value() {
    let pointee = Pointee::<Image<'_>>::default();
    assert_eq!(*pointee.get().unwrap(), Image::default());
    let expected = Image::default().encode_to_vec().unwrap();
    assert_encodes(&pointee, &expected);
    let body = copy(pointee).encode_to_vec().unwrap();
    assert_eq!(body, copy(Image::default().into()).encode_to_vec().unwrap());
    assert!(body.ends_with(&expected[..22]));
}

#[test]
fn decoded_and_built_pointees_are_equal() {
    let built = copy(quic(3, b"image"));
    let body = built.encode_to_vec().unwrap();
    // The image stays the same, and its offset changes.
    let mut moved = body.clone();
    moved[21] += 1;
    moved.insert(57, 0xee);
    let (decoded, moved) = (
        DrawCopy::decode(&body).unwrap(),
        DrawCopy::decode(&moved).unwrap(),
    );
    let owned = decoded.clone().into_owned();
    for message in [&decoded, &moved, &owned] {
        assert_eq!(image(message), image(&built));
        assert_eq!(image(&built), image(message));
        assert_eq!(format!("{message:?}"), format!("{built:?}"));
        assert_encodes(message, &body);
    }
    let other = copy(quic(3, b"other"));
    for message in [&decoded, &moved, &owned] {
        assert_ne!(image(message), image(&other));
    }
}

/// Only a decoded pointee is decoded by `get`. Its value borrows from the body.
#[test]
fn get_borrows_the_value_or_the_body() {
    let built = copy(quic(3, b"image"));
    let Cow::Borrowed(first) = image(&built).get().unwrap() else {
        panic!("a built pointee holds its value");
    };
    let Cow::Borrowed(second) = image(&built).get().unwrap() else {
        panic!("a built pointee holds its value");
    };
    assert!(std::ptr::eq(first, second));
    let body = built.encode_to_vec().unwrap();
    let decoded = DrawCopy::decode(&body).unwrap();
    let Cow::Owned(value) = image(&decoded).get().unwrap() else {
        panic!("a decoded pointee holds a position");
    };
    let types::ImageU::Quic(data) = value.u else {
        panic!("the image is in QUIC format");
    };
    let at = body.len() - b"image".len();
    assert!(std::ptr::eq(&*data.data, &body[at..]));
}

#[test]
fn owned_pointee_outlives_the_body() {
    let built = copy(quic(3, b"image"));
    let body = built.encode_to_vec().unwrap();
    let owned: Pointee<'static, Image<'static>> = {
        let body = body.clone();
        let message = DrawCopy::decode(&body).unwrap();
        message.data.src_bitmap.unwrap().into_owned()
    };
    assert_eq!(&owned, image(&built));
    let sent = thread::spawn(move || copy(owned).encode_to_vec());
    assert_eq!(sent.join().unwrap(), Ok(body));
}
