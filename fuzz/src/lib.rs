//! What the fuzz targets check. Each target is a function of bytes that returns if all is well and
//! panics if not; the programs in `fuzz_targets/` only call them.
//!
//! The first bytes of an input say what the others are; the program in `seeds/` writes the same
//! forms.

/// Passes the names of the conformance protos that have messages to a macro.
macro_rules! with_conformance_protos {
    ($macro:ident) => {
        $macro! {
            attributes bounds channels comments counts descriptors images names numbers pointers switches
            tails text
        }
    };
}

mod compiler;
mod frames;
mod input;
mod interpreter;
mod link;
mod messages;
mod values;

pub use compiler::compiler;
pub use frames::frames;
pub use interpreter::interpreter;
pub use messages::messages;
pub use values::values;
