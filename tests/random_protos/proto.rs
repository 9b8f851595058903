//! Random protos made from the grammar. Most of them are valid; the front end decides.

mod switches;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::names::{Kind, name as any_name};
use crate::prng::Prng;

const UNSIGNED: &[&str] = &["uint8", "uint16", "uint32", "uint64"];
const NUMBERS: &[&str] = &[
    "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
];

/// An enum or flags type.
#[derive(Clone)]
struct Enum {
    name: String,
    flags: bool,
    items: Vec<String>,
}

/// A defined struct and its properties.
#[derive(Clone)]
struct Struct {
    name: String,
    pointers: bool,
    remaining: bool,
    /// Paths of its enum and flags fields, including those of nested structs.
    subjects: Vec<(String, Enum)>,
}

/// A proto under construction.
pub struct Maker<'p> {
    prng: &'p mut Prng,
    text: String,
    /// Names of types and channels that are in use.
    taken: BTreeSet<String>,
    enums: Vec<Enum>,
    structs: Vec<Struct>,
    /// Unsigned integer types and their aliases.
    numbers: Vec<String>,
    messages: Vec<String>,
}

/// A body under construction.
#[derive(Default)]
struct Body {
    text: String,
    taken: BTreeSet<String>,
    /// Paths of fields that a switch can depend on.
    subjects: Vec<(String, Enum)>,
    /// Names of fields that can be counts.
    counts: Vec<String>,
    pointers: bool,
    remaining: bool,
    /// Nesting depth.
    depth: usize,
}

/// Returns the text of a random proto.
pub fn proto(prng: &mut Prng) -> String {
    let mut maker = Maker {
        prng,
        text: String::new(),
        taken: BTreeSet::new(),
        enums: Vec::new(),
        structs: Vec::new(),
        numbers: UNSIGNED.iter().map(|name| (*name).to_owned()).collect(),
        messages: Vec::new(),
    };
    for _ in 0..=maker.prng.below(2) {
        maker.enumeration();
    }
    for _ in 0..=maker.prng.below(5) {
        match maker.prng.below(8) {
            0 => maker.enumeration(),
            1 => maker.alias(),
            2 => maker.named_body("message"),
            _ => maker.named_body("struct"),
        }
    }
    maker.channels();
    maker.text
}

impl Maker<'_> {
    fn add(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Returns a name that is unique in the file.
    fn fresh(&mut self) -> String {
        loop {
            let name = any_name(Kind::Type, self.prng);
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }

    fn fresh_in(&mut self, taken: &mut BTreeSet<String>, kind: Kind) -> String {
        loop {
            let name = any_name(kind, self.prng);
            if taken.insert(name.clone()) {
                return name;
            }
        }
    }

    fn enumeration(&mut self) {
        let (name, flags) = (self.fresh(), self.prng.chance(45));
        let bits = *self.prng.pick(&[8_usize, 16, 32]);
        let count = 1 + self.prng.below(5);
        let (mut taken, mut items, mut next) = (BTreeSet::new(), Vec::new(), 0);
        let kind = if flags { "flags" } else { "enum" };
        let mut text = format!("/* The type {name}. */\n{kind}{bits} {name} {{\n");
        for _ in 0..count {
            let item = self.fresh_in(&mut taken, Kind::Item);
            let _ = write!(text, "    {item}");
            if self.prng.chance(30) {
                next += self.prng.below(2);
                let _ = match self.prng.chance(30) {
                    true => write!(text, " = 0x{next:X}"),
                    false => write!(text, " = {next}"),
                };
            }
            next += 1;
            text.push_str(if self.prng.chance(10) {
                " @deprecated,\n"
            } else {
                ",\n"
            });
            items.push(item);
        }
        let attributes = self.attributes(&["@prefix(P_)", "@ctype(CType)", "@unique_flag"], 10);
        let _ = writeln!(text, "}}{attributes};\n");
        self.add(&text);
        self.enums.push(Enum { name, flags, items });
    }

    /// Returns some of the given attributes, each with a probability of `percent`.
    fn attributes(&mut self, from: &[&str], percent: usize) -> String {
        let chosen = from.iter().filter(|_| self.prng.chance(percent));
        chosen.fold(String::new(), |text, attribute| text + " " + attribute)
    }

    fn alias(&mut self) {
        let name = self.fresh();
        let target = self.prng.pick(&self.numbers).clone();
        let attributes = self.attributes(&["@ctype(Alias)"], 20);
        self.add(&format!("typedef {name} {target}{attributes};\n"));
        self.numbers.push(name);
    }

    fn named_body(&mut self, keyword: &str) {
        let body = self.body(0, 6);
        let name = self.fresh();
        let attributes = self.attributes(&["@ctype(CStruct)", "@declare"], 10);
        let text = format!("{keyword} {name} {{\n{}}}{attributes};\n\n", body.text);
        self.add(&text);
        match keyword {
            "message" => self.messages.push(name),
            _ => self.structs.push(body.named(name)),
        }
    }

    fn channels(&mut self) {
        let mut names: Vec<String> = Vec::new();
        for level in 0..=self.prng.below(3) {
            let name = self.fresh();
            let channel = match self.prng.chance(50) {
                true => format!("{name}Channel"),
                false => name,
            };
            let mut text = format!("channel {channel}");
            // Names and ids of one level never collide with those of another.
            if level > 0 && self.prng.chance(70) {
                let parent = self.prng.pick(&names);
                let _ = write!(text, " : {parent}");
            }
            text.push_str(" {\n");
            for _ in 0..=self.prng.below(2) {
                text.push_str(["", "server:\n", "client:\n"][self.prng.below(3)]);
                for index in 0..=self.prng.below(2) {
                    let first = (index == 0).then(|| 10 + level * 100 + self.prng.below(80));
                    text.push_str(&self.message(first));
                }
            }
            text.push_str(&format!(
                "}}{};\n\n",
                self.attributes(&["@ifdef(USE_IT)"], 10)
            ));
            self.add(&text);
            names.push(channel);
        }
        self.protocol(&names);
    }

    fn message(&mut self, id: Option<usize>) -> String {
        let id = id.map(|id| format!(" = {id}")).unwrap_or_default();
        let named = self.prng.chance(20) && !self.messages.is_empty();
        let what = match named {
            true => self.prng.pick(&self.messages).clone(),
            false => {
                let body = self.body(1, 7);
                let attributes = self.attributes(&["@ctype(Msg)", "@declare"], 10);
                format!(
                    "/* A message. */\n    message {{\n{}    }}{attributes}",
                    body.text
                )
            }
        };
        // Two channels of one lineage could use the same name; the number makes this unlikely.
        let name = match self.prng.chance(50) {
            true => any_name(Kind::Value, self.prng),
            false => format!("message_{}", self.prng.below(10_000)),
        };
        format!("    {what} {name}{id};\n")
    }

    fn protocol(&mut self, channels: &[String]) {
        let mut taken = BTreeSet::new();
        let mut text = format!("protocol {} {{\n", self.fresh());
        for (index, channel) in channels.iter().enumerate() {
            // Some channels are abstract, some are used twice.
            let entries = [1, 1, 1, 0, 2][self.prng.below(5)];
            for entry in 0..entries {
                let name = self.fresh_in(&mut taken, Kind::Value);
                let number = 1 + index * 20 + entry * 3 + self.prng.below(3);
                let _ = writeln!(text, "    {channel} {name} = {number};");
            }
        }
        text.push_str("};\n");
        self.add(&text);
    }

    /// Returns a body with fewer than `most` members, not counting members that others add.
    fn body(&mut self, depth: usize, most: usize) -> Body {
        let mut body = Body {
            depth,
            ..Body::default()
        };
        for _ in 0..self.prng.below(most) {
            self.member(&mut body);
        }
        if self.prng.chance(8) && !body.remaining {
            self.remaining(&mut body);
        }
        body
    }

    fn member(&mut self, body: &mut Body) {
        if body.remaining {
            return;
        }
        match self.prng.below(16) {
            0 | 1 => self.number(body),
            2 | 3 => self.subject(body),
            4 => self.fixed(body),
            5..=7 => self.counted(body),
            8 => self.image(body),
            9 => self.structure(body),
            10 | 11 => self.pointer(body),
            12 => self.special(body),
            _ => self.switch(body),
        }
    }

    /// Returns a name that is unique in the body.
    fn field(&mut self, body: &mut Body) -> String {
        self.fresh_in(&mut body.taken, Kind::Value)
    }

    fn number(&mut self, body: &mut Body) {
        let (ty, name) = (self.prng.pick(NUMBERS).to_string(), self.field(body));
        let attributes = match self.prng.below(12) {
            0 => " @zero".to_owned(),
            1 => format!(" @virtual({})", self.prng.below(100)),
            _ => self.attributes(&["@nomarshal", "@outvar(v)", "@ctype(Number)"], 4),
        };
        body.line(&format!("{ty} {name}{attributes}"));
    }

    fn subject(&mut self, body: &mut Body) {
        let (found, name) = (self.prng.pick(&self.enums).clone(), self.field(body));
        body.line(&format!("{} {name}", found.name));
        body.subjects.push((name, found));
    }

    /// Returns any numeric type.
    fn any_number(&mut self) -> String {
        match self.prng.below(3) {
            0 => self.prng.pick(&self.enums).name.clone(),
            1 => self.prng.pick(&self.numbers).clone(),
            _ => self.prng.pick(NUMBERS).to_string(),
        }
    }

    /// Returns a type for array elements.
    fn element(&mut self, pointers: bool) -> String {
        let fits = |found: &&Struct| !found.remaining && (pointers || !found.pointers);
        let fitting: Vec<Struct> = self.structs.iter().filter(fits).cloned().collect();
        match fitting.is_empty() || self.prng.chance(50) {
            true if self.prng.chance(8) => "unix_fd".to_owned(),
            true => self.any_number(),
            false => self.prng.pick(&fitting).name.clone(),
        }
    }

    fn fixed(&mut self, body: &mut Body) {
        // Long arrays have numeric elements, since fixed arrays are stored inline and nested ones
        // could overflow the stack.
        let (ty, length) = match self.prng.below(12) {
            0 => (self.element(true), 0),
            1 => (self.any_number(), 600),
            _ => (self.element(true), 1 + self.prng.below(4)),
        };
        let name = self.field(body);
        let element = self.structs.iter().find(|found| found.name == ty);
        body.pointers |= element.is_some_and(|found| found.pointers);
        let attributes = self.attributes(&["@zero_terminated", "@nocopy"], 5);
        body.line(&format!("{ty} {name}[{length}]{attributes}"));
    }

    fn counted(&mut self, body: &mut Body) {
        let count = self.count(body);
        for _ in 0..=self.prng.below(4) / 3 {
            if self.prng.chance(25) {
                self.member(body);
            }
            if body.remaining {
                return;
            }
            let name = self.field(body);
            let array = match self.prng.chance(35) {
                true => {
                    body.pointers = true;
                    let pointer = self.pointer_attributes();
                    format!("{} *{name}[{count}]{pointer}", self.any_number())
                }
                false => format!("{} {name}[{count}]", self.element(false)),
            };
            let output = [
                "",
                "",
                " @end",
                " @to_ptr",
                " @as_ptr(len)",
                " @chunk",
                " @ptr_array",
            ];
            let output = self.prng.pick(&output).to_string();
            let others = self.attributes(&["@nocopy", "@zero_terminated", "@anon"], 15);
            body.line(&format!("{array}{output}{others}"));
        }
    }

    /// Returns a field that is a count. It can be new or the count of another array.
    fn count(&mut self, body: &mut Body) -> String {
        if self.prng.chance(15) && !body.counts.is_empty() {
            return self.prng.pick(&body.counts).clone();
        }
        let (ty, count) = (self.prng.pick(&self.numbers).clone(), self.field(body));
        body.line(&format!("{ty} {count}"));
        body.counts.push(count.clone());
        count
    }

    fn pointer_attributes(&mut self) -> String {
        self.attributes(&["@nonnull", "@marshall"], 45)
    }

    fn image(&mut self, body: &mut Body) {
        let [width, height] = [(); 2].map(|()| self.count(body));
        let data = self.field(body);
        let bits = 1 + self.prng.below(64);
        let (star, attributes) = match self.prng.chance(50) {
            true => ("*", self.pointer_attributes()),
            false => ("", String::new()),
        };
        body.pointers |= star == "*";
        let ty = self.prng.pick(&["uint8", "uint8", "int8"]).to_string();
        body.line(&format!(
            "{ty} {star}{data}[image_size({bits}, {width}, {height})]{attributes}"
        ));
    }

    /// Adds a nested struct, either named or inline.
    fn structure(&mut self, body: &mut Body) {
        let name = self.field(body);
        let (text, found) = match self.prng.chance(40) && body.depth < 3 {
            true => self.inline(body.depth),
            false if self.structs.is_empty() => return self.number(body),
            false => {
                let found = self.prng.pick(&self.structs).clone();
                (found.name.clone(), found)
            }
        };
        body.contain(&name, &found);
        body.line(&format!("{text} {name}"));
    }

    fn inline(&mut self, depth: usize) -> (String, Struct) {
        let inner = self.body(depth + 1, 4);
        let name = self.fresh();
        let text = format!("struct {name} {{\n{}    }}", inner.text);
        (text, inner.named(name))
    }

    fn pointer(&mut self, body: &mut Body) {
        let (name, attributes) = (self.field(body), self.pointer_attributes());
        body.pointers = true;
        let line = match self.prng.below(8) {
            0 => format!(
                "{} *{name}[{}]{attributes}",
                self.any_number(),
                self.prng.below(4)
            ),
            1 => format!("uint8 *{name}[cstring()]{attributes}"),
            2 => format!("{} *{name}[]{attributes}", self.any_number()),
            _ if self.structs.is_empty() || self.prng.chance(20) && body.depth < 3 => {
                format!("{} *{name}{attributes}", self.inline(body.depth).0)
            }
            _ => format!("{} *{name}{attributes}", self.prng.pick(&self.structs).name),
        };
        body.line(&line);
    }

    /// Adds a member of a rare kind.
    fn special(&mut self, body: &mut Body) {
        let name = self.field(body);
        let line = match self.prng.below(4) {
            0 => format!("unix_fd {name}"),
            1 => format!("{} {name}[cstring()]", self.prng.pick(&["uint8", "int8"])),
            2 => format!("{} {name}[{}] @zero", self.any_number(), self.prng.below(5)),
            _ => {
                let found = self.prng.pick(&self.enums).name.clone();
                format!("{found} {name} @virtual({})", self.prng.below(3))
            }
        };
        body.line(&line);
    }

    fn remaining(&mut self, body: &mut Body) {
        let (ty, name) = (self.element(false), self.field(body));
        let attributes = self.attributes(&["@end", "@zero_terminated", "@nomarshal"], 30);
        body.line(&format!("{ty} {name}[]{attributes}"));
        body.remaining = true;
    }
}

impl Body {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "    {line};");
    }

    /// Records the properties that a nested struct adds to the body.
    fn contain(&mut self, name: &str, found: &Struct) {
        self.pointers |= found.pointers;
        self.remaining |= found.remaining;
        let subjects = found.subjects.iter();
        self.subjects
            .extend(subjects.map(|(field, ty)| (format!("{name}.{field}"), ty.clone())));
    }

    fn named(self, name: String) -> Struct {
        Struct {
            name,
            pointers: self.pointers,
            remaining: self.remaining,
            subjects: self.subjects,
        }
    }
}
