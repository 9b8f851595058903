//! The reference site in a browser: search, width of a phone, errors. Needs Chromium; without it the test
//! is reported as ignored.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

use self::support::{folder, run};

/// A page that opens every page of the site in a frame as wide as a phone, and then searches.
const HARNESS: &str = include_str!("support/doc_browser.html");

fn main() -> ExitCode {
    let browser = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(find);
    let required = std::env::var_os("SPICE_LIVE_TESTS").is_some_and(|value| value == "required");
    let is_missing = browser.is_none() && !required;
    let test = Trial::test("reference_site_works_in_a_browser", move || {
        check(&browser.ok_or("needs Chromium")?)
    });
    let test = if is_missing {
        test.with_kind("needs Chromium").with_ignored_flag(true)
    } else {
        test
    };
    libtest_mimic::run(&Arguments::from_args(), vec![test]).exit_code()
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut files = std::env::split_paths(&path).map(|folder| folder.join(program));
    files.find(|file| file.is_file())
}

fn check(browser: &Path) -> Result<(), Failed> {
    let folder = folder("doc_browser");
    let ran = run(&["doc", "-o", folder.to_str().unwrap()]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let harness = folder.join("harness.html");
    fs::write(&harness, HARNESS).unwrap();
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
    let result: Value = serde_json::from_str(&result.replace("&amp;", "&"))?;
    let messages = String::from_utf8_lossy(&output.stderr);
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
