//! Lists with the maximum number of sub-messages.

use std::time::{Duration, Instant};

use spice_link::{FrameWriter, HeaderFormat, RawMessage};
use spice_messages::types::Empty;
use spice_messages::{base, main};
use tokio::runtime::Builder;

use crate::support::{End, options, poll_once, scripted_client};

const COUNT: usize = 65_535;

/// Bytes of a list of equal messages, in the order of their offsets or in reverse.
fn list(id: u16, body: &[u8], is_reversed: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    let messages = vec![RawMessage::new(id, body); COUNT];
    writer.list(&messages, &mut bytes).unwrap();
    if is_reversed {
        let offsets = &mut bytes[6 + 2..6 + 2 + 4 * COUNT];
        let (offsets, _) = offsets.as_chunks_mut::<4>();
        offsets.reverse();
    }
    bytes
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(future)
}

#[test]
fn list_of_many_messages_takes_little_time_and_memory() {
    for is_reversed in [false, true] {
        let bytes = list(main::server::id::AGENT_CONNECTED, &[], is_reversed);
        let options = options();
        let ends = scripted_client(HeaderFormat::Mini, &[], End::Stall, &options);
        let (mut main, stream) = block_on(ends);
        stream.change(|state| state.input.extend(&bytes));
        let start = Instant::now();
        let used = allocation_counter::measure(|| {
            block_on(async {
                for _ in 0..COUNT {
                    let message = main.next().await.unwrap();
                    assert_eq!(
                        message,
                        Some(main::server::Message::AgentConnected(Empty {}))
                    );
                }
                assert!(poll_once(&mut Box::pin(main.next())).is_pending());
            });
        });
        // Quadratic behaviour takes minutes.
        assert!(start.elapsed() < Duration::from_secs(30));
        assert!(used.bytes_max < 4 << 20, "{used:?}");
        // The next frame gives back the memory of the list.
        stream.change(|state| state.input.extend(list_of_one()));
        let used = allocation_counter::measure(|| {
            block_on(async { assert!(main.next().await.unwrap().is_some()) });
        });
        assert!(used.bytes_current < -(200 << 10), "{used:?}");
    }
}

fn list_of_one() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FrameWriter::new(HeaderFormat::Mini);
    let message = RawMessage::new(main::server::id::AGENT_CONNECTED, &[]);
    writer.list(&[message], &mut bytes).unwrap();
    bytes
}

#[test]
fn list_of_many_pings_is_answered_in_few_writes() {
    let bytes = list(base::server::id::PING, &[7; 12], false);
    let options = options();
    let ends = scripted_client(HeaderFormat::Mini, &[], End::Stall, &options);
    let (mut main, stream) = block_on(ends);
    stream.change(|state| {
        state.input.extend(&bytes);
        state.writes = 0;
    });
    let start = Instant::now();
    let used = allocation_counter::measure(|| {
        block_on(async {
            assert!(poll_once(&mut Box::pin(main.next())).is_pending());
        });
    });
    assert!(start.elapsed() < Duration::from_secs(30));
    assert!(used.bytes_max < 24 << 20, "{used:?}");
    let state = stream.state();
    assert_eq!((state.writes, state.output.len()), (1, COUNT * 18));
}
