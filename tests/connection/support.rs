//! Both ends of a connection.

use std::sync::LazyLock;

use spice_link::ticket::{ServerKey, os_random};
use spice_link::tokio::{Connection, Transport, accept_with, connect_with};
use spice_link::{Client, LinkRequest, Options, Policy, Server};
use spice_messages::{ChannelType, main};

/// Returns the policy of a server without a password. Its key takes long to generate, so all tests share it.
pub fn policy() -> &'static Policy {
    static POLICY: LazyLock<Policy> =
        LazyLock::new(|| Policy::new(ServerKey::generate(os_random).unwrap()));
    &POLICY
}

/// Connects main over two ends of a stream.
pub async fn connect_pair<S: Transport>(
    (client, server): (S, S),
    options: &Options,
) -> (
    Connection<main::Channel, S, Client>,
    Connection<main::Channel, S, Server>,
) {
    let request = LinkRequest::new(0, ChannelType::MAIN, 0);
    let (client, server) = tokio::join!(
        connect_with(client, request, "", options),
        accept_with(server, policy(), options),
    );
    (client.unwrap(), server.unwrap().into_connection().unwrap())
}
