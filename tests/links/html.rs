//! Links and anchors of HTML pages.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::resolve;

/// The links of all pages that lead to no file or to no anchor.
pub fn dead_links(pages: &[PathBuf]) -> Vec<String> {
    let mut anchors = HashMap::new();
    let mut dead = Vec::new();
    for page in pages {
        let text = fs::read_to_string(page).unwrap();
        // Markdown that is not a link.
        if let Some((_, target)) = text.split_once("</code>](") {
            dead.push(format!("{}: ]({:.40}", page.display(), target));
        }
        let links: HashSet<_> = ["href", "src"]
            .into_iter()
            .flat_map(|name| values(&text, name))
            .collect();
        for link in links {
            let Some((target, fragment)) = resolve(page, &decoded(&link)) else {
                continue;
            };
            if !is_alive(&target, &fragment, &mut anchors) {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    dead.sort();
    dead
}

fn is_alive(
    target: &Path,
    fragment: &str,
    anchors: &mut HashMap<PathBuf, HashSet<String>>,
) -> bool {
    let is_page = target.extension().is_some_and(|found| found == "html");
    // Lines of source code have no anchors before a script adds them.
    if fragment.is_empty() || !is_page {
        return target.exists();
    }
    if target.to_string_lossy().ends_with(".rs.html") {
        return target.exists();
    }
    let ids = anchors.entry(target.to_owned()).or_insert_with(|| {
        let mut text = fs::read_to_string(target).unwrap_or_default();
        let moved = text.split_once("http-equiv=\"refresh\" content=\"0;URL=");
        let moved = moved.and_then(|(_, after)| after.split('"').next());
        if let Some((target, _)) = moved.and_then(|link| resolve(target, link)) {
            text = fs::read_to_string(target).unwrap_or_default();
        }
        values(&text, "id").map(|id| decoded(&id)).collect()
    });
    ids.contains(fragment)
}

/// The values of an attribute.
fn values<'t>(text: &'t str, name: &str) -> impl Iterator<Item = String> + 't {
    let start = format!(" {name}=\"");
    let starts: Vec<_> = text
        .match_indices(&start)
        .map(|(at, _)| at + start.len())
        .collect();
    let values = starts.into_iter().map(|at| text[at..].split('"').next());
    values.flatten().map(|value| {
        let value = value.replace("&lt;", "<").replace("&gt;", ">");
        value
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&")
    })
}

/// The text with `%3C` and the like as characters.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after
            .get(..2)
            .and_then(|digits| str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{decoded, values};

    #[test]
    fn values_of_attributes_are_decoded() {
        let text = "<a class=\"x\" href=\"a.html#b%3Cc%3E\">";
        let found: Vec<_> = values(text, "href").map(|value| decoded(&value)).collect();
        assert_eq!(found, ["a.html#b<c>"]);
    }
}
