//! Checks of the fuzz targets. Each check is a function of bytes that panics if it finds a bug; the
//! programs in `fuzz_targets/` only call it.
//!
//! The first bytes of an input select what the remaining bytes are. The program in `seeds/` writes
//! inputs of the same form.

/// Passes the names of all conformance protos with messages to a macro.
macro_rules! with_conformance_protos {
    ($macro:ident) => {
        $macro! {
            attributes bounds channels comments counts descriptors images names numbers pointers switches
            tails text
        }
    };
}

mod agent;
mod capture;
mod compiler;
mod frames;
mod input;
mod interpreter;
mod link;
mod messages;
mod values;

pub use agent::agent;
pub use capture::capture;
pub use compiler::compiler;
pub use frames::frames;
pub use interpreter::interpreter;
pub use messages::messages;
pub use values::values;
