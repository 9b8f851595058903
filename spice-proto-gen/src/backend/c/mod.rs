//! The C backend: the header with the constants of a protocol.

mod header;
mod names;

pub use self::header::generate as header;
pub use self::names::Names;
