//! The parts of a model as a proto writes them.

use std::fmt;

use super::{
    Array, Channel, FieldRef, Int, Model, Origin, ProtocolChannel, Struct, Type, TypeDef, TypeRef,
};

impl TypeDef {
    /// Name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Alias(found) => &found.name,
            Self::Enum(found) => &found.name,
            Self::Struct(found) => &found.name,
        }
    }
}

/// The name of the type, such as `uint32`.
impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.signed { "" } else { "u" };
        write!(f, "{sign}int{}", u16::from(self.bytes) * 8)
    }
}

impl Channel {
    /// The name of the definition without `Channel`: `UsbredirChannel` is `Usbredir`.
    #[must_use]
    pub fn short_name(&self) -> &str {
        match self.name.strip_suffix("Channel") {
            None | Some("") => &self.name,
            Some(short) => short,
        }
    }
}

impl Struct {
    /// The length of one of the body's arrays, as between the brackets of a declaration.
    #[must_use]
    pub fn length_of(&self, array: Array) -> String {
        let name = |count: FieldRef| match self.field(count) {
            Some(field) => field.name.as_str(),
            None => unreachable!("the length of an array depends on fields of its body"),
        };
        match array {
            Array::Fixed(length) => length.to_string(),
            Array::Count(count) => name(count).to_owned(),
            Array::ImageSize { bits, width, rows } => {
                let [width, rows] = [width, rows].map(|side| name(FieldRef::member(side)));
                format!("image_size({bits}, {width}, {rows})")
            }
            Array::CString => "cstring()".to_owned(),
            Array::Remaining => String::new(),
        }
    }
}

impl Model {
    /// The name by which a proto refers to a type.
    #[must_use]
    pub fn type_name(&self, reference: TypeRef) -> String {
        match (reference.definition(), reference.ty) {
            (Some(id), _) => self.definition(id).name().to_owned(),
            (None, Type::Int(int)) => int.to_string(),
            (None, _) => "unix_fd".to_owned(),
        }
    }

    /// The names that lead to a body in the proto: `Rect`, or channel, side and message.
    #[must_use]
    pub fn path<'m>(&'m self, body: &'m Struct) -> Vec<&'m str> {
        match body.origin {
            Origin::Body { channel, side, .. } => {
                vec![&self.channel(channel).name, side.name(), &body.name]
            }
            Origin::Struct | Origin::Inline | Origin::Message => vec![&body.name],
        }
    }

    /// The entries of the protocol that use a channel.
    pub fn entries<'m>(
        &'m self,
        channel: &'m Channel,
    ) -> impl Iterator<Item = &'m ProtocolChannel> {
        let entries = channel.entries.iter();
        entries.map(|entry| match self.protocol.channels.get(*entry) {
            Some(entry) => entry,
            None => unreachable!("`Channel::entries` are indexes of the protocol's channels"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analysis;
    use crate::diagnostic::Levels;

    #[test]
    fn declarations_are_written_as_in_the_proto() {
        let proto = "typedef size uint16; struct Point { int8 x; }; struct S {
            int64 i; size n; Point list[n]; uint8 text[cstring()] @end; unix_fd fds[3];
            uint8 pixels[image_size(4, n, n)]; uint8 rest[];
        }; protocol P {};";
        let model = Analysis::new(proto.as_bytes(), &Levels::default())
            .model
            .unwrap();
        let body = model.types.iter().find_map(|ty| match ty {
            TypeDef::Struct(body) if body.name == "S" => Some(body),
            _ => None,
        });
        let body = body.unwrap();
        let fields = body.fields().map(|(_, field)| {
            let length = field
                .array
                .map(|array| format!("[{}]", body.length_of(array)));
            model.type_name(field.ty) + &length.unwrap_or_default()
        });
        let fields: Vec<_> = fields.collect();
        let expected = "int64 size Point[n] uint8[cstring()] unix_fd[3] \
            uint8[image_size(4, n, n)] uint8[]";
        assert_eq!(fields.join(" "), expected);
    }
}
