//! A page of the site, and the frame around its contents.

use maud::{DOCTYPE, Markup, html};

use crate::site::Site;

/// A page.
pub struct Page {
    /// The path in the site.
    pub path: String,
    /// The title.
    pub title: String,
    /// The words by which the search finds the page, besides its title: C names and numbers.
    pub words: Vec<String>,
    /// The subject of the page: `message`, `struct` and so on.
    pub kind: &'static str,
    /// The contents after the title.
    pub contents: Markup,
}

impl Page {
    /// The whole file.
    pub fn render(&self, sites: &[Site<'_>], title: &str) -> String {
        let root = root(&self.path);
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " – " (title) }
                    link rel="stylesheet" href={ (root) "style.css" };
                    link rel="icon" href="data:,";
                }
                body data-root=(root) {
                    header {
                        nav {
                            @for (index, site) in sites.iter().enumerate() {
                                a href={ (root) (site.address("index")) } { (site.title()) }
                                @if index == 0 { a href={ (root) (site.address("ids")) } { "Index" } }
                            }
                        }
                        form role="search" {
                            input #search type="search" name="q" autocomplete="off" placeholder="Search: 304, draw_copy, …" aria-label="Search";
                        }
                        ol #results hidden {}
                    }
                    main {
                        h1 { (self.title) @if !self.kind.is_empty() { " " span.kind { (self.kind) } } }
                        (self.contents)
                    }
                    script src={ (root) "search-index.js" } {}
                    script src={ (root) "search.js" } {}
                }
            }
        };
        page.into_string()
    }

    /// The address of another page, seen from this one.
    pub fn link(&self, address: &str) -> String {
        format!("{}{address}", root(&self.path))
    }
}

/// The path from a page to the root of the site.
pub fn root(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}
