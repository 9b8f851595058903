//! Random values made from a model.

use std::borrow::Cow;

use spice_dynamic::Value;
use spice_proto_gen::model::{
    Array, Field, FieldRef, Int, Label, Member, Model, Role, Struct, Switch, Type, TypeId,
};

use crate::prng::Prng;

/// Approximate maximum number of elements in all variable-length arrays of a value.
const MOST_ELEMENTS: usize = 200;

/// Returns a random value of a struct or message. It can be encoded.
pub fn random<'m>(model: &'m Model, body: TypeId, prng: &mut Prng) -> Value<'m> {
    let mut maker = Maker {
        model,
        prng,
        left: MOST_ELEMENTS,
    };
    maker.structure(body)
}

struct Maker<'m, 'p> {
    model: &'m Model,
    prng: &'p mut Prng,
    left: usize,
}

/// A body and the values of its members so far, including members that are not on the wire.
struct Known<'m> {
    body: &'m Struct,
    values: Vec<Value<'m>>,
}

impl<'m> Maker<'m, '_> {
    fn structure(&mut self, id: TypeId) -> Value<'m> {
        let body = self.model.body(id).unwrap();
        let mut known = Known {
            body,
            values: Vec::new(),
        };
        for (member, found) in body.members.iter().enumerate() {
            let value = match found {
                Member::Field(field) => {
                    let place = FieldRef { member, case: None };
                    self.field(&known, place, field)
                }
                Member::Switch(switch) => self.switch(&known, member, switch),
            };
            known.values.push(value);
        }
        let named = body.members.iter().zip(known.values);
        let fields = named.filter_map(|(member, value)| match member {
            Member::Field(field) if matches!(field.role, Role::Virtual(_)) => None,
            Member::Field(field) => Some((field.name.as_str().into(), value)),
            Member::Switch(switch) => Some((switch.name.as_str().into(), value)),
        });
        Value::Struct(fields.collect())
    }

    fn switch(&mut self, known: &Known<'m>, member: usize, switch: &'m Switch) -> Value<'m> {
        let Some(case) = chosen(self.model, known, switch) else {
            return Value::Null;
        };
        let field = &switch.cases[case].field;
        let place = FieldRef {
            member,
            case: Some(case),
        };
        let value = self.field(known, place, field);
        Value::Struct(vec![(field.name.as_str().into(), value)])
    }

    fn field(&mut self, known: &Known<'m>, place: FieldRef, field: &'m Field) -> Value<'m> {
        if matches!(field.role, Role::Zero | Role::Virtual(_)) {
            return Value::Integer(0);
        }
        if is_size(known.body, place) {
            return Value::Integer(self.length() as i128);
        }
        let nullable = field.pointer.is_some_and(|pointer| !pointer.nonnull);
        if nullable && self.prng.chance(30) {
            return Value::Null;
        }
        let count = match field.array {
            None => return self.one(field.ty.ty),
            Some(Array::Fixed(count)) => usize::try_from(count).unwrap(),
            Some(Array::Count(count)) => number(self.model, known, count),
            Some(Array::ImageSize { bits, width, rows }) => {
                let side = |member| number(self.model, known, FieldRef { member, case: None });
                (side(width) * bits as usize).div_ceil(8) * side(rows)
            }
            Some(Array::Remaining) => self.length(),
            Some(Array::CString) => return self.text(),
        };
        self.array(field.ty.ty, count)
    }

    /// Returns a length for an array.
    fn length(&mut self) -> usize {
        let length = match self.prng.below(8) {
            0 | 1 => 0,
            2 => self.prng.below(20),
            _ => self.prng.below(4),
        };
        let length = length.min(self.left);
        self.left -= length;
        length
    }

    fn text(&mut self) -> Value<'m> {
        let length = self.prng.below(9);
        let mut text: Vec<u8> = (0..length).map(|_| 1 + self.prng.number(7) as u8).collect();
        text.push(0);
        Value::Bytes(text.into())
    }

    fn array(&mut self, ty: Type, count: usize) -> Value<'m> {
        if let Some(Int { bytes: 1, .. }) = int(self.model, ty) {
            let bytes = (0..count).map(|_| self.prng.number(8) as u8);
            return Value::Bytes(Cow::Owned(bytes.collect()));
        }
        Value::List((0..count).map(|_| self.one(ty)).collect())
    }

    fn one(&mut self, ty: Type) -> Value<'m> {
        match ty {
            Type::Fd => Value::Descriptor,
            Type::Struct(id) => self.structure(id),
            Type::Enum(id) if self.prng.chance(85) => {
                let found = self.model.enumeration(id).unwrap();
                let mut value = self.prng.pick(&found.items).value;
                while found.flags && self.prng.chance(40) {
                    value |= self.prng.pick(&found.items).value;
                }
                Value::Integer(i128::from(value))
            }
            Type::Int(_) | Type::Enum(_) => {
                let Int { bytes, signed } = int(self.model, ty).unwrap();
                let number = self.prng.number(u32::from(bytes) * 8);
                let unused = 64 - u32::from(bytes) * 8;
                Value::Integer(match signed {
                    true => i128::from((number << unused) as i64 >> unused),
                    false => i128::from(number),
                })
            }
        }
    }
}

fn int(model: &Model, ty: Type) -> Option<Int> {
    match ty {
        Type::Int(int) => Some(int),
        Type::Enum(id) => Some(Int {
            bytes: model.enumeration(id)?.bytes,
            signed: false,
        }),
        Type::Fd | Type::Struct(_) => None,
    }
}

/// Whether a field is the count of an array or a side of an image.
fn is_size(body: &Struct, place: FieldRef) -> bool {
    let sizes = |field: &Field| match field.array {
        Some(Array::Count(count)) => count == place,
        Some(Array::ImageSize { width, rows, .. }) => {
            place.case.is_none() && [width, rows].contains(&place.member)
        }
        _ => false,
    };
    body.members.iter().any(|member| match member {
        Member::Field(field) => sizes(field),
        Member::Switch(switch) => switch.cases.iter().any(|case| sizes(&case.field)),
    })
}

/// Returns the value of a count.
fn number(model: &Model, known: &Known<'_>, place: FieldRef) -> usize {
    let value = &known.values[place.member];
    let value = match (place.case, &known.body.members[place.member]) {
        (Some(case), Member::Switch(switch)) => {
            if chosen(model, known, switch) != Some(case) {
                return 0;
            }
            value.get(&switch.cases[case].field.name).unwrap()
        }
        _ => value,
    };
    usize::try_from(value.as_integer().unwrap()).unwrap()
}

/// Returns the case that the discriminant selects.
fn chosen(model: &Model, known: &Known<'_>, switch: &Switch) -> Option<usize> {
    let (first, rest) = switch.discriminant.path.split_first()?;
    let (mut body, mut member) = (known.body, *first);
    let mut value = &known.values[member];
    for index in rest {
        let Member::Field(field) = &body.members[member] else {
            panic!("a discriminant path goes through a switch");
        };
        let Type::Struct(id) = field.ty.ty else {
            panic!("a discriminant path goes through a non-struct");
        };
        (body, member) = (model.body(id)?, *index);
        let Member::Field(field) = &body.members[member] else {
            panic!("a discriminant path ends in a switch");
        };
        value = value.get(&field.name)?;
    }
    let discriminant = u32::try_from(value.as_integer()?).unwrap();
    let items = &model.enumeration(switch.discriminant.ty)?.items;
    switch.cases.iter().position(|case| {
        case.labels.iter().any(|label| match *label {
            Label::Default => true,
            Label::Item { item, negated } if switch.discriminant.flags => {
                (discriminant & items[item].value == 0) == negated
            }
            Label::Item { item, .. } => discriminant == items[item].value,
        })
    })
}
