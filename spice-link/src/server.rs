//! The server's side of the link stage.

use alloc::vec::Vec;

use spice_messages::types::LinkErr;
use spice_wire::__private::FixedSize;
use spice_wire::Decode;

use crate::capabilities::Capabilities;
use crate::established::{Awaited, Established};
use crate::link::{LinkAnswer, LinkRequest, PublicKey, append, read_header};
use crate::link_error::LinkError;
use crate::proto::types::{
    AuthMechanism, AuthMethod, CommonCapability, EncryptedTicket, LinkHeader, LinkResult,
};

/// The server's side of the link stage, without I/O: [`ServerLink::step`] says what to do next.
///
/// A client that breaks the rules is told so: the bytes that refuse it come out of
/// [`ServerLink::step`] before the error does.
#[derive(Debug)]
pub struct ServerLink {
    stage: Stage,
    awaited: Awaited,
    output: Vec<u8>,
}

#[derive(Debug)]
enum Stage {
    Header,
    Request,
    Decide(LinkRequest),
    Mechanism(Established),
    Ticket(Established),
    Check(Established, EncryptedTicket),
    Done(Established),
    Failed(LinkError),
}

/// What a server has to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerStep<'l> {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Read, and pass the bytes to [`ServerLink::receive`]. So many are missing; it is no error to
    /// read fewer or more.
    Receive(usize),
    /// Decide on the client's request, with [`ServerLink::accept`] or [`ServerLink::refuse`].
    Request(&'l LinkRequest),
    /// Decide on the client's ticket, with [`ServerLink::admit`] or [`ServerLink::refuse`]. A server
    /// that asks for no password need not decrypt it.
    Ticket(&'l EncryptedTicket),
    /// The link stage is over: messages follow.
    Done(&'l Established),
}

impl Default for ServerLink {
    fn default() -> Self {
        Self::new()
    }
}

impl ServerLink {
    /// Awaits a client's request.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            stage: Stage::Header,
            awaited: Awaited::new(LinkHeader::SIZE),
            output: Vec::new(),
        }
    }

    /// What to do next.
    ///
    /// # Errors
    /// Why the link stage failed, once it has and the client was told so.
    pub fn step(&mut self) -> Result<ServerStep<'_>, LinkError> {
        if !self.output.is_empty() {
            return Ok(ServerStep::Send(core::mem::take(&mut self.output)));
        }
        match &self.stage {
            Stage::Header | Stage::Request | Stage::Mechanism(_) | Stage::Ticket(_) => {
                Ok(ServerStep::Receive(self.awaited.missing()))
            }
            Stage::Decide(request) => Ok(ServerStep::Request(request)),
            Stage::Check(_, ticket) => Ok(ServerStep::Ticket(ticket)),
            Stage::Done(established) => Ok(ServerStep::Done(established)),
            Stage::Failed(error) => Err(error.clone()),
        }
    }

    /// Takes bytes from the client. The result is how many of them belong to the link stage so far;
    /// those behind them are to be passed again later, or are the first messages.
    pub fn receive(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while matches!(
            self.stage,
            Stage::Header | Stage::Request | Stage::Mechanism(_) | Stage::Ticket(_)
        ) {
            rest = self.awaited.take(rest);
            let Some(whole) = self.awaited.complete() else {
                break;
            };
            let answered = matches!(self.stage, Stage::Mechanism(_) | Stage::Ticket(_));
            if let Err(error) = self.advance(&whole) {
                self.fail(error, answered);
            }
        }
        bytes.len().saturating_sub(rest.len())
    }

    /// Accepts the client's request, with the server's key and what it can do.
    ///
    /// # Errors
    /// [`LinkError::OutOfTurn`] if there is no request to decide on; [`LinkError::TooLarge`] if the
    /// capabilities take too many words.
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
        self.output = answer.to_bytes()?;
        let established = Established {
            request: request.clone(),
            answer,
        };
        let selection = established.both_have(CommonCapability::AUTH_SELECTION);
        (self.awaited, self.stage) = match selection {
            true => (
                Awaited::new(AuthMechanism::SIZE),
                Stage::Mechanism(established),
            ),
            false => (
                Awaited::new(EncryptedTicket::SIZE),
                Stage::Ticket(established),
            ),
        };
        Ok(())
    }

    /// Lets the client in: its ticket is right, or none is needed.
    ///
    /// # Errors
    /// [`LinkError::OutOfTurn`] if there is no ticket to decide on.
    pub fn admit(&mut self) -> Result<(), LinkError> {
        let Stage::Check(established, _) = &self.stage else {
            return Err(LinkError::OutOfTurn);
        };
        self.stage = Stage::Done(established.clone());
        let error = LinkErr::OK.into();
        append(LinkResult { error }, &mut self.output);
        Ok(())
    }

    /// Refuses the client's request or its ticket. After the bytes that tell it,
    /// [`ServerLink::step`] gives [`LinkError::Refused`].
    ///
    /// # Errors
    /// [`LinkError::OutOfTurn`] if there is nothing to decide on.
    pub fn refuse(&mut self, reason: LinkErr) -> Result<(), LinkError> {
        let answered = match &self.stage {
            Stage::Decide(_) => false,
            Stage::Check(..) => true,
            _ => return Err(LinkError::OutOfTurn),
        };
        self.fail(LinkError::Refused(reason), answered);
        Ok(())
    }

    /// The error of a connection that ends now.
    #[must_use]
    pub fn ended(&self) -> LinkError {
        match &self.stage {
            Stage::Failed(error) => error.clone(),
            _ => LinkError::Ended {
                awaited: self.awaited.missing(),
            },
        }
    }

    /// Tells the client why it cannot come in.
    fn fail(&mut self, error: LinkError, answered: bool) {
        if answered {
            let error = error.reason().into();
            append(LinkResult { error }, &mut self.output);
        } else if let Ok(bytes) = LinkAnswer::refusal(error.reason()).to_bytes() {
            self.output = bytes;
        }
        self.stage = Stage::Failed(error);
    }

    fn advance(&mut self, whole: &[u8]) -> Result<(), LinkError> {
        match core::mem::replace(&mut self.stage, Stage::Header) {
            Stage::Header => {
                let size = read_header(whole)?;
                self.awaited = Awaited::new(size as usize);
                self.stage = Stage::Request;
            }
            Stage::Request => self.stage = Stage::Decide(LinkRequest::from_body(whole)?),
            Stage::Mechanism(established) => {
                let chosen = AuthMechanism::decode(whole).map_err(LinkError::Truncated)?;
                if chosen.method != AuthMethod::SPICE {
                    return Err(LinkError::Method(chosen.method));
                }
                self.awaited = Awaited::new(EncryptedTicket::SIZE);
                self.stage = Stage::Ticket(established);
            }
            Stage::Ticket(established) => {
                let ticket = EncryptedTicket::decode(whole).map_err(LinkError::Truncated)?;
                self.stage = Stage::Check(established, ticket);
            }
            other => self.stage = other,
        }
        Ok(())
    }
}
