//! Queries on the model that decoding and encoding share.

use spice_proto_gen::model::{
    CountRef, Field, Int, Label, Member, Model, Role, Size, Struct, Switch, Type,
};

use crate::value::Value;

/// A model with query methods.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) model: &'a Model,
}

/// A body and the known values of its members.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s, 'a, 'v> {
    pub(crate) body: &'a Struct,
    /// Returns the value of the member with this index.
    pub(crate) values: &'s dyn Fn(usize) -> Option<&'s Value<'v>>,
}

impl<'a> Facts<'a> {
    /// Returns the size of one value.
    pub(crate) fn size(self, ty: Type) -> Size {
        match ty {
            Type::Int(int) => Size::Static(u64::from(int.bytes)),
            Type::Fd => Size::Static(0),
            Type::Enum(_) => Size::Static(u64::from(self.number(ty).map_or(0, |int| int.bytes))),
            Type::Struct(id) => self
                .model
                .body(id)
                .map_or(Size::Static(0), |body| body.size),
        }
    }

    /// Returns the integer representation of a type, or `None` if it is not numeric.
    pub(crate) fn number(self, ty: Type) -> Option<Int> {
        match ty {
            Type::Int(int) => Some(int),
            Type::Enum(id) => self.model.enumeration(id).map(|found| Int {
                bytes: found.bytes,
                signed: false,
            }),
            Type::Fd | Type::Struct(_) => None,
        }
    }

    /// Whether values take exactly one byte.
    pub(crate) fn is_byte(self, ty: Type) -> bool {
        self.number(ty).is_some_and(|int| int.bytes == 1)
    }

    /// Whether values contain file descriptors.
    pub(crate) fn has_fds(self, ty: Type) -> bool {
        match ty {
            Type::Fd => true,
            Type::Struct(id) => self.model.body(id).is_some_and(|body| body.contains.fds),
            Type::Int(_) | Type::Enum(_) => false,
        }
    }

    /// Returns the value of a count, or 0 if the count is in a case that is not chosen.
    pub(crate) fn count(self, scope: Scope<'_, '_, '_>, place: CountRef) -> u64 {
        let value = (scope.values)(place.member);
        let value = match (place.case, scope.body.members.get(place.member)) {
            (None, _) => value,
            (Some(case), Some(Member::Switch(switch)))
                if self.chosen(scope, switch) == Some(case) =>
            {
                value.and_then(only_field)
            }
            (Some(_), _) => None,
        };
        let number = value.and_then(Value::as_integer).unwrap_or(0);
        u64::try_from(number).unwrap_or(0)
    }

    /// Returns the size of an image in bytes, or `None` if it does not fit in 64 bits.
    pub(crate) fn image_size(
        self,
        scope: Scope<'_, '_, '_>,
        bits: u32,
        width: usize,
        rows: usize,
    ) -> Option<u64> {
        let side = |member| u128::from(self.count(scope, CountRef { member, case: None }));
        let line = side(width).checked_mul(u128::from(bits))?.div_ceil(8);
        u64::try_from(line.checked_mul(side(rows))?).ok()
    }

    /// Returns the index of the first matching case.
    pub(crate) fn chosen(self, scope: Scope<'_, '_, '_>, switch: &Switch) -> Option<usize> {
        let discriminant = self.discriminant(scope, &switch.discriminant.path)?;
        let items = &self.model.enumeration(switch.discriminant.ty)?.items;
        let matches = |label: &Label| match label {
            Label::Default => true,
            Label::Item { item, negated } => {
                let item = items.get(*item).map_or(0, |item| i128::from(item.value));
                match switch.discriminant.flags {
                    true => (discriminant & item != 0) != *negated,
                    false => discriminant == item,
                }
            }
        };
        let mut cases = switch.cases.iter();
        cases.position(|case| case.labels.iter().any(matches))
    }

    fn discriminant(self, scope: Scope<'_, '_, '_>, path: &[usize]) -> Option<i128> {
        let (first, rest) = path.split_first()?;
        let mut member = scope.body.members.get(*first)?;
        let mut value = (scope.values)(*first)?;
        for index in rest {
            let Member::Field(Field { ty, .. }) = member else {
                return None;
            };
            let Type::Struct(id) = ty.ty else {
                return None;
            };
            member = self.model.body(id)?.members.get(*index)?;
            value = value.get(name(member))?;
        }
        value.as_integer()
    }
}

/// Returns the name of a member.
pub(crate) fn name(member: &Member) -> &str {
    match member {
        Member::Field(field) => &field.name,
        Member::Switch(switch) => &switch.name,
    }
}

/// Whether a member is on the wire.
pub(crate) const fn on_wire(member: &Member) -> bool {
    match member {
        Member::Field(field) => !matches!(field.role, Role::Virtual(_)),
        Member::Switch(_) => true,
    }
}

/// Returns the value inside a switch's case.
pub(crate) fn only_field<'s, 'v>(value: &'s Value<'v>) -> Option<&'s Value<'v>> {
    match value {
        Value::Struct(fields) => match fields.as_slice() {
            [(_, value)] => Some(value),
            _ => None,
        },
        _ => None,
    }
}
