//! File descriptors, which travel beside the bytes of a message.
//!
//! They are there on Unix with the feature `std`. Elsewhere the same types exist and hold nothing, so
//! that generated code is the same everywhere.

use core::fmt;
#[cfg(not(all(unix, feature = "std")))]
use core::marker::PhantomData;

#[cfg(all(unix, feature = "std"))]
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
#[cfg(all(unix, feature = "std"))]
use std::sync::Arc;

/// A received descriptor, closed when the last holder drops it.
#[cfg(all(unix, feature = "std"))]
pub type SharedFd = Arc<OwnedFd>;
/// A received descriptor: there are none on this platform.
#[cfg(not(all(unix, feature = "std")))]
pub type SharedFd = core::convert::Infallible;

/// The descriptors that came with a message and are not taken yet, in order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fds<'a>(&'a [SharedFd]);

impl<'a> Fds<'a> {
    /// No descriptors.
    #[inline]
    #[must_use]
    pub const fn none() -> Self {
        Self(&[])
    }

    /// The descriptors that came with a message.
    #[inline]
    #[must_use]
    pub const fn new(fds: &'a [SharedFd]) -> Self {
        Self(fds)
    }

    /// Takes the next one, if there is one.
    #[inline]
    pub(crate) fn next(&mut self) -> Fd<'a> {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                Fd::from_shared(first)
            }
            None => Fd::absent(),
        }
    }
}

/// Where the descriptors of a list's elements come from: `()`, or the [`Fds`] of the message.
pub trait FdSource<'a>: Copy {
    /// The same with another lifetime.
    type At<'b>: FdSource<'b>;

    /// The descriptors.
    fn fds(self) -> Fds<'a>;

    /// What a list keeps of the descriptors that are left where it begins.
    fn keep(fds: Fds<'a>) -> Self;
}

impl<'a> FdSource<'a> for () {
    type At<'b> = ();

    #[inline]
    fn fds(self) -> Fds<'a> {
        Fds::none()
    }

    #[inline]
    fn keep(_fds: Fds<'a>) {}
}

impl<'a> FdSource<'a> for Fds<'a> {
    type At<'b> = Fds<'b>;

    #[inline]
    fn fds(self) -> Self {
        self
    }

    #[inline]
    fn keep(fds: Self) -> Self {
        fds
    }
}

/// A descriptor as a field of a message: shared with the receiver's list when it was received,
/// borrowed or owned when it is to be sent, or absent.
#[derive(Clone, Default)]
pub struct Fd<'a>(Holder<'a>);

#[derive(Clone, Default)]
enum Holder<'a> {
    #[default]
    Absent,
    #[cfg(all(unix, feature = "std"))]
    Borrowed(BorrowedFd<'a>),
    #[cfg(all(unix, feature = "std"))]
    Shared(SharedFd),
    /// Keeps the lifetime where there are no descriptors.
    #[cfg(not(all(unix, feature = "std")))]
    #[allow(dead_code)]
    Never(core::convert::Infallible, PhantomData<&'a ()>),
}

impl<'a> Fd<'a> {
    /// No descriptor.
    #[inline]
    #[must_use]
    pub const fn absent() -> Self {
        Self(Holder::Absent)
    }

    /// Whether there is no descriptor.
    #[inline]
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self.0, Holder::Absent)
    }

    #[cfg(not(all(unix, feature = "std")))]
    #[inline]
    fn from_shared(fd: &SharedFd) -> Self {
        match *fd {}
    }

    /// A descriptor that does not borrow. A borrowed one is duplicated; it becomes absent if the
    /// process can hold no more descriptors.
    #[must_use]
    pub fn into_owned(self) -> Fd<'static> {
        match self.0 {
            Holder::Absent => Fd::absent(),
            #[cfg(all(unix, feature = "std"))]
            Holder::Borrowed(fd) => match fd.try_clone_to_owned() {
                Ok(owned) => Fd(Holder::Shared(Arc::new(owned))),
                Err(_) => Fd::absent(),
            },
            #[cfg(all(unix, feature = "std"))]
            Holder::Shared(fd) => Fd(Holder::Shared(fd)),
            #[cfg(not(all(unix, feature = "std")))]
            Holder::Never(never, _) => match never {},
        }
    }
}

#[cfg(all(unix, feature = "std"))]
impl<'a> Fd<'a> {
    #[inline]
    fn from_shared(fd: &SharedFd) -> Self {
        Self(Holder::Shared(Arc::clone(fd)))
    }

    /// Takes the descriptor out: the received one itself if this is its last holder, otherwise a
    /// duplicate. `None` if it is absent, or if the process can hold no more descriptors.
    #[must_use]
    pub fn into_owned_fd(self) -> Option<OwnedFd> {
        match self.0 {
            Holder::Absent => None,
            Holder::Borrowed(fd) => fd.try_clone_to_owned().ok(),
            Holder::Shared(fd) => Arc::try_unwrap(fd).or_else(|fd| fd.try_clone()).ok(),
        }
    }

    /// The descriptor, to be used or sent.
    #[must_use]
    pub fn as_fd(&self) -> Option<BorrowedFd<'_>> {
        match &self.0 {
            Holder::Borrowed(fd) => Some(*fd),
            Holder::Shared(fd) => Some(fd.as_fd()),
            Holder::Absent => None,
        }
    }
}

#[cfg(all(unix, feature = "std"))]
impl<'a> From<BorrowedFd<'a>> for Fd<'a> {
    fn from(fd: BorrowedFd<'a>) -> Self {
        Self(Holder::Borrowed(fd))
    }
}

#[cfg(all(unix, feature = "std"))]
impl From<OwnedFd> for Fd<'_> {
    fn from(fd: OwnedFd) -> Self {
        Self(Holder::Shared(Arc::new(fd)))
    }
}

/// Two descriptors are equal if they have the same number, or are both absent.
impl PartialEq for Fd<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.number() == other.number()
    }
}

impl Eq for Fd<'_> {}

impl Fd<'_> {
    #[cfg(all(unix, feature = "std"))]
    fn number(&self) -> Option<i32> {
        self.as_fd().map(|fd| fd.as_raw_fd())
    }

    #[cfg(not(all(unix, feature = "std")))]
    fn number(&self) -> Option<i32> {
        None
    }
}

impl fmt::Debug for Fd<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            Some(number) => write!(f, "Fd({number})"),
            None => f.write_str("Fd(absent)"),
        }
    }
}
