//! Rust source text: lines for definitions and tables, formatted tokens for statements.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;

/// Maximum width of a line of a table.
const WIDTH: usize = 100;

/// Levels of indentation that fit in addition to the width of `prettyplease`, 89 columns.
const FREE_DEPTH: usize = 2;

/// Lines of Rust with their indentation.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    text: String,
    depth: usize,
}

impl Lines {
    /// No lines, at this indentation.
    pub(super) const fn new(depth: usize) -> Self {
        Self {
            text: String::new(),
            depth,
        }
    }

    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        self.text.extend(std::iter::repeat_n("    ", self.depth));
        self.text.extend([line.as_ref(), "\n"]);
    }

    /// Lines at the same indentation.
    pub(super) fn lines<S: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = S>) {
        lines.into_iter().for_each(|line| self.line(line));
    }

    /// A line that opens a block.
    pub(super) fn open(&mut self, line: impl AsRef<str>) {
        self.line(line);
        self.depth += 1;
    }

    /// A line that closes a block.
    pub(super) fn close(&mut self, line: impl AsRef<str>) {
        let Some(depth) = self.depth.checked_sub(1) else {
            unreachable!("every block is opened before it is closed");
        };
        self.depth = depth;
        self.line(line);
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

    /// Items between brackets, in one line if they fit. Otherwise they fill lines.
    pub(super) fn table(&mut self, before: &str, items: &[String], after: &str) {
        let space = match before.ends_with(" {") && !items.is_empty() {
            true => " ",
            false => "",
        };
        let line = format!("{before}{space}{}{space}{after}", items.join(", "));
        if self.fits(&line) {
            self.line(line);
            return;
        }
        self.open(before);
        let mut line = String::new();
        for item in items {
            if !line.is_empty() && !self.fits(&format!("{line} {item},")) {
                self.line(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.extend([item, ","]);
        }
        self.line(line);
        self.close(after);
    }

    /// Whether a line with this text is short enough.
    pub(super) fn fits(&self, line: &str) -> bool {
        self.depth * 4 + line.chars().count() <= WIDTH
    }

    /// An item, formatted.
    pub(super) fn item(&mut self, item: TokenStream) {
        self.formatted(item, 0, 0);
    }

    /// The statements of a function, formatted.
    pub(super) fn statements(&mut self, statements: TokenStream) {
        if !statements.is_empty() {
            let block = Group::new(Delimiter::Brace, statements);
            self.formatted(quote!(fn f() #block), 1, 1);
        }
    }

    /// A type's derives together with the user's, which come first among the user's attributes. Returns the
    /// user's other attributes.
    pub(super) fn derive<'u, 't>(&mut self, derives: &str, user: &'u [&'t str]) -> &'u [&'t str] {
        let own = derives.split(", ");
        let added: Vec<_> = user.iter().map_while(|text| derived(text)).collect();
        let items = own.chain(added.iter().copied()).map(str::to_owned);
        self.table("#[derive(", &items.collect::<Vec<_>>(), ")]");
        user.get(added.len()..).unwrap_or_default()
    }

    /// Attributes, formatted.
    pub(super) fn attributes(&mut self, attributes: &[&str]) {
        if !attributes.is_empty() {
            let attributes = attributes.iter().map(|text| tokens(text));
            self.formatted(quote!(#(#attributes)* struct S;), 0, 1);
        }
    }

    /// An item without its first and last lines, formatted.
    fn formatted(&mut self, item: TokenStream, first: usize, last: usize) {
        // Modules around the item indent it, so that lines break where they must.
        let modules = self.depth.saturating_sub(first + FREE_DEPTH);
        let wrapped = (0..modules).fold(item, |item, _| quote!(mod m { #item }));
        let file = match syn::parse2(wrapped) {
            Ok(file) => file,
            Err(error) => unreachable!("generated statements are Rust: {error}"),
        };
        let text = prettyplease::unparse(&file);
        let lines: Vec<_> = text.lines().collect();
        let lines = lines.get(modules + first..lines.len() - modules - last);
        let indentation = "    ".repeat(self.depth - modules - first);
        for line in lines.into_iter().flatten() {
            self.text.extend([&indentation, *line, "\n"]);
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// The paths in a `derive` attribute.
fn derived(attribute: &str) -> Option<&str> {
    let paths = attribute.strip_prefix("#[derive(")?.strip_suffix(")]")?;
    let is_path = |character: char| character.is_alphanumeric() || "_:, ".contains(character);
    (!paths.is_empty() && paths.chars().all(is_path)).then_some(paths)
}

/// A path, type or attribute as tokens.
pub(super) fn tokens(text: &str) -> TokenStream {
    match text.parse() {
        Ok(tokens) => tokens,
        Err(error) => unreachable!("generated paths and types are Rust: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_tables_fill_lines() {
        let table = |count: usize| {
            let mut lines = Lines::new(1);
            lines.table("m!(A {", &vec!["x".repeat(18); count], "});");
            lines.into_text()
        };
        let name = "x".repeat(18);
        let four = [name.as_str(); 4].join(", ");
        assert_eq!(table(0), "    m!(A {});\n");
        assert_eq!(table(2), format!("    m!(A {{ {name}, {name} }});\n"));
        assert_eq!(
            table(5),
            format!("    m!(A {{\n        {four},\n        {name},\n    }});\n")
        );
    }

    #[test]
    fn statements_break_at_their_indentation() {
        let text = |depth| {
            let mut lines = Lines::new(depth);
            lines.statements(quote!(
                call(a_rather_long_argument, another_long_argument, a_third_and_last_argument)?;
            ));
            lines.into_text()
        };
        assert_eq!(
            text(1),
            "    call(a_rather_long_argument, another_long_argument, a_third_and_last_argument)?;\n"
        );
        assert!(text(5).starts_with("                    call(\n                        a_rather"));
        assert!(text(5).ends_with("\n                    )?;\n"));
    }

    #[test]
    fn attributes_are_formatted() {
        let mut lines = Lines::new(1);
        lines.attributes(&["#[derive( Hash )]", "#[a] #[b]"]);
        assert_eq!(
            lines.into_text(),
            "    #[derive(Hash)]\n    #[a]\n    #[b]\n"
        );
    }

    #[test]
    fn derives_of_the_user_are_merged_up_to_another_attribute() {
        let mut lines = Lines::new(1);
        let user = [
            "#[derive(Ord)]",
            "#[derive(a::B, C)]",
            "#[a]",
            "#[derive(D)]",
        ];
        assert_eq!(lines.derive("Clone, Eq", &user), ["#[a]", "#[derive(D)]"]);
        assert_eq!(
            lines.into_text(),
            "    #[derive(Clone, Eq, Ord, a::B, C)]\n"
        );
    }

    #[test]
    #[should_panic(expected = "generated statements are Rust")]
    fn tokens_that_do_not_parse_are_unreachable() {
        Lines::new(1).statements(quote!(let));
    }
}
