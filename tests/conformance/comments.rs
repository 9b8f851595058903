//! `comments.proto`: awkward comments, which only affect documentation.

use spice_proto::comments::types::{Awkward, Documented, DocumentedDocumented};

use crate::support::{check, prefixes};

#[test]
fn comments_do_not_change_the_wire_format() {
    let documented = |documented| Documented {
        nothing: 1,
        data: vec![2, 3].into(),
        documented,
        ..Documented::default()
    };
    let first = documented(DocumentedDocumented::First(4));
    let bytes = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 2, 3, 4];
    check(&first, &bytes);
    let other = DocumentedDocumented::Other {
        field_kind: Awkward::FOURTH,
    };
    check(
        &documented(other),
        &[3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 2, 3],
    );
    assert_eq!(
        prefixes::<Documented>(&bytes).last().unwrap(),
        "documented.first@15"
    );
}
