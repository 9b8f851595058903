//! Functions that check a block, and add up the memory that its value takes beside its C struct.

use super::super::context::Context;
use super::super::functions::Function;
use super::super::members::{Form, form, has_terminator};
use super::super::text::Text;
use super::block::{Block, get};
use crate::model::{Array, Field, FieldRef, Segment, Type, TypeId};

/// The function that checks a block of a struct or message.
pub(super) fn block(context: &Context, id: TypeId) -> Function {
    let block = Block::new(context, id);
    let name = format!("check_{}", block.name);
    let mut text = Text::of_function();
    text.declarations(&block.declarations(|segment| is_read(&block, segment)));
    block.write_parts(&mut text, write_segment, write_field);
    if block.body.parts.is_empty() {
        text.line("(void) c;");
    }
    text.line("return true;");
    let head = format!("static bool {name}(struct message_check *c)");
    Function::of_statements(name, &head, &text)
}

/// The function that checks a pointee of a struct.
pub(super) fn pointee(context: &Context, id: TypeId) -> Function {
    let (name, ty) = (context.function_name(id), context.struct_type(id));
    let block = match context.plain_size(id) {
        Some(size) => format!("check_bytes(c, {size})"),
        None => format!("check_{name}(c)"),
    };
    let text = format!(
        "
static bool check_{name}_pointee(struct message_check *c, uint32_t offset)
{{
    uint8_t *in = c->in;

    if (offset == 0) {{
        return true;
    }}
    if (!check_offset(c, offset) || !add_memory(c, sizeof({ty})) || !{block}) {{
        return false;
    }}
    c->in = in;
    return true;
}}
"
    );
    Function::new(format!("check_{name}_pointee"), text)
}

/// Whether a check depends on the values of a segment.
fn is_read(block: &Block, segment: &Segment) -> bool {
    let mut fields = block.segment_fields(segment).into_iter();
    fields.any(|(position, field, _)| form(field).is_pointer() || block.has_variables(position))
}

fn write_segment(block: &Block, text: &mut Text, segment: &Segment) {
    if segment.size == 0 {
        return;
    }
    if is_read(block, segment) {
        text.line("in = c->in;");
    }
    text.fail_if(format!("!check_bytes(c, {})", segment.size));
    for (position, field, offset) in block.segment_fields(segment) {
        block.write_variables(text, position, offset);
        if form(field).is_pointer() {
            write_pointer(block, text, field, &get("uint32", offset));
            continue;
        }
        let count = block.count(text, field, "");
        if let Some(memory) = memory(block, field, &count) {
            text.fail_if(format!("!{memory}"));
        }
        write_elements(block, text, field, &count);
    }
}

/// The condition that there is memory for a field whose value is after the struct.
fn memory(block: &Block, field: &Field, count: &str) -> Option<String> {
    let ty = block.context.names.value(field);
    let more = u8::from(has_terminator(field));
    Some(match form(field) {
        Form::End | Form::Copy => format!("add_array(c, {count}, sizeof({ty}), {more})"),
        Form::PointersAtEnd => format!("add_array(c, {count}, sizeof({ty} *), 0)"),
        Form::Chunks => "add_memory(c, sizeof(SpiceChunks) + sizeof(SpiceChunk))".to_owned(),
        _ => return None,
    })
}

fn write_pointer(block: &Block, text: &mut Text, field: &Field, offset: &str) {
    let context = block.context;
    let size = context.wire_size(field.ty.ty).unwrap_or_default();
    let count = block.count(text, field, "");
    let terminator = u8::from(has_terminator(field));
    let memory = match form(field) {
        Form::PointeeInMessage => "0, 0".to_owned(),
        Form::PointeeChunks => "0, sizeof(SpiceChunks) + sizeof(SpiceChunk)".to_owned(),
        _ => format!("sizeof({}), {terminator}", context.names.value(field)),
    };
    let check = match (field.ty.ty, field.array) {
        (Type::Struct(id), _) => {
            format!("check_{}_pointee(c, {offset})", context.function_name(id))
        }
        (_, Some(Array::CString)) => format!("check_string_pointee(c, {offset})"),
        (_, Some(Array::Remaining)) => format!("check_rest_pointee(c, {offset}, {size}, {memory})"),
        _ => format!("check_array_pointee(c, {offset}, {count}, {size}, {memory})"),
    };
    if field.pointer.is_some_and(|pointer| pointer.nonnull) {
        text.fail_if(format!("{offset} == 0 || !{check}"))
    } else {
        text.fail_if(format!("!{check}"))
    }
}

/// Checks a field of variable size.
fn write_field(block: &Block, text: &mut Text, field: &Field, position: FieldRef) {
    if form(field) == Form::Descriptor {
        return;
    }
    if block.has_variables(position) {
        text.line("in = c->in;");
    }
    match block.context.nested_struct(field) {
        Some((id, _)) => {
            let check = format!("!check_{}(c)", block.context.function_name(id));
            let memory = memory(block, field, "1").map(|memory| format!("!{memory}"));
            let conditions: Vec<_> = memory.into_iter().chain([check]).collect();
            text.fail_if(conditions.join(" || "));
        }
        None => write_array(block, text, field),
    }
    block.write_variables(text, position, 0);
}

fn write_array(block: &Block, text: &mut Text, field: &Field) {
    let size = block.context.wire_size(field.ty.ty);
    let rest = format!("rest_of_check(c, {})", size.unwrap_or_default());
    let count = block.count(text, field, &rest);
    let bytes = size.map(|size| format!("!check_array(c, {count}, {size})"));
    let memory = memory(block, field, &count).map(|memory| format!("!{memory}"));
    let conditions: Vec<_> = bytes.into_iter().chain(memory).collect();
    if !conditions.is_empty() {
        text.fail_if(conditions.join(" || "));
    }
    write_elements(block, text, field, &count);
}

/// Checks each element of an array, if elements vary in size or have memory of their own.
fn write_elements(block: &Block, text: &mut Text, field: &Field, count: &str) {
    let (context, ty) = (block.context, block.context.names.value(field));
    let memory = match form(field) {
        Form::PointersAtEnd => Some(format!("!add_memory(c, sizeof({ty}))")),
        _ => None,
    };
    let bytes = match (context.wire_size(field.ty.ty), field.ty.ty) {
        (None, Type::Struct(id)) => Some(format!("!check_{}(c)", context.function_name(id))),
        _ => None,
    };
    let conditions: Vec<_> = memory.into_iter().chain(bytes).collect();
    if !conditions.is_empty() {
        text.open(format!("for (uint64_t i = 0; i < {count}; i++) {{"));
        text.fail_if(conditions.join(" || "));
        text.close("}");
    }
}
