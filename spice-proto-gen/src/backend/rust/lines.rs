//! Rust source text as lines. Lines that are too long are broken when the text is put together.

/// Maximum width of a line that can be broken.
const WIDTH: usize = 100;

/// Indentation of statements in two modules, an implementation, a function and an arm.
const FUNCTION_DEPTH: usize = 5;

/// Lines of Rust with their indentation. The lines of an expression are an expression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    lines: Vec<Line>,
    depth: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    depth: usize,
    text: String,
}

impl Lines {
    /// No lines, at this indentation.
    pub(super) const fn new(depth: usize) -> Self {
        Self {
            lines: Vec::new(),
            depth,
        }
    }

    /// One line.
    pub(super) fn single(text: impl Into<String>) -> Self {
        let mut lines = Self::default();
        lines.line(text);
        lines
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The text, if it is one line.
    pub(super) fn as_single(&self) -> Option<&str> {
        match self.lines.as_slice() {
            [line] => Some(&line.text),
            _ => None,
        }
    }

    pub(super) fn line(&mut self, text: impl Into<String>) {
        self.lines.push(Line {
            depth: self.depth,
            text: text.into(),
        });
    }

    /// Lines at the same indentation.
    pub(super) fn lines<S: Into<String>>(&mut self, lines: impl IntoIterator<Item = S>) {
        lines.into_iter().for_each(|line| self.line(line));
    }

    /// A line that opens a block.
    pub(super) fn open(&mut self, text: impl Into<String>) {
        self.line(text);
        self.depth += 1;
    }

    /// A line that closes a block.
    pub(super) fn close(&mut self, text: impl Into<String>) {
        let Some(depth) = self.depth.checked_sub(1) else {
            unreachable!("every block is opened before it is closed");
        };
        self.depth = depth;
        self.line(text);
    }

    /// A line that closes a block and opens the next one, such as `} else {`.
    pub(super) fn reopen(&mut self, text: impl Into<String>) {
        self.close(text);
        self.depth += 1;
    }

    /// Lines of a doc comment.
    pub(super) fn docs<S: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = S>) {
        for line in lines {
            match line.as_ref() {
                "" => self.line("///"),
                line => self.line(format!("/// {line}")),
            }
        }
    }

    /// Other lines, indented as deep as these.
    pub(super) fn append(&mut self, other: Self) {
        let depth = self.depth;
        self.lines.extend(other.lines.into_iter().map(|line| Line {
            depth: line.depth + depth,
            text: line.text,
        }));
    }

    /// Text before the first line and after the last one.
    pub(super) fn wrapped(mut self, before: &str, after: &str) -> Self {
        if let Some(first) = self.lines.first_mut() {
            first.text.insert_str(0, before);
        }
        if let Some(last) = self.lines.last_mut() {
            last.text.push_str(after);
        }
        self
    }

    /// Whether the last expression has statements before it.
    pub(super) fn has_statements(&self) -> bool {
        let mut first_level = self.lines.iter().filter(|line| line.depth == 0);
        first_level.any(|line| line.text.ends_with(';'))
    }

    /// Whether an identifier occurs in the lines.
    pub(super) fn mentions(&self, identifier: &str) -> bool {
        let is_inside = |character: char| character == '_' || character.is_alphanumeric();
        let mut words = self
            .lines
            .iter()
            .flat_map(|line| line.text.split(|character| !is_inside(character)));
        words.any(|word| word == identifier)
    }

    /// Whether a line with this text would not have to be broken.
    pub(super) fn fits(&self, text: &str) -> bool {
        fits(self.depth, text)
    }

    /// Like [`Lines::fits`], for statements that are indented later.
    pub(super) fn fits_in_function(&self, text: &str) -> bool {
        fits(self.depth + FUNCTION_DEPTH, text)
    }

    pub(super) fn into_text(self) -> String {
        let mut text = String::new();
        for line in self.lines {
            push_line(line.depth, &line.text, &mut text);
        }
        text
    }
}

fn fits(depth: usize, text: &str) -> bool {
    depth * 4 + text.chars().count() <= WIDTH
}

fn push_indented(depth: usize, line: &str, text: &mut String) {
    text.extend(std::iter::repeat_n("    ", depth));
    text.push_str(line);
    text.push('\n');
}

/// Appends a line, broken at its longest group if it is too long. Comments and attributes stay as they
/// are.
fn push_line(depth: usize, line: &str, text: &mut String) {
    let is_verbatim = line.starts_with("//") || line.starts_with("#[");
    let group = match is_verbatim || fits(depth, line) {
        true => None,
        false => longest_group(line),
    };
    let Some(Group { start, end }) = group else {
        push_indented(depth, line, text);
        return;
    };
    let (before, rest) = line.split_at(start);
    let (items, after) = rest.split_at(end - start);
    let items = split_at_commas(items);
    if let Some((closure, arguments)) = items.split_last()
        && let Some(body) = closure.strip_prefix("|reader| ")
    {
        let first = format!("{before}{}, |reader| {{", arguments.join(", "));
        if fits(depth, &first) {
            push_indented(depth, &first, text);
            push_line(depth + 1, body, text);
            push_indented(depth, &format!("}}{after}"), text);
            return;
        }
    }
    push_indented(depth, before, text);
    // A table fills lines; arguments and fields get a line each.
    if before.ends_with('[') || before.contains("!(") {
        push_filled(depth + 1, &items, text);
    } else {
        for item in items {
            push_line(depth + 1, &format!("{item},"), text);
        }
    }
    push_indented(depth, after, text);
}

fn push_filled(depth: usize, items: &[&str], text: &mut String) {
    let mut line = String::new();
    for item in items {
        if !line.is_empty() && !fits(depth, &format!("{line} {item},")) {
            push_indented(depth, &line, text);
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend([item, ","]);
    }
    push_indented(depth, &line, text);
}

/// The text between two brackets.
#[derive(Clone, Copy, Debug)]
struct Group {
    start: usize,
    end: usize,
}

/// The longest group outside of other groups. If it is a macro's table, or has one item, the group at its
/// end.
fn longest_group(line: &str) -> Option<Group> {
    let mut longest: Option<Group> = None;
    let mut start = 0;
    visit(line, |position, character, depth| match character {
        '(' | '[' | '{' if depth == 0 => start = position + 1,
        ')' | ']' | '}' if depth == 0 => {
            let length = position - start;
            if length > longest.map_or(0, |group| group.end - group.start) {
                longest = Some(Group {
                    start,
                    end: position,
                });
            }
        }
        _ => {}
    });
    let Group { start, end } = longest?;
    let (before, rest) = line.split_at(start);
    let (content, _) = rest.split_at(end - start);
    let descends = before.ends_with("!(") || split_at_commas(content).len() == 1;
    match longest_group(content) {
        Some(inner) if descends && inner.end + 1 == content.len() => Some(Group {
            start: start + inner.start,
            end: start + inner.end,
        }),
        _ => longest,
    }
}

/// The items of a group.
fn split_at_commas(content: &str) -> Vec<&str> {
    let mut commas = Vec::new();
    visit(content, |position, character, depth| {
        if character == ',' && depth == 0 {
            commas.push(position);
        }
    });
    let mut items = Vec::with_capacity(commas.len() + 1);
    let mut rest = content;
    for comma in commas.into_iter().rev() {
        let (before, item) = rest.split_at(comma);
        items.push(item.trim_start_matches(',').trim());
        rest = before;
    }
    items.push(rest.trim());
    items.reverse();
    items
}

/// Calls `visit` with each character outside of string literals: its position, and in how many groups
/// it is. A bracket is outside of its own group.
fn visit(text: &str, mut visit: impl FnMut(usize, char, usize)) {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for (position, character) in text.char_indices() {
        if in_string {
            in_string = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            continue;
        }
        match character {
            '"' => in_string = true,
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                visit(position, character, depth);
            }
            '(' | '[' | '{' => {
                visit(position, character, depth);
                depth += 1;
            }
            _ => visit(position, character, depth),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(depth: usize, line: &str) -> String {
        let mut lines = Lines::new(depth);
        lines.line(line);
        lines.into_text()
    }

    #[test]
    fn long_tables_fill_lines() {
        let name = "x".repeat(18);
        let short = format!("m!(A {{ {name}, {name} }});");
        assert_eq!(text(1, &short), format!("    {short}\n"));
        let four = [name.as_str(); 4].join(", ");
        assert_eq!(
            text(1, &format!("m!(A {{ {four}, {name} }});")),
            format!("    m!(A {{\n        {four},\n        {name},\n    }});\n")
        );
    }

    #[test]
    fn long_calls_have_one_argument_a_line() {
        let arguments = ["(a, \"),\")", "second_argument", "|x| f(x)"].map(|argument| {
            let padding = "x".repeat(20);
            format!("{argument}.{padding}(b)")
        });
        let [first, second, third] = &arguments;
        assert_eq!(
            text(0, &format!("let a = call({})?;", arguments.join(", "))),
            format!("let a = call(\n    {first},\n    {second},\n    {third},\n)?;\n")
        );
    }

    #[test]
    fn only_item_of_a_call_is_broken_instead() {
        let item = format!("(4, \"{}\")", "x".repeat(45));
        assert_eq!(
            text(0, &format!("let a = call(&[{item}, {item}])?;")),
            format!("let a = call(&[\n    {item},\n    {item},\n])?;\n")
        );
    }

    #[test]
    fn comments_and_attributes_are_not_broken() {
        for start in ["///", "#[doc"] {
            let line = format!("{start} ({}, {0})]", "x".repeat(60));
            assert_eq!(text(0, &line), format!("{line}\n"));
        }
    }

    #[test]
    fn appended_lines_are_indented() {
        let mut inner = Lines::default();
        inner.open("match a {");
        inner.line("_ => b,");
        inner.close("}");
        let mut lines = Lines::new(1);
        lines.append(inner.wrapped("let c = ", ";"));
        assert_eq!(
            lines.into_text(),
            "    let c = match a {\n        _ => b,\n    };\n"
        );
    }
}
