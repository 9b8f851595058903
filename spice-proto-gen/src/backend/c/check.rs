//! Checks whether C can be generated for a model.

use std::collections::HashMap;

use super::context::Context;
use super::demarshall::wire_size;
use super::members::{Form, known_form, path};
use crate::SpanIndex;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Array, Field, FieldRef, Member, Model, Size, Struct, Switch, Type, TypeId};

/// Keywords of C and C++.
const KEYWORDS: &str = "\
    alignas alignof and asm auto bool break case catch char class const continue default delete \
    do double else enum explicit export extern false float for friend goto if inline int long \
    mutable namespace new not operator or private protected public register restrict return \
    short signed sizeof static struct switch template this throw true try typedef typename union \
    unsigned using virtual void while";

/// Reports the parts of a proto for which no C can be generated, at their places in the proto.
#[must_use]
pub fn check(model: &Model, spans: &SpanIndex) -> Vec<Diagnostic> {
    let context = Context::new(model);
    let mut check = Check {
        context: &context,
        spans,
        diagnostics: Vec::new(),
    };
    for id in context.used_structs() {
        check.body(context.body(id));
    }
    check.function_names();
    check.diagnostics
}

struct Check<'c, 'm> {
    context: &'c Context<'m>,
    spans: &'c SpanIndex,
    diagnostics: Vec<Diagnostic>,
}

impl<'m> Check<'_, 'm> {
    fn body(&mut self, body: &'m Struct) {
        for member in &body.members {
            if KEYWORDS.split(' ').any(|keyword| keyword == member.name()) {
                let problem = "is a keyword in C or C++";
                self.report(body, member.name(), problem, "rename it");
            }
            if let Member::Switch(switch) = member {
                self.switch(body, switch);
            }
        }
        for (position, field) in body.fields() {
            if let Some((problem, help)) = self.problem(body, position, field) {
                let name = body.members.get(position.member).map_or("", Member::name);
                self.report(body, name, problem, help);
            }
        }
    }

    /// Why a field has no place in its C struct, and what to write instead.
    fn problem(
        &self,
        body: &Struct,
        position: FieldRef,
        field: &Field,
    ) -> Option<(&'static str, &'static str)> {
        let Some(form) = known_form(field) else {
            return Some((
                "is an array without a place in a C struct",
                "add an output attribute: `@end` on the last member, else `@as_ptr(length)`",
            ));
        };
        let size = self.context.wire_size(field.ty.ty);
        let is_counted = !matches!(field.array, None | Some(Array::Fixed(_)));
        if field.array.is_some() && field.ty.ty == Type::Fd || is_counted && size == Some(0) {
            return Some((
                "has elements without bytes",
                "a count without bytes could make a parser allocate up to 4 GiB",
            ));
        }
        let switch = body.switch(position.member);
        if switch.is_some_and(|switch| !switch.attributes.has("anon"))
            && matches!(form, Form::InMessage(Some(_)))
        {
            return Some((
                "has a length and an array that share memory in a union",
                "write `@anon` on the switch",
            ));
        }
        let nested = self.context.nested_struct(field);
        let is_end = match (form, nested) {
            (Form::Value, Some((id, _))) => self.context.end(id).is_some(),
            _ => form.is_at_end(),
        };
        let later = body.members.get(position.member + 1..).unwrap_or_default();
        let mut later = later.iter().flat_map(Member::fields);
        if is_end && later.any(|field| known_form(field) != Some(Form::None)) {
            return Some((
                "ends its C struct, and a member follows",
                "write `@as_ptr(length)`",
            ));
        }
        let earlier = body.members.get(..position.member).unwrap_or_default();
        let mut earlier = earlier.iter().flat_map(Member::fields);
        if is_end && earlier.any(|field| self.context.has_copies(field)) {
            return Some((
                "ends its C struct, and copies come before its elements",
                "write `@as_ptr(length)`",
            ));
        }
        if let (Some(_), Type::Struct(id)) = (field.array, field.ty.ty) {
            if self.context.pointers(id) > 0 {
                return Some((
                    "has elements with pointers",
                    "write a field for each element",
                ));
            }
            if self.context.end(id).is_some() && form != Form::PointersAtEnd {
                return Some(("has elements of no fixed size in C", "write `@ptr_array`"));
            }
        }
        if form == Form::Chunks && size != Some(1)
            || matches!(form, Form::InMessage(_)) && size.is_none()
        {
            return Some(("cannot stay in the message", "write `@ptr_array`"));
        }
        if field.array == Some(Array::CString) && form != Form::PointeeInMessage {
            return Some((
                "is a `cstring()`, whose length C does not know",
                "make it a pointee with `@nocopy`",
            ));
        }
        if form == Form::Copy && field.array.is_none() && nested.is_none() {
            return Some(("is a number with `@to_ptr`", "leave out `@to_ptr`"));
        }
        None
    }

    fn switch(&mut self, body: &'m Struct, switch: &Switch) {
        // A discriminant in another struct is read at a constant offset of it.
        let mut outer = body;
        let fields_on_path = self.context.model.discriminant(body, switch);
        for (depth, (index, field)) in switch
            .discriminant
            .path
            .iter()
            .zip(fields_on_path)
            .enumerate()
        {
            let before = outer.members.get(..*index).unwrap_or_default();
            if depth > 0
                && before
                    .iter()
                    .any(|member| !is_static(member) || wire_size(member) > 1 << 30)
            {
                let problem = "has a discriminant after a member of variable size";
                let help = "move the discriminant to the beginning of its struct";
                self.report(body, &switch.name, problem, help);
            }
            outer = self
                .context
                .nested_struct(field)
                .map_or(outer, |(_, nested)| nested);
        }
        // Elements are written after the struct at one offset.
        let of_switch = |position: &FieldRef| {
            let found = body.switch(position.member);
            found.is_some_and(|found| std::ptr::eq(found, switch))
        };
        let ends = body.fields().filter(|(position, field)| {
            of_switch(position) && known_form(field).is_some_and(Form::is_at_end)
        });
        let mut ends: Vec<_> = ends.map(|(position, _)| path(body, position)).collect();
        ends.dedup();
        if ends.len() > 1 {
            let problem = "has cases that end the C struct with different members";
            self.report(
                body,
                &switch.name,
                problem,
                "give the arrays of the cases one name",
            );
        }
    }

    /// Reports messages whose functions would have one name.
    fn function_names(&mut self) {
        let mut names: HashMap<String, TypeId> = HashMap::new();
        let ids: Vec<_> = self.context.used_structs().collect();
        for id in ids {
            let body = self.context.body(id);
            if let Some(first) = names.insert(self.context.function_name(id), id)
                && first != id
            {
                self.report(
                    body,
                    "",
                    "has the name of another struct or message in C",
                    "rename it",
                );
            }
        }
    }

    fn report(&mut self, body: &Struct, name: &str, problem: &str, help: &str) {
        let mut path = self.context.model.path(body);
        path.extend((!name.is_empty()).then_some(name));
        let span = self.spans.known(&path);
        let name = path.last().copied().unwrap_or_default();
        let diagnostic = Diagnostic::new(Code::NotInC, span, format!("`{name}` {problem}"));
        self.diagnostics.push(diagnostic.help(help));
    }
}

const fn is_static(member: &Member) -> bool {
    let size = match member {
        Member::Field(field) => field.size,
        Member::Switch(switch) => switch.size,
    };
    matches!(size, Size::Static(_))
}
