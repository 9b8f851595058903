//! Messages of flow control that a connection handles itself.

use std::collections::VecDeque;

use spice_messages::base::{client, server};
use spice_messages::types::Empty;
use spice_wire::{Decode, Side};

use crate::connection::options::Options;
use crate::flow_control::ClientFlowControl;
use crate::raw_message::RawMessage;

/// Number of messages for which memory is kept.
const KEPT_MESSAGES: usize = 256;

/// Recognizes messages of flow control among the received ones.
pub(crate) struct Control {
    peer: Side,
    acks: bool,
    pings: bool,
    flow: ClientFlowControl,
    /// Messages of a client: to send on the client's end, received on the server's end.
    queue: VecDeque<client::Message<'static>>,
}

impl Control {
    pub(crate) fn new(peer: Side, options: &Options) -> Self {
        Self {
            peer,
            acks: options.flow_control,
            pings: options.pings,
            flow: ClientFlowControl::default(),
            queue: VecDeque::new(),
        }
    }

    /// Removes the next message for the output.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<client::Message<'static>> {
        self.queue.pop_front()
    }

    /// Counts a received frame.
    #[inline]
    pub(crate) fn count_frame(&mut self) {
        if self.queue.capacity() > KEPT_MESSAGES {
            self.queue.shrink_to(KEPT_MESSAGES);
        }
        if self.acks
            && self.peer == Side::Server
            && let Some(ack) = self.flow.received()
        {
            self.queue.push_back(ack);
        }
    }

    /// Handles a received message, and returns whether it was one of flow control.
    ///
    /// A damaged one is returned to the user as all other messages are, and decoding it reports the error.
    #[inline]
    pub(crate) fn handle(&mut self, message: &RawMessage<'_>) -> bool {
        let is_handled = match self.peer {
            Side::Server => match message.id {
                server::id::SET_ACK => self.acks,
                server::id::PING => self.pings,
                _ => false,
            },
            Side::Client => match message.id {
                client::id::ACK_SYNC | client::id::ACK => self.acks,
                client::id::PONG => self.pings,
                _ => false,
            },
        };
        is_handled && self.queue_answer(message).unwrap_or_default()
    }

    /// Queues a message of a client, or the answer to a message of a server. Returns whether there is one.
    fn queue_answer(&mut self, message: &RawMessage<'_>) -> spice_wire::Result<bool> {
        use client::Message::{Ack, AckSync, Pong};
        let found = match (self.peer, message.id) {
            (Side::Server, _) => self.flow.answer(message)?,
            (Side::Client, client::id::ACK_SYNC) => Some(AckSync(Decode::decode(message.body)?)),
            (Side::Client, client::id::ACK) => Some(Ack(Empty {})),
            (Side::Client, client::id::PONG) => Some(Pong(Decode::decode(message.body)?)),
            (Side::Client, _) => None,
        };
        let is_found = found.is_some();
        self.queue.extend(found);
        Ok(is_found)
    }
}
