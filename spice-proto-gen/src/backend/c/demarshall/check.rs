//! Functions that check a block, and add up the memory that its value takes beside its C struct.

use super::super::context::Context;
use super::super::members::{Case, Form, form, has_terminator};
use super::super::names::int_name;
use super::super::text::Text;
use super::variables::Variables;
use crate::model::{
    Array, CountRef, Field, Member, Part, Role, Segment, Struct, Switch, Type, TypeId,
};

/// Writes the function that checks a block of this struct or message.
pub(super) fn write(context: &Context, id: TypeId, text: &mut Text) {
    let body = context.body(id);
    let check = Check {
        context,
        body,
        variables: Variables::new(context, body),
    };
    let name = context.function_name(id);
    text.line("");
    text.line(format!("static bool check_{name}(struct message_check *c)"));
    text.open("{");
    check.write_declarations(text);
    for part in &body.parts {
        match part {
            Part::Segment(segment) => check.write_segment(text, segment),
            Part::Member(index) => check.write_member(text, *index),
        }
    }
    if body.parts.is_empty() {
        text.line("(void) c;");
    }
    text.line("return true;");
    text.close("}");
}

/// Writes the function that checks a pointee of this struct.
pub(super) fn write_pointee(context: &Context, id: TypeId, text: &mut Text) {
    let (name, ty) = (context.function_name(id), context.struct_type(id));
    text.line("");
    text.line(format!(
        "static bool check_{name}_pointee(struct message_check *c, uint32_t offset)"
    ));
    text.open("{");
    text.line("uint8_t *in = c->in;");
    text.line("");
    text.open("if (offset == 0) {");
    text.line("return true;");
    text.close("}");
    let block = match context.wire_size(Type::Struct(id)) {
        Some(size) if context.is_plain(Type::Struct(id)) => format!("!check_bytes(c, {size})"),
        _ => format!("!check_{name}(c)"),
    };
    text.fail_if(format!(
        "!check_offset(c, offset) || !add_memory(c, sizeof({ty})) || {block}"
    ));
    text.line("c->in = in;");
    text.line("return true;");
    text.close("}");
}

/// Writes the checks of one body.
struct Check<'c, 'm> {
    context: &'c Context<'m>,
    body: &'m Struct,
    variables: Variables,
}

impl<'m> Check<'_, 'm> {
    fn write_declarations(&self, text: &mut Text) {
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
        let before_struct = self.variables.iter().any(|found| found.offset > 0);
        if before_struct || segments.chain(cases).any(|segment| self.is_read(segment)) {
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
        let fields = self.body.members.iter().flat_map(Member::fields);
        if fields.into_iter().any(needs_count) {
            lines.push("uint64_t count;".to_owned());
        }
        text.declarations(&lines);
    }

    /// Whether a check depends on the values of a segment.
    fn is_read(&self, segment: &Segment) -> bool {
        segment.fields.iter().any(|found| {
            let is_pointer = self.field(found.position).pointer.is_some();
            is_pointer && self.field(found.position).role != Role::Zero
                || self.variables.of_member(found.position).next().is_some()
        })
    }

    fn field(&self, position: CountRef) -> &'m Field {
        match self.body.field(position) {
            Some(field) => field,
            None => unreachable!("a segment holds positions of fields of its body"),
        }
    }

    fn write_segment(&self, text: &mut Text, segment: &Segment) {
        if self.is_read(segment) {
            text.line("in = c->in;");
        }
        text.fail_if(format!("!check_bytes(c, {})", segment.size));
        for found in &segment.fields {
            self.write_variables(text, found.position, found.offset);
            let field = self.field(found.position);
            match form(field) {
                Form::Copy => {
                    text.fail_if(format!("!add_memory(c, {})", self.copy_size(field)));
                }
                Form::Pointee | Form::PointeeInMessage | Form::PointeeChunks => {
                    self.write_pointer(text, field, &get("uint32", found.offset));
                }
                _ => {}
            }
        }
    }

    /// Reads the values of a member that others depend on. `offset` is that of the member.
    fn write_variables(&self, text: &mut Text, position: CountRef, offset: u64) {
        for variable in self.variables.of_member(position) {
            let value = get(&int_name(variable.int), offset + variable.offset);
            text.line(format!("{} = {value};", variable.name));
        }
    }

    /// The memory of a copy behind the struct.
    fn copy_size(&self, field: &Field) -> String {
        let ty = self.context.names.value(field);
        match field.array {
            None => format!("sizeof({ty})"),
            Some(_) => format!(
                "{} * sizeof({ty}){}",
                self.count(field),
                if has_terminator(field) { " + 1" } else { "" }
            ),
        }
    }

    fn write_pointer(&self, text: &mut Text, field: &Field, offset: &str) {
        let nonnull = field.pointer.is_some_and(|pointer| pointer.nonnull);
        let null = if nonnull {
            format!("{offset} == 0 || ")
        } else {
            String::new()
        };
        let ty = self.context.names.value(field);
        let wire = self.context.wire_size(field.ty.ty).unwrap_or_default();
        let terminator = u8::from(has_terminator(field));
        let (memory, more) = match form(field) {
            Form::PointeeInMessage => ("0".to_owned(), "0".to_owned()),
            Form::PointeeChunks => (
                "0".to_owned(),
                "sizeof(SpiceChunks) + sizeof(SpiceChunk)".to_owned(),
            ),
            _ => (format!("sizeof({ty})"), terminator.to_string()),
        };
        let check = match (field.ty.ty, field.array) {
            (Type::Struct(id), _) => {
                format!(
                    "check_{}_pointee(c, {offset})",
                    self.context.function_name(id)
                )
            }
            (_, Some(Array::CString)) => format!("check_string_pointee(c, {offset})"),
            (_, Some(Array::Remaining)) => {
                format!("check_rest_pointee(c, {offset}, {wire}, {memory}, {more})")
            }
            (_, Some(_)) => {
                if needs_count(field) {
                    text.line(format!("count = {};", self.count(field)));
                }
                let count = self.short_count(field);
                format!("check_array_pointee(c, {offset}, {count}, {wire}, {memory}, {more})")
            }
            (_, None) => unreachable!("a pointee is a struct or an array"),
        };
        text.fail_if(format!("{null}!{check}"));
    }

    fn write_member(&self, text: &mut Text, index: usize) {
        match self.body.members.get(index) {
            Some(Member::Field(field)) => {
                let position = CountRef::member(index);
                self.write_field(text, field, position);
            }
            Some(Member::Switch(switch)) => self.write_switch(text, switch, index),
            None => unreachable!("a part is the index of a member"),
        }
    }

    fn write_switch(&self, text: &mut Text, switch: &'m Switch, index: usize) {
        let discriminant = self.variables.discriminant(self.context, self.body, switch);
        let write_case =
            |text: &mut Text, case: Case<'m>, found: &'m crate::model::Case| match &found.segment {
                Some(segment) if segment.size > 0 => self.write_segment(text, segment),
                Some(_) => {}
                None => {
                    let case_index = switch
                        .cases
                        .iter()
                        .position(|other| std::ptr::eq(other, found));
                    let Some(case_index) = case_index else {
                        unreachable!("the case is one of the switch");
                    };
                    self.write_field(text, case.field, CountRef::case(index, case_index));
                }
            };
        self.context
            .write_switch(text, switch, &discriminant, write_case);
    }

    /// Checks a field of variable size.
    fn write_field(&self, text: &mut Text, field: &Field, position: CountRef) {
        if form(field) == Form::Descriptor {
            return;
        }
        let variables: Vec<_> = self.variables.of_member(position).collect();
        if !variables.is_empty() {
            text.line("in = c->in;");
        }
        match self.context.nested_struct(field) {
            Some((id, _)) => {
                let memory = match form(field) {
                    Form::Copy => format!("!add_memory(c, {}) || ", self.copy_size(field)),
                    _ => String::new(),
                };
                let name = self.context.function_name(id);
                text.fail_if(format!("{memory}!check_{name}(c)"));
            }
            None => self.write_array(text, field),
        }
        self.write_variables(text, position, 0);
    }

    fn write_array(&self, text: &mut Text, field: &Field) {
        if needs_count(field) {
            text.line(format!("count = {};", self.count(field)));
        }
        let count = self.short_count(field);
        let (context, ty) = (self.context, self.context.names.value(field));
        let terminator = u8::from(has_terminator(field));
        let memory = match form(field) {
            Form::End | Form::Copy => format!("!add_array(c, {count}, sizeof({ty}), {terminator})"),
            Form::PointersAtEnd => format!("!add_array(c, {count}, sizeof({ty} *), 0)"),
            Form::Chunks => "!add_memory(c, sizeof(SpiceChunks) + sizeof(SpiceChunk))".to_owned(),
            _ => String::new(),
        };
        let elements_at_pointers = form(field) == Form::PointersAtEnd;
        let mut conditions = Vec::new();
        if let Some(size) = context.wire_size(field.ty.ty) {
            conditions.push(format!("!check_array(c, {count}, {size})"));
        }
        if elements_at_pointers && context.is_plain(field.ty.ty) {
            // Each element begins at a multiple of four bytes.
            conditions.push(format!("!add_array(c, {count}, sizeof({ty}) + 3, 0)"));
        }
        conditions.extend((!memory.is_empty()).then_some(memory));
        if !conditions.is_empty() {
            text.fail_if(conditions.join(" || "));
        }
        let Type::Struct(id) = field.ty.ty else {
            return;
        };
        if context.wire_size(field.ty.ty).is_some() && context.is_plain(field.ty.ty) {
            return;
        }
        if context.wire_size(field.ty.ty).is_some() && !elements_at_pointers {
            // Elements with descriptors: their bytes are checked, and C holds them by value.
            return;
        }
        let element = match elements_at_pointers {
            true => format!("!add_memory(c, sizeof({ty})) || "),
            false => String::new(),
        };
        let check = match context.wire_size(field.ty.ty) {
            Some(_) => element.trim_end_matches(" || ").to_owned(),
            None => format!("{element}!check_{}(c)", context.function_name(id)),
        };
        text.open(format!("for (uint64_t i = 0; i < {count}; i++) {{"));
        text.fail_if(check);
        text.close("}");
    }

    /// The number of elements as a C expression.
    fn count(&self, field: &Field) -> String {
        let size = self.context.wire_size(field.ty.ty).unwrap_or_default();
        count(
            &self.variables,
            field,
            &format!("rest_of_check(c, {size})"),
            self.body,
        )
    }

    /// The number of elements: the variable `count`, unless the expression is short.
    fn short_count(&self, field: &Field) -> String {
        match needs_count(field) {
            true => "count".to_owned(),
            false => self.count(field),
        }
    }
}

/// Whether the number of elements is a long expression, and gets a variable of its own.
pub(super) fn needs_count(field: &Field) -> bool {
    let is_long = matches!(
        field.array,
        Some(Array::ImageSize { .. } | Array::Remaining)
    );
    is_long
        && field.role != Role::Zero
        && !(field.pointer.is_some() && field.array == Some(Array::Remaining))
}

/// The number of elements of an array as a C expression. `rest` is the number up to the end of the message.
pub(super) fn count(variables: &Variables, field: &Field, rest: &str, body: &Struct) -> String {
    match field.array {
        Some(Array::Fixed(length)) => length.to_string(),
        Some(Array::Count(count)) => variables.name(count).to_owned(),
        Some(Array::ImageSize { bits, width, rows }) => {
            let name = |index| variables.name(CountRef::member(index)).to_owned();
            let _ = body;
            format!("image_size({bits}, {}, {})", name(width), name(rows))
        }
        Some(Array::Remaining) => rest.to_owned(),
        Some(Array::CString) | None => "1".to_owned(),
    }
}

/// A number at an offset of a segment.
pub(super) fn get(int: &str, offset: u64) -> String {
    match offset {
        0 => format!("get_{int}(in)"),
        _ => format!("get_{int}(in + {offset})"),
    }
}
