//! C text with indentation.

/// Lines of C. Blocks are indented by four spaces.
#[derive(Debug, Default)]
pub(super) struct Text {
    text: String,
    depth: usize,
}

impl Text {
    /// The statements of a function.
    pub(super) const fn of_function() -> Self {
        Self {
            text: String::new(),
            depth: 1,
        }
    }

    /// A line of a block.
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        let line = line.as_ref();
        if !line.is_empty() {
            self.text.push_str(&"    ".repeat(self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// A line that opens a block.
    pub(super) fn open(&mut self, line: impl AsRef<str>) {
        self.line(line);
        self.depth += 1;
    }

    /// A line that closes a block.
    pub(super) fn close(&mut self, line: impl AsRef<str>) {
        self.depth = self.depth.saturating_sub(1);
        self.line(line);
    }

    /// A line that closes a block and opens another.
    pub(super) fn reopen(&mut self, line: impl AsRef<str>) {
        self.close(line);
        self.depth += 1;
    }

    /// Returns from the function with a failure if `condition` holds.
    pub(super) fn fail_if(&mut self, condition: impl AsRef<str>) {
        self.open(format!("if ({}) {{", condition.as_ref()));
        self.line("return false;");
        self.close("}");
    }

    /// Declarations of variables, and the empty line after them.
    pub(super) fn declarations(&mut self, lines: &[String]) {
        for line in lines {
            self.line(line);
        }
        if !lines.is_empty() {
            self.line("");
        }
    }

    /// Lines within `#ifdef`, if there is a condition.
    pub(super) fn conditional(&mut self, condition: Option<&str>, lines: impl FnOnce(&mut Self)) {
        if let Some(condition) = condition {
            self.push(&format!("#ifdef {condition}\n"));
        }
        lines(self);
        if let Some(condition) = condition {
            self.push(&format!("#endif /* {condition} */\n"));
        }
    }

    /// Finished text.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}
