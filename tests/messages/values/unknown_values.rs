//! Unknown values survive decoding and encoding.

use spice_messages::types::{self, Ropd};
use spice_messages::wire::{Encode as _, Fds, IntoOwned as _};
use spice_messages::{ChannelType, ClientMessage, ServerMessage, display, main, playback};

use crate::values::bytes::{bytes, hex};
use crate::values::drawing::{BASE, NO_MASK};
use crate::values::support::assert_encodes;

#[test]
fn enum_values() {
    let bytes = bytes("0500000000000000 fefeffff");
    let got = received!(
        "base.server.disconnecting",
        6,
        base::server::Disconnecting,
        &bytes
    );
    assert_eq!(got.reason.0, 0xffff_fefe);
    assert_eq!(got.reason.name(), None);
    assert_eq!(format!("{:?}", got.reason), "LinkErr(4294967038)");
    assert_eq!(format!("{:?}", types::LinkErr::OK), "OK");
    assert_encodes(&got, &bytes);
}

#[test]
fn enum_values_of_every_width() {
    let one = display::client::PreferredCompression {
        image_compression: types::ImageCompression(0xfe),
    };
    assert_encodes(&one, &[0xfe]);
    let two = playback::server::Mode {
        time: 0,
        mode: types::AudioDataMode(0xfffe),
        data: (&[]).into(),
    };
    assert_encodes(&two, &bytes("00000000 feff"));
    let four = main::server::AgentDisconnected {
        error_code: types::LinkErr(u32::MAX),
    };
    assert_encodes(&four, &[0xff; 4]);
}

#[test]
fn flag_bits() {
    let motion = bytes("1i32 2i32 0181");
    let got = received!(
        "inputs.client.mouse_motion",
        111,
        inputs::client::MouseMotion,
        &motion
    );
    assert_eq!(got.buttons_state.bits(), 0x8101);
    assert!(got.buttons_state.contains(types::MouseButtonMask::LEFT));
    assert_eq!(
        got.buttons_state - types::MouseButtonMask::LEFT,
        types::MouseButtonMask(0x8100)
    );
    assert_eq!(format!("{:?}", got.buttons_state), "LEFT | 0x8100");

    let migrate = bytes("01800000");
    let got = received!("base.server.migrate", 1, base::server::Migrate, &migrate);
    assert_eq!(got.flags.bits(), 0x8001);
    assert!(got.flags.contains(types::MigrateFlags::NEED_FLUSH));
}

/// A clip and a brush with unknown types have no fields, and the type is kept.
#[test]
fn discriminants() {
    let base = BASE.replace(" 00 @21", " 07 @21");
    let bytes = bytes(&format!("{base} 63 0800 {NO_MASK} @37"));
    let got = received!(
        "display.server.draw_fill",
        302,
        display::server::DrawFill,
        &bytes
    );
    let types::ClipU::Other { r#type } = got.base.clip.u else {
        panic!("unexpected clip");
    };
    assert_eq!((r#type.0, r#type.name()), (7, None));
    let types::BrushU::Other { r#type } = got.data.brush.u else {
        panic!("unexpected brush");
    };
    assert_eq!((r#type.0, r#type.name()), (0x63, None));
    assert_eq!(got.data.rop_descriptor, Ropd::OP_PUT);
    assert_encodes(&got, &bytes);
}

/// The `default` case matches unknown discriminants and keeps them.
#[test]
fn discriminants_with_a_default() {
    let bytes = bytes("f0 10u32 \"zz\"");
    let got = received!(
        "spicevmc.client.compressed_data",
        102,
        spicevmc::client::CompressedData,
        &bytes
    );
    let types::CompressedDataU::UncompressedSize { r#type, value } = got.u else {
        panic!("expected a size");
    };
    assert_eq!(r#type, types::DataCompressionType(0xf0));
    assert_eq!(value, 10);
    assert_encodes(&got, &bytes);
}

#[test]
fn message_ids() {
    let body = [1, 2, 3];
    let message = display::server::Message::decode(999, &body).unwrap();
    assert_eq!(message.id(), 999);
    assert_eq!(message.name(), None);
    assert_eq!(message.path(), None);
    let display::server::Message::Unknown { id, body: kept } = &message else {
        panic!("{message:?}");
    };
    assert_eq!((*id, &**kept), (999, &body[..]));
    assert_encodes(&message, &body);
    let owned: display::server::Message<'static> = message.into_owned();
    assert_eq!(owned.encode_to_vec().unwrap(), body);
    // Ids of the other side are unknown too.
    let message = main::server::Message::decode(102, &[]).unwrap();
    assert_eq!(message.name(), Some("migrate_cancel"));
    let message = main::client::Message::decode(116, &[]).unwrap();
    assert_eq!(message.name(), None);
}

#[test]
fn channels() {
    let body = [9, 8];
    let message = ServerMessage::decode(ChannelType(200), 5, &body, Fds::none()).unwrap();
    assert_eq!(message.channel_type(), ChannelType(200));
    assert_eq!(message.id(), 5);
    assert_eq!(message.path(), None);
    let ServerMessage::Unknown { body: kept, .. } = &message else {
        panic!("{message:?}");
    };
    assert_eq!(hex(kept), hex(&body));
    assert_encodes(&message, &body);
    let message = ClientMessage::decode(ChannelType(0), 1, &body, Fds::none()).unwrap();
    assert_eq!((message.channel_type(), message.id()), (ChannelType(0), 1));
    assert_encodes(&message, &body);
}
