//! Functions that print a parsed struct.

use std::fmt::Write as _;

use spice_proto_gen::model::{Field, Member, Role, Type, TypeId};

use super::{Form, Glue, Place, cases};

impl<'m> Glue<'m> {
    /// The function that prints a body as JSON, in the order of the proto.
    pub(super) fn print_function(&self, id: TypeId) -> String {
        let mut text = format!(
            "\nvoid print_{0}(const uint8_t *at);\nvoid print_{0}(const uint8_t *at)\n{{\n(void) at;\nput(\"{{\");\n",
            id.0
        );
        let mut comma = "";
        for member in &self.body(id).members {
            let is_printed =
                !matches!(member, Member::Field(field) if matches!(field.role, Role::Virtual(_)));
            if is_printed {
                let _ = writeln!(text, "put(\"{comma}\\\"{}\\\":\");", member.name());
                comma = ",";
            }
            match member {
                Member::Field(field) => text.push_str(&self.print_field(Place {
                    body: id,
                    field,
                    switch: None,
                })),
                Member::Switch(switch) => {
                    let print = |field: &Field| {
                        let place = Place {
                            body: id,
                            field,
                            switch: Some(switch),
                        };
                        let value = self.print_field(place);
                        format!("put(\"{{\\\"{}\\\":\");\n{value}put(\"}}\");\n", field.name)
                    };
                    text.push_str(&cases(self, id, switch, "put(\"null\");\n", print));
                }
            }
        }
        text + "put(\"}\");\n}\n"
    }

    fn print_field(&self, place: Place<'_>) -> String {
        let field = place.field;
        let (address, size) = match self.form(field) {
            Form::Zero => return "put(\"0\");\n".to_owned(),
            Form::Value if self.is_left_out(field) => return "put(\"{}\");\n".to_owned(),
            _ => (self.address(place), self.size(place)),
        };
        let name = &field.name;
        match (self.form(field), field.ty.ty, field.array) {
            (Form::Constant(value), _, _) => format!(
                "check(number_at({address}, {size}) == ((uint64_t) INT64_C({value}) & (UINT64_MAX >> (64 - 8 * {size}))), \"{name} has its constant value\");\n"
            ),
            (Form::Value, Type::Struct(id), _) => format!("print_{}({address});\n", id.0),
            (Form::Value, _, _) => {
                format!(
                    "put_number({address}, {size}, {});\n",
                    self.is_signed(field)
                )
            }
            (Form::Copy, Type::Struct(id), None) => {
                let check = format!("pointee(pointer_at({address}), sizeof({}))", self.ty(id));
                self.nullable(field, &check, &format!("print_{}(p);\n", id.0))
            }
            (Form::Fixed | Form::End, _, _) => {
                let elements = self.print_elements(place, "(p)");
                format!("{{\nconst uint8_t *p = {address};\n{elements}}}\n")
            }
            (Form::PointersAtEnd, _, _) => self.print_pointers(place, &address),
            (Form::View | Form::Copy, _, _) => {
                let elements = self.print_elements(place, "(p)");
                self.nullable(field, &format!("pointer_at({address})"), &elements)
            }
            (Form::Chunks, _, _) => {
                let count = self.count(place, "data");
                let is_rest = field.array == Some(spice_proto_gen::model::Array::Remaining);
                let check = match is_rest {
                    true => "rest_of_body(data) == size".to_owned(),
                    false => format!("{count} == size"),
                };
                self.nullable(
                    field,
                    &format!("pointer_at({address})"),
                    &format!(
                        "uint64_t size;\nconst uint8_t *data = chunk_data(p, &size);\ncheck({check}, \"{name} has its size\");\nput_bytes(data, size);\n"
                    ),
                )
            }
            (Form::Zero, _, _) => unreachable!("it is printed above"),
        }
    }

    /// Statements about a pointer `p`, which may be null unless the field is `@nonnull` or no pointer of the proto.
    fn nullable(&self, field: &Field, pointer: &str, statements: &str) -> String {
        let null = match field.pointer {
            Some(pointer) if !pointer.nonnull => "put(\"null\");\n",
            _ => "check(0, \"the pointer is not null\");\n",
        };
        format!(
            "{{\nconst uint8_t *p = {pointer};\nif (p != NULL) {{\n{statements}}} else {{\n{null}}}\n}}\n"
        )
    }

    /// Statements that print the elements at an address.
    fn print_elements(&self, place: Place<'_>, base: &str) -> String {
        let field = place.field;
        let form = self.form(field);
        let (count, size) = (self.count(place, base), self.element_size(field));
        let mut text = format!("uint64_t count = {count};\n");
        let check = match (form, field.pointer) {
            (Form::View, _) => "view",
            (Form::Copy, _) => "pointee",
            _ => "copy",
        };
        let is_text = field.attributes.has("zero_terminated") && form != Form::View;
        let more = u8::from(is_text);
        if form == Form::View && self.number(field).is_none() {
            panic!("structs in a message have no C form");
        }
        let _ = writeln!(text, "{check}({base}, count * {size} + {more});");
        if is_text {
            let _ = writeln!(
                text,
                "check({base}[count] == 0, \"{} ends with a zero\");",
                field.name
            );
        }
        if let (Form::View, Some(length)) = (form, field.attributes.argument("as_ptr")) {
            let path = self.path(place);
            let path = match path.rsplit_once('.') {
                Some((union, _)) => format!("{union}.{length}"),
                None => length.to_owned(),
            };
            let ty = self.ty(place.body);
            let _ = writeln!(
                text,
                "check(number_at(at + offsetof({ty}, {path}), 4) == count, \"{length} is the length\");"
            );
        }
        let element = match field.ty.ty {
            Type::Struct(id) => format!("print_{}({base} + i * {size});", id.0),
            Type::Fd => format!("put_number({base} + 4 * i, 4, 1);"),
            _ if self.number(field) == Some(1) => {
                return text + &format!("put_bytes({base}, count);\n");
            }
            // Numbers in the message are little endian.
            _ if form == Form::View => format!(
                "put_wire_number({base} + i * {size}, {size}, {});",
                self.is_signed(field)
            ),
            _ => format!(
                "put_number({base} + i * {size}, {size}, {});",
                self.is_signed(field)
            ),
        };
        text + &list(&element)
    }

    fn print_pointers(&self, place: Place<'_>, address: &str) -> String {
        let field = place.field;
        let size = self.element_size(field);
        let count = self.count(place, "");
        let element = match field.ty.ty {
            Type::Struct(id) => format!("print_{}(element);", id.0),
            _ => format!("put_number(element, {size}, {});", self.is_signed(field)),
        };
        let element = format!(
            "const uint8_t *element = pointee(pointer_at({address} + i * sizeof(void *)), {size});\ncheck(element != NULL, \"an element is not null\");\n{element}"
        );
        // Arrays of bytes are hexadecimal digits.
        assert!(
            self.number(field) != Some(1),
            "bytes with pointers have no form in the tests"
        );
        format!("{{\nuint64_t count = {count};\n{}}}\n", list(&element))
    }
}

/// Statements that print a list of `count` elements.
fn list(element: &str) -> String {
    format!(
        "put(\"[\");\nfor (uint64_t i = 0; i < count; i++) {{\nif (i > 0) {{\nput(\",\");\n}}\n{element}\n}}\nput(\"]\");\n"
    )
}
