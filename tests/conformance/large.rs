//! Bodies of more than 4 GiB. The payload is zeroed memory that nothing touches, so it takes no physical memory, which needs an
//! allocator of the system, not the counting one of `tests/bounds`.

use spice_proto::bounds::bounds::server::Tree;
use spice_proto::bounds::types::{Branch, Twig};
use spice_wire::{Encode, ErrorKind, IoBody};

#[cfg(target_pointer_width = "64")]
#[test]
fn payload_that_does_not_fit_is_not_copied() {
    let bytes = vec![0; u32::MAX as usize];
    let twig = || Twig {
        bytes: bytes.as_slice().into(),
        ..Twig::default()
    };
    let branch = || Branch {
        left: twig().into(),
        right: twig().into(),
    };
    let message = Tree {
        left: branch(),
        right: branch(),
    };
    // The length up to the first bytes beyond 4 GiB.
    let lengths = 1 + u32::MAX as usize..=96 + 4 * bytes.len();
    let is_rejected = |result: spice_wire::Result<()>| match result.unwrap_err().kind() {
        ErrorKind::MessageTooLarge { length } => assert!(lengths.contains(&length), "{length}"),
        other => panic!("{other:?}"),
    };
    let mut out = Vec::new();
    is_rejected(message.encode(&mut out));
    assert!(
        out.is_empty() && out.capacity() < 1000,
        "{}",
        out.capacity()
    );
    let mut body = IoBody::default();
    is_rejected(message.encode_io(&mut body));
    assert!(body.is_empty());
}
