//! Display modes, caches, surfaces and monitors of the display channel.

use spice_messages::display::server;
use spice_messages::types;

use crate::values::bytes::bytes;
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("display.server.mode", mode),
    ("display.server.inval_list", inval_list),
    ("display.server.inval_all_pixmaps", inval_all_pixmaps),
    ("display.server.inval_palette", inval_palette),
    ("display.server.surface_create", surface_create),
    ("display.server.monitors_config", monitors_config),
    ("display.server.gl_draw", gl_draw),
];

#[test]
fn mode() {
    let value = server::Mode {
        x_res: 1024,
        y_res: 768,
        bits: 32,
    };
    let bytes = bytes("1024u32 768u32 32u32");
    assert_encodes(&value, &bytes);
    let got = received!("display.server.mode", 101, display::server::Mode, &bytes);
    assert_eq!((got.x_res, got.y_res, got.bits), (1024, 768, 32));
}

#[test]
fn inval_list() {
    let resource = |id| types::ResourceId { r#type: 1, id };
    let value = server::InvalList {
        resources: [resource(5), resource(u64::MAX)].into_iter().collect(),
    };
    let bytes = bytes("0200 01 5u64 01 ffffffffffffffff");
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.inval_list",
        105,
        display::server::InvalList,
        &bytes
    );
    assert_eq!(got.resources.len(), 2);
    let first = got.resources.get(0).unwrap();
    assert_eq!((first.r#type, first.id), (1, 5));
    let second = got.resources.get(1).unwrap();
    assert_eq!((second.r#type, second.id), (1, u64::MAX));
    assert_eq!(got, value);
}

#[test]
fn inval_all_pixmaps() {
    let value = server::InvalAllPixmaps {
        wait_list: vec![types::WaitForChannel {
            channel_type: 4,
            channel_id: 9,
            message_serial: 77,
        }]
        .into(),
    };
    let bytes = bytes("01 04 09 77u64");
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.inval_all_pixmaps",
        106,
        display::server::InvalAllPixmaps,
        &bytes
    );
    assert_eq!(got.wait_list.len(), 1);
    let wait = got.wait_list.get(0).unwrap();
    assert_eq!(wait.channel_type, 4);
    assert_eq!(wait.channel_id, 9);
    assert_eq!(wait.message_serial, 77);
    assert_eq!(got, value);
}

#[test]
fn inval_palette() {
    let value = server::InvalPalette { id: 1 << 63 };
    let bytes = bytes("0000000000000080");
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.inval_palette",
        107,
        display::server::InvalPalette,
        &bytes
    );
    assert_eq!(got.id, 1 << 63);
}

#[test]
fn surface_create() {
    let value = server::SurfaceCreate {
        surface_id: 2,
        width: 800,
        height: 600,
        format: types::SurfaceFmt::_32_XRGB,
        flags: types::SurfaceFlags::PRIMARY,
    };
    let bytes = bytes("2u32 800u32 600u32 32u32 01000000");
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.surface_create",
        314,
        display::server::SurfaceCreate,
        &bytes
    );
    assert_eq!(got.surface_id, 2);
    assert_eq!((got.width, got.height), (800, 600));
    assert_eq!(got.format, types::SurfaceFmt::_32_XRGB);
    assert_eq!(got.flags, types::SurfaceFlags::PRIMARY);
}

#[test]
fn monitors_config() {
    let head = |monitor_id, x| types::Head {
        monitor_id,
        surface_id: 1,
        width: 1280,
        height: 720,
        x,
        y: 3,
        flags: 0,
    };
    let value = server::MonitorsConfig {
        max_allowed: 4,
        heads: vec![head(0, 0), head(1, 1280)].into(),
    };
    let bytes = bytes(
        "0200 0400                  # count, max_allowed
         0u32 1u32 1280u32 720u32 0u32    3u32 0u32
         1u32 1u32 1280u32 720u32 1280u32 3u32 0u32 @60",
    );
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.monitors_config",
        317,
        display::server::MonitorsConfig,
        &bytes
    );
    assert_eq!(got.max_allowed, 4);
    assert_eq!(got.heads.len(), 2);
    for (index, head) in got.heads.iter().enumerate() {
        let index = u32::try_from(index).unwrap();
        assert_eq!(head.monitor_id, index);
        assert_eq!(head.surface_id, 1);
        assert_eq!((head.width, head.height), (1280, 720));
        assert_eq!((head.x, head.y), (1280 * index, 3));
        assert_eq!(head.flags, 0);
    }
    assert_eq!(got, value);
}

#[test]
fn gl_draw() {
    let value = server::GlDraw {
        x: 1,
        y: 2,
        w: 3,
        h: 4,
    };
    let bytes = bytes("1u32 2u32 3u32 4u32");
    assert_encodes(&value, &bytes);
    let got = received!(
        "display.server.gl_draw",
        321,
        display::server::GlDraw,
        &bytes
    );
    assert_eq!((got.x, got.y, got.w, got.h), (1, 2, 3, 4));
}
