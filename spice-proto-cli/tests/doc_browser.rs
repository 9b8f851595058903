//! Documentation in a browser: search, width of a phone and errors of the reference site; search in the pages of
//! rustdoc. Needs Chromium; without it the tests are reported as ignored.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../../tests/live/programs.rs"]
#[allow(
    unused_macros,
    unused_imports,
    reason = "these two tests have no modules"
)]
mod programs;
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::Failed;
use serde_json::Value;

use self::support::{folder, repository, run};

/// A page that opens every page of the site in a frame as wide as a phone, and then searches.
const HARNESS: &str = include_str!("support/doc_browser.html");

/// A page that searches in the documentation of a crate.
const RUSTDOC_HARNESS: &str = include_str!("support/rustdoc_search.html");

/// Queries, and the first result on the pages of `spice_messages`. A type comes before an item, and an original before
/// what inherits it.
const RUSTDOC_SEARCHES: [(&str, &str); 16] = [
    ("304", "display/server/struct.DrawCopy.html"),
    ("draw_copy", "display/server/struct.DrawCopy.html"),
    (
        "SPICE_MSG_DISPLAY_DRAW_COPY",
        "display/server/struct.DrawCopy.html",
    ),
    (
        "SpiceMsgDisplayDrawCopy",
        "display/server/struct.DrawCopy.html",
    ),
    // Messages without a body of their own.
    ("mark", "display/server/enum.Message.html#variant.Mark"),
    ("102", "display/server/enum.Message.html#variant.Mark"),
    (
        "SPICE_MSG_DISPLAY_MARK",
        "display/server/enum.Message.html#variant.Mark",
    ),
    (
        "SPICE_MSG_SPICEVMC_DATA",
        "spicevmc/server/enum.Message.html#variant.Data",
    ),
    (
        "migrate_data",
        "base/client/enum.Message.html#variant.MigrateData",
    ),
    // Inherited messages.
    ("ping", "base/server/struct.Ping.html"),
    ("SPICE_MSG_SET_ACK", "base/server/struct.SetAck.html"),
    // A body that several messages share.
    ("SpiceMsgEmpty", "types/struct.Empty.html"),
    (
        "SPICE_IMAGE_TYPE_BITMAP",
        "types/struct.ImageType.html#associatedconstant.BITMAP",
    ),
    ("SpiceImageType", "types/struct.ImageType.html"),
    (
        "SPICE_STRING_FLAGS_RASTER_A8",
        "types/struct.StringFlags.html#associatedconstant.RASTER_A8",
    ),
    (
        "SPICE_CHANNEL_DISPLAY",
        "struct.ChannelType.html#associatedconstant.DISPLAY",
    ),
];

fn main() -> ExitCode {
    let tests: [(&str, fn()); 2] = [
        (
            "reference_site_works_in_a_browser",
            reference_site_works_in_a_browser,
        ),
        (
            "search_in_rustdoc_finds_messages",
            search_in_rustdoc_finds_messages,
        ),
    ];
    let tests = tests.map(|(name, test)| programs::trial(name, test));
    programs::run(tests.into())
}

/// Returns the path of a browser. Without one the test is ignored.
fn browser() -> PathBuf {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names
        .into_iter()
        .find_map(programs::find)
        .unwrap_or_else(|| {
            programs::require(&["chromium"]);
            unreachable!("a missing program ends the test")
        })
}

/// Opens the page of a harness. Returns its result, and the messages of the browser.
fn open(browser: &Path, folder: &Path, page: &str) -> Result<(Value, String), Failed> {
    let harness = folder.join("harness.html");
    fs::write(&harness, page).unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
        .args(["--allow-file-access-from-files", "--enable-logging=stderr"])
        .arg("--virtual-time-budget=120000")
        .arg(format!(
            "--user-data-dir={}",
            folder.join("profile").display()
        ))
        .arg(format!("file://{}", harness.display()))
        .output()?;
    let page = String::from_utf8_lossy(&output.stdout);
    let (_, result) = page.split_once("<pre id=\"result\">").ok_or("no result")?;
    let (result, _) = result.split_once("</pre>").ok_or("no end of the result")?;
    let result = serde_json::from_str(&result.replace("&amp;", "&"))?;
    let messages = String::from_utf8_lossy(&output.stderr);
    Ok((result, messages.into_owned()))
}

fn reference_site_works_in_a_browser() {
    check_site(&browser()).unwrap();
}

fn check_site(browser: &Path) -> Result<(), Failed> {
    let folder = folder("doc_browser");
    let ran = run(&["doc", "-o", folder.to_str().unwrap()]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let (result, messages) = open(browser, &folder, HARNESS)?;
    let errors: Vec<_> = messages
        .lines()
        .filter(|line| line.contains("CONSOLE"))
        .collect();
    assert_eq!(errors, [""; 0]);
    assert!(result["pages"].as_u64() > Some(250), "{result}");
    for key in ["wide", "errors"] {
        assert_eq!(result[key], Value::Array(Vec::new()), "{result}");
    }
    for query in [
        "304",
        "draw_copy",
        "SPICE_MSG_DISPLAY_DRAW_COPY",
        "draw cop",
    ] {
        let found = &result["found"][query];
        assert_eq!(found, "display.server.draw_copy", "{query}: {result}");
    }
    assert_eq!(result["found"]["nothing at all"], Value::Null, "{result}");
    Ok(())
}

fn search_in_rustdoc_finds_messages() {
    check_rustdoc(&browser()).unwrap();
}

fn check_rustdoc(browser: &Path) -> Result<(), Failed> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let ran = Command::new(env!("CARGO"))
        .args([
            "doc",
            "-p",
            "spice-messages",
            "--no-deps",
            // The code that the crate ships is the code that it generates.
            "--no-default-features",
            "--features=std",
            "--locked",
            "--offline",
            "--quiet",
        ])
        .arg("--target-dir")
        .arg(target)
        .current_dir(repository())
        .output()?;
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let pages = format!("file://{}/doc/spice_messages/", target.display());
    let queries = RUSTDOC_SEARCHES.map(|(query, _)| format!("{query:?}"));
    let page = RUSTDOC_HARNESS.replace("/* crate */", &pages);
    let page = page.replace("/* queries */", &queries.join(", "));
    let (found, _) = open(browser, &folder("rustdoc_search"), &page)?;
    let mut wrong = Vec::new();
    for (query, expected) in RUSTDOC_SEARCHES {
        let first = found[query][0].as_str().unwrap_or_default();
        if first.strip_prefix(&pages) != Some(expected) {
            wrong.push(format!("{query}: {first}, expected {expected}"));
        }
    }
    assert_eq!(wrong, [""; 0], "{found}");
    Ok(())
}
