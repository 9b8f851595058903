//! Demarshallers: C functions that parse messages into structs.

mod block;
mod check;
mod read;

pub(super) use self::block::wire_size;

use super::context::Context;
use super::functions::{self, Function};
use super::names::int_name;
use super::text::Text;
use super::{Options, guarded, includes, source_includes};
use crate::model::{Channel, Int, Message, Model, Side, TypeId};

/// Structs and functions that do not depend on the proto.
const RUNTIME: &str = include_str!("runtime.c");

/// Generates the parsers of all messages that these sides send, as a C file.
///
/// The model has passed [`check`](super::check::check).
#[must_use]
pub fn demarshallers(model: &Model, sides: &[Side], options: &Options) -> String {
    let context = Context::new(model);
    let mut functions = functions::split(RUNTIME);
    add_number_copies(&mut functions);
    for id in context.used_structs() {
        if !context.is_message(id) {
            add_struct(&context, id, &mut functions);
        }
    }
    add_messages(&context, sides, &mut functions);
    for side in sides {
        add_channels(&context, *side, &mut functions);
        functions.push(public(
            "channel_parser",
            channel_parser(&context, *side, options),
        ));
        functions.push(public("parse", parse_any(*side, options)));
    }
    let mut text = source_includes(
        options,
        &["stdbool.h", "stddef.h", "stdint.h", "stdlib.h", "string.h"],
    );
    text.push_str(&functions::needed(&functions));
    text
}

/// The header of demarshallers, which includes what they include: other headers declare their functions. `name` is the
/// name of the header without its ending.
#[must_use]
pub fn demarshallers_header(name: &str, options: &Options) -> String {
    guarded(name, &includes(options), "", "")
}

fn public(name: &str, text: String) -> Function {
    Function {
        public: true,
        ..Function::new(name, text)
    }
}

fn written(name: String, write: impl FnOnce(&mut Text)) -> Function {
    let mut text = Text::default();
    write(&mut text);
    Function::new(name, text.into_string())
}

fn add_number_copies(functions: &mut Vec<Function>) {
    for bytes in [1, 2, 4, 8] {
        let name = int_name(Int {
            bytes,
            signed: false,
        });
        functions.push(written(format!("copy_{name}_array"), |text| {
            read::write_number_copy(&name, false, text);
        }));
    }
    functions.push(written("copy_text".to_owned(), |text| {
        read::write_number_copy("uint8", true, text);
    }));
}

/// Adds the functions of a struct: those of its block, and those for pointers and arrays.
fn add_struct(context: &Context, id: TypeId, functions: &mut Vec<Function>) {
    let name = context.function_name(id);
    match context.plain_size(id) {
        Some(_) => functions.push(written(format!("read_{name}"), |text| {
            read::write_plain(context, id, text);
        })),
        None => {
            functions.push(written(format!("check_{name}"), |text| {
                check::write(context, id, text);
            }));
            functions.push(written(format!("read_{name}"), |text| {
                read::write(context, id, text);
            }));
        }
    }
    functions.push(written(format!("check_{name}_pointee"), |text| {
        check::write_pointee(context, id, text);
    }));
    functions.push(written(format!("copy_{name}"), |text| {
        read::write_copy(context, id, text);
    }));
    if context.end(id).is_none() {
        functions.push(written(format!("read_{name}_array"), |text| {
            read::write_array(context, id, text);
        }));
    }
}

/// Adds the parser of each message, once for channels that inherit it.
fn add_messages(context: &Context, sides: &[Side], functions: &mut Vec<Function>) {
    let mut done = vec![false; context.model.types.len()];
    for channel in &context.model.channels {
        for message in sides.iter().flat_map(|side| channel.messages(*side)) {
            let Some(done) = done.get_mut(message.body.0) else {
                unreachable!("a message's body is a type");
            };
            if !std::mem::replace(done, true) {
                add_message(context, message.body, functions);
            }
        }
    }
}

fn add_message(context: &Context, id: TypeId, functions: &mut Vec<Function>) {
    let (name, ty) = (context.function_name(id), context.struct_type(id));
    let body = context.body(id);
    functions.push(written(format!("check_{name}"), |text| {
        check::write(context, id, text);
    }));
    let read = match body.attributes.has("nocopy") {
        true => "NULL".to_owned(),
        false => {
            functions.push(written(format!("read_{name}"), |text| {
                read::write_message(context, id, text);
            }));
            format!("read_{name}")
        }
    };
    let parser = written(format!("parser_{name}"), |text| {
        text.line("");
        text.open(format!(
            "static const struct message_parser parser_{name} = {{"
        ));
        text.line(format!("sizeof({ty}), check_{name}, {read}"));
        text.close("};");
    });
    functions.push(Function {
        condition: body.attributes.argument("ifdef").map(str::to_owned),
        ..parser
    });
}

fn add_channels(context: &Context, side: Side, functions: &mut Vec<Function>) {
    for channel in &context.model.channels {
        if channel.entries.is_empty() {
            continue;
        }
        let function = written(
            format!("parse_{}_{}", side_name(side), channel.name),
            |text| {
                write_channel(context, channel, side, text);
            },
        );
        functions.push(Function {
            condition: channel.attributes.argument("ifdef").map(str::to_owned),
            ..function
        });
    }
}

/// The parameters of a function that parses a message, without its channel.
const PARAMETERS: &str = "uint16_t type, int minor,
    size_t *size_out, message_destructor_t *free_message)";

fn write_channel(context: &Context, channel: &Channel, side: Side, text: &mut Text) {
    text.line("");
    text.line(format!(
        "static uint8_t *parse_{}_{}(uint8_t *start, uint8_t *end, {PARAMETERS}",
        side_name(side),
        channel.name
    ));
    text.open("{");
    text.line("const struct message_parser *parser = NULL;");
    text.line("");
    text.line("(void) minor;");
    text.open("switch (type) {");
    for message in last_of_each_id(channel.messages(side)) {
        let body = context.body(message.body);
        let id = message.id;
        let name = context.names.message(message, side);
        let function = context.function_name(message.body);
        text.conditional(body.attributes.argument("ifdef"), |text| {
            text.label(&format!("case {id}: /* {name} */"));
            text.line(format!("parser = &parser_{function};"));
            text.line("break;");
        });
    }
    text.label("default:");
    text.line("return NULL;");
    text.close("}");
    text.line("return parse_message(parser, start, end, size_out, free_message);");
    text.close("}");
}

/// The messages of a channel. If an old proto gives several messages one id, the last one is parsed.
fn last_of_each_id(messages: &[Message]) -> impl Iterator<Item = &Message> {
    let is_last = |index: usize, message: &Message| {
        let mut later = messages.iter().skip(index + 1);
        !later.any(|other| other.id == message.id)
    };
    let messages = messages.iter().enumerate();
    messages
        .filter(move |(index, message)| is_last(*index, message))
        .map(|(_, message)| message)
}

const fn side_name(side: Side) -> &'static str {
    match side {
        Side::Server => "server",
        Side::Client => "client",
    }
}

fn channel_parser(context: &Context, side: Side, options: &Options) -> String {
    let mut text = Text::default();
    let (name, suffix) = (side_name(side), &options.suffix);
    text.line("");
    text.line(format!(
        "spice_parse_channel_func_t spice_get_{name}_channel_parser{suffix}(uint32_t channel, unsigned int *max_message_type)"
    ));
    text.open("{");
    text.line("spice_parse_channel_func_t parse = NULL;");
    text.line("unsigned int max = 0;");
    text.line("");
    text.open("switch (channel) {");
    for entry in &context.model.protocol.channels {
        let Some(channel) = context.model.channels.get(entry.channel.0) else {
            unreachable!("an entry of the protocol refers to a channel");
        };
        let messages = channel.messages(side).iter();
        let max = messages.map(|message| message.id).max().unwrap_or(0);
        let (number, constant) = (entry.number, context.names.channel_type(&entry.name));
        text.label(&format!("case {number}: /* {constant} */"));
        text.conditional(channel.attributes.argument("ifdef"), |text| {
            text.line(format!("parse = parse_{name}_{};", channel.name));
            text.line(format!("max = {max};"));
        });
        text.line("break;");
    }
    text.label("default:");
    text.line("return NULL;");
    text.close("}");
    text.open("if (max_message_type != NULL) {");
    text.line("*max_message_type = max;");
    text.close("}");
    text.line("return parse;");
    text.close("}");
    text.into_string()
}

/// The function that parses a message of any channel.
fn parse_any(side: Side, options: &Options) -> String {
    let (name, suffix) = (side_name(side), &options.suffix);
    let function = match side {
        Side::Server => "spice_parse_msg",
        Side::Client => "spice_parse_reply",
    };
    let head = format!(
        "uint8_t *{function}{suffix}(uint8_t *start, uint8_t *end, uint32_t channel, {PARAMETERS}"
    );
    let mut text = Text::default();
    // Headers of other projects do not declare it.
    text.line("");
    text.line(format!("{head};"));
    text.line("");
    text.line(head);
    text.open("{");
    text.line(format!(
        "spice_parse_channel_func_t parse = spice_get_{name}_channel_parser{suffix}(channel, NULL);"
    ));
    text.line("");
    text.line(
        "return parse == NULL ? NULL : parse(start, end, type, minor, size_out, free_message);",
    );
    text.close("}");
    text.into_string()
}
