//! The statements of a marshaller: a body's members in wire order.

use super::super::members::{Form, form, path};
use super::super::text::Text;
use super::{File, is_left_out, is_returned};
use crate::model::{Array, Field, FieldRef, Member, Struct, Type};

/// Writes the statements of one body.
pub(super) struct Writer<'f, 'c, 'm> {
    pub(super) file: &'f File<'c, 'm>,
    pub(super) body: &'m Struct,
    /// Whether the types of the members in C are known. Structs written by hand may have wider ones.
    pub(super) is_declared: bool,
    /// The parameters for submarshallers that no earlier field uses.
    pub(super) outs: std::slice::Iter<'f, String>,
}

impl Writer<'_, '_, '_> {
    pub(super) fn write(mut self, text: &mut Text) {
        let context = self.file.context;
        for (index, member) in self.body.members.iter().enumerate() {
            match member {
                Member::Field(field) => self.write_field(text, field, FieldRef::member(index)),
                Member::Switch(switch) => {
                    let path = context.model.discriminant_path(self.body, switch);
                    let value = format!("msg->{path}");
                    context.write_switch(text, (index, switch), &value, |text, position, case| {
                        self.write_field(text, &case.field, position);
                    });
                }
            }
        }
    }

    fn write_field(&mut self, text: &mut Text, field: &Field, position: FieldRef) {
        if is_left_out(field) || self.file.context.is_empty(field) {
            return;
        }
        let member = format!("msg->{}", path(self.body, position));
        match form(field) {
            form if form.is_pointer() => self.write_pointer(text, field, &member),
            Form::None => self.write_zero(text, field),
            Form::Descriptor => text.line(format!("spice_marshaller_add_fd(m, {member});")),
            Form::Chunks => write_chunks(text, "m", &member),
            Form::PointersAtEnd => self.write_elements(text, field, "m", &member, true),
            Form::Copy if field.array.is_none() => self.write_struct(text, field, "m", &member),
            _ if field.array.is_none() => self.write_element(text, field, "m", &member),
            _ => self.write_array(text, field, "m", &member),
        }
    }

    fn write_zero(&self, text: &mut Text, field: &Field) {
        match (
            self.file.context.model.int(field.ty.ty),
            field.array,
            field.pointer,
        ) {
            (Some(int), None, None) => {
                text.line(format!("spice_marshaller_add_{int}(m, 0);"));
            }
            _ => {
                let size = field.size.min();
                text.open(format!("for (unsigned i = 0; i < {size}; i++) {{"));
                text.line("spice_marshaller_add_uint8(m, 0);");
                text.close("}");
            }
        }
    }

    fn write_pointer(&mut self, text: &mut Text, field: &Field, member: &str) {
        let submarshaller = "spice_marshaller_get_ptr_submarshaller(m);";
        if is_returned(field) {
            if let Some(out) = self.outs.next() {
                text.line(format!("*{out}_out = {submarshaller}"));
            }
            return;
        }
        text.line(format!("pointee = {submarshaller}"));
        let is_nullable = !field.pointer.is_some_and(|pointer| pointer.nonnull);
        if is_nullable {
            text.open(format!("if ({member} != NULL) {{"));
        }
        match (form(field), field.array) {
            (Form::PointeeChunks, _) => write_chunks(text, "pointee", member),
            (_, None) => self.write_struct(text, field, "pointee", member),
            (_, Some(_)) => self.write_array(text, field, "pointee", member),
        }
        if is_nullable {
            text.close("}");
        }
    }

    /// Writes a number or a struct by value.
    fn write_element(&mut self, text: &mut Text, field: &Field, marshaller: &str, value: &str) {
        let Some(int) = self.file.context.model.int(field.ty.ty) else {
            return self.write_struct(text, field, marshaller, &format!("&{value}"));
        };
        let value = if self.is_declared {
            value.to_owned()
        } else {
            format!("({int}_t) {value}")
        };
        text.line(format!(
            "spice_marshaller_add_{int}({marshaller}, {value});"
        ));
    }

    /// Calls the marshaller of a struct. `address` is an expression for its address.
    fn write_struct(&mut self, text: &mut Text, field: &Field, marshaller: &str, address: &str) {
        let Type::Struct(id) = field.ty.ty else {
            unreachable!("numbers are written as elements");
        };
        let name = self.file.struct_function_name(id);
        let mut arguments = format!("{marshaller}, {address}");
        for out in self.outs.by_ref().take(self.file.outs(id).len()) {
            arguments.push_str(&format!(", {out}_out"));
        }
        text.line(format!("{name}({arguments});"));
    }

    fn write_array(&mut self, text: &mut Text, field: &Field, marshaller: &str, member: &str) {
        let int = self.file.context.model.int(field.ty.ty);
        if int.is_none_or(|int| int.bytes > 1) {
            return self.write_elements(text, field, marshaller, member, false);
        }
        let count = self.count(field, member);
        text.line(format!(
            "spice_marshaller_add({marshaller}, (const uint8_t *) {member}, {count});"
        ));
    }

    /// Writes an array, or an array of pointers to elements.
    fn write_elements(
        &mut self,
        text: &mut Text,
        field: &Field,
        marshaller: &str,
        member: &str,
        are_pointers: bool,
    ) {
        let count = self.count(field, member);
        let is_struct = matches!(field.ty.ty, Type::Struct(_));
        text.open(format!("for (size_t i = 0; i < {count}; i++) {{"));
        match (are_pointers, is_struct) {
            (true, true) => self.write_struct(text, field, marshaller, &format!("{member}[i]")),
            (true, false) => self.write_element(text, field, marshaller, &format!("*{member}[i]")),
            (false, _) => self.write_element(text, field, marshaller, &format!("{member}[i]")),
        }
        text.close("}");
    }

    /// The number of elements as a C expression.
    fn count(&self, field: &Field, member: &str) -> String {
        let value = |position| format!("msg->{}", path(self.body, position));
        match field.array {
            Some(Array::Fixed(length)) => length.to_string(),
            Some(Array::Count(count)) => value(count),
            Some(Array::ImageSize { bits, width, rows }) => {
                let (width, rows) = (FieldRef::member(width), FieldRef::member(rows));
                format!("image_size({bits}, {}, {})", value(width), value(rows))
            }
            Some(Array::CString) => format!("strlen((const char *) {member}) + 1"),
            Some(Array::Remaining) | None => {
                unreachable!("the caller appends arrays to the end of a message")
            }
        }
    }
}

fn write_chunks(text: &mut Text, marshaller: &str, member: &str) {
    text.open(format!(
        "for (size_t i = 0; i < {member}->num_chunks; i++) {{"
    ));
    let chunk = format!("{member}->chunk[i]");
    text.line(format!(
        "spice_marshaller_add_by_ref({marshaller}, {chunk}.data, {chunk}.len);"
    ));
    text.close("}");
}
