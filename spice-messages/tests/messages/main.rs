//! What `spice-messages` adds to the generated code. `tests/messages` of the repository tests the messages.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod glob_imports;
// Another proto may have no mouse buttons.
#[cfg(not(other_proto))]
mod mouse_buttons;
#[cfg(all(feature = "generate", not(other_proto)))]
mod shipped;
