//! Makes a static reference site from the models of one or more protos.
#![doc = include_str!("../README.md")]
//! ## Contents
//!
//! [`generate`] returns each [`File`] of the site. A [`Chapter`] is one proto of it.

mod channels;
mod examples;
mod fields;
mod ids;
mod markdown;
mod messages;
mod page;
mod picture;
mod search;
mod site;
mod types;

use spice_proto_gen::model::Model;

use self::site::Site;

/// A part of the site: one proto.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Chapter<'m> {
    /// The model of the proto.
    pub model: &'m Model,
    /// The title; the name of the protocol if it is empty.
    pub title: String,
    /// The folder of the pages. Empty for the main chapter, which has the front page.
    pub folder: String,
    /// An introduction for the chapter's front page, in Markdown.
    pub introduction: String,
}

impl<'m> Chapter<'m> {
    /// A main chapter without introduction.
    #[must_use]
    pub const fn new(model: &'m Model) -> Self {
        Self {
            model,
            title: String::new(),
            folder: String::new(),
            introduction: String::new(),
        }
    }

    /// Sets the title.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Sets the folder of the pages.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Sets the introduction, in Markdown.
    #[must_use]
    pub fn introduction(mut self, text: impl Into<String>) -> Self {
        self.introduction = text.into();
        self
    }
}

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct File {
    /// The path in the site, with `/` between folders.
    pub path: String,
    /// The contents.
    pub text: String,
}

/// Generates the site. The files depend on the chapters only.
#[must_use]
pub fn generate(chapters: &[Chapter<'_>]) -> Vec<File> {
    let sites: Vec<_> = chapters.iter().map(Site::new).collect();
    let mut pages = Vec::new();
    for site in &sites {
        pages.push(channels::front_page(site));
        pages.push(ids::page(site));
        pages.extend(channels::pages(site));
        pages.extend(messages::pages(site));
        pages.extend(types::pages(site));
    }
    let title = sites.first().map(|site| site.title()).unwrap_or_default();
    let mut files: Vec<_> = pages
        .iter()
        .map(|page| File {
            path: page.path.clone(),
            text: page.render(&sites, title),
        })
        .collect();
    files.push(asset("style.css", include_str!("../assets/style.css")));
    files.push(asset("search.js", include_str!("../assets/search.js")));
    files.push(File {
        path: "search-index.js".to_owned(),
        text: search::index(&pages),
    });
    files
}

fn asset(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}
