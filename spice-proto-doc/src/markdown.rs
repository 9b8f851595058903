//! Comments of a proto, and introductions, as HTML.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{Event, Options, Parser, html};
use spice_proto_gen::model::Docs;

/// Markdown as HTML. HTML in the text is shown as text.
pub fn render(text: &str) -> Markup {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut page = String::new();
    html::push_html(&mut page, events);
    PreEscaped(page)
}

/// All documentation of a definition.
pub fn docs(docs: &Docs) -> Markup {
    let lines: Vec<_> = docs.lines().collect();
    render(&lines.join("\n"))
}

/// The first paragraph.
pub fn summary(docs: &Docs) -> Markup {
    let lines = docs.lines().take_while(|line| !line.trim().is_empty());
    let lines: Vec<_> = lines.collect();
    render(&lines.join("\n"))
}
