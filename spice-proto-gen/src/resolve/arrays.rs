//! Resolves the sizes of arrays, and checks their elements.

use super::Resolver;
use super::layout;
use super::rejection::{Checked, Rejection};
use super::scope::StructDraft;
use super::types::{describe, use_span};
use crate::ast::{self, ArraySize, Name, Number};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Array, Field, FieldRef, Int, Role, Size, Type, type_contains, type_size};

/// The most bits of a pixel.
const MAX_PIXEL_BITS: u32 = 64;

impl<'a> Resolver<'a> {
    /// Resolves the array part of a field. `ty` is the type of the elements, if it is known.
    pub(super) fn array(
        &mut self,
        draft: &StructDraft<'a>,
        field: &ast::Field,
        source: &ast::Array,
        ty: Option<Type>,
    ) -> Checked<Array> {
        if let Some(ty) = ty.filter(|_| field.pointer.is_none()) {
            self.check_contents(field, source, ty);
        }
        match &source.size {
            ArraySize::Fixed(length) => self.fixed(length, ty),
            ArraySize::Field(name) => {
                let place = self.size_field(draft, name, true)?;
                Ok(Array::Count(place))
            }
            ArraySize::ImageSize { bits, width, rows } => {
                let fits = ty.is_none_or(|ty| {
                    let size = type_size(&self.types, ty);
                    size == Size::Static(1) && !matches!(ty, Type::Struct(_))
                });
                self.check_element(field, ty, fits, IMAGE_ELEMENT);
                self.image(draft, bits, [width, rows])
            }
            ArraySize::CString => {
                let fits = matches!(ty, None | Some(Type::Int(Int { bytes: 1, .. })));
                self.check_element(field, ty, fits, CSTRING_ELEMENT);
                Ok(Array::CString)
            }
            ArraySize::Remaining => {
                let size = ty.map(|ty| type_size(&self.types, ty));
                let fits = size != Some(Size::Static(0));
                self.check_element(field, ty, fits, REMAINING_ELEMENT);
                Ok(Array::Remaining)
            }
            ArraySize::Bytes(arguments) => Err(removed_bytes_size(source, arguments).into()),
        }
    }

    /// Checks what the elements contain.
    fn check_contents(&mut self, field: &ast::Field, source: &ast::Array, ty: Type) {
        let contains = type_contains(&self.types, ty);
        let is_fixed = matches!(source.size, ArraySize::Fixed(_));
        let has_one_element = matches!(&source.size, ArraySize::Fixed(length) if length.value <= 1);
        if contains.pointers && !is_fixed {
            self.diagnostics.push(pointer_in_array(field, source));
        }
        if contains.remaining && !has_one_element {
            self.diagnostics.push(remaining_in_array(field, source));
        }
    }

    fn check_element(&mut self, field: &ast::Field, ty: Option<Type>, fits: bool, rule: &str) {
        if let Some(ty) = ty.filter(|_| !fits) {
            let message = format!("the elements of `{}` have the wrong type", field.name.text);
            self.diagnostics.push(
                Diagnostic::new(Code::ElementType, use_span(&field.ty), message)
                    .label(format!("{}, but {rule}", describe(ty))),
            );
        }
    }

    fn fixed(&self, length: &Number, ty: Option<Type>) -> Checked<Array> {
        let message_bytes = layout::MAX_BODY_BYTES;
        let elements = u64::try_from(length.value);
        let Some(elements) = elements.ok().filter(|elements| *elements <= message_bytes) else {
            let message = format!("an array cannot have {} elements", length.value);
            return Err(Diagnostic::new(Code::ArrayTooLarge, length.span, message)
                .label(format!("must be 0 to {message_bytes}"))
                .into());
        };
        let element = ty.map_or(0, |ty| type_size(&self.types, ty).min());
        let bytes = element.saturating_mul(elements);
        if bytes > message_bytes {
            let message = format!("this array takes {bytes} bytes");
            return Err(Diagnostic::new(Code::ArrayTooLarge, length.span, message)
                .label(format!("{elements} elements of {element} bytes each"))
                .note(format!("a message has at most {message_bytes} bytes"))
                .help("reduce the number of elements")
                .into());
        }
        Ok(Array::Fixed(elements))
    }

    fn image(
        &mut self,
        draft: &StructDraft<'a>,
        bits: &Number,
        sides: [&Name; 2],
    ) -> Checked<Array> {
        let pixel = u32::try_from(bits.value);
        let pixel = pixel
            .ok()
            .filter(|bits| (1..=MAX_PIXEL_BITS).contains(bits));
        if pixel.is_none() {
            let message = format!("a pixel cannot have {} bits", bits.value);
            self.diagnostics.push(
                Diagnostic::new(Code::ImageBits, bits.span, message)
                    .label(format!("must be 1 to {MAX_PIXEL_BITS}")),
            );
        }
        // Problems of both sides are reported.
        let [width, rows] = sides.map(|side| {
            let found = self.size_field(draft, side, false);
            self.accept(found)
        });
        match (pixel, width, rows) {
            (Some(bits), Some(width), Some(rows)) => Ok(Array::ImageSize {
                bits,
                width: width.member,
                rows: rows.member,
            }),
            _ => Err(Rejection::Reported),
        }
    }

    /// Finds the field that holds a size: an earlier member, or, with `in_cases`, the field of an earlier case.
    fn size_field(
        &self,
        draft: &StructDraft<'a>,
        name: &Name,
        in_cases: bool,
    ) -> Checked<FieldRef> {
        let here = draft.next();
        let member = draft.names.member(name.text);
        let case_fields = draft.names.in_cases(name.text);
        let earlier = case_fields.partition_point(|(_, place)| place.member < here);
        let place = match (member, case_fields.split_at(earlier).0) {
            (Some(member), _) if member < here => FieldRef::member(member),
            (_, [(_, place)]) if in_cases => *place,
            (_, [(first, _), .., (last, _)]) if in_cases => {
                return Err(unusable(name, first, "it is a field of several cases")
                    .also(last.span, "and here")
                    .help("give the fields different names, or move one of them out of the switch")
                    .into());
            }
            (_, [(first, _), ..]) => {
                return Err(unusable(name, first, "it is the field of a case")
                    .help("move it out of the switch")
                    .into());
            }
            (member, []) => return Err(self.no_earlier_field(draft, name, member).into()),
        };
        if draft.names.is_unknown(place) {
            return Err(Rejection::Reported);
        }
        check_size_field(draft, name, place)
    }

    /// No field with this name comes before the array.
    fn no_earlier_field(
        &self,
        draft: &StructDraft<'a>,
        name: &Name,
        member: Option<usize>,
    ) -> Diagnostic {
        let text = name.text;
        let here = draft.next();
        let member = member.map(FieldRef::member);
        let case_fields = draft.names.in_cases(text);
        let Some(place) = member.or_else(|| Some(case_fields.first()?.1)) else {
            let message = format!("there is no field `{text}`");
            let diagnostic = Diagnostic::new(Code::UnknownSizeField, name.span, message)
                .label("not defined before the array")
                .help("the size is an earlier field of the same struct or message");
            let candidates = draft.names.before(here);
            return self.suggester.suggest(diagnostic, name, candidates);
        };
        let defined = draft.names.name(place);
        match (place.member == here, place.case) {
            (true, None) => unusable(name, defined, "it is not complete here"),
            (true, Some(_)) => unusable(name, defined, "it is in the same switch as the array")
                .help("move it out of the switch, or into a struct together with the array"),
            (false, _) => {
                let message = format!("`{text}` comes after the array whose size it holds");
                Diagnostic::new(Code::SizeFieldLater, name.span, message)
                    .label("not read yet")
                    .also(defined.span, "defined here")
                    .help(format!("move `{text}` before the array"))
            }
        }
    }
}

const IMAGE_ELEMENT: &str = "the elements of an image must be 8 bits wide";
const CSTRING_ELEMENT: &str = "the elements of a string must be `int8` or `uint8`";
const REMAINING_ELEMENT: &str =
    "an element without bytes leaves the number of elements undetermined";

fn pointer_in_array(field: &ast::Field, source: &ast::Array) -> Diagnostic {
    let message = format!("the elements of `{}` contain pointers", field.name.text);
    Diagnostic::new(Code::PointerInArray, use_span(&field.ty), message)
        .label("contains pointers")
        .also(source.span, "the number of elements is not constant")
        .note("the proto determines how many pointers a message has")
        .help("include the pointees in the elements, or make the number of elements constant")
}

fn remaining_in_array(field: &ast::Field, source: &ast::Array) -> Diagnostic {
    let name = field.name.text;
    let message = format!("the elements of `{name}` reach to the end of the message");
    Diagnostic::new(Code::AfterRemaining, use_span(&field.ty), message)
        .label("contains an array to the end of the message")
        .also(source.span, "no bytes are left for a second element")
        .help("give the array in the elements a size")
}

fn removed_bytes_size(source: &ast::Array, arguments: &[Name]) -> Diagnostic {
    let message = "the size `bytes(…)` is no longer part of the language";
    let (meaning, history) = match arguments {
        [_] => (
            "its argument was a field with the size of the array in bytes",
            "`spice.proto` had it with one argument in 2010",
        ),
        _ => (
            "its first argument was a field with the size of the array in bytes, its second the C variable for the number of elements",
            "only `spice1.proto`, the proto of protocol version 1, had it with two arguments",
        ),
    };
    Diagnostic::new(Code::BytesSize, source.span, message)
        .label("removed")
        .note(meaning)
        .note(history)
        .help("send the number of elements, `uint32 count;`, and write the array as `elements[count]`")
}

/// Checks that a field can hold a size.
fn check_size_field(draft: &StructDraft<'_>, name: &Name, place: FieldRef) -> Checked<FieldRef> {
    let defined = draft.names.name(place);
    let Some(field) = draft.field(place) else {
        return Err(unusable(name, defined, "it is a switch").into());
    };
    if let Some(kind) = not_a_number(field) {
        return Err(unusable(name, defined, &format!("it is {kind}")).into());
    }
    match field.ty.ty {
        Type::Int(Int { signed: false, .. }) => Ok(place),
        ty => {
            let message = format!("`{}` cannot hold a size: it is {}", name.text, describe(ty));
            Err(Diagnostic::new(Code::SizeFieldType, name.span, message)
                .label("must be an unsigned integer")
                .also(defined.span, "defined here")
                .help("make it a `uint8`, `uint16`, `uint32` or `uint64`")
                .into())
        }
    }
}

/// The kind of a field that is not one number on the wire.
pub(super) fn not_a_number(field: &Field) -> Option<&'static str> {
    match (field.pointer, field.array, &field.role) {
        (Some(_), ..) => Some("a pointer"),
        (_, Some(_), _) => Some("an array"),
        (.., Role::Virtual(_)) => Some("virtual, so it is not sent"),
        (.., Role::Zero) => Some("always zero"),
        _ => None,
    }
}

fn unusable(name: &Name, defined: &Name, reason: &str) -> Diagnostic {
    let message = format!("`{}` cannot hold a size: {reason}", name.text);
    Diagnostic::new(Code::SizeFieldUse, name.span, message)
        .label("cannot hold a size")
        .also(defined.span, "defined here")
        .help("use an earlier field that is an unsigned integer")
}
