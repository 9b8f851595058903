//! A block that functions check and read.

use std::fmt::Display;

use super::super::context::Context;
use super::super::members::{Form, field, form, path};
use super::super::text::Text;
use crate::model::{Array, Field, FieldRef, Int, Member, Part, Segment, Struct, Switch, TypeId};

/// Names that generated functions use.
const RESERVED: [&str; 12] = [
    "bool", "c", "chunks", "count", "false", "i", "in", "out", "place", "pointers", "r", "true",
];

/// Beginnings of the names of generated functions.
const PREFIXES: [&str; 8] = [
    "add_",
    "allocate",
    "check_",
    "copy_",
    "get_",
    "image_size",
    "read_",
    "rest_of_",
];

/// A body, and the values that are kept in variables because they count elements or select cases.
pub(super) struct Block<'c, 'm> {
    pub(super) context: &'c Context<'m>,
    pub(super) body: &'m Struct,
    /// The C type of the body.
    pub(super) ty: String,
    /// The name of the body in the names of functions.
    pub(super) name: String,
    variables: Vec<Variable>,
}

/// A value that is read into a variable.
struct Variable {
    /// The member that holds the value.
    position: FieldRef,
    /// Offset of the value in the member, in bytes.
    offset: u64,
    int: Int,
    name: String,
}

impl<'c, 'm> Block<'c, 'm> {
    pub(super) fn new(context: &'c Context<'m>, id: TypeId) -> Self {
        let mut block = Self {
            context,
            body: context.body(id),
            ty: context.struct_type(id),
            name: context.function_name(id),
            variables: Vec::new(),
        };
        for member in &block.body.members {
            for found in member.fields() {
                match found.array {
                    Some(Array::Count(count)) => block.add_count(count),
                    Some(Array::ImageSize { width, rows, .. }) => {
                        block.add_count(FieldRef::member(width));
                        block.add_count(FieldRef::member(rows));
                    }
                    _ => {}
                }
            }
            if let Member::Switch(switch) = member {
                let (position, offset) = block.discriminant_place(switch);
                let fields = context.model.discriminant(block.body, switch);
                let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
                let Some(last) = fields.last() else {
                    unreachable!("a switch has a discriminant");
                };
                block.add(position, offset, last, names.join("_"));
            }
        }
        block
    }

    fn add_count(&mut self, position: FieldRef) {
        let found = field(self.body, position);
        self.add(position, 0, found, found.name.clone());
    }

    fn add(&mut self, position: FieldRef, offset: u64, found: &Field, mut name: String) {
        if self.find(position, offset).is_some() {
            return;
        }
        let Some(int) = self.context.model.int(found.ty.ty) else {
            unreachable!("counts and discriminants are numbers");
        };
        while RESERVED.contains(&name.as_str())
            || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            || self.variables.iter().any(|other| other.name == name)
        {
            name.push('_');
        }
        self.variables.push(Variable {
            position,
            offset,
            int,
            name,
        });
    }

    fn find(&self, position: FieldRef, offset: u64) -> Option<&Variable> {
        let mut variables = self.variables.iter();
        variables.find(|found| (found.position, found.offset) == (position, offset))
    }

    /// The member of this body that holds a discriminant, and the discriminant's offset in it.
    fn discriminant_place(&self, switch: &Switch) -> (FieldRef, u64) {
        let Some((first, rest)) = switch.discriminant.path.split_first() else {
            unreachable!("a switch has a discriminant");
        };
        let position = FieldRef::member(*first);
        let mut outer = field(self.body, position);
        let mut offset = 0;
        for index in rest {
            let Some((_, inner)) = self.context.nested_struct(outer) else {
                unreachable!("the path of a discriminant leads through structs");
            };
            let before = inner.members.get(..*index).unwrap_or_default();
            offset += before.iter().map(wire_size).sum::<u64>();
            outer = field(inner, FieldRef::member(*index));
        }
        (position, offset)
    }

    /// The variable of a count.
    fn count_variable(&self, position: FieldRef) -> &str {
        match self.find(position, 0) {
            Some(variable) => &variable.name,
            None => unreachable!("counts have variables"),
        }
    }

    /// The variable whose value is the field itself.
    pub(super) fn variable_of(&self, position: FieldRef) -> Option<&str> {
        let is_number = self
            .context
            .nested_struct(field(self.body, position))
            .is_none();
        let variable = self.find(position, 0).filter(|_| is_number)?;
        Some(&variable.name)
    }

    /// Whether a member holds values of variables.
    pub(super) fn has_variables(&self, position: FieldRef) -> bool {
        let mut variables = self.variables.iter();
        variables.any(|variable| variable.position == position)
    }

    /// Sets the variables whose values are in a member, which is at an offset from `in`.
    pub(super) fn write_variables(&self, text: &mut Text, position: FieldRef, offset: u64) {
        for variable in &self.variables {
            if variable.position == position {
                let value = get(variable.int, offset + variable.offset);
                text.line(format!("{} = {value};", variable.name));
            }
        }
    }

    /// The declarations of variables. `is_read` tells whether statements read at the beginning of a segment.
    pub(super) fn declarations(&self, is_read: impl Fn(&Segment) -> bool) -> Vec<String> {
        let mut lines = Vec::new();
        let parts = self.body.parts.iter();
        let mut segments: Vec<_> = parts
            .filter_map(|part| match part {
                Part::Segment(segment) => Some(segment),
                Part::Member(_) => None,
            })
            .collect();
        for member in &self.body.members {
            if let Member::Switch(switch) = member {
                let live = switch.cases.iter().filter(|case| case.live);
                segments.extend(live.filter_map(|case| case.segment.as_ref()));
            }
        }
        let is_in_segment = |variable: &Variable| {
            let mut fields = segments.iter().flat_map(|segment| &segment.fields);
            fields.any(|field| field.position == variable.position)
        };
        let reads_members = !self.variables.iter().all(is_in_segment);
        if reads_members || segments.into_iter().any(is_read) {
            lines.push("uint8_t *in;".to_owned());
        }
        for variable in &self.variables {
            let none = variable.position.case.map_or("", |_| " = 0");
            let (int, name) = (variable.int, &variable.name);
            lines.push(format!("{int}_t {name}{none};"));
        }
        if self.body.fields().any(|(_, field)| needs_count(field)) {
            lines.push("uint64_t count;".to_owned());
        }
        lines
    }

    /// Writes the statements for the parts of the block: for each segment, and for each field of variable size.
    pub(super) fn write_parts(
        &self,
        text: &mut Text,
        write_segment: fn(&Self, &mut Text, &Segment),
        write_field: fn(&Self, &mut Text, &Field, FieldRef),
    ) {
        for part in &self.body.parts {
            let index = match part {
                Part::Segment(segment) => {
                    write_segment(self, text, segment);
                    continue;
                }
                Part::Member(index) => *index,
            };
            let Some(switch) = self.body.switch(index) else {
                let position = FieldRef::member(index);
                write_field(self, text, field(self.body, position), position);
                continue;
            };
            let (position, offset) = self.discriminant_place(switch);
            let value = match self.find(position, offset) {
                Some(variable) => &variable.name,
                None => unreachable!("discriminants have variables"),
            };
            let switch = (index, switch);
            self.context
                .write_switch(text, switch, value, |text, position, case| {
                    match &case.segment {
                        Some(segment) => write_segment(self, text, segment),
                        None => write_field(self, text, &case.field, position),
                    }
                });
        }
    }

    /// The number of elements of an array in C. A long expression is written to the variable `count` before. `rest` is the
    /// number of elements up to the end of the message.
    pub(super) fn count(&self, text: &mut Text, found: &Field, rest: &str) -> String {
        let count = match found.array {
            Some(Array::Fixed(length)) => length.to_string(),
            Some(Array::Count(count)) => self.count_variable(count).to_owned(),
            Some(Array::ImageSize { bits, width, rows }) => {
                let width = self.count_variable(FieldRef::member(width));
                let rows = self.count_variable(FieldRef::member(rows));
                format!("image_size({bits}, {width}, {rows})")
            }
            Some(Array::Remaining) => rest.to_owned(),
            Some(Array::CString) | None => "1".to_owned(),
        };
        if !needs_count(found) {
            return count;
        }
        text.line(format!("count = {count};"));
        "count".to_owned()
    }

    /// The path of a field in the C struct.
    pub(super) fn path(&self, position: FieldRef) -> String {
        path(self.body, position)
    }

    /// The fields of a segment with their positions and offsets.
    pub(super) fn segment_fields(&self, segment: &Segment) -> Vec<(FieldRef, &'m Field, u64)> {
        let fields = segment.fields.iter();
        fields
            .map(|found| {
                (
                    found.position,
                    field(self.body, found.position),
                    found.offset,
                )
            })
            .collect()
    }
}

/// Whether the number of elements is a long expression.
fn needs_count(field: &Field) -> bool {
    match field.array {
        Some(Array::ImageSize { .. }) => true,
        Some(Array::Remaining) => !form(field).is_pointer() && form(field) != Form::None,
        _ => false,
    }
}

/// A number at an offset from `in`.
pub(super) fn get(int: impl Display, offset: u64) -> String {
    format!("get_{int}({})", address(offset))
}

/// An address from `in`.
pub(super) fn address(offset: u64) -> String {
    match offset {
        0 => "in".to_owned(),
        _ => format!("in + {offset}"),
    }
}

/// The bytes of a member before a discriminant, which [`check`](super::super::check) found to be constant.
pub(in super::super) fn wire_size(member: &Member) -> u64 {
    match member {
        Member::Field(field) => field.size.min(),
        Member::Switch(switch) => switch.size.min(),
    }
}
