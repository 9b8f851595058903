//! Writing Rust line by line: definitions, comments, and the macros of the runtime, which are tables.
//! Only code with statements takes the long way through tokens and a formatter.

use std::fmt::Display;
use std::fmt::Write as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Lines are not longer than this if there is a choice.
const WIDTH: usize = 100;

/// Lines of Rust, each indented as deep as it stands.
#[derive(Debug, Default)]
pub(super) struct Code {
    text: String,
    depth: usize,
}

impl Code {
    /// Nothing yet, in as many modules.
    pub(super) const fn new(depth: usize) -> Self {
        Self {
            text: String::new(),
            depth,
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn indent(&mut self) {
        let spaces = std::iter::repeat_n("    ", self.depth);
        self.text.extend(spaces);
    }

    pub(super) fn line(&mut self, line: impl Display) {
        self.indent();
        // Writing to a text does not fail.
        let _ = writeln!(self.text, "{line}");
    }

    /// A line that begins a block, and the lines in it.
    pub(super) fn open(&mut self, line: impl Display) {
        self.line(line);
        self.depth += 1;
    }

    /// The line that ends a block.
    pub(super) fn close(&mut self, line: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line(line);
    }

    /// Lines of a doc comment that are already safe.
    pub(super) fn docs<S: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = S>) {
        for line in lines {
            self.indent();
            let line = line.as_ref();
            let parts = match line.is_empty() {
                true => ["///", "", "\n"],
                false => ["/// ", line, "\n"],
            };
            self.text.extend(parts);
        }
    }

    /// Lines that each stand for themselves, such as attributes.
    pub(super) fn lines<S: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = S>) {
        lines.into_iter().for_each(|line| self.line(line.as_ref()));
    }

    /// Attributes that the user asked for, formatted.
    pub(super) fn attributes(&mut self, attributes: &[&str]) {
        if attributes.is_empty() {
            return;
        }
        // What is no Rust at all is left out; `Config` does not let it through.
        let attributes = attributes.iter();
        let attributes: TokenStream = attributes
            .filter_map(|text| text.parse::<TokenStream>().ok())
            .collect();
        let mut code = Self::new(self.depth);
        code.items(quote::quote!(#attributes struct Item;));
        let text = code.into_text();
        let mut lines = text.split_inclusive('\n');
        lines.next_back();
        self.text.extend(lines);
    }

    /// Items between `begin` and `end`, in one line if they fit.
    pub(super) fn list(&mut self, begin: impl Display, items: &[String], end: &str) {
        let begin = begin.to_string();
        if self.fits(&[begin.as_str(), end], items) {
            self.line(in_one_line(&begin, items, end));
            return;
        }
        self.open(begin);
        self.filled(items);
        self.close(end);
    }

    /// Lists between `begin` and `end`, all in one line if they fit, or else each in its own.
    pub(super) fn rows(&mut self, begin: &str, lists: &[(&str, &[String], &str)], end: &str) {
        let lists_in_line = lists.iter();
        let lists_in_line = lists_in_line.map(|(begin, items, end)| in_one_line(begin, items, end));
        let lists_in_line: Vec<_> = lists_in_line.collect();
        if self.fits(&[begin, end], &lists_in_line) {
            self.line(format_args!("{begin} {}{end}", lists_in_line.join(" ")));
            return;
        }
        self.open(begin);
        for (begin, items, end) in lists {
            self.list(begin, items, end);
        }
        self.close(end);
    }

    /// Whether all of this fits in a line, with two characters between the items.
    fn fits(&self, ends: &[&str], items: &[String]) -> bool {
        let ends: usize = ends.iter().map(|end| end.len()).sum();
        let items: usize = items.iter().map(|item| item.len() + 2).sum();
        self.depth * 4 + ends + items <= WIDTH
    }

    /// Items with a comma behind each, as many in a line as fit.
    fn filled(&mut self, items: &[String]) {
        let mut used = WIDTH;
        for (index, item) in items.iter().enumerate() {
            if used + item.len() + 2 <= WIDTH {
                self.text.push(' ');
                used += item.len() + 2;
            } else {
                if index > 0 {
                    self.text.push('\n');
                }
                self.indent();
                used = self.depth * 4 + item.len() + 1;
            }
            self.text.extend([item, ","]);
        }
        self.text.push('\n');
    }

    /// Items between `begin` and `end`, each in a line of its own.
    pub(super) fn table(
        &mut self,
        begin: impl Display,
        rows: impl IntoIterator<Item = String>,
        end: &str,
    ) {
        self.open(begin);
        for row in rows {
            self.line(format_args!("{row},"));
        }
        self.close(end);
    }

    /// Items that are formatted.
    pub(super) fn items(&mut self, items: TokenStream) {
        if items.is_empty() {
            return;
        }
        // They stand in as many modules as here, so that lines break where they should.
        let mut wrapped = items;
        for _ in 0..self.depth {
            wrapped = quote::quote!(mod m { #wrapped });
        }
        match syn::parse2(wrapped.clone()) {
            Ok(file) => {
                let text = prettyplease::unparse(&file);
                let mut lines = text.split_inclusive('\n');
                for _ in 0..self.depth {
                    lines.next();
                    lines.next_back();
                }
                self.text.extend(lines);
            }
            // Unreachable unless the backend has a bug; what it made then says most about it.
            Err(error) => {
                self.line(format_args!("compile_error!({:?});", error.to_string()));
                self.line(wrapped);
            }
        }
    }
}

/// Items in one line; in braces there is a space at each end.
fn in_one_line(begin: &str, items: &[String], end: &str) -> String {
    let items = items.join(", ");
    match begin.ends_with('{') && !items.is_empty() {
        true => format!("{begin} {items} {end}"),
        false => format!("{begin}{items}{end}"),
    }
}

/// A type or path as text.
pub(super) fn compact(tokens: TokenStream) -> String {
    let mut text = String::new();
    push_compact(tokens, &mut text);
    text
}

fn push_compact(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (begin, end) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(begin);
                push_compact(group.stream(), text);
                text.push_str(end);
            }
            TokenTree::Punct(punct) => {
                text.push(punct.as_char());
                if matches!(punct.as_char(), ',' | ';') {
                    text.push(' ');
                }
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => {
                let _ = write!(text, "{token}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn what_does_not_fit_in_a_line_fills_several() {
        let names = |count: usize| vec!["x".repeat(18); count];
        let mut code = Code::new(1);
        code.list("m!(A {", &[], "});");
        code.list("m!(A {", &names(2), "});");
        code.list("m!(A {", &names(5), "});");
        let name = "x".repeat(18);
        let two = [name.as_str(); 2].join(", ");
        let four = [name.as_str(); 4].join(", ");
        let expected = format!(
            "    m!(A {{}});\n    m!(A {{ {two} }});\n    m!(A {{\n        {four},\n        {name},\n    }});\n"
        );
        assert_eq!(code.into_text(), expected);
    }

    #[test]
    fn items_break_where_they_stand() {
        let item = || {
            quote!(
                fn f() {
                    call(
                        a_rather_long_argument,
                        another_long_argument,
                        a_third_and_last_argument,
                    );
                }
            )
        };
        let lines = |depth| {
            let mut code = Code::new(depth);
            code.items(item());
            code.into_text()
        };
        assert_eq!(
            lines(0),
            "fn f() {\n    call(a_rather_long_argument, another_long_argument, a_third_and_last_argument);\n}\n"
        );
        assert!(lines(3).starts_with("            fn f() {\n                call(\n"));
        assert!(lines(3).ends_with("\n            }\n"));
        let mut code = Code::new(1);
        code.items(quote!(fn));
        assert!(code.into_text().contains("compile_error!"));
    }

    #[test]
    fn types_are_written_without_spaces_that_nobody_writes() {
        let ty = quote!(::core::option::Option<wire::List<'a, [super::r#type; 3]>>);
        let expected = "::core::option::Option<wire::List<'a, [super::r#type; 3]>>";
        assert_eq!(compact(ty), expected);
    }
}
