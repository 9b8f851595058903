//! Demarshallers: C functions that parse messages into structs.

mod block;
mod check;
mod read;

pub(super) use self::block::wire_size;

use super::context::Context;
use super::functions::{self, Function};
use super::text::Text;
use super::{Options, source_includes};
use crate::model::{Channel, Message, Model, Side, TypeId};

/// Structs and functions that do not depend on the proto.
const RUNTIME: &str = include_str!("runtime.c");

/// Generates the parsers of all messages that these sides send, as a C file.
///
/// The model has passed [`check`](super::check::check).
#[must_use]
pub fn demarshallers(model: &Model, sides: &[Side], options: &Options) -> String {
    let context = Context::new(model);
    let mut functions = functions::split(RUNTIME);
    for id in context.used_structs() {
        if !context.is_message(id) {
            add_struct(&context, id, &mut functions);
        }
    }
    add_messages(&context, sides, &mut functions);
    for side in sides {
        add_channels(&context, *side, &mut functions);
        functions.push(Function::public(channel_parser(&context, *side, options)));
        functions.push(Function::public(parse_any(*side, options)));
    }
    let standard = ["stdbool.h", "stddef.h", "stdint.h", "stdlib.h", "string.h"];
    let includes = source_includes(options, &standard);
    format!("{includes}{}", functions::needed(&functions))
}

/// Adds the functions of a struct: those of its block, and those for pointers and arrays.
fn add_struct(context: &Context, id: TypeId, functions: &mut Vec<Function>) {
    match context.plain_size(id) {
        Some(_) => functions.push(read::plain(context, id)),
        None => functions.extend([check::block(context, id), read::block(context, id)]),
    }
    functions.extend([check::pointee(context, id), read::copy(context, id)]);
    if context.end(id).is_none() {
        functions.push(read::array(context, id));
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
    let attributes = &context.body(id).attributes;
    functions.push(check::block(context, id));
    let read = if attributes.has("nocopy") {
        "NULL".to_owned()
    } else {
        functions.push(read::message(context, id));
        format!("read_{name}")
    };
    let text = format!(
        "
static const struct message_parser parser_{name} = {{
    sizeof({ty}), check_{name}, {read}
}};
"
    );
    let parser = Function::new(format!("parser_{name}"), text);
    functions.push(parser.within(attributes.argument("ifdef")));
}

fn add_channels(context: &Context, side: Side, functions: &mut Vec<Function>) {
    for channel in &context.model.channels {
        if !channel.entries.is_empty() {
            let parser = channel_function(context, channel, side);
            functions.push(parser.within(channel.attributes.argument("ifdef")));
        }
    }
}

/// The parameters of a function that parses a message, without its channel.
const PARAMETERS: &str = "uint16_t type, int minor,
    size_t *size_out, message_destructor_t *free_message)";

fn channel_function(context: &Context, channel: &Channel, side: Side) -> Function {
    let name = format!("parse_{}_{}", side.name(), channel.name);
    let mut cases = Text::of_function();
    for message in last_of_each_id(channel.messages(side)) {
        let constant = context.names.message(message, side);
        let function = context.function_name(message.body);
        let condition = context.body(message.body).attributes.argument("ifdef");
        cases.conditional(condition, |cases| {
            cases.line(format!("case {}: /* {constant} */", message.id));
            cases.line(format!("    parser = &parser_{function};"));
            cases.line("    break;");
        });
    }
    let cases = cases.as_str();
    let text = format!(
        "
static uint8_t *{name}(uint8_t *start, uint8_t *end, {PARAMETERS}
{{
    const struct message_parser *parser = NULL;

    (void) minor;
    switch (type) {{
{cases}    default:
        return NULL;
    }}
    return parse_message(parser, start, end, size_out, free_message);
}}
"
    );
    Function::new(name, text)
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

/// The function that finds the parser of a channel.
fn channel_parser(context: &Context, side: Side, options: &Options) -> String {
    let (name, suffix) = (side.name(), &options.suffix);
    let mut cases = Text::of_function();
    for entry in &context.model.protocol.channels {
        let channel = context.model.channel(entry.channel);
        let messages = channel.messages(side).iter();
        let max = messages.map(|message| message.id).max().unwrap_or(0);
        let constant = context.names.channel_type(&entry.name);
        cases.line(format!("case {}: /* {constant} */", entry.number));
        cases.conditional(channel.attributes.argument("ifdef"), |cases| {
            cases.line(format!("    parse = parse_{name}_{};", channel.name));
            cases.line(format!("    max = {max};"));
        });
        cases.line("    break;");
    }
    let cases = cases.as_str();
    format!(
        "
spice_parse_channel_func_t spice_get_{name}_channel_parser{suffix}(uint32_t channel, unsigned int *max_message_type)
{{
    spice_parse_channel_func_t parse = NULL;
    unsigned int max = 0;

    switch (channel) {{
{cases}    default:
        return NULL;
    }}
    if (max_message_type != NULL) {{
        *max_message_type = max;
    }}
    return parse;
}}
"
    )
}

/// The function that parses a message of any channel. It has a prototype, since headers of other projects do not
/// declare it.
fn parse_any(side: Side, options: &Options) -> String {
    let (name, suffix) = (side.name(), &options.suffix);
    let function = match side {
        Side::Server => "spice_parse_msg",
        Side::Client => "spice_parse_reply",
    };
    let head = format!(
        "uint8_t *{function}{suffix}(uint8_t *start, uint8_t *end, uint32_t channel, {PARAMETERS}"
    );
    format!(
        "
{head};

{head}
{{
    spice_parse_channel_func_t parse = spice_get_{name}_channel_parser{suffix}(channel, NULL);

    return parse == NULL ? NULL : parse(start, end, type, minor, size_out, free_message);
}}
"
    )
}
