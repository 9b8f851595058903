//! What each code means at length, for `spice-proto explain` and `docs/diagnostics.md`.
//!
//! The source is a Markdown file for each code beside this file. Its examples are compiled by the tests.

use std::fmt::Write as _;

use crate::codes::Code;
use crate::diagnostic::Severity;
use crate::levels::Levels;

/// All codes with what each means, one a line.
#[must_use]
pub fn index() -> String {
    let mut text = String::new();
    for code in Code::ALL {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{code}  {}", code.title());
    }
    text
}

/// The page `docs/diagnostics.md`: all codes, each at length.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str("| code | what it means | default |\n|---|---|---|\n");
    for code in Code::ALL {
        let anchor = code.as_str().to_lowercase();
        let _ = writeln!(
            page,
            "| [{code}](#{anchor}) | {} | {} |",
            code.title(),
            default_level(*code)
        );
    }
    for code in Code::ALL {
        let body = code.explanation().replace("\n## ", "\n### ");
        let body = body.split_once('\n').map_or("", |(_, body)| body);
        let anchor = code.as_str().to_lowercase();
        let _ = write!(
            page,
            "\n<a id=\"{anchor}\"></a>\n\n## {code}: {}\n{}",
            code.title(),
            body
        );
    }
    page
}

fn default_level(code: Code) -> &'static str {
    let lowerable = Levels::can_be_lowered(code);
    match (code.severity(), Levels::default().of(code)) {
        (_, crate::levels::Level::Allow) => "silent",
        (Severity::Warning, _) => "warning",
        (Severity::Error, _) if lowerable => "error, can be lowered",
        (Severity::Error, _) => "error",
    }
}

const INTRODUCTION: &str = "\
# Diagnostics

Everything that the compiler reports has a code. `spice-proto explain E0101` prints what is said
here about one. This page is generated from the files in `spice-proto-gen/src/explain/`; the tests
compile every example: the wrong one gives exactly its code, the right one nothing.

Warnings can be raised to errors (`--deny W0001`), shown where they are silent (`--warn W0005`) or
silenced (`--allow W0004`); in a build script `Config::level` does the same. Of the errors only
E0204 can be lowered: a published spice.proto has it.

In an example marked `escaped`, `\\xE9` stands for the byte E9; one marked `padded` is followed by
64 MiB of blanks.

";

#[cfg(test)]
mod tests;
