//! Generates the C functions that print a parsed message and marshall it.
//!
//! They rely on the contract of generated C only: on names, on the members of structs, and on the order of the parameters
//! of marshallers.

mod marshal;
mod print;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use spice_proto_gen::backend::c::Names;
use spice_proto_gen::model::{
    Array, Field, FieldRef, Label, Member, Message, Model, Origin, Role, Side, Struct, Switch,
    Type, TypeId,
};

/// Generates the glue of all messages as a C file.
pub fn generate(model: &Model) -> String {
    let glue = Glue {
        model,
        names: Names::new(model),
    };
    let mut text = "#include \"glue.h\"\n#include \"marshallers.h\"\n".to_owned();
    let mut rows = String::new();
    let mut bodies = BTreeSet::new();
    for entry in &model.protocol.channels {
        let channel = &model.channels[entry.channel.0];
        for side in [Side::Server, Side::Client] {
            for message in channel.messages(side) {
                glue.reach(message.body, &mut bodies);
                let (number, id, body) = (entry.number, message.id, message.body.0);
                let is_client = u8::from(side == Side::Client);
                let row =
                    format!("    {{ {is_client}, {number}, {id}, print_{body}, write_{body} }},\n");
                let condition = channel.attributes.argument("ifdef");
                let condition = condition.or(glue.condition_of(message.body));
                rows.push_str(&conditional(condition, &row));
            }
        }
    }
    for id in &bodies {
        let functions = glue.print_function(*id) + &glue.write_functions(*id);
        text.push_str(&conditional(glue.condition_of(*id), &functions));
    }
    let _ = writeln!(
        text,
        "\nconst struct message messages[] = {{\n{rows}    {{ 0, 0, 0, NULL, NULL }}\n}};"
    );
    text
}

/// Lines that are compiled if a macro is defined.
fn conditional(condition: Option<&str>, lines: &str) -> String {
    match condition {
        Some(condition) => format!("#ifdef {condition}\n{lines}#endif\n"),
        None => lines.to_owned(),
    }
}

/// A model and its C names.
struct Glue<'m> {
    model: &'m Model,
    names: Names<'m>,
}

/// How a C struct holds a field, by section 3 of the contract.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A member that is not sent.
    Constant(i64),
    /// No member.
    Zero,
    /// A number, a descriptor or a struct by value.
    Value,
    /// Elements in the struct.
    Fixed,
    /// Elements at the end of the struct.
    End,
    /// Pointers at the end of the struct.
    PointersAtEnd,
    /// A pointer into the message.
    View,
    /// A pointer to a copy.
    Copy,
    /// A pointer to a header, whose data is in the message.
    Chunks,
}

/// A field of a body and its place in C.
#[derive(Clone, Copy)]
struct Place<'m> {
    body: TypeId,
    field: &'m Field,
    /// The switch of a case, whose union is the field's parent in C.
    switch: Option<&'m Switch>,
}

impl<'m> Glue<'m> {
    fn body(&self, id: TypeId) -> &'m Struct {
        self.model.body(id).unwrap()
    }

    /// Adds a body and all bodies in it.
    fn reach(&self, id: TypeId, bodies: &mut BTreeSet<TypeId>) {
        for field in self.body(id).members.iter().flat_map(Member::fields) {
            if let Type::Struct(id) = field.ty.ty {
                self.reach(id, bodies);
            }
        }
        bodies.insert(id);
    }

    /// The message whose body this is.
    fn message(&self, id: TypeId) -> Option<(&'m Message, Side)> {
        let channels = self.model.channels.iter();
        let sides = [Side::Server, Side::Client];
        let messages = channels.flat_map(|channel| {
            let of_side = |side| {
                channel
                    .messages(side)
                    .iter()
                    .map(move |found| (found, side))
            };
            sides.into_iter().flat_map(of_side)
        });
        let mut messages = messages.filter(|(found, _)| found.body == id);
        messages.next()
    }

    /// The macro without which the functions of a body are left out.
    fn condition_of(&self, id: TypeId) -> Option<&'m str> {
        let (message, _) = self.message(id)?;
        let channel = &self.model.channels[message.owner.0];
        let condition = channel.attributes.argument("ifdef");
        condition.or(self.body(id).attributes.argument("ifdef"))
    }

    /// The C type of a body.
    fn ty(&self, id: TypeId) -> String {
        match self.message(id) {
            Some((message, side)) => self.names.message_struct(message, side),
            None => self.names.structure(self.body(id)),
        }
    }

    /// The end of the names of a body's functions.
    fn stem(&self, id: TypeId) -> String {
        let body = self.body(id);
        match (&body.origin, self.message(id)) {
            (Origin::Body { .. }, Some((message, side))) => {
                let constant = self.names.message(message, side);
                let prefix = format!("{}_", self.names.prefix());
                constant.strip_prefix(&prefix).unwrap().to_lowercase()
            }
            (Origin::Message, _) => self.names.structure(body),
            _ => body.name.clone(),
        }
    }

    /// The fields of a body and of its cases.
    fn places(&self, body: TypeId) -> Vec<Place<'m>> {
        let members = self.body(body).members.iter();
        let places = members.flat_map(|member| {
            let switch = match member {
                Member::Field(_) => None,
                Member::Switch(switch) => Some(switch),
            };
            let place = move |field| Place {
                body,
                field,
                switch,
            };
            member.fields().map(place)
        });
        places.collect()
    }

    fn form(&self, field: &Field) -> Form {
        let has = |name| field.attributes.has(name);
        match (&field.role, field.pointer, field.array) {
            (Role::Virtual(value), _, _) => Form::Constant(*value),
            (Role::Zero, _, _) => Form::Zero,
            _ if has("chunk") => Form::Chunks,
            (_, Some(_), _) if has("nocopy") => Form::View,
            (_, Some(_), _) => Form::Copy,
            _ if has("end") => Form::End,
            _ if has("ptr_array") => Form::PointersAtEnd,
            _ if has("as_ptr") => Form::View,
            _ if has("to_ptr") => Form::Copy,
            (_, _, None) => Form::Value,
            (_, _, Some(_)) => Form::Fixed,
        }
    }

    /// The bytes of a number on the wire and in C. `None` for structs.
    fn number(&self, field: &Field) -> Option<u64> {
        match field.ty.ty {
            Type::Fd => Some(4),
            ty => self.model.int(ty).map(|int| int.bytes.into()),
        }
    }

    fn is_signed(&self, field: &Field) -> u8 {
        let int = self.model.int(field.ty.ty);
        u8::from(int.is_none_or(|int| int.signed))
    }

    /// Whether a struct by value has no member in C.
    fn is_left_out(&self, field: &Field) -> bool {
        matches!(field.ty.ty, Type::Struct(id) if self.places(id).is_empty())
    }

    /// The size of an element in C.
    fn element_size(&self, field: &Field) -> String {
        match field.ty.ty {
            Type::Struct(id) => format!("sizeof({})", self.element_type(field, id)),
            _ => self.number(field).unwrap().to_string(),
        }
    }

    /// The C type of an element, which `@ctype` of the field replaces.
    fn element_type(&self, field: &Field, id: TypeId) -> String {
        let given = field.attributes.argument("ctype");
        given.map_or_else(|| self.ty(id), str::to_owned)
    }

    /// The number of elements. `base` is the address of the first one.
    fn count(&self, place: Place<'m>, base: &str) -> String {
        let body = place.body;
        let side = |member| self.value_at(body, FieldRef::member(member));
        match place.field.array {
            None => "1".to_owned(),
            Some(Array::Fixed(length)) => length.to_string(),
            Some(Array::Count(count)) => self.value_at(body, count),
            Some(Array::ImageSize { bits, width, rows }) => {
                format!("image_bytes({bits}, {}, {})", side(width), side(rows))
            }
            Some(Array::CString) => format!("text_size({base})"),
            Some(Array::Remaining) => {
                let size = self.element_size(place.field);
                let rest = match self.form(place.field) {
                    Form::View => format!("rest_of_body({base})"),
                    _ => format!("rest_of_result({base})"),
                };
                let terminator = u8::from(place.field.attributes.has("zero_terminated"));
                format!("({rest} - {terminator}) / {size}")
            }
        }
    }

    /// The value of a count or discriminant. It is 0 in cases that are not selected.
    fn value_at(&self, body: TypeId, position: FieldRef) -> String {
        let found = self.body(body);
        let field = found.field(position).unwrap();
        let switch = position.case.and_then(|_| found.switch(position.member));
        let place = Place {
            body,
            field,
            switch,
        };
        let value = format!("number_at({}, {})", self.address(place), self.size(place));
        match position.case.zip(switch) {
            Some((case, switch)) => {
                format!("({} ? {value} : 0)", self.condition(body, switch, case))
            }
            None => value,
        }
    }

    /// The path of a member in C.
    fn path(&self, place: Place<'_>) -> String {
        match place.switch {
            Some(switch) if !switch.attributes.has("anon") => {
                format!("{}.{}", switch.name, place.field.name)
            }
            _ => place.field.name.clone(),
        }
    }

    /// The address of a member.
    fn address(&self, place: Place<'_>) -> String {
        let (ty, path) = (self.ty(place.body), self.path(place));
        format!("at + offsetof({ty}, {path})")
    }

    /// The size of a member.
    fn size(&self, place: Place<'_>) -> String {
        format!("MEMBER_SIZE({}, {})", self.ty(place.body), self.path(place))
    }

    /// When a case is selected.
    fn condition(&self, body: TypeId, switch: &Switch, case: usize) -> String {
        let value = self.discriminant(body, switch);
        let found = self.model.enumeration(switch.discriminant.ty).unwrap();
        let label = |label: &Label| match *label {
            Label::Default => "1".to_owned(),
            Label::Item { item, negated } => {
                let item = found.items[item].value;
                match (switch.discriminant.flags, negated) {
                    (false, _) => format!("{value} == {item}u"),
                    (true, false) => format!("({value} & {item}u) != 0"),
                    (true, true) => format!("({value} & {item}u) == 0"),
                }
            }
        };
        let matches = |case: usize| {
            let labels: Vec<String> = switch.cases[case].labels.iter().map(label).collect();
            labels.join(" || ")
        };
        let mut parts: Vec<String> = (0..case)
            .map(|earlier| format!("!({})", matches(earlier)))
            .collect();
        parts.push(format!("({})", matches(case)));
        format!("({})", parts.join(" && "))
    }

    fn discriminant(&self, body: TypeId, switch: &Switch) -> String {
        let mut names = Vec::new();
        let mut owner = self.body(body);
        for (depth, index) in switch.discriminant.path.iter().enumerate() {
            let Member::Field(field) = &owner.members[*index] else {
                panic!("discriminants are fields");
            };
            names.push(field.name.as_str());
            if depth + 1 < switch.discriminant.path.len() {
                let Type::Struct(id) = field.ty.ty else {
                    panic!("the path of a discriminant leads through structs");
                };
                owner = self.body(id);
            }
        }
        let (ty, path) = (self.ty(body), names.join("."));
        format!("number_at(at + offsetof({ty}, {path}), MEMBER_SIZE({ty}, {path}))")
    }
}

/// Statements of C for each case of a switch.
fn cases(
    glue: &Glue<'_>,
    body: TypeId,
    switch: &Switch,
    otherwise: &str,
    mut statements: impl FnMut(&Field) -> String,
) -> String {
    let mut text = String::new();
    for (index, case) in switch.cases.iter().enumerate() {
        if case.live {
            let condition = glue.condition(body, switch, index);
            let _ = write!(
                text,
                "if ({condition}) {{\n{}}} else ",
                statements(&case.field)
            );
        }
    }
    text + &format!("{{\n{otherwise}}}\n")
}
