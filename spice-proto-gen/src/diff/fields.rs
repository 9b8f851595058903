//! Compares fields: type, pointer, array and attributes that reach the wire.

use super::ChangeCode;
use super::bodies::Bodies;
use super::comparison::{Comparison, Places, Readers};
use crate::model::{Array, Field, PointeeOrder, Role, Struct, Type, TypeRef};

impl Comparison<'_> {
    pub(super) fn compare_fields(
        &mut self,
        bodies: Bodies<'_>,
        old: &Field,
        new: &Field,
        places: &Places,
    ) {
        let name = places.new.as_deref().unwrap_or_default().join(".");
        let mut report = |code, readers, text: String| {
            self.report_in(bodies.types, readers, code, text, places.clone());
        };
        match (&old.role, &new.role) {
            (Role::Virtual(was), Role::Virtual(is)) => {
                if was != is {
                    let text = format!("constant `{name}` is {is} instead of {was}");
                    report(ChangeCode::VirtualValue, Readers::None, text);
                }
                return;
            }
            (Role::Virtual(_), _) => {
                let text = format!("field `{name}` is sent; it was `@virtual`");
                return report(ChangeCode::Virtual, Readers::Both, text);
            }
            (_, Role::Virtual(_)) => {
                let text = format!("field `{name}` is `@virtual`; it was sent");
                return report(ChangeCode::Virtual, Readers::Both, text);
            }
            (Role::Zero, Role::Zero) => {}
            (Role::Zero, _) => {
                let text = format!("field `{name}` has a value; it was zero");
                report(ChangeCode::Padding, Readers::New, text);
            }
            (_, Role::Zero) => {
                let text = format!("field `{name}` is zero; it had a value");
                report(ChangeCode::Padding, Readers::Old, text);
            }
            _ => {}
        }
        match (old.pointer, new.pointer) {
            (None, None) => {}
            (Some(was), Some(is)) => {
                match (was.nonnull, is.nonnull) {
                    (false, true) => {
                        let text = format!("pointer `{name}` cannot be null; it could be");
                        report(ChangeCode::Nullability, Readers::New, text);
                    }
                    (true, false) => {
                        let text = format!("pointer `{name}` can be null; it could not be");
                        report(ChangeCode::Nullability, Readers::Old, text);
                    }
                    _ => {}
                }
                if was.order != is.order {
                    let (was, is) = (order(was.order), order(is.order));
                    let text = format!("pointee of `{name}` is {is} instead of {was}");
                    report(ChangeCode::PointeeOrder, Readers::Both, text);
                }
            }
            (was, _) => {
                let [pointer, value] = ["a pointer", "a value in place"];
                let (was, is) = if was.is_some() {
                    (pointer, value)
                } else {
                    (value, pointer)
                };
                let text = format!("field `{name}` is {is} instead of {was}");
                return report(ChangeCode::PointerOrValue, Readers::Both, text);
            }
        }
        if !is_same_length(bodies.old, old.array, bodies.new, new.array) {
            let was = old
                .array
                .map(|array| format!("[{}]", bodies.old.length_of(array)));
            let is = new
                .array
                .map(|array| format!("[{}]", bodies.new.length_of(array)));
            let text = match (was, is) {
                (Some(was), Some(is)) => format!("has the length `{is}` instead of `{was}`"),
                (_, Some(is)) => format!("is an array `{is}` instead of a single value"),
                (was, None) => {
                    let was = was.unwrap_or_default();
                    format!("is a single value instead of an array `{was}`")
                }
            };
            let text = format!("field `{name}` {text}");
            report(ChangeCode::ArrayLength, Readers::Both, text);
        }
        self.compare_field_types(bodies, old.ty, new.ty, &name, places);
    }

    fn compare_field_types(
        &mut self,
        bodies: Bodies<'_>,
        old: TypeRef,
        new: TypeRef,
        name: &str,
        places: &Places,
    ) {
        let (old_model, new_model) = (self.old.model, self.new.model);
        let (was, is) = (old_model.type_name(old), new_model.type_name(new));
        let own = |ty| TypeRef { alias: None, ty };
        let (old_name, new_name) = (
            old_model.type_name(own(old.ty)),
            new_model.type_name(own(new.ty)),
        );
        let is_pair = old_name == new_name || self.is_renamed(&old_name, &new_name);
        let text = format!("field `{name}` is `{is}` instead of `{was}`");
        let (code, readers, text) = match (old.ty, new.ty) {
            (Type::Enum(a), Type::Enum(b)) if is_pair => return self.enqueue(a, b),
            (Type::Struct(a), Type::Struct(b)) if is_pair => return self.enqueue(a, b),
            (Type::Struct(a), Type::Struct(b)) if self.same_bytes.bodies(a, b) => {
                (ChangeCode::SameBytes, Readers::None, text)
            }
            _ => match (old_model.int(old.ty), new_model.int(new.ty)) {
                (Some(a), Some(b)) if a.bytes != b.bytes => {
                    let (was, is) = (a.bytes, b.bytes);
                    let unit = if is == 1 { "byte" } else { "bytes" };
                    let text = format!("field `{name}` takes {is} {unit} instead of {was}");
                    (ChangeCode::Width, Readers::Both, text)
                }
                (Some(a), Some(b)) if a.signed != b.signed => {
                    (ChangeCode::Signedness, Readers::Both, text)
                }
                (Some(_), Some(_)) | (None, None) if was == is => return,
                (Some(_), Some(_)) => (ChangeCode::SameBytes, Readers::None, text),
                _ => (ChangeCode::FieldType, Readers::Both, text),
            },
        };
        self.report_in(bodies.types, readers, code, text, places.clone());
    }
}

const fn order(order: PointeeOrder) -> &'static str {
    match order {
        PointeeOrder::DepthFirst => "depth-first (`@marshall`)",
        PointeeOrder::BreadthFirst => "breadth-first",
    }
}

/// Whether two arrays have one length. A count is the same field if it has its name or its position.
fn is_same_length(a: &Struct, old: Option<Array>, b: &Struct, new: Option<Array>) -> bool {
    let member = |old: usize, new: usize| {
        let names = [a.members.get(old), b.members.get(new)].map(|found| found.map(|m| m.name()));
        old == new || names[0] == names[1]
    };
    match (old, new) {
        (Some(Array::Count(old)), Some(Array::Count(new))) => {
            let fields = (a.field(old), b.field(new));
            old.case.is_some() == new.case.is_some()
                && (old == new
                    || matches!(fields, (Some(x), Some(y)) if x.name == y.name)
                    || old.case.is_none() && member(old.member, new.member))
        }
        (
            Some(Array::ImageSize {
                bits: x,
                width: old_width,
                rows: old_rows,
            }),
            Some(Array::ImageSize {
                bits: y,
                width,
                rows,
            }),
        ) => x == y && member(old_width, width) && member(old_rows, rows),
        _ => old == new,
    }
}
