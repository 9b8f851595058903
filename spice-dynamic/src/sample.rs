//! Example values, made from a model.

use std::borrow::Cow;

use spice_proto_gen::model::{
    Array, Field, FieldRef, Int, Label, Member, Model, Role, Struct, Switch, Type, TypeId,
};

use crate::MAX_DEPTH;
use crate::scope::Scope;
use crate::value::Value;

/// Number of elements in an array of variable length, and width and rows of an image.
const LENGTH: u64 = 2;

/// Returns an example of a struct or message: small numbers, arrays of two elements, no null pointers, and the
/// first case of each switch. It can be encoded.
///
/// Returns `None` if `body` is not a struct, or nests deeper than [`MAX_DEPTH`].
///
/// ```
/// use spice_dynamic::{encode, sample};
/// use spice_proto_gen::{Analysis, diagnostic::Levels, model::TypeId};
///
/// let proto = "message M { uint8 n; uint16 values[n]; }; protocol P {};";
/// let model = Analysis::new(proto.as_bytes(), &Levels::default()).model.unwrap();
/// let value = sample(&model, TypeId(0)).unwrap();
/// assert_eq!(value.to_json(), r#"{"n":2,"values":[1,2]}"#);
/// assert_eq!(encode(&model, TypeId(0), &value).unwrap(), [2, 1, 0, 2, 0]);
/// ```
#[must_use]
pub fn sample(model: &Model, body: TypeId) -> Option<Value<'static>> {
    structure(model, body, 0)
}

fn structure(model: &Model, id: TypeId, depth: usize) -> Option<Value<'static>> {
    let body = model.body(id).filter(|_| depth < MAX_DEPTH)?;
    let mut values = Vec::with_capacity(body.members.len());
    // A number that differs from field to field, so that a reader can tell the fields apart.
    let mut number = 0;
    for (index, member) in body.members.iter().enumerate() {
        let scope = Scope {
            model,
            body,
            values: &|member| values.get(member),
        };
        let value = match member {
            Member::Field(field) => {
                let position = FieldRef::member(index);
                sample_field(scope, position, field, &mut number, depth)?
            }
            Member::Switch(switch) => sample_switch(scope, index, switch, &mut number, depth)?,
        };
        values.push(value);
    }
    let named = body.members.iter().zip(values);
    let fields = named.filter(|(member, _)| member.is_on_wire());
    let fields = fields.map(|(member, value)| (Cow::Owned(member.name().to_owned()), value));
    Some(Value::Struct(fields.collect()))
}

fn sample_switch<'a>(
    scope: Scope<'_, 'a, 'static>,
    index: usize,
    switch: &'a Switch,
    number: &mut u64,
    depth: usize,
) -> Option<Value<'static>> {
    let Some((case, found)) = scope.selected(switch) else {
        return Some(Value::Null);
    };
    let position = FieldRef::case(index, case);
    let value = sample_field(scope, position, &found.field, number, depth)?;
    let name = found.field.name.clone();
    Some(Value::Struct(vec![(name.into(), value)]))
}

fn sample_field(
    scope: Scope<'_, '_, 'static>,
    position: FieldRef,
    field: &Field,
    number: &mut u64,
    depth: usize,
) -> Option<Value<'static>> {
    if matches!(field.role, Role::Zero | Role::Virtual(_)) {
        return Some(Value::Integer(0));
    }
    if is_length(scope.body, position) {
        return Some(Value::Integer(LENGTH.into()));
    }
    if let Some(value) = first_case(scope.model, scope.body, position) {
        return Some(Value::Integer(value.into()));
    }
    let length = match field.array {
        None => return one(scope.model, field.ty.ty, number, depth),
        Some(Array::CString) => return Some(text(field)),
        Some(Array::Fixed(length)) => length,
        Some(Array::Remaining) => LENGTH,
        Some(array) => scope.elements(array).flatten().unwrap_or(0),
    };
    let length = usize::try_from(length).ok()?;
    if let Some(Int { bytes: 1, .. }) = scope.model.int(field.ty.ty) {
        let bytes = (0..length).map(|index| match field.text {
            true if index.saturating_add(1) == length => 0,
            true => b'a',
            false => u8::try_from(index % 255).unwrap_or(0).saturating_add(1),
        });
        return Some(Value::Bytes(bytes.collect()));
    }
    let mut element = 0;
    let elements = (0..length).map(|_| one(scope.model, field.ty.ty, &mut element, depth));
    elements.collect::<Option<_>>().map(Value::List)
}

/// The name of the field with a NUL.
fn text(field: &Field) -> Value<'static> {
    let mut text = field.name.clone().into_bytes();
    text.push(0);
    Value::Bytes(text.into())
}

fn one(model: &Model, ty: Type, number: &mut u64, depth: usize) -> Option<Value<'static>> {
    match ty {
        Type::Fd => Some(Value::Descriptor),
        Type::Struct(id) => structure(model, id, depth.saturating_add(1)),
        Type::Enum(id) => {
            let item = model.enumeration(id)?.items.first();
            Some(Value::Integer(item.map_or(0, |item| item.value.into())))
        }
        Type::Int(_) => {
            *number = number.saturating_add(1);
            // Even the smallest integer holds 100.
            Some(Value::Integer((*number % 100).into()))
        }
    }
}

/// The item of a discriminant that selects the first case with a label.
fn first_case(model: &Model, body: &Struct, position: FieldRef) -> Option<u32> {
    let mut switches = body.switches().map(|(_, switch)| switch);
    let switch = switches
        .find(|switch| position.case.is_none() && switch.discriminant.path == [position.member])?;
    let mut labels = switch.cases.iter().flat_map(|case| &case.labels);
    let item = labels.find_map(|label| match label {
        Label::Item { item, .. } => Some(*item),
        Label::Default => None,
    })?;
    let found = model.enumeration(switch.discriminant.ty)?;
    found.items.get(item).map(|item| item.value)
}

/// Whether a field is the count of an array, or the width or rows of an image.
fn is_length(body: &Struct, position: FieldRef) -> bool {
    let counts = |field: &Field| match field.array {
        Some(Array::Count(count)) => count == position,
        Some(Array::ImageSize { width, rows, .. }) => {
            [width, rows].map(FieldRef::member).contains(&position)
        }
        _ => false,
    };
    body.fields().any(|(_, field)| counts(field))
}

#[cfg(test)]
mod tests {
    use super::sample;
    use crate::encode;
    use crate::testing::compile;

    fn json(definitions: &str, body: &str) -> String {
        let (model, id) = compile(definitions, body);
        let value = sample(&model, id).unwrap();
        encode(&model, id, &value).unwrap();
        value.to_json()
    }

    #[test]
    fn every_kind_of_field_has_an_example() {
        let definitions =
            "enum8 E { A = 3, B }; flags8 F { X, Y }; struct S { uint8 a; uint8 b; };";
        let body = "uint8 n; uint8 bytes[n]; S *s; S list[2]; E e; F f; unix_fd fd; uint8 z @zero;
            uint8 name[cstring()] @end; uint32 v @virtual(4);";
        assert_eq!(
            json(definitions, body),
            r#"{"n":2,"bytes":"0102","s":{"a":1,"b":2},"list":[{"a":1,"b":2},{"a":1,"b":2}],"e":3,"f":1,"fd":-1,"z":0,"name":"6e616d6500"}"#
        );
    }

    #[test]
    fn switches_and_images_are_consistent() {
        let definitions = "enum8 E { A, B };";
        let body = "E e; uint32 w; uint32 h; switch (e) { case B: uint8 b; case A: uint16 a; } u;
            uint8 pixels[image_size(8, w, h)];";
        assert_eq!(
            json(definitions, body),
            r#"{"e":1,"w":2,"h":2,"u":{"b":1},"pixels":"01020304"}"#
        );
    }
}
