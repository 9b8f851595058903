//! Code written by hand and generated code in instructions: for what takes two nanoseconds, where it lies
//! in memory matters more than what it does.

use std::hint::black_box;
use std::io;
use std::path::Path;

use spice_benches::by_hand::{MainInit, MonitorsConfig, PortInit};
use spice_benches::callgrind;
use spice_benches::rows::{Row, rows};
use spice_messages::wire::{Decode, Encode};
use spice_messages::{display, main as main_channel, port};

/// The argument of the run inside of valgrind.
pub const INSIDE: &str = "--count-by-hand";

/// What each call is subtracted from the others with: the cost of calling.
const NOTHING: &str = "nothing";

/// The columns of a row, in order.
pub const COLUMNS: [&str; 4] = ["decode", "by_hand_decode", "encode", "by_hand_encode"];

/// The instructions in here are counted, one call at a time.
#[inline(never)]
fn counted_operation(operation: &mut dyn FnMut()) {
    operation();
}

fn call(row: &str, column: &str, mut action: impl FnMut()) {
    counted_operation(&mut action);
    println!("{row}\t{column}");
}

macro_rules! count {
    ($row:expr, $ours:ty, $by_hand:ty) => {{
        let (name, body) = ($row.name, $row.body.as_slice());
        let [decode, by_hand_decode, encode, by_hand_encode] = COLUMNS;
        call(name, decode, || {
            black_box(&<$ours>::decode(black_box(body)));
        });
        call(name, by_hand_decode, || {
            black_box(&<$by_hand>::decode(black_box(body)));
        });
        let mut out = Vec::with_capacity(body.len());
        if let (Ok(ours), Ok(by_hand)) = (<$ours>::decode(body), <$by_hand>::decode(body)) {
            call(name, encode, || {
                out.clear();
                black_box(&black_box(&ours).encode(black_box(&mut out)));
            });
            call(name, by_hand_encode, || {
                out.clear();
                black_box(&black_box(&by_hand).encode(black_box(&mut out)));
            });
        }
    }};
}

/// Does everything once.
pub fn inside() {
    call(NOTHING, NOTHING, || {});
    for row in rows() {
        match row.name {
            "main.init" => count!(row, main_channel::server::Init, MainInit),
            "port.init" => count!(row, port::server::Init<'_>, PortInit<'_>),
            "monitors_config, 4 heads" => {
                count!(row, display::server::MonitorsConfig<'_>, MonitorsConfig<'_>);
            }
            _ => {}
        }
    }
}

/// The instructions of each column of a row.
pub struct Counts(Vec<(String, u64)>);

impl Counts {
    /// Runs this program inside of valgrind.
    ///
    /// # Errors
    /// If that is not possible.
    pub fn take() -> io::Result<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("by-hand");
        callgrind::of_calls("counted_operation", &folder, &[INSIDE]).map(Self)
    }

    /// The instructions of a column, without those of calling it.
    pub fn of(&self, row: &Row, column: &str) -> Option<u64> {
        let find = |row: &str, column: &str| {
            let call = format!("{row}\t{column}");
            let found = self.0.iter().find(|(name, _)| *name == call);
            found.map(|(_, count)| *count)
        };
        find(row.name, column)?.checked_sub(find(NOTHING, NOTHING)?)
    }
}
