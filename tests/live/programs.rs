//! Looks for the programs that tests need. A test without its programs is reported as ignored.

use std::env;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Trial};

/// The panic of a test that cannot run, with the reason.
struct Missing(String);

/// Returns the path of an installed program.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders = env::split_paths(&path);
    folders
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Ends the test as ignored if one of these programs and files is missing.
///
/// If the environment variable `SPICE_LIVE_TESTS` is `required`, the test fails instead.
pub fn require(needed: &[&str]) {
    let Some(reason) = missing(needed) else {
        return;
    };
    let is_required = env::var_os("SPICE_LIVE_TESTS").is_some_and(|value| value == "required");
    assert!(!is_required, "{reason}");
    panic::panic_any(Missing(reason));
}

/// Ends the test as ignored if one of these programs and files is missing, always. `packages.txt` does not have them.
#[allow(dead_code)] // Some test binaries have no such test.
pub fn require_uncommon(needed: &[&str]) {
    if let Some(reason) = missing(needed) {
        panic::panic_any(Missing(reason));
    }
}

/// The reason why a test cannot run.
fn missing(needed: &[&str]) -> Option<String> {
    let is_missing = |program: &&str| match program.starts_with('/') {
        true => !Path::new(program).exists(),
        false => find(program).is_none(),
    };
    let missing: Vec<&str> = needed.iter().copied().filter(is_missing).collect();
    (!missing.is_empty()).then(|| format!("needs {}", missing.join(", ")))
}

/// A test that [`require`] can end.
pub fn trial(name: &'static str, test: fn()) -> Trial {
    Trial::ignorable_test(name, move || match panic::catch_unwind(test) {
        Ok(()) => Ok(Completion::Completed),
        Err(payload) => match payload.downcast::<Missing>() {
            Ok(missing) => Ok(Completion::ignored_with(missing.0)),
            Err(payload) => panic::resume_unwind(payload),
        },
    })
}

/// Runs the tests that the arguments of the process select.
pub fn run(tests: Vec<Trial>) -> ExitCode {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !panic.payload().is::<Missing>() {
            report(panic);
        }
    }));
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

/// Lists tests by their modules. A test that is missing here is reported as unused code.
macro_rules! tests {
    ($($module:ident { $($test:ident),* $(,)? })*) => {
        vec![$($($crate::programs::trial(
            concat!(stringify!($module), "::", stringify!($test)),
            $module::$test,
        )),*),*]
    };
}

pub(crate) use tests;
