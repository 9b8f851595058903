//! The server's side of the link stage.

use alloc::vec::Vec;

use spice_messages::types::LinkErr;
use spice_wire::__private::FixedSize;
use spice_wire::Decode;

use crate::capabilities::Capabilities;
use crate::link_answer::{LinkAnswer, PublicKey};
use crate::link_buffers::LinkBuffers;
use crate::link_error::LinkError;
use crate::link_message::read_header;
use crate::link_request::LinkRequest;
use crate::proto::types::{
    AuthMechanism, AuthMethod, CommonCapability, EncryptedTicket, LinkHeader, LinkMess, LinkResult,
};
use crate::session::LinkSession;

/// The server's side of the link stage, without I/O.
///
/// Call [`ServerLink::step`] in a loop and do what it returns.
///
/// A client that violates the protocol is refused: [`ServerLink::step`] returns the bytes of the
/// refusal first and the error after that.
///
/// ```
/// # use std::io::{self, Read, Write};
/// # use spice_link::{Capabilities, LinkSession, PublicKey, ServerLink, ServerStep};
/// fn link(stream: &mut (impl Read + Write), key: PublicKey) -> io::Result<LinkSession> {
///     let mut link = ServerLink::new();
///     loop {
///         match link.step()? {
///             ServerStep::Send(bytes) => stream.write_all(&bytes)?,
///             ServerStep::Receive(missing) => {
///                 let mut bytes = vec![0; missing];
///                 stream.read_exact(&mut bytes)?;
///                 link.receive(&bytes);
///             }
///             ServerStep::Request(_request) => link.accept(key, Capabilities::usual())?,
///             ServerStep::Ticket(_ticket) => link.admit()?,
///             ServerStep::Done(session) => return Ok(session),
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct ServerLink {
    stage: Stage,
    buffers: LinkBuffers,
}

#[derive(Clone, Debug)]
enum Stage {
    /// Receives the header of the request.
    Header,
    /// Receives the request.
    Request,
    /// Waits for the caller's decision on the request.
    Decide(LinkRequest),
    /// Receives the client's choice of an authentication method.
    Mechanism(LinkSession),
    /// Receives the ticket.
    Ticket(LinkSession),
    /// Waits for the caller's decision on the ticket.
    Check(LinkSession, EncryptedTicket),
    Done(LinkSession),
    Failed(LinkError),
}

/// The next step of a server in the link stage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the link stage does not continue until the step is done"]
pub enum ServerStep {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Receive bytes and pass them to [`ServerLink::receive`].
    ///
    /// Holds the number of bytes that the expected message lacks. Passing fewer or more is fine.
    Receive(usize),
    /// Decide on the client's request: call [`ServerLink::accept`] or [`ServerLink::refuse`].
    Request(LinkRequest),
    /// Decide on the client's ticket: call [`ServerLink::admit`] or [`ServerLink::refuse`].
    ///
    /// A server without a password does not need to decrypt the ticket.
    Ticket(EncryptedTicket),
    /// The link stage is complete. Messages follow.
    Done(LinkSession),
}

impl Default for ServerLink {
    fn default() -> Self {
        Self::new()
    }
}

impl ServerLink {
    /// Starts a link stage that waits for a client's request.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            stage: Stage::Header,
            buffers: LinkBuffers::new(LinkHeader::SIZE),
        }
    }

    /// Returns the next step.
    ///
    /// # Errors
    /// Returns the error that ended the link stage, after the refusal has been returned as
    /// [`ServerStep::Send`].
    pub fn step(&mut self) -> Result<ServerStep, LinkError> {
        if let Some(bytes) = self.buffers.take_output() {
            return Ok(ServerStep::Send(bytes));
        }
        match &self.stage {
            Stage::Header | Stage::Request | Stage::Mechanism(_) | Stage::Ticket(_) => {
                Ok(ServerStep::Receive(self.buffers.missing()))
            }
            Stage::Decide(request) => Ok(ServerStep::Request(request.clone())),
            Stage::Check(_, ticket) => Ok(ServerStep::Ticket(*ticket)),
            Stage::Done(session) => Ok(ServerStep::Done(session.clone())),
            Stage::Failed(error) => Err(error.clone()),
        }
    }

    /// Takes bytes from the client and returns how many of them it used.
    ///
    /// Pass the remaining bytes again after the next step. After [`ServerStep::Done`] they are the
    /// start of the first message. If the bytes are invalid, the next steps refuse the client.
    pub fn receive(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while matches!(
            self.stage,
            Stage::Header | Stage::Request | Stage::Mechanism(_) | Stage::Ticket(_)
        ) && let Some(message) = self.buffers.receive(&mut rest)
        {
            if let Err(error) = self.handle(&message) {
                self.fail(error);
            }
        }
        bytes.len().saturating_sub(rest.len())
    }

    /// Accepts the request that [`ServerStep::Request`] holds, and sends the server's key and
    /// capabilities.
    ///
    /// # Errors
    /// Returns [`LinkError::OutOfTurn`] if the link stage is not at that step, and
    /// [`LinkError::TooLarge`] if the capabilities take too many words.
    pub fn accept(
        &mut self,
        public_key: PublicKey,
        capabilities: Capabilities,
    ) -> Result<(), LinkError> {
        let Stage::Decide(request) = &self.stage else {
            return Err(LinkError::OutOfTurn);
        };
        let answer = LinkAnswer {
            error: LinkErr::OK,
            public_key,
            capabilities,
        };
        self.buffers.send_bytes(answer.to_bytes()?);
        let session = LinkSession {
            request: request.clone(),
            answer,
        };
        if session.both_have(CommonCapability::AUTH_SELECTION) {
            self.buffers.expect(AuthMechanism::SIZE);
            self.stage = Stage::Mechanism(session);
        } else {
            self.buffers.expect(EncryptedTicket::SIZE);
            self.stage = Stage::Ticket(session);
        }
        Ok(())
    }

    /// Admits the client: the ticket that [`ServerStep::Ticket`] holds is right, or no password is
    /// needed.
    ///
    /// # Errors
    /// Returns [`LinkError::OutOfTurn`] if the link stage is not at that step.
    pub fn admit(&mut self) -> Result<(), LinkError> {
        let Stage::Check(session, _) = &self.stage else {
            return Err(LinkError::OutOfTurn);
        };
        let error = LinkErr::OK.into();
        self.buffers.send(LinkResult { error });
        self.stage = Stage::Done(session.clone());
        Ok(())
    }

    /// Refuses the client's request or ticket.
    ///
    /// [`ServerLink::step`] returns the bytes of the refusal, and then [`LinkError::Refused`].
    ///
    /// # Errors
    /// Returns [`LinkError::OutOfTurn`] if there is no request or ticket to decide on.
    pub fn refuse(&mut self, reason: LinkErr) -> Result<(), LinkError> {
        if !matches!(self.stage, Stage::Decide(_) | Stage::Check(..)) {
            return Err(LinkError::OutOfTurn);
        }
        self.fail(LinkError::Refused(reason));
        Ok(())
    }

    /// Returns the error to report if the client closes the connection now.
    #[must_use]
    pub fn ended(&self) -> LinkError {
        match &self.stage {
            Stage::Failed(error) => error.clone(),
            _ => LinkError::Ended {
                awaited: self.buffers.missing(),
            },
        }
    }

    /// Refuses the client, with a link message or, if it has been sent already, with the result.
    fn fail(&mut self, error: LinkError) {
        match &self.stage {
            Stage::Header | Stage::Request | Stage::Decide(_) => {
                if let Ok(bytes) = LinkAnswer::refusal(error.reason()).to_bytes() {
                    self.buffers.send_bytes(bytes);
                }
            }
            Stage::Mechanism(_) | Stage::Ticket(_) | Stage::Check(..) => {
                let error = error.reason().into();
                self.buffers.send(LinkResult { error });
            }
            Stage::Done(_) | Stage::Failed(_) => {}
        }
        self.stage = Stage::Failed(error);
    }

    /// Handles a complete message of the client.
    fn handle(&mut self, message: &[u8]) -> Result<(), LinkError> {
        self.stage = match &self.stage {
            Stage::Header => {
                let size = read_header(message)?;
                if (size as usize) < LinkMess::SIZE {
                    return Err(LinkError::TooSmall { size });
                }
                self.buffers.expect(size as usize);
                Stage::Request
            }
            Stage::Request => Stage::Decide(LinkRequest::from_body(message)?),
            Stage::Mechanism(session) => {
                let AuthMechanism { method } = AuthMechanism::decode(message)?;
                if method != AuthMethod::SPICE {
                    return Err(LinkError::Method(method));
                }
                self.buffers.expect(EncryptedTicket::SIZE);
                Stage::Ticket(session.clone())
            }
            Stage::Ticket(session) => {
                Stage::Check(session.clone(), EncryptedTicket::decode(message)?)
            }
            // The server receives nothing in these stages.
            Stage::Decide(_) | Stage::Check(..) | Stage::Done(_) | Stage::Failed(_) => {
                return Ok(());
            }
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    /// A link header with this magic, major version and size.
    fn header(magic: &[u8; 4], major: u32, size: u32) -> Vec<u8> {
        let mut header = magic.to_vec();
        for number in [major, 2, size] {
            header.extend(number.to_le_bytes());
        }
        header
    }

    #[test]
    fn client_that_violates_the_protocol_is_refused() {
        let cases = [
            (header(b"HTTP", 2, 18), LinkErr::INVALID_MAGIC),
            (header(b"REDQ", 1, 18), LinkErr::VERSION_MISMATCH),
            (header(b"REDQ", 2, 4_000_000_000), LinkErr::INVALID_DATA),
            (header(b"REDQ", 2, 0), LinkErr::INVALID_DATA),
            (header(b"REDQ", 2, 17), LinkErr::INVALID_DATA),
        ];
        for (bytes, reason) in cases {
            let mut link = ServerLink::new();
            // The last byte of the header causes the error. Later bytes are not used.
            assert_eq!(link.receive(&bytes[..15]), 15);
            assert_eq!(link.step(), Ok(ServerStep::Receive(1)));
            assert_eq!(link.receive(&[bytes[15], 1, 2, 3]), 1);
            let Ok(ServerStep::Send(refusal)) = link.step() else {
                panic!("expected a refusal to send");
            };
            assert_eq!(refusal, LinkAnswer::refusal(reason).to_bytes().unwrap());
            let error = link.step().unwrap_err();
            assert_eq!(error.reason(), reason);
        }
    }

    /// The C server does not look at the offset of no capabilities, nor at later bytes.
    #[test]
    fn offset_of_no_capabilities_is_not_judged() {
        for offset in [0_u32, 17, 18, 19, 9999, u32::MAX] {
            let mut bytes = header(b"REDQ", 2, 20);
            bytes.extend([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            bytes.extend(offset.to_le_bytes());
            bytes.extend([0xff; 2]);
            let mut link = ServerLink::new();
            assert_eq!(link.receive(&bytes), bytes.len());
            let request = LinkRequest::main(Capabilities::default());
            assert_eq!(link.step(), Ok(ServerStep::Request(request)), "{offset}");
        }
    }

    #[test]
    fn unknown_authentication_method_is_refused() {
        let mut link = ServerLink::new();
        let request = LinkRequest::main(Capabilities::usual());
        link.receive(&request.to_bytes().unwrap());
        link.accept([0; 162], Capabilities::usual()).unwrap();
        assert!(matches!(link.step(), Ok(ServerStep::Send(_))));
        assert_eq!(link.receive(&[2, 0, 0, 0, 9, 9]), 4);
        let invalid: u32 = LinkErr::INVALID_DATA.into();
        let bytes = invalid.to_le_bytes().to_vec();
        assert_eq!(link.step(), Ok(ServerStep::Send(bytes)));
        let error = link.step().unwrap_err();
        assert_eq!(error, LinkError::Method(AuthMethod::SASL));
    }

    #[test]
    fn decisions_before_the_request_are_out_of_turn() {
        let mut link = ServerLink::new();
        let out_of_turn = Err(LinkError::OutOfTurn);
        assert_eq!(link.admit(), out_of_turn);
        assert_eq!(link.refuse(LinkErr::ERROR), out_of_turn);
        let accepted = link.accept([0; 162], Capabilities::usual());
        assert_eq!(accepted, out_of_turn);
        assert_eq!(link.step(), Ok(ServerStep::Receive(16)));
    }

    #[test]
    fn refused_ticket_is_answered_with_the_result() {
        let mut link = ServerLink::new();
        let request = LinkRequest::main(Capabilities::default());
        link.receive(&request.to_bytes().unwrap());
        link.accept([0; 162], Capabilities::default()).unwrap();
        assert!(matches!(link.step(), Ok(ServerStep::Send(_))));
        assert_eq!(link.receive(&[1; 130]), 128);
        link.refuse(LinkErr::PERMISSION_DENIED).unwrap();
        assert_eq!(link.step(), Ok(ServerStep::Send(vec![7, 0, 0, 0])));
        let refused = LinkError::Refused(LinkErr::PERMISSION_DENIED);
        assert_eq!(link.step(), Err(refused));
    }
}
