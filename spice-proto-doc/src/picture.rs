//! Byte pictures: a block of a body, four bytes in a row, as SVG.

use std::fmt::Write;

use maud::{Markup, PreEscaped, html};
use spice_proto_gen::model::{Field, Member, Model, Part, Struct, Type};

/// Bytes in a row.
const COLUMNS: u64 = 4;
/// Width of a byte and height of a row.
const BYTE: u64 = 84;
const ROW: u64 = 26;
/// Space for the offsets before the rows, and for the line at the top.
const MARGIN: u64 = 36;
const TOP: u64 = 18;
/// Rows of a field before the rest of it is left out.
const LONGEST: u64 = 4;
/// Rows of a picture. The last row counts the boxes that are left out.
const ROWS: usize = 60;
/// Nesting of structs that is drawn field by field.
const DEPTH: usize = 8;

/// A box of the picture.
struct Cell {
    name: String,
    kind: Kind,
}

enum Kind {
    /// A field of this many bytes.
    Fixed(u64),
    /// A pointer, which takes four bytes.
    Pointer,
    /// A field whose size differs from value to value.
    Variable,
    /// A pointee, which follows the block.
    Pointee,
}

/// Draws the block of a body, and a box for each of its pointees.
pub fn draw(model: &Model, body: &Struct) -> Markup {
    let mut cells = Vec::new();
    let mut pointees = Vec::new();
    push_body(model, body, "", DEPTH, &mut cells, &mut pointees);
    cells.append(&mut pointees);
    if cells.is_empty() {
        return html! {};
    }
    PreEscaped(svg(&body.name, &cells))
}

fn push_body(
    model: &Model,
    body: &Struct,
    prefix: &str,
    depth: usize,
    cells: &mut Vec<Cell>,
    pointees: &mut Vec<Cell>,
) {
    for part in &body.parts {
        match part {
            Part::Segment(segment) => {
                for field in &segment.fields {
                    if let Some(found) = body.field(field.position) {
                        push_field(model, body, found, prefix, depth, cells, pointees);
                    }
                }
            }
            Part::Member(index) => match body.members.get(*index) {
                Some(Member::Field(field)) => {
                    push_field(model, body, field, prefix, depth, cells, pointees);
                }
                Some(Member::Switch(switch)) => cells.push(Cell {
                    name: format!("{prefix}{} (switch)", switch.name),
                    kind: Kind::Variable,
                }),
                None => {}
            },
        }
    }
}

fn push_field(
    model: &Model,
    body: &Struct,
    field: &Field,
    prefix: &str,
    depth: usize,
    cells: &mut Vec<Cell>,
    pointees: &mut Vec<Cell>,
) {
    let mut name = format!("{prefix}{}", field.name);
    if let (Type::Struct(id), None, None) = (field.ty.ty, field.array, field.pointer)
        && let Some(inner) = model.body(id)
        && let Some(depth) = depth.checked_sub(1)
    {
        push_body(model, inner, &format!("{name}."), depth, cells, pointees);
        return;
    }
    if let Some(array) = field.array {
        let _ = write!(name, "[{}]", body.length_of(array));
    }
    let kind = match (field.pointer, field.size.exact()) {
        (Some(_), _) => {
            pointees.push(Cell {
                name: name.clone(),
                kind: Kind::Pointee,
            });
            Kind::Pointer
        }
        (None, Some(0)) => return,
        (None, Some(size)) => Kind::Fixed(size),
        (None, None) => Kind::Variable,
    };
    cells.push(Cell { name, kind });
}

/// The state of a drawing: the byte at which the next box starts.
struct Drawing {
    text: String,
    row: u64,
    column: u64,
    /// Offset of the row's first byte, while all before has a fixed size.
    offset: Option<u64>,
}

fn svg(name: &str, cells: &[Cell]) -> String {
    let mut drawing = Drawing {
        text: String::new(),
        row: 0,
        column: 0,
        offset: Some(0),
    };
    for (index, cell) in cells.iter().enumerate() {
        if drawing.row >= u64::try_from(ROWS).unwrap_or(u64::MAX) {
            let left = cells.len().saturating_sub(index);
            drawing.full_row(&format!("… {left} more"), "variable");
            break;
        }
        match cell.kind {
            Kind::Fixed(size) => drawing.fixed(&cell.name, size, "field"),
            Kind::Pointer => drawing.fixed(&format!("{} →", cell.name), 4, "pointer"),
            Kind::Variable => drawing.full_row(&cell.name, "variable"),
            Kind::Pointee => {
                drawing.full_row(&format!("→ {}", cell.name), "pointee");
            }
        }
    }
    drawing.end_row();
    let width = MARGIN + COLUMNS * BYTE + 2;
    let height = TOP + drawing.row * ROW + 2;
    let mut text = format!(
        "<svg class=\"bytes\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-label=\"Byte picture of {name}\">"
    );
    for column in 0..COLUMNS {
        let x = MARGIN + column * BYTE + BYTE / 2;
        let _ = write!(
            text,
            "<text class=\"offset\" x=\"{x}\" y=\"12\">{column}</text>"
        );
    }
    text.push_str(&drawing.text);
    text.push_str("</svg>");
    text
}

impl Drawing {
    /// Draws a field: a box in each row that it touches, the name in the widest one.
    fn fixed(&mut self, name: &str, size: u64, class: &str) {
        let mut pieces = Vec::new();
        let mut left = size;
        let shown = LONGEST * COLUMNS;
        while left > 0 {
            if pieces.len() as u64 >= LONGEST && size > shown {
                break;
            }
            let room = COLUMNS - self.column;
            let bytes = left.min(room);
            pieces.push((self.row, self.column, bytes));
            if self.column == 0 {
                self.write_offset();
            }
            self.column += bytes;
            left -= bytes;
            if self.column == COLUMNS {
                self.end_row();
            }
        }
        let widest = pieces.iter().map(|piece| piece.2).max().unwrap_or(0);
        let mut label = Some(match left {
            0 => name.to_owned(),
            _ => format!("{name} ({size} bytes)"),
        });
        for (row, column, bytes) in pieces {
            let text = if bytes == widest { label.take() } else { None };
            self.rectangle(row, column, bytes, class, text.as_deref().unwrap_or(""));
        }
        if left > 0 {
            // The rest is left out. The next field starts a row, at its own column.
            let end = self.offset.map(|offset| offset.saturating_add(left));
            self.column = end.map_or(0, |end| end % COLUMNS);
            self.offset = end.map(|end| end.saturating_sub(self.column));
            self.write_offset();
        }
    }

    /// Draws a box of a whole row for something without a fixed size.
    fn full_row(&mut self, name: &str, class: &str) {
        self.end_row();
        self.write_offset();
        self.rectangle(self.row, 0, COLUMNS, class, name);
        self.column = COLUMNS;
        self.offset = None;
        self.end_row();
    }

    /// Writes the offset of the row's first byte.
    fn write_offset(&mut self) {
        if let Some(offset) = self.offset {
            let y = TOP + self.row * ROW + ROW * 2 / 3;
            let x = MARGIN - 6;
            let _ = write!(
                self.text,
                "<text class=\"offset end\" x=\"{x}\" y=\"{y}\">{offset}</text>"
            );
        }
    }

    fn end_row(&mut self) {
        if self.column > 0 {
            let bytes = self.column;
            self.row += 1;
            self.column = 0;
            self.offset = self.offset.map(|offset| offset.saturating_add(bytes));
        }
    }

    fn rectangle(&mut self, row: u64, column: u64, bytes: u64, class: &str, name: &str) {
        let (x, y) = (MARGIN + column * BYTE, TOP + row * ROW);
        let width = bytes * BYTE;
        let _ = write!(
            self.text,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{ROW}\"/>"
        );
        if !name.is_empty() {
            let (x, y) = (x + width / 2, y + ROW * 2 / 3);
            let fitting = fit(name, width);
            let _ = write!(
                self.text,
                "<text x=\"{x}\" y=\"{y}\"><title>{}</title>{}</text>",
                escaped(name),
                escaped(&fitting)
            );
        }
    }
}

/// The end of a name that fits into a box: the last part of a path says most.
fn fit(name: &str, width: u64) -> String {
    let letters = usize::try_from(width / 8).unwrap_or(usize::MAX).max(2);
    let length = name.chars().count();
    if length <= letters {
        return name.to_owned();
    }
    let skipped = length.saturating_sub(letters.saturating_sub(1));
    let end: String = name.chars().skip(skipped).collect();
    format!("…{end}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// An explanation of the picture.
pub fn legend() -> Markup {
    html! {
        p.note {
            "Four bytes in a row, little endian; offsets on the left. A box with dots has no fixed size. \
             A pointer (→) is the offset of its value in the body, which follows below."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Kind, svg};

    #[test]
    fn pointee_after_part_of_a_row_has_its_own_offset() {
        let cell = |name: &str, kind| Cell {
            name: name.to_owned(),
            kind,
        };
        let cells = [
            cell("name_size", Kind::Fixed(4)),
            cell("name", Kind::Pointer),
            cell("opened", Kind::Fixed(1)),
            cell("name", Kind::Pointee),
        ];
        let svg = svg("Init", &cells);
        let offsets = svg.split("class=\"offset end\"").skip(1);
        let offsets = offsets.filter_map(|text| text.split(['>', '<']).nth(1));
        assert_eq!(offsets.collect::<Vec<_>>(), ["0", "4", "8", "9"]);
    }
}
