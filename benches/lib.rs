//! Measured messages, recorded traffic, decoders and encoders written by hand, instruction counts, pictures.

pub mod bars;
pub mod by_hand;
pub mod callgrind;
pub mod clock;
pub mod recorded;
pub mod rows;
pub mod scaled;
