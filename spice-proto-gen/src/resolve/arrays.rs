//! Pass: arrays. How many elements they have, where their size stands, and what elements they can have.

use super::Resolver;
use super::fault::{Checked, Fault};
use super::layout;
use super::scope::Body;
use super::types::{describe, type_span};
use crate::ast::{self, ArraySize, Name, Number};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{Array, CountRef, Field, Int, Role, Size, Type};

/// The most elements that an array of fixed length has.
const MOST_ELEMENTS: u64 = 1 << 16;

/// The most bytes that an array of fixed length has.
const MOST_BYTES: u64 = 1 << 16;

/// The most bits that a pixel has.
const MOST_PIXEL_BITS: u32 = 64;

impl<'a> Resolver<'a> {
    /// Resolves the array part of a field; `ty` is the type of its elements, if it is known.
    pub(super) fn array(
        &mut self,
        body: &Body<'a>,
        field: &ast::Field,
        source: &ast::Array,
        ty: Option<Type>,
    ) -> Checked<Array> {
        if let Some(ty) = ty.filter(|_| field.pointer.is_none()) {
            self.check_nesting(field, source, ty);
        }
        match &source.size {
            ArraySize::Fixed(length) => self.fixed(length, ty),
            ArraySize::Field(name) => {
                let place = self.size_field(body, name, true)?;
                Ok(Array::Count(place))
            }
            ArraySize::ImageSize { bits, width, rows } => {
                let fits = ty.is_none_or(|ty| {
                    let size = layout::element_size(&self.types, ty);
                    size == Size::Static(1) && !matches!(ty, Type::Struct(_))
                });
                self.check_element(field, ty, fits, IMAGE_ELEMENT);
                self.image(body, bits, [width, rows])
            }
            ArraySize::CString => {
                let fits = matches!(ty, None | Some(Type::Int(Int { bytes: 1, .. })));
                self.check_element(field, ty, fits, CSTRING_ELEMENT);
                Ok(Array::CString)
            }
            ArraySize::Remaining => {
                let element = ty.map(|ty| layout::element_size(&self.types, ty));
                let fits = element != Some(Size::Static(0));
                self.check_element(field, ty, fits, REMAINING_ELEMENT);
                Ok(Array::Remaining)
            }
            ArraySize::Bytes(_) => Err(bytes_size(source).into()),
        }
    }

    /// Checks what the elements themselves contain.
    fn check_nesting(&mut self, field: &ast::Field, source: &ast::Array, ty: Type) {
        let contains = layout::element_contains(&self.types, ty);
        let constant = matches!(source.size, ArraySize::Fixed(_));
        let single = matches!(&source.size, ArraySize::Fixed(length) if length.value <= 1);
        let span = type_span(&field.ty);
        let name = &field.name.text;
        if contains.pointers && !constant {
            self.findings.push(
                Diagnostic::new(
                    Code::PointerInArray,
                    span,
                    format!("the elements of `{name}` contain pointers"),
                )
                .label("contains pointers")
                .also(source.span, "the number of elements is not constant")
                .note("a message refers to no more places than its proto names")
                .help("put what they point to into the elements, or make the number of elements constant"),
            );
        }
        if contains.remaining && !single {
            self.findings.push(
                Diagnostic::new(
                    Code::AfterRemaining,
                    span,
                    format!("the elements of `{name}` reach to the end of the message"),
                )
                .label("contains an array to the end of the message")
                .also(
                    source.span,
                    "after one element nothing is left for the next",
                ),
            );
        }
    }

    fn check_element(&mut self, field: &ast::Field, ty: Option<Type>, fits: bool, rule: &str) {
        let Some(ty) = ty.filter(|_| !fits) else {
            return;
        };
        self.findings.push(
            Diagnostic::new(
                Code::ElementType,
                type_span(&field.ty),
                format!("`{}` cannot have these elements", field.name.text),
            )
            .label(format!("{}, but {rule}", describe(ty))),
        );
    }

    fn fixed(&self, length: &Number, ty: Option<Type>) -> Checked<Array> {
        let elements = u64::try_from(length.value)
            .ok()
            .filter(|elements| *elements <= MOST_ELEMENTS)
            .ok_or_else(|| {
                Diagnostic::new(
                    Code::ArrayTooLarge,
                    length.span,
                    format!("an array cannot have {} elements", length.value),
                )
                .label(format!("must be 0 to {MOST_ELEMENTS}"))
            })?;
        let element = ty.map_or(Size::Static(0), |ty| layout::element_size(&self.types, ty));
        let bytes = element.min().saturating_mul(elements);
        if bytes > MOST_BYTES {
            return Err(Diagnostic::new(
                Code::ArrayTooLarge,
                length.span,
                format!("this array takes {bytes} bytes"),
            )
            .label(format!("{elements} elements of {} bytes", element.min()))
            .note(format!(
                "an array of fixed length takes at most {MOST_BYTES} bytes"
            ))
            .into());
        }
        Ok(Array::Fixed(elements))
    }

    fn image(&mut self, body: &Body<'a>, bits: &Number, sides: [&Name; 2]) -> Checked<Array> {
        let pixel = u32::try_from(bits.value)
            .ok()
            .filter(|bits| (1..=MOST_PIXEL_BITS).contains(bits));
        if pixel.is_none() {
            self.findings.push(
                Diagnostic::new(
                    Code::ImageBits,
                    bits.span,
                    format!("a pixel cannot have {} bits", bits.value),
                )
                .label(format!("must be 1 to {MOST_PIXEL_BITS}")),
            );
        }
        // Both sides are looked up before either is missed, so that both are reported.
        let [width, rows] = sides.map(|side| {
            let found = self.size_field(body, side, false);
            self.settle(found)
        });
        match (pixel, width, rows) {
            (Some(bits), Some(width), Some(rows)) => Ok(Array::ImageSize {
                bits,
                width: width.member,
                rows: rows.member,
            }),
            _ => Err(Fault::REPORTED),
        }
    }

    /// Finds the field that holds a size. With `cases`, it may be the field of a case.
    fn size_field(&self, body: &Body<'a>, name: &Name, cases: bool) -> Checked<CountRef> {
        let here = body.next();
        let text = name.text;
        let member = body.names.member(text);
        let in_cases = body.names.in_cases(text);
        let earlier = in_cases.partition_point(|(_, place)| place.member < here);
        let place = match (member, in_cases.get(..earlier).unwrap_or_default()) {
            (Some(member), _) if member < here => CountRef { member, case: None },
            (_, [(_, place)]) if cases => *place,
            (_, [(_, first), .., (_, last)]) if cases => {
                return Err(unusable(body, name, *first, "stands in several cases")
                    .also(place_span(body, *last, name), "and here")
                    .help("give the fields names of their own, or move one size out of the switch")
                    .into());
            }
            (_, [(_, first), ..]) => {
                return Err(unusable(body, name, *first, "stands in a case")
                    .help("move it out of the switch")
                    .into());
            }
            (member, []) => return Err(self.not_before(body, name, member).into()),
        };
        if body.names.is_unknown(place) {
            return Err(Fault::REPORTED);
        }
        check_size_field(body, name, place)
    }

    /// Nothing with this name stands before the array.
    fn not_before(&self, body: &Body<'a>, name: &Name, member: Option<usize>) -> Diagnostic {
        let text = name.text;
        let here = body.next();
        let later = member
            .map(|member| CountRef { member, case: None })
            .or_else(|| body.names.in_cases(text).first().map(|(_, place)| *place));
        let Some(place) = later else {
            let finding = Diagnostic::new(
                Code::UnknownSizeField,
                name.span,
                format!("there is no field `{text}`"),
            )
            .label("not a field of this body")
            .help("a size is a field of the same body, before the array");
            return self.nearest.suggest(finding, name, body.names.before(here));
        };
        match (place.member == here, place.case) {
            (true, None) => unusable(body, name, place, "is not complete here"),
            (true, Some(_)) => unusable(body, name, place, "stands in the same switch")
                .help("move it out of the switch, or into a struct together with the array"),
            (false, _) => Diagnostic::new(
                Code::SizeFieldLater,
                name.span,
                format!("`{text}` comes after the array whose size it holds"),
            )
            .label("not read yet")
            .also(place_span(body, place, name), "defined here")
            .help(format!("move `{text}` before the array")),
        }
    }
}

const IMAGE_ELEMENT: &str = "those of an image must be 8 bits wide";
const CSTRING_ELEMENT: &str = "those of a string must be `int8` or `uint8`";
const REMAINING_ELEMENT: &str = "one without bytes: nothing tells how many there are";

fn bytes_size(source: &ast::Array) -> Diagnostic {
    Diagnostic::new(
        Code::BytesSize,
        source.span,
        "the size `bytes(…)` is no longer part of the language",
    )
    .label("a size of the past")
    .note("its first argument was a field with the size of the array in bytes, its second the C variable for the number of elements")
    .note("only the proto of protocol version 1 had it (`spice1.proto`); it is gone since version 2 (2010)")
    .help("send the number of elements, `uint32 count;`, and write the array as `elements[count]`")
}

/// Checks that what is named as a size can hold one.
fn check_size_field(body: &Body<'_>, name: &Name, place: CountRef) -> Checked<CountRef> {
    let Some(field) = body.field(place) else {
        return Err(unusable(body, name, place, "is a switch").into());
    };
    if let Some(what) = no_plain_field(field) {
        return Err(unusable(body, name, place, &format!("is {what}")).into());
    }
    match field.ty.ty {
        Type::Int(Int { signed: false, .. }) => Ok(place),
        ty => Err(Diagnostic::new(
            Code::SizeFieldType,
            name.span,
            format!("`{}` cannot hold a size: it is {}", name.text, describe(ty)),
        )
        .label("must be an unsigned integer")
        .also(place_span(body, place, name), "defined here")
        .help("the size of an array is a `uint8`, `uint16`, `uint32` or `uint64`")
        .into()),
    }
}

/// Why a field has no number of its own on the wire, if it has none.
pub(super) fn no_plain_field(field: &Field) -> Option<&'static str> {
    match (field.pointer, field.array, &field.role) {
        (Some(_), ..) => Some("a pointer"),
        (_, Some(_), _) => Some("an array"),
        (.., Role::Virtual(_)) => Some("virtual, so not on the wire"),
        (.., Role::Zero) => Some("always zero"),
        _ => None,
    }
}

fn unusable(body: &Body<'_>, name: &Name, place: CountRef, why: &str) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(
        Code::SizeFieldUse,
        name.span,
        format!("`{text}` cannot hold a size: it {why}"),
    )
    .label("cannot hold a size")
    .also(place_span(body, place, name), "defined here")
    .help("a size is an unsigned integer field of its own, before the array")
}

fn place_span(body: &Body<'_>, place: CountRef, name: &Name) -> crate::span::Span {
    body.names.name(place).map_or(name.span, |found| found.span)
}
