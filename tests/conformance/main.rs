//! Every construct of the language, run: values built by hand are encoded and compared with bytes that
//! follow from the rules, decoded again, and broken in every way that the construct allows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod attributes;
mod channels;
mod comments;
mod counts;
mod descriptors;
mod images;
mod names;
mod numbers;
mod pointers;
mod support;
mod switches;
mod tails;
mod text;
