//! Tests of the code that `spice-messages` adds to the generated code. The tests of the messages are in the
//! folder `tests` of the repository.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod glob_imports;
// Another proto may have no mouse buttons.
#[cfg(not(other_proto))]
mod mouse_buttons;
#[cfg(all(feature = "generate", not(other_proto)))]
mod shipped;
