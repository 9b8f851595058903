//! The values of a block that a parser keeps in variables, because they count elements or select cases.

use super::super::context::Context;
use crate::model::{Array, CountRef, Field, Int, Member, Struct, Switch};

/// Names that generated functions use, and keywords.
const RESERVED: [&str; 15] = [
    "NULL",
    "UINT32_MAX",
    "bool",
    "c",
    "chunks",
    "count",
    "false",
    "i",
    "in",
    "out",
    "place",
    "pointers",
    "r",
    "true",
    "value",
];

/// Beginnings of the names of generated functions and types.
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

/// A value that is read into a variable.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// The member that holds the value.
    pub(super) position: CountRef,
    /// Offset of the value in the member, in bytes.
    pub(super) offset: u64,
    /// The integer type.
    pub(super) int: Int,
    /// The name in C.
    pub(super) name: String,
}

/// The variables of a body.
#[derive(Debug, Default)]
pub(super) struct Variables(Vec<Variable>);

impl Variables {
    /// The variables of `body`.
    pub(super) fn new(context: &Context, body: &Struct) -> Self {
        let mut variables = Self::default();
        for member in &body.members {
            for field in member.fields() {
                match field.array {
                    Some(Array::Count(count)) => variables.add_field(context, body, count),
                    Some(Array::ImageSize { width, rows, .. }) => {
                        variables.add_field(context, body, CountRef::member(width));
                        variables.add_field(context, body, CountRef::member(rows));
                    }
                    _ => {}
                }
            }
            if let Member::Switch(switch) = member {
                variables.add_discriminant(context, body, switch);
            }
        }
        variables
    }

    fn add_field(&mut self, context: &Context, body: &Struct, position: CountRef) {
        let Some(field) = body.field(position) else {
            unreachable!("a count is the position of a field");
        };
        self.add(context, position, 0, field, &field.name);
    }

    fn add_discriminant(&mut self, context: &Context, body: &Struct, switch: &Switch) {
        let Some((first, rest)) = switch.discriminant.path.split_first() else {
            unreachable!("a switch has a discriminant");
        };
        let position = CountRef::member(*first);
        let Some(mut field) = body.field(position) else {
            unreachable!("the path of a discriminant leads through fields");
        };
        let (mut offset, mut name) = (0, field.name.clone());
        for index in rest {
            let Some((_, inner)) = context.nested_struct(field) else {
                unreachable!("the path of a discriminant leads through structs");
            };
            let (Some(before), Some(Member::Field(next))) =
                (inner.members.get(..*index), inner.members.get(*index))
            else {
                unreachable!("the path of a discriminant leads through fields");
            };
            offset += before.iter().map(wire_size).sum::<u64>();
            field = next;
            name = format!("{name}_{}", field.name);
        }
        self.add(context, position, offset, field, &name);
    }

    fn add(
        &mut self,
        context: &Context,
        position: CountRef,
        offset: u64,
        field: &Field,
        name: &str,
    ) {
        if self.find(position, offset).is_some() {
            return;
        }
        let Some(int) = context.model.int(field.ty.ty) else {
            unreachable!("counts and discriminants are numbers");
        };
        let mut name = name.to_owned();
        while RESERVED.contains(&name.as_str())
            || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            || self.0.iter().any(|variable| variable.name == name)
        {
            name.push('_');
        }
        self.0.push(Variable {
            position,
            offset,
            int,
            name,
        });
    }

    fn find(&self, position: CountRef, offset: u64) -> Option<&Variable> {
        let mut variables = self.0.iter();
        variables.find(|variable| (variable.position, variable.offset) == (position, offset))
    }

    /// The variables in the member at a position.
    pub(super) fn of_member(&self, position: CountRef) -> impl Iterator<Item = &Variable> {
        let variables = self.0.iter();
        variables.filter(move |variable| variable.position == position)
    }

    /// The name of the variable of a field.
    pub(super) fn name(&self, position: CountRef) -> &str {
        match self.find(position, 0) {
            Some(variable) => &variable.name,
            None => unreachable!("counts have variables"),
        }
    }

    /// The name of the variable of a switch's discriminant.
    pub(super) fn discriminant(&self, context: &Context, body: &Struct, switch: &Switch) -> String {
        let mut found = Self::default();
        found.add_discriminant(context, body, switch);
        let found = found.0.first();
        match found.and_then(|found| self.find(found.position, found.offset)) {
            Some(variable) => variable.name.clone(),
            None => unreachable!("discriminants have variables"),
        }
    }

    /// All variables, in the order in which they are needed first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Variable> {
        self.0.iter()
    }
}

/// The bytes of a member before a discriminant, which [`check`](super::super::check) found to be constant.
pub(in super::super) fn wire_size(member: &Member) -> u64 {
    match member {
        Member::Field(field) => field.size.min(),
        Member::Switch(switch) => switch.size.min(),
    }
}
