//! Functions that read a checked block into its C struct.

use super::super::context::Context;
use super::super::functions::Function;
use super::super::members::{Form, form, has_terminator};
use super::super::text::Text;
use super::block::{Block, address, get};
use crate::model::{Field, FieldRef, Member, Part, Segment, Type, TypeId};

/// The function that reads a struct of fixed size at an address.
pub(super) fn plain(context: &Context, id: TypeId) -> Function {
    let block = Block::new(context, id);
    let (name, ty) = (format!("read_{}", block.name), &block.ty);
    let mut text = Text::of_function();
    write_constants(&block, &mut text);
    for part in &block.body.parts {
        if let Part::Segment(segment) = part {
            write_fields(&block, &mut text, segment);
        }
    }
    let head = format!("static inline void {name}({ty} *out, const uint8_t *in)");
    Function::of_statements(name, &head, &text)
}

/// The function that reads a struct of variable size.
pub(super) fn block(context: &Context, id: TypeId) -> Function {
    let block = Block::new(context, id);
    let (name, ty) = (format!("read_{}", block.name), &block.ty);
    let place = context.end(id).map_or("", |_| ", uint8_t *place");
    let mut text = Text::of_function();
    text.declarations(&block.declarations(|segment| is_read(&block, segment)));
    write_constants(&block, &mut text);
    block.write_parts(&mut text, write_segment, write_field);
    let head = format!("static void {name}(struct message_reader *r, {ty} *out{place})");
    Function::of_statements(name, &head, &text)
}

/// The function that reads a message. Its struct is at `place`.
pub(super) fn message(context: &Context, id: TypeId) -> Function {
    let block = Block::new(context, id);
    let (name, ty) = (format!("read_{}", block.name), &block.ty);
    let mut statements = Text::of_function();
    write_constants(&block, &mut statements);
    block.write_parts(&mut statements, write_segment, write_field);
    let statements = statements.as_str();
    let mut text = Text::of_function();
    let mut declarations = Vec::new();
    if statements.contains("out->") {
        declarations.push(format!("{ty} *out = ({ty} *) (void *) place;"));
    }
    let pointers = context.pointers(id);
    if pointers > 0 {
        declarations.push(format!("struct pointer pointers[{pointers}];"));
    }
    declarations.extend(block.declarations(|segment| is_read(&block, segment)));
    text.declarations(&declarations);
    if !statements.contains("out->") && !statements.contains("place") {
        text.line("(void) place;");
    }
    if statements.is_empty() {
        text.line("(void) r;");
    }
    if statements.contains("out->") {
        write_clear(context, id, &mut text);
    }
    if pointers > 0 {
        text.line("r->pointer = pointers;");
    }
    text.push(statements);
    if pointers > 0 {
        text.line("read_pointees(r, pointers);");
        text.line("r->pointer = NULL;");
    }
    let head = format!("static void {name}(struct message_reader *r, uint8_t *place)");
    Function::of_statements(name, &head, &text)
}

/// The function that reads a struct into a copy of its own, with its pointees after it.
///
/// Places in a result have an alignment of 4 bytes. If the struct may need more, it is made in a variable.
pub(super) fn copy(context: &Context, id: TypeId) -> Function {
    let (name, ty) = (context.function_name(id), context.struct_type(id));
    let (end, pointers) = (context.end(id), context.pointers(id));
    let read = read_struct(context, id, end.map_or("", |_| ", place"));
    let mut declarations = vec![format!("uint8_t *place = allocate(r, sizeof({ty}));")];
    declarations.extend(declare_out(context, id, "place"));
    if pointers > 0 {
        declarations.push(format!("struct pointer pointers[{pointers}];"));
        declarations.push("struct pointer *outer = r->pointer;".to_owned());
    }
    let mut text = Text::of_function();
    text.declarations(&declarations);
    text.line("(void) count;");
    text.line("(void) size;");
    write_clear(context, id, &mut text);
    if context.is_wide(id) && end.is_some() {
        text.line("memset(place, 0, sizeof value);");
    }
    if pointers > 0 {
        text.line("r->pointer = pointers;");
    }
    text.line(read);
    if pointers > 0 {
        text.line("read_pointees(r, pointers);");
        text.line("r->pointer = outer;");
    }
    if context.is_wide(id) {
        text.open("if (out == &value) {");
        match end {
            None => text.line("memcpy(place, &value, sizeof value);"),
            // Elements are already in their place. Another case of their switch may have a value there instead.
            Some(end) => text.line(format!(
                "copy_around_end(place, (uint8_t *) &value, offsetof({ty}, {end}), sizeof value);"
            )),
        }
        text.close("}");
    }
    text.line("return place;");
    let head = format!(
        "static uint8_t *copy_{name}(struct message_reader *r, uint64_t count, uint64_t size)"
    );
    Function::of_statements(format!("copy_{name}"), &head, &text)
}

/// The function that reads elements of a struct to `place`.
pub(super) fn array(context: &Context, id: TypeId) -> Function {
    let (name, ty) = (context.function_name(id), context.struct_type(id));
    let mut text = Text::of_function();
    text.open("for (uint64_t i = 0; i < count; i++) {");
    text.declarations(&declare_out(
        context,
        id,
        &format!("place + i * sizeof({ty})"),
    ));
    write_clear(context, id, &mut text);
    text.line(read_struct(context, id, ""));
    if context.is_wide(id) {
        text.open("if (out == &value) {");
        text.line("memcpy(place + i * sizeof value, &value, sizeof value);");
        text.close("}");
    }
    text.close("}");
    let head = format!(
        "static void read_{name}_array(struct message_reader *r, uint8_t *place, uint64_t count)"
    );
    Function::of_statements(format!("read_{name}_array"), &head, &text)
}

/// Sets a struct to zero if a switch may leave members without a value, or if it is made in a variable, which has
/// other bytes as padding.
fn write_clear(context: &Context, id: TypeId, text: &mut Text) {
    if context.body(id).contains.switches || context.is_wide(id) && !context.is_message(id) {
        text.line("memset(out, 0, sizeof *out);");
    }
}

/// The declaration of `out`, the struct at a place, or a variable if the place is not aligned for it.
fn declare_out(context: &Context, id: TypeId, place: &str) -> Vec<String> {
    let ty = context.struct_type(id);
    if context.is_wide(id) {
        vec![
            format!("{ty} value;"),
            format!("{ty} *out = is_aligned({place}) ? ({ty} *) (void *) ({place}) : &value;"),
        ]
    } else {
        vec![format!("{ty} *out = ({ty} *) (void *) ({place});")]
    }
}

/// Reads a struct at the position of the reader into `*out`.
fn read_struct(context: &Context, id: TypeId, place: &str) -> String {
    let name = context.function_name(id);
    match context.plain_size(id) {
        Some(size) => format!("read_{name}(out, next_bytes(r, {size}));"),
        None => format!("read_{name}(r, out{place});"),
    }
}

fn write_constants(block: &Block, text: &mut Text) {
    for member in &block.body.members {
        if let Member::Field(field) = member
            && let Form::Constant(value) = form(field)
        {
            text.line(format!("out->{} = {value};", field.name));
        }
    }
}

/// Whether a segment has a field with a member in C.
fn is_read(block: &Block, segment: &Segment) -> bool {
    let mut fields = block.segment_fields(segment).into_iter();
    fields.any(|(_, field, _)| form(field) != Form::None && !block.context.is_empty(field))
}

/// Reads a segment at the position of the reader.
fn write_segment(block: &Block, text: &mut Text, segment: &Segment) {
    if is_read(block, segment) {
        text.line("in = r->in;");
    }
    if segment.size > 0 {
        text.line(format!("r->in += {};", segment.size));
    }
    write_fields(block, text, segment);
}

/// Reads the fields of a segment at `in`.
fn write_fields(block: &Block, text: &mut Text, segment: &Segment) {
    for (position, field, offset) in block.segment_fields(segment) {
        let path = block.path(position);
        block.write_variables(text, position, offset);
        match (form(field), block.variable_of(position)) {
            (Form::None, _) => {}
            (Form::Value, Some(variable)) => text.line(format!("out->{path} = {variable};")),
            (Form::Value, None) => write_element(block, text, field, &path, &address(offset)),
            (Form::Fixed(length), _) => write_fixed(block, text, field, &path, length, offset),
            (form, _) if form.is_pointer() => write_pointer(block, text, field, &path, offset),
            _ => {
                // The reader moves to the field and back.
                text.line(format!("r->in = {};", address(offset)));
                write_after_struct(block, text, field, &path);
                text.line(format!("r->in = {};", address(segment.size)));
            }
        }
    }
}

/// Reads a number or a struct of fixed size at an address.
fn write_element(block: &Block, text: &mut Text, field: &Field, path: &str, address: &str) {
    match (field.ty.ty, block.context.model.int(field.ty.ty)) {
        (_, Some(int)) => {
            let cast = if int.signed {
                format!("({int}_t) ")
            } else {
                String::new()
            };
            let bits = u32::from(int.bytes) * 8;
            text.line(format!("out->{path} = {cast}get_uint{bits}({address});"));
        }
        _ if block.context.is_empty(field) => {}
        (Type::Struct(id), _) => {
            let name = block.context.function_name(id);
            text.line(format!("read_{name}(&out->{path}, {address});"));
        }
        _ => unreachable!("descriptors have no bytes"),
    }
}

/// Reads an array of constant length at an offset.
fn write_fixed(
    block: &Block,
    text: &mut Text,
    field: &Field,
    path: &str,
    length: u64,
    offset: u64,
) {
    let int = block.context.model.int(field.ty.ty);
    if int.is_some_and(|int| int.bytes == 1) {
        text.line(format!(
            "memcpy(out->{path}, {}, {length});",
            address(offset)
        ));
        if has_terminator(field) {
            text.line(format!("out->{path}[{length}] = 0;"));
        }
        return;
    }
    let size = block.context.wire_size(field.ty.ty).unwrap_or_default();
    text.open(format!("for (unsigned i = 0; i < {length}; i++) {{"));
    let address = format!("{} + {size} * i", address(offset));
    write_element(block, text, field, &format!("{path}[i]"), &address);
    text.close("}");
}

fn write_pointer(block: &Block, text: &mut Text, field: &Field, path: &str, offset: u64) {
    let offset = get("uint32", offset);
    let size = block.context.wire_size(field.ty.ty).unwrap_or(1).max(1);
    let count = block.count(
        text,
        field,
        &format!("rest_of_pointee(r, {offset}, {size})"),
    );
    let read = copy_function(block, field);
    text.line(format!(
        "read_pointer(r, {offset}, {count}, {size}, {read}, &out->{path});"
    ));
}

/// Reads a field of variable size.
fn write_field(block: &Block, text: &mut Text, field: &Field, position: FieldRef) {
    let path = block.path(position);
    if block.has_variables(position) {
        text.line("in = r->in;");
    }
    block.write_variables(text, position, 0);
    match (form(field), block.context.nested_struct(field)) {
        (Form::Descriptor, _) => text.line(format!("out->{path} = -1;")),
        (Form::Value, Some((id, _))) => {
            let name = block.context.function_name(id);
            let place = match block.context.end(id) {
                Some(_) => format!(", place + offsetof({}, {path})", block.ty),
                None => String::new(),
            };
            text.line(format!("read_{name}(r, &out->{path}{place});"));
        }
        _ => write_after_struct(block, text, field, &path),
    }
}

/// Reads a field whose bytes go after the struct, or stay in the message.
fn write_after_struct(block: &Block, text: &mut Text, field: &Field, path: &str) {
    let (context, ty) = (block.context, block.context.names.value(field));
    let size = context.wire_size(field.ty.ty);
    let rest = format!("rest_of_message(r, {})", size.unwrap_or_default());
    let count = block.count(text, field, &rest);
    let place = format!("place + offsetof({}, {path})", block.ty);
    let number = size.unwrap_or_default();
    match form(field) {
        Form::End => {
            match field.ty.ty {
                Type::Struct(id) => {
                    let name = context.function_name(id);
                    text.line(format!("read_{name}_array(r, {place}, {count});"));
                }
                _ => text.line(format!("read_numbers(r, {place}, {count}, {number});")),
            }
            text.line(format!("r->out += {count} * sizeof({ty});"));
            if has_terminator(field) {
                text.line(format!("({place})[{count}] = 0;"));
                text.line("r->out += 1;");
            }
            return;
        }
        Form::PointersAtEnd => {
            let read = copy_function(block, field);
            text.line(format!("r->out += {count} * sizeof({ty} *);"));
            text.open(format!("for (uint64_t i = 0; i < {count}; i++) {{"));
            text.declarations(&[format!("uint8_t *element = {read}(r, 1, {number});")]);
            text.line(format!(
                "memcpy({place} + i * sizeof element, &element, sizeof element);"
            ));
            text.line("(void) allocate(r, 0);");
            text.close("}");
            return;
        }
        Form::Copy => {
            let read = copy_function(block, field);
            if matches!(field.ty.ty, Type::Struct(_)) {
                text.line(format!("out->{path} = ({ty} *) (void *) {read}(r, 1, 0);"));
                return;
            }
            let member = format!("&out->{path}");
            text.line(format!(
                "read_later(r, r->in, {count}, {number}, {read}, {member});"
            ));
        }
        Form::InMessage(length) => {
            if let Some(length) = length {
                let union = path
                    .rsplit_once('.')
                    .map_or(String::new(), |(union, _)| format!("{union}."));
                text.line(format!("out->{union}{length} = (uint32_t) {count};"));
            }
            text.line(format!("out->{path} = ({ty} *) (void *) r->in;"));
        }
        Form::Chunks => {
            text.line(format!("out->{path} = read_chunks(r, {count});"));
            return;
        }
        Form::Fixed(length) => {
            let Type::Struct(id) = field.ty.ty else {
                unreachable!("numbers have a fixed size");
            };
            let name = context.function_name(id);
            text.open(format!("for (unsigned i = 0; i < {length}; i++) {{"));
            text.line(format!("read_{name}(r, &out->{path}[i]);"));
            text.close("}");
            return;
        }
        _ => unreachable!("other members are in the struct"),
    }
    match number {
        1 => text.line(format!("r->in += {count};")),
        _ => text.line(format!("r->in += {count} * {number};")),
    }
}

/// The function that reads a value after the struct: a pointee, a copy, or an element of one.
fn copy_function(block: &Block, field: &Field) -> String {
    match (form(field), field.ty.ty) {
        (Form::PointeeInMessage, _) => "pointee_in_message".to_owned(),
        (Form::PointeeChunks, _) => "pointee_chunks".to_owned(),
        (_, Type::Struct(id)) => format!("copy_{}", block.context.function_name(id)),
        _ if has_terminator(field) => "copy_text".to_owned(),
        _ => "copy_numbers".to_owned(),
    }
}
