//! Tests of values. Each message is built by hand and compared with bytes written by hand according
//! to the rules of the language. Its decoded fields are checked one by one.

#[macro_use]
mod support;
mod bytes;

mod base_channel;
mod coverage;
mod cursor_channel;
#[cfg(unix)]
mod descriptors;
mod display_client;
mod display_streams;
mod display_surfaces;
mod draw_areas;
mod draw_composite;
mod draw_pictures;
mod draw_stroke;
mod draw_text;
mod drawing;
mod encode_errors;
mod images;
mod inputs_channel;
mod main_channel;
mod pointees;
mod port_channels;
mod smartcard_channel;
mod sound_channels;
mod unknown_values;
