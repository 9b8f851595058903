//! The crate that contains the compiled protos, and its program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use spice_proto_gen::write_if_changed;

/// The program decodes each line, encodes the message in all ways and compares the results.
const PROGRAM: &str = r#"//! Decodes and encodes the message on each line of a file.
#![deny(warnings)]

use spice_wire::{Encode, IntoOwned, IoBody, Reader, Side};

macro_rules! programs {
    ($($name:ident)*) => {
        $(
            fn $name(channel: u8, side: Side, id: u16, body: &[u8]) -> String {
                let mut reader = Reader::new(body);
                let decoded = random_protos::$name::Message::decode_from(random_protos::$name::ChannelType(channel), side, id, &mut reader);
                let message = match decoded {
                    Ok(message) => message,
                    Err(error) => {
                        let (kind, field, at) = (error.kind(), error.field(), error.offset());
                        return format!("error {kind:?} in {field} at {at}");
                    }
                };
                let owned = message.clone().into_owned();
                let same = owned == message;
                outcome(&message, owned.encode_to_vec(), same, reader.trailing().len())
            }
        )*

        const PROGRAMS: &[fn(u8, Side, u16, &[u8]) -> String] = &[$($name),*];
    };
}

fn outcome(
    message: &impl Encode,
    owned: spice_wire::Result<Vec<u8>>,
    same: bool,
    trailing: usize,
) -> String {
    let bytes = match message.encode_to_vec() {
        Ok(bytes) => bytes,
        Err(error) => return format!("cannot be encoded: {error}"),
    };
    if !same || owned.as_deref() != Ok(bytes.as_slice()) {
        return "the owned value differs".to_owned();
    }
    let mut roomy = Vec::with_capacity(4096);
    if message.encode(&mut roomy).is_err() || roomy != bytes {
        return "the encoding into a buffer with room differs".to_owned();
    }
    let mut io = IoBody::default();
    let encoded = message.encode_io(&mut io);
    if encoded.is_err() || io.slices().collect::<Vec<_>>().concat() != bytes {
        return "the slices differ".to_owned();
    }
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("ok x{digits} {trailing}")
}

fn main() {
    let path = std::env::args().nth(1).expect("a file name");
    for line in std::fs::read_to_string(path).expect("a file").lines() {
        let mut words = line.split(' ');
        let mut word = || words.next().expect("a word");
        let program = PROGRAMS[word().parse::<usize>().expect("a number")];
        let channel = word().parse().expect("a number");
        let side = match word() {
            "server" => Side::Server,
            _ => Side::Client,
        };
        let id = word().parse().expect("a number");
        let (pairs, _) = word()[1..].as_bytes().as_chunks::<2>();
        let digits = pairs.iter().map(|pair| std::str::from_utf8(pair).expect("digits"));
        let body = digits.map(|digits| u8::from_str_radix(digits, 16).expect("digits"));
        println!("{}", program(channel, side, id, &body.collect::<Vec<_>>()));
    }
}
"#;

/// The folder of the crate.
pub struct Consumer(PathBuf);

impl Consumer {
    pub fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("random_protos");
        // Removes protos of an earlier run.
        let _ = fs::remove_dir_all(folder.join("protos"));
        Self(folder)
    }

    /// Returns the target folder of the tests.
    fn target() -> &'static Path {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        folder.parent().unwrap()
    }

    /// Adds a proto and its generated code.
    pub fn add(&self, index: usize, seed: u64, proto: &str, rust: &str) {
        self.write(&format!("protos/{index}.proto"), proto);
        let heading = format!("//! From the random proto {index} (seed {seed}).\n\n");
        self.write(&format!("src/p{index}.rs"), &(heading + rust));
    }

    fn write(&self, path: &str, text: &str) {
        write_if_changed(&self.0.join(path), text).unwrap();
    }

    /// Builds the crate. Its only dependency is the runtime, so this works offline.
    pub fn build(&self, count: usize) {
        let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("spice-wire");
        self.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"random_protos\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                 [dependencies]\nspice-wire = {{ path = {runtime:?} }}\n\n\
                 [profile.dev]\nopt-level = 0\ndebug = false\nincremental = false\n\n\
                 [workspace]\n"
            ),
        );
        let modules = (0..count).map(|index| format!("pub mod p{index};\n"));
        let modules: String = modules.collect();
        let heading = "//! Random protos.\n#![deny(warnings, missing_docs, unsafe_code)]\n\n";
        self.write("src/lib.rs", &(heading.to_owned() + &modules));
        let names = (0..count).map(|index| format!(" p{index}"));
        let names: String = names.collect();
        self.write(
            "src/main.rs",
            &format!("{PROGRAM}\nprograms! {{{names} }}\n"),
        );
        let output = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--offline", "--target-dir"])
            .arg(Self::target())
            .current_dir(&self.0)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let report = String::from_utf8_lossy(&output.stderr);
        let start: Vec<&str> = report.lines().take(400).collect();
        assert!(
            output.status.success(),
            "in {}:\n{}",
            self.0.display(),
            start.join("\n")
        );
    }

    /// Runs the program on these lines and returns its output.
    pub fn run(&self, lines: &[String]) -> Vec<String> {
        self.write("cases", &lines.join("\n"));
        let program = Self::target().join("debug/random_protos");
        let program = program.with_extension(std::env::consts::EXE_EXTENSION);
        let output = Command::new(program)
            .arg(self.0.join("cases"))
            .output()
            .unwrap();
        let report = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{report}");
        let outcomes = String::from_utf8(output.stdout).unwrap();
        outcomes.lines().map(str::to_owned).collect()
    }
}
