//! Functions that read a checked block into its C struct.

use super::super::context::Context;
use super::super::members::{Case, Form, form, has_terminator};
use super::super::names::int_name;
use super::super::text::Text;
use super::check::{count, get, needs_count};
use super::variables::Variables;
use crate::model::{CountRef, Field, Member, Part, Segment, Struct, Switch, Type, TypeId};

/// Writes the function that reads a struct of fixed size at an address.
pub(super) fn write_plain(context: &Context, id: TypeId, text: &mut Text) {
    let (name, ty) = (context.function_name(id), context.struct_type(id));
    text.line("");
    text.line(format!(
        "static void read_{name}({ty} *out, const uint8_t *in)"
    ));
    let read = Read::new(context, id, Source::Address);
    text.open("{");
    read.write_constants(text);
    for part in &read.body.parts {
        if let Part::Segment(segment) = part {
            read.write_segment(text, segment);
        }
    }
    text.close("}");
}

/// Writes the function that reads a struct of variable size from a reader.
pub(super) fn write(context: &Context, id: TypeId, text: &mut Text) {
    let (name, ty) = (context.function_name(id), context.struct_type(id));
    let place = match context.end(id) {
        Some(_) => ", uint8_t *place",
        None => "",
    };
    text.line("");
    text.line(format!(
        "static void read_{name}(struct message_reader *r, {ty} *out{place})"
    ));
    text.open("{");
    let read = Read::new(context, id, Source::Reader);
    text.declarations(&read.declarations());
    read.write_block(text);
    text.close("}");
}

/// Writes the function that reads a message. Its struct is at `place`.
pub(super) fn write_message(context: &Context, id: TypeId, text: &mut Text) {
    let (name, ty) = (context.function_name(id), context.struct_type(id));
    let pointers = context.pointers(id);
    text.line("");
    text.line(format!(
        "static void read_{name}(struct message_reader *r, uint8_t *place)"
    ));
    text.open("{");
    let read = Read::new(context, id, Source::Reader);
    let mut block = Text::default();
    block.indent();
    read.write_block(&mut block);
    let block = block.into_string();
    let mut declarations = read.declarations();
    if pointers > 0 {
        declarations.insert(0, format!("struct pointer pointers[{pointers}];"));
    }
    if block.contains("out->") {
        declarations.insert(0, format!("{ty} *out = ({ty} *) (void *) place;"));
    }
    text.declarations(&declarations);
    if !block.contains("place") && !block.contains("out->") {
        text.line("(void) place;");
    }
    if block.is_empty() {
        text.line("(void) r;");
    }
    if pointers > 0 {
        text.line("r->pointer = pointers;");
    }
    text.push(&block);
    if pointers > 0 {
        text.line("read_pointees(r, pointers);");
        text.line("r->pointer = NULL;");
    }
    text.close("}");
}

/// Writes the function that reads a struct into a copy of its own, with its pointees behind it.
///
/// The copy is not always aligned, so the struct is made in a variable.
pub(super) fn write_copy(context: &Context, id: TypeId, text: &mut Text) {
    let (name, ty) = (context.function_name(id), context.struct_type(id));
    let pointers = context.pointers(id);
    text.line("");
    text.line(format!(
        "static uint8_t *copy_{name}(struct message_reader *r, uint64_t count)"
    ));
    text.open("{");
    text.line(format!("{ty} value;"));
    text.line("uint8_t *place = allocate(r, sizeof value);");
    if pointers > 0 {
        text.line(format!("struct pointer pointers[{pointers}];"));
        text.line("struct pointer *outer = r->pointer;");
    }
    text.line("");
    text.line("(void) count;");
    text.line("memset(&value, 0, sizeof value);");
    if context.end(id).is_some() {
        text.line("memset(place, 0, sizeof value);");
    }
    if pointers > 0 {
        text.line("r->pointer = pointers;");
    }
    match (context.wire_size(Type::Struct(id)), context.end(id)) {
        (Some(size), _) if context.is_plain(Type::Struct(id)) => {
            text.line(format!("read_{name}(&value, r->in);"));
            text.line(format!("r->in += {size};"));
        }
        (_, Some(_)) => text.line(format!("read_{name}(r, &value, place);")),
        (_, None) => text.line(format!("read_{name}(r, &value);")),
    }
    if pointers > 0 {
        text.line("read_pointees(r, pointers);");
        text.line("r->pointer = outer;");
    }
    match context.end(id) {
        // Elements are already in their place. Another case of their switch may have a value there instead.
        Some(end) => text.line(format!(
            "copy_around_end(place, (const uint8_t *) &value, offsetof({ty}, {end}), sizeof value);"
        )),
        None => text.line("memcpy(place, &value, sizeof value);"),
    }
    text.line("return place;");
    text.close("}");
}

/// Writes the function that reads elements of a struct to `place`.
pub(super) fn write_array(context: &Context, id: TypeId, ty: &str, text: &mut Text) {
    let name = context.function_name(id);
    text.line("");
    text.line(format!(
        "static void read_{name}_array(struct message_reader *r, uint8_t *place, uint64_t count)"
    ));
    text.open("{");
    text.open("for (uint64_t i = 0; i < count; i++) {");
    text.line(format!("{ty} value;"));
    text.line("");
    text.line("memset(&value, 0, sizeof value);");
    match context.wire_size(Type::Struct(id)) {
        Some(size) if context.is_plain(Type::Struct(id)) => {
            text.line(format!("read_{name}(&value, r->in);"));
            text.line(format!("r->in += {size};"));
        }
        _ => text.line(format!("read_{name}(r, &value);")),
    }
    text.line("memcpy(place + i * sizeof value, &value, sizeof value);");
    text.close("}");
    text.close("}");
}

/// Writes the function that reads elements of a number into a copy of their own.
pub(super) fn write_number_copy(int: &str, terminated: bool, text: &mut Text) {
    let (name, more) = match terminated {
        true => ("text".to_owned(), " + 1"),
        false => (format!("{int}_array"), ""),
    };
    text.line("");
    text.line(format!(
        "static uint8_t *copy_{name}(struct message_reader *r, uint64_t count)"
    ));
    text.open("{");
    text.line(format!(
        "uint8_t *place = allocate(r, count * sizeof({int}_t){more});"
    ));
    text.line("");
    text.line(format!("read_{int}_array(r, place, count);"));
    if terminated {
        text.line("place[count] = 0;");
    }
    text.line("return place;");
    text.close("}");
}

/// Where the bytes of a block are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// At the address `in`.
    Address,
    /// At the position of the reader `r`.
    Reader,
}

/// Writes the statements that read one body.
struct Read<'c, 'm> {
    context: &'c Context<'m>,
    body: &'m Struct,
    ty: String,
    variables: Variables,
    source: Source,
}

impl<'c, 'm> Read<'c, 'm> {
    fn new(context: &'c Context<'m>, id: TypeId, source: Source) -> Self {
        let body = context.body(id);
        Self {
            context,
            body,
            ty: context.struct_type(id),
            variables: Variables::new(context, body),
            source,
        }
    }

    fn write_block(&self, text: &mut Text) {
        self.write_constants(text);
        for part in &self.body.parts {
            match part {
                Part::Segment(segment) => self.write_segment(text, segment),
                Part::Member(index) => self.write_member(text, *index),
            }
        }
    }

    /// The declarations of the variables that the statements use.
    fn declarations(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let segments = self.body.parts.iter().filter_map(|part| match part {
            Part::Segment(segment) => Some(segment),
            Part::Member(_) => None,
        });
        let members = self.body.members.iter();
        let cases = members.filter_map(|member| match member {
            Member::Switch(switch) => Some(switch.cases.iter().filter(|case| case.live)),
            Member::Field(_) => None,
        });
        let cases = cases.flatten().filter_map(|case| case.segment.as_ref());
        let nested = self.variables.iter().any(|found| found.offset > 0);
        if nested || segments.chain(cases).any(|segment| self.is_read(segment)) {
            lines.push("uint8_t *in;".to_owned());
        }
        for variable in self.variables.iter() {
            let none = variable.position.case.map_or("", |_| " = 0");
            lines.push(format!(
                "{}_t {}{none};",
                int_name(variable.int),
                variable.name
            ));
        }
        let mut fields = self.body.members.iter().flat_map(Member::fields);
        if fields.any(|field| needs_count(field) && field.pointer.is_none()) {
            lines.push("uint64_t count;".to_owned());
        }
        lines
    }

    /// Whether a segment has a field with a member in C.
    fn is_read(&self, segment: &Segment) -> bool {
        segment.fields.iter().any(|found| {
            let field = self.field(found.position);
            form(field) != Form::None && !self.is_left_out(field)
        })
    }

    /// A struct without members, which C structs written by hand may not have.
    fn is_left_out(&self, field: &Field) -> bool {
        form(field) == Form::Value && field.array.is_none() && self.context.is_empty(field.ty.ty)
    }

    fn field(&self, position: CountRef) -> &'m Field {
        match self.body.field(position) {
            Some(field) => field,
            None => unreachable!("a segment holds positions of fields of its body"),
        }
    }

    fn write_constants(&self, text: &mut Text) {
        for member in &self.body.members {
            if let Member::Field(field) = member
                && let Form::Constant(value) = form(field)
            {
                text.line(format!("out->{} = {value};", field.name));
            }
        }
    }

    /// The path of a field in the C struct.
    fn path(&self, position: CountRef) -> String {
        let field = self.field(position);
        match (position.case, self.body.switch(position.member)) {
            (Some(_), Some(switch)) if !switch.attributes.has("anon") => {
                format!("{}.{}", switch.name, field.name)
            }
            _ => field.name.clone(),
        }
    }

    fn write_segment(&self, text: &mut Text, segment: &Segment) {
        let is_reader = self.source == Source::Reader;
        if is_reader && self.is_read(segment) {
            text.line("in = r->in;");
        }
        if is_reader {
            text.line(format!("r->in += {};", segment.size));
        }
        for found in &segment.fields {
            let field = self.field(found.position);
            let path = self.path(found.position);
            let mut variables = self.variables.of_member(found.position).peekable();
            let is_itself = variables
                .peek()
                .is_some_and(|variable| variable.offset == 0);
            for variable in variables {
                let value = get(&int_name(variable.int), found.offset + variable.offset);
                text.line(format!("{} = {value};", variable.name));
            }
            if is_itself && self.context.nested_struct(field).is_none() {
                let name = self.variables.name(found.position);
                text.line(format!("out->{path} = {name};"));
                continue;
            }
            self.write_segment_field(text, field, &path, found.offset, segment.size);
        }
    }

    fn write_segment_field(
        &self,
        text: &mut Text,
        field: &Field,
        path: &str,
        offset: u64,
        size_of_segment: u64,
    ) {
        let member = format!("out->{path}");
        match form(field) {
            Form::None | Form::Constant(_) => {}
            Form::Pointee | Form::PointeeInMessage | Form::PointeeChunks => {
                self.write_pointer(text, field, &member, &get("uint32", offset));
            }
            Form::Value => self.write_value(text, field, &member, offset),
            Form::Fixed(length)
                if self
                    .context
                    .model
                    .int(field.ty.ty)
                    .is_some_and(|int| int.bytes == 1) =>
            {
                let source = address(offset);
                text.line(format!("memcpy({member}, {source}, {length});"));
            }
            Form::Fixed(length) => {
                text.open(format!("for (unsigned i = 0; i < {length}; i++) {{"));
                let size = self.context.wire_size(field.ty.ty).unwrap_or_default();
                let element = format!("{member}[i]");
                let at = format!("{} + {size} * i", address(offset));
                self.write_element(text, field, &element, &at);
                text.close("}");
            }
            Form::Copy | Form::End | Form::PointersAtEnd | Form::InMessage(_) | Form::Chunks => {
                // The reader moves to the field and back.
                text.line(format!("r->in = {};", address(offset)));
                self.write_behind(text, field, path);
                text.line(format!("r->in = {};", address(size_of_segment)));
            }
            Form::Descriptor => unreachable!("descriptors have no bytes"),
        }
    }

    fn write_value(&self, text: &mut Text, field: &Field, member: &str, offset: u64) {
        self.write_element(text, field, member, &address(offset));
    }

    /// Reads a number or a struct of fixed size at an address.
    fn write_element(&self, text: &mut Text, field: &Field, member: &str, address: &str) {
        match (field.ty.ty, self.context.model.int(field.ty.ty)) {
            (_, Some(int)) => text.line(format!("{member} = get_{}({address});", int_name(int))),
            (Type::Struct(_), None) if self.context.is_empty(field.ty.ty) => {}
            (Type::Struct(id), None) => {
                let name = self.context.function_name(id);
                text.line(format!("read_{name}(&{member}, {address});"));
            }
            (_, None) => unreachable!("descriptors have no bytes"),
        }
    }

    fn write_pointer(&self, text: &mut Text, field: &Field, member: &str, offset: &str) {
        let context = self.context;
        let read = match form(field) {
            Form::PointeeInMessage => "pointee_in_message".to_owned(),
            Form::PointeeChunks => "pointee_chunks".to_owned(),
            _ => self.copy_function(field),
        };
        let size = context.wire_size(field.ty.ty).unwrap_or(1).max(1);
        let rest = format!("rest_of_pointee(r, {offset}, {size})");
        let count = count(&self.variables, field, &rest, self.body);
        text.line(format!(
            "read_pointer(r, {offset}, {count}, {read}, &{member});"
        ));
    }

    fn write_member(&self, text: &mut Text, index: usize) {
        match self.body.members.get(index) {
            Some(Member::Field(field)) => self.write_field(text, field, CountRef::member(index)),
            Some(Member::Switch(switch)) => self.write_switch(text, switch, index),
            None => unreachable!("a part is the index of a member"),
        }
    }

    fn write_switch(&self, text: &mut Text, switch: &'m Switch, index: usize) {
        let discriminant = self.variables.discriminant(self.context, self.body, switch);
        let write_case = |text: &mut Text, case: Case<'m>, found: &'m crate::model::Case| {
            if self.is_left_out(case.field) {
                return;
            }
            if let Some(segment) = &found.segment {
                self.write_segment(text, segment);
                return;
            }
            let mut cases = switch.cases.iter();
            let Some(case_index) = cases.position(|other| std::ptr::eq(other, found)) else {
                unreachable!("the case is one of the switch");
            };
            self.write_field(text, case.field, CountRef::case(index, case_index));
        };
        self.context
            .write_switch(text, switch, &discriminant, write_case);
    }

    /// Reads a field of variable size.
    fn write_field(&self, text: &mut Text, field: &Field, position: CountRef) {
        let path = self.path(position);
        if form(field) == Form::Descriptor {
            text.line(format!("out->{path} = -1;"));
            return;
        }
        let mut variables = self.variables.of_member(position).peekable();
        if variables.peek().is_some() {
            text.line("in = r->in;");
        }
        for variable in variables {
            let value = get(&int_name(variable.int), variable.offset);
            text.line(format!("{} = {value};", variable.name));
        }
        match (self.context.nested_struct(field), form(field)) {
            (Some((id, _)), Form::Value) => {
                let name = self.context.function_name(id);
                let place = match self.context.end(id) {
                    Some(_) => format!(", place + offsetof({}, {path})", self.ty),
                    None => String::new(),
                };
                text.line(format!("read_{name}(r, &out->{path}{place});"));
            }
            _ => self.write_behind(text, field, &path),
        }
    }

    /// Reads a field whose bytes go behind the struct, or stay in the message.
    fn write_behind(&self, text: &mut Text, field: &Field, path: &str) {
        let (context, ty) = (self.context, self.context.names.value(field));
        let size = context.wire_size(field.ty.ty).unwrap_or_default();
        let full = count(
            &self.variables,
            field,
            &format!("rest_of_message(r, {size})"),
            self.body,
        );
        if needs_count(field) {
            text.line(format!("count = {full};"));
        }
        let count = if needs_count(field) { "count" } else { &full };
        let member = format!("out->{path}");
        let place = format!("place + offsetof({}, {path})", self.ty);
        match form(field) {
            Form::End => {
                let read = self.array_reader(field);
                text.line(format!("{read}(r, {place}, {count});"));
                text.line(format!("r->out += {count} * sizeof({ty});"));
                if has_terminator(field) {
                    text.line(format!("({place})[{count}] = 0;"));
                    text.line("r->out += 1;");
                }
            }
            Form::PointersAtEnd => {
                text.line(format!("r->out += {count} * sizeof({ty} *);"));
                let read = self.copy_function(field);
                text.line(format!(
                    "read_later(r, r->in, {count}, true, {read}, {place});"
                ));
                self.write_skip(text, field, count);
            }
            Form::InMessage(length) => {
                if let Some(length) = length {
                    text.line(format!("{} = (uint32_t) {count};", sibling(path, length)));
                }
                text.line(format!("{member} = ({ty} *) (void *) r->in;"));
                text.line(format!("r->in += {};", product(count, size)));
            }
            Form::Copy => {
                let read = self.copy_function(field);
                text.line(format!(
                    "read_later(r, r->in, {count}, false, {read}, &{member});"
                ));
                self.write_skip(text, field, count);
            }
            Form::Chunks => {
                let bytes = product(count, size);
                text.line(format!("{member} = read_chunks(r, {bytes});"));
            }
            Form::Fixed(length) => {
                let Type::Struct(id) = field.ty.ty else {
                    unreachable!("numbers have a fixed size");
                };
                let name = context.function_name(id);
                text.open(format!("for (unsigned i = 0; i < {length}; i++) {{"));
                text.line(format!("read_{name}(r, &{member}[i]);"));
                text.close("}");
            }
            _ => unreachable!("other members are in the struct"),
        }
    }

    /// The function that reads elements to a place.
    fn array_reader(&self, field: &Field) -> String {
        match (field.ty.ty, self.context.model.int(field.ty.ty)) {
            (Type::Struct(id), _) => format!("read_{}_array", self.context.function_name(id)),
            (_, Some(int)) => format!("read_uint{}_array", u32::from(int.bytes) * 8),
            (_, None) => unreachable!("descriptors are not elements"),
        }
    }

    /// The function that reads a field, or an element of it, into a copy of its own.
    fn copy_function(&self, field: &Field) -> String {
        match (field.ty.ty, self.context.model.int(field.ty.ty)) {
            (Type::Struct(id), _) => format!("copy_{}", self.context.function_name(id)),
            (_, Some(_)) if has_terminator(field) => "copy_text".to_owned(),
            (_, Some(int)) => format!("copy_uint{}_array", u32::from(int.bytes) * 8),
            (_, None) => unreachable!("descriptors are not elements"),
        }
    }

    /// Moves behind a field that is read later.
    fn write_skip(&self, text: &mut Text, field: &Field, count: &str) {
        match (self.context.wire_size(field.ty.ty), field.ty.ty) {
            (Some(size), _) => text.line(format!("r->in += {};", product(count, size))),
            (None, Type::Struct(id)) => {
                let name = self.context.function_name(id);
                text.line(format!("skip(r, check_{name}, {count});"));
            }
            (None, _) => unreachable!("numbers have a fixed size"),
        }
    }
}

/// A member beside the one at `path`.
fn sibling(path: &str, name: &str) -> String {
    match path.rsplit_once('.') {
        Some((union, _)) => format!("out->{union}.{name}"),
        None => format!("out->{name}"),
    }
}

fn product(count: &str, size: u64) -> String {
    match size {
        1 => count.to_owned(),
        _ => format!("{count} * {size}"),
    }
}

fn address(offset: u64) -> String {
    match offset {
        0 => "in".to_owned(),
        _ => format!("in + {offset}"),
    }
}
