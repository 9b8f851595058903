//! Flow control: a client and a server against each other.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use spice_link::{AckLedger, AckWindow, ClientFlowControl, PingLog};
use spice_messages::base::{client, server};

#[test]
fn window_and_ledger_agree() {
    for size in [1, 2, 20] {
        let mut ledger = AckLedger::new();
        let mut window = AckWindow::new();
        for _ in 0..3 {
            let answer = window.set(&ledger.begin(size));
            ledger.ack_sync(answer.generation).unwrap();
            for count in 1..=100_u32 {
                assert!(ledger.may_send());
                ledger.sent();
                let is_due = window.received();
                assert_eq!(is_due, count % size == 0);
                if is_due {
                    ledger.ack().unwrap();
                }
                assert_eq!(ledger.unacknowledged(), u64::from(count % size));
            }
        }
    }
}

#[test]
fn client_answers_satisfy_ledger_and_ping_log() {
    let mut flow = ClientFlowControl::default();
    let (mut ledger, mut pings) = (AckLedger::new(), PingLog::new());
    let set_ack = server::Message::SetAck(ledger.begin(2));
    let Some(client::Message::AckSync(sync)) = flow.answer(&set_ack) else {
        panic!("expected an ack_sync");
    };
    ledger.ack_sync(sync.generation).unwrap();
    for now in 0..10 {
        let ping = pings.ping(now);
        ledger.sent();
        if let Some(client::Message::Ack(_)) = flow.received() {
            ledger.ack().unwrap();
        }
        let Some(client::Message::Pong(pong)) = flow.answer(&server::Message::Ping(ping)) else {
            panic!("expected a pong");
        };
        assert_eq!(pings.pong(&pong, now + 3), Some(3));
    }
    assert_eq!((ledger.unacknowledged(), pings.open()), (0, 0));
}
