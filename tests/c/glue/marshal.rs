//! Functions that marshall a parsed struct, with what marshallers leave to their callers.

use std::fmt::Write as _;

use spice_proto_gen::model::{
    Array, Field, Member, Origin, PointeeOrder, Role, Size, Type, TypeId,
};

use super::{Form, Glue, Place, cases};

impl<'m> Glue<'m> {
    /// The functions of a body: `write` marshalls it, and `finish` does what is left to the caller.
    pub(super) fn write_functions(&self, id: TypeId) -> String {
        let (number, ty, stem) = (id.0, self.ty(id), self.stem(id));
        let outs = self.outs(id);
        let mut text = String::new();
        let head = format!(
            "void finish_{number}(SpiceMarshaller *m, const uint8_t *at, SpiceMarshaller **outs)"
        );
        let _ = writeln!(
            text,
            "\n{head};\n{head}\n{{\n(void) m;\n(void) at;\n(void) outs;\n{}}}",
            self.finish(id)
        );
        let arguments: String = (0..outs).map(|index| format!(", &outs[{index}]")).collect();
        let call =
            format!("spice_marshall_{stem}(m, (const {ty} *) (const void *) at{arguments});\n");
        let rest = match self.is_empty_message(id) {
            false => format!("{call}finish_{number}(m, at, outs);\n"),
            // The function writes nothing. The caller writes the message from its structs.
            true => {
                let nulls: String = (0..outs)
                    .map(|index| format!("check(outs[{index}] == NULL, \"no pointee\");\n"))
                    .collect();
                format!(
                    "{call}check(spice_marshaller_get_size(m) == 0, \"{stem} is left to the caller\");\n{nulls}{}",
                    self.write_by_hand(id)
                )
            }
        };
        let head =
            format!("void write_{number}(SpiceMarshaller *m, const uint8_t *at, uint64_t count)");
        let size = outs.max(1);
        let _ = writeln!(
            text,
            "\n{head};\n{head}\n{{\nSpiceMarshaller *outs[{size}];\n\n(void) count;\n(void) outs;\n{rest}}}"
        );
        text
    }

    /// Whether a body belongs to a message without members of fixed size.
    pub(super) fn is_empty_message(&self, id: TypeId) -> bool {
        let body = self.body(id);
        let is_message = matches!(body.origin, Origin::Body { .. } | Origin::Message);
        let is_fixed = |member: &Member| match member {
            Member::Field(field) => {
                matches!(field.size, Size::Static(_)) && field.role.is_on_wire()
            }
            Member::Switch(switch) => matches!(switch.size, Size::Static(_)),
        };
        is_message && !body.members.iter().any(is_fixed)
    }

    fn write_by_hand(&self, id: TypeId) -> String {
        let places = self.places(id).into_iter();
        let parts = places.map(|place| match (self.form(place.field), place.field.ty.ty) {
            (Form::Value, Type::Struct(inner)) => {
                format!("write_{}(m, {}, 1);\n", inner.0, self.address(place))
            }
            (Form::Copy, Type::Struct(inner)) if place.field.array.is_none() => {
                let address = self.address(place);
                format!("write_{}(m, pointer_at({address}), 1);\n", inner.0)
            }
            _ => self.append(place),
        });
        parts.collect()
    }

    /// The number of submarshallers that a marshaller returns.
    fn outs(&self, id: TypeId) -> usize {
        let places = self.places(id).into_iter();
        places.map(|place| self.outs_of(place.field)).sum()
    }

    fn outs_of(&self, field: &Field) -> usize {
        match (is_left_out(field), is_returned(field), field.ty.ty) {
            (true, _, _) => 0,
            (false, true, _) => 1,
            (false, false, Type::Struct(inner)) if field.role != Role::Zero => self.outs(inner),
            _ => 0,
        }
    }

    /// Statements that do what the marshaller of a body leaves to its caller.
    fn finish(&self, id: TypeId) -> String {
        let mut text = String::new();
        let mut next = 0;
        for member in &self.body(id).members {
            match member {
                Member::Field(field) => {
                    let place = Place {
                        body: id,
                        field,
                        switch: None,
                    };
                    text.push_str(&self.finish_field(place, next));
                    next += self.outs_of(field);
                }
                Member::Switch(switch) => {
                    let first = next;
                    let mut finish = String::new();
                    let selected = cases(self, id, switch, "", |field| {
                        let place = Place {
                            body: id,
                            field,
                            switch: Some(switch),
                        };
                        let statements = self.finish_field(place, next);
                        // The other cases have no submarshallers.
                        let all: usize = member.fields().map(|field| self.outs_of(field)).sum();
                        let own = next..next + self.outs_of(field);
                        let others = (first..first + all).filter(|index| !own.contains(index));
                        let others: String = others
                            .map(|index| {
                                format!(
                                    "check(outs[{index}] == NULL, \"the case is not taken\");\n"
                                )
                            })
                            .collect();
                        next = own.end;
                        others + &statements
                    });
                    finish.push_str(&selected);
                    text.push_str(&finish);
                }
            }
        }
        text
    }

    fn finish_field(&self, place: Place<'_>, out: usize) -> String {
        let field = place.field;
        if is_left_out(field) {
            return self.append(place);
        }
        if field.role == Role::Zero {
            return String::new();
        }
        if is_returned(field) {
            return self.finish_pointer(place, out);
        }
        let (Type::Struct(inner), None) = (field.ty.ty, field.array) else {
            return String::new();
        };
        if self.is_left_out(field) {
            return String::new();
        }
        let (number, address) = (inner.0, self.address(place));
        match (self.form(field), field.pointer) {
            (Form::Value, _) => format!("finish_{number}(m, {address}, outs + {out});\n"),
            // The caller cannot append to a pointee whose block it does not know.
            (_, Some(_)) => format!(
                "if (pointer_at({address}) != NULL) {{\nfinish_{number}(NULL, pointer_at({address}), outs + {out});\n}}\n"
            ),
            _ => format!("finish_{number}(m, pointer_at({address}), outs + {out});\n"),
        }
    }

    /// Statements that have the pointee of a returned submarshaller written.
    fn finish_pointer(&self, place: Place<'_>, out: usize) -> String {
        let field = place.field;
        let address = self.address(place);
        let count = self.count(place, "p");
        let (write, count) = match (self.form(field), field.ty.ty) {
            (Form::Chunks, _) => ("write_chunks".to_owned(), "1".to_owned()),
            (_, Type::Struct(inner)) => (format!("write_{}", inner.0), "1".to_owned()),
            (Form::View, _) => (
                "write_numbers_1".to_owned(),
                format!("{count} * {}", self.element_size(field)),
            ),
            _ => (
                format!("write_numbers_{}", self.number(field).unwrap()),
                count,
            ),
        };
        format!(
            "check(outs[{out}] != NULL, \"{} has a submarshaller\");\nif (pointer_at({address}) != NULL) {{\nconst uint8_t *p = pointer_at({address});\nwrite_later(outs[{out}], {write}, p, {count});\n}}\n",
            field.name
        )
    }

    /// Statements that append a field which the marshaller leaves to the caller.
    fn append(&self, place: Place<'_>) -> String {
        let field = place.field;
        let address = self.address_if_any(place);
        let check = "check(m != NULL, \"the caller appends to a known block\");\n";
        let numbers = |size| format!("write_numbers_{size}");
        let statements = match (self.form(field), self.number(field)) {
            (Form::Constant(_), _) => return String::new(),
            (Form::End, Some(size)) => {
                let count = self.count(place, &format!("({address})"));
                format!("{}(m, {address}, {count});\n", numbers(size))
            }
            (Form::End, None) => {
                let Type::Struct(inner) = field.ty.ty else {
                    panic!("elements are numbers or structs");
                };
                let (count, size) = (
                    self.count(place, &format!("({address})")),
                    self.element_size(field),
                );
                format!(
                    "for (uint64_t i = 0; i < {count}; i++) {{\nwrite_{}(m, {address} + i * {size}, 1);\n}}\n",
                    inner.0
                )
            }
            (Form::View, Some(size)) => {
                let pointer = format!("pointer_at({address})");
                let count = self.count(place, &pointer);
                format!("write_numbers_1(m, {pointer}, {count} * {size});\n")
            }
            (Form::Copy, Some(size)) if field.pointer.is_none() => {
                let pointer = format!("pointer_at({address})");
                let count = self.count(place, &pointer);
                format!("{}(m, {pointer}, {count});\n", numbers(size))
            }
            (Form::Chunks, _) if field.pointer.is_none() => {
                format!("write_chunks(m, pointer_at({address}), 1);\n")
            }
            (Form::Value, Some(size)) => format!("{}(m, {address}, 1);\n", numbers(size)),
            _ => panic!("the tests cannot append `{}`", field.name),
        };
        format!("{check}{statements}")
    }

    fn address_if_any(&self, place: Place<'_>) -> String {
        match self.form(place.field) {
            Form::Constant(_) | Form::Zero => String::new(),
            _ => self.address(place),
        }
    }
}

/// Whether a marshaller leaves a field out.
fn is_left_out(field: &Field) -> bool {
    field.attributes.has("nomarshal")
        || !field.role.is_on_wire()
        || field.array == Some(Array::Remaining) && field.pointer.is_none()
}

/// Whether a marshaller leaves the pointee to the caller.
fn is_returned(field: &Field) -> bool {
    let pointer = field.pointer.filter(|_| field.role != Role::Zero);
    pointer.is_some_and(|pointer| pointer.order == PointeeOrder::BreadthFirst)
}
