//! Going through lists, from a place in their middle on as well.

use spice_messages::wire::{Decode, Fds, List};
use spice_proto::bounds::bounds::server::{Items, Lists, Sheet, Words};
use spice_proto::bounds::types::Bytes;
use spice_proto::descriptors::descriptors::server::Counted;

/// That passing over elements gives what reading all of them gives.
#[track_caller]
fn check<'a, T>(list: &List<'a, T>, expected: &[T])
where
    T: Decode<'a> + Clone + PartialEq + std::fmt::Debug,
{
    assert_eq!(list.iter().collect::<Vec<_>>(), expected);
    for count in 0..expected.len() + 2 {
        let rest = expected.get(count + 1..).unwrap_or_default();
        let mut elements = list.iter();
        assert_eq!(elements.nth(count).as_ref(), expected.get(count));
        assert_eq!(elements.len(), rest.len());
        assert_eq!(elements.collect::<Vec<_>>(), rest);
        assert_eq!(list.get(count).as_ref(), expected.get(count));
    }
    assert_eq!(list.iter().nth(usize::MAX), None);
    assert_eq!(list.get(usize::MAX), None);
}

#[test]
fn elements_are_passed_over() {
    let body = [
        &[3, 0, 0, 0, 0, 0, 0, 0][..],
        &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0],
        &[0; 8],
    ]
    .concat();
    let words = Words::decode(&body).unwrap().words;
    check(&words, &[1, 2, 3]);
    check(&List::from(vec![1, 2, 3]), &[1, 2, 3]);

    let body = [&[3, 0, 0, 0, 0, 0, 0, 0][..], &[1, 7, 0, 2, 8, 9]].concat();
    let items = Items::decode(&body).unwrap().items;
    let bytes = |data: &'static [u8]| Bytes { data: data.into() };
    check(&items, &[bytes(&[7]), bytes(&[]), bytes(&[8, 9])]);
}

#[test]
fn elements_with_descriptors_are_passed_over() {
    let fds = [0, 1, 2, 3].map(|_| {
        let file = std::fs::File::open("/dev/null").unwrap();
        std::sync::Arc::new(std::os::fd::OwnedFd::from(file))
    });
    let decoded = Counted::decode_with_fds(&[2, 5, 0, 6, 0], Fds::new(&fds)).unwrap();
    let all: Vec<_> = decoded.planes.iter().collect();
    assert_eq!(decoded.planes.iter().nth(1).as_ref(), all.last());
    assert_eq!(
        all.iter()
            .map(|plane| plane.fd.is_absent())
            .collect::<Vec<_>>(),
        [false; 2]
    );
    assert_ne!(all[0].fd, all[1].fd);
}

/// The field of the error of a body that is not this message.
fn field<'a, T: Decode<'a> + std::fmt::Debug>(body: &'a [u8]) -> String {
    T::decode(body).unwrap_err().field().to_string()
}

#[test]
fn errors_deep_in_lists_are_located() {
    // One empty table, then one of two empty rows and a third with three empty cells and another.
    let body = [2, 0, 0, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 9];
    assert_eq!(
        field::<Sheet<'_>>(&body),
        "sheet.tables[1].rows[2].cells[3].data"
    );

    // Of more lists in one another the outermost are left out. Empty elements come before the others.
    let body = [1, 2, 0, 3, 0, 0, 2, 0, 4, 0, 0, 0, 2, 0, 1, 9];
    assert_eq!(
        field::<Lists<'_>>(&body),
        "….items[3].items[1].items[0].numbers"
    );
    let body = [1, 2, 0, 3, 0, 0, 2, 0, 4, 0, 0, 0, 2, 0];
    assert_eq!(
        field::<Lists<'_>>(&body),
        "….items[1].items[3].items[1].count"
    );
}
