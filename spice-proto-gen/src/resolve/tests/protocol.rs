//! The SPICE protocol.

use super::*;
use crate::model::{Contains, Role, Side, Size, VariantName};

fn spice() -> Model {
    let source = include_str!("../../../../proto/spice.proto");
    let (model, diagnostics) = run(source, &Levels::default());
    assert_eq!(diagnostics, []);
    model.expect("a model")
}

#[test]
fn spice_has_all_channels_and_messages() {
    let model = spice();
    let entries = &model.protocol.channels;
    assert_eq!(entries.len(), 11);
    assert_eq!(entries[10].name, "webdav");
    assert_eq!(entries[10].number, 11);
    let messages: usize = entries
        .iter()
        .map(|entry| &model.channels[entry.channel.0])
        .map(|channel| channel.server.len() + channel.client.len())
        .sum();
    assert_eq!(messages, 273);
    let port = &model.channels[entries[9].channel.0];
    let init = port
        .messages(Side::Server)
        .iter()
        .find(|message| message.id == 201);
    assert_eq!(init.expect("init").name, "init");
}

#[test]
fn spice_has_the_expected_roles() {
    let model = spice();
    let carried = structure(&model, "String");
    assert_eq!(field(carried, 0).role, Role::CarriedCount { switch: 2 });
    let lines = structure(&model, "LineAttr");
    assert_eq!(field(lines, 0).role, Role::Value);
    assert!(!switch(lines, 1).stored);
    assert_eq!(switch(lines, 1).cases[0].field.role, Role::ComputedCount);
    assert!(switch(lines, 2).stored);
    let clip = structure(&model, "Clip");
    assert_eq!(field(clip, 0).role, Role::ImpliedDiscriminant { switch: 1 });
    let image = structure(&model, "Image");
    assert_eq!(switch(image, 1).discriminant.path, [0, 1]);
    assert!(!switch(image, 1).discriminant.implied);
    let bitmap = structure(&model, "BitmapData");
    assert_eq!(field(bitmap, 3).role, Role::Value);
    let compressed = structure(&model, "CompressedData");
    assert_eq!(switch(compressed, 1).variants[1].name, VariantName::Field);
    assert!(switch(compressed, 1).variants[1].carries_discriminant);
}

#[test]
fn spice_has_the_expected_sizes() {
    let model = spice();
    assert_eq!(structure(&model, "Rect").size, Size::Static(16));
    assert_eq!(structure(&model, "ImageDescriptor").size, Size::Static(18));
    assert_eq!(structure(&model, "DisplayBase").size, Size::AtLeast(21));
    assert_eq!(structure(&model, "Cursor").size, Size::AtLeast(2));
    let contains = Contains {
        borrowed: true,
        switches: true,
        remaining: true,
        ..Contains::default()
    };
    assert_eq!(structure(&model, "Cursor").contains, contains);
    let planes = structure(&model, "gl_scanout2_unix").contains;
    assert!(planes.fds && planes.borrowed && !planes.pointers);
}
