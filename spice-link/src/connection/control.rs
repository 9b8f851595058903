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
    pub(crate) fn pop(&mut self) -> Option<client::Message<'static>> {
        self.queue.pop_front()
    }

    /// Counts a received frame.
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
    pub(crate) fn handle(&mut self, message: &RawMessage<'_>) -> bool {
        let found = match self.peer {
            Side::Server => self.answer_server(message),
            Side::Client => self.find_answer(message),
        };
        let Some(found) = found.unwrap_or_default() else {
            return false;
        };
        self.queue.push_back(found);
        true
    }

    /// Returns the client's answer to a message of the server.
    fn answer_server(
        &mut self,
        message: &RawMessage<'_>,
    ) -> spice_wire::Result<Option<client::Message<'static>>> {
        match message.id {
            server::id::SET_ACK if self.acks => self.flow.answer(message),
            server::id::PING if self.pings => self.flow.answer(message),
            _ => Ok(None),
        }
    }

    /// Returns a message of the client that is an answer to one of the server.
    fn find_answer(
        &self,
        message: &RawMessage<'_>,
    ) -> spice_wire::Result<Option<client::Message<'static>>> {
        use client::Message::{Ack, AckSync, Pong};
        Ok(match message.id {
            client::id::ACK_SYNC if self.acks => {
                Some(AckSync(client::AckSync::decode(message.body)?))
            }
            client::id::ACK if self.acks => Some(Ack(Empty {})),
            client::id::PONG if self.pings => Some(Pong(client::Pong::decode(message.body)?)),
            _ => None,
        })
    }
}
