//! Links in the documentation: Markdown files, the pages of rustdoc, and the reference site of SPICE. Needs no network:
//! addresses of other sites are not opened.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "links/html.rs"]
mod html;
#[path = "links/markdown.rs"]
mod markdown;

use std::fs;
use std::path::{Component, Path, PathBuf};

/// The files below a folder with this extension. Symbolic links are left out, because their links start elsewhere.
fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        let name = entry.file_name();
        if kind.is_dir() && name != "target" && !name.to_string_lossy().starts_with('.') {
            files(&path, extension, found);
        } else if kind.is_file() && path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

/// The file and the fragment of a relative link in a file. `None` for an address of another site.
fn resolve(file: &Path, link: &str) -> Option<(PathBuf, String)> {
    let is_other_site = ["http:", "https:", "mailto:", "data:", "javascript:"]
        .iter()
        .any(|scheme| link.starts_with(scheme));
    if is_other_site {
        return None;
    }
    let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
    let path = path.split('?').next().unwrap_or_default();
    let target = match path {
        "" => file.to_owned(),
        path => file.parent().unwrap().join(path),
    };
    let mut normal = PathBuf::new();
    for part in target.components() {
        match part {
            Component::ParentDir => drop(normal.pop()),
            part => normal.push(part),
        }
    }
    Some((normal, fragment.to_owned()))
}

#[test]
fn markdown_files_have_no_dead_links() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = Vec::new();
    files(root, "md", &mut pages);
    // Parts of `docs/diagnostics.md` and of the reference site, where they are checked.
    let parts = [
        "spice-proto-gen/src/diagnostic/explain",
        "spice-proto-cli/doc",
    ];
    pages.retain(|page| !parts.iter().any(|part| page.starts_with(root.join(part))));
    assert!(pages.contains(&root.join("docs/language.md")));
    let mut count = 0;
    let mut dead = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        let links = markdown::links(&text);
        count += links.len();
        for link in links {
            let Ok(link) = link else {
                dead.push(format!("{}: {}", page.display(), link.unwrap_err()));
                continue;
            };
            let Some((target, fragment)) = resolve(page, &link) else {
                continue;
            };
            let is_page = target.extension().is_some_and(|found| found == "md");
            let is_alive = match fragment.as_str() {
                "" => target.exists(),
                fragment if is_page => fs::read_to_string(&target)
                    .is_ok_and(|text| markdown::anchors(&text).iter().any(|id| id == fragment)),
                _ => false,
            };
            if !is_alive {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(count > 150, "only {count} links found");
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

#[test]
#[ignore = "needs `cargo doc --workspace --no-deps` and `docs/build-site`, which .ci/run calls before"]
fn html_pages_have_no_dead_links() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    for (folder, least) in [("doc", 500), ("site", 250)] {
        let folder = target.join(folder);
        let mut pages = Vec::new();
        files(&folder, "html", &mut pages);
        // Pages of rustdoc itself, and listings of source code, whose lines have no anchors before a script adds them.
        let is_own = |page: &PathBuf| folder.ends_with("doc") && page.parent() == Some(&folder);
        pages.retain(|page| !page.starts_with(folder.join("src")) && !is_own(page));
        assert!(pages.len() >= least, "{} pages", pages.len());
        let dead = html::dead_links(&pages);
        assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
    }
}
