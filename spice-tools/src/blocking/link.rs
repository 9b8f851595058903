//! The link stage of a client over a blocking TCP socket.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;

use spice_link::ticket::{self, os_random};
use spice_link::{ClientLink, ClientStep, LinkRequest, LinkSession};

/// Any error.
pub type AnyError = Box<dyn Error + Send + Sync>;

/// Connects a channel and completes its link stage.
pub fn link(
    address: &str,
    request: LinkRequest,
    password: &str,
) -> Result<(TcpStream, LinkSession), AnyError> {
    let mut stream = TcpStream::connect(address)
        .map_err(|error| format!("cannot connect to {address}: {error}"))?;
    stream.set_nodelay(true)?;
    let mut link = ClientLink::new(request)?;
    loop {
        match link.step()? {
            ClientStep::Send(bytes) => stream.write_all(&bytes)?,
            ClientStep::Receive(missing) => {
                let mut bytes = vec![0; missing];
                match stream.read(&mut bytes)? {
                    0 => return Err(link.ended().into()),
                    length => link.receive(bytes.get(..length).unwrap_or_default())?,
                };
            }
            ClientStep::Ticket(public_key) => {
                link.ticket(&ticket::encrypt(password, &public_key, os_random)?)?;
            }
            ClientStep::Done(session) => return Ok((stream, session)),
        }
    }
}
