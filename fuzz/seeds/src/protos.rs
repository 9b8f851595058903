//! The protos of the repository, cut into chunks that compile quickly.

use std::fs;
use std::path::Path;

use crate::Result;

/// Maximum length of a chunk. A single longer definition is not cut.
const LONGEST: usize = 1_500;

/// Returns all protos. Long ones are cut between definitions.
pub fn pieces(repository: &Path) -> Result<Vec<Vec<u8>>> {
    let mut waiting = vec![
        repository.join("proto"),
        repository.join("tests"),
        repository.join("docs"),
    ];
    let mut pieces = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "proto") {
                cut(fs::read(&path)?, &mut pieces);
            }
        }
    }
    // The order of directory entries depends on the file system.
    pieces.sort();
    Ok(pieces)
}

fn cut(proto: Vec<u8>, pieces: &mut Vec<Vec<u8>>) {
    if proto.len() <= LONGEST {
        pieces.push(proto);
        return;
    }
    let text = String::from_utf8_lossy(&proto);
    let mut piece = String::new();
    for definition in text.split_inclusive("\n};\n") {
        if piece.len() + definition.len() > LONGEST && !piece.is_empty() {
            pieces.push(ended(&piece));
            piece.clear();
        }
        piece.push_str(definition);
    }
    pieces.push(ended(&piece));
}

/// Appends a protocol to a chunk. It contains the chunk's first channel, if there is one.
fn ended(piece: &str) -> Vec<u8> {
    if piece.contains("\nprotocol ") {
        return piece.into();
    }
    let channel = piece.split("\nchannel ").nth(1);
    let channel = channel.and_then(|rest| rest.split([' ', '{', ':']).next());
    let entry = channel.map_or(String::new(), |name| format!(" {name} c; "));
    format!("{piece}\nprotocol P {{{entry}}};\n").into()
}
