//! Decodes a message body from the model and lists the field of each byte.

use std::collections::{BTreeMap, VecDeque};

use spice_proto_gen::model::{Array, Case, Field, Int, Label, Member, Role, Switch, Type, TypeId};
use spice_proto_gen::model::{Message, Model, PointeeOrder, Side};

/// A row of a byte table: one field on the wire.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    pub offset: usize,
    pub bytes: Vec<u8>,
    pub path: String,
    pub value: String,
}

impl Row {
    pub fn hex(&self) -> String {
        let hex: Vec<_> = self
            .bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        match hex.is_empty() {
            true => "-".to_owned(),
            false => hex.join(" "),
        }
    }
}

/// The fields and blocks of a message body.
#[derive(Debug)]
pub struct ByteTable {
    /// Rows in order of offset.
    pub rows: Vec<Row>,
    /// Start and end of each block, in encoding order.
    pub blocks: Vec<(usize, usize)>,
}

/// Finds a message by its path `channel.side.name`, with the channel's name from the protocol.
pub fn find_message<'m>(model: &'m Model, path: &str) -> Option<(u8, Side, &'m Message)> {
    let [channel, side, name] = path.split('.').collect::<Vec<_>>()[..] else {
        return None;
    };
    let side = match side {
        "server" => Side::Server,
        "client" => Side::Client,
        _ => return None,
    };
    let entries = &model.protocol.channels;
    let entry = entries.iter().find(|entry| entry.name == channel)?;
    let messages = model.channels[entry.channel.0].messages(side);
    let message = messages.iter().find(|message| message.name == name)?;
    Some((entry.number, side, message))
}

/// Decodes `body` as the type `id`.
pub fn byte_table(model: &Model, id: TypeId, body: &[u8]) -> ByteTable {
    let mut decoder = Decoder {
        model,
        body,
        offset: 0,
        rows: Vec::new(),
        numbers: BTreeMap::new(),
        pointers: Vec::new(),
        blocks: Vec::new(),
    };
    decoder.members(id, "");
    decoder.blocks.push((0, decoder.offset));
    let mut queue = VecDeque::new();
    decoder.follow(&mut queue);
    while let Some(next) = queue.pop_front() {
        decoder.pointee(&next);
        decoder.follow(&mut queue);
    }
    decoder.rows.sort_by_key(|row| row.offset);
    ByteTable {
        rows: decoder.rows,
        blocks: decoder.blocks,
    }
}

struct Decoder<'m> {
    model: &'m Model,
    body: &'m [u8],
    offset: usize,
    rows: Vec<Row>,
    /// Decoded numbers by path.
    numbers: BTreeMap<String, u64>,
    /// Non-null pointers of the current block.
    pointers: Vec<Pointer<'m>>,
    blocks: Vec<(usize, usize)>,
}

struct Pointer<'m> {
    target: usize,
    field: &'m Field,
    body: TypeId,
    /// Path of the struct that contains the pointer.
    prefix: String,
    /// Path of the pointer.
    path: String,
}

impl<'m> Decoder<'m> {
    /// Decodes the pointees of `@marshall` pointers of the last block and queues the others.
    fn follow(&mut self, queue: &mut VecDeque<Pointer<'m>>) {
        for pointer in std::mem::take(&mut self.pointers) {
            if pointer.field.pointer.unwrap().order == PointeeOrder::DepthFirst {
                self.pointee(&pointer);
                self.follow(queue);
            } else {
                queue.push_back(pointer);
            }
        }
    }

    fn pointee(&mut self, pointer: &Pointer<'m>) {
        self.offset = pointer.target;
        let path = match pointer.field.array {
            Some(_) => format!("*{}", pointer.path),
            None => pointer.path.clone(),
        };
        self.value(pointer.field, pointer.body, &pointer.prefix, &path);
        self.blocks.push((pointer.target, self.offset));
    }

    fn members(&mut self, id: TypeId, prefix: &str) {
        for member in &self.model.body(id).unwrap().members {
            match member {
                Member::Field(field) => {
                    self.field(field, id, prefix, &format!("{prefix}{}", field.name));
                }
                Member::Switch(switch) => {
                    if let Some(case) = self.select_case(switch, id, prefix) {
                        let path = format!("{prefix}{}.{}", switch.name, case.field.name);
                        self.field(&case.field, id, prefix, &path);
                    }
                }
            }
        }
    }

    fn select_case(&self, switch: &'m Switch, id: TypeId, prefix: &str) -> Option<&'m Case> {
        let discriminant = &switch.discriminant;
        let mut names = Vec::new();
        let mut body = Some(id);
        for index in &discriminant.path {
            let Member::Field(field) = &self.model.body(body.unwrap()).unwrap().members[*index]
            else {
                panic!("a discriminant is a switch");
            };
            names.push(field.name.as_str());
            body = match field.ty.ty {
                Type::Struct(id) => Some(id),
                _ => None,
            };
        }
        let value = self.numbers[&format!("{prefix}{}", names.join("."))];
        let items = &self.model.enumeration(discriminant.ty).unwrap().items;
        let matches = |label: &Label| match *label {
            Label::Default => true,
            Label::Item { item, negated } if discriminant.flags => {
                (value & u64::from(items[item].value) == 0) == negated
            }
            Label::Item { item, .. } => value == u64::from(items[item].value),
        };
        let mut cases = switch.cases.iter();
        cases.find(|case| case.labels.iter().any(matches))
    }

    fn field(&mut self, field: &'m Field, body: TypeId, prefix: &str, path: &str) {
        if let Role::Virtual(_) = field.role {
            return;
        }
        if field.pointer.is_none() {
            return self.value(field, body, prefix, path);
        }
        let bytes = self.take(4);
        let target = number(&bytes);
        let value = match target {
            0 => "null".to_owned(),
            _ => format!("-> {target}"),
        };
        self.row(bytes, path, value);
        if target != 0 {
            self.pointers.push(Pointer {
                target: usize::try_from(target).unwrap(),
                field,
                body,
                prefix: prefix.to_owned(),
                path: path.to_owned(),
            });
        }
    }

    /// Decodes the value of a field at the current offset.
    fn value(&mut self, field: &'m Field, body: TypeId, prefix: &str, path: &str) {
        let size = self.size(field.ty.ty);
        let left = self.body.len() - self.offset;
        let sibling = |index: usize| match &self.model.body(body).unwrap().members[index] {
            Member::Field(field) => format!("{prefix}{}", field.name),
            Member::Switch(switch) => format!("{prefix}{}", switch.name),
        };
        let count = match field.array {
            None => return self.element(field.ty.ty, path),
            Some(Array::Fixed(count)) => count,
            Some(Array::Count(count)) => {
                let name = sibling(count.member);
                let members = &self.model.body(body).unwrap().members;
                match (&members[count.member], count.case) {
                    (Member::Switch(switch), Some(case)) => {
                        self.numbers[&format!("{name}.{}", switch.cases[case].field.name)]
                    }
                    _ => self.numbers[&name],
                }
            }
            Some(Array::ImageSize { bits, width, rows }) => {
                let line = u64::from(bits) * self.numbers[&sibling(width)];
                line.div_ceil(8) * self.numbers[&sibling(rows)]
            }
            Some(Array::CString) => {
                let text = self.body[self.offset..].iter().position(|byte| *byte == 0);
                text.unwrap() as u64 + 1
            }
            Some(Array::Remaining) => (left / size.unwrap()) as u64,
        };
        let count = usize::try_from(count).unwrap();
        if let Type::Struct(_) | Type::Fd = field.ty.ty {
            for index in 0..count {
                self.element(field.ty.ty, &format!("{path}[{index}]"));
            }
            return;
        }
        let size = size.unwrap();
        let bytes = self.take(size * count);
        let value = match size {
            1 => quoted(&bytes),
            _ => {
                let numbers: Vec<_> = bytes
                    .chunks(size)
                    .map(|part| self.format_value(field.ty.ty, number(part)))
                    .collect();
                numbers.join(", ")
            }
        };
        self.row(bytes, path, value);
    }

    fn element(&mut self, ty: Type, path: &str) {
        match ty {
            Type::Struct(id) => self.members(id, &format!("{path}.")),
            Type::Fd => self.row(Vec::new(), path, "descriptor".to_owned()),
            Type::Int(_) | Type::Enum(_) => {
                let size = self.size(ty).unwrap();
                let bytes = self.take(size);
                let found = number(&bytes);
                self.numbers.insert(path.to_owned(), found);
                let value = self.format_value(ty, found);
                self.row(bytes, path, value);
            }
        }
    }

    /// Size of an element, if it is constant.
    fn size(&self, ty: Type) -> Option<usize> {
        match ty {
            Type::Int(int) => Some(usize::from(int.bytes)),
            Type::Enum(id) => Some(usize::from(self.model.enumeration(id)?.bytes)),
            Type::Fd => Some(0),
            Type::Struct(id) => usize::try_from(self.model.body(id)?.size.exact()?).ok(),
        }
    }

    fn format_value(&self, ty: Type, value: u64) -> String {
        match ty {
            Type::Int(Int { bytes, signed }) if signed => {
                let shift = 64 - u32::from(bytes) * 8;
                ((value << shift).cast_signed() >> shift).to_string()
            }
            Type::Enum(id) => {
                let found = self.model.enumeration(id).unwrap();
                let is_in = |item: u32| match found.flags {
                    true => value & u64::from(item) != 0,
                    false => value == u64::from(item),
                };
                let items = found.items.iter().filter(|item| is_in(item.value));
                let names: Vec<_> = items.map(|item| item.name.as_str()).collect();
                match names.is_empty() {
                    true => value.to_string(),
                    false => names.join(" | "),
                }
            }
            _ => value.to_string(),
        }
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let end = self.offset + length;
        let bytes = self.body.get(self.offset..end);
        let bytes = bytes.unwrap_or_else(|| panic!("the body ends before offset {end}"));
        self.offset = end;
        bytes.to_vec()
    }

    fn row(&mut self, bytes: Vec<u8>, path: &str, value: String) {
        let offset = self.offset - bytes.len();
        let path = path.to_owned();
        self.rows.push(Row {
            offset,
            bytes,
            path,
            value,
        });
    }
}

fn number(bytes: &[u8]) -> u64 {
    let shifted = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    bytes.iter().rev().fold(0, shifted)
}

/// Formats bytes as a string if they are printable, otherwise as their number.
fn quoted(bytes: &[u8]) -> String {
    let is_text = |byte: &u8| matches!(byte, 0 | b' '..=b'~');
    match bytes.iter().all(is_text) && bytes.iter().any(|byte| *byte != 0) {
        true => format!(
            "\"{}\"",
            String::from_utf8_lossy(bytes).replace('\0', "\\0")
        ),
        false => format!("{} bytes", bytes.len()),
    }
}
