//! The choice between the variants of a switch by its discriminant: `match`, or a chain of `if`s.

use super::lines::Lines;
use super::locals::Scope;
use crate::model::{Switch, When};

/// Chooses one of the arms, one for each variant. The result is an expression if the arms are.
pub(super) fn dispatch(
    scope: &Scope<'_, '_>,
    switch: &Switch,
    discriminant: &str,
    arms: Vec<Lines>,
) -> Lines {
    let arms = merge(switch, arms);
    if switch.discriminant.flags {
        return if_chain(scope, switch, discriminant, arms);
    }
    let items = |whens: &[&When]| -> Option<Vec<String>> {
        let items = whens.iter().map(|when| match when {
            When::Equals(item) => Some(scope.context.item_path(scope.body.place, switch, *item)),
            When::AnyBit(_) | When::Always => None,
        });
        items.collect()
    };
    let mut lines = Lines::default();
    if let [(whens, arm), (_, otherwise)] = arms.as_slice()
        && otherwise.is_empty()
        && let Some(items) = items(whens)
    {
        lines.open(match items.as_slice() {
            [item] => format!("if {discriminant} == {item} {{"),
            items => format!("if matches!({discriminant}, {}) {{", items.join(" | ")),
        });
        lines.append(arm.clone());
        lines.close("}");
        return lines;
    }
    if let [(_, arm)] = arms.as_slice() {
        return arm.clone();
    }
    lines.open(format!("match {discriminant} {{"));
    for (whens, arm) in arms {
        let patterns = items(&whens).unwrap_or_else(|| vec!["_".to_owned()]);
        push_arm(&mut lines, &patterns, arm);
    }
    lines.close("}");
    lines
}

/// An arm of a `match`.
pub(super) fn push_arm(lines: &mut Lines, patterns: &[String], arm: Lines) {
    let mut patterns = patterns.iter().map(String::as_str);
    let mut pattern = patterns.next().unwrap_or("_").to_owned();
    for next in patterns {
        let longer = format!("{pattern} | {next}");
        if lines.fits_in_function(&format!("{longer} => {{")) {
            pattern = longer;
        } else {
            lines.line(std::mem::replace(&mut pattern, format!("| {next}")));
        }
    }
    match arm.as_single() {
        None if arm.is_empty() => lines.line(format!("{pattern} => {{}}")),
        Some(text) if !text.starts_with("let ") => {
            // A statement is an expression of type `()` without its semicolon.
            let line = format!("{pattern} => {},", text.trim_end_matches(';'));
            if lines.fits_in_function(&line) {
                lines.line(line);
            } else {
                push_block(lines, &pattern, arm);
            }
        }
        _ => push_block(lines, &pattern, arm),
    }
}

fn push_block(lines: &mut Lines, pattern: &str, arm: Lines) {
    lines.open(format!("{pattern} => {{"));
    lines.append(arm);
    lines.close("}");
}

/// Merges consecutive arms that are the same.
fn merge(switch: &Switch, arms: Vec<Lines>) -> Vec<(Vec<&When>, Lines)> {
    let mut merged: Vec<(Vec<&When>, Lines)> = Vec::with_capacity(arms.len());
    for (variant, arm) in switch.variants.iter().zip(arms) {
        match merged.last_mut() {
            Some((whens, same)) if *same == arm => whens.push(&variant.when),
            _ => merged.push((vec![&variant.when], arm)),
        }
    }
    merged
}

/// Maximum width of an `if` in one line.
const MAX_INLINE_IF: usize = 66;

/// Chooses by bits.
fn if_chain(
    scope: &Scope<'_, '_>,
    switch: &Switch,
    discriminant: &str,
    mut arms: Vec<(Vec<&When>, Lines)>,
) -> Lines {
    if arms.last().is_some_and(|(_, arm)| arm.is_empty()) {
        arms.pop();
    }
    let condition = |whens: &[&When]| -> Option<String> {
        let mut tests = Vec::new();
        for when in whens {
            match when {
                When::Always => return None,
                When::Equals(_) => unreachable!("flags are tested bit by bit"),
                When::AnyBit(bits) => tests.extend(bits.iter().map(|(item, negated)| {
                    let not = if *negated { "!" } else { "" };
                    let item = scope.context.item_path(scope.body.place, switch, *item);
                    format!("{not}{discriminant}.intersects({item})")
                })),
            }
        }
        Some(tests.join(" || "))
    };
    let mut lines = Lines::default();
    if let [(whens, arm), (_, otherwise)] = arms.as_slice()
        && let (Some(arm), Some(otherwise)) = (arm.as_single(), otherwise.as_single())
        && !arm.ends_with(';')
        && let Some(condition) = condition(whens)
    {
        let line = format!("if {condition} {{ {arm} }} else {{ {otherwise} }}");
        if line.len() <= MAX_INLINE_IF {
            return Lines::single(line);
        }
    }
    let mut is_open = false;
    for (whens, arm) in arms {
        match (is_open, condition(&whens)) {
            (false, Some(condition)) => lines.open(format!("if {condition} {{")),
            (true, Some(condition)) => lines.reopen(format!("}} else if {condition} {{")),
            (true, None) => lines.reopen("} else {"),
            // The first arm is always taken.
            (false, None) => return arm,
        }
        is_open = true;
        lines.append(arm);
    }
    if is_open {
        lines.close("}");
    }
    lines
}
