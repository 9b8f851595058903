//! The index of the search, as a script: pages that are opened from a folder may not load other files.

use std::fmt::Write;

use crate::page::Page;

/// One line for each page: path, title, kind and words.
pub fn index(pages: &[Page]) -> String {
    let mut text = String::from("const SEARCH_INDEX = [\n");
    for page in pages {
        let words: Vec<_> = page.words.iter().map(|word| quoted(word)).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "[{}, {}, {}, [{}]],",
            quoted(&page.path),
            quoted(&page.title),
            quoted(page.kind),
            words.join(", ")
        );
    }
    text.push_str("];\n");
    text
}

/// A string of JavaScript.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            // `<` would end the script in a page; it cannot be in a name, but titles are free text.
            '<' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
