//! Streams that connections use.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::vec::Vec;

use spice_wire::{Fd, SharedFd};

/// A stream of bytes that may carry descriptors.
///
/// Every stream that implements `Read` and `Write` is one, without descriptors. `UnixSocket` carries them.
pub trait Transport {
    /// Whether the stream carries descriptors.
    const CARRIES_DESCRIPTORS: bool;

    /// Receives bytes into `buffer`, and descriptors into `fds`. Returns the number of bytes, 0 at the end of the stream.
    ///
    /// # Errors
    /// Returns an error if the stream fails, or if its timeout expires.
    fn receive(&mut self, buffer: &mut [u8], fds: &mut Vec<SharedFd>) -> io::Result<usize>;

    /// Sends bytes, with a descriptor attached to the first one. Returns the number of bytes sent.
    ///
    /// # Errors
    /// Returns an error if the stream fails, or if its timeout expires.
    fn send(&mut self, bytes: &[u8], fd: Option<&Fd<'static>>) -> io::Result<usize>;

    /// Sends what the stream has buffered.
    ///
    /// # Errors
    /// Returns an error if the stream fails, or if its timeout expires.
    fn flush(&mut self) -> io::Result<()>;
}

impl<S: Read + Write> Transport for S {
    const CARRIES_DESCRIPTORS: bool = false;

    fn receive(&mut self, buffer: &mut [u8], _fds: &mut Vec<SharedFd>) -> io::Result<usize> {
        self.read(buffer)
    }

    fn send(&mut self, bytes: &[u8], _fd: Option<&Fd<'static>>) -> io::Result<usize> {
        self.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(self)
    }
}

/// A stream that several threads can use: one that receives, and others that send.
///
/// `TcpStream`, `UnixStream` and `UnixSocket` are sockets. Implement the trait for a stream of your own that can be cloned.
pub trait Socket: Transport + Sized {
    /// Returns another handle of the same stream.
    ///
    /// # Errors
    /// Returns an error if the system has no further handle.
    fn try_clone(&self) -> io::Result<Self>;

    /// Ends one or both directions of the stream, also for threads that wait for it.
    ///
    /// # Errors
    /// Returns an error if the stream is not connected.
    fn shutdown(&self, how: Shutdown) -> io::Result<()>;
}

impl Socket for TcpStream {
    fn try_clone(&self) -> io::Result<Self> {
        self.try_clone()
    }

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.shutdown(how)
    }
}

#[cfg(unix)]
impl Socket for UnixStream {
    fn try_clone(&self) -> io::Result<Self> {
        self.try_clone()
    }

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.shutdown(how)
    }
}

/// Calls a function again while a signal interrupts it.
pub(super) fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
