//! SPICE connections: the link stage, then framed messages.

use super::From;
use super::tcp::Connection;

/// How a client authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    Ticket,
    /// SASL with this number of exchanges.
    Sasl(usize),
}

/// Sends the messages of one channel.
pub struct Session {
    pub connection: Connection,
    pub mini_header: bool,
    serials: [u64; 2],
}

impl Session {
    /// Opens a connection and sends the link messages of `tests/data`. Without mini headers only the client
    /// announces them.
    pub fn open(
        mut connection: Connection,
        client: &[u8],
        server: &[u8],
        mini_header: bool,
        authentication: Authentication,
    ) -> Self {
        connection.open();
        let mut server = server.to_vec();
        if !mini_header {
            // The word with the common capabilities follows the fixed part.
            server[16 + 178] &= !8;
        }
        connection.data(From::Client, client);
        connection.data(From::Server, &server);
        match authentication {
            Authentication::Ticket => {
                connection.data(From::Client, &[1, 0, 0, 0]);
                connection.data(From::Client, &[0x5a; 128]);
            }
            Authentication::Sasl(exchanges) => {
                connection.data(From::Client, &[2, 0, 0, 0]);
                connection.data(From::Server, &counted(b"DIGEST-MD5,GSSAPI"));
                connection.data(From::Client, &counted(b"DIGEST-MD5"));
                for exchange in 1..=exchanges {
                    let data = if exchange == 1 {
                        &[][..]
                    } else {
                        b"response\0"
                    };
                    connection.data(From::Client, &counted(data));
                    let is_last = u8::from(exchange == exchanges);
                    let answer = [&counted(b"challenge\0")[..], &[is_last]].concat();
                    connection.data(From::Server, &answer);
                }
            }
        }
        connection.data(From::Server, &[0; 4]);
        Self {
            connection,
            mini_header,
            serials: [1; 2],
        }
    }

    /// Sends a message.
    pub fn message(&mut self, from: From, id: u16, body: &[u8]) {
        self.carrier(from, id, body, 0);
    }

    /// Sends a message whose sub-message list is at this offset.
    pub fn carrier(&mut self, from: From, id: u16, body: &[u8], sub_list: u32) {
        let frame = self.frame(from, id, body, sub_list);
        self.connection.data(from, &frame);
    }

    /// Header and body of the next message.
    pub fn frame(&mut self, from: From, id: u16, body: &[u8], sub_list: u32) -> Vec<u8> {
        let size = body.len() as u32;
        let mut frame = Vec::new();
        let serial = match from {
            From::Client => &mut self.serials[0],
            From::Server => &mut self.serials[1],
        };
        if !self.mini_header {
            frame.extend(serial.to_le_bytes());
        }
        *serial += 1;
        frame.extend(id.to_le_bytes());
        frame.extend(size.to_le_bytes());
        if !self.mini_header {
            frame.extend(sub_list.to_le_bytes());
        }
        frame.extend(body);
        frame
    }
}

fn counted(data: &[u8]) -> Vec<u8> {
    [&(data.len() as u32).to_le_bytes()[..], data].concat()
}
