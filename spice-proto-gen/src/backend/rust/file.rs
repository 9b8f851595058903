//! The whole generated file.

use super::channels::IMPORT;
use super::context::Context;
use super::lines::Lines;
use super::names::Place;
use super::{HEADER, channels, protocol_enums, structs};

/// Everything is in one private module, so that one attribute applies to all of it. No name of a proto
/// has two underscores, so none is the same.
const MODULE: [&str; 10] = [
    "#[allow(unreachable_pub, unused_imports)]",
    "pub use __generated::*;",
    "",
    "#[allow(",
    "    clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction,",
    "    missing_copy_implementations, single_use_lifetimes, unnameable_types, unreachable_pub,",
    "    unused, unused_qualifications, variant_size_differences",
    ")]",
    "mod __generated {",
    "use ::spice_wire::__private::prelude::*;",
];

/// The text of the file.
pub(super) fn text(context: &Context<'_>) -> String {
    let mut lines = Lines::new(0);
    lines.lines(MODULE);
    let version = env!("CARGO_PKG_VERSION");
    lines.line(format!(
        "const _: () = ::spice_wire::__private::assert_generated_for({version:?});"
    ));
    protocol_enums::items(context, &mut lines);
    lines.docs(["Types of fields, and message bodies that several messages use."]);
    match context.names.types_in(Place::Types) {
        [] => lines.line("pub mod types {}"),
        types => {
            lines.open("pub mod types {");
            lines.line(IMPORT);
            for id in types {
                structs::definition(context, *id, &mut lines);
            }
            lines.close("}");
        }
    }
    for channel in context.channels() {
        channels::module(context, channel, &mut lines);
    }
    lines.line("}");
    format!("{HEADER}\n{}", lines.into_text())
}

#[cfg(test)]
mod tests {
    use crate::Analysis;
    use crate::backend::rust::{Options, generate};
    use crate::diagnostic::Levels;

    const PROTO: &str = "struct A { uint8 x; };
        channel First { server: message { uint16 x; A *a; } m; client: message { A a; } m; };
        enum8 E { ONE };
        channel Second : First { server: message { uint16 x; } n = 2; };
        struct B { E e; };
        protocol P { First first; Second second; };";

    #[test]
    fn types_come_first_and_bodies_are_in_their_channel() {
        let Analysis {
            model: Some(model), ..
        } = Analysis::new(PROTO.as_bytes(), &Levels::default())
        else {
            panic!("the proto is valid");
        };
        let text = generate(&model, &Options::default());
        assert!(text.starts_with("// @generated"));
        assert_eq!(text.matches("#[allow(\n").count(), 1);
        let items = text.lines().map(str::trim_start).filter(|line| {
            line.starts_with("pub mod ") && !line.contains(" id ")
                || line.starts_with("pub struct ") && !line.contains(" Channel;")
        });
        let items: Vec<_> = items
            .map(|line| line.trim_end_matches(['{', ' ', ';']))
            .collect();
        let expected = "pub struct ChannelType(pub u8)/pub mod types/pub struct A/pub struct E(pub u8)/pub struct B/\
            pub mod first/pub mod server/pub struct M/pub mod client/pub struct M/\
            pub mod second/pub mod server/pub struct N/pub mod client";
        assert_eq!(items.join("/"), expected);
    }
}
