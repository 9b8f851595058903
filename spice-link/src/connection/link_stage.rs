//! The link stage of both ends, with everything but I/O.

use std::boxed::Box;
use std::vec::Vec;

use crate::client::{ClientLink, ClientStep};
use crate::connection::error::Error;
use crate::link_error::LinkError;
use crate::link_request::LinkRequest;
use crate::session::LinkSession;
use crate::ticket::{self, os_random};

/// The next step of a link stage.
pub(crate) enum LinkStep {
    /// Write these bytes.
    Send(Vec<u8>),
    /// Read at most this number of bytes.
    Receive(usize),
    /// The link stage is complete.
    Done(Box<LinkSession>),
}

/// One end of a link stage, which makes all decisions itself.
pub(crate) trait LinkStage {
    /// Returns the next step.
    fn step(&mut self) -> Result<LinkStep, Error>;
    /// Takes received bytes. There are no more than the step asked for.
    fn receive(&mut self, bytes: &[u8]) -> Result<(), Error>;
    /// Returns the error to report if the peer closes the connection.
    fn ended(&self) -> LinkError;
}

/// The client's end.
pub(crate) struct Login<'p> {
    link: ClientLink,
    password: &'p str,
}

impl<'p> Login<'p> {
    pub(crate) fn new(request: LinkRequest, password: &'p str) -> Result<Self, Error> {
        Ok(Self {
            link: ClientLink::new(request)?,
            password,
        })
    }
}

impl LinkStage for Login<'_> {
    fn step(&mut self) -> Result<LinkStep, Error> {
        loop {
            return Ok(match self.link.step()? {
                ClientStep::Send(bytes) => LinkStep::Send(bytes),
                ClientStep::Receive(missing) => LinkStep::Receive(missing),
                ClientStep::Ticket(key) => {
                    let ticket = ticket::encrypt(self.password, &key, os_random)?;
                    self.link.ticket(&ticket)?;
                    continue;
                }
                ClientStep::Done(session) => LinkStep::Done(Box::new(session)),
            });
        }
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.link.receive(bytes)?;
        Ok(())
    }

    fn ended(&self) -> LinkError {
        self.link.ended()
    }
}
