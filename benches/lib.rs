//! The messages that are measured, and decoders and encoders written by hand to compare with.

pub mod by_hand;
pub mod recorded;
pub mod rows;
pub mod scaled;
