//! The reference of all codes, for `spice-proto explain` and `docs/diagnostics.md`.
//!
//! Each code has a Markdown file in `explain/`. The tests compile its examples.

use std::fmt::Write as _;

use super::{Code, Level, Levels};

/// The list of all codes with their titles, one code on each line.
#[must_use]
pub fn index() -> String {
    let lines = Code::ALL
        .iter()
        .map(|code| format!("{code}  {}\n", code.title()));
    lines.collect()
}

/// The contents of `docs/diagnostics.md`: a table of all codes, then the explanation of each.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str("| code | problem | default |\n|---|---|---|\n");
    for code in Code::ALL {
        // Writing to a string cannot fail.
        let _ = writeln!(
            page,
            "| [{code}](#{}) | {} | {} |",
            anchor(*code),
            code.title(),
            default_level(*code)
        );
    }
    for code in Code::ALL {
        let explanation = code.explanation().replace("\n## ", "\n### ");
        let _ = write!(page, "\n<a id=\"{}\"></a>\n\n#{explanation}", anchor(*code));
    }
    page
}

fn anchor(code: Code) -> String {
    code.as_str().to_lowercase()
}

fn default_level(code: Code) -> &'static str {
    match Levels::default().of(code) {
        Level::Allow => "allowed",
        Level::Warn => "warning",
        Level::Deny if Levels::can_be_lowered(code) => "error, can be lowered",
        Level::Deny => "error",
    }
}

const INTRODUCTION: &str = "\
# Diagnostics

Every error and warning of the compiler has a code. `spice-proto explain E0101` prints the section
of one code. This page is generated from the files in `spice-proto-gen/src/diagnostic/explain/`. The
tests compile every example: a wrong example reports its own code and no other, a right example
reports nothing.

`--deny W0001` turns a warning into an error, `--warn W0005` enables a warning that is allowed by
default, and `--allow W0004` disables a warning. `Config::level` does the same in a build script. E0204
is the only error that can be lowered, because published versions of spice.proto contain it.

Examples marked `escaped` contain bytes such as `\\xE9`. Examples marked `padded` continue with 64 MiB
of spaces.

";

#[cfg(test)]
mod tests;
