//! The command `spice-proto`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let path = std::env::args()
        .nth(1)
        .map(PathBuf::from)
        .unwrap_or_default();
    let text = std::fs::read(&path).unwrap_or_default();
    let t = std::time::Instant::now();
    match spice_proto_gen::Config::new().generate(&path.display().to_string(), &text) {
        Ok(g) => {
            println!("{}", g.text);
            eprintln!("{:?}", t.elapsed());
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}
