//! Checks that arrays agree with their counts.

use spice_proto_gen::model::{Array, CountRef, Field, Member, Role};
use spice_wire::ErrorKind as Wire;

use super::{Result, Writer, fits};
use crate::error::Step;
use crate::scope::Scope;
use crate::value::Value;

impl<'a, 'v> Writer<'a, 'v> {
    /// Checks that every computed count of a body can hold the length of its arrays.
    pub(super) fn check_counts(&mut self, scope: Scope<'_, 'a, 'v>) -> Result<()> {
        for (index, member) in scope.body.members.iter().enumerate() {
            self.inside(Step::Field(member.name()), |writer| match member {
                Member::Field(field) => writer.check_count(scope, CountRef::member(index), field),
                Member::Switch(switch) => {
                    let cases = switch.cases.iter().enumerate();
                    for (case, found) in cases.filter(|(_, case)| case.live) {
                        writer.inside(Step::Field(&found.field.name), |writer| {
                            let position = CountRef::case(index, case);
                            writer.check_count(scope, position, &found.field)
                        })?;
                    }
                    Ok(())
                }
            })?;
        }
        Ok(())
    }

    fn check_count(
        &self,
        scope: Scope<'_, 'a, 'v>,
        position: CountRef,
        field: &Field,
    ) -> Result<()> {
        match (scope.computed_count(position), self.model.int(field.ty.ty)) {
            (Some(count), Some(int)) if !fits(count.into(), int) => {
                Err(self.wire_error(Wire::CountTooLarge { count }))
            }
            _ => Ok(()),
        }
    }

    /// Checks that an array has the length that the proto or other fields determine.
    pub(super) fn check_length(
        &self,
        scope: Scope<'_, 'a, 'v>,
        field: &Field,
        value: &Value<'v>,
    ) -> Result<()> {
        let Some(array) = field.array else {
            return Ok(());
        };
        let Some(length) = value.count() else {
            return Err(self.wrong_value("an array"));
        };
        let length = length as u64;
        let (count, kind) = match (array, scope.elements(array).flatten()) {
            (Array::CString, _) => return self.check_text(value),
            (Array::Remaining, _) => return Ok(()),
            (Array::ImageSize { .. }, size) => {
                let expected = size.unwrap_or(u64::MAX);
                (size, Wire::ImageSize { expected, length })
            }
            (Array::Fixed(count), _) => (Some(count), Wire::CountMismatch { count, length }),
            (Array::Count(count), _) => {
                let count = scope.count(count);
                (Some(count), Wire::CountMismatch { count, length })
            }
        };
        if count == Some(length) {
            return Ok(());
        }
        Err(self.wire_error(kind))
    }

    /// Checks that text has one zero byte, at its end.
    fn check_text(&self, value: &Value<'v>) -> Result<()> {
        let Value::Bytes(bytes) = value else {
            return Err(self.wrong_value("bytes"));
        };
        match bytes.split_last() {
            Some((0, text)) if !text.contains(&0) => Ok(()),
            Some((0, _)) => Err(self.wire_error(Wire::InteriorNul)),
            _ => Err(self.wire_error(Wire::Unterminated)),
        }
    }
}

impl Scope<'_, '_, '_> {
    /// The number that is written for a count that follows from arrays: the length of the longest one.
    /// Null and arrays of other cases have length 0. `None` if the count is written as it is.
    pub(super) fn computed_count(self, position: CountRef) -> Option<u64> {
        let role = &self.body.field(position)?.role;
        let arrays = self.body.counted_arrays(position).into_iter();
        let values = arrays.filter_map(|array| self.value(array.position));
        let longest = values.map(|value| value.count().unwrap_or(0) as u64).max();
        match role {
            Role::ComputedCount => Some(longest.unwrap_or(0)),
            // Another case than that of an array carries the count.
            Role::CarriedCount { .. } => longest,
            _ => None,
        }
    }
}
