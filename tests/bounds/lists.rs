//! Iteration over lists, also from the middle.

use spice_messages::wire::{Decode, Fds, List};
use spice_proto::bounds::bounds::server::{Items, Lists, Sheet, Words};
use spice_proto::bounds::types::BoundsBytes;
use spice_proto::descriptors::descriptors::server::Counted;

/// Checks that `nth` and `get` return the same elements as iteration.
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
fn nth_and_get_skip_elements() {
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
    let bytes = |data: &'static [u8]| BoundsBytes { data: data.into() };
    check(&items, &[bytes(&[7]), bytes(&[]), bytes(&[8, 9])]);
}

#[test]
fn nth_skips_elements_with_descriptors() {
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

/// Returns the field path of the decoding error.
fn field<'a, T: Decode<'a> + std::fmt::Debug>(body: &'a [u8]) -> String {
    T::decode(body).unwrap_err().field().to_string()
}

#[test]
fn errors_in_nested_lists_have_a_field_path() {
    // An empty table, then a table of two empty rows and a third row whose fourth cell is
    // truncated.
    let body = [2, 0, 0, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 9];
    assert_eq!(
        field::<Sheet<'_>>(&body),
        "sheet.tables[1].rows[2].cells[3].data"
    );

    let body = [1, 2, 0, 3, 0, 0, 2, 0, 4, 0, 0, 0, 2, 0, 1, 9];
    assert_eq!(
        field::<Lists<'_>>(&body),
        "first.items[0].items[1].items[2].items[1].items[3].items[1].items[0].numbers"
    );
    let body = [1, 2, 0, 3, 0, 0, 2, 0, 4, 0, 0, 0, 2, 0];
    assert_eq!(
        field::<Lists<'_>>(&body),
        "first.items[0].items[1].items[2].items[1].items[3].items[1].count"
    );
}
