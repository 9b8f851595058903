//! The entry points for build scripts: from proto files to Rust files.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::diagnostic::to_lines;
use crate::error::Error;
use crate::outputs::{self, Origin};

impl Config {
    /// Compiles a proto file to a Rust file and prints the `cargo::rerun-if-changed`, `cargo::warning` and
    /// `cargo::error` lines of a build script. Returns the path of the Rust file, which is written only if
    /// its contents change.
    ///
    /// In a build script, a relative path starts at the folder of the package, elsewhere at the current folder.
    ///
    /// # Errors
    ///
    /// Fails if the proto has an error, if a file cannot be read or written, if a setting names
    /// something that does not exist, or if this process has compiled another proto, or the same one with other
    /// settings, to the same file.
    pub fn compile(&self, proto: impl AsRef<Path>) -> Result<PathBuf, Error> {
        let result = self.compile_file(proto.as_ref());
        result.inspect_err(|error| {
            for line in error.lines() {
                println!("cargo::error={line}");
            }
        })
    }

    /// Compiles several proto files as [`compile`](Self::compile) does, each to its own Rust file.
    ///
    /// # Errors
    ///
    /// Fails if one of the files cannot be compiled. The error reports all of these.
    pub fn compile_protos(&self, protos: &[impl AsRef<Path>]) -> Result<Vec<PathBuf>, Error> {
        let (mut paths, mut errors) = (Vec::new(), Vec::new());
        for proto in protos {
            match self.compile(proto) {
                Ok(path) => paths.push(path),
                Err(error) => errors.push(error),
            }
        }
        Error::all(errors).map_or(Ok(paths), Err)
    }

    fn compile_file(&self, proto: &Path) -> Result<PathBuf, Error> {
        // Cargo takes a relative path from the folder of the package, too.
        println!("cargo::rerun-if-changed={}", proto.display());
        let folder = base_folder();
        let file = folder
            .as_ref()
            .map_or(proto.to_owned(), |folder| folder.join(proto));
        let text =
            fs::read(&file).map_err(|error| Error::io_in(folder.clone(), "read", proto, error))?;
        let name = proto.display().to_string();
        let generated = self.generate(&name, &text);
        let generated = generated.map_err(|error| error.in_file(&file))?;
        let source = String::from_utf8_lossy(&text);
        for line in to_lines(&name, &source, &generated.warnings) {
            println!("cargo::warning={line}");
        }
        let path = self.target(proto, folder)?;
        let origin = Origin {
            name: proto.to_owned(),
            proto: fs::canonicalize(&file).unwrap_or(file),
            options: self.options.clone(),
        };
        outputs::write(&path, &generated.text, origin)?;
        Ok(path)
    }

    /// The path of the Rust file.
    fn target(&self, proto: &Path, base: Option<PathBuf>) -> Result<PathBuf, Error> {
        let folder = self.out_dir.clone();
        let folder = folder.or_else(|| env::var_os("OUT_DIR").map(PathBuf::from));
        let folder = folder.ok_or_else(|| {
            Error::setting("OUT_DIR is not set: call `Config::out_dir` outside of a build script")
        })?;
        let folder = base.map_or(folder.clone(), |base| base.join(folder));
        let name = self.file_name.clone();
        Ok(folder.join(name.unwrap_or_else(|| output_name(proto))))
    }
}

/// The folder that relative paths start at. In a build script this is the package's folder, because some build
/// tools run the script in another folder.
fn base_folder() -> Option<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR").filter(|_| env::var_os("OUT_DIR").is_some());
    package
        .map(PathBuf::from)
        .or_else(|| env::current_dir().ok())
}

/// The name of the Rust file of a proto. Different names of protos give different names.
fn output_name(proto: &Path) -> PathBuf {
    let name = match proto.extension() {
        Some(extension) if extension == "proto" => proto.file_stem(),
        _ => proto.file_name(),
    };
    let mut name = name.unwrap_or("proto".as_ref()).to_owned();
    name.push(".rs");
    name.into()
}

/// Writes a text file and creates its parent folders, unless it already has the same contents.
///
/// # Errors
///
/// Fails if the file or a folder cannot be written.
pub fn write_if_changed(path: &Path, text: &str) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|present| present == text.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
    }
    fs::write(path, text).map_err(|error| Error::io("write", path, error))
}

/// Compiles a proto file to a Rust file in `OUT_DIR`. On an error, prints the report and exits the
/// build script.
///
/// ```no_run
/// // build.rs
/// spice_proto_gen::compile("proto/spice.proto");
/// ```
///
/// The file has the name of the proto: `spice_wire::include_proto!("spice");` includes `spice.rs`.
pub fn compile(proto: impl AsRef<Path>) {
    compile_with(&Config::new(), proto);
}

/// Compiles a proto file as [`compile`] does, with other settings.
pub fn compile_with(config: &Config, proto: impl AsRef<Path>) {
    if let Err(error) = config.compile(proto) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

/// Compiles several proto files to Rust files in `OUT_DIR`, as [`Config::compile_protos`] does.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     spice_proto_gen::compile_protos(&["proto/spice.proto", "proto/agent.proto"])?;
///     Ok(())
/// }
/// ```
///
/// # Errors
///
/// Fails if one of the files cannot be compiled. The error reports all of these.
pub fn compile_protos(protos: &[impl AsRef<Path>]) -> Result<Vec<PathBuf>, Error> {
    Config::new().compile_protos(protos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_names_are_one_to_one() {
        for (proto, expected) in [
            ("echo.proto", "echo.rs"),
            ("proto/echo.v1.proto", "echo.v1.rs"),
            ("echo.v2.proto", "echo.v2.rs"),
            ("echo.v1", "echo.v1.rs"),
            ("echo", "echo.rs"),
            (".proto", ".proto.rs"),
        ] {
            assert_eq!(output_name(proto.as_ref()), Path::new(expected), "{proto}");
        }
    }
}
