//! Checks the generated code against messages from the reference implementation, verdicts of its
//! decoder, and recorded traffic.

use crate::common::assert_none;
use crate::common::facts::Facts;
use crate::common::rows::{Row, hex, recorded, reference, verdicts};
use spice_messages::display::server::DrawFill;
use spice_messages::types::{
    BitmapData, BitmapDataPal, BrushU, ClipRects, ClipU, Image, ImageDescriptor, ImageType, ImageU,
    Palette, Pattern, Rect,
};
use spice_messages::wire::{
    Channel, ChannelMessage, Decode, Encode, IntoOwned, IoBody, List, Reader, Result, Side,
};
use spice_messages::{
    Message, base, cursor, display, inputs, main, playback, port, record, smartcard, spicevmc,
    tunnel, usbredir, webdav,
};

#[test]
fn reference_messages_encode_to_the_same_bytes() {
    let (rows, facts) = (reference(), Facts::load());
    assert_eq!(rows.len(), 1092);
    let null_arrays = rows.iter();
    let null_arrays = null_arrays.filter(|row| facts.has_null_array_with_count(row));
    assert_eq!(null_arrays.count(), 2);

    let mut problems = Vec::new();
    for row in &rows {
        let same_bytes = !facts.has_null_array_with_count(row);
        if let Err(problem) = check_reference(row, same_bytes) {
            problems.push(format!("{}: {problem}", row.label()));
        }
    }
    assert_none(&problems);
}

fn check_reference(row: &Row, same_bytes: bool) -> Result<(), String> {
    let message = row.decode().map_err(|error| error.to_string())?;
    let encoded = message.encode_to_vec().map_err(|error| error.to_string())?;
    if (encoded == row.body) != same_bytes {
        return Err(format!("encoded to: {}", hex(&encoded)));
    }
    if message.path() != Some(&row.path()) {
        return Err(format!("the path is {:?}", message.path()));
    }
    if (message.channel_type(), message.side(), message.id())
        != (row.channel_type, row.side, row.id)
    {
        return Err(format!("wrong channel, side or id: {message:?}"));
    }
    check_other_ways_to_encode(&message, &encoded)
}

/// Checks I/O slices, appending to a buffer, and the owned value.
fn check_other_ways_to_encode(message: &Message<'_>, encoded: &[u8]) -> Result<(), String> {
    let mut slices = IoBody::default();
    message
        .encode_io(&mut slices)
        .map_err(|error| error.to_string())?;
    if slices.slices().collect::<Vec<_>>().concat() != encoded || slices.len() != encoded.len() {
        return Err("the slices contain other bytes".to_owned());
    }
    // The writer takes different paths for a full buffer and for one with room.
    for room in [0, 4096] {
        let mut buffer = vec![0xee; 3];
        buffer.reserve_exact(room);
        message
            .encode(&mut buffer)
            .map_err(|error| error.to_string())?;
        if buffer.strip_prefix(&[0xee; 3]) != Some(encoded) {
            return Err(format!(
                "encoding into a buffer with room for {room} bytes gives other bytes"
            ));
        }
    }
    let owned = message.clone().into_owned();
    if owned != *message || owned.encode_to_vec().as_deref() != Ok(encoded) {
        return Err(format!("the owned value differs: {owned:?}"));
    }
    Ok(())
}

#[test]
fn inherited_messages_are_equal_in_all_channels() {
    let facts = Facts::load();
    let mut problems = Vec::new();
    let mut inherited = 0;
    for row in &reference() {
        let (owner, _) = facts.owner(row);
        let expected = row.decode().unwrap().encode_to_vec().unwrap();
        for channel in facts.descendants(&owner.name) {
            inherited += usize::from(channel.name != owner.name);
            let reencode = reencode_in(&channel.name);
            let found = reencode(row.side, row.id, &row.body);
            if !found.as_ref().is_ok_and(|found| {
                found.name == Some(&row.message) && found.id == row.id && found.encoded == expected
            }) {
                problems.push(format!("{} in {}: {found:?}", row.label(), channel.name));
            }
        }
    }
    assert_none(&problems);
    assert!(inherited > 1092, "only {inherited}");
}

#[derive(Debug)]
struct Reencoded {
    name: Option<&'static str>,
    id: u16,
    encoded: Vec<u8>,
}

type Reencode = fn(Side, u16, &[u8]) -> Result<Reencoded>;

/// Returns a function that decodes and encodes a message of this channel definition.
fn reencode_in(definition: &str) -> Reencode {
    match definition {
        "BaseChannel" => reencode::<base::Channel>,
        "MainChannel" => reencode::<main::Channel>,
        "DisplayChannel" => reencode::<display::Channel>,
        "InputsChannel" => reencode::<inputs::Channel>,
        "CursorChannel" => reencode::<cursor::Channel>,
        "PlaybackChannel" => reencode::<playback::Channel>,
        "RecordChannel" => reencode::<record::Channel>,
        "TunnelChannel" => reencode::<tunnel::Channel>,
        "SmartcardChannel" => reencode::<smartcard::Channel>,
        "SpicevmcChannel" => reencode::<spicevmc::Channel>,
        "UsbredirChannel" => reencode::<usbredir::Channel>,
        "PortChannel" => reencode::<port::Channel>,
        "WebDAVChannel" => reencode::<webdav::Channel>,
        other => panic!("no channel {other}"),
    }
}

fn reencode<C: Channel>(side: Side, id: u16, body: &[u8]) -> Result<Reencoded> {
    match side {
        Side::Server => encode(&C::Server::decode(id, body)?),
        Side::Client => encode(&C::Client::decode(id, body)?),
    }
}

fn encode<'a>(message: &impl ChannelMessage<'a>) -> Result<Reencoded> {
    Ok(Reencoded {
        name: message.name(),
        id: message.id(),
        encoded: message.encode_to_vec()?,
    })
}

#[test]
fn verdicts_match_the_reference_decoder() {
    let rows = verdicts();
    assert_eq!(rows.len(), 4000);
    let accepted = rows.iter().filter(|row| row.accept).count();
    assert_eq!(accepted, 2919);
    let mut problems = Vec::new();
    for row in &rows {
        match (row.accept, row.decode()) {
            (true, Ok(message)) => {
                if let Err(problem) = check_round_trip(row, &message) {
                    problems.push(format!("{}: {problem}", row.label()));
                }
            }
            (false, Err(error)) => {
                if error.message() != Some(&row.path()) || error.offset() > row.body.len() {
                    problems.push(format!("{}: wrong path or offset: {error}", row.label()));
                }
            }
            (true, Err(error)) => problems.push(format!("{}: rejected: {error}", row.label())),
            (false, Ok(message)) => {
                problems.push(format!("{}: accepted: {message:?}", row.label()));
            }
        }
    }
    assert_none(&problems);
}

/// The bytes can differ from input that the reference would not have written, but the value must be
/// equal.
fn check_round_trip(row: &Row, message: &Message<'_>) -> Result<(), String> {
    let encoded = message.encode_to_vec().map_err(|error| error.to_string())?;
    match row.decode_body(&encoded) {
        Ok(again) if again == *message => Ok(()),
        other => Err(format!("{message:?} came back as {other:?}")),
    }
}

#[test]
fn recorded_messages_encode_to_the_same_bytes() {
    let rows = recorded();
    assert_eq!(rows.len(), 314);
    let mut problems = Vec::new();
    let mut notices = 0;
    for row in &rows {
        let mut reader = Reader::new(&row.body);
        let message = row.decode_from(&mut reader).unwrap();
        // The text of a notification ends with a NUL that its length does not include. No other
        // recorded message has trailing bytes.
        let is_notice = row.side == Side::Server && row.id == main::server::id::NOTIFY;
        notices += usize::from(is_notice);
        let trailing = reader.trailing();
        let expected_trailing: &[u8] = if is_notice { &[0] } else { &[] };
        let mut encoded = message.encode_to_vec().unwrap();
        encoded.extend_from_slice(trailing);
        let path = message.path().unwrap_or_default();
        let place = format!("{}.{}.", row.channel, row.side.name());
        if encoded != row.body || trailing != expected_trailing || !path.starts_with(&place) {
            problems.push(format!("{}: {}", row.label(), hex(&encoded)));
        }
        if is_notice != path.ends_with(".notify") {
            problems.push(format!("{}: it is {path}", row.label()));
        }
    }
    assert_none(&problems);
    assert!(notices > 0);
}

/// The reference messages do not cover this order: a pointee's own pointees come after all pointees
/// of the message. The offsets are those of the reference encoder.
#[test]
fn pointees_are_in_the_reference_order() {
    let image = |pal| Image {
        descriptor: ImageDescriptor {
            r#type: ImageType::BITMAP,
            ..ImageDescriptor::default()
        },
        u: ImageU::Bitmap(BitmapData {
            y: 3,
            stride: 1,
            pal: BitmapDataPal::Palette(pal),
            data: [1, 2, 3].into(),
            ..BitmapData::default()
        }),
    };
    let mut message = DrawFill::default();
    message.base.clip.u = ClipU::Rects(ClipRects {
        rects: List::from(vec![Rect::default()]),
    });
    message.data.brush.u = BrushU::Pattern(Pattern {
        pat: image(Some(Palette::default())).into(),
        ..Pattern::default()
    });
    message.data.mask.bitmap = Some(image(None).into());
    let encoded = message.encode_to_vec().unwrap();
    let pointer = |place: usize| encoded.get(place..)?.first_chunk().copied();
    let offset = |place| pointer(place).map(u32::from_le_bytes);
    let (pattern, mask, palette) = (offset(42), offset(65), offset(69 + 32));
    assert_eq!(
        (pattern, mask, palette),
        (Some(69), Some(108), Some(147)),
        "{}",
        hex(&encoded)
    );
    assert_eq!(encoded.len(), 157);
    assert_eq!(DrawFill::decode(&encoded), Ok(message));
}
