//! Offered channels of a server, and the sessions of its clients.

use std::boxed::Box;
use std::collections::HashMap;
use std::fmt;
use std::string::String;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::vec::Vec;

use spice_messages::main::server::ChannelsList;
use spice_messages::types::{ChannelId, LinkErr};
use spice_messages::{ChannelType, main};

use crate::capabilities::Capabilities;
use crate::connection::error::Error;
use crate::connection::link_stage::{LinkStage, LinkStep};
use crate::link_error::LinkError;
use crate::link_request::LinkRequest;
use crate::server::{ServerLink, ServerStep};
use crate::ticket::{ServerKey, os_random};

/// The rules of a server: its key, its password, its channels.
///
/// `accept` of [`blocking`](crate::blocking) and [`tokio`](crate::tokio) decides by it on each connection. A connection of
/// main starts a session. All other channels belong to a session that exists, and can arrive in any order. The
/// rest is refused:
///
/// | request | refused with |
/// |---|---|
/// | a channel that the server does not offer | `CHANNEL_NOT_AVAILABLE` |
/// | a session that does not exist | `BAD_CONNECTION_ID`, after the ticket as spice-server does |
/// | a wrong password | `PERMISSION_DENIED` |
///
/// `T` is data of your own for each session, which all its channels share.
///
/// ```
/// use spice_link::ticket::{ServerKey, os_random};
/// use spice_link::Policy;
/// use spice_messages::ChannelType;
/// let policy: Policy = Policy::new(ServerKey::generate(os_random)?)
///     .password("secret")
///     .channel(ChannelType::PORT, 0)
///     .channel(ChannelType::PORT, 1);
/// assert_eq!(policy.channels_list().channels.len(), 2);
/// # Ok::<(), spice_link::ticket::TicketError>(())
/// ```
pub struct Policy<T = ()> {
    key: ServerKey,
    password: Option<String>,
    channels: Vec<ChannelId>,
    capabilities: Box<CapabilitiesOf>,
    sessions: Mutex<HashMap<u32, Weak<ServerSession<T>>>>,
}

/// Returns the server's capabilities for a request, or refuses it.
type CapabilitiesOf = dyn Fn(&LinkRequest) -> Result<Capabilities, LinkErr> + Send + Sync;

/// A session of a server: one client with all its channels.
///
/// All its channels share it. It ends when the last of them drops it. From then on the client cannot connect
/// further channels.
#[derive(Debug, Default)]
pub struct ServerSession<T = ()> {
    /// The session id, to send in main's `init`.
    pub id: u32,
    /// The server's own data.
    pub data: T,
}

impl<T: Default> Policy<T> {
    /// Creates the policy of a server that admits every client, and offers only main.
    #[must_use]
    pub fn new(key: ServerKey) -> Self {
        Self {
            key,
            password: None,
            channels: Vec::new(),
            capabilities: Box::new(|request| Ok(Capabilities::server(request.channel_type))),
            sessions: Mutex::new(HashMap::new()),
        }
    }

    /// Sets the password that clients need.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Adds a channel.
    #[must_use]
    pub fn channel(mut self, channel_type: ChannelType, id: u8) -> Self {
        self.channels.push(ChannelId {
            r#type: channel_type.0,
            id,
        });
        self
    }

    /// Sets the function that returns the server's capabilities for a request, or refuses it.
    ///
    /// The default returns [`Capabilities::server`].
    #[must_use]
    pub fn capabilities(
        mut self,
        capabilities: impl Fn(&LinkRequest) -> Result<Capabilities, LinkErr> + Send + Sync + 'static,
    ) -> Self {
        self.capabilities = Box::new(capabilities);
        self
    }

    /// Returns the answer to main's `attach_channels`.
    #[must_use]
    pub fn channels_list(&self) -> ChannelsList<'static> {
        ChannelsList {
            channels: self.channels.clone().into(),
        }
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<u32, Weak<ServerSession<T>>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the session with this id.
    fn find_session(&self, id: u32) -> Option<Arc<ServerSession<T>>> {
        self.sessions().get(&id).and_then(Weak::upgrade)
    }

    /// Starts a session with an unpredictable id.
    fn start_session(&self) -> Result<Arc<ServerSession<T>>, LinkErr> {
        let mut sessions = self.sessions();
        sessions.retain(|_, session| session.strong_count() > 0);
        loop {
            let mut id = [0; 4];
            os_random(&mut id).map_err(|_| LinkErr::ERROR)?;
            let id = u32::from_ne_bytes(id);
            if id != 0 && !sessions.contains_key(&id) {
                let data = T::default();
                let session = Arc::new(ServerSession { id, data });
                sessions.insert(id, Arc::downgrade(&session));
                return Ok(session);
            }
        }
    }

    fn is_offered(&self, request: &LinkRequest) -> bool {
        let offered = |channel: &ChannelId| {
            (channel.r#type, channel.id) == (request.channel_type.0, request.channel_id)
        };
        request.channel_type == main::CHANNEL_TYPE || self.channels.iter().any(offered)
    }
}

/// Shows the channels, and no secrets.
impl<T> fmt::Debug for Policy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

/// The server's end of a link stage.
pub(crate) struct Admission<'p, T> {
    policy: &'p Policy<T>,
    link: ServerLink,
    request: Option<LinkRequest>,
    /// The session, once the client is admitted.
    session: Option<Arc<ServerSession<T>>>,
}

impl<'p, T: Default> Admission<'p, T> {
    pub(crate) const fn new(policy: &'p Policy<T>) -> Self {
        Self {
            policy,
            link: ServerLink::new(),
            request: None,
            session: None,
        }
    }

    /// Returns the session of the admitted client.
    pub(crate) fn session(self) -> Result<Arc<ServerSession<T>>, Error> {
        self.session.ok_or(Error::Link(LinkError::OutOfTurn))
    }

    fn decide_request(&mut self, request: LinkRequest) -> Result<(), LinkError> {
        if !self.policy.is_offered(&request) {
            return self.link.refuse(LinkErr::CHANNEL_NOT_AVAILABLE);
        }
        match (self.policy.capabilities)(&request) {
            Ok(capabilities) => {
                self.link.accept(*self.policy.key.public(), capabilities)?;
                self.request = Some(request);
                Ok(())
            }
            Err(reason) => self.link.refuse(reason),
        }
    }

    fn decide_ticket(&mut self, is_right: bool) -> Result<(), LinkError> {
        if !is_right {
            return self.link.refuse(LinkErr::PERMISSION_DENIED);
        }
        let session = match &self.request {
            Some(request) if request.connection_id != 0 => self
                .policy
                .find_session(request.connection_id)
                .filter(|_| request.channel_type != main::CHANNEL_TYPE)
                .ok_or(LinkErr::BAD_CONNECTION_ID),
            Some(request) if request.channel_type == main::CHANNEL_TYPE => {
                self.policy.start_session()
            }
            _ => Err(LinkErr::BAD_CONNECTION_ID),
        };
        match session {
            Ok(session) => {
                self.session = Some(session);
                self.link.admit()
            }
            Err(reason) => self.link.refuse(reason),
        }
    }
}

impl<T: Default> LinkStage for Admission<'_, T> {
    fn step(&mut self) -> Result<LinkStep, Error> {
        loop {
            return Ok(match self.link.step()? {
                ServerStep::Send(bytes) => LinkStep::Send(bytes),
                ServerStep::Receive(missing) => LinkStep::Receive(missing),
                ServerStep::Request(request) => {
                    self.decide_request(request)?;
                    continue;
                }
                ServerStep::Ticket(ticket) => {
                    let is_right =
                        self.policy.password.as_ref().is_none_or(|password| {
                            self.policy.key.check(&ticket, password, os_random)
                        });
                    self.decide_ticket(is_right)?;
                    continue;
                }
                ServerStep::Done(session) => LinkStep::Done(Box::new(session)),
            });
        }
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.link.receive(bytes);
        Ok(())
    }

    fn ended(&self) -> LinkError {
        self.link.ended()
    }
}
