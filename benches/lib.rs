//! The messages that are measured, decoders and encoders written by hand to compare with, and what
//! counts instructions.

pub mod by_hand;
pub mod callgrind;
pub mod recorded;
pub mod rows;
pub mod scaled;
