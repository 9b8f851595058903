//! The client's side of the link stage.

use alloc::vec::Vec;

use spice_messages::types::LinkErr;
use spice_wire::__private::FixedSize;
use spice_wire::Decode;

use crate::link_answer::{LinkAnswer, PublicKey};
use crate::link_buffers::LinkBuffers;
use crate::link_error::LinkError;
use crate::link_message::read_header;
use crate::link_request::LinkRequest;
use crate::proto::types::{
    AuthMechanism, AuthMethod, CommonCapability, EncryptedTicket, LinkHeader, LinkResult,
};
use crate::session::LinkSession;

/// The client's side of the link stage, without I/O.
///
/// Call [`ClientLink::step`] in a loop and do what it returns.
///
/// ```
/// # use std::io::{self, Read, Write};
/// # use spice_link::{ClientLink, ClientStep, EncryptedTicket, LinkSession};
/// fn link(
///     mut link: ClientLink,
///     stream: &mut (impl Read + Write),
///     ticket: EncryptedTicket,
/// ) -> io::Result<LinkSession> {
///     loop {
///         match link.step()? {
///             ClientStep::Send(bytes) => stream.write_all(&bytes)?,
///             ClientStep::Receive(missing) => {
///                 let mut bytes = vec![0; missing];
///                 stream.read_exact(&mut bytes)?;
///                 link.receive(&bytes)?;
///             }
///             ClientStep::Ticket(_public_key) => link.ticket(&ticket)?,
///             ClientStep::Done(session) => return Ok(session),
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct ClientLink {
    request: LinkRequest,
    stage: Stage,
    buffers: LinkBuffers,
}

#[derive(Clone, Debug)]
enum Stage {
    /// Receives the header of the answer.
    Header,
    /// Receives the answer.
    Answer,
    /// Waits for the caller's ticket.
    Ticket(LinkSession),
    /// Receives the result.
    Result(LinkSession),
    Done(LinkSession),
    Failed(LinkError),
}

/// The next step of a client in the link stage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the link stage does not continue until the step is done"]
pub enum ClientStep {
    /// Send these bytes.
    ///
    /// Write the bytes of each step by themselves. Wireshark loses track of a connection if the
    /// authentication method and the ticket share a TCP segment.
    Send(Vec<u8>),
    /// Receive bytes and pass them to [`ClientLink::receive`].
    ///
    /// Holds the number of bytes that the expected message lacks. Passing fewer or more is fine.
    Receive(usize),
    /// Encrypt the password with this key and pass the ticket to [`ClientLink::ticket`].
    ///
    /// Encrypt an empty password if the server needs none.
    Ticket(PublicKey),
    /// The link stage is complete. Messages follow.
    Done(LinkSession),
}

impl ClientLink {
    /// Starts a link stage that requests a channel.
    ///
    /// # Errors
    /// Returns [`LinkError::TooLarge`] if the capabilities take too many words.
    pub fn new(request: LinkRequest) -> Result<Self, LinkError> {
        let mut buffers = LinkBuffers::new(LinkHeader::SIZE);
        buffers.send_bytes(request.to_bytes()?);
        Ok(Self {
            request,
            stage: Stage::Header,
            buffers,
        })
    }

    /// Returns the next step.
    ///
    /// # Errors
    /// Returns the error that ended the link stage.
    pub fn step(&mut self) -> Result<ClientStep, LinkError> {
        if let Some(bytes) = self.buffers.take_output() {
            return Ok(ClientStep::Send(bytes));
        }
        match &self.stage {
            Stage::Header | Stage::Answer | Stage::Result(_) => {
                Ok(ClientStep::Receive(self.buffers.missing()))
            }
            Stage::Ticket(session) => Ok(ClientStep::Ticket(session.answer.public_key)),
            Stage::Done(session) => Ok(ClientStep::Done(session.clone())),
            Stage::Failed(error) => Err(error.clone()),
        }
    }

    /// Takes bytes from the server and returns how many of them it used.
    ///
    /// Pass the remaining bytes again after the next step. After [`ClientStep::Done`] they are the
    /// start of the first message.
    ///
    /// # Errors
    /// Returns an error if the answer or the result is invalid, or refuses the client.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<usize, LinkError> {
        let mut rest = bytes;
        while matches!(self.stage, Stage::Header | Stage::Answer | Stage::Result(_))
            && let Some(message) = self.buffers.receive(&mut rest)
        {
            if let Err(error) = self.handle(&message) {
                self.stage = Stage::Failed(error.clone());
                return Err(error);
            }
        }
        Ok(bytes.len().saturating_sub(rest.len()))
    }

    /// Sends the ticket that [`ClientStep::Ticket`] asks for.
    ///
    /// # Errors
    /// Returns [`LinkError::OutOfTurn`] if the link stage is not at that step.
    pub fn ticket(&mut self, ticket: &EncryptedTicket) -> Result<(), LinkError> {
        let Stage::Ticket(session) = &self.stage else {
            return Err(LinkError::OutOfTurn);
        };
        if session.both_have(CommonCapability::AUTH_SELECTION) {
            let method = AuthMethod::SPICE;
            self.buffers.send(AuthMechanism { method });
        }
        self.buffers.send(*ticket);
        self.buffers.expect(LinkResult::SIZE);
        self.stage = Stage::Result(session.clone());
        Ok(())
    }

    /// Returns the error to report if the server closes the connection now.
    ///
    /// If the server has sent the start of a refusal, the error is [`LinkError::Refused`].
    #[must_use]
    pub fn ended(&self) -> LinkError {
        let reason = match &self.stage {
            Stage::Failed(error) => return error.clone(),
            Stage::Answer => LinkAnswer::refusal_reason(self.buffers.received()),
            _ => None,
        };
        let awaited = self.buffers.missing();
        reason.map_or(LinkError::Ended { awaited }, LinkError::Refused)
    }

    /// Handles a complete message of the server.
    fn handle(&mut self, message: &[u8]) -> Result<(), LinkError> {
        self.stage = match &self.stage {
            Stage::Header => {
                self.buffers.expect(read_header(message)? as usize);
                Stage::Answer
            }
            Stage::Answer => Stage::Ticket(self.check_answer(LinkAnswer::from_body(message)?)?),
            Stage::Result(session) => match LinkErr::from(LinkResult::decode(message)?.error) {
                LinkErr::OK => Stage::Done(session.clone()),
                error => return Err(LinkError::Refused(error)),
            },
            // The client receives nothing in these stages.
            Stage::Ticket(_) | Stage::Done(_) | Stage::Failed(_) => return Ok(()),
        };
        Ok(())
    }

    /// Checks that the server accepts the request, and passwords.
    fn check_answer(&self, answer: LinkAnswer) -> Result<LinkSession, LinkError> {
        if answer.error != LinkErr::OK {
            return Err(LinkError::Refused(answer.error));
        }
        let accepts_passwords = answer
            .capabilities
            .common
            .contains(CommonCapability::AUTH_SPICE);
        let session = LinkSession {
            request: self.request.clone(),
            answer,
        };
        if session.both_have(CommonCapability::AUTH_SELECTION) && !accepts_passwords {
            return Err(LinkError::NoMethod);
        }
        Ok(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::{Capabilities, CapabilitySet};

    fn client() -> ClientLink {
        ClientLink::new(LinkRequest::main(Capabilities::usual())).unwrap()
    }

    fn answer(common: CapabilitySet) -> Vec<u8> {
        let answer = LinkAnswer {
            error: LinkErr::OK,
            public_key: [0; 162],
            capabilities: Capabilities {
                common,
                channel: CapabilitySet::new(),
            },
        };
        answer.to_bytes().unwrap()
    }

    #[test]
    fn server_without_passwords_is_an_error() {
        let mut link = client();
        let sasl_only = CapabilitySet::new()
            .with(CommonCapability::AUTH_SELECTION)
            .with(CommonCapability::AUTH_SASL);
        let result = link.receive(&answer(sasl_only));
        assert_eq!(result, Err(LinkError::NoMethod));
    }

    #[test]
    fn ticket_before_the_answer_is_out_of_turn() {
        let mut link = client();
        let result = link.ticket(&EncryptedTicket::default());
        assert_eq!(result, Err(LinkError::OutOfTurn));
        assert!(matches!(link.step(), Ok(ClientStep::Send(_))));
        assert_eq!(link.step(), Ok(ClientStep::Receive(16)));
    }

    /// With both in one TCP segment, Wireshark takes all that follows for the ticket.
    #[test]
    fn method_and_ticket_are_sent_one_by_one() {
        let mut link = client();
        assert!(matches!(link.step(), Ok(ClientStep::Send(_))));
        link.receive(&answer(Capabilities::usual().common)).unwrap();
        assert!(matches!(link.step(), Ok(ClientStep::Ticket(_))));
        let encrypted_data = [7; 128];
        link.ticket(&EncryptedTicket { encrypted_data }).unwrap();
        assert_eq!(link.step(), Ok(ClientStep::Send(alloc::vec![1, 0, 0, 0])));
        assert_eq!(link.step(), Ok(ClientStep::Send(encrypted_data.to_vec())));
        assert_eq!(link.step(), Ok(ClientStep::Receive(4)));
    }

    #[test]
    fn short_refusal_says_its_reason() {
        let refusal = LinkAnswer::refusal(LinkErr::NEED_SECURED)
            .to_bytes()
            .unwrap();
        let refused = LinkError::Refused(LinkErr::NEED_SECURED);
        // The server announces fewer bytes than a full answer has.
        for size in [4_u8, 5, 100, 177] {
            let mut short = refusal[..16 + usize::from(size)].to_vec();
            short[12] = size;
            assert_eq!(client().receive(&short), Err(refused.clone()), "{size}");
        }
        // The server closes the connection too early.
        for length in 16 + 4..refusal.len() {
            let mut link = client();
            assert_eq!(link.receive(&refusal[..length]), Ok(length));
            assert_eq!(link.ended(), refused, "{length}");
        }
        let mut link = client();
        assert_eq!(link.receive(&refusal[..19]), Ok(19));
        assert_eq!(link.ended(), LinkError::Ended { awaited: 175 });
    }

    #[test]
    fn bytes_after_the_answer_are_not_used() {
        let mut link = client();
        let mut bytes = answer(Capabilities::usual().common);
        let length = bytes.len();
        bytes.extend([1, 2, 3]);
        assert_eq!(link.receive(&bytes), Ok(length));
        assert_eq!(link.receive(&bytes), Ok(0));
    }

    #[test]
    fn closed_connection_tells_the_missing_bytes() {
        let mut link = client();
        assert_eq!(link.receive(b"REDQ"), Ok(4));
        assert_eq!(link.ended(), LinkError::Ended { awaited: 12 });
        let error = link.receive(&[0xff; 12]).unwrap_err();
        assert_eq!(link.ended(), error);
    }
}
