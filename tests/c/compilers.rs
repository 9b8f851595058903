//! C compilers, and the programs that they make.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use crate::programs;

/// How programs are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// C with the address and undefined behaviour sanitizers.
    Gcc,
    /// C with both sanitizers, compiled by clang.
    Clang,
    /// C compiled as C++.
    GccCpp,
    /// C compiled as C++ by clang.
    ClangCpp,
    /// C for a processor of 32 bits.
    Gcc32,
    /// C for a processor that is big endian, run by qemu.
    S390x,
}

impl Compiler {
    /// Ends the test as ignored if the compiler is missing.
    pub fn require(self) {
        match self {
            Self::Gcc => programs::require(&["gcc"]),
            Self::Clang => {
                programs::require(&["clang"]);
                programs::require(&[&sanitizer_folder()]);
            }
            Self::GccCpp => programs::require(&["g++"]),
            Self::ClangCpp => programs::require(&["clang++"]),
            Self::Gcc32 => programs::require(&["gcc", "/usr/lib32/crt1.o"]),
            Self::S390x => programs::require_uncommon(&[
                "clang",
                "qemu-s390x",
                "/usr/bin/s390x-linux-gnu-ld",
                "/usr/s390x-linux-gnu/lib/libc.a",
            ]),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Gcc | Self::Gcc32 => "gcc",
            Self::Clang | Self::S390x => "clang",
            Self::GccCpp => "g++",
            Self::ClangCpp => "clang++",
        }
    }

    pub const fn is_cpp(self) -> bool {
        matches!(self, Self::GccCpp | Self::ClangCpp)
    }

    /// The command that compiles, with the arguments of the target.
    fn command(self) -> Command {
        let host = "x86_64-unknown-linux-gnu";
        let target = match self {
            Self::Gcc32 => "i686-unknown-linux-gnu",
            Self::S390x => "s390x-unknown-linux-gnu",
            _ => host,
        };
        let tool = cc::Build::new()
            .compiler(self.name())
            .cpp(self.is_cpp())
            .host(host)
            .target(target)
            .opt_level(0)
            .debug(false)
            .cargo_metadata(false)
            .try_get_compiler();
        tool.unwrap().to_command()
    }

    /// The arguments that have objects and programs checked while they run.
    pub const fn sanitizers(self) -> &'static [&'static str] {
        match self {
            Self::Gcc | Self::Clang => {
                &["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
            }
            _ => &[],
        }
    }

    /// Compiles one file. Every warning is an error.
    pub fn compile(self, source: &Path, object: &Path, arguments: &[String]) {
        let language: &[&str] = match self.is_cpp() {
            true => &["-x", "c++"],
            false => &["-std=c99"],
        };
        let mut command = self.command();
        command
            .args(language)
            .args(["-Wall", "-Wextra", "-Wconversion", "-Werror"])
            .args(arguments)
            .arg("-c")
            .arg(source)
            .arg("-o")
            .arg(object);
        run(&mut command);
    }

    /// Links objects.
    pub fn link(self, objects: &[PathBuf], program: &Path, arguments: &[&str]) {
        let mut command = self.command();
        if self == Self::S390x {
            command.args(["-static", "--ld-path=/usr/bin/s390x-linux-gnu-ld"]);
        }
        command.args(objects).args(arguments).arg("-o").arg(program);
        run(&mut command);
    }

    /// The command that runs a program.
    pub fn runner(self, program: &Path) -> Command {
        if self == Self::S390x {
            let mut command = Command::new("qemu-s390x");
            command.arg(program);
            return command;
        }
        Command::new(program)
    }
}

/// The folder of clang's sanitizers. Debian has them in a package of their own, `libclang-rt-dev`.
fn sanitizer_folder() -> String {
    let output = Command::new("clang").arg("--print-runtime-dir").output();
    let folder = String::from_utf8(output.unwrap().stdout).unwrap();
    folder.trim_end().to_owned()
}

/// Runs a command, which succeeds.
pub fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{:?}\n{errors}",
        command.get_args()
    );
}

/// Sends requests to a program, and returns its answers.
pub fn answers(command: &mut Command, requests: &str) -> Vec<String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let requests = requests.to_owned();
    let writer = thread::spawn(move || {
        // A program that ends early is reported by its exit status.
        let _ = input.write_all(requests.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let answers = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "after {} answers: {errors}",
        answers.lines().count()
    );
    answers.lines().map(str::to_owned).collect()
}

/// Writes a file.
pub fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}
