//! Switches.

use std::fmt::Write as _;

use super::{Body, Enum, Maker, any_name};
use crate::names::Kind;

impl Maker<'_> {
    pub(super) fn switch(&mut self, body: &mut Body) {
        if body.subjects.is_empty() {
            return self.subject(body);
        }
        let (path, found) = self.prng.pick(&body.subjects).clone();
        // A count for arrays in the cases.
        let count = self.prng.chance(40).then(|| self.count(body));
        let name = self.field(body);
        let (cases, sizes) = self.cases(body, &found, count.as_deref());
        let attributes = self.attributes(&["@anon", "@declare"], 15);
        body.line(&format!(
            "switch ({path}) {{\n{cases}    }} {name}{attributes}"
        ));
        if !sizes.is_empty() && !body.remaining {
            self.counted_in_cases(body, &path, sizes);
        }
    }

    /// Adds arrays whose counts are in the cases of a switch. Most arrays are in the same cases of
    /// another switch; some are in other cases or outside of any switch.
    fn counted_in_cases(&mut self, body: &mut Body, path: &str, mut sizes: Vec<[String; 3]>) {
        if self.prng.chance(20) {
            for [_, name, array] in sizes {
                if body.taken.insert(name) {
                    body.line(&array);
                }
            }
            return;
        }
        if self.prng.chance(25) {
            sizes.reverse();
        }
        let cases = sizes.iter();
        let cases = cases.map(|[labels, _, array]| format!("{labels}        {array};\n"));
        let (cases, name) = (cases.collect::<String>(), self.field(body));
        body.line(&format!("switch ({path}) {{\n{cases}    }} {name}"));
    }

    /// Returns the cases, and the labels, names and definitions of arrays whose counts they
    /// contain.
    fn cases(
        &mut self,
        body: &mut Body,
        found: &Enum,
        count: Option<&str>,
    ) -> (String, Vec<[String; 3]>) {
        let (mut text, mut twins) = (String::new(), Vec::new());
        let mut items = found.items.clone();
        let mut remaining = false;
        let last = self.prng.below(items.len());
        for index in 0..=last {
            let default = self.prng.chance(if index == last { 35 } else { 4 });
            let mut labels = String::new();
            for _ in 0..=self.prng.below(5) / 4 {
                let Some(item) =
                    (!items.is_empty()).then(|| items.remove(self.prng.below(items.len())))
                else {
                    break;
                };
                let not = if found.flags && self.prng.chance(25) {
                    "!"
                } else {
                    ""
                };
                let _ = writeln!(labels, "    case {not}{item}:");
            }
            if default || labels.is_empty() {
                labels.push_str("    default:\n");
            }
            let twin = twins.len() == index && self.prng.chance(25);
            let (field, array) = self.case_field(body, count, twin, &mut remaining);
            let _ = writeln!(text, "{labels}        {field};");
            if let Some([name, array]) = array {
                twins.push([labels.clone(), name, array]);
            }
            // Cases after `default` are dead.
            if labels.contains("default") && self.prng.chance(80) {
                break;
            }
        }
        body.remaining |= remaining;
        (text, twins)
    }

    /// Returns the field of a case. If the field is a count, also returns an array for the other
    /// switch.
    fn case_field(
        &mut self,
        body: &mut Body,
        count: Option<&str>,
        twin: bool,
        remaining: &mut bool,
    ) -> (String, Option<[String; 2]>) {
        let name = any_name(Kind::Value, self.prng);
        if twin {
            let ty = self.prng.pick(&self.numbers).clone();
            body.pointers = true;
            let (size, array) = (format!("size_of_{name}"), self.any_number());
            let star = if self.prng.chance(50) { "*" } else { "" };
            let array = format!("{array} {star}{name}[{size}]");
            return (format!("{ty} {size}"), Some([name, array]));
        }
        let field = match (self.prng.below(9), count) {
            (0..=2, Some(count)) => match self.prng.chance(40) {
                true => {
                    body.pointers = true;
                    let attributes = self.pointer_attributes();
                    format!("{} *{name}[{count}]{attributes}", self.any_number())
                }
                false => format!("{} {name}[{count}]", self.element(false)),
            },
            (0, None) => format!("uint8 {name}[cstring()]"),
            (1, None) => format!("unix_fd {name}"),
            (3, _) if !self.structs.is_empty() => {
                body.pointers = true;
                let attributes = self.pointer_attributes();
                format!("{} *{name}{attributes}", self.prng.pick(&self.structs).name)
            }
            (4 | 5, _) if !self.structs.is_empty() => {
                let found = self.prng.pick(&self.structs).clone();
                body.pointers |= found.pointers;
                *remaining |= found.remaining;
                format!("{} {name}", found.name)
            }
            (6, _) if body.depth < 3 => {
                let (text, found) = self.inline(body.depth);
                body.pointers |= found.pointers;
                *remaining |= found.remaining;
                format!("{text} {name}")
            }
            (7, _) => format!("{} {name}[{}]", self.any_number(), self.prng.below(4)),
            _ => format!("{} {name}", self.any_number()),
        };
        (field, None)
    }
}
