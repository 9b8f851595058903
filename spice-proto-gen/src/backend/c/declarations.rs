//! Declarations of C structs.

use super::context::Context;
use super::guarded;
use super::members::{Form, form, has_terminator};
use super::text::Text;
use crate::model::{Field, Member, Model, Struct, TypeDef};

/// Which structs are declared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Structs {
    /// Structs with `@declare`, for use with headers written by hand.
    #[default]
    Marked,
    /// All that messages use, and everything else that generated C needs, as a header.
    All,
}

/// Generates the declarations of the C structs of messages. `name` is the name of the file without its ending.
///
/// The model has passed [`check`](super::check::check).
#[must_use]
pub fn declarations(model: &Model, structs: Structs, name: &str) -> String {
    let context = Context::new(model);
    let mut declared: Vec<Declaration> = Vec::new();
    for id in context.used_structs() {
        let body = context.body(id);
        if structs == Structs::Marked && !body.attributes.has("declare") {
            continue;
        }
        let ty = context.struct_type(id);
        let members = Members::new(&context, body);
        // Several bodies may have one C type. It has the members of all of them.
        match declared.iter_mut().find(|other| other.ty == ty) {
            Some(other) if structs == Structs::All => other.members.merge(members),
            Some(_) => {}
            None => declared.push(Declaration { ty, members }),
        }
    }
    let mut text = Text::default();
    for declaration in &declared {
        declaration.write(&mut text);
    }
    match structs {
        Structs::Marked => format!("{}{}", super::NOTICE, text.as_str()),
        Structs::All => {
            let types = format!(
                "{CHUNKS}{}{}{PARSER_TYPES}",
                number_types(&context),
                text.as_str()
            );
            guarded(
                name,
                "#include <stddef.h>\n#include <stdint.h>\n",
                &types,
                PARSERS,
            )
        }
    }
}

/// Data that stays where it is.
const CHUNKS: &str = "\
typedef struct SpiceChunk {
    uint8_t *data;
    uint32_t len;
} SpiceChunk;

typedef struct SpiceChunks {
    uint32_t data_size;
    uint32_t num_chunks;
    uint32_t flags;
    SpiceChunk chunk[0];
} SpiceChunks;
";

/// The types of the functions that demarshallers define.
const PARSER_TYPES: &str = "
typedef void (*message_destructor_t)(uint8_t *message);
typedef uint8_t *(*spice_parse_channel_func_t)(uint8_t *start, uint8_t *end, uint16_t type, int minor,
                                               size_t *size_out, message_destructor_t *free_message);
";

/// The functions that demarshallers define.
const PARSERS: &str = "\
spice_parse_channel_func_t spice_get_server_channel_parser(uint32_t channel, unsigned int *max_message_type);
spice_parse_channel_func_t spice_get_client_channel_parser(uint32_t channel, unsigned int *max_message_type);
";

/// The types that `@ctype` gives to numbers.
fn number_types(context: &Context) -> String {
    let mut text = String::new();
    let mut names: Vec<&str> = Vec::new();
    for definition in &context.model.types {
        let TypeDef::Alias(alias) = definition else {
            continue;
        };
        let (Some(name), Some(int)) = (
            alias.attributes.argument("ctype"),
            context.model.int(alias.target.ty),
        ) else {
            continue;
        };
        if !names.contains(&name) {
            names.push(name);
            text.push_str(&format!("\ntypedef {int}_t {name};\n"));
        }
    }
    text
}

/// The declaration of one C type.
struct Declaration {
    ty: String,
    members: Members,
}

impl Declaration {
    fn write(&self, text: &mut Text) {
        text.line("");
        text.open(format!("typedef struct {} {{", self.ty));
        if self.members.0.is_empty() {
            text.line("char dummy[0];");
        }
        self.members.write(text);
        text.close(format!("}} {};", self.ty));
    }
}

/// A member of a C struct.
enum Declared {
    Member {
        name: String,
        text: String,
        is_end: bool,
    },
    /// A union, and its members.
    Union(String, Members),
}

impl Declared {
    fn name(&self) -> &str {
        match self {
            Self::Member { name, .. } | Self::Union(name, _) => name,
        }
    }
}

struct Members(Vec<Declared>);

impl Members {
    fn new(context: &Context, body: &Struct) -> Self {
        let mut members = Self(Vec::new());
        for member in &body.members {
            match member {
                Member::Switch(switch) if !switch.attributes.has("anon") => {
                    let mut inner = Self(Vec::new());
                    member
                        .fields()
                        .for_each(|field| inner.push_field(context, field));
                    if !inner.0.is_empty() {
                        members.0.push(Declared::Union(switch.name.clone(), inner));
                    }
                }
                _ => member
                    .fields()
                    .for_each(|field| members.push_field(context, field)),
            }
        }
        members
    }

    fn push_field(&mut self, context: &Context, field: &Field) {
        let is_end = form(field).is_at_end();
        if let Form::InMessage(Some(length)) = form(field) {
            self.push(length, format!("uint32_t {length};"), false);
        }
        if let Some(text) = declaration(context, field) {
            self.push(&field.name, text, is_end);
        }
    }

    fn push(&mut self, name: &str, text: String, is_end: bool) {
        if self.0.iter().all(|member| member.name() != name) {
            self.0.push(Declared::Member {
                name: name.to_owned(),
                text,
                is_end,
            });
        }
    }

    fn write(&self, text: &mut Text) {
        for member in &self.0 {
            match member {
                Declared::Member { text: line, .. } => text.line(line),
                Declared::Union(name, members) => {
                    text.open("union {");
                    members.write(text);
                    text.close(format!("}} {name};"));
                }
            }
        }
    }

    /// Adds the members that only `other` has. An array at the end stays there.
    fn merge(&mut self, other: Self) {
        for member in other.0 {
            if self.0.iter().all(|found| found.name() != member.name()) {
                let is_end =
                    |found: &Declared| matches!(found, Declared::Member { is_end: true, .. });
                let end = self.0.iter().position(is_end).unwrap_or(self.0.len());
                self.0.insert(end, member);
            }
        }
    }
}

/// The declaration of a field's member. `None` if it has none.
fn declaration(context: &Context, field: &Field) -> Option<String> {
    let (name, ty) = (&field.name, context.names.value(field));
    let form = form(field);
    Some(match form {
        Form::None => return None,
        Form::Value if context.is_empty(field) => return None,
        Form::Value | Form::Descriptor | Form::Constant(_) => format!("{ty} {name};"),
        Form::Fixed(length) => {
            let length = length.saturating_add(has_terminator(field).into());
            format!("{ty} {name}[{length}];")
        }
        Form::End => format!("{ty} {name}[0];"),
        Form::PointersAtEnd => format!("{ty} *{name}[0];"),
        Form::InMessage(_) | Form::Copy | Form::Pointee | Form::PointeeInMessage => {
            format!("{ty} *{name};")
        }
        Form::Chunks | Form::PointeeChunks => format!("SpiceChunks *{name};"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analysis;
    use crate::diagnostic::Levels;

    /// The struct of all messages of a channel, which have one C type.
    fn shared_struct(messages: &[&str]) -> String {
        let messages: String = messages
            .iter()
            .enumerate()
            .map(|(index, members)| format!("message {{ {members} }} @ctype(Shared) m{index};\n"))
            .collect();
        let proto = format!("channel C {{ {messages} }}; protocol P {{ C c; }};");
        let analysis = Analysis::new(proto.as_bytes(), &Levels::default());
        let model = analysis.model.unwrap();
        let text = declarations(&model, Structs::All, "test");
        let start = text.find("typedef struct Shared {").unwrap();
        let (found, _) = text.split_at(start).1.split_once("} Shared;").unwrap();
        found.to_owned()
    }

    #[test]
    fn struct_of_several_bodies_has_the_members_of_all() {
        let expected =
            "typedef struct Shared {\n    uint8_t a;\n    uint16_t b;\n    uint32_t c;\n";
        assert_eq!(
            shared_struct(&["uint8 a; uint16 b;", "uint8 a; uint32 c;"]),
            expected
        );
    }

    #[test]
    fn array_at_the_end_stays_there() {
        let expected =
            "typedef struct Shared {\n    uint8_t a;\n    uint16_t b;\n    uint8_t data[0];\n";
        let messages = ["uint8 a; uint8 data[] @end;", "uint8 a; uint16 b;"];
        assert_eq!(shared_struct(&messages), expected);
        let messages = ["uint8 a; uint16 b;", "uint8 a; uint8 data[] @end;"];
        assert_eq!(shared_struct(&messages), expected);
    }
}
