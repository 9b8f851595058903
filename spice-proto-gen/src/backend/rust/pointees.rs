//! The functions `write_pointees` and `visit_fds` of `Encode`.

use super::access::{Access, is_not_empty, order};
use super::case::field_ident;
use super::field_types::{Shape, is_option, shape};
use super::lines::Lines;
use super::locals::Scope;
use super::switch_dispatch::push_arm;
use super::variants::{Parts, pattern};
use crate::model::{Contains, Field, Member, Role, Switch};

/// A statement for each field that contains something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    /// Writes the pointees.
    Pointees,
    /// Visits the descriptors.
    Fds,
}

impl Visit {
    const fn applies_to(self, contains: Contains) -> bool {
        match self {
            Self::Pointees => contains.pointers,
            Self::Fds => contains.fds,
        }
    }
}

/// Emits both functions for a body that needs them.
pub(super) fn functions(scope: &Scope<'_, '_>, lines: &mut Lines) {
    let contains = scope.body.body.contains;
    if contains.pointers {
        lines.lines(scope.context.inline(scope.body.id));
        lines.open(
            "fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {",
        );
        statements(scope, Visit::Pointees, lines);
        lines.line("Ok(())");
        lines.close("}");
    }
    if contains.fds {
        lines.open("fn visit_fds(&self, visit: &mut dyn FnMut(&wire::Fd<'_>)) {");
        statements(scope, Visit::Fds, lines);
        lines.close("}");
    }
}

fn statements(scope: &Scope<'_, '_>, visit: Visit, lines: &mut Lines) {
    for (index, member) in scope.body.body.members.iter().enumerate() {
        match member {
            Member::Field(field) if matches!(field.role, Role::Value | Role::StoredCount) => {
                lines.append(statement(scope, visit, field, &Access::of(field), ""));
            }
            Member::Field(_) => {}
            Member::Switch(switch) if visit.applies_to(switch.contains) => {
                switch_statement(scope, visit, index, switch, lines);
            }
            Member::Switch(_) => {}
        }
    }
}

/// The statement for a field, if it needs one.
fn statement(
    scope: &Scope<'_, '_>,
    visit: Visit,
    field: &Field,
    access: &Access,
    prefix: &str,
) -> Lines {
    let mut lines = Lines::default();
    let name = format!("{prefix}{}", field.name);
    let Access { reference, place } = access;
    let is_inside = visit.applies_to(scope.context.model.contains(field.ty.ty));
    match (visit, field.pointer) {
        (Visit::Pointees, Some(pointer)) => {
            let write =
                |target: &str| format!("writer.pointee({target}, {}, {name:?})?;", order(pointer));
            let condition = is_not_empty(field, place).filter(|_| !pointer.nonnull);
            if is_option(field) {
                lines.open(format!("if let Some(target) = {reference} {{"));
                lines.line(write("target"));
                lines.close("}");
            } else if let Some(condition) = condition {
                lines.open(format!("if {condition} {{"));
                lines.line(write(reference));
                lines.close("}");
            } else {
                lines.line(write(reference));
            }
        }
        _ if !is_inside => {}
        (Visit::Pointees, None) => lines.line(match shape(field) {
            Shape::Fixed(_) => format!("writer.element_pointees({reference}, {name:?})?;"),
            _ => format!("writer.pointees({reference}, {name:?})?;"),
        }),
        (Visit::Fds, _) if is_option(field) => {
            lines.open(format!("if let Some(target) = {reference} {{"));
            lines.line("target.visit_fds(visit);");
            lines.close("}");
        }
        (Visit::Fds, _) => match shape(field) {
            Shape::Fixed(_) => {
                lines.open(format!("for value in {reference} {{"));
                lines.line("value.visit_fds(visit);");
                lines.close("}");
            }
            _ => lines.line(format!("{place}.visit_fds(visit);")),
        },
    }
    lines
}

fn switch_statement<'m>(
    scope: &Scope<'_, 'm>,
    visit: Visit,
    index: usize,
    switch: &'m Switch,
    lines: &mut Lines,
) {
    let name = field_ident(&switch.name);
    let prefix = format!("{}.", switch.name);
    let arms = switch
        .variants
        .iter()
        .enumerate()
        .map(|(position, variant)| {
            let value = Parts::of(scope.body, switch, variant).value;
            let statement = value.map_or_else(Lines::default, |field| {
                statement(scope, visit, field, &Access::bound(), &prefix)
            });
            let binds = !statement.is_empty();
            let pattern = pattern(scope.context, scope.body, index, position, binds);
            (pattern, statement)
        });
    let (used, unused): (Vec<_>, Vec<_>) = arms.partition(|(_, arm)| !arm.is_empty());
    if let ([(pattern, arm)], false) = (used.as_slice(), unused.is_empty()) {
        lines.open(format!("if let {pattern} = &self.{name} {{"));
        lines.append(arm.clone());
        lines.close("}");
        return;
    }
    lines.open(format!("match &self.{name} {{"));
    for (pattern, arm) in used {
        push_arm(lines, &[pattern], arm);
    }
    if !unused.is_empty() {
        push_arm(lines, &["_".to_owned()], Lines::default());
    }
    lines.close("}");
}
