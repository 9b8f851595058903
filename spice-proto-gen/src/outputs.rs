//! The files that this process has generated, so that none is overwritten by mistake.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::backend::rust::Options;
use crate::compile::write_if_changed;
use crate::error::Error;

/// The origin of a generated file.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// The path of the proto, as the caller wrote it.
    pub(crate) name: PathBuf,
    /// The absolute path of the proto.
    pub(crate) proto: PathBuf,
    pub(crate) options: Options,
}

/// The origin of each file, by the path that the file system gives it.
static WRITTEN: Mutex<BTreeMap<PathBuf, Origin>> = Mutex::new(BTreeMap::new());

/// Writes a generated file, unless this process has generated it from another proto or with other options.
pub(crate) fn write(path: &Path, text: &str, origin: Origin) -> Result<(), Error> {
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    let earlier = fs::canonicalize(path).ok();
    if let Some(earlier) = earlier.and_then(|real| written.get(&real)) {
        if earlier.proto != origin.proto {
            return Err(Error::setting(format!(
                "{} and {} are both compiled to {}; set `Config::out_dir` or `Config::file_name` for one of them",
                earlier.name.display(),
                origin.name.display(),
                path.display()
            )));
        }
        if earlier.options != origin.options {
            return Err(Error::setting(format!(
                "{} is compiled to {} with different settings; set `Config::out_dir` or `Config::file_name` \
                 for one of them",
                origin.name.display(),
                path.display()
            )));
        }
    }
    write_if_changed(path, text)?;
    if let Ok(real) = fs::canonicalize(path) {
        written.insert(real, origin);
    }
    Ok(())
}
