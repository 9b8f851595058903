//! The whole generated file.

use super::context::Context;
use super::lines::Lines;
use super::names::Module;
use super::{HEADER, channels, protocol_enums, structs};
use crate::model::{TypeDef, TypeId};

/// Everything is in one private module, so that one attribute applies to all of it. No name of a proto
/// has two underscores, so none is the same.
const MODULE: [&str; 9] = [
    "#[allow(clippy::restriction, unreachable_pub, unused_imports)]",
    "pub use __generated::*;",
    "",
    "#[allow(",
    "    clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction,",
    "    missing_copy_implementations, single_use_lifetimes, unnameable_types, unreachable_pub,",
    "    unused, unused_qualifications, variant_size_differences",
    ")]",
    "mod __generated {",
];

/// The text of the file.
pub(super) fn text(context: &Context<'_>) -> String {
    let mut lines = Lines::new(0);
    lines.lines(MODULE);
    lines.lines(runtime(context));
    protocol_enums::items(context, &mut lines);
    lines.docs(["Types of fields, and message bodies that several messages use."]);
    let types: Vec<_> = context.types_in(Module::Types).collect();
    if types.is_empty() {
        lines.line("pub mod types {}");
    } else {
        lines.open("pub mod types {");
        lines.line(context.import("super"));
        for id in types {
            structs::definition(context, id, &mut lines);
        }
        lines.close("}");
    }
    for (id, path) in context.extern_types() {
        lines.lines(extern_size(context, id, path));
    }
    for channel in context.channels() {
        channels::module(context, channel, &mut lines);
    }
    lines.line("}");
    format!("{HEADER}\n{}", lines.into_text())
}

/// The import of the runtime. If the runtime is missing, this line is the only error. So it is if a feature of
/// the runtime is missing, unless the code has feature gates.
fn runtime(context: &Context<'_>) -> Vec<String> {
    let options = context.options;
    let features = [(options.serde, "serde"), (options.arbitrary, "arbitrary")];
    let features = features.into_iter().filter(|(enabled, _)| *enabled);
    let features: Vec<_> = features.map(|(_, feature)| feature).collect();
    let version = env!("CARGO_PKG_VERSION");
    let mut lines = vec![format!("use {} as __runtime;", options.runtime())];
    lines.extend(if options.feature_gated {
        gated_imports(&features)
    } else {
        vec![import(&features)]
    });
    lines.push("use self::__wire::prelude::*;".to_owned());
    // The name prevents an error for each attribute of serde. A channel has precedence.
    let mut channels = context.channels().map(|id| context.names.module(id));
    let is_named = options.serde && !options.feature_gated;
    if is_named && channels.all(|name| name != "serde") {
        lines.push("use self::__wire::serde;".to_owned());
    }
    lines.push(format!(
        "const _: () = __wire::assert_generated_for({version:?});"
    ));
    lines
}

/// A path that fails at its end fails once, and silences errors of what it would have imported.
fn import(features: &[&str]) -> String {
    let modules: String = features
        .iter()
        .map(|name| format!("::feature_{name}"))
        .collect();
    let note = match features {
        [] => String::new(),
        features => format!(" // needs features of spice-wire: {}", features.join(", ")),
    };
    format!("use self::__runtime::__private{modules} as __wire;{note}")
}

/// A feature of the including crate must enable the feature of the runtime.
fn gated_imports(features: &[&str]) -> Vec<String> {
    let needed = features.iter().map(|name| {
        format!(
            "#[cfg(feature = {name:?})] use self::__runtime::__private::feature_{name} as _; \
             // needs the feature of spice-wire"
        )
    });
    needed.chain([import(&[])]).collect()
}

/// Refuses to compile a type of another crate that has another size on the wire.
fn extern_size(context: &Context<'_>, id: TypeId, path: &str) -> Option<String> {
    let (name, size) = match context.model.definition(id) {
        TypeDef::Alias(_) => return None,
        TypeDef::Enum(found) => (&found.name, found.bytes.into()),
        TypeDef::Struct(body) if !body.is_fixed_size() => return None,
        TypeDef::Struct(body) => (&body.name, body.size.min()),
    };
    Some(format!(
        "const _: () = ::core::assert!(<{path} as __wire::FixedSize>::SIZE == {size}, \
         \"`{path}` has another size than `{name}` of the proto\");"
    ))
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
