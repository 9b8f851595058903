//! Unix sockets that carry descriptors.

use std::io;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::vec::Vec;

use spice_wire::{Fd, SharedFd};

use crate::blocking::transport::{Socket, Transport};
use crate::connection::ancillary;

/// A Unix socket that carries the descriptors of messages such as `gl_scanout_unix`.
///
/// A `UnixStream` itself is a stream as well, but drops the descriptors.
///
/// ```no_run
/// use std::os::unix::net::UnixStream;
/// use spice_link::blocking::{Session, UnixSocket};
/// use spice_messages::display;
///
/// let connect = || UnixStream::connect("/run/vm/spice.sock").map(UnixSocket::new);
/// let (session, _) = Session::open(connect, "")?;
/// let mut display = session.channel::<display::Channel>(0)?;
/// while let Some(message) = display.next()? {
///     if let display::server::Message::GlScanoutUnix(scanout) = message {
///         println!("{} x {}: {:?}", scanout.width, scanout.height, scanout.drm_dma_buf_fd.as_fd());
///     }
/// }
/// # Ok::<(), spice_link::Error>(())
/// ```
#[derive(Debug)]
pub struct UnixSocket {
    stream: UnixStream,
    /// Whether the kernel has dropped descriptors, which the next call of `receive` reports.
    has_lost: bool,
}

impl UnixSocket {
    /// Uses a connected socket.
    #[must_use]
    pub const fn new(stream: UnixStream) -> Self {
        Self {
            stream,
            has_lost: false,
        }
    }

    /// Returns the socket.
    #[must_use]
    pub fn into_inner(self) -> UnixStream {
        self.stream
    }
}

/// Gives access to the timeouts of the socket.
impl AsRef<UnixStream> for UnixSocket {
    fn as_ref(&self) -> &UnixStream {
        &self.stream
    }
}

impl From<UnixStream> for UnixSocket {
    fn from(stream: UnixStream) -> Self {
        Self::new(stream)
    }
}

impl Transport for UnixSocket {
    const CARRIES_DESCRIPTORS: bool = true;

    fn receive(&mut self, buffer: &mut [u8], fds: &mut Vec<SharedFd>) -> io::Result<usize> {
        if self.has_lost {
            return Err(ancillary::lost());
        }
        let (length, has_lost) = ancillary::receive(self.stream.as_fd(), buffer, fds)?;
        self.has_lost = has_lost;
        Ok(length)
    }

    fn send(&mut self, bytes: &[u8], fd: Option<&Fd<'static>>) -> io::Result<usize> {
        ancillary::send(self.stream.as_fd(), bytes, fd)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Socket for UnixSocket {
    fn try_clone(&self) -> io::Result<Self> {
        self.stream.try_clone().map(Self::new)
    }

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.stream.shutdown(how)
    }
}
