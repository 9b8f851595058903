//! Enums of switches.

use super::code::Code;
use super::context::{Body, Context, Shape, field_ident, field_text, is_option, shape};
use super::docs::{declaration, lines};
use super::naming::{ident, ident_text};
use crate::model::{Field, Member, Struct, Switch, Type, Variant, When};

/// What all parts of a variant are made to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Default,
    Blank,
}

impl Context<'_> {
    /// The path of a switch's discriminant as the proto writes it.
    pub(super) fn discriminant_path(&self, body: &Struct, switch: &Switch) -> String {
        let mut names = Vec::new();
        let mut body = Some(body);
        for index in &switch.discriminant.path {
            let Some(Member::Field(field)) = body.and_then(|body| body.members.get(*index)) else {
                break;
            };
            names.push(field.name.as_str());
            body = match field.ty.ty {
                Type::Struct(id) => self.model.body(id),
                _ => None,
            };
        }
        names.join(".")
    }

    /// The enum of a switch that is stored, and what it implements.
    pub(super) fn switch_enum(
        &self,
        body: Body<'_>,
        index: usize,
        switch: &Switch,
        code: &mut Code,
    ) {
        let name_text = self.names.switch_name(body.id, index);
        let name = ident_text(name_text);
        let path = self.discriminant_path(body.body, switch);
        let otherwise = format!("The switch `{}` of `{}`.", switch.name, body.body.name);
        code.docs(lines(&switch.docs, &otherwise));
        code.docs(["", &format!("Which variant it is depends on `{path}`.")]);
        let default = self.default_variant(switch);
        // It is derived where it is a variant without parts.
        let by_hand = default.filter(|position| !self.is_unit(body, switch, *position));
        let derive = if by_hand.is_some() { "" } else { "Default, " };
        code.line(format_args!(
            "#[derive(Clone, Debug, {derive}PartialEq, Eq)]"
        ));
        self.serde_derive(code);
        code.attributes(&self.user_attributes(body.place, name_text));
        let lifetime = if switch.contains.borrowed { "<'a>" } else { "" };
        code.open(format_args!("pub enum {name}{lifetime} {{"));
        for (position, variant) in switch.variants.iter().enumerate() {
            code.docs(self.variant_docs(body.body, switch, variant));
            code.lines(self.serde_variant(switch, position));
            let is_derived = by_hand.is_none() && default == Some(position);
            code.lines(is_derived.then_some("#[default]"));
            let name = self.variant_text(switch, position);
            self.variant(body, switch, variant, &name, code);
        }
        code.close("}");
        let anonymous = if switch.contains.borrowed { "<'_>" } else { "" };
        let name = format!("{name}{anonymous}");
        if let Some(position) = by_hand {
            let value = self.simple(body, switch, position, Part::Default);
            code.open(format_args!("impl ::core::default::Default for {name} {{"));
            code.open("fn default() -> Self {");
            code.line(value);
            code.close("}");
            code.close("}");
        }
        self.switch_owned(body, switch, &name, code);
    }

    /// Whether a variant holds nothing.
    fn is_unit(&self, body: Body<'_>, switch: &Switch, position: usize) -> bool {
        switch.variants.get(position).is_some_and(|variant| {
            self.variant_value(switch, variant).is_none()
                && self.carried(body, switch, variant).is_empty()
        })
    }

    fn variant_docs(&self, body: &Struct, switch: &Switch, variant: &Variant) -> Vec<String> {
        match variant.case.and_then(|case| switch.cases.get(case)) {
            Some(case) => {
                let otherwise = format!("`{}`", declaration(self.model, body, &case.field));
                lines(&case.field.docs, &otherwise)
            }
            None => vec!["No case matches: no bytes.".to_owned()],
        }
    }

    /// A variant: a value alone, or named parts where it holds counts or a discriminant.
    fn variant(
        &self,
        body: Body<'_>,
        switch: &Switch,
        variant: &Variant,
        name: &str,
        code: &mut Code,
    ) {
        let value = self.variant_value(switch, variant).map(|field| {
            let ty = self.field_type_text(body.place, field);
            (self.serde_field(field), ty)
        });
        let carried = self.carried(body, switch, variant);
        match (value, carried.as_slice()) {
            (None, []) => code.line(format_args!("{name},")),
            (Some((None, value)), []) => code.line(format_args!("{name}({value}),")),
            (Some((Some(serde), value)), []) => {
                code.line(format_args!("{name}({serde} {value}),"));
            }
            (value, carried) => {
                code.open(format_args!("{name} {{"));
                for field in carried {
                    let name = field_text(&field.name);
                    let ty = self.field_type_text(body.place, field);
                    let otherwise = format!("`{}` of the proto.", field.name);
                    code.docs(lines(&field.docs, &otherwise));
                    code.lines(self.serde_name(&name, &field.name));
                    code.line(format_args!("{name}: {ty},"));
                }
                if let Some((serde, value)) = value {
                    let name = value_ident(carried);
                    code.docs(["The value of the case."]);
                    code.lines(serde);
                    code.line(format_args!("{name}: {value},"));
                }
                code.close("},");
            }
        }
    }

    /// The field whose value a variant holds.
    pub(super) fn variant_value<'s>(
        &self,
        switch: &'s Switch,
        variant: &Variant,
    ) -> Option<&'s Field> {
        let case = variant.case.filter(|_| variant.value)?;
        switch.cases.get(case).map(|case| &case.field)
    }

    /// The fields of the body that a variant holds: the discriminant, and counts.
    pub(super) fn carried<'b>(
        &self,
        body: Body<'b>,
        switch: &Switch,
        variant: &Variant,
    ) -> Vec<&'b Field> {
        let discriminant = switch.discriminant.path.first().copied();
        let discriminant = discriminant.filter(|_| variant.carries_discriminant);
        let members = discriminant
            .into_iter()
            .chain(variant.carried_counts.iter().copied());
        members.filter_map(|member| body.field(member)).collect()
    }

    /// The variant that a discriminant of zero selects, as it is by default.
    fn default_variant(&self, switch: &Switch) -> Option<usize> {
        let found = self.model.enumeration(switch.discriminant.ty);
        let is_zero = |item: usize| {
            let item = found.and_then(|found| found.items.get(item));
            item.is_some_and(|item| item.value == 0)
        };
        switch
            .variants
            .iter()
            .position(|variant| match &variant.when {
                When::Equals(item) => is_zero(*item),
                When::AnyBit(bits) => bits.iter().any(|(_, negated)| *negated),
                When::Always => true,
            })
    }

    /// A variant whose parts are all made the same way, such as blank.
    fn simple(&self, body: Body<'_>, switch: &Switch, position: usize, part: Part) -> String {
        let name = self.variant_text(switch, position);
        let Some(variant) = switch.variants.get(position) else {
            return String::new();
        };
        let carried = self.carried(body, switch, variant);
        let is_default = part == Part::Default;
        let part = match part {
            Part::Default => "::core::default::Default::default()",
            Part::Blank => "wire::Blank::blank()",
        };
        let value = self
            .variant_value(switch, variant)
            .map(|field| match shape(field) {
                Shape::Fixed(33..) if is_default && !is_option(field) => {
                    format!("::core::array::from_fn(|_| {part})")
                }
                _ => part.to_owned(),
            });
        match (value, carried.as_slice()) {
            (None, []) => format!("Self::{name}"),
            (Some(value), []) => format!("Self::{name}({value})"),
            (value, carried) => {
                let parts = carried.iter();
                let parts = parts.map(|field| format!("{}: {part}", field_text(&field.name)));
                let value = value.map(|value| format!("{}: {value}", value_ident(carried)));
                let parts: Vec<_> = parts.chain(value).collect();
                format!("Self::{name} {{ {} }}", parts.join(", "))
            }
        }
    }

    /// How the enum becomes one that owns what it holds.
    fn switch_owned(&self, body: Body<'_>, switch: &Switch, name: &str, code: &mut Code) {
        if !switch.contains.borrowed {
            code.line(format_args!("wire::impl_owned!({name});"));
            return;
        }
        let variants = switch.variants.iter().enumerate();
        let variants = variants.map(|(position, variant)| {
            let name = self.variant_text(switch, position);
            let carried = self.carried(body, switch, variant);
            let value = self.variant_value(switch, variant);
            let by_element = value.is_some_and(|field| self.is_owned_by_element(field));
            let value = value.map(|_| value_ident(&carried).to_string());
            let parts = carried.iter().map(|field| field_text(&field.name));
            let parts = parts.collect::<Vec<_>>().join(", ");
            match (value, carried.is_empty(), by_element) {
                (None, true, _) => name,
                (None, false, _) => format!("{name} {{ {parts} }}"),
                (Some(value), true, false) => format!("{name}({value})"),
                (Some(value), true, true) => format!("{name}[{value}]"),
                (Some(value), false, false) => format!("{name} {{ {parts}, {value} }}"),
                (Some(value), false, true) => format!("{name} {{ {parts}; {value} }}"),
            }
        });
        let begin = format!("wire::impl_owned!({name} {{");
        code.list(begin, &variants.collect::<Vec<_>>(), "});");
    }

    /// Whether a field is an array whose elements must each be made to own what they hold.
    pub(super) fn is_owned_by_element(&self, field: &Field) -> bool {
        matches!(shape(field), Shape::Fixed(_))
            && !self.model.is_fixed_size(field.ty.ty)
            && !is_option(field)
    }
}

/// The name of the value in a variant that holds other things too.
pub(super) fn value_ident(carried: &[&Field]) -> proc_macro2::Ident {
    match carried
        .iter()
        .any(|field| field_ident(&field.name) == "value")
    {
        true => ident("value_"),
        false => ident("value"),
    }
}
