//! Bytes and descriptors over Unix sockets (`SCM_RIGHTS`).

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::BorrowedFd;
use std::vec::Vec;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use spice_wire::{Fd, SharedFd};

use crate::descriptors::MAX_WAITING;

/// Receives bytes and the descriptors attached to them.
///
/// # Errors
/// Returns an error if the kernel has dropped descriptors because there were too many.
pub(crate) fn receive(
    socket: BorrowedFd<'_>,
    buffer: &mut [u8],
    fds: &mut Vec<SharedFd>,
) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_WAITING))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut slices = [IoSliceMut::new(buffer)];
    let message = recvmsg(socket, &mut slices, &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
    for part in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = part {
            fds.extend(received.map(SharedFd::new));
        }
    }
    if message.flags.contains(ReturnFlags::CTRUNC) {
        let text = "the peer sent more descriptors than a message can have";
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    Ok(message.bytes)
}

/// Sends bytes, with a descriptor attached to the first one.
pub(crate) fn send(
    socket: BorrowedFd<'_>,
    bytes: &[u8],
    fd: Option<&Fd<'static>>,
) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let fd = fd.and_then(Fd::as_fd);
    let fds = fd.as_slice();
    if !fds.is_empty() {
        ancillary.push(SendAncillaryMessage::ScmRights(fds));
    }
    let slices = [IoSlice::new(bytes)];
    Ok(sendmsg(
        socket,
        &slices,
        &mut ancillary,
        SendFlags::NOSIGNAL,
    )?)
}
