//! Flow control: a client and a server against each other.

use spice_link::{AckLedger, AckWindow, ClientFlowControl, PingLog, RawMessage};
use spice_messages::base::{client, server};
use spice_messages::wire::Encode;

#[test]
fn window_and_ledger_agree() {
    for size in [1, 2, 20] {
        let mut ledger = AckLedger::new();
        let mut window = AckWindow::new();
        for _ in 0..3 {
            let answer = window.set(&ledger.begin(size));
            ledger.ack_sync(answer.generation);
            for count in 1..=100_u32 {
                assert!(ledger.may_send());
                ledger.sent();
                let is_due = window.received();
                assert_eq!(is_due, count % size == 0);
                if is_due {
                    ledger.ack();
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
    let set_ack = ledger.begin(2).encode_to_vec().unwrap();
    let set_ack = RawMessage::new(server::id::SET_ACK, &set_ack);
    let Ok(Some(client::Message::AckSync(sync))) = flow.answer(&set_ack) else {
        panic!("expected an ack_sync");
    };
    ledger.ack_sync(sync.generation);
    for now in 0..10 {
        let ping = pings.ping(now).encode_to_vec().unwrap();
        let ping = RawMessage::new(server::id::PING, &ping);
        ledger.sent();
        if let Some(client::Message::Ack(_)) = flow.received() {
            ledger.ack();
        }
        let Ok(Some(client::Message::Pong(pong))) = flow.answer(&ping) else {
            panic!("expected a pong");
        };
        assert_eq!(pings.pong(&pong, now + 3), Some(3));
    }
    assert_eq!((ledger.unacknowledged(), pings.open()), (0, 0));
}
