//! The link stage of a connection, read from the first bytes of both streams.

use spice_link::proto::types::{AuthMechanism, LinkHeader, LinkResult};
use spice_link::{
    AuthMethod, CommonCapability, LinkAnswer, LinkErr, LinkError, LinkRequest, LinkSession,
    MAX_LINK_SIZE,
};
use spice_wire::Decode;

/// Limit on the bytes of one side's link stage. Only SASL needs more than some hundred.
pub(crate) const MAX_LINK_STAGE: usize = 64 << 10;

/// Limit on the number of exchanges of SASL.
const MAX_SASL_EXCHANGES: usize = 64;

/// Length of an encrypted ticket in bytes.
const TICKET_SIZE: usize = 128;

/// The letters `REDQ`, the first bytes of both streams.
pub(crate) const MAGIC: &[u8] = b"REDQ";

/// State of a link stage.
#[derive(Debug)]
pub(crate) enum Progress {
    /// More bytes are needed.
    Incomplete,
    /// The link stage is complete.
    Done(Box<Linked>),
    /// The connection carries no messages that can be read, for this reason.
    Unreadable(String),
}

/// A complete link stage.
#[derive(Debug)]
pub(crate) struct Linked {
    pub(crate) session: LinkSession,
    /// Length of the client's part in bytes.
    pub(crate) client: usize,
    /// Length of the server's part in bytes.
    pub(crate) server: usize,
}

/// Why a link stage cannot be read to its end yet.
enum Stop {
    Incomplete,
    Unreadable(String),
}

impl From<LinkError> for Stop {
    fn from(error: LinkError) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// Reads a link stage from the first bytes of both sides.
pub(crate) fn read(client: &[u8], server: &[u8]) -> Progress {
    let longest = client.len().max(server.len());
    match read_both(&mut Bytes::new(client), &mut Bytes::new(server)) {
        Ok(linked) => Progress::Done(Box::new(linked)),
        Err(Stop::Unreadable(reason)) => Progress::Unreadable(reason),
        Err(Stop::Incomplete) if longest > MAX_LINK_STAGE => {
            Progress::Unreadable("the link stage is too long".to_owned())
        }
        Err(Stop::Incomplete) => Progress::Incomplete,
    }
}

fn read_both(client: &mut Bytes<'_>, server: &mut Bytes<'_>) -> Result<Linked, Stop> {
    let session = session(client, server)?;
    let mut method = AuthMethod::SPICE;
    if session.both_have(CommonCapability::AUTH_SELECTION) {
        let bytes = client.take(4)?;
        method = AuthMechanism::decode(bytes).map_or(method, |mechanism| mechanism.method);
    }
    match method {
        AuthMethod::SPICE => drop(client.take(TICKET_SIZE)?),
        AuthMethod::SASL => skip_sasl(client, server)?,
        other => return Err(Stop::Unreadable(LinkError::Method(other).to_string())),
    }
    let result = LinkResult::decode(server.take(4)?);
    check(result.map_or(LinkErr::ERROR, |result| result.error.into()))?;
    Ok(Linked {
        session,
        client: client.offset,
        server: server.offset,
    })
}

/// Reads only the link messages, from the first bytes of both sides.
pub(crate) fn read_messages(client: &[u8], server: &[u8]) -> Option<Linked> {
    let (mut client, mut server) = (Bytes::new(client), Bytes::new(server));
    let session = session(&mut client, &mut server).ok()?;
    Some(Linked {
        session,
        client: client.offset,
        server: server.offset,
    })
}

fn session(client: &mut Bytes<'_>, server: &mut Bytes<'_>) -> Result<LinkSession, Stop> {
    let (request, _) = LinkRequest::split_from(client.link_message()?)?;
    let (answer, _) = LinkAnswer::split_from(server.link_message()?)?;
    check(answer.error)?;
    Ok(LinkSession { request, answer })
}

fn check(error: LinkErr) -> Result<(), Stop> {
    match error {
        LinkErr::OK => Ok(()),
        error => Err(LinkError::Refused(error).into()),
    }
}

/// Skips the exchange of SASL.
///
/// The server lists its mechanisms, and the client chooses one. Then both send data in turn until the
/// server says that the exchange is complete. All data is preceded by its length in 32 bits.
fn skip_sasl(client: &mut Bytes<'_>, server: &mut Bytes<'_>) -> Result<(), Stop> {
    server.counted()?;
    client.counted()?;
    for _ in 0..MAX_SASL_EXCHANGES {
        client.counted()?;
        server.counted()?;
        if server.take(1)? != [0] {
            return Ok(());
        }
    }
    Err(Stop::Unreadable("the SASL exchange is too long".to_owned()))
}

/// A position in the first bytes of a stream.
struct Bytes<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Bytes<'a> {
    const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Stop> {
        let rest = self.bytes.get(self.offset..).unwrap_or_default();
        let taken = rest.get(..length).ok_or(Stop::Incomplete)?;
        self.offset = self.offset.saturating_add(length);
        Ok(taken)
    }

    /// Takes a link message with its header.
    fn link_message(&mut self) -> Result<&'a [u8], Stop> {
        const HEADER: usize = 16;
        let rest = self.bytes.get(self.offset..).unwrap_or_default();
        let header = rest.get(..HEADER).ok_or(Stop::Incomplete)?;
        let size = LinkHeader::decode(header).map_or(0, |header| header.size);
        // `split_from` refuses a larger message by its header.
        let size = if size > MAX_LINK_SIZE {
            0
        } else {
            size as usize
        };
        self.take(HEADER.saturating_add(size))
    }

    /// Takes data that is preceded by its length.
    fn counted(&mut self) -> Result<(), Stop> {
        let length = self.take(4)?.first_chunk().copied().unwrap_or_default();
        let length = u32::from_le_bytes(length) as usize;
        if length > MAX_LINK_STAGE {
            return Err(Stop::Unreadable("the SASL data is too long".to_owned()));
        }
        self.take(length).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use spice_link::{Capabilities, HeaderFormat};

    use super::*;

    fn messages() -> (Vec<u8>, Vec<u8>) {
        let request = LinkRequest::main(Capabilities::usual());
        let answer = LinkAnswer {
            error: LinkErr::OK,
            public_key: [1; 162],
            capabilities: Capabilities::usual(),
        };
        (request.to_bytes().unwrap(), answer.to_bytes().unwrap())
    }

    #[test]
    fn link_stage_is_complete_with_its_last_byte() {
        let (mut client, mut server) = messages();
        client.extend([1, 0, 0, 0]);
        client.extend([7; TICKET_SIZE]);
        server.extend([0; 4]);
        for length in 0..client.len() {
            let progress = read(client.get(..length).unwrap(), &server);
            assert!(matches!(progress, Progress::Incomplete), "{progress:?}");
        }
        for length in 0..server.len() {
            let progress = read(&client, server.get(..length).unwrap());
            assert!(matches!(progress, Progress::Incomplete), "{progress:?}");
        }
        let lengths = (client.len(), server.len());
        client.push(9);
        server.push(9);
        let Progress::Done(linked) = read(&client, &server) else {
            panic!("not complete");
        };
        assert_eq!((linked.client, linked.server), lengths);
        assert_eq!(linked.session.header(), HeaderFormat::Mini);
    }

    #[test]
    fn sasl_is_limited() {
        let (mut client, mut server) = messages();
        client.extend([2, 0, 0, 0]);
        server.extend([0; 4]);
        client.extend([0; 4]);
        let reason = |client: &[u8], server: &[u8]| match read(client, server) {
            Progress::Unreadable(reason) => reason,
            other => panic!("{other:?}"),
        };
        let long = [&client[..], &1_000_000_u32.to_le_bytes()].concat();
        assert_eq!(reason(&long, &server), "the SASL data is too long");
        client.extend([0; 4 * (MAX_SASL_EXCHANGES + 1)]);
        server.extend([0; 5 * (MAX_SASL_EXCHANGES + 1)]);
        assert_eq!(reason(&client, &server), "the SASL exchange is too long");
    }

    #[test]
    fn invalid_link_messages_are_named() {
        let (client, server) = messages();
        let mut other = client.clone();
        other[4] = 9;
        let Progress::Unreadable(reason) = read(&other, &server) else {
            panic!("readable");
        };
        assert!(reason.contains("version"), "{reason}");
    }
}
