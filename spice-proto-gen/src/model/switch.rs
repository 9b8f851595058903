//! Switches, their cases and variants.

use super::{
    Attributes, Contains, Enum, Field, FieldRef, Item, Model, Segment, Size, Struct, Type, TypeId,
    enum_of, struct_of,
};
use crate::ast::Docs;

/// A switch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Switch {
    /// Name.
    pub name: String,
    /// Documentation.
    pub docs: Docs,
    /// Attributes.
    pub attributes: Attributes,
    /// The field that selects the case.
    pub discriminant: Discriminant,
    /// Cases in source order.
    pub cases: Vec<Case>,
    /// Variants in the order in which they are tried: one for each item of an enum's case, one for each
    /// case of a flags type, and one for no case if there is no `default`.
    pub variants: Vec<Variant>,
    /// Whether the switch is part of the value. It is not if all cases are computed counts and the
    /// discriminant is part of the value.
    pub stored: bool,
    /// Size of the selected case in bytes.
    pub size: Size,
    /// Contents of all cases.
    pub contains: Contains,
}

/// The field that selects a switch's case.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Discriminant {
    /// Member indexes: the first in this body, each next one in the struct of the field before.
    pub path: Vec<usize>,
    /// Its enum or flags type.
    pub ty: TypeId,
    /// Whether the type is a flags type.
    pub flags: bool,
    /// Whether the variant implies the discriminant, which is then not part of the value.
    pub implied: bool,
}

/// A case of a switch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Case {
    /// Labels.
    pub labels: Vec<Label>,
    /// Field.
    pub field: Field,
    /// The field as a segment, if its size is fixed.
    pub segment: Option<Segment>,
    /// Whether the case can be selected.
    pub live: bool,
}

/// A label of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// `default:`
    Default,
    /// `case ITEM:`
    Item {
        /// Index of the item.
        item: usize,
        /// Whether the label is `!ITEM`.
        negated: bool,
    },
}

/// A value of a switch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Variant {
    /// Source of the variant's name.
    pub name: VariantName,
    /// Index of the case; `None` for the variant of no case.
    pub case: Option<usize>,
    /// When it is selected, unless an earlier variant is.
    pub when: When,
    /// Whether it carries the discriminant, which it does not imply.
    pub carries_discriminant: bool,
    /// Member indexes of the counts it carries because it has no array that they count.
    pub carried_counts: Vec<usize>,
    /// Whether it carries the value of its case's field. It does not carry a computed count or zero.
    pub value: bool,
}

/// The source of a variant's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariantName {
    /// An item of the discriminant's type.
    Item(usize),
    /// The field of the case.
    Field,
    /// No case matches.
    NoCase,
}

/// When a variant is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// The discriminant equals this item.
    Equals(usize),
    /// One of these bits is set, or clear where `true` is beside it.
    AnyBit(Vec<(usize, bool)>),
    /// Always.
    Always,
}

impl Model {
    /// The fields on the path to the discriminant of one of the body's switches. The discriminant is the last.
    #[must_use]
    pub fn discriminant<'m>(&'m self, body: &'m Struct, switch: &Switch) -> Vec<&'m Field> {
        let mut fields: Vec<&Field> = Vec::with_capacity(switch.discriminant.path.len());
        for index in &switch.discriminant.path {
            let body = match fields.last().map(|field| field.ty.ty) {
                None => body,
                Some(Type::Struct(id)) => struct_of(&self.types, id),
                Some(_) => unreachable!("the path to a discriminant leads through structs"),
            };
            match body.field(FieldRef::member(*index)) {
                Some(field) => fields.push(field),
                None => unreachable!("the path to a discriminant leads through fields"),
            }
        }
        fields
    }

    /// The type of a switch's discriminant.
    #[must_use]
    pub fn discriminant_type(&self, switch: &Switch) -> &Enum {
        enum_of(&self.types, switch.discriminant.ty)
    }

    /// The item of a label or variant, by its index in the type of the discriminant.
    #[must_use]
    pub fn item(&self, switch: &Switch, index: usize) -> &Item {
        match self.discriminant_type(switch).items.get(index) {
            Some(item) => item,
            None => unreachable!("labels are items of the discriminant's type"),
        }
    }

    /// The names of the fields that lead to the discriminant of one of the body's switches, joined by dots.
    #[must_use]
    pub fn discriminant_path(&self, body: &Struct, switch: &Switch) -> String {
        let fields = self.discriminant(body, switch).into_iter();
        let names: Vec<&str> = fields.map(|field| field.name.as_str()).collect();
        names.join(".")
    }
}
