//! A client over TLS. `docs/async.md` explains it.
//!
//! It prints the name of the machine, and the messages of main and of the first display.
//!
//! ```console
//! $ cargo run -p tls-client -- localhost:5931 ca-cert.pem [PASSWORD]
//! ```

use std::env;
use std::error::Error;
use std::sync::Arc;

use spice_link::tokio::{Session, tcp_stream};
use spice_messages::{display, main};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(address), Some(ca_file)) = (arguments.next(), arguments.next()) else {
        return Err("expected HOST:PORT CA-FILE [PASSWORD]".into());
    };
    let password = arguments.next().unwrap_or_default();

    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca_file)? {
        roots.add(certificate?)?;
    }
    let config = ClientConfig::builder().with_root_certificates(roots);
    let connector = TlsConnector::from(Arc::new(config.with_no_client_auth()));
    let (host, _) = address.rsplit_once(':').ok_or("the address has no port")?;
    let name = ServerName::try_from(host.to_owned())?;
    let connect = move || {
        let (address, connector, name) = (address.clone(), connector.clone(), name.clone());
        async move { connector.connect(name, tcp_stream(address).await?).await }
    };

    let (session, mut events) = Session::open(connect, &password).await?;
    let name = session.info().name.as_deref();
    println!("machine {}", name.unwrap_or("without a name"));
    let mut display = session.channel::<display::Channel>(0).await?;
    loop {
        tokio::select! {
            event = events.next() => match event? {
                Some(main::server::Message::Disconnecting(message)) => {
                    println!("the server disconnects: {}", message.reason);
                }
                Some(event) => println!("main {}", event.name().unwrap_or("unknown")),
                None => return Ok(()),
            },
            message = display.next() => match message? {
                Some(message) => println!("display {}", message.name().unwrap_or("unknown")),
                None => return Ok(()),
            },
        }
    }
}
