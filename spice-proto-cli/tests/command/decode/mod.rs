//! Runs `spice-proto decode` and `spice-proto encode`.

mod agent;
mod command;
mod encode;
mod formats;
mod lines;
mod link_stage;
mod losses;
mod pages;
mod recorded;
mod streams;
#[path = "../../../../spice-capture/tests/support/mod.rs"]
mod support;

use crate::support as process;
