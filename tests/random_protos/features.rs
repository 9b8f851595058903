//! Language features that a model uses.

use std::collections::BTreeSet;

use spice_proto_gen::model::{
    Array, Field, Label, Member, Model, Origin, PointeeOrder, Role, Struct, Switch, Type, TypeDef,
    VariantName,
};

/// Features that the random protos must cover.
pub const ALL: &[&str] = &[
    "1-byte enum",
    "2-byte enum",
    "4-byte enum",
    "1-byte flags",
    "2-byte flags",
    "4-byte flags",
    "abstract channel",
    "alias",
    "alias in field",
    "array of struct",
    "carried count",
    "channel used twice",
    "computed count",
    "count array",
    "count in case",
    "count in case of array in none",
    "count in other case",
    "cstring array",
    "dead case",
    "default",
    "enum",
    "fd",
    "fixed array",
    "fixed array of borrowing struct",
    "fixed array of pointing struct",
    "flags switch",
    "grandparent",
    "i1",
    "i2",
    "i4",
    "i8",
    "image_size array",
    "implied discriminant",
    "inline struct",
    "large fixed array",
    "list of fds",
    "list of variable struct",
    "marshall",
    "named message",
    "negated",
    "nested discriminant",
    "no case",
    "no array",
    "nonnull",
    "nonnull marshall",
    "pointer",
    "pointer to cstring",
    "pointer to count",
    "pointer to fixed",
    "pointer to image_size",
    "pointer to remaining",
    "pointer to struct",
    "remaining array",
    "several labels",
    "stored count",
    "struct",
    "switch in struct in array",
    "switch without value",
    "text",
    "u1",
    "u2",
    "u4",
    "u8",
    "virtual",
    "zero",
];

/// Returns the features that a model uses.
pub fn features(model: &Model) -> BTreeSet<String> {
    let mut finder = Finder {
        model,
        found: BTreeSet::new(),
    };
    for ty in &model.types {
        match ty {
            TypeDef::Alias(_) => finder.add("alias"),
            TypeDef::Enum(found) => {
                let kind = if found.flags { "flags" } else { "enum" };
                finder.add(format!("{}-byte {kind}", found.bytes));
            }
            TypeDef::Struct(body) => finder.body(body),
        }
    }
    for channel in &model.channels {
        match channel.entries.len() {
            0 => finder.add("abstract channel"),
            1 => {}
            _ => finder.add("channel used twice"),
        }
        if channel.ancestors.len() > 1 {
            finder.add("grandparent");
        }
    }
    finder.found
}

struct Finder<'m> {
    model: &'m Model,
    found: BTreeSet<String>,
}

impl Finder<'_> {
    fn add(&mut self, feature: impl Into<String>) {
        self.found.insert(feature.into());
    }

    fn body(&mut self, body: &Struct) {
        match body.origin {
            Origin::Inline => self.add("inline struct"),
            Origin::Message => self.add("named message"),
            Origin::Struct | Origin::Body { .. } => {}
        }
        for member in &body.members {
            match member {
                Member::Field(field) => self.field(field, false),
                Member::Switch(switch) => self.switch(switch),
            }
        }
    }

    fn field(&mut self, field: &Field, in_case: bool) {
        match field.ty.ty {
            Type::Int(int) => {
                let sign = if int.signed { 'i' } else { 'u' };
                self.add(format!("{sign}{}", int.bytes));
            }
            Type::Fd => self.add("fd"),
            Type::Enum(_) => self.add("enum"),
            Type::Struct(_) => self.add("struct"),
        }
        if field.ty.alias.is_some() {
            self.add("alias in field");
        }
        if field.text {
            self.add("text");
        }
        match field.role {
            Role::Value => {}
            Role::StoredCount => self.add("stored count"),
            Role::ComputedCount => self.add("computed count"),
            Role::CarriedCount { .. } => self.add("carried count"),
            Role::ImpliedDiscriminant { .. } => self.add("implied discriminant"),
            Role::Zero => self.add("zero"),
            Role::Virtual(_) => self.add("virtual"),
        }
        if let (Some(Array::Count(count)), false) = (field.array, in_case)
            && count.case.is_some()
        {
            self.add("count in case of array in none");
        }
        self.array(field);
        self.pointer(field);
    }

    fn array(&mut self, field: &Field) {
        self.add(format!("{} array", array(field)));
        let Some(array) = field.array else {
            return;
        };
        let constant = matches!(array, Array::Fixed(_));
        if field.ty.ty == Type::Fd && !constant {
            self.add("list of fds");
        }
        if matches!(array, Array::Fixed(513..)) {
            self.add("large fixed array");
        }
        let Type::Struct(id) = field.ty.ty else {
            return;
        };
        let body = self.model.body(id).unwrap();
        self.add("array of struct");
        if body.size.exact().is_none() && !constant {
            self.add("list of variable struct");
        }
        if body.contains.switches {
            self.add("switch in struct in array");
        }
        if body.contains.pointers && constant {
            self.add("fixed array of pointing struct");
        }
        if body.contains.borrowed && constant {
            self.add("fixed array of borrowing struct");
        }
    }

    fn pointer(&mut self, field: &Field) {
        let Some(pointer) = field.pointer else {
            return;
        };
        match field.array {
            None => self.add("pointer to struct"),
            Some(_) => self.add(format!("pointer to {}", array(field))),
        }
        self.add(match (pointer.nonnull, pointer.order) {
            (true, PointeeOrder::DepthFirst) => "nonnull marshall",
            (true, PointeeOrder::BreadthFirst) => "nonnull",
            (false, PointeeOrder::DepthFirst) => "marshall",
            (false, PointeeOrder::BreadthFirst) => "pointer",
        });
    }

    fn switch(&mut self, switch: &Switch) {
        if switch.discriminant.flags {
            self.add("flags switch");
        }
        if switch.discriminant.path.len() > 1 {
            self.add("nested discriminant");
        }
        if !switch.stored {
            self.add("switch without value");
        }
        let mut variants = switch.variants.iter();
        if variants.any(|variant| variant.name == VariantName::NoCase) {
            self.add("no case");
        }
        for case in &switch.cases {
            if !case.live {
                self.add("dead case");
            }
            if case.labels.len() > 1 {
                self.add("several labels");
            }
            for label in &case.labels {
                match label {
                    Label::Default => self.add("default"),
                    Label::Item { negated: true, .. } => self.add("negated"),
                    Label::Item { .. } => {}
                }
            }
            if let Some(Array::Count(count)) = case.field.array
                && count.case.is_some()
            {
                self.add("count in case");
            }
            self.field(&case.field, true);
            if case.field.role == Role::StoredCount {
                self.add("count in other case");
            }
        }
    }
}

/// Returns the kind of a field's array.
fn array(field: &Field) -> &'static str {
    match field.array {
        None => "no",
        Some(Array::Fixed(_)) => "fixed",
        Some(Array::Count(_)) => "count",
        Some(Array::ImageSize { .. }) => "image_size",
        Some(Array::CString) => "cstring",
        Some(Array::Remaining) => "remaining",
    }
}

/// Whether an array to the end of the message includes the bytes of pointees.
pub fn remaining_array_includes_pointees(model: &Model, body: &Struct) -> bool {
    body.contains.remaining && body.contains.pointers || reaches_from_pointer(model, body)
}

fn reaches_from_pointer(model: &Model, body: &Struct) -> bool {
    let reaches = |field: &Field| {
        let inner = match field.ty.ty {
            Type::Struct(id) => model.body(id),
            _ => None,
        };
        let to_end = field.array == Some(Array::Remaining)
            || inner.is_some_and(|inner| inner.contains.remaining);
        field.pointer.is_some() && to_end
            || inner.is_some_and(|inner| reaches_from_pointer(model, inner))
    };
    body.members.iter().any(|member| match member {
        Member::Field(field) => reaches(field),
        Member::Switch(switch) => switch.cases.iter().any(|case| reaches(&case.field)),
    })
}
