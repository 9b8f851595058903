//! Maps the names of a proto to their spans.

use std::collections::HashMap;

use crate::ast::{
    ArraySize, Channel, Definition, Field, File, Member, MessageBody, Protocol, Struct, Type,
};
use crate::diagnostic::Span;

/// The span of every name that a proto defines.
///
/// A [model](crate::model::Model) has no spans. Checks of a model look up the spans that they report here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanIndex(Names);

type Names = HashMap<Box<str>, Entry>;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    span: Span,
    /// The names defined inside.
    names: Names,
}

impl SpanIndex {
    #[doc(hidden)]
    #[must_use]
    pub fn new(file: &File) -> Self {
        let mut top = Names::new();
        for definition in &file.definitions {
            match definition {
                Definition::Typedef(typedef) => {
                    add(&mut top, typedef.name.text, typedef.name.span);
                    add_inline_struct(&mut top, &typedef.ty);
                }
                Definition::Struct(body) | Definition::Message(body) => add_body(&mut top, body),
                Definition::Enum(found) => {
                    let items = add(&mut top, found.name.text, found.name.span);
                    for item in &found.items {
                        add(items, item.name.text, item.name.span);
                    }
                }
                Definition::Channel(channel) => add_channel(&mut top, channel),
            }
        }
        if let Some(protocol) = &file.protocol {
            add_protocol(&mut top, protocol);
        }
        Self(top)
    }

    /// The span of the name at the end of `path`, which starts at the top of the file.
    ///
    /// ```
    /// # use spice_proto_gen::{Analysis, diagnostic::Levels};
    /// let text = b"channel C { server: message { uint8 n; } m; }; protocol P { C c; };";
    /// let spans = Analysis::new(text, &Levels::default()).spans;
    /// assert_eq!(spans.find(["C", "server", "m", "n"]).unwrap().start, 36);
    /// ```
    ///
    /// The paths are:
    ///
    /// - `TYPE`, `ENUM::ITEM`, `STRUCT::MEMBER`, `STRUCT::SWITCH::FIELD`. Inline structs are at the top.
    /// - `CHANNEL`, `CHANNEL::SIDE::MESSAGE`, `CHANNEL::SIDE::MESSAGE::MEMBER` and so on. `SIDE` is
    ///   `server` or `client`.
    /// - `protocol::CHANNEL`, an entry of the protocol.
    ///
    /// The fixed length of an array follows its field, as in `STRUCT::FIELD::[32]`. A case is also found by its index,
    /// as in `STRUCT::SWITCH::case 0`: fields of several cases can have one name.
    pub fn find<S: AsRef<str>>(&self, path: impl IntoIterator<Item = S>) -> Option<Span> {
        let mut names = &self.0;
        let mut span = None;
        for name in path {
            let entry = names.get(name.as_ref())?;
            names = &entry.names;
            span = Some(entry.span);
        }
        span
    }

    /// The span of a path that the file has: a model is made of the indexed file.
    pub(crate) fn known<S: AsRef<str>>(&self, path: &[S]) -> Span {
        match self.find(path) {
            Some(span) => span,
            None => unreachable!("the indexed file has each name of its model"),
        }
    }
}

/// Adds a name and returns the names inside. The first definition of a name wins.
fn add<'n>(names: &'n mut Names, name: &str, span: Span) -> &'n mut Names {
    let entry = names.entry(name.into()).or_insert_with(|| Entry {
        span,
        names: Names::new(),
    });
    &mut entry.names
}

fn add_body(top: &mut Names, body: &Struct) {
    add_members(add(top, body.name.text, body.name.span), &body.members);
    add_inline_structs(top, &body.members);
}

fn add_members(names: &mut Names, members: &[Member]) {
    for member in members {
        match member {
            Member::Field(field) => add_field(names, field),
            Member::Switch(switch) => {
                let fields = add(names, switch.name.text, switch.name.span);
                for (index, case) in switch.cases.iter().enumerate() {
                    add_field(fields, &case.field);
                    add(fields, &format!("case {index}"), case.field.name.span);
                }
            }
        }
    }
}

fn add_field(names: &mut Names, field: &Field) {
    let names = add(names, field.name.text, field.name.span);
    if let Some(ArraySize::Fixed(length)) = field.array.as_ref().map(|array| &array.size) {
        add(names, &format!("[{}]", length.value), length.span);
    }
}

fn add_inline_structs(top: &mut Names, members: &[Member]) {
    for member in members {
        match member {
            Member::Field(field) => add_inline_struct(top, &field.ty),
            Member::Switch(switch) => {
                for case in &switch.cases {
                    add_inline_struct(top, &case.field.ty);
                }
            }
        }
    }
}

fn add_inline_struct(top: &mut Names, ty: &Type) {
    if let Type::Inline(body) = ty {
        add_body(top, body);
    }
}

fn add_channel(top: &mut Names, channel: &Channel) {
    add(top, channel.name.text, channel.name.span);
    for (side, message) in channel.messages() {
        let sides = add(top, channel.name.text, channel.name.span);
        let messages = add(sides, side.name(), channel.name.span);
        let names = add(messages, message.name.text, message.name.span);
        if let MessageBody::Inline { members, .. } = &message.body {
            add_members(names, members);
            add_inline_structs(top, members);
        }
    }
}

fn add_protocol(top: &mut Names, protocol: &Protocol) {
    // No definition has the name of a keyword, but one can have the name of the protocol.
    let channels = add(top, "protocol", protocol.name.span);
    for channel in &protocol.channels {
        add(channels, channel.name.text, channel.name.span);
    }
}

#[cfg(test)]
mod tests {
    use super::SpanIndex;

    const TEXT: &str = "\
        typedef id uint32;
        enum8 kind { A, B };
        struct S { struct Inner { uint8 i[3]; } field; };
        channel Empty {};
        channel C {
         server:
            message { kind k; switch (k) { case A: uint8 a; case B: struct In { id b; } b; } u; } m;
         client:
            S m;
        };
        protocol P { C c; };
    ";

    /// The text up to the name that `path` leads to.
    fn before(path: &[&str]) -> Option<&'static str> {
        let (file, findings) = crate::syntax::parse(TEXT);
        assert_eq!(findings, []);
        let span = SpanIndex::new(&file).find(path)?;
        let name = path.last().unwrap().trim_matches(['[', ']']);
        assert_eq!(&TEXT[span.start..span.end], name);
        Some(TEXT[..span.start].trim_end())
    }

    #[test]
    fn every_name_has_a_span() {
        for (path, expected) in [
            (&["id"][..], "typedef"),
            (&["kind"], "enum8"),
            (&["kind", "B"], "enum8 kind { A,"),
            (&["S", "field"], "struct Inner { uint8 i[3]; }"),
            (&["Inner"], "struct S { struct"),
            (&["Inner", "i"], "struct Inner { uint8"),
            (&["Inner", "i", "[3]"], "uint8 i["),
            (&["Empty"], "channel"),
            (&["C", "server", "m", "k"], "message { kind"),
            (&["C", "server", "m", "u"], "struct In { id b; } b; }"),
            (&["C", "server", "m", "u", "a"], "case A: uint8"),
            (&["In", "b"], "struct In { id"),
            (&["C", "client", "m"], "S"),
            (&["protocol", "c"], "protocol P { C"),
        ] {
            let found = before(path);
            assert!(
                found.is_some_and(|text| text.ends_with(expected)),
                "{path:?}: {found:?}"
            );
        }
    }

    #[test]
    fn unknown_names_have_no_span() {
        for path in [&["nope"][..], &["kind", "C"], &["C", "client", "k"], &[]] {
            assert_eq!(before(path), None, "{path:?}");
        }
    }
}
