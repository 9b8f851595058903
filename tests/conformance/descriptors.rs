//! `descriptors.proto`: file descriptors, which take no bytes on the wire.

use std::fmt::Debug;
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;

use spice_proto::descriptors::descriptors::server::{self, ChosenData};
use spice_proto::descriptors::types::*;
use spice_wire::{Decode, Encode, ErrorKind, Fd, Fds, IntoOwned, Reader, SharedFd, Side};

use crate::support::{
    at, check, check_with_fds, decode_error, descriptors, encode_error, prefixes,
};

/// Opens `count` different descriptors.
fn open(count: usize) -> Vec<SharedFd> {
    let files = (0..count).map(|_| File::open("/dev/null").expect("/dev/null exists"));
    files.map(|file| Arc::new(file.into())).collect()
}

/// Returns a borrowed descriptor to send.
fn fd(fd: &SharedFd) -> Fd<'_> {
    Fd::from(fd.as_fd())
}

/// Returns the raw numbers of descriptors.
fn numbers(fds: &[SharedFd]) -> Vec<Option<i32>> {
    fds.iter().map(|fd| Some(fd.as_raw_fd())).collect()
}

fn plane(stride: u16, from: &SharedFd) -> Plane<'_> {
    Plane {
        stride,
        fd: fd(from),
    }
}

#[test]
fn descriptors_take_no_bytes() {
    let fds = open(2);
    let single = server::Single {
        before: 1,
        fd: fd(&fds[0]),
        after: 2,
        other: fd(&fds[1]),
    };
    check_with_fds(&single, &[1, 2], Fds::new(&fds), &numbers(&fds));
    assert_eq!(server::Single::WIRE_SIZE, Some(2));
    assert_eq!(prefixes::<server::Single>(&[1, 2]), ["before@0", "after@1"]);
    // With too few descriptors, the last fields are absent. Surplus descriptors are not taken.
    let one = server::Single::decode_with_fds(&[1, 2], Fds::new(&fds[..1])).unwrap();
    assert_eq!(descriptors(&one), [Some(fds[0].as_raw_fd()), None]);
    let none = server::Single::decode(&[1, 2]).unwrap();
    assert!(none.fd.is_absent() && none.other.is_absent());
    check(&none, &[1, 2]);
}

#[test]
fn received_descriptors_live_until_the_last_holder_drops() {
    let fds = open(2);
    let owned = {
        let single = server::Single::decode_with_fds(&[1, 2], Fds::new(&fds)).unwrap();
        single.into_owned()
    };
    let count = |fds: &[SharedFd]| fds.iter().map(Arc::strong_count).collect::<Vec<_>>();
    assert_eq!(count(&fds), [2, 2]);
    drop(owned);
    assert_eq!(count(&fds), [1, 1]);
}

#[test]
fn fixed_arrays_contain_descriptors() {
    let fds = open(44);
    let fixed = server::Fixed {
        pair: [fd(&fds[0]), fd(&fds[1])],
        planes: [plane(3, &fds[2]), plane(4, &fds[3])],
        many: std::array::from_fn(|index| fd(&fds[4 + index])),
    };
    check_with_fds(&fixed, &[3, 0, 4, 0], Fds::new(&fds), &numbers(&fds));
    assert_eq!(
        prefixes::<server::Fixed>(&[3, 0, 4, 0]),
        ["planes[0].stride@0", "planes[1].stride@2"]
    );
    check(&server::Fixed::default(), &[0; 4]);
}

#[test]
fn counted_arrays_contain_descriptors() {
    let fds = open(6);
    let counted = server::Counted {
        fds: vec![fd(&fds[0]), fd(&fds[1])].into(),
        planes: vec![plane(3, &fds[2]), plane(4, &fds[3])].into(),
        bare: vec![Bare { fd: fd(&fds[4]) }, Bare { fd: fd(&fds[5]) }].into(),
    };
    let bytes = [2, 3, 0, 4, 0];
    check_with_fds(&counted, &bytes, Fds::new(&fds), &numbers(&fds));
    // Elements can be read in any order, and each keeps its own descriptor.
    let decoded = server::Counted::decode_with_fds(&bytes, Fds::new(&fds)).unwrap();
    let second = decoded.planes.get(1).unwrap();
    assert_eq!((second.stride, second.fd), (4, fd(&fds[3])));
    let first = decoded.bare.get(0).unwrap();
    assert_eq!(first.fd, fd(&fds[4]));
    let owned = decoded.into_owned();
    assert_eq!(descriptors(&owned), numbers(&fds));
    assert_eq!(
        prefixes::<server::Counted>(&bytes),
        ["count@0", "planes[0].stride@1", "planes[1].stride@3"]
    );
    let mismatch = ErrorKind::CountMismatch {
        count: 2,
        length: 1,
    };
    let uneven = server::Counted {
        bare: vec![Bare::default()].into(),
        ..counted
    };
    assert_eq!(encode_error(&uneven), at("bare", 5, mismatch));
}

#[test]
fn descriptors_of_pointees_follow_pointer_order() {
    let fds = open(5);
    let far = Far {
        n: 9,
        fd: fd(&fds[1]),
        more: Some(plane(4, &fds[2])),
    };
    let pointed = server::Pointed {
        first: fd(&fds[0]),
        far: Some(far),
        near: plane(5, &fds[3]),
        last: fd(&fds[4]),
    };
    #[rustfmt::skip]
    let bytes = [
        10, 0, 0, 0,  8, 0, 0, 0,
        5, 0,
        9,  15, 0, 0, 0,
        4, 0,
    ];
    check_with_fds(&pointed, &bytes, Fds::new(&fds), &numbers(&fds));
    assert_eq!(
        prefixes::<server::Pointed>(&bytes),
        [
            "far@0",
            "near@4",
            "far@0 pointer_out_of_range",
            "far.more@11",
            "far.more@11 pointer_out_of_range",
            "far.more.stride@15"
        ]
    );
    let near = server::Pointed {
        near: plane(5, &fds[0]),
        ..server::Pointed::default()
    };
    let order = [None, Some(fds[0].as_raw_fd()), None];
    assert_eq!(descriptors(&near), order);
    check(&server::Pointed::default(), &[0, 0, 0, 0, 8, 0, 0, 0, 0, 0]);
    let problem = at("near", 4, ErrorKind::NullPointer);
    assert_eq!(decode_error::<server::Pointed>(&[0; 8]), problem);
}

#[test]
fn cases_contain_descriptors() {
    let fds = open(3);
    let chosen = |data, rest: &[SharedFd]| {
        let planes = rest.iter().map(|fd| plane(7, fd).into_owned());
        server::Chosen {
            data,
            rest: planes.collect(),
        }
    };
    let here = chosen(ChosenData::Here(fd(&fds[0])), &[]);
    check_with_fds(&here, &[0], Fds::new(&fds[..1]), &numbers(&fds[..1]));
    let there = chosen(ChosenData::There(Some(plane(3, &fds[0]))), &[]);
    assert_eq!(descriptors(&there), numbers(&fds[..1]));
    // The array to the end of the message includes the pointee, which is read as another plane.
    let bytes = [1, 5, 0, 0, 0, 3, 0];
    assert_eq!(there.encode_to_vec(), Ok(Vec::from(bytes)));
    let decoded = server::Chosen::decode_with_fds(&bytes, Fds::new(&fds)).unwrap();
    assert_eq!((decoded.data, decoded.rest.len()), (there.data, 1));
    let other = ChosenData::Nothing {
        r#type: Where::NOWHERE,
        value: 5,
    };
    let nothing = server::Chosen {
        data: other,
        rest: vec![plane(7, &fds[0]), plane(8, &fds[1])].into(),
    };
    let bytes = [2, 5, 7, 0, 8, 0];
    check_with_fds(&nothing, &bytes, Fds::new(&fds), &numbers(&fds[..2]));
    let null = chosen(ChosenData::There(None), &[]);
    check(&null, &[1, 0, 0, 0, 0]);
    assert!(descriptors(&null).is_empty());
}

#[test]
fn zero_sized_elements_are_limited() {
    let fds = open(1);
    let only = server::Only {
        fds: vec![fd(&fds[0]), Fd::absent()].into(),
    };
    let order = [Some(fds[0].as_raw_fd()), None];
    check_with_fds(&only, &[2, 0, 0, 0], Fds::new(&fds), &order);
    let most = u32::try_from(spice_wire::__private::MAX_EMPTY_ELEMENTS).unwrap();
    let decoded = server::Only::decode(&most.to_le_bytes()).map(|only| only.fds.len());
    assert_eq!(decoded, Ok(1024));
    for count in [most + 1, u32::MAX] {
        let kind = ErrorKind::TooManyEmptyElements {
            count: count.into(),
        };
        assert_eq!(
            decode_error::<server::Only>(&count.to_le_bytes()),
            at("fds", 4, kind)
        );
    }
}

/// Decodes every prefix of `bytes` three times, drops the values, and checks that nothing holds a
/// descriptor.
fn assert_nothing_is_held(bytes: &[u8], decode: impl Fn(&[u8], &[SharedFd]) -> bool) {
    let fds = open(50);
    for _ in 0..3 {
        for length in 0..=bytes.len() {
            let accepted = decode(&bytes[..length], &fds);
            assert_eq!(accepted, length == bytes.len(), "{length} bytes");
            let held = fds.iter().filter(|fd| Arc::strong_count(fd) > 1).count();
            assert_eq!(held, 0, "{length} bytes");
        }
    }
}

/// Decodes with one reader as often as it accepts, and uses the value in every way.
fn decode_and_use<'v, T>(body: &'v [u8], fds: &'v [SharedFd]) -> bool
where
    T: Decode<'v> + Encode + Clone + IntoOwned + Debug,
    T::Owned: Encode,
{
    let mut reader = Reader::with_fds(body, Fds::new(fds));
    let Ok(value) = T::decode_from(&mut reader) else {
        return false;
    };
    assert!(descriptors(&value).iter().any(Option::is_some), "{value:?}");
    let again = T::decode_from(&mut reader);
    let owned = value.clone().into_owned();
    assert_eq!(descriptors(&owned), descriptors(&value));
    assert!(fds.iter().any(|fd| Arc::strong_count(fd) > 1));
    drop((again, owned));
    true
}

/// A rejected body gives back the descriptors that were taken before the error.
#[test]
fn decoding_holds_no_descriptor_after_the_value_is_dropped() {
    #[rustfmt::skip]
    let pointed = [
        10, 0, 0, 0,  8, 0, 0, 0,
        5, 0,
        9,  15, 0, 0, 0,
        4, 0,
    ];
    assert_nothing_is_held(&[1, 2], |body, fds| {
        decode_and_use::<server::Single<'_>>(body, fds)
    });
    assert_nothing_is_held(&[3, 0, 4, 0], |body, fds| {
        decode_and_use::<server::Fixed<'_>>(body, fds)
    });
    assert_nothing_is_held(&[2, 3, 0, 4, 0], |body, fds| {
        decode_and_use::<server::Counted<'_>>(body, fds)
    });
    assert_nothing_is_held(&pointed, |body, fds| {
        decode_and_use::<server::Pointed<'_>>(body, fds)
    });
    assert_nothing_is_held(&[2, 0, 0, 0], |body, fds| {
        decode_and_use::<server::Only<'_>>(body, fds)
    });
}

#[test]
fn dispatch_holds_no_descriptor_after_the_message_is_dropped() {
    use spice_proto::descriptors::{self, Message};
    let bodies = [
        (server::Single::ID, &[1, 2][..]),
        (server::Fixed::ID, &[3, 0, 4, 0]),
        (server::Counted::ID, &[2, 3, 0, 4, 0]),
        (server::Only::ID, &[2, 0, 0, 0]),
    ];
    for (id, bytes) in bodies {
        let channel = descriptors::descriptors::CHANNEL_TYPE;
        assert_nothing_is_held(bytes, |body, fds| {
            Message::decode(channel, Side::Server, id, body, Fds::new(fds)).is_ok()
        });
        assert_nothing_is_held(bytes, |body, fds| {
            server::Message::decode_with_fds(id, body, Fds::new(fds)).is_ok()
        });
    }
}
