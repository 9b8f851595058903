//! Recreates the introduction of the port channel, a channel for named byte streams that SPICE got
//! in 2012. Adding it takes a few lines in the proto and nothing else.

mod change;
mod inheritance;
mod init;
mod user;
