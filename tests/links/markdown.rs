//! Links and anchors of Markdown.

use std::collections::{BTreeMap, BTreeSet};

/// The text without blocks and spans of code.
fn prose(text: &str) -> String {
    let mut prose = String::new();
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let start = line.trim_start();
        let marks: String = start.chars().take_while(|mark| *mark == '`').collect();
        match &fence {
            Some(open) if marks.len() >= open.len() && start == marks => fence = None,
            Some(_) => {}
            None if marks.len() >= 3 => fence = Some(marks),
            None => {
                prose.push_str(line);
                prose.push('\n');
            }
        }
    }
    prose
}

/// Replaces the contents of code spans with `x`, except in labels of references, which may be spans.
fn without_code(text: &str) -> String {
    let mut parts = text.split('`');
    let mut found = parts.next().unwrap_or_default().to_owned();
    while let (Some(code), Some(after)) = (parts.next(), parts.next()) {
        let is_label = found.ends_with('[') && after.starts_with(']');
        if is_label {
            found.push_str(&format!("`{code}`"));
        } else {
            found.push('x');
        }
        found.push_str(after);
    }
    found
}

/// The targets of all links and images. `Err` for a reference without a definition.
pub fn links(text: &str) -> Vec<Result<String, String>> {
    let text = without_code(&prose(text));
    let mut definitions = BTreeMap::new();
    let mut rest = String::new();
    for line in text.lines() {
        match line
            .strip_prefix('[')
            .and_then(|line| line.split_once("]: "))
        {
            Some((label, target)) => {
                definitions.insert(label.to_lowercase(), target.to_owned());
            }
            None => rest.extend([line, "\n"]),
        }
    }
    let mut found: Vec<Result<String, String>> = definitions.values().cloned().map(Ok).collect();
    let mut at = 0;
    while let Some(open) = rest[at..].find('[').map(|open| at + open) {
        at = open + 1;
        let Some(close) = matching(&rest[at..]).map(|close| at + close) else {
            continue;
        };
        let (label, after) = (&rest[at..close], &rest[close + 1..]);
        let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(target) = after.strip_prefix('(') {
            let end = target.find([')', ' ']).unwrap_or(target.len());
            found.push(Ok(target[..end].to_owned()));
        } else {
            let reference = after
                .strip_prefix('[')
                .and_then(|after| after.split_once(']'));
            let reference = reference.map_or(label.as_str(), |(reference, _)| reference);
            let is_reference = after.starts_with('[') || is_code(reference);
            if is_reference && !definitions.contains_key(&reference.to_lowercase()) {
                found.push(Err(format!("no definition of [{reference}]")));
            }
        }
    }
    let attributes = ["src=\"", "href=\""].into_iter();
    let attributes = attributes.flat_map(|start| rest.split(start).skip(1));
    let targets = attributes.filter_map(|after| after.split_once('"'));
    found.extend(targets.map(|(target, _)| Ok(target.to_owned())));
    found
}

fn is_code(label: &str) -> bool {
    label.len() > 2 && label.starts_with('`') && label.ends_with('`')
}

/// The position of the bracket that closes a label.
fn matching(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '[' => depth += 1,
            ']' if depth == 0 => return Some(at),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The anchors of headings, as forges and rustdoc derive them, and those written in HTML.
pub fn anchors(text: &str) -> Vec<String> {
    let mut ids = BTreeSet::new();
    let text = prose(text);
    let headings = text.lines().filter_map(|line| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len()).then(|| title.strip_prefix(' '))?
    });
    let slugs = headings.map(|title| {
        let letters = title.trim().chars().flat_map(char::to_lowercase);
        let kept = letters.filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        kept.collect::<String>().replace(' ', "-")
    });
    let written = text.split("<a id=\"").skip(1);
    let written = written.filter_map(|after| after.split_once('"'));
    let mut found: Vec<_> = written.map(|(id, _)| id.to_owned()).collect();
    for slug in slugs {
        let mut numbered = (1..).map(|number| format!("{slug}-{number}"));
        let mut id = slug.clone();
        while !ids.insert(id.clone()) {
            id = numbered.next().unwrap_or_default();
        }
        found.push(id);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{anchors, links};

    #[test]
    fn links_of_every_form_are_found() {
        let text = "[a](b.md) `[no](code)` [c\nd](#e)\n```\n[no](fence)\n```\n![f](g.svg) [h][i] [`j`] [x]\n\n\
            [i]: k.md\n[`j`]: l.md\n<img src=\"m.svg\">\n";
        let found: Vec<_> = links(text).into_iter().map(Result::unwrap).collect();
        assert_eq!(found, ["l.md", "k.md", "b.md", "#e", "g.svg", "m.svg"]);
        let undefined = links("[a][b] [`c`]");
        let expected = ["b", "`c`"].map(|label| Err(format!("no definition of [{label}]")));
        assert_eq!(undefined, expected);
    }

    #[test]
    fn anchors_are_those_of_headings() {
        let text = "<a id=\"x\"></a>\n# The `x_y` of it\n## A, b\n```\n# no\n```\n### A, b\n#no\n";
        assert_eq!(anchors(text), ["x", "the-x_y-of-it", "a-b", "a-b-1"]);
    }
}
