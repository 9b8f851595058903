//! The manual. This module exists only in the documentation.

#[doc = include_str!("guide/agent.md")]
pub mod agent {}
