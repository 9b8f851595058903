//! Tests of every construct of the language. Values built by hand are encoded, compared with the
//! expected bytes, and decoded again. Each test also checks the errors that its construct can
//! cause.
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
mod large;
mod names;
mod no_prelude;
mod numbers;
mod pointers;
mod regressions;
mod support;
mod switches;
mod tails;
mod text;
